package window

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"siteward/appliance"
)

// Entry is a window as a calendar shows it. Its words are said already, in the language of whoever reads them.
type Entry struct {
	Window      appliance.Window
	Summary     string
	Description string
	Location    string // the site
	URL         string // of the window's page, "" = none
}

// Calendar writes windows as an iCalendar file (RFC 5545). host makes the numbers of the entries unique in the world; with cancel
// the entries take themselves out of the calendars they went into.
func Calendar(loc *time.Location, host string, now time.Time, cancel bool, entries ...Entry) []byte {
	b := &calendarFile{loc: loc}
	b.put("BEGIN", "VCALENDAR")
	b.put("VERSION", "2.0")
	b.put("PRODID", "-//Siteward//Maintenance//EN")
	b.put("CALSCALE", "GREGORIAN")
	b.put("METHOD", map[bool]string{false: "PUBLISH", true: "CANCEL"}[cancel])
	first := now
	for _, e := range entries {
		if e.Window.From.Before(first) {
			first = e.Window.From
		}
	}
	b.zone(first.In(loc).Year())
	for _, e := range entries {
		b.event(e, host, now, cancel)
	}
	b.put("END", "VCALENDAR")
	return []byte(b.String())
}

type calendarFile struct {
	strings.Builder
	loc *time.Location
}

func (b *calendarFile) event(e Entry, host string, now time.Time, cancel bool) {
	w := e.Window
	b.put("BEGIN", "VEVENT")
	b.put("UID", escape("window-"+w.ID.String()+"@"+host))
	b.put("DTSTAMP", now.UTC().Format("20060102T150405Z"))
	b.put("SEQUENCE", fmt.Sprint(w.Version))
	b.time("DTSTART", w.From)
	b.time("DTEND", w.Until)
	if w.Rule != "" {
		b.put("RRULE", w.Rule)
		for _, skip := range w.Skips {
			b.time("EXDATE", skip)
		}
	}
	b.put("SUMMARY", escape(e.Summary))
	if e.Description != "" {
		b.put("DESCRIPTION", escape(e.Description))
	}
	if e.Location != "" {
		b.put("LOCATION", escape(e.Location))
	}
	if e.URL != "" && !strings.ContainsAny(e.URL, "\r\n") {
		b.put("URL", e.URL)
	}
	status := map[bool]string{true: "CONFIRMED", false: "TENTATIVE"}[w.State == appliance.WindowConfirmed || w.State == appliance.WindowRunning || w.State == appliance.WindowDone]
	if cancel || w.State == appliance.WindowCancelled {
		status = "CANCELLED"
	}
	b.put("STATUS", status)
	b.put("TRANSP", "TRANSPARENT") // nobody's day is taken by it
	b.put("END", "VEVENT")
}

// time writes a time of the clock on the wall of the site, so that what comes back does so at the same hour all year.
func (b *calendarFile) time(name string, t time.Time) {
	b.put(name+";TZID="+b.tzid(), t.In(b.loc).Format("20060102T150405"))
}

func (b *calendarFile) tzid() string {
	if name := b.loc.String(); name != "" && name != "Local" {
		return name
	}
	return "UTC"
}

// zone writes how clocks change: when they do in the year given, and by the same rule in the years after.
func (b *calendarFile) zone(year int) {
	b.put("BEGIN", "VTIMEZONE")
	b.put("TZID", b.tzid())
	start := time.Date(year, 1, 1, 0, 0, 0, 0, b.loc)
	_, offset := start.Zone()
	changes := 0
	for at := start; ; {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.In(b.loc).Year() > year {
			break
		}
		_, next := end.In(b.loc).Zone()
		b.change(end, offset, next)
		at, offset, changes = end.In(b.loc), next, changes+1
	}
	if changes == 0 {
		b.observance("STANDARD", time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), offset, offset, "")
	}
	b.put("END", "VTIMEZONE")
}

func (b *calendarFile) change(at time.Time, from, to int) {
	wall := at.UTC().Add(time.Duration(from) * time.Second) // as it was shown before the change
	kind := "STANDARD"
	if at.In(b.loc).IsDST() {
		kind = "DAYLIGHT"
	}
	n := (wall.Day()-1)/7 + 1
	if wall.AddDate(0, 0, 7).Month() != wall.Month() {
		n = -1
	}
	day := []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}[wall.Weekday()]
	b.observance(kind, wall, from, to, fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", wall.Month(), n, day))
}

func (b *calendarFile) observance(kind string, wall time.Time, from, to int, rule string) {
	b.put("BEGIN", kind)
	b.put("DTSTART", wall.Format("20060102T150405"))
	b.put("TZOFFSETFROM", hours(from))
	b.put("TZOFFSETTO", hours(to))
	if rule != "" {
		b.put("RRULE", rule)
	}
	b.put("END", kind)
}

func hours(offset int) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d%02d", sign, offset/3600, offset%3600/60)
}

// put writes one line, folded after 75 octets and never within a character.
func (b *calendarFile) put(name, value string) {
	line := name + ":" + value
	for limit := 75; len(line) > limit; limit = 74 {
		cut := limit
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// escape makes a text of whoever typed it one value: no line of its own can begin in it.
func escape(s string) string { return escapes.Replace(text(s)) }
