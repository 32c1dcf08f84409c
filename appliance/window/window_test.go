package window_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/window"
)

func berlin(tb testing.TB) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func mustTime(tb testing.TB, s string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func planned(tb testing.TB, from, until, rule string) appliance.Window {
	tb.Helper()
	return appliance.Window{ID: 7, Kind: appliance.WindowPlanned, Title: "Firmware", Comment: "why", All: true, From: mustTime(tb, from), Until: mustTime(tb, until), Rule: rule}
}

func TestMidnightToSixInTheNightsInWhichClocksChange(t *testing.T) {
	loc := berlin(t)
	w := planned(t, "2026-03-28 00:00", "2026-03-28 06:00", "FREQ=DAILY")
	want := map[string]time.Duration{"2026-03-28": 6 * time.Hour, "2026-03-29": 5 * time.Hour, "2026-03-30": 6 * time.Hour,
		"2026-10-24": 6 * time.Hour, "2026-10-25": 7 * time.Hour, "2026-10-26": 6 * time.Hour}
	for _, s := range window.Times(w, loc, w.From, mustTime(t, "2026-11-01 00:00"), 1000) {
		day := s.From.In(loc).Format(time.DateOnly)
		if s.From.In(loc).Format("15:04") != "00:00" || s.Until.In(loc).Format("15:04") != "06:00" {
			t.Errorf("%s: from %s until %s", day, s.From.In(loc), s.Until.In(loc))
		}
		if d, ok := want[day]; ok && s.Until.Sub(s.From) != d {
			t.Errorf("%s lasts %s, want %s", day, s.Until.Sub(s.From), d)
		}
		delete(want, day)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	gap := planned(t, "2026-03-28 02:30", "2026-03-28 02:45", "FREQ=DAILY") // left out in the night of the 29th
	for _, s := range window.Times(gap, loc, gap.From, mustTime(t, "2026-03-31 00:00"), 10) {
		if !s.Until.After(s.From) {
			t.Errorf("a time without an end: %v", s)
		}
	}
}

func TestTimesOfRules(t *testing.T) {
	loc := berlin(t)
	for _, tt := range []struct{ rule, from, until, want string }{
		{"", "2026-12-01 00:00", "2026-12-01 06:00", "2026-12-01"},
		{"FREQ=WEEKLY;BYDAY=SU", "2026-12-06 00:00", "2026-12-06 06:00", "2026-12-06 2026-12-13 2026-12-20 2026-12-27"},
		{"FREQ=MONTHLY;BYDAY=2SU", "2026-12-13 00:00", "2026-12-13 06:00", "2026-12-13 2027-01-10 2027-02-14 2027-03-14"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1", "2026-12-31 22:00", "2027-01-01 02:00", "2026-12-31 2027-01-31 2027-02-28 2027-03-31"},
		{"FREQ=DAILY;COUNT=2", "2026-12-01 00:00", "2026-12-01 06:00", "2026-12-01 2026-12-02"},
		{"FREQ=WEEKLY;UNTIL=20261214T000000", "2026-12-07 00:00", "2026-12-07 06:00", "2026-12-07 2026-12-14"},
	} {
		w := planned(t, tt.from, tt.until, tt.rule)
		if err := window.Check(w, loc); err != nil {
			t.Errorf("%s: %v", tt.rule, err)
		}
		var got []string
		for _, s := range window.Times(w, loc, w.From.Add(-time.Hour), w.From.AddDate(1, 0, 0), 4) {
			got = append(got, s.From.In(loc).Format(time.DateOnly))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.rule, s, tt.want)
		}
	}
}

func TestOneTimeMayBeCalledOff(t *testing.T) {
	loc := berlin(t)
	w := planned(t, "2026-12-06 00:00", "2026-12-06 06:00", "FREQ=WEEKLY;BYDAY=SU")
	w.Skips = []time.Time{mustTime(t, "2026-12-13 00:00").UTC()}
	if next := window.Next(w, loc, mustTime(t, "2026-12-07 00:00")); next.From.In(loc).Day() != 20 {
		t.Errorf("next is %s", next.From)
	}
	if window.At(w, loc, mustTime(t, "2026-12-13 00:00")) || !window.At(w, loc, mustTime(t, "2026-12-20 00:00")) {
		t.Error("At does not agree")
	}
}

// TestRulesWithoutAnEnd: whatever somebody enters, an answer comes. The library would look for some of these until the year 9999.
func TestRulesWithoutAnEnd(t *testing.T) {
	loc := berlin(t)
	for rule, field := range map[string]string{
		"FREQ=SECONDLY": "rule", "FREQ=MINUTELY;INTERVAL=1": "rule", "FREQ=HOURLY": "rule", "FREQ=DAILY;BYHOUR=1,2,3": "rule",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": "rule", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30": "rule", "FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31": "rule",
		"FREQ=DAILY;INTERVAL=100000": "rule", "FREQ=DAILY;INTERVAL=0": "", "FREQ=DAILY;COUNT=999999999": "rule", "FREQ=DAILY;COUNT=-1": "rule", "FREQ=MONTHLY;BYDAY=6MO": "rule",
		"FREQ=DAILY;BYSETPOS=300": "rule", "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=31": "rule", "FREQ=DAILY;INTERVAL=7;BYDAY=WE": "rule", "FREQ=YEARLY;BYMONTH=13": "rule",
		"FREQ=DAILY\r\nX-EVIL:1": "rule", "FREQ=DAILY;FREQ=DAILY": "rule", "DTSTART=20200101T000000;FREQ=DAILY": "rule", "BYDAY=SU": "rule", "FREQ=DAILY;BYEASTER=1": "rule",
		"FREQ=DAILY;" + strings.Repeat("BYDAY=SU;", 60): "rule", "FREQ=DAILY;COUNT=3;UNTIL=20270101": "rule", "nonsense": "rule", "FREQ=YEARLY;BYWEEKNO=53": "rule",
		"FREQ=MONTHLY;BYDAY=5FR": "", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29": "", "FREQ=DAILY;UNTIL=20200101T000000": "rule",
	} {
		w := planned(t, "2026-12-01 00:00", "2026-12-01 06:00", rule)
		window.Tidy(&w, loc)
		err := window.Check(w, loc)
		got := ""
		if e, ok := errors.AsType[*appliance.Error](err); ok {
			got = e.Field
		}
		if got != field {
			t.Errorf("%q: %v, want the field %q", rule, err, field)
		}
	}
}

func TestWhatCannotBeKept(t *testing.T) {
	loc := berlin(t)
	for name, tt := range map[string]struct {
		edit  func(*appliance.Window)
		field string
	}{
		"fine":                    {func(*appliance.Window) {}, ""},
		"without a title":         {func(w *appliance.Window) { w.Title = " \r\n " }, "title"},
		"without a comment":       {func(w *appliance.Window) { w.Comment = "\t" }, "comment"},
		"title too long":          {func(w *appliance.Window) { w.Title = strings.Repeat("ä", 201) }, "title"},
		"about nothing":           {func(w *appliance.Window) { w.All = false }, "devices"},
		"emergency, no reason":    {func(w *appliance.Window) { w.Kind = appliance.WindowEmergency }, "reason"},
		"no such kind":            {func(w *appliance.Window) { w.Kind = "" }, "kind"},
		"no beginning":            {func(w *appliance.Window) { w.From = time.Time{} }, "from"},
		"no end":                  {func(w *appliance.Window) { w.Until = time.Time{} }, "until"},
		"ends before":             {func(w *appliance.Window) { w.Until = w.From.Add(-time.Second) }, "until"},
		"ends as it begins":       {func(w *appliance.Window) { w.Until = w.From }, "until"},
		"year 9999":               {func(w *appliance.Window) { w.Until = w.Until.AddDate(7000, 0, 0) }, "until"},
		"too long":                {func(w *appliance.Window) { w.Until = w.From.Add(32 * 24 * time.Hour) }, "until"},
		"too long to come back":   {func(w *appliance.Window) { w.Rule, w.Until = "FREQ=YEARLY", w.From.Add(8*24*time.Hour) }, "until"},
		"begins before it ends":   {func(w *appliance.Window) { w.Rule, w.Until = "FREQ=DAILY", w.From.Add(25*time.Hour) }, "rule"},
		"mail with a line":        {func(w *appliance.Window) { w.Mails = []string{"a@example.org\r\nBcc: b@example.org"} }, "mails"},
		"mail with a name":        {func(w *appliance.Window) { w.Mails = []string{"A <a@example.org>"} }, "mails"},
		"two mails, one is twice": {func(w *appliance.Window) { w.Mails = []string{"a@example.org", " a@example.org ", ""} }, ""},
		"too many people":         {func(w *appliance.Window) { w.Contacts = many(51) }, "mails"},
		"too many devices":        {func(w *appliance.Window) { w.All, w.Devices = false, many(1001) }, "devices"},
		"reminder too early":      {func(w *appliance.Window) { w.Remind = 1e6 }, "remind"},
	} {
		w := planned(t, "2026-12-01 00:00", "2026-12-01 06:00", "")
		tt.edit(&w)
		window.Tidy(&w, loc)
		err := window.Check(w, loc)
		e, _ := errors.AsType[*appliance.Error](err)
		if tt.field == "" && err != nil || tt.field != "" && (e == nil || e.Field != tt.field) {
			t.Errorf("%s: %v, want the field %q", name, err, tt.field)
		}
	}
}

func many(n int) (out []appliance.ID) {
	for i := range n {
		out = append(out, appliance.ID(i+1))
	}
	return out
}

func TestARuleBeginsWithItsFirstTime(t *testing.T) {
	w := planned(t, "2026-12-01 00:00", "2026-12-01 06:00", "rrule:freq=weekly;byday=su;")
	window.Tidy(&w, berlin(t))
	if w.Rule != "FREQ=WEEKLY;BYDAY=SU" || !w.From.Equal(mustTime(t, "2026-12-06 00:00")) || !w.Until.Equal(mustTime(t, "2026-12-06 06:00")) {
		t.Errorf("%s from %s until %s", w.Rule, w.From, w.Until)
	}
}

func TestNotice(t *testing.T) {
	cal := calendar.New(calendar.Options{Region: "DE-BE", Location: berlin(t)})
	for _, tt := range []struct {
		now, begin string
		want       int
	}{
		{"2026-11-30 10:00", "2026-12-03 10:00", 3}, // Mon to Thu
		{"2026-11-30 10:00", "2026-12-03 09:59", 2},
		{"2026-11-27 16:00", "2026-12-02 16:00", 3}, // Fri over the weekend
		{"2026-11-27 16:00", "2026-12-02 00:00", 2},
		{"2026-12-23 10:00", "2026-12-29 10:00", 3}, // 25 and 26 are Christmas, 24 is a business day
		{"2026-12-23 10:00", "2026-12-29 09:00", 2},
		{"2026-11-30 10:00", "2026-11-30 09:00", 0},
		{"2026-03-26 02:30", "2026-03-31 02:30", 3}, // over the night in which 02:30 is left out
	} {
		if got := window.Notice(cal, mustTime(t, tt.now), mustTime(t, tt.begin)); got != tt.want {
			t.Errorf("announced %s for %s: %d business days, want %d", tt.now, tt.begin, got, tt.want)
		}
	}
	if got := window.Earliest(cal, mustTime(t, "2026-12-23 10:00"), 3); !got.Equal(mustTime(t, "2026-12-29 10:00")) {
		t.Errorf("earliest %s", got)
	}
}

func TestSteps(t *testing.T) {
	now := mustTime(t, "2026-12-01 00:00")
	w := planned(t, "2026-12-06 00:00", "2026-12-06 06:00", "FREQ=WEEKLY;BYDAY=SU")
	w.State = appliance.WindowDraft
	for _, s := range []appliance.WindowState{"announced", "moved", "announced", "refused", "announced", "confirmed", "running"} {
		if err := window.Step(&w, s, "m", "", now); err != nil {
			t.Fatal(err)
		}
	}
	if window.Before(w) != appliance.WindowConfirmed {
		t.Error("a window that comes back goes back to what was said last")
	}
	for from, never := range map[appliance.WindowState]appliance.WindowState{"done": "running", "cancelled": "announced", "refused": "running", "moved": "running", "draft": "confirmed", "running": "cancelled"} {
		w.State = from
		if err := window.Step(&w, never, "m", "", now); appliance.CodeOf(err) != appliance.CodeConflict {
			t.Errorf("%s -> %s: %v", from, never, err)
		}
	}
	w.State = appliance.WindowAnnounced
	for range 1000 {
		for _, s := range []appliance.WindowState{"running", "announced"} {
			if err := window.Step(&w, s, "siteward", "", now); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(w.History) > 200 {
		t.Errorf("%d steps are kept", len(w.History))
	}
}

func FuzzRule(f *testing.F) {
	for _, s := range []string{"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU"} {
		f.Add(s)
	}
	loc := time.FixedZone("CET", 3600)
	f.Fuzz(func(t *testing.T, rule string) {
		w := appliance.Window{Kind: appliance.WindowPlanned, Title: "t", Comment: "c", All: true, Rule: rule,
			From: time.Date(2026, 12, 1, 0, 0, 0, 0, loc), Until: time.Date(2026, 12, 1, 6, 0, 0, 0, loc)}
		began := time.Now()
		window.Tidy(&w, loc)
		if window.Check(w, loc) == nil && w.Rule != "" {
			next := window.Next(w, loc, w.From)
			if !next.From.Equal(w.From) {
				t.Errorf("%q begins %s, its first time is %s", rule, w.From, next.From)
			}
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%q took %s", rule, took)
		}
	})
}
