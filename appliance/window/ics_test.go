package window_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"siteward/appliance"
	"siteward/appliance/window"
)

// hostile texts try to begin a line of their own, or another entry.
var hostile = []string{
	"Firmware; A, B \\ C", "a\r\nBEGIN:VEVENT\r\nSUMMARY:mine", "a\nATTENDEE:mailto:x@example.org", "\u2028ATTACH:http://evil.example/", "x\x00y\x1bz", strings.Repeat("Übung ", 200),
	"\u202Egnp.exe", "\\n\\;\\,", "=cmd|' /C calc'!A0", "<script>alert(1)</script>",
}

func TestASecondLibraryReadsTheCalendar(t *testing.T) {
	loc := berlin(t)
	for _, title := range append(hostile, "Neue Firmware für die Firewall") {
		w := planned(t, "2026-12-06 00:00", "2026-12-06 06:00", "FREQ=WEEKLY;BYDAY=SU")
		w.Version, w.State, w.Skips = 4, appliance.WindowConfirmed, []time.Time{mustTime(t, "2026-12-13 00:00")}
		raw := window.Calendar(loc, "siteward.example", mustTime(t, "2026-11-29 12:00"), false,
			window.Entry{Window: w, Summary: title, Description: title + "\n" + title, Location: title, URL: "https://siteward.example/maintenance/7"})
		for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00\x1b") {
				t.Errorf("line %q", line)
			}
		}
		cal, err := ics.ParseCalendar(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%q: %v\n%s", title, err, raw)
		}
		if n := len(cal.Events()); n != 1 {
			t.Fatalf("%q made %d entries", title, n)
		}
		e := cal.Events()[0]
		if n := len(e.Properties); n != 13 {
			t.Errorf("%q made %d properties:\n%s", title, n, raw)
		}
		from, err := e.GetStartAt()
		until, err2 := e.GetEndAt()
		if err != nil || err2 != nil || !from.Equal(w.From) || !until.Equal(w.Until) {
			t.Errorf("from %s until %s (%v, %v)", from, until, err, err2)
		}
		if got := e.GetProperty(ics.ComponentPropertySequence).Value; got != "4" {
			t.Errorf("sequence %s", got)
		}
		if got := e.GetProperty(ics.ComponentPropertyRrule).Value; got != w.Rule {
			t.Errorf("rule %q", got)
		}
		if got := e.GetProperty(ics.ComponentPropertySummary).Value; title == "Firmware; A, B \\ C" && got != title {
			t.Errorf("title %q is read as %q", title, got)
		}
	}
}

// TestTheZoneIsRight lets the second library work out the hour of each Sunday of a year from the file's own zone.
func TestTheZoneIsRight(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Sydney"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		raw := string(window.Calendar(loc, "h", time.Date(2026, 6, 1, 0, 0, 0, 0, loc), false))
		want := map[string]int{"UTC": 1, "Asia/Kolkata": 1}[name]
		if want == 0 {
			want = 2
		}
		if n := strings.Count(raw, "TZOFFSETTO:"); n != want {
			t.Errorf("%s has %d offsets:\n%s", name, n, raw)
		}
		for block := range strings.SplitSeq(raw, "DTSTART:") { // each change must be where the zone has it, two years on
			rule, found := between(block, "RRULE:", "\r\n")
			if !found {
				continue
			}
			at, _ := time.Parse("20060102T150405", block[:15])
			r, err := rrule.StrToRRule(rule)
			if err != nil {
				t.Fatal(err)
			}
			r.DTStart(at)
			later := r.After(at.AddDate(1, 6, 0), true)
			day := time.Date(later.Year(), later.Month(), later.Day(), 0, 0, 0, 0, loc)
			_, a := day.Zone()
			_, b := day.AddDate(0, 0, 1).Zone()
			if a == b {
				t.Errorf("%s: clocks do not change on %s", name, day.Format(time.DateOnly))
			}
		}
	}
}

func between(s, a, b string) (string, bool) {
	_, rest, ok := strings.Cut(s, a)
	if !ok {
		return "", false
	}
	out, _, ok := strings.Cut(rest, b)
	return out, ok
}

func TestACancellationTakesTheEntryOut(t *testing.T) {
	w := planned(t, "2026-12-06 00:00", "2026-12-06 06:00", "")
	raw := string(window.Calendar(berlin(t), "h", w.From, true, window.Entry{Window: w, Summary: "x"}))
	if !strings.Contains(raw, "METHOD:CANCEL\r\n") || !strings.Contains(raw, "STATUS:CANCELLED\r\n") {
		t.Error(raw)
	}
}

func FuzzCalendar(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		w := planned(t, "2026-12-06 00:00", "2026-12-06 06:00", "")
		raw := window.Calendar(time.UTC, "h", w.From, false, window.Entry{Window: w, Summary: a, Description: b, Location: a})
		cal, err := ics.ParseCalendar(bytes.NewReader(raw))
		if err != nil || len(cal.Events()) != 1 {
			t.Errorf("%q %q: %v", a, b, err)
		}
	})
}
