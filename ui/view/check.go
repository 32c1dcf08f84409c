package view

import (
	"time"

	"siteward/appliance"
)

// Check is the technician's page of one check: the last reading, word for word.
type Check struct {
	ID, Name           string
	Device, DeviceHref string
	State              string
	Handled            bool
	Since              time.Time
	Verdict            string
	Facts              []Fact
	Can                DeviceCan
	Paused             bool
	Notes              []DeviceNote
	PauseForm          *PauseForm
	Read               bool // there is a reading
	At                 time.Time
	Took               float64 // s
	Failure            string
	Partial            bool
	Log                []LogLine
	States             []StateRow
	Values             []ValueRow
	Statuses           []appliance.Status
	Texts              []appliance.Text
	Chart              *DeviceChart
	CSV                string
	Evidence           *Evidence
}

// LogLine is one line of the run's own log; After is in seconds.
type LogLine struct {
	After float64
	Text  string
}

// ValueRow is a number as it was read.
type ValueRow struct {
	appliance.Value
	Chart string // its series
}
