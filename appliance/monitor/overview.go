package monitor

import (
	"time"

	"siteward/appliance"
)

// Overview is a site at one glance.
type Overview struct {
	Headline Headline
	Devices  []DeviceSum // in the order of the devices given
	Problems []Problem   // worst first, one for each cause
}

// Headline is what the sentence on the start page says. It promises no more than the problems below it prove.
type Headline struct {
	State    appliance.State // of the site: the worst; No data beats OK and is never critical
	Problems int             // causes
	Taken    int             // of Problems, those that a person takes care of
	Critical int             // of Problems
	Warning  int
	NoData   int
	Devices  Counts    // devices by state
	Items    int       // states that were judged
	Checked  time.Time // the newest reading, zero when there is none
}

// Counts is how many there are of each state, by appliance.State.
type Counts [appliance.StateCritical + 1]int

// Of is the count of one state.
func (c Counts) Of(s appliance.State) int { return c[s] }

// Total is all of them.
func (c Counts) Total() int {
	n := 0
	for _, x := range c {
		n += x
	}
	return n
}

// DeviceSum is a device's worst state and where it comes from.
type DeviceSum struct {
	Device        appliance.ID
	State         appliance.State
	Since         time.Time // of that state; of the oldest when several stand there
	Item          string    // of the state
	Problems      int       // items in a problem state
	Taken         bool      // all of them are taken care of
	Stale         bool      // what is shown is old: the appliance itself was away
	UnreachableBy appliance.ID
	Seen          time.Time // last reading
}

// Summary sums states up for people. States of devices that are not given are left out, those of no device count for the
// site. A device without any state has No data.
func Summary(states []appliance.StateRecord, devices []appliance.Device) Overview {
	b := bench{devices: make(map[appliance.ID]*appliance.Device, len(devices)), of: make(map[appliance.ID][]*appliance.StateRecord, len(devices))}
	for i := range devices {
		b.devices[devices[i].ID] = &devices[i]
	}
	for i := range states {
		r := &states[i]
		if b.devices[r.Device] != nil || r.Device == 0 {
			b.of[r.Device] = append(b.of[r.Device], r)
		}
	}
	o := Overview{Devices: make([]DeviceSum, 0, len(devices))}
	for _, r := range b.of[0] { // what is expected at the site as a whole
		o.Headline.Items++
		o.Headline.State = max(o.Headline.State, shown(r))
		o.Headline.Checked = later(o.Headline.Checked, r.Seen)
	}
	for i := range devices {
		d := &devices[i]
		sum := sumUp(d, b.of[d.ID])
		o.Devices = append(o.Devices, sum)
		o.Headline.Devices[sum.State]++
		o.Headline.Items += len(b.of[d.ID])
		o.Headline.State = max(o.Headline.State, sum.State)
		o.Headline.Checked = later(o.Headline.Checked, sum.Seen)
	}
	o.Problems = b.problems(devices)
	o.Headline.count(o.Problems)
	if len(devices) == 0 && o.Headline.Items == 0 {
		o.Headline.State = appliance.StateNoData
	}
	return o
}

func (h *Headline) count(problems []Problem) {
	h.Problems = len(problems)
	for _, p := range problems {
		if p.Taken {
			h.Taken++
		}
		switch p.State {
		case appliance.StateCritical:
			h.Critical++
		case appliance.StateWarning:
			h.Warning++
		default:
			h.NoData++
		}
	}
}

// shown is the state as it may be shown: what was in order before the appliance was away is not known to be now.
func shown(r *appliance.StateRecord) appliance.State {
	if r.Stale && r.State == appliance.StateOK {
		return appliance.StateNoData
	}
	return r.State
}

func sumUp(d *appliance.Device, states []*appliance.StateRecord) DeviceSum {
	sum := DeviceSum{Device: d.ID, State: appliance.StateNoData, Since: d.Created, Taken: true}
	for i, r := range states {
		s := shown(r)
		sum.Seen = later(sum.Seen, r.Seen)
		sum.Stale = sum.Stale || r.Stale
		if r.UnreachableBy != 0 {
			sum.UnreachableBy = r.UnreachableBy
		}
		if r.State.Problem() {
			sum.Problems++
			sum.Taken = sum.Taken && r.Ack != nil
		}
		if i == 0 || s > sum.State || s == sum.State && r.Since.Before(sum.Since) {
			sum.State, sum.Since, sum.Item = s, r.Since, r.Item
		}
	}
	sum.Taken = sum.Taken && sum.Problems > 0
	return sum
}
