package central

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"

	"siteward/appliance"
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
	Text  string          `json:"text"` // one line in English
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
	if !a.Closed.IsZero() {
		n.Kind = AlarmClosed
	}
	n.Site, n.Name, n.Group, n.Alarm = a.Site, a.Name, a.Group, &a
	return n
}

// NoticeKey is where a notice is kept.
func NoticeKey(n Notice) string { return Key(TimeKey(n.At), n.ID) }

// Hook is another system that is told: a ticket system, a billing system, a mailbox.
type Hook struct {
	ID      appliance.ID   `json:"id"`
	Name    string         `json:"name"`
	URL     string         `json:"url"`              // https://… or mailto:…
	Secret  string         `json:"secret,omitempty"` // of Standard Webhooks, "whsec_…"
	Kinds   []NoticeKind   `json:"kinds,omitempty"`  // empty: alarms only; "*" is everything
	Groups  []appliance.ID `json:"groups,omitempty"` // empty: all
	Paused  bool           `json:"paused,omitempty"`
	Version uint64         `json:"version"`
}

// Wants says whether a hook is told of a notice.
func (h *Hook) Wants(n *Notice) bool {
	if h.Paused || len(h.Groups) > 0 && !slices.Contains(h.Groups, n.Group) {
		return false
	}
	if len(h.Kinds) == 0 {
		return n.Kind == AlarmOpened || n.Kind == AlarmClosed
	}
	return slices.Contains(h.Kinds, n.Kind) || slices.Contains(h.Kinds, "*")
}

// Hooks keeps hooks by number.
var Hooks = Noun[Hook]{"hook"}

// HookStatus is how a hook is doing.
type HookStatus struct {
	Delivered time.Time `json:"delivered,omitzero"` // last
	Failed    int       `json:"failed,omitempty"`   // tries in a row
	Error     string    `json:"error,omitempty"`
	Next      time.Time `json:"next,omitzero"`   // try
	Waiting   int       `json:"waiting"`         // notices
	Given     int       `json:"given,omitempty"` // notices that were given up
}

// HookStates keeps them by the hook's number; Deliveries what waits for a hook, under "<hook>/<key of the notice>".
var (
	HookStates = Noun[HookStatus]{"hook-status"}
	Deliveries = Noun[Notice]{"delivery"}
)
