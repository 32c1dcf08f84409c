package calendar

import (
	"fmt"
	"time"
)

// Day is a day of the calendar, without a zone. Days compare with == and are keys of maps.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day that a clock on the wall shows at t in t's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day{y, m, d}
}

// Date makes a day; the 31st of April is the 1st of May.
func Date(year int, month time.Month, day int) Day {
	return DayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDay reads 2026-11-29.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, fmt.Errorf("%q is no day; write it like 2026-12-24", s)
	}
	return DayOf(t), nil
}

// String is the ISO form, 2026-11-29.
func (d Day) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

func (d Day) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Add is the day n days later; a day is a day, however long the clocks make it.
func (d Day) Add(n int) Day { return Date(d.Year, d.Month, d.Day+n) }

// Sub is how many days lie between two days.
func (d Day) Sub(e Day) int { return int(d.utc().Sub(e.utc()) / (24 * time.Hour)) }

// Before says whether d comes before e.
func (d Day) Before(e Day) bool { return d.utc().Before(e.utc()) }

// After says whether d comes after e.
func (d Day) After(e Day) bool { return e.Before(d) }

// Weekday of the day.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Weekend says whether the day is a Saturday or a Sunday.
func (d Day) Weekend() bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// At is the first moment of the day at which a clock on the wall shows so many minutes since midnight, or more: in the
// night in which an hour is left out the end of the gap, in the night that has an hour twice the first of both.
func (d Day) At(minute int, loc *time.Location) time.Time {
	return Instant(d.utc().Add(time.Duration(minute)*time.Minute), loc)
}

// Wall is what a clock on the wall shows at t in loc, written as a time of UTC: arithmetic on it knows no change of clocks.
func Wall(t time.Time, loc *time.Location) time.Time {
	l := t.In(loc)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

// Instant is the first moment at which a clock on the wall in loc shows wall (see Wall) or, when the clocks leave that time
// out, the moment right after the gap.
func Instant(wall time.Time, loc *time.Location) time.Time {
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	early, late := wall.Add(-time.Duration(max(before, after))*time.Second), wall.Add(-time.Duration(min(before, after))*time.Second)
	for _, t := range []time.Time{early, late} {
		if Wall(t, loc).Equal(wall) {
			return t.In(loc)
		}
	}
	start, _ := late.In(loc).ZoneBounds() // what was left out was left out right before
	return start.In(loc)
}
