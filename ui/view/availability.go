package view

import "time"

// Availability is the page of how long everything was up.
type Availability struct {
	Months    []Chip
	CSV       string
	Span      string // of the report, and which hours count
	Guarantee string // of the contract, beside what was reached
	State     string // of the guarantee: ok, critical, or nodata without one
	Services  []AvailabilityRow
	Devices   []AvailabilityRow
	Outages   []CostRow
	Formula   []Fact
	Cut       string
	Empty     *Empty
}

// AvailabilityRow is one device or service.
type AvailabilityRow struct {
	Name, Href             string
	Percent                string
	State                  string // against the guarantee
	Down, NoData, Excluded string
	Outages                int
}

// CostRow is a time that cost availability.
type CostRow struct {
	Device, Href string
	From         time.Time
	Until        time.Time // zero: it lasts
	Counts       string
	Incident     string // address of what tells of it, "" = none
}
