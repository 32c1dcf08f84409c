package appliance

import (
	"context"
	"time"
)

// UplinkState is how far the reports to a provider are. There is one for each enrolment.
type UplinkState struct {
	Enrolment ID     `json:"enrolment"`
	Outbox    string `json:"outbox"`            // names the numbering; a number is never used twice under a name
	Last      uint64 `json:"last"`              // number that was given last
	Acked     uint64 `json:"acked"`             // everything up to here has arrived
	First     uint64 `json:"first,omitempty"`   // the oldest event that is kept, 0 for none
	Bytes     int64  `json:"bytes,omitempty"`   // of the events that are kept
	Offered   uint64 `json:"offered,omitempty"` // highest number that ever left; who has more than that has known a later life of this store
	Looked    uint64 `json:"looked,omitempty"`  // up to here it was looked for what is too old or too much
	Lost      uint64 `json:"lost,omitempty"`    // events that were given up before they arrived
	Logbook   uint64 `json:"logbook,omitempty"`
	Seeded    bool   `json:"seeded,omitempty"` // what was open at the beginning has been put in

	Samples *SampleState `json:"samples,omitempty"` // of a consumer of samples, which has no numbers

	Good     time.Time `json:"good,omitzero"`  // the last delivery that was taken
	Tried    time.Time `json:"tried,omitzero"` // the last try
	Failed   int       `json:"failed,omitempty"`
	Code     string    `json:"code,omitempty"`     // of the last failure: one of message.Code, or "unreachable"
	Why      string    `json:"why,omitempty"`      // in the words of who refused
	Next     time.Time `json:"next,omitzero"`      // when it is tried again
	Cosigned string    `json:"cosigned,omitempty"` // the logbook's checkpoint with the provider's signature below
	Copy     uint64    `json:"copy,omitempty"`     // the copy of the logbook that the provider keeps, when it has begun one anew
	Copied   time.Time `json:"copied,omitzero"`    // when that was heard of

	Oldest time.Time `json:"oldest,omitzero"` // when the oldest event that has not arrived happened; known only when it is asked for

	Summary time.Time `json:"summary,omitzero"` // when the last one was made
	State   State     `json:"state"`            // the worst that it told
	Shown   uint64    `json:"shown,omitempty"`  // what it told a fleet's row, as a number
	Extra   int       `json:"extra,omitempty"`  // summaries since the last quarter of an hour that a change called for
}

// Waiting is how many events have not arrived yet.
func (s UplinkState) Waiting() uint64 { return s.Last - min(s.Last, s.Acked) }

// UplinkSilent is from when on reports that do not arrive are a fault of their own.
const UplinkSilent = time.Hour

// Silent says whether nothing has arrived for so long that somebody has to look.
func (s UplinkState) Silent(since, now time.Time) bool {
	if s.Good.After(since) {
		since = s.Good
	}
	return now.Sub(since) > UplinkSilent
}

// UplinkPolicy is the list of what leaves. Its zero value lets everything leave but what only an opt-in lets.
type UplinkPolicy struct {
	Off     []string `json:"off,omitempty"`   // kinds that stay here: names of UplinkKinds
	Texts   bool     `json:"texts,omitempty"` // titles of tickets and windows, which people wrote
	Version uint64   `json:"version"`
}

// UplinkKinds are the kinds of reports, in the order of the list. A summary is what a provider must have at least.
var UplinkKinds = []string{"incident", "ticket", "window", "round", "backup", "outage", "logbook", "inventory", "offer"}

// Leaves says whether a kind of report leaves.
func (p UplinkPolicy) Leaves(kind string) bool {
	for _, off := range p.Off {
		if off == kind {
			return false
		}
	}
	return true
}

// Sent is one delivery: what left this machine, byte by byte. Of measured values the bytes are kept for a day at most: then one line
// stands for the deliveries of an hour to a consumer, without them.
type Sent struct {
	ID ID `json:"id"`
	// Kind is empty for reports.
	Kind      ConsumerKind `json:"kind,omitempty"`
	Enrolment ID           `json:"enrolment"`
	At        time.Time    `json:"at"`           // of the last try
	To        string       `json:"to,omitempty"` // name of the receiver
	URL       string       `json:"url"`
	Message   string       `json:"message"` // webhook-id
	Encoding  string       `json:"encoding"`
	Headers   []string     `json:"headers"` // as they were signed: "name: value"
	Body      []byte       `json:"body"`
	Bytes     int          `json:"bytes"` // of the body
	Events    int          `json:"events"`
	// Kinds counts the events by what they are about: "incident", "gap".
	Kinds  map[string]int `json:"kinds,omitempty"`
	First  uint64         `json:"first,omitempty"`
	Last   uint64         `json:"last,omitempty"`
	Live   bool           `json:"live,omitempty"`
	Sum    int64          `json:"sum"`           // bytes of all bodies of reports, or of measured values, up to this one
	Nth    uint64         `json:"nth,omitempty"` // how many of them there were up to this one; 0 means as many as its ID says
	Tries  int            `json:"tries"`
	Status int            `json:"status,omitempty"` // of HTTP; 0: no answer
	Code   string         `json:"code,omitempty"`   // why it was not taken
	Why    string         `json:"why,omitempty"`

	Samples int `json:"samples,omitempty"` // numbers in it
	// Folded is how many deliveries a line of an hour stands for, from At to Until; 0 is one delivery.
	Folded  int       `json:"folded,omitempty"`
	Refused int       `json:"refused,omitempty"` // of them were not taken; Status, Code and Why are those of the last one
	Until   time.Time `json:"until,omitzero"`
}

// SentFilter says which deliveries are wanted. The zero value is the newest hundred.
type SentFilter struct {
	Before ID // where the last page ended, 0 for the first one
	Limit  int
	From   time.Time    // of that time or later
	Until  time.Time    // before that time
	Failed bool         // only those that were not taken
	Gaps   bool         // only those that report what was not sent
	Kind   ConsumerKind // only those of the kind; empty: all
}

// KindOf is what a delivery is of.
func (s *Sent) KindOf() ConsumerKind {
	if s.Kind == "" {
		return ConsumerReports
	}
	return s.Kind
}

// Wants says whether a delivery is one of them, limit and number left aside.
func (f SentFilter) Wants(s *Sent) bool {
	return (f.Kind == "" || f.Kind == s.KindOf()) && (!f.Failed || !s.Taken()) && (!f.Gaps || s.Kinds["gap"] > 0) && (f.From.IsZero() || !s.At.Before(f.From)) && (f.Until.IsZero() || s.At.Before(f.Until))
}

// Taken says whether the receiver has taken it.
func (s Sent) Taken() bool { return s.Status/100 == 2 && s.Code == "" }

// Uplink is the part of App about what is sent to the provider.
type Uplink interface {
	// UplinkState is that of the enrolment in use, or ErrNotFound.
	UplinkState(ctx context.Context) (UplinkState, error)
	UplinkPolicy(ctx context.Context) (UplinkPolicy, error)
	SaveUplinkPolicy(ctx context.Context, by Actor, p UplinkPolicy) error
	// SentReports lists deliveries, newest first, without their bodies.
	SentReports(ctx context.Context, f SentFilter) ([]Sent, error)
	SentReport(ctx context.Context, id ID) (Sent, error)
}
