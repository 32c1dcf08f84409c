package view

import "time"

// Maintenance is the page of all windows: what runs and what is to come first, then what is over.
type Maintenance struct {
	List    List
	Chips   []Chip
	Coming  []WindowRow
	Over    []WindowRow
	Counted string // how many were short of notice this year
	CanPlan bool
	CanLink bool
	Empty   Empty
}

// WindowRow is one window in a list.
type WindowRow struct {
	Href, Title string
	State, Word string
	From        time.Time
	When        string
	Again       string // how it comes back
	Effect      string
	About       string
	Notice      string // kept or short
	Short       bool
	Held        int // alarms kept back
}

// Window is the page of one window.
type Window struct {
	Row      WindowRow
	ID       string
	Comment  string
	Reason   string
	Kind     string // in words
	Wish     string
	Said     string // what the customer has said
	About    []Link
	People   []string
	Times    []WindowTime
	History  []WindowStep
	Runs     []WindowRun
	Calendar string // address of the calendar file, "" for a draft
	Form     Form
	Back     string
	Tickets  AboutTickets

	CanAnswer, CanConfirm        bool
	CanEdit, CanAnnounce, CanRun bool
	CanEnd, CanCancel, CanDelete bool
	Extend                       []Option
}

// AskedWindow is the page on which somebody without an account answers an announcement.
type AskedWindow struct {
	Row                   WindowRow
	Comment, Reason, Said string
	Who                   string // who answers
	Action, Hotline       string
	Form                  Form
	CanAnswer, CanConfirm bool
}

// WindowTime is a time to come; Skip is its beginning, for the button that calls it off.
type WindowTime struct {
	When, Skip string
}

// WindowStep is a line of the window's history.
type WindowStep struct {
	At   time.Time
	By   string
	What string
	Note string
}

// WindowRun is a time at which it took place.
type WindowRun struct {
	When      string
	Open      bool
	By        string
	Note      string
	Entry     string // address in the logbook
	Number    uint64
	Held      []WindowHeld
	More      int
	Left      int
	Undisturb string // what is said when nothing was kept back
}

// WindowHeld is an item that would have called somebody.
type WindowHeld struct {
	State, Device, Href, What, Why string
	First                          time.Time
	Times                          int
}

// WindowForm plans a window.
type WindowForm struct {
	Form                               Form
	Action, Back                       string
	Kinds, Presets, Repeats, Reminders []Option
	Devices, Jobs, Contacts            []BackupCheck
	All                                bool
	Earliest                           string // when planned work may begin at the earliest
	Once                               string
}

// AdHoc is the form that begins a window at once.
type AdHoc struct {
	Action  string
	Form    Form
	Lengths []Option
}
