package central

import (
	"crypto/rand"
	"encoding/json"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Notice is something that other systems may want to hear of: an alarm, or an event of a site. It is written with the change it is
// about, so that neither is there without the other, and goes when it has been handed to everybody who wants it.
type Notice struct {
	ID    string          `json:"id"`
	Kind  NoticeKind      `json:"kind"`
	At    time.Time       `json:"at"`
	Site  SiteID          `json:"site,omitempty"`
	Name  string          `json:"name,omitempty"` // of the site
	Group appliance.ID    `json:"group,omitempty"`
	Text  string          `json:"text"`               // one line; kept in English, told in the language of the hook
	Words *message.Words  `json:"words,omitempty"`    // of Text
	Lang  string          `json:"language,omitempty"` // of Text, when it is told
	Alarm *Alarm          `json:"alarm,omitempty"`
	Event json.RawMessage `json:"event,omitempty"` // as the site sent it: a CloudEvent
}

// NoticeKind is what a notice is about: "alarm.opened", "alarm.closed", or the type of an event.
type NoticeKind string

// The kinds of notices that are no event of a site.
const (
	AlarmOpened NoticeKind = "alarm.opened"
	AlarmClosed NoticeKind = "alarm.closed"
)

// Notices keeps what has not been handed out yet, in the order of time.
var Notices = Noun[Notice]{"notice"}

// NewNotice makes a notice with an id that no other has.
func NewNotice(kind NoticeKind, at time.Time, text string) Notice {
	return Notice{ID: "n_" + rand.Text(), Kind: kind, At: at, Text: text}
}

// NoticeOf makes the notice of an alarm that was opened or closed.
func NoticeOf(a Alarm, at time.Time) Notice {
	n := NewNotice(AlarmOpened, at, a.Text())
	n.Words = message.WordsOf(a.Sentence())
	if !a.Closed.IsZero() {
		n.Kind = AlarmClosed
	}
	n.Site, n.Name, n.Group, n.Alarm = a.Site, a.Name, a.Group, &a
	return n
}

// NoticeKey is where a notice is kept.
func NoticeKey(n Notice) string { return Key(TimeKey(n.At), n.ID) }
