package view

import "time"

// Inventory is the list of what the devices are.
type Inventory struct {
	List  List
	Kinds []Chip
	Rows  []InventoryRow
	Empty Empty // instead of the rows
}

// InventoryRow is one device in the inventory.
type InventoryRow struct {
	ID, Name, Place, Kind, Icon string
	Product, Serial, Firmware   string
	Ends                        *CoverageRow // what ends next
	Since, Seen                 time.Time
}

// CoverageRow is something bought that ends.
type CoverageRow struct {
	ID, Kind, Name, Reference string
	Until                     time.Time
	State, Text               string // Text tells how many days are left
	Edit                      string // address of the form with it
}

// DeviceInventory is what one device is made of.
type DeviceInventory struct {
	ID, Name string
	Facts    []Fact
	Coverage []CoverageRow
	Form     Form
	Open     bool   // the form is shown
	Entry    string // number of the end date that is changed, "" for a new one
	Kinds    []Option
	CanEdit  bool
	Parts    []PartRow
	List     List // of the programs
	Software []SoftwareRow
	Total    int // programs before the filter
	Cut      bool
	Empty    Empty // instead of the programs
}

// PartRow is a part of a device.
type PartRow struct {
	Kind, Slot, Model, Serial, Firmware string
	Since                               time.Time
}

// SoftwareRow is an installed program.
type SoftwareRow struct {
	Name, Version string
	Since         time.Time
}
