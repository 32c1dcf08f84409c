package view

// Contacts is who is told what, on one page.
type Contacts struct {
	Contacts []ContactRow
	Routes   []RouteRow
	Relay    string
	Default  bool // no route is made, and the usual one holds
	CanEdit  bool
	Empty    Empty
}

// ContactRow is one contact in the list.
type ContactRow struct {
	Href, Name, Role, Hours, Daily, Owner string
	Channels                              []string
	Off                                   bool
}

// RouteRow is one route in the list.
type RouteRow struct {
	Href, Name, Of, Owner string
	Steps                 []string
	Off                   bool
}

// Contact is the form of one contact.
type Contact struct {
	Form                           Form
	ID, Action, Owner              string
	Roles, Languages, Kinds, Least []Option
	Hours                          HoursFields
	Channels                       []ChannelFields
}

// ChannelFields are the fields of one channel of the form.
type ChannelFields struct {
	N    int
	Held string // the secret that is kept, in words
}

// Route is the form of one route.
type Route struct {
	Form              Form
	ID, Action, Owner string
	Least, Who        []Option
	Hours             HoursFields
	Kinds             []Option
	Devices           []BackupCheck
	Chosen            bool // some of them
	Steps             []int
}

// Relay is the form of the mail server.
type Relay struct {
	Form       Form
	Owner      string
	Securities []Option
	Held       bool
}

// HoursFields are the hours of a contact or a route in a form.
type HoursFields struct {
	Form          Form
	Presets, Days []Option
	Open          bool // hours of one's own
}
