package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/eventlog"
	"siteward/appliance/store"
	"siteward/embed"
)

// inbox takes messages of syslog, recognises and folds them, and hands them to the event log once a second.
type inbox struct {
	log   *eventlog.Log
	rules func() (*eventlog.Rules, error) // read with the first message
	seed  maphash.Seed

	mu        sync.Mutex
	waiting   []appliance.LogMessage
	same      map[uint64]int // hash of what a message says -> its place in waiting
	addresses []string
	trouble   []string
	since     time.Time
	received  uint64
	refused   uint64 // by the disk
	lost      []func() (uint64, error)
}

// What is folded and written at once, and how many messages wait for it at most.
const (
	inboxEvery = time.Second
	maxInbox   = 20_000
	logSeenKey = "logs.seen"
)

// openInbox opens the event log beside the store.
func (d *Daemon) openInbox() error {
	var err error
	if d.inbox.log, err = eventlog.Open(filepath.Join(d.Data, "events"), eventlog.Options{}); err != nil {
		return fmt.Errorf("open the event log: %w", err)
	}
	d.inbox.rules = sync.OnceValues(func() (*eventlog.Rules, error) { return eventlog.LoadRules(embed.Rules) })
	d.inbox.seed, d.inbox.same = maphash.MakeSeed(), map[uint64]int{}
	return nil
}

// takeLog recognises messages and folds those that say the same within a second into one with a count.
func (d *Daemon) takeLog(ms []appliance.LogMessage) {
	rules, err := d.inbox.rules()
	if err != nil {
		d.log.Error("the rules of the event log cannot be read", "err", err) // a test reads those that ship inside
		rules = &eventlog.Rules{}
	}
	for i := range ms {
		m := &ms[i]
		if a, err := netip.ParseAddr(m.Source); err == nil && m.Device == 0 {
			if ids := d.post.senders.devices(a); len(ids) == 1 {
				m.Device = ids[0]
			}
		}
		m.Rules = rules.Of(m)
		d.heardLine(m.At, m.Source, cmp.Or(m.Host, m.Source), m.App, m.Text)
	}
	b := &d.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range ms {
		m := &ms[i]
		b.received++
		key := maphash.String(b.seed, m.Source+"\x00"+m.Host+"\x00"+m.App+"\x00"+m.Text)
		if at, ok := b.same[key]; ok && at < len(b.waiting) && b.waiting[at].Text == m.Text && b.waiting[at].Source == m.Source {
			b.waiting[at].Count++
			continue
		}
		b.same[key] = len(b.waiting)
		b.waiting = append(b.waiting, *m)
	}
	if len(b.waiting) >= maxInbox {
		_ = d.writeInbox() // noted in the log there
	}
}

// writeInbox hands what waits to the event log. The lock is held.
func (d *Daemon) writeInbox() error {
	b := &d.inbox
	if len(b.waiting) == 0 {
		return nil
	}
	err := b.log.Append(b.waiting)
	if err != nil {
		b.refused += uint64(len(b.waiting))
		d.log.Error("messages could not be kept", "n", len(b.waiting), "err", err)
	}
	clear(b.same)
	b.waiting = b.waiting[:0]
	return err
}

// keepInbox writes once a second until ctx ends.
func (d *Daemon) keepInbox(ctx context.Context) error {
	tick := time.NewTicker(inboxEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := d.flushInbox(); err != nil {
				d.log.Error("the event log takes no writes", "err", err)
			}
		}
	}
}

// flushInbox writes what waits and brings it to the disk.
func (d *Daemon) flushInbox() error {
	d.inbox.mu.Lock()
	err := d.writeInbox()
	d.inbox.mu.Unlock()
	return errors.Join(err, d.inbox.log.Flush())
}

// closeInbox writes what has come since the last second, and closes the event log.
func (d *Daemon) closeInbox() error {
	return errors.Join(d.flushInbox(), d.inbox.log.Close())
}

// LogMessages is App.LogMessages.
func (d *Daemon) LogMessages(ctx context.Context, f appliance.LogFilter) ([]appliance.LogMessage, error) {
	return d.inbox.log.Find(ctx, f)
}

// LogSample is App.LogSample. The day is that of the site.
func (d *Daemon) LogSample(ctx context.Context, day time.Time, draw int) (appliance.LogSample, error) {
	day = day.In(d.location())
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
	return d.inbox.log.Sample(ctx, from, from.AddDate(0, 0, 1), min(max(draw, 0), 200))
}

// LogCounts is App.LogCounts.
func (d *Daemon) LogCounts(ctx context.Context, since time.Time) (map[string]uint64, error) {
	return d.inbox.log.Counts(ctx, since)
}

// SeenLog is App.SeenLog.
func (d *Daemon) SeenLog(ctx context.Context, by appliance.Actor, source string, id uint64) error {
	seen, err := d.SeenUntil(ctx)
	if err != nil {
		return err
	}
	if seen[source] >= id {
		return nil
	}
	seen[source] = id
	b, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	return d.change(by, "audit.log_seen", "log", source, func(tx *store.Tx) error { return tx.PutMeta(logSeenKey, b) })
}

// SeenUntil is App.SeenUntil.
func (d *Daemon) SeenUntil(context.Context) (map[string]uint64, error) {
	seen := map[string]uint64{}
	b, err := d.store.Meta(logSeenKey)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return nil, err
	}
	if len(b) > 0 {
		if err := json.Unmarshal(b, &seen); err != nil {
			return nil, fmt.Errorf("what was seen of the event log: %w", err)
		}
	}
	return seen, nil
}

// LogReceiver is App.LogReceiver.
func (d *Daemon) LogReceiver(context.Context) appliance.LogReceiver {
	b := &d.inbox
	b.mu.Lock()
	r := appliance.LogReceiver{Addresses: b.addresses, Trouble: strings.Join(b.trouble, "; "), Since: b.since, Received: b.received, Dropped: b.refused}
	for _, lost := range b.lost {
		if n, err := lost(); err == nil {
			r.Dropped += n
			r.Received += n
		}
	}
	b.mu.Unlock()
	r.Bytes, r.Oldest = b.log.Size()
	return r
}
