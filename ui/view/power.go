package view

import "time"

// Power is the page of emergency power: every UPS, and what happened.
type Power struct {
	Rows    []UPSRow
	Empty   *Empty
	Outages Outages
}

// UPSRow is one UPS as it stands.
type UPSRow struct {
	ID, Name, Place string
	State           string
	Handled         bool
	Power           string // where the power comes from, in a word
	Why             string // when nothing is known now
	Runtime, Limit  string
	Charge          *float64
	ChargeState     string
	Load            string
	Battery         []string // age, replace by
	BatteryState    string   // of its age; empty when all is well
	BatteryWord     string
	Test            string
	TestState       string
	TestLines       []string
	Outage          string // its length
	OutageAt        time.Time
	OutageLine      string
}

// Outages are the times on battery of one UPS, or of all.
type Outages struct {
	List  List
	Chips []Chip
	Rows  []OutageRow
	Named bool // of several UPSes: each row says which
	CSV   string
	Empty string
	Sum   string
}

// OutageRow is one time on battery.
type OutageRow struct {
	At         time.Time
	Device, ID string
	State      string // of the badge
	Word       string
	Length     string
	Charge     string
	Announced  string
	Measured   string
	Told       string
	Note       string
	Incident   string // address of the incident that tells of it
}

// BatteryForm asks what people know of the battery. Its fields: installed, replace_by, test_every.
type BatteryForm struct {
	Action string
	Form   Form
	Open   bool
}
