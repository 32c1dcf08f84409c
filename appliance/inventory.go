package appliance

import (
	"context"
	"time"
)

// Inventories is what the appliance offers about what devices are made of.
type Inventories interface {
	// Inventory is what is known of one device. A device that never told anything has an empty one.
	Inventory(ctx context.Context, device ID) (Inventory, error)
	// EachInventory hands out those of all devices, by number, one at a time: thousands of lists of programs are no thing to hold.
	EachInventory(ctx context.Context, visit func(Inventory) error) error
	// SaveCoverage replaces the end dates that people entered for a device: warranties, subscriptions.
	SaveCoverage(ctx context.Context, by Actor, device ID, list []Coverage) error
}

// Inventory is what a device is made of. It comes from the device itself once a day, except Coverage, which people enter.
// What a device told once and then not is kept with Missed until it was missed often enough to be gone.
type Inventory struct {
	Device      ID             `json:"device"`
	First       time.Time      `json:"first,omitzero"` // first read
	Read        time.Time      `json:"read,omitzero"`  // last read
	Parts       []Part         `json:"parts,omitempty"`
	Software    []Software     `json:"software,omitempty"`
	Ports       []InventedPort `json:"ports,omitempty"`
	PartsCut    bool           `json:"parts_cut,omitempty"`    // there were more than MaxParts
	SoftwareCut bool           `json:"software_cut,omitempty"` // there were more than MaxSoftware
	Coverage    []Coverage     `json:"coverage,omitempty"`
}

// Bounds of an inventory.
const (
	MaxParts    = 512
	MaxSoftware = 2000
	MaxPorts    = 512
	MaxCoverage = 20 // entries of one device
)

// PartKind sorts parts.
type PartKind string

// The kinds of parts.
const (
	PartChassis PartKind = "chassis"
	PartModule  PartKind = "module"
	PartPSU     PartKind = "psu"
	PartFan     PartKind = "fan"
	PartDisk    PartKind = "disk"
	PartMemory  PartKind = "memory"
	PartBattery PartKind = "battery"
	PartOther   PartKind = "other"
)

// PartKinds lists all kinds in display order.
var PartKinds = []PartKind{PartChassis, PartModule, PartPSU, PartFan, PartDisk, PartMemory, PartBattery, PartOther}

// Part is a thing that can be replaced. Slot is where it sits, as the device calls it: "Disk 3"; it is known again by
// kind and slot.
type Part struct {
	Kind     PartKind  `json:"kind"`
	Slot     string    `json:"slot"`
	Model    string    `json:"model,omitempty"`
	Serial   string    `json:"serial,omitempty"`
	Firmware string    `json:"firmware,omitempty"`
	First    time.Time `json:"first,omitzero"`
	Missed   int       `json:"missed,omitempty"` // complete readings in a row without it
}

// Software is an installed program.
type Software struct {
	Name    string    `json:"name"`
	Version string    `json:"version,omitempty"`
	First   time.Time `json:"first,omitzero"`
	Missed  int       `json:"missed,omitempty"`
}

// InventedPort is an interface that somebody can plug a cable into.
type InventedPort struct {
	Name   string `json:"name"`
	Alias  string `json:"alias,omitempty"`
	Off    bool   `json:"off,omitempty"` // switched off by a person: ifAdminStatus down
	Missed int    `json:"missed,omitempty"`
}

// CoverageKind is what ends.
type CoverageKind string

// The kinds of what ends.
const (
	CoverageWarranty     CoverageKind = "warranty"
	CoverageSupport      CoverageKind = "support"
	CoverageSubscription CoverageKind = "subscription"
	CoverageLicence      CoverageKind = "licence"
	CoverageCertificate  CoverageKind = "certificate"
)

// CoverageKinds lists all kinds in display order.
var CoverageKinds = []CoverageKind{CoverageWarranty, CoverageSupport, CoverageSubscription, CoverageLicence, CoverageCertificate}

// Stops says that something stops working at the end: a firewall without its subscription, a page without its certificate. A
// device without its warranty goes on.
func (k CoverageKind) Stops() bool {
	return k == CoverageSubscription || k == CoverageLicence || k == CoverageCertificate
}

// Coverage is something bought for a device that ends on a day. The day itself is still covered.
type Coverage struct {
	ID        ID           `json:"id"` // unique for the device
	Kind      CoverageKind `json:"kind"`
	Until     string       `json:"until"` // 2027-03-31, in the site's calendar
	Name      string       `json:"name,omitempty"`
	Reference string       `json:"reference,omitempty"` // contract number, where to extend it
	Warn      int          `json:"warn,omitempty"`      // days before the end, 0 = CoverageWarn
	Alarm     int          `json:"alarm,omitempty"`     // days before the end, 0 = CoverageAlarm
}

// Days before its end that something bought is reminded of.
const (
	CoverageWarn  = 60
	CoverageAlarm = 14
)

// Standing says how many days are left at now, and what state that is. It is negative after the end; a date that is none
// is no data.
func (c Coverage) Standing(now time.Time) (days int, state State) {
	until, err := time.Parse(time.DateOnly, c.Until)
	if err != nil {
		return 0, StateNoData
	}
	y, m, d := now.Date()
	days = int(until.Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour)) // UTC has no days of 23 hours
	warn, alarm := c.Warn, c.Alarm
	if warn <= 0 {
		warn = CoverageWarn
	}
	if alarm <= 0 {
		alarm = min(CoverageAlarm, warn)
	}
	switch {
	case days <= alarm && c.Kind.Stops():
		return days, StateCritical
	case days <= warn:
		return days, StateWarning
	}
	return days, StateOK
}
