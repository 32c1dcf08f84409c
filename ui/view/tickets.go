package view

import "time"

// Tickets is the list of tickets.
type Tickets struct {
	List      List
	Chips     []Chip
	Rows      []TicketRow
	More      string
	CanReport bool
	Empty     Empty
}

// TicketRow is one ticket of the list.
type TicketRow struct {
	Href, Number, Title string
	Category, Priority  string
	State, Status       string // shape and word
	Opened              time.Time
	By, Owner           string
	Clock               TicketDue
	Minutes             int
}

// TicketDue is the promise that is due next, in words: "Restore by 12:04, 3 h 23 min left".
type TicketDue struct {
	State, Text string
	Due         time.Time
}

// TicketForm is the form that opens a ticket.
type TicketForm struct {
	Form                                     Form
	Once, Links                              string
	Categories, Impacts, Devices, Priorities []Option
	Technical                                bool
	Promise                                  Promise
	Table                                    []PromiseRow // by when one hears from us, for every choice
	Heads                                    []string
	Hotline                                  string
}

// Promise says what follows from a report.
type Promise struct {
	Lines []string
	None  string // why nothing is promised
}

// PromiseRow is one category of the table.
type PromiseRow struct {
	Label string
	Cells []string
}

// Ticket is the page of one ticket.
type Ticket struct {
	ID, Number, Href string
	State, Status    string
	Facts            string // "Fault, several people, 20 Nov, 07:52"
	Verdict          string
	Posts            []TicketPost
	Clocks           []TicketClock
	NoClocks         string
	Hours            string
	Links            []Link
	Priority         string
	Changes          []string
	Owner            string
	Since            string
	Minutes          string
	Work             []TicketWork
	List             []TicketItem
	Undone           int
	Merged           *Link
	Others           []Link
	Entry            uint64
	Form             Form
	Staff            bool
	Confirm, Take    bool // what can be done now
	Waiting, Open    bool
	Solved           bool
	CanAnswer        bool
	Priorities       []Option
	Devices          []Option
}

// TicketPost is one thing that was said.
type TicketPost struct {
	At        time.Time
	Who, Role string
	Said      string // what the program notes
	Text      string
	Internal  bool
	Ours      bool // the provider's
	Files     []TicketFile
	From      string // the ticket that it was said in, when it was merged
}

// AboutTickets are the tickets about something, and the address of the form that opens one.
type AboutTickets struct {
	Links []Link
	Open  string // empty: this person may not
}

// TicketFile is an attachment.
type TicketFile struct {
	Href, Name string
	Bytes      float64
}

// TicketClock is a clock with its working.
type TicketClock struct {
	Title        string // "Restore by 12:04"
	Big          string // "3 h 23 min left"
	State, Word  string
	Used, Target int
	Ended        bool
	Lines        []TicketLine
	More         int
	Bar          []BarPart
}

// BarPart is a piece of a clock's bar, in hundredths of its width.
type BarPart struct {
	X, W        float64
	Pause, Over bool
}

// TicketLine is one line of a working.
type TicketLine struct {
	When, What string
	Minutes    string
	Kind       string
}

// TicketWork is work that was booked.
type TicketWork struct {
	At   time.Time
	Who  string
	Text string
}

// TicketItem is one thing to do.
type TicketItem struct {
	N          int
	Text, Note string
	Evidence   bool
	Done       bool
	By         string
	At         time.Time
}

// Contract is the page of what was agreed on.
type Contract struct {
	Agreed      bool
	CanEdit     bool
	Facts       []Fact
	Heads       []string
	Targets     []ContractRow
	Table       []ContractRow
	TableHeads  []string
	Contingents []ContractMinutes
	Recurring   []string
	Empty       Empty
}

// ContractRow is a line of one of its tables.
type ContractRow struct {
	Label string
	Cells []string
}

// ContractMinutes is one contingent.
type ContractMinutes struct {
	Title, Text, State, Word string
	Booked, Minutes          int
}

// ContractForm is the form of the contract.
type ContractForm struct {
	Form       Form
	Presets    []Option
	Days       []Option // field and label
	Priorities []Option
	Clocks     []Option
	Categories []Option
	Impacts    []Option
	Recurring  []Option
	Owner      string
}
