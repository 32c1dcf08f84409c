package appliance

import (
	"context"
	"io"
	"time"
)

// LogbookEntry is one line of the maintenance checkbook: what was done, by whom, on what and why. It is appended and never
// changed; a correction is an entry of its own that names the one it corrects.
type LogbookEntry struct {
	Seq      uint64           `json:"seq"` // counted up from 1 without gaps, given by the logbook
	At       time.Time        `json:"at"`  // when it was done
	Written  time.Time        `json:"written"`
	Party    string           `json:"party"` // one of the Party constants or a third party's name, "" when nobody knows
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
	LogbookSpot    LogbookKind = "spot"    // a spot check of messages was signed
	LogbookChange  LogbookKind = "change"  // configuration of the appliance
	LogbookSystem  LogbookKind = "system"  // the appliance started, stopped, was updated
	LogbookRemote  LogbookKind = "remote"  // a remote session
	LogbookWindow  LogbookKind = "window"  // a maintenance window
	LogbookRestore LogbookKind = "restore" // a restore test
	LogbookBattery LogbookKind = "battery" // a battery was replaced or tested
	LogbookTicket  LogbookKind = "ticket"  // a ticket was closed, or a promise about one was not kept
)

// LogbookKinds lists all kinds, those that people write first.
var LogbookKinds = []LogbookKind{LogbookWork, LogbookVisit, LogbookNote, LogbookRestore, LogbookBattery,
	LogbookRound, LogbookSpot, LogbookTicket, LogbookWindow, LogbookRemote, LogbookChange, LogbookSystem}

// LogbookByHand are the kinds that a person may write.
var LogbookByHand = LogbookKinds[:5]

// Who an entry is of, when it is no third party.
const (
	PartyCustomer = "customer"
	PartyProvider = "provider"
	PartySiteward = "siteward"
)

// Logbook is the part of App that keeps the maintenance checkbook.
type Logbook interface {
	// AppendLogbook adds an entry and gives it as it is kept: with its number, the time it was written and who wrote it. It
	// fails with CodeInvalid when what is entered cannot be kept.
	AppendLogbook(ctx context.Context, by Actor, e LogbookEntry) (LogbookEntry, error)
	// LogbookEntries gives entries, newest first.
	LogbookEntries(ctx context.Context, f LogbookFilter) ([]LogbookEntry, error)
	// LogbookProof shows that an entry is in the log which the last checkpoint signs.
	LogbookProof(ctx context.Context, seq uint64) (LogbookProof, error)
	// LogbookHead is how far the logbook goes and what was found when it was verified last.
	LogbookHead(ctx context.Context) (LogbookHead, error)
	// VerifyLogbook reads the whole logbook against its signatures.
	VerifyLogbook(ctx context.Context) (LogbookReport, error)
	// ExportLogbook writes all of it in a form that can be verified without us (docs/logbook.md).
	ExportLogbook(ctx context.Context, by Actor, w io.Writer) error
}

// LogbookFilter chooses entries, newest first. Zero fields choose all.
type LogbookFilter struct {
	Kinds  []LogbookKind
	Device ID
	Since  time.Time // by At
	Until  time.Time // by At, exclusive
	Before uint64    // only entries with a lower Seq: the next page
	After  uint64    // only entries with a higher Seq
	Limit  int       // 100 when 0, at most 10,000
	// Match has the last word: the search in what an entry says in the reader's language. nil chooses all.
	Match func(*LogbookEntry) bool
}

// LogbookProof is an entry with all that somebody needs who wants to check that it is in the signed log (RFC 9162, 2.1.3).
type LogbookProof struct {
	Entry      LogbookEntry `json:"entry"`
	Record     string       `json:"record"`     // the bytes that are hashed
	Index      int64        `json:"index"`      // counted from 0
	Size       int64        `json:"size"`       // of the tree, in entries
	Hash       string       `json:"hash"`       // of the record, base64
	Path       []string     `json:"path"`       // hashes from the record's to the root, base64
	Root       string       `json:"root"`       // of the tree, base64
	Checkpoint string       `json:"checkpoint"` // signed note with size and root
	Keys       []string     `json:"keys"`       // that sign
	Fault      string       `json:"fault"`      // "" when the proof was checked and holds
}

// LogbookHead is the state of the logbook.
type LogbookHead struct {
	Size       int64         `json:"size"`
	Root       string        `json:"root,omitempty"`
	Checkpoint string        `json:"checkpoint,omitempty"`
	Keys       []LogbookKey  `json:"keys,omitempty"`
	Verified   LogbookReport `json:"verified"` // the last verification, zero when there was none since the start
}

// LogbookKey is a public key that signs from some entry on.
type LogbookKey struct {
	Key  string `json:"key"`  // in the form of golang.org/x/mod/sumdb/note
	From uint64 `json:"from"` // the first entry it signed
}

// LogbookReport is the result of a verification.
type LogbookReport struct {
	At      time.Time `json:"at"`
	Entries int64     `json:"entries"` // that were found to fit
	Root    string    `json:"root,omitempty"`
	Keys    []string  `json:"keys,omitempty"`
	// Bad is the number of the first entry that does not fit, 0 when all do; Fault says in English what is wrong with it.
	Bad   uint64 `json:"bad,omitempty"`
	Fault string `json:"fault,omitempty"`
}

// Fits says whether all that was read is as it was written.
func (r LogbookReport) Fits() bool { return r.Fault == "" }
