package view

import "time"

// Sent is the list of what left this machine.
type Sent struct {
	State   string
	Lead    string
	List    List
	Lines   []Line
	Notes   []Note
	Chips   []Chip
	Active  []Chip // filters that are on beside the chips; a click takes them off
	Rows    []SentRow
	Day     string
	Kept    string // how long measured values are kept, when they are shown
	More    string
	Empty   Empty
	Others  []SentOther
	CanEdit bool
}

// SentOther is somebody besides the provider who is told.
type SentOther struct {
	Name, URL, Href, What, State, Word, Why string
	Good                                    time.Time
}

// SentRow is one delivery.
type SentRow struct {
	Href, To, State, Word string
	What                  []string  // what it is about, counted
	Why                   string    // it was not taken, as the other side said it
	At, Until             time.Time // Until: a line that stands for several, and the last of them
	Bytes                 float64
}

// SentOne is one delivery to read.
type SentOne struct {
	ID          string
	State, Word string
	Why         string
	Lines       []Line
	Headers     []string
	Events      []SentEvent
	Numbers     []SentNumber
	Folded      string // why there are no bytes: it is a line that stands for several
	Broken      string // why the events cannot be shown
	Newer       string // addresses of the pages of a long one
	Older       string
}

// SentEvent is one event in words and as it left.
type SentEvent struct {
	Word, Text string
	Foreign    string // a text that is not in the reader's language, as it left
	Facts      []Line
	Number     string
	At         time.Time
	JSON       string
}

// SentNumber is one measured value as it left.
type SentNumber struct {
	Device, Check, Name, Labels, Value string
	At                                 time.Time
}

// SentPolicy is what leaves.
type SentPolicy struct {
	Form    Form
	Kinds   []SentKind
	CanEdit bool
}

// SentKind is one kind of report with its switch.
type SentKind struct {
	Name, Label, Hint string
	On                bool
}

// Consumer is the form of somebody besides the provider who is told.
type Consumer struct {
	Form    Form
	ID      string
	Owner   string
	Action  string
	Kinds   []Option
	CanEdit bool
	CanTry  bool // nothing leaves to one that is off, no try either
	Stands  *SentOther
	Lines   []Line
	Tried   *Note
}
