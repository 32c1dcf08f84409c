package view

import (
	"html/template"
	"time"
)

// Problems is the page of all problems. Its form takes care of those that are selected; its field is reason.
type Problems struct {
	List    List
	Lead    string
	Chips   []Chip
	Table   ProblemTable
	More    string // address with more rows, empty when all are shown
	Next    int    // how many more that shows
	Empty   *Empty
	Form    Form
	Partial Partial
	Drawer  *Evidence
}

// Partial is what a fragment carries besides its part: the title of the tab and the page message, which stand in the layout of
// a whole page.
type Partial struct {
	On   bool
	Note *Note
}

// ProblemTable is a table of problems. Its rows are rendered already, each once per change.
type ProblemTable struct {
	ID        string // of the form that its buttons and boxes belong to
	Heads     []Head // without links where the table does not sort
	Rows      template.HTML
	Count     int
	Act       bool // there is a column of buttons
	Select    bool // and one of boxes
	Technical bool
}

// ProblemRow is one cause with what hangs on it. It holds nothing of the person who looks but what his role may do.
type ProblemRow struct {
	Check, Item, State string
	Handled            bool
	Href               string // the device
	Device, What       string
	Plain              string // the sentence for key users, who see it instead of device and item
	Hint               string // place, or what hangs on the device
	Fact, Evidence     string
	Since              time.Time
	Age                time.Duration // of Since
	Owner, Reason      string
	Taken              time.Time
	Behind             Behind
	Follows            string // "5 values of the device are not known meanwhile"
	Take, Give, Select bool   // what the buttons and the box of this row do
	Act, Box           bool   // whether the table has columns for them
	Form               string // id of the form they belong to
}

// Recent says that the age is told to the minute; older problems have a date.
func (r ProblemRow) Recent() bool { return r.Age < 24*time.Hour }

// Key names the state in forms.
func (r ProblemRow) Key() string { return r.Check + ":" + r.Item }

// Behind is what cannot be reached because of a problem.
type Behind struct {
	Summary, Names string
}
