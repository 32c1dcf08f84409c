package view

// Ports are the interfaces of a device: for a switch with its front panel, else a table only.
type Ports struct {
	Panel            *PortPanel
	Legend           bool
	Chips            []Chip // what the front shows
	Title            string
	Rows             []PortRow
	All              int
	Attention        int
	View             string // "attention", "all" or "mark"
	Only, Each, Mark string // addresses of the views; Mark is empty for those who may not
	CSV              string
	MarkPost         string
	Owner            string // the site file that says what is expected
}

// PortRow is one interface.
type PortRow struct {
	Anchor     string // id of the row
	Check      string
	Item       string
	Name       string
	Facts      []string // "VLAN 10 Office", "gives 6.2 W"
	Alias      string   // what is connected, as somebody wrote into the device
	Type       string
	Guests     []PortGuest
	GuestsMore string // "and 12 others"
	Role       string // "", "important", "uplink"
	State      string // of its judgement, empty without one
	Handled    bool
	Word       string // "Down", "Link"
	SinceText  string
	Speed      float64 // bit/s, NaN when it is not known
	SpeedWas   string  // "was 1 Gbit/s", of a line that is slower than before
	In, Out    float64 // bit/s
	Errors     float64 // 1/s, both directions
	Href       string  // evidence
	Fact       string  // its text
	Chart      string  // address of its traffic
	Field      string  // name of the field that marks it
}

// PortGuest is who stands behind a port: a device with its page, or an address.
type PortGuest struct{ Name, Href string }
