package view

// Walk is the workbench of one device: what to read, and what it said.
type Walk struct {
	Device, Back string
	Action       string
	Form         Form // field root
	Read         bool
	Sentence     string
	Cut          string // why not everything was read
	Rows         []WalkRow
	Save, Masked string // addresses of the recording
}

// WalkRow is one object.
type WalkRow struct{ OID, Name, Type, Value string }
