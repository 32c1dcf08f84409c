package appliance

import (
	"context"
	"math"
	"time"
)

// Availability is how much of a time a device, a service or the site was available, with everything the figure rests on. The
// parts add up to Service.
type Availability struct {
	Device   ID            `json:"device,omitempty"` // 0 = the site
	Name     string        `json:"name,omitempty"`
	Kind     Kind          `json:"kind,omitempty"`
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
	Service  time.Duration `json:"service"` // within the service hours
	Up       time.Duration `json:"up"`
	Down     time.Duration `json:"down"`
	NoData   time.Duration `json:"no_data"` // nothing is known: neither up nor down
	Window   time.Duration `json:"window"`  // in maintenance
	Paused   time.Duration `json:"paused"`
	Outages  []Outage      `json:"outages,omitempty"` // the longest first
	Measured int           `json:"measured"`          // checks that it rests on
}

// Outage is a time that cost availability.
type Outage struct {
	Device ID            `json:"device"`
	From   time.Time     `json:"from"`
	Until  time.Time     `json:"until,omitzero"` // zero: it lasts
	Counts time.Duration `json:"counts"`         // within the service hours
	// Incident tells of it; 0 when none is kept any more.
	Incident ID `json:"incident,omitempty"`
}

// Percent is the share of the time about which something is known, NaN when nothing is: Up / (Up + Down).
func (a Availability) Percent() float64 {
	if a.Up+a.Down == 0 {
		return math.NaN()
	}
	return float64(a.Up) / float64(a.Up+a.Down) * 100
}

// AvailabilityReport is the availability of everything at the site.
type AvailabilityReport struct {
	From      time.Time      `json:"from"`
	To        time.Time      `json:"to"`
	Hours     string         `json:"hours"`               // the preset of the contract's service hours, "7x24" without a contract
	Guarantee float64        `json:"guarantee,omitempty"` // percent; 0 is none
	Site      Availability   `json:"site"`                // the sum of all devices
	Devices   []Availability `json:"devices"`             // by name
	Cut       bool           `json:"cut,omitempty"`       // the journal holds more changes than were read: From is later than asked for
}

// Availabilities is the part of App that works out availability.
type Availabilities interface {
	Availability(ctx context.Context, from, to time.Time) (AvailabilityReport, error)
}
