package ticket

import (
	"slices"
	"time"

	"siteward/appliance"
)

// bucket is what work is booked on: a contingent, or one month of it.
type bucket struct {
	contingent int
	start      int64 // unix seconds
}

// Contingents says how much of each contingent of a contract is used at now by the work on tickets. Work is booked on the first
// contingent that runs when it is done and has minutes left; what none has room for is booked on the last one that runs.
func Contingents(c appliance.Contract, tickets []appliance.Ticket, now time.Time, loc *time.Location) []appliance.ContingentStand {
	var work []appliance.TicketWork
	for _, t := range tickets {
		for _, w := range t.Work {
			if !w.Free && w.Minutes > 0 {
				work = append(work, w)
			}
		}
	}
	slices.SortStableFunc(work, func(a, b appliance.TicketWork) int { return a.At.Compare(b.At) })
	used := map[bucket]int{}
	for _, w := range work {
		left, last := w.Minutes, bucket{contingent: -1}
		for i, k := range c.Contingents {
			start, _, ok := period(k, w.At, loc)
			if !ok {
				continue
			}
			last = bucket{i, start.Unix()}
			part := min(left, max(0, k.Minutes-used[last]))
			used[last] += part
			left -= part
		}
		if last.contingent >= 0 {
			used[last] += left
		}
	}
	out := make([]appliance.ContingentStand, 0, len(c.Contingents))
	for i, k := range c.Contingents {
		s := appliance.ContingentStand{Contingent: k}
		if s.Start, s.End, s.Running = period(k, now, loc); s.Running {
			s.Booked = used[bucket{i, s.Start.Unix()}]
		} else if from, until, err := span(k); err == nil {
			s.Start, s.End = from.At(0, loc), until.Add(1).At(0, loc)
			for b, n := range used { // one that is over shows all that was booked on it
				if b.contingent == i {
					s.Booked += n
				}
			}
		}
		s.Left = k.Minutes - s.Booked
		out = append(out, s)
	}
	return out
}

// period is the month or the whole time of a contingent that t lies in.
func period(k appliance.Contingent, t time.Time, loc *time.Location) (start, end time.Time, ok bool) {
	from, until, err := span(k)
	if err != nil {
		return start, end, false
	}
	start, end = from.At(0, loc), until.Add(1).At(0, loc)
	if t.Before(start) || !t.Before(end) {
		return start, end, false
	}
	if k.Monthly {
		l := t.In(loc)
		first := time.Date(l.Year(), l.Month(), 1, 0, 0, 0, 0, loc)
		if next := first.AddDate(0, 1, 0); next.Before(end) {
			end = next
		}
		if first.After(start) {
			start = first
		}
	}
	return start, end, true
}

// Running is the first contingent that has minutes left, else the last one that runs, else nil.
func Running(stands []appliance.ContingentStand) (found *appliance.ContingentStand) {
	for i := range stands {
		if s := &stands[i]; s.Running {
			if found = s; s.Left > 0 {
				return s
			}
		}
	}
	return found
}
