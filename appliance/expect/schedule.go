package expect

import (
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// MaxSlots bounds what Slots gives: two months of a job that runs every half hour.
const MaxSlots = 3000

// rule gives the times of a schedule on a clock that knows no summer time: wall times are written as times of UTC.
type rule interface {
	// next is the first time after wall, or zero when there is none.
	next(wall time.Time) time.Time
}

// Validate says what is wrong with a schedule, in the field that people entered it in.
func Validate(s appliance.Schedule) error {
	if s.Kind == appliance.ScheduleNone {
		return nil
	}
	if s.Grace < appliance.Duration(time.Minute) || s.Grace > appliance.Duration(14*24*time.Hour) {
		return appliance.Invalid("grace", "expect.error_grace", "enter how long the result may take: one minute to 14 days", nil)
	}
	_, _, err := compile(s)
	return err
}

// compile makes a rule of a schedule; loc is a zone that its text names, else nil.
func compile(s appliance.Schedule) (r rule, loc *time.Location, err error) {
	if s.At < 0 || s.At >= 24*60 {
		return nil, nil, appliance.Invalid("at", "expect.error_at", "enter a time of day like 02:00", nil)
	}
	switch s.Kind {
	case appliance.ScheduleDaily:
		return daily{at: s.At}, nil, nil
	case appliance.ScheduleWeekdays:
		return daily{at: s.At, days: []time.Weekday{1, 2, 3, 4, 5}}, nil, nil
	case appliance.ScheduleWeekly:
		if len(s.Days) == 0 || slices.ContainsFunc(s.Days, func(d time.Weekday) bool { return d < 0 || d > 6 }) {
			return nil, nil, appliance.Invalid("days", "expect.error_days", "choose at least one day of the week", nil)
		}
		return daily{at: s.At, days: s.Days}, nil, nil
	case appliance.ScheduleHourly:
		if s.Hours < 1 || s.Hours > 12 || 24%s.Hours != 0 {
			return nil, nil, appliance.Invalid("hours", "expect.error_hours", "choose every 1, 2, 3, 4, 6, 8 or 12 hours", nil)
		}
		return hourly{every: s.Hours * 60, first: s.At % (s.Hours * 60)}, nil, nil
	case appliance.ScheduleCron:
		r, err = parseCron(s.Text)
		return r, nil, err
	case appliance.ScheduleCalendar:
		c, err := parseOnCalendar(s.Text)
		if err != nil {
			return nil, nil, err
		}
		return c, c.loc, nil
	}
	return nil, nil, appliance.Invalid("kind", "expect.error_kind", "choose when the backup should run", nil)
}

// daily is once on some days of the week, on all when days is empty.
type daily struct {
	at   int
	days []time.Weekday
}

func (d daily) next(wall time.Time) time.Time {
	day := time.Date(wall.Year(), wall.Month(), wall.Day(), 0, d.at, 0, 0, time.UTC)
	for !day.After(wall) || len(d.days) > 0 && !slices.Contains(d.days, day.Weekday()) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// hourly is every so many minutes, which divide the day.
type hourly struct{ every, first int }

func (h hourly) next(wall time.Time) time.Time {
	midnight := time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC)
	for minute := h.first; minute < 24*60; minute += h.every {
		if t := midnight.Add(time.Duration(minute) * time.Minute); t.After(wall) {
			return t
		}
	}
	return midnight.AddDate(0, 0, 1).Add(time.Duration(h.first) * time.Minute)
}

// cronRule is a line of cron. robfig/cron leaves out what falls into the hour that is skipped in spring; here it reads a clock
// without summer time, and calendar.Instant puts such a run behind the gap, where cron itself runs it.
type cronRule struct{ cron.Schedule }

func (c cronRule) next(wall time.Time) time.Time { return c.Next(wall) }

func parseCron(text string) (rule, error) {
	bad := appliance.Invalid("text", "expect.error_cron", "enter the five fields of a line of cron, like 0 2 * * 1-5", nil)
	if len(text) > 200 || strings.ContainsAny(text, "=\n") || strings.Contains(text, "@every") || strings.Contains(text, "@reboot") {
		return nil, bad
	}
	s, err := cron.ParseStandard(strings.TrimSpace(text))
	if err != nil {
		bad.Err = err
		return nil, bad
	}
	if s.Next(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, bad // the 30th of February
	}
	return cronRule{s}, nil
}

// Slot is one time that something is expected.
type Slot struct {
	At       time.Time
	Deadline time.Time    // when its result must be there
	Day      calendar.Day // the business day it belongs to
	From, To time.Time    // a run that begins in [From, To) is the one that is expected here
}

// lead is how much before its time a run may begin and still be the one that is expected.
const lead = 2 * time.Hour

// Slots gives the times of a schedule in [from, to), in their order, at most MaxSlots of them.
func Slots(s appliance.Schedule, cal *calendar.Calendar, from, to time.Time) []Slot {
	times := timesOf(s, cal, from.Add(-8*24*time.Hour), to.Add(8*24*time.Hour), MaxSlots+100)
	var out []Slot
	for i, at := range times {
		if at.Before(from) || !at.Before(to) {
			continue
		}
		slot := Slot{At: at, Deadline: at.Add(time.Duration(s.Grace)), Day: cal.DayOf(at), From: at.Add(-lead), To: at.Add(366 * 24 * time.Hour)}
		if i > 0 {
			slot.From = at.Add(-ahead(times[i-1], at))
		}
		if i+1 < len(times) {
			slot.To = times[i+1].Add(-ahead(at, times[i+1]))
		}
		if out = append(out, slot); len(out) == MaxSlots {
			break
		}
	}
	return out
}

func ahead(before, at time.Time) time.Duration { return min(lead, at.Sub(before)/4) }

// Next is the first slot at or after a moment.
func Next(s appliance.Schedule, cal *calendar.Calendar, from time.Time) (Slot, bool) {
	for _, span := range []time.Duration{8 * 24 * time.Hour, 62 * 24 * time.Hour, 800 * 24 * time.Hour} {
		if times := timesOf(s, cal, from, from.Add(span), 1); len(times) > 0 {
			return Slot{At: times[0], Deadline: times[0].Add(time.Duration(s.Grace)), Day: cal.DayOf(times[0])}, true
		}
	}
	return Slot{}, false
}

// timesOf gives the moments of a schedule in [from, to).
func timesOf(s appliance.Schedule, cal *calendar.Calendar, from, to time.Time, most int) (out []time.Time) {
	r, loc, err := compile(s)
	if err != nil {
		return nil
	}
	if loc == nil {
		loc = cal.Location()
	}
	const change = 3 * time.Hour // no clock is changed by more
	end := calendar.Wall(to, loc).Add(change)
	for wall := r.next(calendar.Wall(from, loc).Add(-change)); !wall.IsZero() && wall.Before(end) && len(out) < most; wall = r.next(wall) {
		if _, free := cal.Holiday(calendar.DayOf(wall)); free && s.SkipHolidays {
			continue
		}
		at := calendar.Instant(wall, loc)
		if at.Before(from) || !at.Before(to) || len(out) > 0 && !at.After(out[len(out)-1]) {
			continue
		}
		out = append(out, at)
	}
	return out
}
