package daemon

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/notify"
)

// outbox is the queue of what is to be told, in memory as it is on the disk. Mail has a lane of its own, because all of it waits
// for one relay; a lane tells one message at a time, so that a kill can repeat one only.
type outbox struct {
	mu      sync.Mutex
	open    map[way]map[wayKey]appliance.Delivery
	wake    [lanes]chan struct{}
	rest    [lanes]time.Time // until when a lane waits: its relay does not answer
	tried   [lanes]int       // in a row
	asked   int              // how often people have asked to try again
	trouble map[way]trouble
	last    appliance.ID // notice that was taken in
}

const (
	laneMail = iota
	laneOther
	lanes
)

// way is how one recipient is told: a contact's channel, or a mailbox.
type way struct {
	contact appliance.ID
	slot    int
	kind    appliance.ChannelKind
	address string
}

type wayKey struct {
	notice appliance.ID
	n      uint8
}

func wayOf(d appliance.Delivery) way {
	return way{contact: d.Contact, slot: d.Slot, kind: d.Channel, address: d.Address}
}

func (w way) lane() int {
	if w.kind == appliance.ChannelMail {
		return laneMail
	}
	return laneOther
}

// recallOutbox reads what is still to be told.
func (d *Daemon) recallOutbox() error {
	list, err := d.store.OpenDeliveries(0)
	if err != nil {
		return fmt.Errorf("read what is to be told: %w", err)
	}
	o := &d.outbox
	d.web, d.letters = sync.OnceValue(channel.Client), sync.OnceValue(d.openWords)
	o.open, o.trouble = map[way]map[wayKey]appliance.Delivery{}, map[way]trouble{}
	for i := range o.wake {
		o.wake[i] = make(chan struct{}, 1)
	}
	for _, v := range list {
		o.keep(v)
	}
	return nil
}

// told takes into the queue what was put into the store's. Notices have their numbers in the order in which they were stored.
func (d *Daemon) told() {
	o := &d.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	list, err := d.store.OpenDeliveries(o.last + 1)
	if err != nil {
		d.log.Error("what is to be told could not be read; it will be tried again", "err", err)
	}
	for _, v := range list {
		o.keep(v)
	}
	o.rouse()
}

// keep notes how far a delivery is. mu is held, or nobody else is there yet.
func (o *outbox) keep(v appliance.Delivery) {
	o.last = max(o.last, v.Notice)
	w, k := wayOf(v), wayKey{v.Notice, v.N}
	if !v.State.Open() {
		delete(o.open[w], k)
		if len(o.open[w]) == 0 {
			delete(o.open, w)
		}
		return
	}
	if o.open[w] == nil {
		o.open[w] = map[wayKey]appliance.Delivery{}
	}
	o.open[w][k] = v
}

func (o *outbox) add(list []appliance.Delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, v := range list {
		o.keep(v)
	}
	o.rouse()
}

func (o *outbox) rouse() {
	for _, wake := range o.wake {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// due takes what one recipient is to be told now, of the way that has waited longest; when there is nothing, how long to wait.
func (o *outbox) due(lane int, now time.Time) ([]appliance.Delivery, time.Duration) {
	const idle = time.Minute
	o.mu.Lock()
	defer o.mu.Unlock()
	if wait := o.rest[lane].Sub(now); wait > 0 {
		return nil, min(wait, idle)
	}
	wait := idle
	var best []appliance.Delivery
	for w, list := range o.open {
		if w.lane() != lane {
			continue
		}
		var ready []appliance.Delivery
		for _, v := range list {
			if until := v.Next.Sub(now); until > 0 {
				wait = min(wait, until)
				continue
			}
			ready = append(ready, v)
		}
		if len(ready) > 0 && (best == nil || oldest(ready) < oldest(best)) {
			best = ready
		}
	}
	slices.SortFunc(best, func(a, b appliance.Delivery) int {
		return cmp.Or(cmp.Compare(a.Notice, b.Notice), cmp.Compare(a.N, b.N))
	})
	return best, max(wait, time.Second)
}

func oldest(list []appliance.Delivery) appliance.ID {
	return slices.MinFunc(list, func(a, b appliance.Delivery) int { return cmp.Compare(a.Notice, b.Notice) }).Notice
}

// keepOutbox tells what is to be told on one lane until ctx ends.
func (d *Daemon) keepOutbox(ctx context.Context, lane int) {
	for ctx.Err() == nil {
		ready, wait := d.outbox.due(lane, d.now())
		if len(ready) > 0 {
			if err := d.tellDue(ctx, ready); err == nil {
				continue
			} else if ctx.Err() == nil {
				d.log.Error("how far the telling is could not be stored", "err", err)
				wait = 10 * time.Second // the store takes no writes; nothing is told that would be told again
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-d.outbox.wake[lane]:
		case <-timer.C:
			d.told() // nobody may have said that something is there
		}
		timer.Stop()
	}
}

// tellDue tells one recipient what is due for him: what quiet hours hold is put back, the rest is told in as few messages as makes
// sense.
func (d *Daemon) tellDue(ctx context.Context, ready []appliance.Delivery) error {
	now := d.now()
	site, _ := d.store.Site() //nolint:errcheck // before set-up nobody is told anything
	to, err := d.recipient(ready[0], site)
	if err != nil {
		return err
	}
	var waiting []notify.Waiting
	var done []appliance.Delivery
	for _, v := range ready {
		n, err := d.store.Notice(v.Notice)
		switch {
		case err != nil: // damaged: the delivery stands as failed, the store says why
			done = append(done, ended(v, appliance.DeliveryFailed, now, "the notice cannot be read"))
		case to.gone:
			done = append(done, ended(v, appliance.DeliverySpared, now, ""))
		case now.Sub(v.Created) > notify.Lifetime:
			done = append(done, ended(v, appliance.DeliveryFailed, now, "given up after seven days"))
		case d.held(n, to, site, now, &v):
			done = append(done, v)
		default:
			waiting = append(waiting, notify.Waiting{Delivery: v, Notice: n})
		}
	}
	if err := d.putDeliveries(done); err != nil {
		return err
	}
	for _, m := range notify.Fold(waiting, now) {
		if ctx.Err() != nil || !d.laneReady(ready[0]) {
			return ctx.Err()
		}
		if err := d.tellOne(ctx, to, site, m); err != nil {
			return err
		}
	}
	return nil
}

func (d *Daemon) laneReady(v appliance.Delivery) bool {
	d.outbox.mu.Lock()
	defer d.outbox.mu.Unlock()
	return !d.now().Before(d.outbox.rest[wayOf(v).lane()])
}

func ended(v appliance.Delivery, state appliance.DeliveryState, now time.Time, why string) appliance.Delivery {
	v.State, v.Done, v.Next = state, now, time.Time{}
	if why != "" {
		v.Attempts = attempted(v.Attempts, appliance.Attempt{At: now, Answer: why})
	}
	return v
}

// attempted keeps the first tries and the last ones.
func attempted(list []appliance.Attempt, a appliance.Attempt) []appliance.Attempt {
	const first, most = 5, 40
	list = append(slices.Clone(list), a)
	if len(list) > most {
		list = slices.Delete(list, first, first+1)
	}
	return list
}

// Deliveries is App.Deliveries.
func (d *Daemon) Deliveries(_ context.Context, f appliance.DeliveryFilter) ([]appliance.Delivery, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	f.Limit = min(f.Limit, 1000)
	return d.store.Deliveries(f)
}

// RetryDeliveries is App.RetryDeliveries. What quiet hours hold stays held.
func (d *Daemon) RetryDeliveries(_ context.Context, _ appliance.Actor) (n int, err error) {
	o := &d.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, list := range o.open {
		for k, v := range maps.All(list) {
			if v.State == appliance.DeliveryWaiting && !v.Next.IsZero() {
				v.Next = time.Time{}
				list[k] = v
				n++
			}
		}
	}
	o.rest = [lanes]time.Time{}
	o.asked++ // a try that is under way and fails is tried again at once
	o.rouse()
	return n, nil
}
