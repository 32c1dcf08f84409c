package monitor

import "time"

// Span is a stretch of time. A zero To is "until now".
type Span struct {
	From time.Time
	To   time.Time
}

// Running is when the appliance was at work, oldest first. It is a value: its methods give a new one.
type Running []Span

// runningKept bounds the list. A site whose clock is set more often than this has other worries.
const runningKept = 64

// StartedAt begins the list when the program starts.
func StartedAt(now time.Time) Running { return Running{{From: now}} }

// Pause takes the time between two readings of the wall clock out: suspended, or the clock was set forward.
// A clock that was set back (to before from) forgets what lies after to, for that time comes again.
func (r Running) Pause(from, to time.Time) Running {
	var kept Running
	for _, s := range r {
		if to.Before(from) && s.From.After(to) {
			continue
		}
		if s.To.IsZero() || s.To.After(from) {
			s.To = from
		}
		if to.Before(from) && s.To.After(to) {
			s.To = to
		}
		kept = append(kept, s)
	}
	kept = append(kept, Span{From: to})
	return kept[max(0, len(kept)-runningKept):]
}

// Between is how long the appliance was at work between two times. A from after to comes from a clock that was set
// back; then the time since the clock was set counts. Nil was always at work.
func (r Running) Between(from, to time.Time) time.Duration {
	if r == nil {
		return max(0, to.Sub(from))
	}
	if from.After(to) {
		from = r[len(r)-1].From
	}
	var sum time.Duration
	for _, s := range r {
		a, b := s.From, s.To
		if a.Before(from) {
			a = from
		}
		if b.IsZero() || b.After(to) {
			b = to
		}
		sum += max(0, b.Sub(a))
	}
	return sum
}
