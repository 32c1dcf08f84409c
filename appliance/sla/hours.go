package sla

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// Hours are service hours that can be counted with. They may be used by many goroutines.
type Hours struct {
	cal      *calendar.Calendar
	week     appliance.ServiceWeek // within the day, sorted, not touching each other
	holidays bool                  // open on public holidays, too
}

// presets are the weeks of the presets.
var presets = map[string]appliance.ServiceWeek{
	appliance.Hours5x8:  days(time.Monday, time.Friday, 9*60, 17*60),
	appliance.Hours5x10: days(time.Monday, time.Friday, 8*60, 18*60),
	appliance.Hours6x12: days(time.Monday, time.Saturday, 7*60, 19*60),
	appliance.Hours7x24: days(time.Sunday, time.Saturday, 0, day),
}

const day = 24 * 60 // minutes

func days(first, last time.Weekday, from, to int) (w appliance.ServiceWeek) {
	for d := first; d <= last; d++ {
		w[d] = []appliance.ServiceSpan{{From: from, To: to}}
	}
	return w
}

// HoursOf makes hours of a site: region and zone are the site's where the hours name none, and its own days off count.
// It fails with CodeInvalid when there is no hour in them.
func HoursOf(h appliance.ServiceHours, site appliance.Site) (*Hours, error) {
	if h.Region != "" {
		site.HolidayRegion = h.Region
	}
	if h.TimeZone != "" {
		if _, err := time.LoadLocation(h.TimeZone); err != nil {
			return nil, appliance.Invalid("time_zone", "sla.error.zone", "the time zone of the service hours is not known; write it like Europe/Berlin", nil)
		}
		site.TimeZone = h.TimeZone
	}
	return NewHours(h, calendar.Of(site))
}

// NewHours makes hours with the holidays and the zone of a calendar.
func NewHours(h appliance.ServiceHours, cal *calendar.Calendar) (*Hours, error) {
	week, known := presets[h.Preset]
	switch {
	case h.Preset == appliance.HoursOwn:
		week = h.Week
	case h.Preset == "":
		return nil, noHours
	case !known:
		return nil, appliance.Invalid("hours", "sla.error.preset", "these service hours are not known; choose 5x8, 5x10, 6x12, 7x24 or own", nil)
	}
	hours := &Hours{cal: cal, holidays: h.Holidays || h.Preset == appliance.Hours7x24}
	for d, spans := range week {
		for _, s := range spans {
			if s.From < 0 || s.From >= day || s.To < 0 || s.To > day {
				return nil, appliance.Invalid("hours", "sla.error.span", "service hours lie between 00:00 and 24:00", nil)
			}
			if s.To <= s.From { // over midnight
				next := (d + 1) % 7
				hours.week[next] = append(hours.week[next], appliance.ServiceSpan{To: s.To})
				s.To = day
			}
			hours.week[d] = append(hours.week[d], s)
		}
	}
	for d := range hours.week {
		hours.week[d] = tidy(hours.week[d])
	}
	if hours.week.IsZero() {
		return nil, noHours
	}
	return hours, nil
}

var noHours = appliance.Invalid("hours", "sla.error.no_hours", "there are no service hours in this contract, so nothing can be promised; enter them under Settings, Contract", nil)

// tidy sorts spans and joins those that touch.
func tidy(spans []appliance.ServiceSpan) []appliance.ServiceSpan {
	slices.SortFunc(spans, func(a, b appliance.ServiceSpan) int { return cmp.Compare(a.From, b.From) })
	var list []appliance.ServiceSpan
	for _, s := range spans {
		switch last := len(list) - 1; {
		case s.From == s.To:
		case last >= 0 && s.From <= list[last].To:
			list[last].To = max(list[last].To, s.To)
		default:
			list = append(list, s)
		}
	}
	return list
}

// Location is the zone of the hours.
func (h *Hours) Location() *time.Location { return h.cal.Location() }

// Calendar is where holidays come from.
func (h *Hours) Calendar() *calendar.Calendar { return h.cal }

// Week gives the times of each day, public holidays aside.
func (h *Hours) Week() appliance.ServiceWeek { return h.week }

// On gives the times of one day.
func (h *Hours) On(d calendar.Day) []appliance.ServiceSpan {
	if !h.holidays {
		if _, free := h.cal.Holiday(d); free {
			return nil
		}
	}
	return h.week[d.Weekday()]
}

// Open says whether t is within the hours.
func (h *Hours) Open(t time.Time) bool {
	for range h.Spans(t, t.Add(1)) {
		return true
	}
	return false
}

// Spans gives the open times between from and to in their order; those that touch are one.
func (h *Hours) Spans(from, to time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		var open, shut time.Time
		for a, b := range h.pieces(from, to) {
			if a.Equal(shut) {
				shut = b
				continue
			}
			if shut.After(open) && !yield(open, shut) {
				return
			}
			open, shut = a, b
		}
		if shut.After(open) {
			yield(open, shut)
		}
	}
}

// pieces are the spans, cut at midnight and where the clocks change: in between minutes of the wall are minutes of time.
func (h *Hours) pieces(from, to time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		var change time.Time // of the clocks, after t
		for t := from.In(h.Location()); t.Before(to); {
			if !t.Before(change) {
				if _, change = t.ZoneBounds(); change.IsZero() || change.After(to) {
					change = to
				}
			}
			midnight := t.Add(-time.Duration(t.Hour())*time.Hour - time.Duration(t.Minute())*time.Minute -
				time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
			end := midnight.Add(24 * time.Hour)
			if change.Before(end) {
				end = change
			}
			for _, s := range h.On(calendar.DayOf(t)) {
				a, b := later(t, midnight.Add(time.Duration(s.From)*time.Minute)), earlier(end, midnight.Add(time.Duration(s.To)*time.Minute))
				if a.Before(b) && !yield(a, b) {
					return
				}
			}
			t = end.In(h.Location())
		}
	}
}

// Between is how long the hours are open between from and to.
func (h *Hours) Between(from, to time.Time) (sum time.Duration) {
	for a, b := range h.pieces(from, to) {
		sum += b.Sub(a)
	}
	return sum
}

// Next is when the hours are open next: t itself when they are open. It is zero when they are not within a year, as of a site
// that calls every day free.
func (h *Hours) Next(t time.Time) time.Time {
	for a := range h.pieces(t, t.AddDate(1, 0, 0)) {
		return a
	}
	return time.Time{}
}

// Add is when the hours have been open for d since t. It is zero when that is more than ten years ahead.
func (h *Hours) Add(t time.Time, d time.Duration) time.Time {
	for a, b := range h.pieces(t, t.Add(horizon)) {
		if open := b.Sub(a); open < d {
			d -= open
			continue
		}
		return a.Add(d)
	}
	return time.Time{}
}

const horizon = 10 * 366 * 24 * time.Hour

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
