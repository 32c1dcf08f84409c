package incident

import (
	"slices"
	"time"

	"siteward/appliance"
)

// gather makes one incident of those that turn out to be one: what is behind a device that was found down later, what went dark
// before the UPS told why, and many at once.
func (d *desk) gather() {
	for _, f := range d.list {
		if f.Open() && f.Kind == appliance.IncidentState && f.silent() {
			if home := d.homeOf(f); home != nil && home != f {
				d.merge(home, f)
			}
		}
	}
	d.storm()
}

// silent says that an incident is nothing but devices that do not answer.
func (f *file) silent() bool {
	for _, c := range f.Causes {
		if c.Item != appliance.ItemAnswer || c.State != appliance.StateCritical || !c.Over.IsZero() {
			return false
		}
	}
	return len(f.Causes) > 0
}

func (d *desk) homeOf(f *file) *file {
	for _, p := range d.list {
		if p.Kind == appliance.IncidentPower && p.Open() && !f.Opened.Before(p.Opened.Add(-powerLead)) && !d.mainsBack(p) {
			return p
		}
	}
	return d.above(f.Device, f.Opened)
}

// storm makes one incident of many devices that fell silent together without anything that explains it.
func (d *desk) storm() {
	var young []*file
	for _, f := range d.list {
		if f.Open() && f.Kind == appliance.IncidentState && f.silent() && d.in.Now.Sub(f.Opened) < storm+together && len(f.Behind) == 0 {
			young = append(young, f)
		}
	}
	slices.SortStableFunc(young, func(a, b *file) int { return a.Opened.Compare(b.Opened) })
	for from := 0; from < len(young); {
		to := from
		for to < len(young) && young[to].Opened.Sub(young[from].Opened) <= storm {
			to++
		}
		if to-from < stormSize {
			from++
			continue
		}
		first := young[from]
		for _, f := range young[from:to] { // one that is stored already keeps its number
			if f.ID != 0 {
				first = f
				break
			}
		}
		first.Kind, first.dirty = appliance.IncidentMany, true
		for _, f := range young[from:to] {
			if f != first {
				d.merge(first, f)
			}
		}
		from = to
	}
}

// merge makes one incident a part of another. One that was never stored leaves no trace.
func (d *desk) merge(into, f *file) {
	if into.ID == 0 && f.ID != 0 { // the number that people may know already stays
		f.ID, into.ID = 0, f.ID
		f.Version, into.Version = 0, f.Version
		into.Notes = append(f.Notes, into.Notes...)
		into.Telling, f.Telling = f.Telling, into.Telling
		if into.Ack == nil {
			into.Ack = f.Ack
		}
	}
	for _, c := range f.Causes {
		if len(into.Causes) >= evidenceKept {
			c.Evidence = nil
		}
		into.Causes = append(into.Causes, c)
		d.know(into, c)
	}
	have := map[appliance.ID]bool{}
	for _, id := range into.Behind {
		have[id] = true
	}
	for _, id := range f.Behind {
		if !have[id] {
			into.Behind = append(into.Behind, id)
		}
	}
	into.Follows += f.Follows
	into.Opened, into.dirty = earlier(into.Opened, f.Opened), true
	for _, c := range f.Telling.Contacts { // they know of a part of it and are to hear of the end
		if !slices.Contains(into.Telling.Contacts, c) {
			into.Telling.Contacts = append(into.Telling.Contacts, c)
		}
	}
	f.Closed, f.With, f.Telling.Over = d.in.Now, into.ID, true
	f.dirty = f.ID != 0
}

// sum works out how an incident stands as a whole, and whether it has ended.
func (d *desk) sum(f *file) {
	if !f.Open() {
		return
	}
	d.release(f)
	state, muted, over, last, gone := appliance.StateOK, appliance.StateOK, true, time.Time{}, true
	for _, c := range f.Causes {
		switch {
		case !c.Over.IsZero():
			last, gone = later(last, c.Over), gone && c.Gone
		case c.State.Problem():
			state, over = max(state, c.State), false
		default: // paused, or in a window
			muted, over = max(muted, c.State), false
		}
	}
	if state != appliance.StateOK {
		muted = appliance.StateOK
	}
	if state != f.State || muted != f.Muted || max(f.Worst, state) != f.Worst {
		f.State, f.Muted, f.Worst, f.dirty = state, muted, max(f.Worst, state), true
	}
	switch {
	case !over && !f.Over.IsZero():
		f.Over, f.dirty = time.Time{}, true
		if state != appliance.StateOK {
			f.Relapses, f.Relapsed = f.Relapses+1, d.in.Now
		}
	case over && f.Over.IsZero():
		f.Over, f.dirty = later(last, f.Opened), true
	}
	if over && d.in.Now.Sub(f.Over) >= f.patience() {
		f.Closed, f.Snooze, f.dirty = d.in.Now, nil, true
		f.Telling.Over = f.Telling.Over || gone
	}
}

func (f *file) patience() time.Duration {
	if f.Unsteady() {
		return Unsteady
	}
	return Steady
}

// release lets go of what is still dark when the mains have been back for long: that is news of its own.
func (d *desk) release(f *file) {
	if f.Kind != appliance.IncidentPower || !d.mainsBack(f) {
		return
	}
	n := len(f.Causes)
	f.Causes = slices.DeleteFunc(f.Causes, func(c appliance.IncidentCause) bool {
		return c.Over.IsZero() && c.Item == appliance.ItemAnswer
	})
	f.dirty = f.dirty || len(f.Causes) != n
}
