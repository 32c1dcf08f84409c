package incident

import (
	"time"

	"siteward/appliance"
)

// place puts a problem where it belongs.
func (d *desk) place(r Root) {
	onBattery := d.onBattery(r.StateRecord.Device, r.Item)
	if f := d.of[r.StateKey]; f != nil && (!onBattery || f.Kind == appliance.IncidentPower) {
		f.behind(r)
		return
	}
	if !d.sure(r) {
		return
	}
	if f := d.last[r.StateKey]; f != nil && alarm(r.State) && (!onBattery || f.Kind == appliance.IncidentPower) {
		d.reopen(f)
		f.behind(r)
		return
	}
	if f := d.home(r); f != nil {
		d.join(f, r)
		return
	}
	f := &file{Incident: appliance.Incident{Kind: appliance.IncidentState, Opened: r.Since, Device: r.StateRecord.Device, Name: r.Name, Ack: r.Ack}, dirty: true}
	if r.Since.IsZero() || r.Since.After(d.in.Now) {
		f.Opened = d.in.Now
	}
	if onBattery {
		f.Kind, f.Opened = appliance.IncidentPower, earlier(f.Opened, d.in.Battery[f.Device])
	}
	d.list = append(d.list, f)
	d.join(f, r)
}

// sure says that a problem is one of now: read since we are at work, and No data only when it lasts.
func (d *desk) sure(r Root) bool {
	if r.Seen.Before(d.in.Since) && r.Since.Before(d.in.Since) {
		return false
	}
	return alarm(r.State) || d.in.Now.Sub(r.Since) >= Blind && d.in.Now.Sub(d.in.Since) >= Blind
}

// home finds an open incident that explains a problem.
func (d *desk) home(r Root) *file {
	if r.Item == appliance.ItemAnswer {
		if f := d.down[r.StateRecord.Device]; f != nil {
			return f
		}
	}
	if f := d.dark(r); f != nil {
		return f
	}
	if r.Item != appliance.ItemAnswer || r.State != appliance.StateCritical {
		return nil
	}
	if f := d.above(r.StateRecord.Device, r.Since); f != nil {
		return f
	}
	for _, f := range d.list {
		if f.Kind == appliance.IncidentMany && f.Open() && f.Over.IsZero() && r.Since.Sub(f.Opened) < 2*together {
			return f
		}
	}
	return nil
}

// dark finds the incident of the mains for what a UPS says of itself, and for what stopped answering meanwhile.
func (d *desk) dark(r Root) *file {
	for _, f := range d.list {
		if f.Kind != appliance.IncidentPower || !f.Open() {
			continue
		}
		silent := r.Item == appliance.ItemAnswer && r.State == appliance.StateCritical && !r.Since.Before(f.Opened.Add(-powerLead)) && !d.mainsBack(f)
		if silent || d.onBattery(r.StateRecord.Device, r.Item) {
			return f
		}
	}
	return nil
}

// mainsBack says that the UPSes of an incident of the mains have been well for as long as a server takes to start.
func (d *desk) mainsBack(f *file) bool {
	var last time.Time
	for _, c := range f.Causes {
		if c.Item == appliance.ItemAnswer {
			continue
		}
		if c.Over.IsZero() {
			return false
		}
		last = later(last, c.Over)
	}
	return d.in.Now.Sub(last) >= powerTail
}

// above finds the incident of a device on the way that went down about then.
func (d *desk) above(device appliance.ID, since time.Time) *file {
	seen := map[appliance.ID]bool{device: true}
	for todo := d.in.Ways(device); len(todo) > 0; todo = todo[1:] {
		up := todo[0]
		if seen[up] {
			continue
		}
		seen[up] = true
		if f := d.down[up]; f != nil && f.Open() && !since.Before(f.Opened.Add(-together)) {
			return f
		}
		todo = append(todo, d.in.Ways(up)...)
	}
	return nil
}

func (d *desk) join(f *file, r Root) {
	c := appliance.IncidentCause{StateKey: r.StateKey, Device: r.StateRecord.Device, Name: r.Name, Label: r.Label, State: r.State, Since: r.Since}
	if len(f.Causes) < evidenceKept {
		ev := r.Evidence
		c.Evidence = &ev
	}
	f.Causes, f.dirty = append(f.Causes, c), true
	d.know(f, c)
	f.behind(r)
}

// behind notes the devices that cannot be seen because of a problem.
func (f *file) behind(r Root) {
	if r.Follows > f.Follows {
		f.Follows, f.dirty = r.Follows, true
	}
	if len(r.Behind) == 0 {
		return
	}
	have := make(map[appliance.ID]bool, len(f.Behind))
	for _, id := range f.Behind {
		have[id] = true
	}
	for _, id := range r.Behind {
		if !have[id] {
			f.Behind, f.dirty = append(f.Behind, id), true
		}
	}
}

// reopen takes up an incident that had just ended.
func (d *desk) reopen(f *file) {
	f.Relapses, f.Relapsed, f.dirty = f.Relapses+1, d.in.Now, true
	f.Closed, f.Over, f.Telling.Over = time.Time{}, time.Time{}, false
	if !f.Unsteady() {
		f.Ack = nil
	}
	for k := range f.Causes {
		c := (*cause)(&f.Causes[k])
		now, known := d.in.State(c.StateKey)
		if known && now.State != appliance.StateOK && (d.onBattery(c.Device, c.Item) || !f.mains(appliance.IncidentCause(*c))) {
			c.take(now)
		}
		d.know(f, f.Causes[k])
		delete(d.last, c.StateKey)
	}
}
