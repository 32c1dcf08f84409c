package sla

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

func mustZone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func mustHours(tb testing.TB, h appliance.ServiceHours, zone, region string) *Hours {
	tb.Helper()
	hours, err := NewHours(h, calendar.New(calendar.Options{Region: region, Location: mustZone(tb, zone)}))
	if err != nil {
		tb.Fatal(err)
	}
	return hours
}

// office is Monday to Friday, 08:00 to 17:00.
var office = appliance.ServiceHours{Preset: appliance.HoursOwn, Week: days(time.Monday, time.Friday, 8*60, 17*60)}

func at(tb testing.TB, zone, s string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, mustZone(tb, zone))
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// said writes a working the way people read it.
func said(w Working) string {
	var b strings.Builder
	for _, l := range w.Lines {
		what := string(l.Kind)
		if l.For != "" {
			what += " " + string(l.For)
		}
		for _, f := range l.Free {
			what += " " + f.Key
		}
		fmt.Fprintf(&b, "%s-%s %d %s\n", l.From.Format("Mon 15:04"), l.To.Format("Mon 15:04"), l.Minutes, what)
	}
	due := "-"
	if !w.Due.IsZero() {
		due = w.Due.Format("Mon 2006-01-02 15:04")
	}
	fmt.Fprintf(&b, "%s %d/%d due %s", w.Status, w.Used, w.Target, due)
	return b.String()
}

// TestWorking has the examples of docs/service-levels.md.
func TestWorking(t *testing.T) {
	berlin := "Europe/Berlin"
	for _, tt := range []struct {
		name, now string
		clock     Clock
		want      string
	}{
		{"over a weekend", "2026-11-30 08:10:00", Clock{Hours: mustHours(t, office, berlin, "DE-BE"), Start: at(t, berlin, "2026-11-27 16:40:31"), Target: 60}, `
Fri 16:40-Fri 17:00 20 counted
Fri 17:00-Mon 08:00 0 closed
Mon 08:00-Mon 08:10 10 counted
Mon 08:10-Mon 08:40 30 ahead
running 30/60 due Mon 2026-11-30 08:40`},
		{"with a pause and a holiday", "2026-12-28 12:00:00", Clock{Hours: mustHours(t, office, berlin, "DE-BE"), Start: at(t, berlin, "2026-12-23 15:00:00"), Target: 240,
			Pauses: []appliance.Wait{{From: at(t, berlin, "2026-12-24 09:00:00"), Until: at(t, berlin, "2026-12-28 11:00:00"), For: appliance.WaitCustomer}}}, `
Wed 15:00-Wed 17:00 120 counted
Wed 17:00-Thu 08:00 0 closed
Thu 08:00-Thu 09:00 60 counted
Thu 09:00-Mon 11:00 660 halted customer
Mon 11:00-Mon 12:00 60 counted
running 240/240 due Mon 2026-12-28 12:00`},
		{"holidays close", "2026-12-24 17:30:00", Clock{Hours: mustHours(t, office, berlin, "DE-BE"), Start: at(t, berlin, "2026-12-24 16:00:00"), Target: 90}, `
Thu 16:00-Thu 17:00 60 counted
Thu 17:00-Mon 08:00 0 closed christmas
Mon 08:00-Mon 08:30 30 ahead
running 60/90 due Mon 2026-12-28 08:30`},
		{"late", "2026-11-27 18:00:00", Clock{Hours: mustHours(t, office, berlin, "DE-BE"), Start: at(t, berlin, "2026-11-27 14:00:00"), Target: 60}, `
Fri 14:00-Fri 15:00 60 counted
Fri 15:00-Fri 17:00 120 over
Fri 17:00-Fri 18:00 0 closed
breached 180/60 due Fri 2026-11-27 15:00`},
		{"kept", "2026-11-29 18:00:00", Clock{Hours: mustHours(t, office, berlin, "DE-BE"), Start: at(t, berlin, "2026-11-27 14:00:00"), Stop: at(t, berlin, "2026-11-27 15:00:59"), Target: 60}, `
Fri 14:00-Fri 15:00 60 counted
kept 60/60 due Fri 2026-11-27 15:00`},
		{"waiting", "2026-11-27 18:00:00", Clock{Hours: mustHours(t, office, berlin, "DE-BE"), Start: at(t, berlin, "2026-11-27 14:00:00"), Target: 60,
			Pauses: []appliance.Wait{{From: at(t, berlin, "2026-11-27 14:20:00"), For: appliance.WaitThird}}}, `
Fri 14:00-Fri 14:20 20 counted
Fri 14:20-Fri 18:00 160 halted third_party
paused 20/60 due -`},
		{"always, in the night that has an hour twice", "2026-10-25 01:50:00", Clock{Hours: mustHours(t, appliance.ServiceHours{Preset: appliance.Hours7x24}, berlin, "DE-BE"), Start: at(t, berlin, "2026-10-25 01:30:00"), Target: 240}, `
Sun 01:30-Sun 01:50 20 counted
Sun 01:50-Sun 04:30 220 ahead
running 20/240 due Sun 2026-10-25 04:30`},
		{"always, in the night that lacks an hour", "2026-03-29 01:45:00", Clock{Hours: mustHours(t, appliance.ServiceHours{Preset: appliance.Hours7x24}, berlin, "DE-BE"), Start: at(t, berlin, "2026-03-29 01:30:00"), Target: 240}, `
Sun 01:30-Sun 01:45 15 counted
Sun 01:45-Sun 06:30 225 ahead
running 15/240 due Sun 2026-03-29 06:30`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := said(tt.clock.Read(at(t, berlin, tt.now))); got != strings.TrimSpace(tt.want) {
				t.Errorf("\n%s\nwant\n%s", got, strings.TrimSpace(tt.want))
			}
		})
	}
}

func TestReach(t *testing.T) {
	c := Clock{Hours: mustHours(t, office, "Europe/Berlin", "DE-BE"), Start: at(t, "Europe/Berlin", "2026-11-27 16:40:00"), Target: 60}
	for percent, want := range map[int]string{50: "2026-11-30 08:10:00", 80: "2026-11-30 08:28:00", 100: "2026-11-30 08:40:00"} {
		if got := c.Reach(percent); !got.Equal(at(t, "Europe/Berlin", want)) {
			t.Errorf("%d%%: %s, want %s", percent, got, want)
		}
	}
}

func TestBadHours(t *testing.T) {
	own := func(s ...appliance.ServiceSpan) appliance.ServiceHours {
		return appliance.ServiceHours{Preset: appliance.HoursOwn, Week: appliance.ServiceWeek{time.Monday: s}}
	}
	for name, tt := range map[string]struct {
		hours appliance.ServiceHours
		key   string
	}{
		"none":                 {appliance.ServiceHours{}, "sla.error.no_hours"},
		"own without times":    {own(), "sla.error.no_hours"},
		"no minute":            {own(appliance.ServiceSpan{From: 0, To: 0}), ""}, // midnight to midnight is a whole day
		"unknown":              {appliance.ServiceHours{Preset: "8x5"}, "sla.error.preset"},
		"beyond the day":       {own(appliance.ServiceSpan{From: 8 * 60, To: 1441}), "sla.error.span"},
		"before the day":       {own(appliance.ServiceSpan{From: -1, To: 60}), "sla.error.span"},
		"a zone that is not":   {appliance.ServiceHours{Preset: appliance.Hours5x8, TimeZone: "Europe/Bielefeld"}, "sla.error.zone"},
		"good, in its own one": {appliance.ServiceHours{Preset: appliance.Hours5x8, TimeZone: "Europe/Zurich", Region: "CH-ZH"}, ""},
	} {
		_, err := HoursOf(tt.hours, appliance.Site{TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"})
		key := ""
		if e, ok := errors.AsType[*appliance.Error](err); ok {
			key = e.Message.Key
		}
		if key != tt.key || key == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, tt.key)
		}
	}
}

// TestNeverOpen: a site that calls every day free has hours, and still nothing is ever due.
func TestNeverOpen(t *testing.T) {
	var free []calendar.Holiday
	for d := calendar.Date(2028, 1, 1); d.Year == 2028; d = d.Add(1) {
		free = append(free, calendar.Holiday{Day: calendar.Day{Month: d.Month, Day: d.Day}})
	}
	h, err := NewHours(office, calendar.New(calendar.Options{Extra: free}))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	if w := (Clock{Hours: h, Start: start, Target: 60}).Read(start.AddDate(0, 0, 9)); !w.Due.IsZero() || w.Status != Running {
		t.Errorf("due %s, %s", w.Due, w.Status)
	}
	if !h.Next(start).IsZero() || !h.Add(start, time.Minute).IsZero() {
		t.Error("it opens")
	}
}

func TestHours(t *testing.T) {
	h := mustHours(t, office, "Europe/Berlin", "DE-BE")
	friday := at(t, "Europe/Berlin", "2026-11-27 16:40:00")
	if !h.Open(friday) || h.Open(friday.Add(20*time.Minute)) || h.Open(at(t, "Europe/Berlin", "2026-12-25 10:00:00")) {
		t.Error("when it is open")
	}
	if got := h.Next(friday.Add(time.Hour)); !got.Equal(at(t, "Europe/Berlin", "2026-11-30 08:00:00")) {
		t.Errorf("next %s", got)
	}
	if got := h.Add(friday, time.Hour); !got.Equal(at(t, "Europe/Berlin", "2026-11-30 08:40:00")) {
		t.Errorf("an hour later %s", got)
	}
	if got := h.Between(friday, friday.AddDate(0, 0, 7)); got != 45*time.Hour {
		t.Errorf("a week has %s", got)
	}
	night := mustHours(t, appliance.ServiceHours{Preset: appliance.HoursOwn, Holidays: true, Week: days(time.Sunday, time.Saturday, 22*60, 6*60)}, "Europe/Berlin", "DE-BE")
	if !night.Open(at(t, "Europe/Berlin", "2026-12-25 03:00:00")) || night.Open(at(t, "Europe/Berlin", "2026-12-25 12:00:00")) {
		t.Error("hours over midnight")
	}
}

// TestForgotten: a ticket that is open for years costs little and says no more lines than anybody reads.
func TestForgotten(t *testing.T) {
	c := Clock{Hours: mustHours(t, office, "Europe/Berlin", "DE-BE"), Start: at(t, "Europe/Berlin", "2020-01-02 08:00:00"), Target: 240}
	w := c.Read(at(t, "Europe/Berlin", "2026-01-02 08:00:00"))
	if w.Status != Breached || len(w.Lines) != maxLines || w.More == 0 {
		t.Errorf("%s, %d lines and %d more", w.Status, len(w.Lines), w.More)
	}
}

func BenchmarkRead(b *testing.B) {
	c := Clock{Hours: mustHours(b, office, "Europe/Berlin", "DE-BE"), Start: at(b, "Europe/Berlin", "2026-11-27 16:40:00"), Target: 60}
	now := at(b, "Europe/Berlin", "2026-11-30 08:10:00")
	for b.Loop() {
		c.Read(now)
	}
}
