package config

import (
	"time"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

var region = lazyregexp.New(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)

// maxDaysOff bounds the free days that are entered by hand.
const maxDaysOff = 200

// ValidateSite says what cannot be right about the site's settings. Fields: name, language, time_zone, holiday_region,
// day_start, days_off, receivers_off, hotline, provider.
func ValidateSite(s appliance.Site) []*appliance.Error {
	var p problems
	p.name(s.Name)
	choice(&p, "language", s.Language, appliance.Languages)
	if p.must(s.TimeZone != "", "time_zone", "empty") {
		_, err := time.LoadLocation(s.TimeZone)
		p.must(err == nil && s.TimeZone != "Local", "time_zone", "time_zone", "value", clip(s.TimeZone))
	}
	p.must(s.HolidayRegion == "" || region.MatchString(s.HolidayRegion), "holiday_region", "holiday_region", "value", clip(s.HolidayRegion))
	if s.DayStart != "" {
		_, err := time.Parse("15:04", s.DayStart)
		p.must(err == nil && len(s.DayStart) == len("12:00"), "day_start", "day_start", "value", clip(s.DayStart))
	}
	p.must(len(s.DaysOff) <= maxDaysOff, "days_off", "days_off_many", "max", maxDaysOff)
	for _, d := range s.DaysOff {
		day := d.Day
		if len(day) == len("12-24") {
			day = "2028-" + day // a leap year
		}
		_, err := time.Parse(time.DateOnly, day)
		p.must(err == nil, "days_off", "days_off", "value", clip(d.Day))
		p.word("days_off", d.Name, maxName)
	}
	for _, r := range s.ReceiversOff {
		choice(&p, "receivers_off", r, appliance.Receivers)
	}
	p.word("hotline", s.Hotline, maxName)
	p.word("provider", s.Provider, maxName)
	return p
}
