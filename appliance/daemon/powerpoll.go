package daemon

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/ups"
)

// sureFor is how long after a trap or a log has told of the mains one reading is enough to believe it.
const sureFor = 5 * time.Minute

// watchUPS makes ready what is remembered of a UPS between two readings; after a restart it comes from the store. Call it before the
// reading takes the place of the last one. judging is held.
func (d *Daemon) watchUPS(c appliance.Check, r appliance.Reading) {
	if d.power.watches[c.ID] != nil || !ups.Tells(r) {
		return
	}
	last, _ := d.before(c.ID, r.At)
	ups.Clean(&last)
	w := ups.Begin(ups.Read(last), d.openOutage(c.Device))
	if last.At.IsZero() {
		w = ups.Watch{}
	}
	if d.power.watches == nil {
		d.power.watches = map[appliance.ID]*ups.Watch{}
	}
	d.power.watches[c.ID] = &w
}

func (d *Daemon) openOutage(device appliance.ID) bool {
	list, err := d.store.UPSOutages(appliance.UPSFilter{Device: device, Limit: 5})
	return err == nil && slices.ContainsFunc(list, func(o appliance.UPSOutage) bool { return o.Open && o.Kind == appliance.UPSOutageReal })
}

// followUPS tells what a stored reading changes about a UPS, and how deep an outage has become. judging is held.
func (d *Daemon) followUPS(c appliance.Check, r appliance.Reading) {
	w := d.power.watches[c.ID]
	if w == nil || !ups.Tells(r) {
		return
	}
	next := w.Clone()
	before, promised := next.Before()
	truth := ups.Read(r)
	events := next.Take(truth, d.sureOf(c.Device))
	for i := range events {
		events[i].Device, events[i].Source = c.Device, "check "+c.Name
	}
	if err := d.takeUPSEvents(context.Background(), events); err != nil {
		d.log.Error("events of a UPS could not be stored", "check", c.Name, "err", err)
		return // the next reading tells them again
	}
	*w = next
	if !next.OnBattery() {
		return
	}
	if err := d.deepen(c.Device, promised, before, truth); err != nil {
		d.log.Error("the depth of an outage could not be stored", "check", c.Name, "err", err)
	}
}

// deepen notes in the open outage what the readings say.
func (d *Daemon) deepen(device appliance.ID, promised appliance.UPSTruth, told ...appliance.UPSTruth) error {
	d.power.mu.Lock()
	defer d.power.mu.Unlock()
	return d.store.Update(func(tx *store.Tx) error {
		list, err := tx.UPSOutages(device, time.Time{})
		if err != nil || len(list) == 0 {
			return err
		}
		o := list[len(list)-1]
		if !o.Open {
			return nil
		}
		ups.Promise(&o, promised)
		for _, t := range told {
			if t.Power == appliance.UPSPowerBattery {
				ups.Deepen(&o, t)
			}
		}
		return tx.PutUPSOutage(o)
	})
}

// heardOf notes that somebody else told of the mains, and asks the UPS itself at once. power.mu is held.
func (d *Daemon) heardOf(events []appliance.UPSEvent, now time.Time) {
	for _, e := range events {
		switch e.Kind {
		case appliance.UPSOnBattery, appliance.UPSOnLine, appliance.UPSPowerFailure, appliance.UPSLowBattery:
		default:
			continue
		}
		if e.Device == 0 || slices.Contains(e.Told, "poll") || now.Sub(e.At).Abs() > sureFor || now.Sub(d.power.heard[e.Device]).Abs() < time.Second {
			continue
		}
		if d.power.heard == nil {
			d.power.heard = map[appliance.ID]time.Time{}
		}
		d.power.heard[e.Device] = now
		if !d.serving.Load() {
			continue
		}
		for _, c := range d.live.checksOf(e.Device) {
			if c.Probe != appliance.ProbePing {
				d.engine.RunNow(c.ID)
			}
		}
	}
}

// sureOf says whether somebody else has just told of the mains of a device.
func (d *Daemon) sureOf(device appliance.ID) bool {
	d.power.mu.Lock()
	defer d.power.mu.Unlock()
	heard, ok := d.power.heard[device]
	return ok && d.now().Sub(heard).Abs() < sureFor
}
