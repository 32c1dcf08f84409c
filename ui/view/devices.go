package view

import (
	"html/template"
	"time"
)

// Devices is the list of all devices.
type Devices struct {
	List      List
	Title     string // the verdict
	Total     int    // devices at the site
	Found     int    // that the filters let through
	Shown     int    // of Found, on this page
	States    []Chip
	Kinds     []Chip
	GroupBy   []Chip // without counts
	Groups    []DeviceGroup
	More      string // address of the longer page, "" when all are shown
	MoreCount int
	Technical bool
	CanEdit   bool
	Empty     *Empty // instead of the table
}

// Columns is how many columns the table has.
func (d Devices) Columns() int {
	if d.Technical {
		return 7
	}
	return 6
}

// DeviceGroup is a run of rows below one heading. Without grouping there is one group without a title.
type DeviceGroup struct {
	Title, Icon string
	Count       int
	Rows        []template.HTML
}

// DeviceRow is one device in the list.
type DeviceRow struct {
	ID, Name, Place, Purpose string
	Kind, Icon               string // the word and its sign
	Address, Model           string
	State                    string
	Handled                  bool // everything is taken care of
	Since, Seen              time.Time
	Problems                 int
	Technical                bool // who looks sees addresses
}
