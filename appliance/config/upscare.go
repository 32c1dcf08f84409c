package config

import (
	"time"

	"siteward/appliance"
)

// ValidateUPSCare says what cannot be right about what a person enters of a battery. Fields: installed, replace_by, test_every.
func ValidateUPSCare(c appliance.UPSCare, now time.Time) []*appliance.Error {
	var p problems
	installed, ok := p.day("installed", c.Installed)
	if ok {
		p.must(!installed.After(now.Add(36*time.Hour)), "installed", "day_future")
	}
	if replace, ok := p.day("replace_by", c.ReplaceBy); ok {
		p.must(installed.IsZero() || replace.After(installed), "replace_by", "day_order")
	}
	p.upTo("test_every", c.TestEvery, 400)
	return p
}

// day reads a date; nothing is none.
func (p *problems) day(field, value string) (time.Time, bool) {
	if value == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, value)
	return t, p.must(err == nil && t.Year() > 1995 && t.Year() < 2100, field, "day", "value", clip(value))
}
