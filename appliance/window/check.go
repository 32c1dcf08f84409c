package window

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"siteward/appliance"
)

// MaxLength is how long a window lasts at most.
const MaxLength = 31 * 24 * time.Hour

// Bounds of what may be entered.
const (
	maxTitle   = 200 // characters
	maxText    = 4000
	maxAbout   = 1000 // devices and jobs
	maxPeople  = 50
	maxAgain   = 7 * 24 * time.Hour // of each time of a recurring one
	maxRemind  = 7 * 24 * 60        // minutes
	looked     = 60                 // times that are compared with each other
	firstYear  = 2025
	latestYear = 2100
)

// Tidy puts what was entered in order: no control characters, a title in one line, a rule that begins with its first time.
func Tidy(w *appliance.Window, loc *time.Location) {
	w.Title = line(w.Title)
	for _, s := range []*string{&w.Effect, &w.Comment, &w.Reason, &w.Wish} {
		*s = text(*s)
	}
	w.Devices, w.Jobs, w.Contacts = ids(w.Devices), ids(w.Jobs), ids(w.Contacts)
	if w.All {
		w.Devices, w.Jobs = nil, nil
	}
	var mails []string
	for _, m := range w.Mails {
		if m = strings.TrimSpace(m); m != "" && !slices.Contains(mails, m) {
			mails = append(mails, m)
		}
	}
	w.Mails = mails
	w.From, w.Until = w.From.UTC().Truncate(time.Second), w.Until.UTC().Truncate(time.Second)
	if rule, err := Rule(w.Rule); err == nil && w.Until.After(w.From) {
		w.Rule = rule
		if first := Times(*w, loc, w.From.Add(-time.Second), w.From.Add(Horizon), 1); rule != "" && len(first) > 0 {
			w.From, w.Until = first[0].From.UTC(), first[0].Until.UTC()
		}
	}
}

func ids(list []appliance.ID) []appliance.ID {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(id appliance.ID) bool { return id == 0 })
}

// text leaves lines and tabs and takes every other control character away, as well as what turns the direction of writing.
func text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s))
}

func line(s string) string { return strings.Join(strings.Fields(text(s)), " ") }

// Check says what of a window cannot be kept. It is tidy already.
func Check(w appliance.Window, loc *time.Location) error {
	if err := checkWords(w); err != nil {
		return err
	}
	if !slices.Contains(appliance.WindowKinds, w.Kind) {
		return appliance.Invalid("kind", "window.error.kind", "the kind is planned, emergency or adhoc", nil)
	}
	if !w.All && len(w.Devices)+len(w.Jobs) == 0 {
		return appliance.Invalid("devices", "window.error.about", "choose what the work is about: devices, backup jobs or the whole site", nil)
	}
	if len(w.Devices)+len(w.Jobs) > maxAbout {
		return appliance.Invalid("devices", "window.error.about_many", "these are too many; choose the whole site instead", nil)
	}
	if err := checkTimes(w, loc); err != nil {
		return err
	}
	if len(w.Mails)+len(w.Contacts) > maxPeople {
		return appliance.Invalid("mails", "window.error.mails_many", "at most 50 people are told", nil)
	}
	for _, m := range w.Mails {
		if a, err := mail.ParseAddress(m); err != nil || a.Address != m || len(m) > 254 {
			return appliance.Invalid("mails", "window.error.mail", "this is no mail address; write one a line, like name@example.org", map[string]any{"mail": m})
		}
	}
	if w.Remind < 0 || w.Remind > maxRemind {
		return appliance.Invalid("remind", "window.error.remind", "a reminder is sent at most 7 days before", nil)
	}
	return nil
}

func checkWords(w appliance.Window) error {
	if w.Title == "" {
		return appliance.Invalid("title", "window.error.title", "say in a few words what is done", nil)
	}
	if w.Comment == "" {
		return appliance.Invalid("comment", "window.error.comment", "say why the work is done and what one should know about it", nil)
	}
	if w.Kind == appliance.WindowEmergency && w.Reason == "" {
		return appliance.Invalid("reason", "window.error.reason", "say why this cannot wait until it is announced in time", nil)
	}
	for _, f := range []struct {
		name, text string
		limit      int
	}{{"title", w.Title, maxTitle}, {"effect", w.Effect, maxText}, {"comment", w.Comment, maxText}, {"reason", w.Reason, maxText}} {
		if utf8.RuneCountInString(f.text) > f.limit {
			return appliance.Invalid(f.name, "window.error.long", "this is too long to be kept; shorten it", map[string]any{"max": f.limit})
		}
	}
	return nil
}

func checkTimes(w appliance.Window, loc *time.Location) error {
	switch {
	case w.From.Year() < firstYear || w.From.Year() > latestYear:
		return appliance.Invalid("from", "window.error.from", "say when the work begins, day and time", nil)
	case w.Until.Year() < firstYear || w.Until.Year() > latestYear+1:
		return appliance.Invalid("until", "window.error.until", "say when the work ends, day and time", nil)
	case !w.Until.After(w.From):
		return appliance.Invalid("until", "window.error.backwards", "the window ends before it begins; enter an end after the beginning", nil)
	case w.Until.Sub(w.From) > MaxLength:
		return appliance.Invalid("until", "window.error.length", "a window lasts 31 days at most", nil)
	}
	rule, err := Rule(w.Rule)
	if err != nil || rule == "" {
		return err
	}
	if w.Until.Sub(w.From) > maxAgain {
		return appliance.Invalid("until", "window.error.length_again", "a window that comes back lasts 7 days at most", nil)
	}
	times := Times(w, loc, w.From.Add(-time.Second), w.From.Add(Horizon), looked)
	if len(times) == 0 {
		return appliance.Invalid("rule", "window.error.rule_never", "there is no such day; a window with this rule would never take place", nil)
	}
	for i := 1; i < len(times); i++ {
		if times[i].From.Before(times[i-1].Until) {
			return appliance.Invalid("rule", "window.error.overlap", "the window would begin again before it has ended; shorten it or let it come back less often", nil)
		}
	}
	return nil
}
