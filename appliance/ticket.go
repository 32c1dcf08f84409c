package appliance

import (
	"context"
	"io"
	"slices"
	"time"
)

// Ticket is something that a person works on for another one: a fault, a wish, a question, or work that comes again.
type Ticket struct {
	ID       ID               `json:"id"`
	Title    string           `json:"title"`
	Category TicketCategory   `json:"category"`
	Impact   TicketImpact     `json:"impact"`
	Priority TicketPriority   `json:"priority"`
	Changes  []PriorityChange `json:"priority_changes,omitempty"`
	Status   TicketStatus     `json:"status"`
	Since    string           `json:"since,omitempty"` // since when it is so, in the words of who reports it
	Opened   time.Time        `json:"opened"`
	By       string           `json:"by"`              // user name, or "siteward"
	Owner    string           `json:"owner,omitempty"` // the technician who has it
	Devices  []ID             `json:"devices,omitempty"`
	Links    []TicketLink     `json:"links,omitempty"`
	Merged   ID               `json:"merged,omitempty"` // the ticket that goes on instead
	Waits    []Wait           `json:"waits,omitempty"`
	Clocks   []TicketClock    `json:"clocks,omitempty"`
	Hours    ServiceHours     `json:"hours"` // of the contract, as it was when the ticket was opened
	Work     []TicketWork     `json:"work,omitempty"`
	List     []CheckItem      `json:"list,omitempty"`   // what is to be done, of work that recurs
	Recurs   string           `json:"recurs,omitempty"` // one of RecurringKeys
	Solution string           `json:"solution,omitempty"`
	Closed   time.Time        `json:"closed,omitzero"`
	Entry    uint64           `json:"entry,omitempty"` // of the logbook, when it was closed last
	Files    int              `json:"files,omitempty"`
	Bytes    int64            `json:"bytes,omitempty"` // of its files
	Touched  time.Time        `json:"touched"`         // last change
	Version  uint64           `json:"version"`
}

// Open says whether somebody has still to do something about it.
func (t Ticket) Open() bool { return t.Status != TicketSolved && t.Status != TicketMerged }

// Clock gives one of its clocks, or nil.
func (t *Ticket) Clock(k ClockKind) *TicketClock {
	i := slices.IndexFunc(t.Clocks, func(c TicketClock) bool { return c.Kind == k })
	if i < 0 {
		return nil
	}
	return &t.Clocks[i]
}

// Minutes is the work on it.
func (t Ticket) Minutes() (n int) {
	for _, w := range t.Work {
		n += w.Minutes
	}
	return n
}

// TicketCategory is what kind of matter it is.
type TicketCategory string

// The categories.
const (
	TicketError    TicketCategory = "error"
	TicketRequest  TicketCategory = "request"
	TicketQuestion TicketCategory = "question"
)

// TicketCategories lists all categories.
var TicketCategories = []TicketCategory{TicketError, TicketRequest, TicketQuestion}

// TicketImpact is how many people are affected.
type TicketImpact string

// The impacts.
const (
	ImpactOne     TicketImpact = "one"
	ImpactSeveral TicketImpact = "several"
	ImpactAll     TicketImpact = "all"
)

// TicketImpacts lists all impacts.
var TicketImpacts = []TicketImpact{ImpactOne, ImpactSeveral, ImpactAll}

// TicketPriority decides the promises. 1 is the most urgent.
type TicketPriority int

// The priorities.
const (
	PriorityCalamity TicketPriority = 1
	PriorityHigh     TicketPriority = 2
	PriorityNormal   TicketPriority = 3
	PriorityLow      TicketPriority = 4
)

// TicketPriorities lists all priorities.
var TicketPriorities = []TicketPriority{PriorityCalamity, PriorityHigh, PriorityNormal, PriorityLow}

// PriorityChange is why a priority is another one than it was.
type PriorityChange struct {
	At     time.Time      `json:"at"`
	By     string         `json:"by"`
	From   TicketPriority `json:"from"`
	To     TicketPriority `json:"to"`
	Reason string         `json:"reason"`
}

// TicketStatus is how far it is.
type TicketStatus string

// The statuses.
const (
	TicketNew     TicketStatus = "new"     // nobody has read it
	TicketOpen    TicketStatus = "open"    // somebody has
	TicketWorking TicketStatus = "working" // and works on it
	TicketWaiting TicketStatus = "waiting" // for the customer or a third party: clocks stand still
	TicketSolved  TicketStatus = "solved"
	TicketMerged  TicketStatus = "merged"
)

// TicketStatuses lists all statuses.
var TicketStatuses = []TicketStatus{TicketNew, TicketOpen, TicketWorking, TicketWaiting, TicketSolved, TicketMerged}

// TicketLink is another thing that the ticket is about.
type TicketLink struct {
	Kind string `json:"kind"` // one of TicketLinkKinds
	ID   ID     `json:"id"`
}

// TicketLinkKinds lists what a ticket can be about beside devices.
var TicketLinkKinds = []string{"incident", "window", "backup", "round", "spot", "ticket"}

// ClockKind names a clock of a ticket.
type ClockKind string

// The clocks.
const (
	ClockConfirm ClockKind = "confirm"
	ClockRespond ClockKind = "respond"
	ClockRestore ClockKind = "restore"
)

// ClockKinds lists all clocks.
var ClockKinds = []ClockKind{ClockConfirm, ClockRespond, ClockRestore}

// TicketClock is one promise of a ticket. It counts from when the ticket was opened.
type TicketClock struct {
	Kind     ClockKind `json:"kind"`
	Target   int       `json:"target"` // minutes; of the present priority
	Stop     time.Time `json:"stop,omitzero"`
	Warned   int       `json:"warned,omitempty"`  // percent that somebody was told of: 50, 80, 100
	Breached time.Time `json:"breached,omitzero"` // when it was due and not kept; stays whatever comes later
}

// TicketWork is work on a ticket.
type TicketWork struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Minutes int       `json:"minutes"`
	Text    string    `json:"text,omitempty"`
	Free    bool      `json:"free,omitempty"` // not booked on the contingent
}

// CheckItem is one thing to do.
type CheckItem struct {
	Key      string    `json:"key,omitempty"`      // of its words, ticket.task.<key>
	Text     string    `json:"text,omitempty"`     // in a person's words
	Evidence bool      `json:"evidence,omitempty"` // asks for a note of what was seen
	Note     string    `json:"note,omitempty"`
	Done     time.Time `json:"done,omitzero"`
	By       string    `json:"by,omitempty"`
}

// TicketPost is one thing that was said or done.
type TicketPost struct {
	ID       ID           `json:"id"`
	Ticket   ID           `json:"ticket"`
	At       time.Time    `json:"at"`
	By       string       `json:"by"`
	Role     Role         `json:"role,omitempty"`     // of who wrote it, then
	Internal bool         `json:"internal,omitempty"` // never shown to the customer
	Text     string       `json:"text,omitempty"`
	Message  *Message     `json:"message,omitempty"` // what the program notes
	Files    []TicketFile `json:"files,omitempty"`
}

// TicketFile is an attachment.
type TicketFile struct {
	ID       ID     `json:"id"`
	Ticket   ID     `json:"ticket"`
	Name     string `json:"name"`
	Type     string `json:"type"` // as its content says, one of the types that are allowed
	Bytes    int64  `json:"bytes"`
	SHA256   string `json:"sha256"`
	Internal bool   `json:"internal,omitempty"`
}

// Upload is a file that somebody sends.
type Upload struct {
	Name string
	Data io.Reader
}

// Bounds of attachments, in octets.
const (
	MaxTicketFile  = 8 << 20
	MaxTicketPost  = 12 << 20 // of one message with all its files
	MaxTicketFiles = 40       // of one ticket
	MaxTicketBytes = 64 << 20 // of one ticket
)

// ClockReading is a clock as it stands at a moment.
type ClockReading struct {
	TicketClock
	Status  string      `json:"status"` // running, paused, kept, breached
	Used    int         `json:"used"`   // minutes
	Percent int         `json:"percent"`
	Due     time.Time   `json:"due,omitzero"` // zero while it is paused
	Lines   []ClockLine `json:"lines,omitempty"`
	More    int         `json:"more,omitempty"` // lines that were left out
}

// ClockLine is one line of a clock's working.
type ClockLine struct {
	Kind    string     `json:"kind"` // counted, ahead, over, halted, closed
	From    time.Time  `json:"from"`
	To      time.Time  `json:"to"`
	Minutes int        `json:"minutes"`
	For     WaitFor    `json:"for,omitempty"`  // of halted
	Free    []ClockDay `json:"free,omitempty"` // of closed: public holidays in it
}

// ClockDay is a public holiday: its key in the locale files, or its name.
type ClockDay struct {
	Day  string `json:"day"`
	Key  string `json:"key,omitempty"`
	Name string `json:"name"`
}

// TicketView is a ticket with everything that its reader may see.
type TicketView struct {
	Ticket
	Readings []ClockReading `json:"readings"`
	Posts    []TicketPost   `json:"posts"`            // oldest first
	Others   []Ticket       `json:"others,omitempty"` // that were merged into it
}

// TicketFilter chooses tickets, newest first. Zero fields choose all.
type TicketFilter struct {
	Statuses []TicketStatus
	Device   ID
	Link     TicketLink
	Before   ID
	Limit    int // 100 when 0, at most 10,000
}

// TicketEdit is what somebody does with a ticket. Do says what; the other fields are what that needs.
type TicketEdit struct {
	Do       TicketVerb
	Text     string
	Internal bool // of reply
	Minutes  int  // of reply and solve: work
	Free     bool
	For      WaitFor        // of wait
	Priority TicketPriority // of priority
	Into     ID             // of merge
	Item     int            // of check, from 0
	Done     bool           // of check
	Link     TicketLink     // of link
	Device   ID             // of link
	Files    []Upload
}

// TicketVerb is something that can be done.
type TicketVerb string

// What can be done with a ticket.
const (
	TicketReply   TicketVerb = "reply"
	TicketConfirm TicketVerb = "confirm"
	TicketTake    TicketVerb = "take" // begin to work on it
	TicketWait    TicketVerb = "wait"
	TicketResume  TicketVerb = "resume"
	TicketReorder TicketVerb = "priority"
	TicketSolve   TicketVerb = "solve"
	TicketReopen  TicketVerb = "reopen"
	TicketMerge   TicketVerb = "merge"
	TicketCheck   TicketVerb = "check"
	TicketAddItem TicketVerb = "item" // put something on the list of what is to be done
	TicketAddLink TicketVerb = "link"
)

// Tickets is the part of App that keeps tickets. What the actor's role must not see, internal notes above all, it does not get.
type Tickets interface {
	Tickets(ctx context.Context, f TicketFilter) ([]Ticket, error)
	Ticket(ctx context.Context, by Actor, id ID) (TicketView, error)
	// Clocks reads the clocks of a ticket, without their lines.
	Clocks(ctx context.Context, t Ticket) ([]ClockReading, error)
	// OpenTicket opens one with what category and impact promise. text is what is said of it. It fails with CodeInvalid when something
	// is missing or an attachment cannot be taken.
	OpenTicket(ctx context.Context, by Actor, t Ticket, text string, files []Upload) (Ticket, error)
	EditTicket(ctx context.Context, by Actor, id ID, e TicketEdit) (Ticket, error)
	// TicketFile gives an attachment.
	TicketFile(ctx context.Context, by Actor, id ID) (TicketFile, []byte, error)
}
