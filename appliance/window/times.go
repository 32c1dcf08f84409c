package window

import (
	"slices"
	"time"

	"github.com/teambition/rrule-go"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// Horizon is how far times are looked for: a rule without an end has one here.
const Horizon = 5 * 366 * 24 * time.Hour

// Times gives the times of a window that end after from and begin before to, at most limit, the earliest first. Those that were
// called off are left out. A rule that cannot be read has none.
func Times(w appliance.Window, loc *time.Location, from, to time.Time, limit int) []appliance.WindowSpan {
	first := appliance.WindowSpan{From: w.From, Until: w.Until}
	if w.Rule == "" {
		if first.Until.After(from) && first.From.Before(to) && limit > 0 && !skipped(w, first.From) {
			return []appliance.WindowSpan{first}
		}
		return nil
	}
	o, err := parse(w.Rule)
	if err != nil {
		return nil
	}
	wall := calendar.Wall(w.From, loc)
	length := calendar.Wall(w.Until, loc).Sub(wall)
	o.Dtstart = wall
	if end := calendar.Wall(to, loc).Add(24 * time.Hour); o.Until.IsZero() || o.Until.After(end) {
		o.Until = end
	}
	r, err := rrule.NewRRule(*o)
	if err != nil {
		return nil
	}
	var out []appliance.WindowSpan
	for next := r.Iterator(); len(out) < limit; {
		at, ok := next()
		if !ok {
			break
		}
		s := appliance.WindowSpan{From: calendar.Instant(at, loc), Until: calendar.Instant(at.Add(length), loc)}
		if !s.From.Before(to) {
			break
		}
		if s.Until.After(from) && s.Until.After(s.From) && !skipped(w, s.From) {
			out = append(out, s)
		}
	}
	return out
}

func skipped(w appliance.Window, at time.Time) bool {
	return slices.ContainsFunc(w.Skips, at.Equal)
}

// Next is the time of a window that covers at or, when none does, the first after it; zero when none follows.
func Next(w appliance.Window, loc *time.Location, at time.Time) appliance.WindowSpan {
	if next := Times(w, loc, at, at.Add(Horizon), 1); len(next) > 0 {
		return next[0]
	}
	return appliance.WindowSpan{}
}

// At says whether a window takes place at a beginning.
func At(w appliance.Window, loc *time.Location, begin time.Time) bool {
	next := Times(w, loc, begin, begin.Add(time.Second), 1)
	return len(next) > 0 && next[0].From.Equal(begin)
}
