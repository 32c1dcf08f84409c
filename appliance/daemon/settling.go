package daemon

import (
	"context"
	"sync"
	"time"

	"siteward/appliance"
)

// syncSoon is how long what polls have changed may wait for the disk together. Nobody is told of it before: what is put into a queue waits
// for the disk by itself, with everything that was stored earlier.
const syncSoon = time.Second

// settling is what polls have stored and what is not known to be on the disk yet. When thousands of things change in a minute,
// a sync for each would take longer than judging them.
type settling struct {
	mu    sync.Mutex
	waits []func() error
	wake  chan struct{}
}

func (s *settling) add(wait func() error) {
	s.mu.Lock()
	s.waits = append(s.waits, wait)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *settling) take() []func() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	waits := s.waits
	s.waits = nil
	return waits
}

// takeSoon is take for a worker that has other things to poll: it does not wait for the disk, unless a person waits for the reading.
func (d *Daemon) takeSoon(r appliance.Reading, slot time.Time, late bool) error {
	if d.waiters.any(r.Check) {
		return d.take(r, slot, late)
	}
	wait, err := d.judge(r, slot, late)
	if err == nil {
		d.settling.add(wait)
	}
	return err
}

// keepSettling waits for the disk on behalf of the polls.
func (d *Daemon) keepSettling(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			d.settleDown()
			return
		case <-d.settling.wake:
		}
		soon := time.NewTimer(syncSoon)
		select {
		case <-ctx.Done():
		case <-soon.C:
		}
		soon.Stop()
		d.settleDown()
	}
}

// settleDown returns when everything that polls have stored is on the disk. The first wait is for all of them.
func (d *Daemon) settleDown() {
	for _, wait := range d.settling.take() {
		if err := stored(wait()); err != nil {
			d.log.Error("a reading could not be stored", "err", err)
			return
		}
	}
}
