package availability

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"siteward/appliance"
)

// Hours gives the open times between two moments; package sla has them.
type Hours interface {
	Spans(from, to time.Time) iter.Seq2[time.Time, time.Time]
}

// Always is the service hours of those who have none agreed.
type Always struct{}

// Spans is Hours.Spans.
func (Always) Spans(from, to time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) { _ = from.Before(to) && yield(from, to) }
}

// Change is one change of a check's answer.
type Change struct {
	At       time.Time
	Check    appliance.ID
	From, To appliance.State
}

// Input is what the availability of one device rests on.
type Input struct {
	From, To time.Time
	Checks   map[appliance.ID]Standing // that ask whether it answers
	Changes  []Change                  // of these checks, newest first, between From and now
	Away     []appliance.WindowSpan    // when the appliance itself did not run, in their order
	Hours    Hours                     // nil: always
}

// Standing is how a check stands now.
type Standing struct {
	State appliance.State
	Since time.Time
}

// MaxOutages bounds the outages that are named.
const MaxOutages = 50

// Of works out the availability of one device.
func Of(in Input) appliance.Availability {
	a := appliance.Availability{From: in.From, To: in.To, Measured: len(in.Checks)}
	hours := in.Hours
	if hours == nil {
		hours = Always{}
	}
	for _, p := range in.pieces() {
		spent := time.Duration(0)
		for from, to := range hours.Spans(p.from, p.to) {
			spent += to.Sub(from)
		}
		a.Service += spent
		switch p.state {
		case appliance.StateOK, appliance.StateWarning:
			a.Up += spent
		case appliance.StateCritical:
			a.Down += spent
			a.Outages = outage(a.Outages, p, spent, in.To)
		case appliance.StateMaintenance:
			a.Window += spent
		case appliance.StatePaused:
			a.Paused += spent
		default:
			a.NoData += spent
		}
	}
	a.Outages = slices.DeleteFunc(a.Outages, func(o appliance.Outage) bool { return o.Counts == 0 })
	slices.SortStableFunc(a.Outages, func(x, y appliance.Outage) int { return cmp.Compare(y.Counts, x.Counts) })
	a.Outages = a.Outages[:min(len(a.Outages), MaxOutages)]
	return a
}

// outage lengthens the last outage when the piece goes on with it.
func outage(list []appliance.Outage, p piece, spent time.Duration, end time.Time) []appliance.Outage {
	until := p.to
	if until.Equal(end) {
		until = time.Time{}
	}
	if n := len(list); n > 0 && list[n-1].Until.Equal(p.from) {
		list[n-1].Until, list[n-1].Counts = until, list[n-1].Counts+spent
		return list
	}
	return append(list, appliance.Outage{From: p.from, Until: until, Counts: spent})
}

type piece struct {
	from, to time.Time
	state    appliance.State
}

// pieces cuts the time wherever something changes, oldest first.
func (in Input) pieces() []piece {
	now := map[appliance.ID]appliance.State{}
	edges := []time.Time{in.From, in.To}
	for id, s := range in.Checks {
		now[id] = s.State
		edges = append(edges, s.Since)
	}
	for _, c := range in.Changes {
		edges = append(edges, c.At)
	}
	for _, w := range in.Away {
		edges = append(edges, w.From, w.Until)
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	var out []piece
	changes := in.Changes
	for i := len(edges) - 1; i > 0; i-- { // from the present back
		from, to := edges[i-1], edges[i]
		for len(changes) > 0 && !changes[0].At.Before(to) {
			if _, ok := now[changes[0].Check]; ok {
				now[changes[0].Check] = changes[0].From
			}
			changes = changes[1:]
		}
		if !from.Before(in.To) || !to.After(in.From) {
			continue
		}
		state := in.combine(now, from)
		if away(in.Away, from) {
			state = appliance.StateNoData
		}
		out = append(out, piece{from, to, state})
	}
	slices.Reverse(out)
	return out
}

// combine says how a device stands when its checks stand so: one that answers is enough, and a device is down when none answers
// and one is known not to.
func (in Input) combine(now map[appliance.ID]appliance.State, at time.Time) appliance.State {
	n := map[appliance.State]int{}
	for id, s := range now {
		if len(in.Changes) == 0 && at.Before(in.Checks[id].Since) {
			s = appliance.StateNoData // nobody wrote down what was before
		}
		n[s]++
	}
	switch {
	case n[appliance.StateMaintenance] > 0:
		return appliance.StateMaintenance
	case n[appliance.StateOK]+n[appliance.StateWarning] > 0:
		return appliance.StateOK
	case n[appliance.StateCritical] > 0:
		return appliance.StateCritical
	case n[appliance.StatePaused] > 0:
		return appliance.StatePaused
	}
	return appliance.StateNoData
}

func away(list []appliance.WindowSpan, at time.Time) bool {
	return slices.ContainsFunc(list, func(s appliance.WindowSpan) bool { return s.Covers(at) })
}

// Sum adds up the availability of devices.
func Sum(from, to time.Time, all []appliance.Availability) appliance.Availability {
	sum := appliance.Availability{From: from, To: to}
	for _, a := range all {
		sum.Service += a.Service
		sum.Up += a.Up
		sum.Down += a.Down
		sum.NoData += a.NoData
		sum.Window += a.Window
		sum.Paused += a.Paused
		sum.Measured += a.Measured
		sum.Outages = append(sum.Outages, a.Outages...)
	}
	slices.SortStableFunc(sum.Outages, func(x, y appliance.Outage) int { return cmp.Compare(y.Counts, x.Counts) })
	sum.Outages = sum.Outages[:min(len(sum.Outages), MaxOutages)]
	return sum
}
