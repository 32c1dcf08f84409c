package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// Of is the calendar of a site. Days off that cannot be read are left out: they were validated when they were entered.
func Of(s appliance.Site) *Calendar {
	o := Options{Region: s.HolidayRegion, Location: s.Location(), DayStart: Noon}
	if m, err := ParseClock(s.DayStart); err == nil {
		o.DayStart = m
	}
	for _, x := range s.DaysOff {
		d, err := ParseDayOff(x.Day)
		switch {
		case err != nil:
		case x.Work:
			o.Removed = append(o.Removed, d)
		default:
			o.Extra = append(o.Extra, Holiday{Day: d, Name: x.Name})
		}
	}
	return New(o)
}

// ParseDayOff reads "2026-12-24", or "12-24" as a day of every year: Year is 0.
func ParseDayOff(s string) (Day, error) {
	if len(s) == len("12-24") {
		d, err := ParseDay("2028-" + s) // a leap year
		d.Year = 0
		return d, err
	}
	return ParseDay(s)
}

// ParseClock reads a time of day, "09:30", as minutes since midnight.
func ParseClock(s string) (int, error) {
	h, m, found := strings.Cut(s, ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !found || err != nil || err2 != nil || len(m) != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, fmt.Errorf("%q is no time of day; write it like 02:00", s)
	}
	return hour*60 + minute, nil
}

// Clock writes minutes since midnight as "09:30".
func Clock(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}
