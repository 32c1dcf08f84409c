package appliance

import (
	"context"
	"time"
)

// Round is the daily look of a person at everything that happened since the last one: the promise that somebody reads the logs.
// It is put together when it is due and stays as it is, so that what is signed is what was read.
type Round struct {
	ID       ID           `json:"id"`
	Day      string       `json:"day"`      // "2026-11-20", the day of the site on which it is due
	Since    time.Time    `json:"since"`    // from here on it looks at everything
	Made     time.Time    `json:"made"`     // until here
	Deadline time.Time    `json:"deadline"` // by when it must be signed
	Points   []RoundPoint `json:"points"`

	Missed  bool      `json:"missed,omitempty"` // the next one was due before this one was signed
	Signed  time.Time `json:"signed,omitzero"`
	By      string    `json:"by,omitempty"`
	Comment string    `json:"comment,omitempty"`
	Entry   uint64    `json:"entry,omitempty"`  // of the logbook
	SHA256  string    `json:"sha256,omitempty"` // of what was signed: Seen
	Version uint64    `json:"version"`
}

// Open says whether it can still be signed.
func (r Round) Open() bool { return r.Signed.IsZero() && !r.Missed }

// Judged counts the points that somebody has judged.
func (r Round) Judged() (n int) {
	for _, p := range r.Points {
		if p.Judgement != RoundUnread {
			n++
		}
	}
	return n
}

// RoundPoint is one thing that is read.
type RoundPoint struct {
	Key   string      `json:"key"` // one of RoundPoints
	State State       `json:"state"`
	Good  int         `json:"good"`  // of Total
	Total int         `json:"total"` // backup jobs, UPSes, storages, states that were looked at
	Lines []RoundLine `json:"lines,omitempty"`
	More  int         `json:"more,omitempty"` // lines that were left out

	Judgement RoundJudgement `json:"judgement,omitempty"`
	Note      string         `json:"note,omitempty"`
	By        string         `json:"by,omitempty"`
	At        time.Time      `json:"at,omitzero"`
}

// The points of a round, in their order.
const (
	RoundBackups  = "backups"
	RoundPower    = "power"
	RoundProblems = "problems"
	RoundStorage  = "storage"
	RoundLogs     = "logs" // the spot check of messages; left out where nobody sends any
	RoundSelf     = "self" // the appliance: its store, its own backup, what could not be read
)

// RoundPoints lists all points.
var RoundPoints = []string{RoundBackups, RoundPower, RoundProblems, RoundStorage, RoundLogs, RoundSelf}

// RoundLine is one piece of evidence.
type RoundLine struct {
	State   State     `json:"state"`
	At      time.Time `json:"at,omitzero"`
	What    string    `json:"what,omitempty"` // the job, the UPS, the device
	Message *Message  `json:"message,omitempty"`
	Text    string    `json:"text,omitempty"` // verbatim
	Href    string    `json:"href,omitempty"` // where more of it stands, within our pages
	Device  ID        `json:"device,omitempty"`
}

// RoundJudgement is what the reader says of a point.
type RoundJudgement string

// The judgements. What is conspicuous needs a note.
const (
	RoundUnread      RoundJudgement = ""
	RoundNothing     RoundJudgement = "nothing"
	RoundConspicuous RoundJudgement = "conspicuous"
)

// RoundAnswer is what somebody says of one point, together with what stood there when he was asked: two may read at once.
type RoundAnswer struct {
	Key           string
	Judgement     RoundJudgement
	Note          string
	WasJudgement  RoundJudgement
	WasNote       string
	ConflictsWith string // set by JudgeRound: who said something else meanwhile
}

// RoundSettings say when the round is due.
type RoundSettings struct {
	Off      bool `json:"off,omitempty"`
	Minute   int  `json:"minute"`    // of the site's day; 450 is 07:30
	Grace    int  `json:"grace"`     // minutes until it must be signed
	EveryDay bool `json:"every_day"` // also on weekends and public holidays
}

// DefaultRound is 07:30 on business days, to be signed by 10:00.
var DefaultRound = RoundSettings{Minute: 7*60 + 30, Grace: 150}

// Rounds is the part of App that keeps the daily round.
type Rounds interface {
	// Rounds gives rounds, newest first; before is the number of the round where the last page ended, 0 for the first one.
	Rounds(ctx context.Context, before ID, limit int) ([]Round, error)
	Round(ctx context.Context, id ID) (Round, error)
	// CurrentRound is the one that can be signed. It fails with CodeNotFound while none is due.
	CurrentRound(ctx context.Context) (Round, error)
	// StartRound puts one together now, or the current one anew: judgements of what has not changed stay.
	StartRound(ctx context.Context, by Actor) (Round, error)
	// JudgeRound keeps judgements of points. One that somebody else changed meanwhile is left and named in ConflictsWith.
	JudgeRound(ctx context.Context, by Actor, id ID, answers []RoundAnswer) (Round, []RoundAnswer, error)
	// SignRound signs what was put together at made. It fails with CodeInvalid while points are not judged or notes are missing, and
	// with CodeConflict when somebody else signed it or it was put together anew.
	SignRound(ctx context.Context, by Actor, id ID, made time.Time, comment string) (Round, error)
	// RoundSeen gives the bytes that a signature is about; their SHA-256 stands in the logbook.
	RoundSeen(ctx context.Context, id ID) ([]byte, error)
	RoundSettings(ctx context.Context) (RoundSettings, error)
	SaveRoundSettings(ctx context.Context, by Actor, s RoundSettings) error
	// NextRound is when the next round is due, zero while there is none.
	NextRound(ctx context.Context) (time.Time, error)
}
