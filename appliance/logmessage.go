package appliance

import (
	"context"
	"time"
)

// LogMessage is one message that came by syslog or was pushed. What could not be told apart stands in Text, and Raw has all of it.
type LogMessage struct {
	ID       uint64    `json:"id"`             // counted up by the store in the order of arrival
	At       time.Time `json:"at"`             // when it arrived, by our clock
	Stamp    time.Time `json:"stamp,omitzero"` // what the sender says, as well as it can be known
	Source   string    `json:"source"`         // address of the sender
	Device   ID        `json:"device,omitempty"`
	Via      string    `json:"via"`      // udp, tcp, tls, push
	Facility int       `json:"facility"` // 0 to 23, -1 = not told
	Level    int       `json:"level"`    // 0 emergency to 7 debug, -1 = not told
	Host     string    `json:"host,omitempty"`
	App      string    `json:"app,omitempty"`
	PID      string    `json:"pid,omitempty"`
	MsgID    string    `json:"msgid,omitempty"` // of RFC 5424; of Cisco the mnemonic: SYS-5-CONFIG_I
	Text     string    `json:"text"`
	Raw      string    `json:"raw"`
	Count    uint64    `json:"count"`           // the same in a row
	Rules    []string  `json:"rules,omitempty"` // what it was recognised as
}

// LogFilter chooses messages, newest first. Zero fields choose all.
type LogFilter struct {
	Source string
	Device ID
	Rule   string
	Word   string // occurs in host, app or raw, in any case of letters
	Since  time.Time
	Until  time.Time
	Before uint64 // only lower numbers: the next page
	Limit  int    // 100 when 0, at most 10,000
}

// LogSample is what a technician reads of one day: every message that a rule knows, and a draw of the others that favours rare ones.
type LogSample struct {
	Day   time.Time    `json:"day"`
	Hits  []LogMessage `json:"hits"`
	Drawn []LogMessage `json:"drawn"`
	All   uint64       `json:"all"` // messages of that day
}

// LogReceiver is how the receiver of syslog is doing.
type LogReceiver struct {
	Addresses []string  `json:"addresses,omitempty"` // "udp 0.0.0.0:514"
	Trouble   string    `json:"trouble,omitempty"`   // English, technical
	Since     time.Time `json:"since,omitzero"`
	Received  uint64    `json:"received"`
	Dropped   uint64    `json:"dropped"` // by the system, of UDP, before we read them; and by us when the disk takes nothing
	Bytes     int64     `json:"bytes"`   // on the disk
	Oldest    time.Time `json:"oldest,omitzero"`
}

// EventLog is what the appliance offers about messages from servers and devices.
type EventLog interface {
	LogMessages(ctx context.Context, f LogFilter) ([]LogMessage, error)
	// LogSample draws the sample of a day; the same day gives the same sample once the day is over.
	LogSample(ctx context.Context, day time.Time, draw int) (LogSample, error)
	// LogCounts are the messages that each rule knew since a time.
	LogCounts(ctx context.Context, since time.Time) (map[string]uint64, error)
	// SeenLog notes that a person has read the messages of a source up to a number; SeenUntil gives those numbers by source.
	SeenLog(ctx context.Context, by Actor, source string, id uint64) error
	SeenUntil(ctx context.Context) (map[string]uint64, error)
	LogReceiver(ctx context.Context) LogReceiver
}
