package view

import "time"

// Traps is what devices sent by themselves, and how their receiver is doing.
type Traps struct {
	Receiver TrapReceiver
	List     List
	Chips    []Chip
	Active   []ChartChoice
	Rows     []TrapRow
	More     string
	Empty    Empty
}

// TrapReceiver is the card above the list.
type TrapReceiver struct {
	State, Word string
	Lead        string
	Trouble     string
	Lines       []Line
	CanSwitch   bool
	On          bool
}

// TrapRow is one message, or the count of those that were dropped.
type TrapRow struct {
	At, Last           time.Time
	Count              uint64
	State, Word        string
	Device, DeviceHref string
	Address            string
	Text               string // what it says, for people
	Name, OID          string
	Why                string
	Detail             string
	Vars               []Fact
}
