package view

import "time"

// Round is the page of one daily round: to be read and signed, or as it was signed.
type Round struct {
	ID       string
	Href     string
	Made     string // when it was put together, in full; the signature is about that
	MadeAt   time.Time
	Since    time.Time
	Deadline time.Time
	Late     bool
	Points   []RoundPoint
	Judged   int
	Form     Form
	Open     bool // may still be signed
	CanSign  bool
	Missing  []Link // points that are not judged yet
	Entry    uint64 // the next one of the logbook, or that of the signature
	Who      string

	Signed  time.Time
	By      string
	Comment string
	SHA256  string
	Missed  bool
	History string
	Next    time.Time
}

// RoundPoint is one thing that is read.
type RoundPoint struct {
	N         int
	Key       string
	Title     string
	Text      string
	State     string
	Word      string
	Lines     []RoundLine // that need attention
	Calm      []RoundLine // that are in order: folded
	More      int
	Folded    bool // read already
	Judgement string
	Note      string
	By        string
	At        time.Time
	NoteError string
	Error     string
	Write     string // address of the form that writes an entry about it
}

// RoundLine is one piece of evidence.
type RoundLine struct {
	State, Word string
	At          time.Time
	What        string
	Text        string // in words
	Verbatim    string
	Href        string
	Ticket      string // address of the form that opens a ticket about it, "" for those who may not
}

// Rounds is the list of past rounds.
type Rounds struct {
	Rows    []RoundRow
	More    string
	Current string
	Next    time.Time
	CanEdit bool
	Empty   Empty
}

// RoundRow is one past round.
type RoundRow struct {
	Href     string
	Day      time.Time
	State    string
	Word     string
	By       string
	Signed   time.Time
	Odd      int
	Entry    uint64
	EntryRef string
}

// RoundSettings is the form that says when the round is due.
type RoundSettings struct {
	Form Form
}
