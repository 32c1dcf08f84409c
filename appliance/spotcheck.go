package appliance

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// SpotCheck is what a technician reads of the messages of servers and devices: all that stand out, the same ones folded, and some drawn
// by chance, rare ones first. It is about whole days before the one on which it is due, so it is the same for everybody who reads it.
type SpotCheck struct {
	ID       ID            `json:"id"`
	Day      string        `json:"day"`   // "2026-11-20", the day of the site on which it is due
	From     time.Time     `json:"from"`  // messages from here on
	Until    time.Time     `json:"until"` // to here, exclusive
	All      uint64        `json:"all"`   // messages of that time
	Messages []SpotMessage `json:"messages,omitempty"`
	More     int           `json:"more,omitempty"` // that stand out and are not among Messages

	Signed  time.Time `json:"signed,omitzero"`
	By      string    `json:"by,omitempty"`
	Entry   uint64    `json:"entry,omitempty"`  // of the logbook
	SHA256  string    `json:"sha256,omitempty"` // of what was signed
	Version uint64    `json:"version"`
}

// Judged counts the messages that somebody has judged.
func (s SpotCheck) Judged() (n int) {
	for _, m := range s.Messages {
		if m.Judgement != "" {
			n++
		}
	}
	return n
}

// Seen gives the bytes that a signature is about. They come out the same from the stored check.
func (s SpotCheck) Seen() ([]byte, error) {
	s.ID, s.Entry, s.SHA256, s.Version = 0, 0, "", 0
	return json.Marshal(s)
}

// Due says whether somebody has to read it.
func (s SpotCheck) Due() bool { return s.Signed.IsZero() && len(s.Messages) > 0 }

// SpotMessage is one message that is read, without its raw form.
type SpotMessage struct {
	LogMessage
	Drawn     bool          `json:"drawn,omitempty"` // by chance, no rule knows it
	Judgement SpotJudgement `json:"judgement,omitempty"`
	Note      string        `json:"note,omitempty"`
	By        string        `json:"by,omitempty"` // who judged it
	At        time.Time     `json:"judged,omitzero"`
	Ticket    ID            `json:"ticket,omitempty"` // that was opened about it
}

// SpotJudgement is what the reader says of a message.
type SpotJudgement string

// The judgements. All but nothing need a note. A ticket is opened when the check is signed.
const (
	SpotNothing     SpotJudgement = "nothing"
	SpotNote        SpotJudgement = "note"
	SpotTicket      SpotJudgement = "ticket"
	SpotConspicuous SpotJudgement = "conspicuous" // of checks that were signed before tickets were opened from them
)

// SpotJudgements lists what can be judged.
var SpotJudgements = []SpotJudgement{SpotNothing, SpotNote, SpotTicket}

// Odd says that a message is somebody's work.
func (j SpotJudgement) Odd() bool { return j == SpotTicket || j == SpotConspicuous }

// SpotAnswer is what somebody says of one message. An empty judgement takes one back.
type SpotAnswer struct {
	Judgement SpotJudgement
	Note      string
}

// SpotChecks is the part of App that keeps spot checks of messages.
type SpotChecks interface {
	// SpotCheck gives that of today: the one that is due, or as it was signed. Without messages it has none.
	SpotCheck(ctx context.Context) (SpotCheck, error)
	// SignedSpotCheck gives one that was signed, SpotChecks the newest of them.
	SignedSpotCheck(ctx context.Context, id ID) (SpotCheck, error)
	SpotChecks(ctx context.Context, limit int) ([]SpotCheck, error)
	// JudgeSpotCheck keeps what was judged so far, for whoever goes on. Messages without an answer stay as they were. It fails with
	// CodeInvalid and the field "spot-<message>" when a note is too long, and with CodeConflict when the check of that day is over.
	JudgeSpotCheck(ctx context.Context, by Actor, day string, answers map[uint64]SpotAnswer) (SpotCheck, error)
	// SignSpotCheck signs that of a day as it was judged, and opens the tickets that were asked for. It fails with CodeInvalid and the
	// field "spot-<message>" while one is not judged or its note is missing, and with CodeConflict as JudgeSpotCheck does.
	SignSpotCheck(ctx context.Context, by Actor, day string) (SpotCheck, error)
}

// Judge takes answers into the check. What is not answered stays.
func (s *SpotCheck) Judge(answers map[uint64]SpotAnswer, by string, now time.Time) error {
	for i := range s.Messages {
		m := &s.Messages[i]
		a, ok := answers[m.ID]
		if !ok || a.Judgement == m.Judgement && a.Note == m.Note {
			continue
		}
		if len(a.Note) > maxSpotNote {
			return Invalid(m.field(), "spotcheck.error.long", "this note is too long; shorten it", nil)
		}
		if a.Judgement != "" && !slices.Contains(SpotJudgements, a.Judgement) {
			return Invalid(m.field(), "spotcheck.error.unread", "a message is judged nothing, note or ticket", nil)
		}
		m.Judgement, m.Note, m.By, m.At = a.Judgement, a.Note, by, now
	}
	return nil
}

func (m SpotMessage) field() string { return "spot-" + strconv.FormatUint(m.ID, 10) }

// Complete says what is missing before it can be signed.
func (s SpotCheck) Complete() error {
	for _, m := range s.Messages {
		if m.Judgement == "" {
			return Invalid(m.field(), "spotcheck.error.unread", "a message is not judged yet", nil)
		}
		if m.Judgement != SpotNothing && m.Note == "" {
			return Invalid(m.field(), "spotcheck.error.note", "say what this message is about", nil)
		}
	}
	return nil
}

const maxSpotNote = 4000 // octets
