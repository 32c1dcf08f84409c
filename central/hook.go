package central

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// Hook is another system that is told: a ticket system, a billing system, a mailbox.
type Hook struct {
	ID      appliance.ID   `json:"id"`
	Name    string         `json:"name"`
	URL     string         `json:"url"`              // https://… or mailto:…
	Secret  string         `json:"secret,omitempty"` // of Standard Webhooks, "whsec_…"
	Kinds   []NoticeKind   `json:"kinds,omitempty"`  // empty: alarms only; "*" is everything
	Groups  []appliance.ID `json:"groups,omitempty"` // empty: all
	Paused  bool           `json:"paused,omitempty"`
	Lang    string         `json:"language,omitempty"` // of the sentences: de, en or nl; "" is that of central
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

// maxHookName bounds the name of a hook, maxHookURL its address.
const (
	maxHookName = 100
	maxHookURL  = 500
)

// Check says what is wrong with what somebody has entered.
func (h *Hook) Check() error {
	if h.Name == "" || len(h.Name) > maxHookName {
		return appliance.Invalid("name", "central.need_name", "write 1 to 80 characters", nil)
	}
	if h.Lang != "" && !slices.Contains(appliance.Languages, h.Lang) {
		return appliance.Invalid("language", "error.hook_language", "write de, en or nl, or nothing for that of central", nil)
	}
	for _, k := range h.Kinds {
		if k != "*" && k != AlarmOpened && k != AlarmClosed && message.Kind(string(k)) == "" {
			return appliance.Invalid("kinds", "error.hook_kinds", fmt.Sprintf("%.60q is neither alarm.opened nor alarm.closed, no type such as siteward.ticket.v1, and not *", string(k)), nil)
		}
	}
	if rest, ok := strings.CutPrefix(h.Secret, "whsec_"); ok { // one that was cut when it was copied would sign what nobody can check
		if key, err := base64.StdEncoding.DecodeString(rest); err != nil || len(key) == 0 {
			return appliance.Invalid("secret", "error.hook_secret", "after whsec_ stands base64; copy the whole secret", nil)
		}
	}
	if address, ok := strings.CutPrefix(h.URL, "mailto:"); ok {
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address || len(h.URL) > maxHookURL {
			return appliance.Invalid("url", "error.hook_mailbox", fmt.Sprintf("%.100q is no address of a mailbox", address), nil)
		}
		return nil
	}
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(h.URL) > maxHookURL {
		return appliance.Invalid("url", "error.hook_url", "write https://host/path or mailto:address", nil)
	}
	return nil
}

// HookTest is the kind of a notice that only tries a hook.
const HookTest NoticeKind = "test"

// TryHook lets a hook be told something that means nothing.
func TryHook(ctx context.Context, s Records, h Hook, now time.Time) error {
	n := NewNotice(HookTest, now, "a test: this is how central tells "+h.Name)
	n.Words = message.WordsOf(msg("central.hook_tested", n.Text, args{"name": text(h.Name)}))
	return Deliveries.Put(ctx, s, Key(h.ID.String(), NoticeKey(n)), n, 0)
}

// Hooks keeps hooks by number.
var Hooks = Noun[Hook]{"hook"}

// HookStatus is how a hook is doing.
type HookStatus struct {
	Delivered time.Time `json:"delivered,omitzero"` // last
	Failed    int       `json:"failed,omitempty"`   // tries in a row
	Error     string    `json:"error,omitempty"`
	// ErrorIn is Error without a language, and without its particulars.
	ErrorIn *message.Words `json:"error_words,omitempty"`
	Next    time.Time      `json:"next,omitzero"`   // try
	Waiting int            `json:"waiting"`         // notices
	Given   int            `json:"given,omitempty"` // notices that were given up
}

// HookStates keeps them by the hook's number; Deliveries what waits for a hook, under "<hook>/<key of the notice>".
var (
	HookStates = Noun[HookStatus]{"hook-status"}
	Deliveries = Noun[Notice]{"delivery"}
)
