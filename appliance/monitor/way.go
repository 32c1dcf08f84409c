package monitor

import (
	"slices"
	"time"

	"siteward/appliance"
)

// Way is how the path to a device stands while it is judged.
type Way struct {
	Down  appliance.ID   // the device that is down and cuts this one off, 0 = none
	Good  time.Time      // the newest reading that shows the way open
	Since time.Time      // since when it is open
	Ask   []appliance.ID // checks whose next answer will tell; empty = nothing on the way can tell anything
}

// undecided says that the silence since first may still have its cause on the way: nothing there has answered since.
func (w Way) undecided(first time.Time) bool {
	return w.Down == 0 && len(w.Ask) > 0 && w.Good.Before(first)
}

// opened says that the way has opened less than an interval ago.
func (w Way) opened(in Input) bool {
	return !w.Since.IsZero() && in.Now.Before(w.Since.Add(time.Duration(in.Check.Interval)+time.Duration(in.Check.Timeout)))
}

// Answer is the state of the item "answer" of one check.
type Answer struct {
	appliance.StateRecord
	Probe appliance.ProbeKind
}

// Site is what WayTo needs to know of the other devices.
type Site interface {
	Parents(device appliance.ID) []appliance.ID
	Answers(device appliance.ID) []Answer
}

// WayTo looks at what stands between the appliance and what a check asks: for every probe but ping, whether the
// device itself answers to ping, and then its parents. One open parent is enough. Parents that lead back to the
// device are left out, so a circle of parents hides nothing.
func WayTo(check appliance.Check, device appliance.Device, site Site) Way {
	if check.Probe != appliance.ProbePing {
		own := passage(device.ID, onlyPing(site.Answers(device.ID)))
		if own.stands != unsure {
			return own.way()
		}
	}
	var all []gate
	for _, p := range device.Parents {
		if !leadsTo(p, device.ID, site, map[appliance.ID]bool{}) {
			all = append(all, passage(p, site.Answers(p)))
		}
	}
	return either(all).way()
}

func onlyPing(answers []Answer) []Answer {
	var pings []Answer
	for _, a := range answers {
		if a.Probe == appliance.ProbePing {
			pings = append(pings, a)
		}
	}
	return pings
}

// leadsTo walks up from a device and says whether the walk meets another.
func leadsTo(from, to appliance.ID, site Site, seen map[appliance.ID]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, p := range site.Parents(from) {
		if leadsTo(p, to, site, seen) {
			return true
		}
	}
	return false
}

// standing is how sure we are of one device on the way, most useful first.
type standing uint8

const (
	passable standing = iota
	waiting           // the last answers are missing, nothing is confirmed
	closed
	unsure // paused, or nothing known
)

type gate struct {
	stands standing
	root   appliance.ID // of a closed one: the device that is down
	good   time.Time
	since  time.Time
	ask    []appliance.ID
}

func (g gate) way() Way {
	switch g.stands {
	case passable, waiting:
		return Way{Good: g.good, Since: g.since, Ask: g.ask}
	case closed:
		return Way{Down: g.root}
	}
	return Way{}
}

// passage says whether a device can be passed, from the answers of all its checks: one that answers is enough.
func passage(device appliance.ID, answers []Answer) gate {
	sum, down := gate{stands: unsure}, false
	for _, a := range answers {
		down = down || a.Plain().State == appliance.StateCritical
		sum = join(sum, gateOf(device, a), []standing{passable, waiting, closed, unsure})
	}
	if down {
		sum.root = device
	}
	return sum
}

func gateOf(device appliance.ID, a Answer) gate {
	a.StateRecord = a.Plain() // a switch in maintenance that is down cuts off what is behind it all the same
	ask := []appliance.ID{a.Check}
	switch {
	case a.State == appliance.StateCritical:
		return gate{stands: closed, root: device}
	case a.UnreachableBy != 0:
		return gate{stands: closed, root: a.UnreachableBy}
	case a.Count > 0 && a.Pending == appliance.StateCritical:
		return gate{stands: waiting, ask: ask}
	case a.State == appliance.StateOK || a.State == appliance.StateWarning:
		return gate{stands: passable, good: a.Seen, since: a.Since, ask: ask}
	}
	return gate{stands: unsure}
}

// either sums up parents: open when one is, closed only when all are.
func either(gates []gate) gate {
	if len(gates) == 0 {
		return gate{stands: unsure}
	}
	sum := gates[0]
	for _, g := range gates[1:] {
		sum = join(sum, g, []standing{passable, waiting, unsure, closed})
	}
	return sum
}

// join keeps the gate that stands earlier in order, and all checks that can tell more.
func join(a, b gate, order []standing) gate {
	ask := slices.Concat(a.ask, b.ask)
	if slices.Index(order, b.stands) < slices.Index(order, a.stands) {
		a, b = b, a
	}
	if a.stands == passable && b.stands == passable {
		a.good, a.since = later(a.good, b.good), earlier(a.since, b.since)
	}
	a.ask = ask
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
