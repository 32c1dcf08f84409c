package jobs

import (
	"fmt"
	"strconv"
	"time"
)

// Schedule is when a row is due: Every, Daily or DailyWhen.
type Schedule struct {
	every  time.Duration
	minute int                // of the day, for daily ones
	within int                // minutes after which it is too late for today, 0 = never
	when   func() (int, bool) // minute of the day as people set it, and whether the row is switched on
}

// Every is due an interval after the last run began, at least 1 s. Rows of more than a minute are exact to a minute.
func Every(interval time.Duration) Schedule { return Schedule{every: interval} }

// Daily is due once a calendar day at the site, from a time of day on: later when the appliance was off then, and right
// after the gap when the clock leaves that time out.
func Daily(hour, minute int) Schedule { return Schedule{minute: hour*60 + minute} }

// DailyWhen is Daily at a time that people set, and only while they have switched it on: when is asked at each look. It is not made up
// for later in the day, for people chose the time so that it disturbs nobody.
func DailyWhen(when func() (minute int, on bool)) Schedule { return Schedule{when: when} }

// now gives a schedule that people set as it stands.
func (s Schedule) now() (_ Schedule, on bool) {
	if s.when == nil {
		return s, true
	}
	minute, on := s.when()
	return Schedule{minute: min(max(minute, 0), 24*60-1), within: 60}, on
}

// String is the schedule as people read it: "every 10 min", "every day at 03:10", "off".
func (s Schedule) String() string {
	s, on := s.now()
	if !on {
		return "off"
	}
	if s.every == 0 {
		return fmt.Sprintf("every day at %02d:%02d", s.minute/60, s.minute%60)
	}
	for _, u := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if s.every%u.size == 0 {
			return "every " + strconv.Itoa(int(s.every/u.size)) + " " + u.name
		}
	}
	return "every " + s.every.String()
}

// valid schedules of quiet rows are as often as they look.
func (s Schedule) valid(quiet bool) bool {
	if quiet {
		return s.every >= time.Second && s.every <= time.Minute
	}
	return s.every >= time.Second || s.every == 0 && s.minute >= 0 && s.minute < 24*60
}

// look is how often a row looks whether it is due.
func (s Schedule) look() time.Duration {
	if s.every > 0 && s.every < time.Minute {
		return s.every
	}
	return time.Minute
}

// firstSane is the year before which a clock is not set yet: machines without a battery begin in 1970.
const firstSane = 2025

// due says whether a row that last began at last has to run now. A last run in the future comes from a clock that was
// wrong and is as good as none.
func (s Schedule) due(last, now time.Time, loc *time.Location) bool {
	s, on := s.now()
	if !on {
		return false
	}
	if s.every > 0 {
		return last.IsZero() || last.After(now) || now.Sub(last) >= s.every-s.look()/2
	}
	local := now.In(loc)
	if local.Year() < firstSane {
		return false
	}
	late := minuteOf(local) - s.minute
	return late >= 0 && (s.within == 0 || late < s.within) && day(last.In(loc)) != day(local)
}

// next is when the row will run, for people.
func (s Schedule) next(last, now time.Time, loc *time.Location) time.Time {
	s, on := s.now()
	if !on {
		return time.Time{}
	}
	if s.due(last, now, loc) {
		return now
	}
	if s.every > 0 {
		return last.Add(s.every)
	}
	local := now.In(loc)
	at := time.Date(local.Year(), local.Month(), local.Day(), s.minute/60, s.minute%60, 0, 0, loc)
	if day(last.In(loc)) == day(local) || at.Before(now.Add(-time.Minute)) {
		at = time.Date(local.Year(), local.Month(), local.Day()+1, s.minute/60, s.minute%60, 0, 0, loc)
	}
	return at
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

func day(t time.Time) [2]int { return [2]int{t.Year(), t.YearDay()} }
