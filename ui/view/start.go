package view

import "time"

// Start is the first page. Which of its parts there are depends on who looks: one answer for key users, the table of what
// nobody takes care of for technicians, the traffic light for everybody else.
type Start struct {
	Answer  *Answer
	Light   *Light
	Desk    *Desk
	Cards   []ProblemCard
	More    string // "12 more problems"
	Tiles   []Tile
	Strip   *Strip
	Help    *Help
	Empty   *Empty
	Notes   []Note
	Partial Partial
	Drawer  *Evidence
}

// Strip is how the last thirty days went, a state for each, with the exceptions as links.
type Strip struct {
	Days      []string // oldest first, the last is today
	Sum, From string
	Lines     []StripLine
	More      bool
}

// StripLine is one exception.
type StripLine struct {
	At                time.Time
	State, Text, Href string
}

// Answer is the sentence with what it rests on. Before and After stand around the age of the last check.
type Answer struct {
	State, Text string
	More        []string
	Checked     Checked
	Href        string
}

// Checked is the sentence of the last check in two halves, for the age between them grows on the page.
type Checked struct {
	At            time.Time
	Before, After string
}

// Light is the traffic light of the wall display.
type Light struct {
	Answer
	Who     string        // since when, and whether somebody takes care; of a single problem
	Lines   []ProblemLine // of several
	Hotline string
}

// ProblemLine is a problem in one sentence.
type ProblemLine struct{ State, Text string }

// ProblemCard answers the questions of a key user about one problem.
type ProblemCard struct {
	ID             string
	Check, Item    string
	State          string
	Handled        bool
	Since          string // "since 07:52, 49 min"
	Title          string
	Answers        []QA
	Fact, Evidence string
	Href, Link     string
	Take, Give     bool
	Behind         Behind
	Urgent         bool
}

// QA is a question and its answer.
type QA struct{ Question, Answer string }

// Desk is what a technician sees first.
type Desk struct {
	Lead    string
	Chips   []Chip
	Table   ProblemTable
	Nothing Empty  // instead of an empty table
	All     string // word of the link to all problems
	CSV     string
	Quiet   string // "Handled and quiet: 3 acknowledged, 2 paused"; empty when there is none
	Handled ProblemTable
	Paused  []PausedRow
	Changes []ChangeRow
}

// PausedRow is a device or check that is not judged.
type PausedRow struct {
	State              string
	Device, Href, What string
	Why                string
	Since              time.Time
}

// ChangeRow is one line of what has changed lately.
type ChangeRow struct {
	At           time.Time
	State        string // empty for what is no state
	Device, Href string
	What, Text   string
}

// Help says where to turn.
type Help struct {
	Title, Text, Hotline string
	Report               bool // a fault can be reported here
}
