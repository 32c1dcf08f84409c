package view

// DeviceLogs is where more is written of a device: its entries of the logbook, its backups, where its logs come from.
type DeviceLogs struct {
	Logbook, Write string // addresses, "" for those who may not
	Jobs, Sources  []StateLink
}

// StateLink is a link with the state of what it leads to.
type StateLink struct{ Href, Text, State, Word string }
