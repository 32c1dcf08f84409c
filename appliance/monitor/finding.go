package monitor

import (
	"slices"
	"strings"

	"siteward/appliance"
)

// finding is what one number or word says about its item. Most findings of a reading say that all is well and are
// beaten by another one, so the evidence is put together only for the one that decides.
type finding struct {
	state    appliance.State
	evidence func() appliance.Evidence
}

// tally collects what a reading tells about one item.
type tally struct {
	label   string
	worst   finding
	found   bool
	judged  bool            // some rule applies, whether the number is known or not
	off     bool            // a rule was switched off, or the port has no role
	numbers map[string]bool // metrics whose number is known
	speed   float64         // of a port, the most that it has had
}

func (t *tally) add(f finding) {
	if !t.found || f.state > t.worst.state {
		t.worst, t.found = f, true
	}
}

// items judges everything that the reading tells apart from the answer itself. What a run of ours that went wrong
// brought along proves nothing.
func (c *court) items() {
	if ours(c.in.Reading.Failure) {
		return
	}
	tallies, order := c.tallies()
	for _, item := range order {
		c.item(item, tallies[item])
	}
}

func (c *court) tallies() (map[string]*tally, []string) {
	all, order := map[string]*tally{}, []string{}
	of := func(name, instance, label string) *tally {
		item := appliance.Item(name, instance)
		t, ok := all[item]
		if !ok {
			t = &tally{numbers: map[string]bool{}}
			all[item] = t
			order = append(order, item)
		}
		if t.label == "" {
			t.label = label
		}
		return t
	}
	r := c.in.Reading
	ports := c.ports()
	for instance, p := range ports {
		p.judge(c, of(portStatus, instance, p.label))
	}
	for i := range r.Values {
		v := &r.Values[i]
		if isPort(v.Metric) && ports[v.Instance] == nil {
			continue
		}
		c.value(of(v.Metric, v.Instance, v.Label), *v, ports)
	}
	for i := range r.Statuses {
		if s := &r.Statuses[i]; !isPort(s.Name) {
			c.status(of(s.Name, s.Instance, s.Label), *s)
		}
	}
	slices.Sort(order)
	return all, order
}

// item turns a tally into the state of the item.
func (c *court) item(item string, t *tally) {
	prev, known := c.states[item]
	switch {
	case !t.judged && t.off && known:
		c.drop(prev, say("monitor.not_judged", nil))
		return
	case !t.found:
		return
	case known && c.undecided(prev, t):
		return
	}
	r := c.state(item, t.label)
	c.told[item] = true
	r.Seen, r.Stale = c.at, false
	r.Speed = max(r.Speed, t.speed)
	c.apply(r, t.worst.state, t.worst.evidence(), false)
}

// undecided says that the number which the present alarm rests on is missing from this reading: what else was read
// cannot take the alarm away. If it stays missing, the item becomes No data like any other that is not told.
func (c *court) undecided(prev *appliance.StateRecord, t *tally) bool {
	m := prev.Evidence.Metric
	return m != "" && alarm(prev.State) && !t.numbers[m] && t.worst.state < prev.State
}

// apply counts a reading that points to a state, and moves the state when that is confirmed.
func (c *court) apply(r *appliance.StateRecord, points appliance.State, ev appliance.Evidence, hold bool) {
	q := quorumOf(c.in.Check, r.Item)
	if c.in.Sure && r.Item == itemUPS {
		q = quorum{attempts: 1, recoveries: 1}
	}
	first, need := r.PendingSince, q.need(courseOf(r.State, points))
	if r.Count == 0 {
		first = c.at
	}
	to, confirmed := q.count(r, points, c.at, hold)
	switch {
	case confirmed && to == points:
		if need > 1 {
			ev.Steps = append(ev.Steps, say("monitor.step_confirmed", args{"needed": need, "first": stamp(first)}))
		}
		c.move(r, to, ev, 0)
	case confirmed: // the run of readings supports less than this one says
		ev.Steps = append(ev.Steps, say("monitor.step_partly", args{"first": stamp(first)}))
		c.move(r, to, ev, 0)
	case r.Count == 0:
		r.Evidence = ev
	default:
		c.pend(r, ev, max(need, r.Count))
	}
}

// pend leaves the state as it is and says where the readings point.
func (c *court) pend(r *appliance.StateRecord, ev appliance.Evidence, need int) {
	if r.State == appliance.StateNoData && r.Evidence.At.IsZero() {
		r.Evidence = ev
		r.Evidence.Why = say("monitor.unconfirmed", nil)
	}
	r.Evidence.Steps = append(withoutPending(r.Evidence.Steps),
		say(stateKey("monitor.step_pending", r.Pending), args{"count": r.Count, "needed": need}))
}

func withoutPending(steps []appliance.Message) []appliance.Message {
	var kept []appliance.Message
	for _, s := range steps {
		if !strings.HasPrefix(s.Key, "monitor.step_pending") {
			kept = append(kept, s)
		}
	}
	return kept
}

// source says how a value was read; SNMP values name their object identifier only.
func (c *court) source(of string) string {
	if c.in.Check.Probe == appliance.ProbeSNMP && of != "" {
		return "SNMP " + of
	}
	return of
}
