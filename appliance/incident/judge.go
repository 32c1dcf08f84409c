package incident

import (
	"slices"
	"time"

	"siteward/appliance"
)

// The times that decide what is one incident.
const (
	Steady   = time.Minute      // over when all is well for so long
	Unsteady = 30 * time.Minute // and for so long after it came back twice
	Again    = 15 * time.Minute // what returns within this time after its end is the same incident
	Blind    = 15 * time.Minute // No data is an incident when it lasts so long; until then it is a gap

	together  = 5 * time.Minute  // what is behind a device fails about when that device does
	storm     = 2 * time.Minute  // many at once: within this time
	stormSize = 10               // and as many
	powerLead = 2 * time.Minute  // before a UPS tells of it, others may be dark already
	powerTail = 15 * time.Minute // and so long servers may take to start when the mains are back
)

// evidenceKept is of how many causes the receipt is kept with the incident.
const evidenceKept = 10

// Root is a problem that explains itself: what follows from it is counted.
type Root struct {
	appliance.StateRecord
	Name    string         // of the device
	Behind  []appliance.ID // devices that nothing is known of because of it
	Follows int
}

// Input is what a judgement rests on.
type Input struct {
	Now time.Time
	// Since is since when the appliance has been at work without a break. What was read before proves nothing new.
	Since  time.Time
	Before []appliance.Incident // all that are open, and those that were closed less than Again ago
	Roots  []Root
	State  func(appliance.StateKey) (appliance.StateRecord, bool) // any state as it is now
	// Ways are the devices that one is reached through, declared or seen on cables.
	Ways func(appliance.ID) []appliance.ID
	// Battery are UPSes that live on their battery, and since when; Mains those that tell that they do not. One that is silent is
	// in neither.
	Battery map[appliance.ID]time.Time
	Mains   map[appliance.ID]bool
}

// Judge gives the incidents that are new (their number is 0) or not as they were.
func Judge(in Input) []appliance.Incident {
	d := open(in)
	for _, i := range d.list {
		d.follow(i)
	}
	for _, r := range in.Roots {
		d.place(r)
	}
	d.gather()
	var out []appliance.Incident
	for _, i := range d.list {
		d.sum(i)
		if i.dirty {
			i.Updated = in.Now
			out = append(out, i.Incident)
		}
	}
	return out
}

// desk is where incidents lie while it is judged what belongs to which.
type desk struct {
	in   Input
	list []*file
	of   map[appliance.StateKey]*file // open incidents by cause
	last map[appliance.StateKey]*file // those that have just ended
	down map[appliance.ID]*file       // open incidents by a device that does not answer
}

type file struct {
	appliance.Incident
	dirty bool
}

func open(in Input) *desk {
	d := &desk{in: in, of: map[appliance.StateKey]*file{}, last: map[appliance.StateKey]*file{}, down: map[appliance.ID]*file{}}
	power := func(a appliance.Incident) int {
		if a.Kind == appliance.IncidentPower {
			return 1
		}
		return 0
	}
	for _, i := range slices.SortedStableFunc(slices.Values(in.Before), func(a, b appliance.Incident) int { return power(a) - power(b) }) {
		i.Causes, i.Behind = slices.Clone(i.Causes), slices.Clone(i.Behind)
		f := &file{Incident: i}
		d.list = append(d.list, f)
		for _, c := range i.Causes {
			if i.Open() {
				d.know(f, c)
			} else if i.With == 0 && in.Now.Sub(i.Closed) < Again {
				d.last[c.StateKey] = f
			}
		}
	}
	return d
}

func (d *desk) know(f *file, c appliance.IncidentCause) {
	if f.mains(c) && !c.Over.IsZero() {
		return // what the UPS tells now is another story
	}
	d.of[c.StateKey] = f
	if c.Item == appliance.ItemAnswer && c.Over.IsZero() && c.State == appliance.StateCritical {
		d.down[c.Device] = f
	}
}

// onBattery says that a state is what a UPS tells while it lives on its battery.
func (d *desk) onBattery(device appliance.ID, item string) bool {
	_, on := d.in.Battery[device]
	return on && item != appliance.ItemAnswer
}

// follow brings the causes of an open incident up to date.
func (d *desk) follow(f *file) {
	if !f.Open() {
		return
	}
	for k := range f.Causes {
		c := (*cause)(&f.Causes[k])
		now, known := d.in.State(c.StateKey)
		switch {
		case d.of[c.StateKey] != f || d.onBattery(c.Device, c.Item) && f.Kind != appliance.IncidentPower: // while the mains are away the UPS tells that story, and this one stands still
		case f.mains(appliance.IncidentCause(*c)) && known:
			d.followUPS(f, c, now)
		case !known:
			if c.Over.IsZero() {
				c.Over, c.Gone, c.State, f.dirty = d.in.Now, true, appliance.StateOK, true
			}
		case now.State == appliance.StateOK:
			if c.Over.IsZero() {
				c.Over, c.State, f.dirty = now.Since, appliance.StateOK, true
			}
		case now.State != c.State || !c.Over.IsZero():
			c.take(now)
			f.dirty = true
		}
	}
}

// mains says that a cause is what a UPS tells, in an incident of the mains.
func (f *file) mains(c appliance.IncidentCause) bool {
	return f.Kind == appliance.IncidentPower && c.Item != appliance.ItemAnswer
}

// followUPS ends the mains' part of the story when the UPS lives on the mains again, also when it has something else to complain of.
func (d *desk) followUPS(f *file, c *cause, now appliance.StateRecord) {
	switch back := d.in.Mains[c.Device] && (now.State == appliance.StateOK || now.Count == 0); {
	case back && c.Over.IsZero():
		c.Over, c.State, f.dirty = d.in.Now, appliance.StateOK, true
		if now.State == appliance.StateOK {
			c.Over = now.Since
		}
		delete(d.of, c.StateKey)
		for _, other := range d.list {
			if other.Open() && other != f && slices.ContainsFunc(other.Causes, func(o appliance.IncidentCause) bool { return o.StateKey == c.StateKey }) {
				d.of[c.StateKey] = other
			}
		}
	case !back && now.State != c.State:
		c.take(now)
		f.dirty = true
	}
}

// take is a cause as it is now: its worst state keeps its receipt.
func (c *cause) take(r appliance.StateRecord) {
	if c.Evidence != nil && r.State.Problem() && r.State >= c.State {
		ev := r.Evidence
		c.Evidence = &ev
	}
	c.State, c.Over, c.Gone = r.State, time.Time{}, false
}

type cause appliance.IncidentCause

func alarm(s appliance.State) bool {
	return s == appliance.StateWarning || s == appliance.StateCritical
}

func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
