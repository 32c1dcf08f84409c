package view

import "time"

// Tile answers one question on Start: a value, a state with its own word, one line of context, one link.
type Tile struct {
	Icon, Title string
	Value       string // ready text, such as "14 of 14"
	State       string
	Word        string // instead of the state's own word
	Handled     bool   // soft instead of solid when critical
	Text        string
	Href, Link  string
	Evidence    bool // the link is an evidence link
}

// Sentence is the answer of a page: the worst state, the verdict, what was checked.
type Sentence struct {
	State string
	Text  string
	More  string // what was checked
	AsOf  time.Time
	Href  string // "What was checked?"
}

// Empty says why there is nothing, and gives one action. Good is the good-news form with the green circle.
type Empty struct {
	Icon, Title, Text string
	Href, Link        string
	Good              bool
	Button            bool // the link is the page's main action
}

// Day is one bar of the 30-day strip; an empty state draws nothing.
type Day struct {
	State string
}

// Port is one port of a front panel. State: link, slow, errors, down, off, nodata, or none for nothing expected.
type Port struct {
	Name  string // as printed on the device
	Title string // said instead of the drawing when the name alone is not enough: "Port 10"
	State string
	Word  string // what the state means here, in words: "down, should be up"
	Href  string // its row in the table
	PoE   bool
	Text  string // written in place of the mark: how busy the line is, its VLAN
}

// PortPanel is the front of a switch: numbered ports with odd ones on top, uplinks at the right.
type PortPanel struct {
	Label   string // said instead of the drawing
	Uplinks string // caption above the uplinks
	View    string // what it shows: "" the links, traffic, poe or vlan
	Ports   []Port
	Links   []Port
}

// Evidence is the receipt of a verdict: what was read, from where, when, and how it was judged.
type Evidence struct {
	Text    string // address of the whole text as it came, "" when it is not kept here
	Title   string
	State   string
	Word    string
	Source  string // where the lines come from
	At      time.Time
	Lines   []EvidenceLine
	Judged  []string // numbered: how the verdict came about
	BackURL string   // the page without the drawer

	Href, Link string // where more of it stands, such as the whole reading
}

// EvidenceLine is verbatim text in pieces, so that the deciding words can be marked. Mark is "", "bad", "good" or "warn".
type EvidenceLine []EvidencePart

// EvidencePart is a piece of a verbatim line.
type EvidencePart struct {
	Text, Mark string
}

// Confirm asks before something is lost: what, in numbers, with a verb on the button and a way back.
type Confirm struct {
	Title, Text string
	Action      string // where the form posts
	Button      string // "Delete sw-core"
	Back        string // address of the way back
	BackLabel   string // "Keep it"
	Type        string // name to type when history is lost; empty when not needed
	Form        Form
}

// Failure is what an error page says. Code is for the technician and small.
type Failure struct {
	Status          int
	Title           string
	Unchanged       string // what was (not) changed
	Next            string // what to do
	Code, RequestID string
	Href, Link      string
}
