package daemon

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/appliance/ups"
)

// power is what the appliance notes about UPSes between two readings.
type power struct {
	mu    sync.Mutex                 // held while events are joined: polls, traps and logs tell at the same time
	heard map[appliance.ID]time.Time // of devices: when somebody else than a poll told of the mains

	watches map[appliance.ID]*ups.Watch // by check; guarded by Daemon.judging
}

// takeUPSEvents takes what polls, traps, logs and syslog tell of UPSes: events that several told become one, and outages follow from
// them. Reading a log again changes nothing. They are on the disk when it returns.
func (d *Daemon) takeUPSEvents(_ context.Context, events []appliance.UPSEvent) error {
	if len(events) == 0 {
		return nil
	}
	d.power.mu.Lock()
	defer d.power.mu.Unlock()
	now := d.now()
	type whose struct {
		device appliance.ID
		name   string
	}
	groups := map[whose][]appliance.UPSEvent{}
	for _, e := range events {
		e.ID = 0
		if e.At.IsZero() {
			e.At = now
		}
		if e.Device == 0 {
			e.Device = d.upsNamed(e.UPS)
		}
		w := whose{device: e.Device}
		if e.Device == 0 {
			w.name = e.UPS
		}
		groups[w] = append(groups[w], e)
	}
	err := d.store.Update(func(tx *store.Tx) error {
		for w, events := range groups {
			if err := joinPower(tx, w.device, w.name, events, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for w, events := range groups {
		d.heardOf(events, now)
		d.changes.publish(appliance.Change{Device: w.device})
	}
	return nil
}

// lookBack is how far before an event lies what it may change: a self-test is told of after the battery was used.
const lookBack = 15 * time.Minute

// joinPower puts events of one UPS among those that are known and works out its outages anew from there on.
func joinPower(tx *store.Tx, device appliance.ID, name string, events []appliance.UPSEvent, now time.Time) error {
	slices.SortStableFunc(events, func(a, b appliance.UPSEvent) int { return a.At.Compare(b.At) })
	outages, err := tx.UPSOutages(device, time.Time{})
	if err != nil {
		return err
	}
	ours := func(of string) bool { return device != 0 || of == name }
	from := events[0].At.Add(-lookBack)
	for _, o := range slices.Backward(outages) {
		if ours(o.UPS) && o.Start.Before(from) && (o.End.IsZero() || o.End.After(from)) {
			from = o.Start
		}
	}
	known, err := tx.UPSEvents(device, from)
	if err != nil {
		return err
	}
	known = slices.DeleteFunc(known, func(e appliance.UPSEvent) bool { return !ours(e.UPS) })
	all := slices.Clone(known)
	for _, e := range events {
		all = ups.Join(all, e)
	}
	if err := putPower(tx, known, all); err != nil {
		return err
	}
	var noted []appliance.UPSOutage
	for _, o := range outages {
		if ours(o.UPS) && !o.Start.Before(from) {
			noted = append(noted, o)
			if err := tx.DeleteUPSOutage(o); err != nil {
				return err
			}
		}
	}
	for _, o := range ups.Fold(all, now) {
		for _, n := range noted {
			if n.Start.Sub(o.Start).Abs() <= ups.Together {
				ups.Keep(&o, n)
			}
		}
		ups.Measure(&o)
		if err := tx.PutUPSOutage(o); err != nil {
			return err
		}
	}
	return nil
}

// putPower writes the events that are new or were told again.
func putPower(tx *store.Tx, known, all []appliance.UPSEvent) error {
	before := make(map[appliance.ID]appliance.UPSEvent, len(known))
	for _, e := range known {
		before[e.ID] = e
	}
	for i := range all {
		e := &all[i]
		old, was := before[e.ID]
		if was && old.At.Equal(e.At) && len(old.Told) == len(e.Told) {
			continue
		}
		if was {
			if err := tx.DeleteUPSEvent(old); err != nil {
				return err
			}
		}
		if err := tx.PutUPSEvent(e); err != nil {
			return err
		}
	}
	return nil
}

// upsNamed finds the UPS that a log means, 0 when that cannot be told. With one UPS at the site it is that one; else it is the one that
// is called so here or on its NUT server, or whose address that is.
func (d *Daemon) upsNamed(name string) appliance.ID {
	short, host, _ := strings.Cut(name, "@")
	all := d.upsDevices()
	if len(all) == 1 {
		return all[0].ID
	}
	if name == "" {
		return 0
	}
	for _, is := range []func(appliance.Device) bool{
		func(dev appliance.Device) bool {
			return strings.EqualFold(dev.Name, name) || strings.EqualFold(dev.Address, name)
		},
		func(dev appliance.Device) bool { return dev.Address == host && d.nutName(dev.ID, short) },
		func(dev appliance.Device) bool { return strings.EqualFold(dev.Name, short) },
		func(dev appliance.Device) bool { return d.nutName(dev.ID, short) },
	} {
		var found []appliance.ID
		for _, dev := range all {
			if is(dev) {
				found = append(found, dev.ID)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return 0
}

// nutName says that a device is asked through a NUT server that calls it so.
func (d *Daemon) nutName(device appliance.ID, name string) bool {
	return slices.ContainsFunc(d.live.checksOf(device), func(c appliance.Check) bool { return c.NUT != nil && c.NUT.UPS == name })
}

// upsOf is the UPS that the logs of a device tell of: itself, or the one that is asked at its address, 0 when there is none.
func (d *Daemon) upsOf(device appliance.ID) appliance.ID {
	if device == 0 {
		return 0
	}
	d.live.mu.RLock()
	dev := d.live.devices[device]
	d.live.mu.RUnlock()
	var there []appliance.ID
	for _, u := range d.upsDevices() {
		if u.ID == device {
			return device
		}
		if u.Address == dev.Address {
			there = append(there, u.ID)
		}
	}
	if len(there) == 1 {
		return there[0]
	}
	return 0
}

// upsDevices are the devices that are kept as a UPS, by name.
func (d *Daemon) upsDevices() []appliance.Device {
	d.live.mu.RLock()
	defer d.live.mu.RUnlock()
	var out []appliance.Device
	for _, dev := range d.live.devices {
		if dev.Kind == appliance.KindUPS {
			out = append(out, dev)
		}
	}
	slices.SortFunc(out, func(a, b appliance.Device) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// UPSEvents is App.UPSEvents.
func (d *Daemon) UPSEvents(_ context.Context, f appliance.UPSFilter) ([]appliance.UPSEvent, error) {
	return d.store.UPSEvents(f)
}

// UPSOutages is App.UPSOutages.
func (d *Daemon) UPSOutages(_ context.Context, f appliance.UPSFilter) ([]appliance.UPSOutage, error) {
	return d.store.UPSOutages(f)
}
