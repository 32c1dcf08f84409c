package appliance

import "time"

// EventKind sorts the journal.
type EventKind string

// The kinds of events.
const (
	EventState   EventKind = "state"   // an item's state changed
	EventDevice  EventKind = "device"  // a device changed by itself: identity, restart
	EventMonitor EventKind = "monitor" // the appliance: started, stopped, was suspended, clock jumped, store read-only
	EventAudit   EventKind = "audit"   // a person or a token changed something
	EventTrap    EventKind = "trap"    // a device sent a trap that a profile knows
)

// Event is one line of the journal. It is appended and never changed.
type Event struct {
	Seq    uint64    `json:"seq"` // counted up from 1 without gaps, given by the store
	At     time.Time `json:"at"`
	Kind   EventKind `json:"kind"`
	Device ID        `json:"device,omitempty"`
	Check  ID        `json:"check,omitempty"`
	Item   string    `json:"item,omitempty"`
	Label  string    `json:"label,omitempty"`
	From   State     `json:"from"` // of state events
	To     State     `json:"to"`
	// Cause is the device whose outage this change follows from. Such an event is kept, but nobody is called for it.
	Cause ID `json:"cause,omitempty"`
	// Window is the maintenance window that ran. From and To are what the states would be without it, and nobody is called.
	Window ID `json:"window,omitempty"`

	// What happened. For state events this is the evidence's Why.
	Message  Message   `json:"message"`
	Evidence *Evidence `json:"evidence,omitempty"`
	By       string    `json:"by,omitempty"`       // user or token name of audit events
	Object   string    `json:"object,omitempty"`   // what an audit event is about: "device sw-core"
	Severity Severity  `json:"severity,omitempty"` // of traps
}
