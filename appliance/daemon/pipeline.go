package daemon

import (
	"math"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/appliance/store"
)

// take is the way of a reading: rates, verdict, store, memory, news. What is told follows from what is stored. It returns when what is
// told of the reading is on the disk; the next verdict is made meanwhile, so that those who wait at the same time share one sync.
// The numbers of a late run are judged and shown, but they do not stand in the slot that they missed.
func (d *Daemon) take(r appliance.Reading, slot time.Time, late bool) error {
	wait, err := d.judge(r, slot, late)
	if err != nil {
		return err
	}
	return stored(wait())
}

// judge is take without the waiting for the disk.
func (d *Daemon) judge(r appliance.Reading, slot time.Time, late bool) (wait func() error, err error) {
	d.judging.Lock()
	defer d.judging.Unlock()
	c, dev, ok := d.live.check(r.Check)
	if !ok {
		return nothing, nil // deleted while its run was under way
	}
	d.raters.apply(&r)
	d.watchUPS(c, r)
	news := d.notice(dev, &r)
	v := monitor.Judge(d.input(dev, c, r))
	b := store.Batch{At: slot, States: v.Changed, Gone: v.Removed, Events: append(v.Events, news...)}
	if !late && sane(slot) { // the slot is past, or nobody knows when it was: a gap is the truth
		if b.Samples, err = d.samples(c, r); err != nil {
			return nil, err
		}
	}
	if wait, err = d.accept(b); err != nil {
		return nil, err
	}
	d.settle(c, v, &r)
	d.followUPS(c, r)
	return wait, nil
}

// nothing is there to wait for.
func nothing() error { return nil }

// tick gives what time alone changes about one check: pauses, staleness, windows.
func (d *Daemon) tick(id appliance.ID) { d.tickEach([]appliance.ID{id}) }

// tickAll is tick of every check.
func (d *Daemon) tickAll() {
	var ids []appliance.ID
	for _, c := range d.live.allChecks() {
		ids = append(ids, c.ID)
	}
	d.tickEach(ids)
}

// tickEach waits for the disk when all are judged: the first wait is for all of them.
func (d *Daemon) tickEach(ids []appliance.ID) {
	var waits []func() error
	for _, id := range ids {
		wait, err := d.tickOne(id)
		if err != nil {
			d.log.Error("a state could not be stored", "check", id, "err", err)
		}
		if wait != nil {
			waits = append(waits, wait)
		}
	}
	for _, wait := range waits {
		if err := stored(wait()); err != nil {
			d.log.Error("a state could not be stored", "err", err)
			return
		}
	}
}

// tickOne changes one check and gives what is to be waited for, nil when nothing has changed.
func (d *Daemon) tickOne(id appliance.ID) (wait func() error, err error) {
	d.judging.Lock()
	defer d.judging.Unlock()
	c, dev, ok := d.live.check(id)
	if !ok || d.calm(dev, c, d.now()) {
		return nil, nil
	}
	v := monitor.Tick(d.input(dev, c, appliance.Reading{}))
	if len(v.Changed)+len(v.Removed)+len(v.Events) == 0 {
		return nil, nil
	}
	if wait, err = d.accept(store.Batch{At: d.now(), States: v.Changed, Gone: v.Removed, Events: v.Events}); err != nil {
		return nil, err
	}
	d.settle(c, v, nil)
	return wait, nil
}

// calm says that time alone cannot change anything about a check now: it is neither paused nor was, and each of its states
// is fresh. That is nearly always so, and it is looked at for every check of the site every few seconds.
func (d *Daemon) calm(dev appliance.Device, c appliance.Check, now time.Time) bool {
	if dev.Paused != nil || c.Paused != nil {
		return false
	}
	if _, ok := d.windowFor(dev.ID, now); ok {
		return false
	}
	oldest := now.Add(-monitor.Patience(c))
	answer := false
	for states, i := d.live.statesOf(c.ID), 0; i < len(states); i++ {
		s := &states[i]
		if s.Stale || s.Held != nil || s.State == appliance.StatePaused || s.Seen.Before(oldest) {
			return false
		}
		answer = answer || s.Item == appliance.ItemAnswer
	}
	return answer
}

func (d *Daemon) input(dev appliance.Device, c appliance.Check, r appliance.Reading) monitor.Input {
	in := monitor.Input{Device: dev, Check: c, Reading: r, Previous: d.live.statesOf(c.ID), Now: d.now(),
		Running: d.running.get(), Way: monitor.WayTo(c, dev, wayMap{d.live}), Sure: d.sureOf(c.Device)}
	if w, ok := d.windowFor(dev.ID, in.Now); ok {
		in.Window = &w
	}
	return in
}

// settle makes a stored verdict what everybody sees.
func (d *Daemon) settle(c appliance.Check, v monitor.Verdict, r *appliance.Reading) {
	d.live.settle(c.ID, v.States, r)
	if len(v.Events)+len(v.Removed) > 0 {
		d.incidents.changed()
	}
	change := appliance.Change{Device: c.Device, Check: c.ID}
	for i := range v.Changed {
		change.Items = append(change.Items, v.Changed[i].Item)
	}
	d.changes.publish(change)
	for _, id := range v.Ask {
		d.engine.RunNow(id)
	}
}

// notice keeps the last reading and the identity, and gives what the device changed by itself, for the journal.
func (d *Daemon) notice(dev appliance.Device, r *appliance.Reading) []appliance.Event {
	old, passed := d.before(r.Check, r.At)
	if len(r.Texts) == 0 {
		r.Texts = old.Texts // what things are called stays known; numbers are never repeated across a gap
	}
	if r.Failure != nil {
		return nil
	}
	var news []appliance.Event
	if r.Identity != nil {
		news = identityEvents(dev, d.live.identity(dev.ID), *r.Identity, r.At)
		if err := d.store.PutIdentity(dev.ID, *r.Identity); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
			d.log.Warn("an identity could not be stored", "device", dev.Name, "err", err)
		}
	}
	if err := d.store.PutSnapshot(r.Check, known(*r)); err != nil {
		d.log.Warn("a reading could not be kept", "device", dev.Name, "err", err)
	}
	if restarted(old, *r, passed) {
		news = append(news, appliance.Event{At: r.At, Kind: appliance.EventDevice, Device: dev.ID, Check: r.Check,
			Message: appliance.Message{Key: "event.restarted", English: "the device has restarted"}})
	}
	return news
}

// before is the reading before the one of now, and the time between them: that in which we ran, or by the wall clock when it is
// one of an earlier run of the appliance.
func (d *Daemon) before(check appliance.ID, now time.Time) (appliance.Reading, time.Duration) {
	if r, ok := d.live.reading(check); ok {
		return r, d.running.get().Between(r.At, now)
	}
	r, err := d.store.Snapshot(check)
	if err != nil {
		return appliance.Reading{}, 0
	}
	return r, now.Sub(r.At)
}

// known leaves out the numbers that are not: the first run has no rates yet, and JSON has no word for that.
func known(r appliance.Reading) appliance.Reading {
	unknown := func(v appliance.Value) bool { return math.IsNaN(v.Number) || math.IsInf(v.Number, 0) }
	if slices.ContainsFunc(r.Values, unknown) {
		r.Values = slices.DeleteFunc(slices.Clone(r.Values), unknown)
	}
	return r
}

// wayMap shows the live site to monitor.WayTo.
type wayMap struct{ live *live }

// Parents is monitor.Site.Parents.
func (w wayMap) Parents(device appliance.ID) []appliance.ID {
	dev, _ := w.live.device(device)
	return dev.Parents
}

// Answers is monitor.Site.Answers.
func (w wayMap) Answers(device appliance.ID) []monitor.Answer {
	w.live.mu.RLock()
	defer w.live.mu.RUnlock()
	var out []monitor.Answer
	for _, id := range w.live.byDevice[device] {
		for _, s := range w.live.states[id] {
			if s.Item == appliance.ItemAnswer {
				out = append(out, monitor.Answer{StateRecord: s, Probe: w.live.checks[id].Probe})
			}
		}
	}
	return out
}
