package appliance

import (
	"context"
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

// Due says whether somebody has to read it.
func (s SpotCheck) Due() bool { return s.Signed.IsZero() && len(s.Messages) > 0 }

// SpotMessage is one message that is read, without its raw form.
type SpotMessage struct {
	LogMessage
	Drawn     bool          `json:"drawn,omitempty"` // by chance, no rule knows it
	Judgement SpotJudgement `json:"judgement,omitempty"`
	Note      string        `json:"note,omitempty"`
}

// SpotJudgement is what the reader says of a message.
type SpotJudgement string

// The judgements. All but nothing need a note.
const (
	SpotNothing     SpotJudgement = "nothing"
	SpotNote        SpotJudgement = "note"
	SpotConspicuous SpotJudgement = "conspicuous"
)

// SpotJudgements lists all judgements.
var SpotJudgements = []SpotJudgement{SpotNothing, SpotNote, SpotConspicuous}

// SpotAnswer is what somebody says of one message.
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
	// SignSpotCheck signs that of a day with an answer to every message. It fails with CodeInvalid and the field "spot-<message>" while
	// one is not judged or its note is missing, and with CodeConflict when it was signed meanwhile or is not that of today.
	SignSpotCheck(ctx context.Context, by Actor, day string, answers map[uint64]SpotAnswer) (SpotCheck, error)
}

// Judge takes the answers into the check, or says which message is not judged.
func (s *SpotCheck) Judge(answers map[uint64]SpotAnswer) error {
	for i := range s.Messages {
		m := &s.Messages[i]
		a, field := answers[m.ID], "spot-"+strconv.FormatUint(m.ID, 10)
		switch a.Judgement {
		case SpotNothing:
		case SpotNote, SpotConspicuous:
			if a.Note == "" {
				return Invalid(field, "spotcheck.error.note", "say what this message is about", nil)
			}
			if len(a.Note) > maxSpotNote {
				return Invalid(field, "spotcheck.error.long", "this note is too long; shorten it", nil)
			}
		default:
			return Invalid(field, "spotcheck.error.unread", "a message is not judged yet", nil)
		}
		m.Judgement, m.Note = a.Judgement, a.Note
	}
	return nil
}

const maxSpotNote = 4000 // octets
