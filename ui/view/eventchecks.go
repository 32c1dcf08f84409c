package view

import "time"

// EventChecks are messages of servers and devices.
type EventChecks struct {
	Notes   []string // how the receiver is doing
	Trouble string
	List    List
	Chips   []Chip
	Active  []ChartChoice
	Rows    []LogRow
	More    string
	Empty   Empty
	Source  string // when only one is shown
	Newest  uint64 // of it
	CanSee  bool
	Spot    string // what is to be said of today's spot check
	SpotDue bool
}

// LogRow is one message.
type LogRow struct {
	At                 time.Time
	ID, Count          uint64
	Source, SourceHref string
	Host, Program      string
	Device, DeviceHref string
	Text               string
	State, Level       string
	Rules              []ChartChoice
	SeenHere           bool // the newest that somebody has read
}
