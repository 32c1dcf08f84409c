package message

import (
	"errors"
	"time"

	"siteward/appliance"
)

// Incident tells that an incident was opened, changed or closed; the newest of a subject is how it stands.
type Incident struct {
	ID     appliance.ID           `json:"id"`
	Kind   appliance.IncidentKind `json:"kind"`
	Title  string                 `json:"title"`           // in English
	Words  *Words                 `json:"words,omitempty"` // of the title
	State  appliance.State        `json:"state"`
	Worst  appliance.State        `json:"worst"`
	Opened time.Time              `json:"opened"`
	Closed time.Time              `json:"closed,omitzero"`
	Device appliance.ID           `json:"device,omitempty"`
	Name   string                 `json:"name,omitempty"` // of the device
	Acked  string                 `json:"acked,omitempty"`
	Behind int                    `json:"behind,omitempty"` // devices
}

// Type is siteward.incident.v1.
func (*Incident) Type() string { return TypeIncident }

// Check says what is wrong with it.
func (v *Incident) Check() error { return numbered(v.ID) }

// Ticket tells how a ticket stands. What was written in it stays at the site.
type Ticket struct {
	ID       appliance.ID             `json:"id"`
	Title    string                   `json:"title,omitempty"` // one that a person wrote only when the site's list of what leaves says so
	Words    *Words                   `json:"words,omitempty"` // of a title that nobody wrote: work that recurs
	Category appliance.TicketCategory `json:"category"`
	Priority appliance.TicketPriority `json:"priority"`
	Status   appliance.TicketStatus   `json:"status"`
	Opened   time.Time                `json:"opened"`
	Closed   time.Time                `json:"closed,omitzero"`
	Minutes  int                      `json:"minutes,omitempty"` // of work
	Breached []appliance.ClockKind    `json:"breached,omitempty"`
	Due      time.Time                `json:"due,omitzero"`     // the clock that ends next
	Clocks   []TicketClock            `json:"clocks,omitempty"` // what the contract promises about it; none without a contract
}

// TicketClock is one promise about a ticket, and what became of it.
type TicketClock struct {
	Kind    appliance.ClockKind `json:"kind"`
	Target  int                 `json:"target"`           // minutes of service hours
	Stopped time.Time           `json:"stopped,omitzero"` // zero while it runs
	Used    int                 `json:"used,omitempty"`   // minutes of service hours until it stopped
}

// Type is siteward.ticket.v1.
func (*Ticket) Type() string { return TypeTicket }

// Check says what is wrong with it.
func (v *Ticket) Check() error { return numbered(v.ID) }

// Window tells that maintenance was planned, began, ended or was called off.
type Window struct {
	ID    appliance.ID `json:"id"`
	Title string       `json:"title"`
	State string       `json:"state"` // planned, running, done, cancelled
	From  time.Time    `json:"from"`
	To    time.Time    `json:"to"`
}

// Type is siteward.window.v1.
func (*Window) Type() string { return TypeWindow }

// Check says what is wrong with it.
func (v *Window) Check() error { return numbered(v.ID) }

// Round tells that a daily round was signed or missed.
type Round struct {
	Day    string    `json:"day"`
	State  string    `json:"state"` // signed, missed
	Signed time.Time `json:"signed,omitzero"`
	By     string    `json:"by,omitempty"`
	Open   int       `json:"open,omitempty"` // points that need somebody
}

// Type is siteward.round.v1.
func (*Round) Type() string { return TypeRound }

// Check says what is wrong with it.
func (v *Round) Check() error {
	if _, err := time.Parse(time.DateOnly, v.Day); err != nil {
		return errors.New("a round has a day")
	}
	return nil
}

// Backup tells how one run of a backup job ended, or that it did not take place.
type Backup struct {
	Job     appliance.ID `json:"job"`
	Name    string       `json:"name"`
	Run     appliance.ID `json:"run,omitempty"`
	Verdict string       `json:"verdict"` // success, warning, failed, none
	Began   time.Time    `json:"began,omitzero"`
	Ended   time.Time    `json:"ended,omitzero"` // of one that did not come: its deadline
	Bytes   int64        `json:"bytes,omitempty"`
	Files   int64        `json:"files,omitempty"`
	Why     string       `json:"why,omitempty"` // in English, unless it succeeded
	Words   *Words       `json:"words,omitempty"`
}

// Type is siteward.backup.v1.
func (*Backup) Type() string { return TypeBackup }

// Check says what is wrong with it.
func (v *Backup) Check() error { return numbered(v.Job) }

// Outage tells of a time without mains.
type Outage struct {
	Device  appliance.ID `json:"device"`
	Name    string       `json:"name"`
	Began   time.Time    `json:"began"`
	Ended   time.Time    `json:"ended,omitzero"`
	Charge  int          `json:"charge,omitempty"` // percent, the least
	Minutes int          `json:"minutes,omitempty"`
}

// Type is siteward.outage.v1.
func (*Outage) Type() string { return TypeOutage }

// Check says what is wrong with it.
func (v *Outage) Check() error { return numbered(v.Device) }

// Inventory tells that something of a device is another than it was.
type Inventory struct {
	Device appliance.ID `json:"device"`
	Name   string       `json:"name"`
	What   string       `json:"what"` // in English: "firmware 1.2 → 1.3"
	Words  *Words       `json:"words,omitempty"`
}

// Type is siteward.inventory.v1.
func (*Inventory) Type() string { return TypeInventory }

// Check says what is wrong with it.
func (v *Inventory) Check() error { return numbered(v.Device) }

// Stopping is the last word of an appliance that goes on purpose.
type Stopping struct {
	Reason string    `json:"reason"`           // restart, update, shutdown, power
	Back   bool      `json:"back,omitempty"`   // it means to be back at once
	Until  time.Time `json:"until,omitzero"`   // when it means to be back at the latest
	Text   string    `json:"text,omitempty"`   // in a person's words
	Window string    `json:"window,omitempty"` // title of the maintenance it is part of
}

// Type is siteward.stopping.v1.
func (*Stopping) Type() string { return TypeStopping }

// Check says what is wrong with it.
func (v *Stopping) Check() error {
	if v.Reason == "" {
		return errors.New("a site that stops says why")
	}
	return nil
}

// Gap stands in the place of events that the site no longer has. Its own number is To; those from From on are lost.
type Gap struct {
	From  uint64    `json:"from"`
	To    uint64    `json:"to"`
	Why   string    `json:"why"` // age, size, restored, refused, withheld
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Withheld is why an event is missing that the site has decided not to send: nothing is lost.
const Withheld = "withheld"

// Type is siteward.gap.v1.
func (*Gap) Type() string { return TypeGap }

// Check says what is wrong with it.
func (v *Gap) Check() error {
	if v.From == 0 || v.To < v.From {
		return errors.New("a gap goes from one number to another")
	}
	return nil
}

// LogbookEntry is one entry of the logbook as it is hashed, with the signature of the checkpoint after it.
type LogbookEntry struct {
	Seq       uint64 `json:"seq"`
	Record    string `json:"record"` // the exact bytes
	Signature []byte `json:"signature"`
}

// Type is siteward.logbook.v1.
func (*LogbookEntry) Type() string { return TypeLogbook }

// Check says what is wrong with it.
func (v *LogbookEntry) Check() error {
	if v.Seq == 0 || v.Record == "" || len(v.Record) > 128<<10 || len(v.Signature) != 68 {
		return errors.New("an entry has a number, a record and a signature")
	}
	return nil
}

// Checkpoint is the signed note of the logbook's end, and the public keys that sign.
type Checkpoint struct {
	Note string                 `json:"note"`
	Keys []appliance.LogbookKey `json:"keys"`
}

// Type is siteward.checkpoint.v1.
func (*Checkpoint) Type() string { return TypeCheckpoint }

// Check says what is wrong with it.
func (v *Checkpoint) Check() error {
	if v.Note == "" || len(v.Note) > 4<<10 || len(v.Keys) == 0 || len(v.Keys) > 50 {
		return errors.New("a checkpoint is a note and its keys")
	}
	return nil
}

func numbered(id appliance.ID) error {
	if id == 0 {
		return errors.New("the record has no number")
	}
	return nil
}
