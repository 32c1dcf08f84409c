package monitor

import (
	"time"

	"siteward/appliance"
)

// How many readings in a row confirm a change, unless the check says otherwise.
const (
	AnswerAttempts = 3 // one lost packet, then another, is not an outage yet
	NumberAttempts = 2 // numbers and words were really read; two agree
	Recoveries     = 2
)

// itemUPS is what a UPS tells of itself as a whole.
const itemUPS = "ups"

// Attempts is how many readings in a row must be bad before the state of an item gets worse.
func Attempts(check appliance.Check, item string) int {
	switch {
	case check.Attempts > 0:
		return check.Attempts
	case item == appliance.ItemAnswer:
		return AnswerAttempts
	}
	return NumberAttempts
}

// quorum is how many readings in a row it takes.
type quorum struct{ attempts, recoveries int }

func quorumOf(check appliance.Check, item string) quorum {
	q := quorum{attempts: Attempts(check, item), recoveries: Recoveries}
	if check.Recoveries > 0 {
		q.recoveries = check.Recoveries
	}
	return q
}

func (q quorum) need(way course) int {
	switch way {
	case atOnce:
		return 1
	case better:
		return q.recoveries
	}
	return q.attempts
}

// course is where a reading points, seen from the state that stands.
type course uint8

const (
	same    course = iota
	atOnce         // good news about something of which nothing was known
	worse          // confirmed by Attempts
	unknown        // into No data: confirmed by Attempts too, for one hiccup of ours is no news
	better         // confirmed by Recoveries
)

func courseOf(from, to appliance.State) course {
	switch {
	case from == to:
		return same
	case to == appliance.StateNoData:
		return unknown
	case !alarm(from) && to == appliance.StateOK:
		return atOnce
	case to > from:
		return worse
	}
	return better
}

// count takes one reading that points to a state and says whether that confirms a change, and to what.
// A run of readings that differ confirms only what all of them support: warning, critical, critical makes a warning first.
// With hold nothing is confirmed for now, but the reading counts.
func (q quorum) count(r *appliance.StateRecord, to appliance.State, at time.Time, hold bool) (appliance.State, bool) {
	way := courseOf(r.State, to)
	if way == same {
		settle(r)
		return to, false
	}
	if r.Count > 0 && courseOf(r.State, r.Pending) == way {
		r.Pending = nearer(way, r.Pending, to)
		r.Count++
	} else {
		r.Pending, r.Count, r.PendingSince = to, 1, at
	}
	if hold || r.Count < q.need(way) {
		return r.State, false
	}
	confirmed := r.Pending
	settle(r)
	if to != confirmed {
		r.Pending, r.Count, r.PendingSince = to, 1, at
	}
	return confirmed, true
}

func nearer(way course, a, b appliance.State) appliance.State {
	if way == better {
		return max(a, b)
	}
	return min(a, b)
}

// settle ends a run of readings that pointed elsewhere.
func settle(r *appliance.StateRecord) {
	r.Pending, r.Count, r.PendingSince = appliance.StateOK, 0, time.Time{}
}
