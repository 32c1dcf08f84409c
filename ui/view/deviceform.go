package view

// DeviceForm adds or changes a device. Its fields: name, address, kind, place, purpose, parents; for a new one ask, credential,
// community, user, auth_protocol, auth, priv_protocol, priv, url, port, tls; and kept, version.
type DeviceForm struct {
	Form   Form
	ID     string // "" for a new one
	Name   string // as it is stored
	Action string
	First  bool // nothing is watched yet

	Kinds, Places, Asks, Credentials []Option
	Logins                           []Option // users with a password, and none
	AuthProtocols, PrivProtocols     []Option
	Parents                          []Parent
	ParentsOpen                      bool
	Kept                             Kept
	Tried                            *Tried
	Checks                           []CheckLine
	File                             string // that declares it: then nothing can be changed here
}

// Kept says which secrets were typed before and wait for this form.
type Kept struct {
	Community, Auth, Priv bool
}

// Parent is a device that this one may be reached through.
type Parent struct {
	ID, Name, Hint string
	Checked        bool
}

// CheckLine is a check below its device's form.
type CheckLine struct {
	ID, Name, How, Every string
	Limits               int
	State                string
}

// Tried is what a device answered to the test button.
type Tried struct {
	Parts  []TriedPart
	Taken  string // what the form took over from the answer
	Facts  []Fact
	Values []Fact
	Log    []string
}

// TriedPart is the answer to one way of asking.
type TriedPart struct {
	State, Title, Text string
}
