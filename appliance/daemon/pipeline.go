package daemon

import (
	"maps"
	"math"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/appliance/store"
)

// take is the way of a reading: rates, verdict, store, memory, news. What is told follows from what is stored.
func (d *Daemon) take(r appliance.Reading, slot time.Time) error {
	c, dev, ok := d.live.check(r.Check)
	if !ok {
		return nil // deleted while its run was under way
	}
	d.rates(&r)
	d.judging.Lock()
	defer d.judging.Unlock()
	previous := d.live.statesOf(c.ID)
	v := monitor.Judge(monitor.Input{Device: dev, Check: c, Reading: r, Previous: previous, Now: d.now(),
		Running: d.running.get(), Way: monitor.WayTo(c, dev, wayMap{d.live})})
	samples, err := d.samples(c, r)
	if err != nil {
		return err
	}
	news := d.snapshot(dev, &r)
	err = d.store.Record(store.Batch{At: slot, Samples: samples, States: v.Changed, Gone: v.Removed, Events: append(v.Events, news...)})
	if err != nil {
		return err
	}
	d.live.setReading(r)
	d.settle(c, v)
	return nil
}

// tick gives what time alone changes about one check: pauses, staleness.
func (d *Daemon) tick(id appliance.ID) {
	d.judging.Lock()
	defer d.judging.Unlock()
	c, dev, ok := d.live.check(id)
	if !ok {
		return
	}
	v := monitor.Tick(monitor.Input{Device: dev, Check: c, Previous: d.live.statesOf(id), Now: d.now(),
		Running: d.running.get(), Way: monitor.WayTo(c, dev, wayMap{d.live})})
	if len(v.Changed)+len(v.Removed)+len(v.Events) == 0 {
		return
	}
	if err := d.store.Record(store.Batch{At: d.now(), States: v.Changed, Gone: v.Removed, Events: v.Events}); err != nil {
		d.log.Error("a state could not be stored", "device", dev.Name, "check", c.Name, "err", err)
		return
	}
	d.settle(c, v)
}

// settle makes a stored verdict what everybody sees.
func (d *Daemon) settle(c appliance.Check, v monitor.Verdict) {
	d.live.setStates(c.ID, v.States)
	change := appliance.Change{Device: c.Device, Check: c.ID}
	for _, s := range v.Changed {
		change.Items = append(change.Items, s.Item)
	}
	d.changes.publish(change)
	for _, id := range v.Ask {
		d.engine.RunNow(id)
	}
}

// rates turns counters into rates by what the same check read before. The raters live as long as the check is known.
func (d *Daemon) rates(r *appliance.Reading) {
	if r.Failure != nil || len(r.Values) == 0 {
		return
	}
	d.raters.of(r.Check).Apply(r)
}

// samples are the numbers to keep: all that are known, under the numbers of their series.
func (d *Daemon) samples(c appliance.Check, r appliance.Reading) ([]appliance.Sample, error) {
	if len(r.Values) == 0 {
		return nil, nil
	}
	infos := make([]appliance.SeriesInfo, len(r.Values))
	for i, v := range r.Values {
		infos[i] = appliance.SeriesInfo{SeriesKey: appliance.SeriesKey{Check: c.ID, Metric: v.Metric, Instance: v.Instance},
			Label: v.Label, Unit: v.Unit, Step: time.Duration(c.Interval)}
	}
	if err := d.store.SeriesFor(infos); err != nil {
		return nil, err
	}
	out := make([]appliance.Sample, 0, len(r.Values))
	for i, v := range r.Values {
		if !math.IsNaN(v.Number) && !math.IsInf(v.Number, 0) {
			out = append(out, appliance.Sample{Series: infos[i].ID, Number: v.Number})
		}
	}
	return out, nil
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

// snapshot keeps the last reading and the identity, and tells the journal what a device changed by itself.
func (d *Daemon) snapshot(dev appliance.Device, r *appliance.Reading) []appliance.Event {
	old, had := d.live.reading(r.Check)
	if r.Failure != nil {
		r.Texts = old.Texts // what it is called stays known; numbers are never repeated across a gap
		return nil
	}
	if len(r.Texts) == 0 && had {
		r.Texts = old.Texts
	}
	var events []appliance.Event
	if r.Identity != nil {
		was := d.live.identity(dev.ID)
		events = identityEvents(dev, was, *r.Identity, r.At)
		if err := d.store.PutIdentity(dev.ID, *r.Identity); err != nil {
			d.log.Error("an identity could not be stored", "device", dev.Name, "err", err)
		}
	}
	if err := d.store.PutSnapshot(r.Check, *r); err != nil {
		d.log.Error("a reading could not be kept", "device", dev.Name, "err", err)
	}
	if had && !old.UpSince.IsZero() && r.UpSince.Sub(old.UpSince) > restartMargin {
		events = append(events, appliance.Event{At: r.At, Kind: appliance.EventDevice, Device: dev.ID, Check: r.Check,
			Message: appliance.Message{Key: "event.restarted", English: "the device has restarted"}})
	}
	return events
}

// restartMargin is how far the start of a device may seem to move by clocks and rounding.
const restartMargin = 2 * time.Minute

// identityEvents tells what changed about a device that was known before.
func identityEvents(dev appliance.Device, was, now appliance.Identity, at time.Time) []appliance.Event {
	if was.Seen.IsZero() {
		return nil
	}
	fields := map[string][2]string{
		"model": {was.Model, now.Model}, "serial": {was.Serial, now.Serial},
		"firmware": {was.Firmware, now.Firmware}, "name": {was.SysName, now.SysName},
	}
	var out []appliance.Event
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		from, to := fields[field][0], fields[field][1]
		if from == to || from == "" || to == "" {
			continue
		}
		out = append(out, appliance.Event{At: at, Kind: appliance.EventDevice, Device: dev.ID, Message: appliance.Message{
			Key: "event.identity_" + field, Args: map[string]any{"from": from, "to": to}, English: field + " " + from + " -> " + to,
		}})
	}
	return out
}
