package config

import (
	"regexp"
	"time"

	"siteward/appliance"
)

var region = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)

// ValidateSite says what cannot be right about the site's settings. Fields: name, language, time_zone, holiday_region,
// hotline, provider.
func ValidateSite(s appliance.Site) []*appliance.Error {
	var p problems
	p.name(s.Name)
	choice(&p, "language", s.Language, appliance.Languages)
	if p.must(s.TimeZone != "", "time_zone", "empty") {
		_, err := time.LoadLocation(s.TimeZone)
		p.must(err == nil && s.TimeZone != "Local", "time_zone", "time_zone", "value", clip(s.TimeZone))
	}
	p.must(s.HolidayRegion == "" || region.MatchString(s.HolidayRegion), "holiday_region", "holiday_region", "value", clip(s.HolidayRegion))
	p.word("hotline", s.Hotline, maxName)
	p.word("provider", s.Provider, maxName)
	return p
}
