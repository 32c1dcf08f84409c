package web

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
)

// tame is text of a site as it may stand on our pages: one line, bounded, without signs that turn the direction of reading or that
// nobody sees. The templates escape it.
func tame(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// standing is how a site stands for a dispatcher: its state, or why nothing is known of it.
func standing(l *ui.Lang, r *central.Row) (state, word string) {
	st := &r.Status
	switch st.Silent {
	case central.Lost:
		return "critical", l.T("central.silent")
	case central.Overdue:
		return "critical", l.T("central.overdue")
	case central.Ours:
		return "nodata", l.T("central.ours")
	case central.Never:
		return "nodata", l.T("central.never")
	case central.Stopped:
		return "maintenance", l.T("central.stopped")
	case central.Speaking:
	}
	if st.Facts.State != appliance.StateCritical && st.Logbook != "" {
		return "critical", l.T("central.logbook_bad")
	}
	return st.Facts.State.String(), ""
}

// byWhom names who did something: a person, the site itself, or whoever may use the command line.
func byWhom(l *ui.Lang, by string) string {
	switch by {
	case "site":
		return l.T("central.by_site")
	case central.ByCommand:
		return l.T("central.by_command")
	}
	return tame(by, 60)
}

// monthWord is a month in a title: "November 2026".
func monthWord(l *ui.Lang, m time.Time) string {
	return l.T("availability.month_"+strconv.Itoa(int(m.Month()))) + " " + strconv.Itoa(m.Year())
}

// offerWord says what became of an offer.
func offerWord(l *ui.Lang, state string) string {
	if !slices.Contains(central.OfferStates, state) {
		return tame(state, 20)
	}
	return l.T("central.offer_" + state)
}
