package appliance

import (
	"context"
	"time"
)

// Notice is something that people are told. It is put into a queue on disk and told through the channels of those it is for; nobody
// writes to a channel past the queue.
type Notice struct {
	ID    ID          `json:"id"`
	At    time.Time   `json:"at"`
	Kind  NoticeKind  `json:"kind"`
	About NoticeAbout `json:"about,omitzero"`
	// Severity decides whether quiet hours hold it and through which channels it goes: what is critical is told at once. StateOK is
	// for what is no trouble: an announcement, an answer.
	Severity State `json:"severity"`
	// Thread names what belongs together, "incident-12": mails of one thread answer each other, and news of one thread that
	// wait are told as one.
	Thread string `json:"thread,omitempty"`
	// Title and Lines are words, said in the language of who is told. An argument may be a Message itself.
	Title Message      `json:"title"`
	Lines []Message    `json:"lines,omitempty"`
	Link  string       `json:"link,omitempty"` // path of the page about it, "/incidents/12"
	Files []NoticeFile `json:"files,omitempty"`
	To    []Recipient  `json:"to,omitempty"` // nobody: everybody with the role ContactTechnician
	// AtOnce tells it also in quiet hours, whatever the severity: a mail that somebody waits for.
	AtOnce bool `json:"at_once,omitempty"`
}

// NoticeKind sorts notices.
type NoticeKind string

// The kinds of notices.
const (
	NoticeIncident NoticeKind = "incident"
	NoticeTicket   NoticeKind = "ticket"
	NoticeWindow   NoticeKind = "window"
	NoticeDaily    NoticeKind = "daily"
	NoticeTest     NoticeKind = "test"
)

// NoticeKinds lists all kinds.
var NoticeKinds = []NoticeKind{NoticeIncident, NoticeTicket, NoticeWindow, NoticeDaily, NoticeTest}

// NoticeAbout is what a notice is about.
type NoticeAbout struct {
	Device   ID `json:"device,omitempty"`
	Incident ID `json:"incident,omitempty"`
	Ticket   ID `json:"ticket,omitempty"`
	Window   ID `json:"window,omitempty"`
}

// NoticeFile goes along with a mail: a calendar entry, a picture. Other channels leave it out.
type NoticeFile struct {
	Name string `json:"name"`
	Type string `json:"type"` // "text/calendar; method=REQUEST"
	Data []byte `json:"data"`
}

// Recipient is whom a notice is for: a contact by number, all contacts with a role, or a mail address of somebody who is neither.
type Recipient struct {
	Contact  ID          `json:"contact,omitempty"`
	Role     ContactRole `json:"role,omitempty"`
	Mail     string      `json:"mail,omitempty"`
	Name     string      `json:"name,omitempty"`     // with Mail
	Language string      `json:"language,omitempty"` // with Mail; "" = the site's
	// Link is the page for this recipient alone, such as the one on which a window is confirmed without an account.
	Link string `json:"link,omitempty"`
}

// MaxNoticeFiles bounds what goes along with one notice, in octets.
const MaxNoticeFiles = 10 << 20

// Delivery is one notice on its way to one recipient through one channel, and how that went.
type Delivery struct {
	Notice  ID            `json:"notice"`
	N       uint8         `json:"n"` // within the notice
	Kind    NoticeKind    `json:"kind"`
	About   NoticeAbout   `json:"about,omitzero"`
	Title   Message       `json:"title"`
	Created time.Time     `json:"created"`
	State   DeliveryState `json:"state"`

	Contact  ID          `json:"contact,omitempty"`
	Name     string      `json:"name"` // of who is told
	Language string      `json:"language,omitempty"`
	Channel  ChannelKind `json:"channel"`
	// Address is the mailbox or web hook, of a service its name and host: never anything secret.
	Address string `json:"address"`
	Slot    int    `json:"slot"`           // which channel of the contact
	Link    string `json:"link,omitempty"` // instead of the notice's

	Next     time.Time `json:"next,omitzero"` // when it is tried again, or until when quiet hours hold it
	Tried    int       `json:"tried,omitempty"`
	Attempts []Attempt `json:"attempts,omitempty"` // the first and the last of them
	Done     time.Time `json:"done,omitzero"`
	With     ID        `json:"with,omitempty"` // the notice that it was told together with
}

// Attempt is one try to tell.
type Attempt struct {
	At     time.Time `json:"at"`
	Good   bool      `json:"good,omitempty"`
	Answer string    `json:"answer"` // of the relay or the service: "250 2.0.0 4c9f1b queued"
}

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states of deliveries. Delivered means that the relay or the service has taken it.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryHeld      DeliveryState = "held" // by quiet hours
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed" // for good: no such mailbox, nothing to send through
	DeliverySpared    DeliveryState = "spared" // not told, because the contact was removed or switched off meanwhile
)

// DeliveryStates lists all states in display order.
var DeliveryStates = []DeliveryState{DeliveryWaiting, DeliveryHeld, DeliveryDelivered, DeliveryFailed, DeliverySpared}

// Open says that it is still to be told.
func (s DeliveryState) Open() bool { return s == DeliveryWaiting || s == DeliveryHeld }

// DeliveryFilter chooses deliveries, newest first. Zero fields choose all.
type DeliveryFilter struct {
	Incident ID
	State    DeliveryState
	Before   ID  // only of notices with a lower number: the next page
	Limit    int // 100 when 0, at most 1,000
}

// Notices is the part of App that shows what was told.
type Notices interface {
	Deliveries(ctx context.Context, f DeliveryFilter) ([]Delivery, error)
	// RetryDeliveries tries everything that waits for its next try now.
	RetryDeliveries(ctx context.Context, by Actor) (int, error)
}
