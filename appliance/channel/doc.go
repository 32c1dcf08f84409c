// Package channel hands a message to those who carry it on: a mail relay, a web hook, a push or chat service. One call is one try; it
// keeps nothing, tries nothing twice and knows neither contacts nor routes. What it gives back says whether it was taken, refused for
// good, or may be tried again, in a line that holds no secret.
package channel

import (
	"errors"
	"strings"
	"unicode"

	"siteward/appliance"
)

// Message is what is handed over.
type Message struct {
	ID       string // the same at each try, so that a receiver can tell a repetition
	Thread   string // what it belongs to; ""
	Severity appliance.State
	Kind     appliance.NoticeKind
	Subject  string
	Text     string // lines without markup
	HTML     string
	Link     string // whole address of the page about it; ""
	Files    []appliance.NoticeFile
	About    appliance.NoticeAbout
}

// refused is an error that trying again does not mend.
type refused struct{ error }

// Unwrap gives what was said.
func (r refused) Unwrap() error { return r.error }

// Refused says that a message will not be taken, however often it is tried.
func Refused(err error) bool {
	_, ok := errors.AsType[refused](err)
	return ok
}

// oneLine makes text fit into a header or an answer: a name that a device gives itself must not begin a line of its own.
func oneLine(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	return s
}

const (
	maxSubject = 200
	maxAnswer  = 300
)
