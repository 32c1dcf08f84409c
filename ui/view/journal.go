package view

import (
	"time"

	"siteward/appliance"
)

// Journal is the page of all events that a filter leaves.
type Journal struct {
	List    List
	Chips   []Chip
	Rows    []JournalRow
	Device  string // name, when only one device is shown
	Back    string // its page
	More    string // address of the next page
	Filter  string // what is filtered by, in words, when nothing was found
	Empty   bool
	Clear   string
	Columns bool // with the device's name
}

// JournalRow is one event.
type JournalRow struct {
	At         time.Time
	Kind       appliance.EventKind
	KindWord   string
	From, To   string // states, of state events
	Device     string
	DeviceHref string
	What       string // the item
	Text       string
	By         string
	Cause      string
}
