package view

import "time"

// Status is the page for people without an account: the traffic light and what is announced, and no link that leads further.
type Status struct {
	State, Text string
	AsOf        time.Time
	Devices     []StatusDevice
	Windows     []StatusWindow
	Calendar    string
	Hotline     string
}

// StatusDevice is a device that was chosen to be shown.
type StatusDevice struct{ Name, State, Word string }

// StatusWindow is announced work.
type StatusWindow struct{ When, Title, Effect string }

// StatusLinks is the page on which such links are made and revoked.
type StatusLinks struct {
	Form    Form
	Rows    []StatusLinkRow
	Devices []BackupCheck
	Made    string // for whom the link was made just now
	Address string // of that link; it is shown once
}

// StatusLinkRow is one link.
type StatusLinkRow struct {
	ID, Name, By, Shows, State, Word string
	Created, Expires                 time.Time
}
