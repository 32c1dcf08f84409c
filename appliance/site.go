package appliance

import (
	"sync"
	"time"
)

// Site is the customer's place that this appliance looks after. There is one in a store.
type Site struct {
	Name          string     `json:"name"`
	Language      string     `json:"language"`       // "de", "nl" or "en": of the site's mails and of people without a choice of their own
	TimeZone      string     `json:"time_zone"`      // IANA name, "Europe/Berlin"
	HolidayRegion string     `json:"holiday_region"` // ISO 3166-2, "DE-BE", "NL", "AT"
	Hotline       string     `json:"hotline,omitempty"`
	Provider      string     `json:"provider,omitempty"`
	DayStart      string     `json:"day_start,omitempty"`     // of a business day, "12:00" when empty: a backup at 01:00 belongs to the day before
	DaysOff       []DayOff   `json:"days_off,omitempty"`      // what the public holidays of the region leave out or have too many
	ReceiversOff  []Receiver `json:"receivers_off,omitempty"` // what is not to be received
	Created       time.Time  `json:"created"`

	Owned map[string]string `json:"owned,omitempty"` // field, named as in the site file, to the file that declares it; all others are people's
}

// DayOff is a free day of this site, or a public holiday on which it works all the same.
type DayOff struct {
	Day  string `json:"day"` // "2026-12-24", or "12-24" for every year
	Name string `json:"name,omitempty"`
	Work bool   `json:"work,omitempty"` // people work on this day
}

// locations keeps time zones by name: time.LoadLocation reads a file at each call, and a page writes a hundred times.
var locations sync.Map

// Location is the site's time zone, UTC when it is unknown.
func (s Site) Location() *time.Location {
	if loc, ok := locations.Load(s.TimeZone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	locations.Store(s.TimeZone, loc)
	return loc
}

// Languages are the interface's, in the order they are offered.
var Languages = []string{"de", "nl", "en"}
