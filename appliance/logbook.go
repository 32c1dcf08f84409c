package appliance

import "time"

// LogbookEntry is one line of the maintenance checkbook: what was done, by whom, on what and why. It is appended and never
// changed; a correction is an entry of its own that names the one it corrects.
type LogbookEntry struct {
	Seq      uint64           `json:"seq"` // counted up from 1 without gaps, given by the logbook
	At       time.Time        `json:"at"`  // when it was done
	Written  time.Time        `json:"written"`
	Party    string           `json:"party"` // "customer", "provider", "siteward" or a third party's name
	By       string           `json:"by"`    // user name, or "siteward"
	Kind     LogbookKind      `json:"kind"`
	Devices  []ID             `json:"devices,omitempty"`
	Subject  string           `json:"subject,omitempty"` // on what, when it is no device: "backup job Fileserver"
	Text     string           `json:"text,omitempty"`    // what was done, in a person's words
	Message  *Message         `json:"message,omitempty"` // what was done, of entries that the program writes
	Reason   string           `json:"reason,omitempty"`
	Minutes  int              `json:"minutes,omitempty"`
	Ticket   string           `json:"ticket,omitempty"` // reference of a ticket, ours or another system's
	Corrects uint64           `json:"corrects,omitempty"`
	Round    ID               `json:"round,omitempty"`
	Files    []LogbookFileRef `json:"files,omitempty"`
}

// LogbookFileRef names a file that belongs to an entry by what is in it.
type LogbookFileRef struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// LogbookKind sorts entries.
type LogbookKind string

// The kinds of entries. People write work, visit and note; the program writes the others.
const (
	LogbookWork    LogbookKind = "work"
	LogbookVisit   LogbookKind = "visit"
	LogbookNote    LogbookKind = "note"
	LogbookRound   LogbookKind = "round"   // a daily round was signed
	LogbookChange  LogbookKind = "change"  // configuration of the appliance
	LogbookSystem  LogbookKind = "system"  // the appliance started, stopped, was updated
	LogbookRemote  LogbookKind = "remote"  // a remote session
	LogbookWindow  LogbookKind = "window"  // a maintenance window
	LogbookRestore LogbookKind = "restore" // a restore test
	LogbookBattery LogbookKind = "battery" // a battery was replaced or tested
)
