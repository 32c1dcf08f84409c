package message

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Event is one CloudEvent. Sequence, Outbox and Live are extension attributes.
type Event struct {
	SpecVersion     string    `json:"specversion"` // "1.0"
	ID              string    `json:"id"`          // unique for the source
	Source          string    `json:"source"`      // see SourceOf
	Type            string    `json:"type"`        // "siteward.incident.v1"
	Time            time.Time `json:"time"`        // when it happened, by the site's clock
	Subject         string    `json:"subject,omitempty"`
	DataContentType string    `json:"datacontenttype,omitempty"` // "application/json"
	DataSchema      string    `json:"dataschema,omitempty"`      // see SchemaOf; names the minor version
	// Sequence counts the events of an outbox from 1 without holes. A live event has none.
	Sequence uint64 `json:"sequence,string,omitempty"`
	// Outbox names the numbering; a new name begins at 1 again.
	Outbox string `json:"outbox,omitempty"`
	// Live marks a summary that is sent ahead of history: it is the truth of now, and not part of the numbered order.
	Live bool            `json:"live,omitempty"`
	Data json.RawMessage `json:"data"`
}

// SpecVersion is the version of CloudEvents.
const SpecVersion = "1.0"

// SourceOf is the source of a site's events.
func SourceOf(site string) string { return "siteward:site:" + site }

// New makes an event of a type whose data is v.
func New(site string, v Data, subject string, at time.Time) (Event, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return Event{}, fmt.Errorf("encode %s: %w", v.Type(), err)
	}
	return Event{SpecVersion: SpecVersion, Source: SourceOf(site), Type: v.Type(), Time: at.UTC(), Subject: subject,
		DataContentType: "application/json", DataSchema: SchemaOf(v.Type()), Data: b}, nil
}

// Data is what an event carries.
type Data interface {
	Type() string // "siteward.incident.v1"
	// Check says in a sentence what is wrong with it, nil when nothing is.
	Check() error
}

// Read decodes the data of an event into v, which must be of its type. Fields that a newer minor version has are passed over.
func Read(e Event, v Data) error {
	if e.Type != v.Type() {
		return fmt.Errorf("the event is a %s, no %s", e.Type, v.Type())
	}
	if err := json.Unmarshal(e.Data, v); err != nil {
		return fmt.Errorf("the data of %s cannot be read: %w", e.Type, err)
	}
	return v.Check()
}

// Check looks at what every event must have.
func (e *Event) check() error {
	switch {
	case e.SpecVersion != SpecVersion:
		return fmt.Errorf("specversion %.20q, not 1.0", e.SpecVersion)
	case e.ID == "" || len(e.ID) > 128 || !printable(e.ID):
		return fmt.Errorf("id %.40q", e.ID)
	case !strings.HasPrefix(e.Source, SourceOf("")) || len(e.Source) > 100:
		return fmt.Errorf("source %.40q", e.Source)
	case len(e.Subject) > 200 || !printable(e.Subject):
		return fmt.Errorf("subject %.40q", e.Subject)
	case len(e.Outbox) > 64 || !printable(e.Outbox):
		return fmt.Errorf("outbox %.40q", e.Outbox)
	case e.Time.IsZero():
		return fmt.Errorf("no time")
	case e.DataContentType != "" && e.DataContentType != "application/json":
		return fmt.Errorf("datacontenttype %.40q", e.DataContentType)
	case len(e.Data) == 0:
		return fmt.Errorf("no data")
	case e.Live == (e.Sequence != 0):
		return fmt.Errorf("an event has a sequence number or is live")
	case e.Sequence > maxSequence:
		return fmt.Errorf("sequence %d", e.Sequence)
	case e.Sequence != 0 && e.Outbox == "":
		return fmt.Errorf("a numbered event names its outbox")
	}
	return nil
}

// maxSequence is the highest number that every reader of JSON takes as it is.
const maxSequence = 1 << 53

// printable says whether a name may stand in a log, an address or a key of a store.
func printable(s string) bool {
	for _, r := range s {
		if r < 0x21 || r == 0x7f || r > 0x7e {
			return false
		}
	}
	return true
}
