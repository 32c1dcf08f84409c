package daemon

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"siteward/appliance"
	"siteward/appliance/store"
)

const (
	maxSpooled     = 500      // things that wait for one source
	maxSpooledSize = 64 << 20 // bytes that wait for all sources, as the store holds them
	pushBurst      = 30       // pushes to one source at once, then one each two seconds
	strangerBurst  = 10       // unknown tokens from one address at once, then one each six seconds
	maxStrangers   = 1000     // addresses remembered
)

// pushLimits keep scripts that run wild, and people who guess, from filling the store.
type pushLimits struct {
	mu        sync.Mutex
	sources   map[appliance.ID]*rate.Limiter
	strangers map[string]*rate.Limiter
}

func (l *pushLimits) source(id appliance.ID, every rate.Limit, burst int, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sources == nil {
		l.sources = map[appliance.ID]*rate.Limiter{}
	}
	if l.sources[id] == nil {
		l.sources[id] = rate.NewLimiter(every, burst)
	}
	return l.sources[id].AllowN(now, 1)
}

func (l *pushLimits) stranger(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.strangers == nil || len(l.strangers) > maxStrangers {
		l.strangers = map[string]*rate.Limiter{}
	}
	if l.strangers[address] == nil {
		l.strangers[address] = rate.NewLimiter(rate.Every(6*time.Second), strangerBurst)
	}
	return l.strangers[address].AllowN(now, 1)
}

// Push is App.Push: what a script tells is on the disk before it is answered, and is read right after.
func (d *Daemon) Push(_ context.Context, token string, p appliance.Push) error {
	now := d.now()
	s, err := d.pushSource(token, appliance.SourcePush, p.From)
	if err != nil {
		return err
	}
	if !d.sources.limits.source(s.ID, rate.Every(2*time.Second), pushBurst, now) {
		return errPushTooMany
	}
	if s.Paused.Active(now) {
		return nil // heard, and not wanted now
	}
	if len(p.Body) > appliance.MaxPushBody { // a verdict stands at the end
		p.Body, p.Cut = p.Body[len(p.Body)-appliance.MaxPushBody:], true
	}
	p.At = now
	if err := d.spool(s.ID, "push", p); err != nil {
		return err
	}
	d.wakeSource(s.ID)
	return nil
}

var errPushTooMany = &appliance.Error{Code: appliance.CodeTooMany, Message: appliance.Message{Key: "source.error_push_often",
	English: "too many pushes; wait a minute"}}

// pushSource finds the source of a kind that a token belongs to. Every hash is compared, so that the time tells nothing, and who guesses
// from an address is slowed down.
func (d *Daemon) pushSource(token string, kind appliance.SourceKind, from string) (found appliance.Source, err error) {
	list, err := d.store.Sources()
	if err != nil {
		return found, err
	}
	sum := sha256.Sum256([]byte(token))
	for _, s := range list {
		if s.Kind == kind && s.Push != nil && subtle.ConstantTimeCompare(s.Push.Hash, sum[:]) == 1 {
			found = s
		}
	}
	if found.ID == 0 && !d.sources.limits.stranger(from, d.now()) {
		return found, errPushTooMany
	}
	if found.ID != 0 && !d.receives(appliance.ReceiverPush) {
		return found, errReceiverOff
	}
	if found.ID == 0 {
		return found, &appliance.Error{Code: appliance.CodeNotFound, Err: appliance.ErrNotFound, Message: appliance.Message{Key: "source.error_push_unknown",
			English: "no source has this address; copy it again from Settings, Log sources"}}
	}
	return found, nil
}

// spool keeps what came until it is read.
func (d *Daemon) spool(id appliance.ID, name string, p appliance.Push) error {
	return d.store.Update(func(tx *store.Tx) error {
		if _, err := tx.Source(id); err != nil {
			return err
		}
		n, _, err := tx.SpoolSize(id)
		if err != nil {
			return err
		}
		_, size, err := tx.SpoolSize(0)
		if err != nil {
			return err
		}
		if n >= maxSpooled || size >= maxSpooledSize {
			return &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{Key: "source.error_spool_full",
				English: "too much waits to be read already; try again in a few minutes"}}
		}
		return tx.Spool(&store.Spooled{Source: id, Name: name, Push: p})
	})
}
