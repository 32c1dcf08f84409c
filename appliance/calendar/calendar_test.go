package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func mustZone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func mustDay(tb testing.TB, s string) Day {
	tb.Helper()
	d, err := ParseDay(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func TestHolidaysOfAYear(t *testing.T) {
	for _, tt := range []struct {
		region string
		year   int
		want   string // MM-DD
	}{
		{"DE-BE", 2026, "01-01 03-08 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		{"DE-BE", 2028, "01-01 03-08 04-14 04-17 05-01 05-25 06-05 06-17 10-03 12-25 12-26"},
		{"DE-BB", 2026, "01-01 04-03 04-05 04-06 05-01 05-14 05-24 05-25 10-03 10-31 12-25 12-26"},
		{"DE-BY", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26"},
		{"DE-MV", 2026, "01-01 03-08 04-03 04-06 05-01 05-14 05-25 10-03 10-31 12-25 12-26"},
		{"DE-SN", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 11-18 12-25 12-26"},
		{"DE-TH", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 09-20 10-03 10-31 12-25 12-26"},
		{"NL", 2026, "01-01 04-06 04-27 05-14 05-25 12-25 12-26"},
		{"NL", 2030, "01-01 04-22 04-27 05-05 05-30 06-10 12-25 12-26"},
		{"NL", 2031, "01-01 04-14 04-26 05-22 06-02 12-25 12-26"}, // the 27th of April is a Sunday
		{"AT", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"BE", 2026, "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25"},
		{"CH", 2026, "01-01 05-14 08-01 12-25"},
		{"CH-ZG", 2026, "01-01 01-02 04-03 04-06 05-14 05-25 06-04 08-01 08-15 11-01 12-08 12-25 12-26"},
		{"at-9", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"US", 2026, ""},
		{"", 2026, ""},
	} {
		var got []string
		for _, h := range New(Options{Region: tt.region}).Holidays(tt.year) {
			got = append(got, h.Day.String()[5:])
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s %d:\n got %s\nwant %s", tt.region, tt.year, s, tt.want)
		}
	}
}

func TestEveryHolidayHasAName(t *testing.T) {
	for _, region := range Regions() {
		c := New(Options{Region: region})
		for year := 2025; year < 2035; year++ {
			for _, h := range c.Holidays(year) {
				if h.Key == "" || h.Name == "" {
					t.Errorf("%s: %s %q has no key", region, h.Day, h.Name)
				}
				if !slices.Contains(Keys(), h.Key) {
					t.Errorf("%s is not among the keys", h.Key)
				}
			}
		}
	}
}

func TestSiteAddsAndTakesAwayDays(t *testing.T) {
	c := New(Options{Region: "DE-NW", Extra: []Holiday{{Day: Day{0, 12, 24}, Name: "Heiligabend"}, {Day: Day{2026, 2, 16}, Name: "Rosenmontag"}},
		Removed: []Day{{2026, 6, 4}, {0, 11, 1}}})
	for day, want := range map[string]bool{"2026-12-24": true, "2027-12-24": true, "2026-02-16": true, "2027-02-16": false,
		"2026-06-04": false, "2027-05-27": true, "2026-11-01": false, "2027-11-01": false} {
		if _, got := c.Holiday(mustDay(t, day)); got != want {
			t.Errorf("%s is a holiday: %v, want %v", day, got, want)
		}
	}
}

func TestBusinessDays(t *testing.T) {
	c := New(Options{Region: "DE-BE"})
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-12-24", 1, "2026-12-28"}, // Thu; Friday and Saturday are Christmas
		{"2026-12-28", -1, "2026-12-24"},
		{"2026-11-27", 1, "2026-11-30"},
		{"2026-11-29", -1, "2026-11-27"},
		{"2026-04-02", 1, "2026-04-07"}, // Maundy Thursday to Tuesday after Easter
		{"2026-11-28", 0, "2026-11-28"},
		{"2026-11-02", 20, "2026-11-30"},
		{"2026-11-30", -20, "2026-11-02"},
	} {
		if got := c.Add(mustDay(t, tt.from), tt.n).String(); got != tt.want {
			t.Errorf("%s %+d = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
	if c.Next(mustDay(t, "2026-12-31")) != mustDay(t, "2027-01-04") || c.Previous(mustDay(t, "2027-01-01")) != mustDay(t, "2026-12-31") {
		t.Error("the turn of the year")
	}
}

func TestAllDaysFreeEnds(t *testing.T) {
	var all []Holiday
	for d := Date(2025, 1, 1); d.Year < 2030; d = d.Add(1) {
		all = append(all, Holiday{Day: d})
	}
	c := New(Options{Extra: all})
	if d := mustDay(t, "2026-06-01"); c.Next(d) != d {
		t.Error("a site without business days has a next one")
	}
}

func TestBusinessDayBeginsAtNoon(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	c := New(Options{Location: berlin, DayStart: Noon})
	for at, want := range map[string]string{
		"2026-11-21T01:00:00+01:00": "2026-11-20", "2026-11-20T12:00:00+01:00": "2026-11-20",
		"2026-11-20T11:59:59+01:00": "2026-11-19", "2026-10-25T02:30:00+01:00": "2026-10-24", "2026-03-29T03:00:00+02:00": "2026-03-28",
		"2026-11-20T23:30:00Z": "2026-11-20",
	} {
		tm, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.DayOf(tm).String(); got != want {
			t.Errorf("%s belongs to %s, want %s", at, got, want)
		}
	}
	if d := mustDay(t, "2026-10-24"); c.End(d).Sub(c.Start(d)) != 25*time.Hour {
		t.Error("the business day with the long night has 25 hours")
	}
	if d := mustDay(t, "2026-03-28"); c.End(d).Sub(c.Start(d)) != 23*time.Hour {
		t.Error("the business day with the short night has 23 hours")
	}
}

func TestBothNights(t *testing.T) {
	for _, tt := range []struct {
		zone, day string
		minute    int
		want      string
	}{
		{"Europe/Berlin", "2026-03-29", 90, "2026-03-29T01:30:00+01:00"},
		{"Europe/Berlin", "2026-03-29", 120, "2026-03-29T03:00:00+02:00"}, // does not exist
		{"Europe/Berlin", "2026-03-29", 150, "2026-03-29T03:00:00+02:00"}, // does not exist
		{"Europe/Berlin", "2026-03-29", 180, "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "2026-10-25", 90, "2026-10-25T01:30:00+02:00"},
		{"Europe/Berlin", "2026-10-25", 150, "2026-10-25T02:30:00+02:00"}, // exists twice
		{"Europe/Berlin", "2026-10-25", 180, "2026-10-25T03:00:00+01:00"},
		{"America/New_York", "2026-03-08", 150, "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-11-01", 90, "2026-11-01T01:30:00-04:00"},
		{"Australia/Lord_Howe", "2026-10-04", 135, "2026-10-04T02:30:00+11:00"}, // half an hour is left out
		{"America/Santiago", "2026-09-06", 0, "2026-09-06T01:00:00-03:00"},      // midnight does not exist
		{"UTC", "2026-03-29", 150, "2026-03-29T02:30:00Z"},
	} {
		got := mustDay(t, tt.day).At(tt.minute, mustZone(t, tt.zone)).Format(time.RFC3339)
		if got != tt.want {
			t.Errorf("%s %s minute %d: %s, want %s", tt.zone, tt.day, tt.minute, got, tt.want)
		}
	}
}

// TestInstantIsTheFirst compares with a clock that is looked at every minute.
func TestInstantIsTheFirst(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	for _, day := range []string{"2026-03-29", "2026-10-25"} {
		d := mustDay(t, day)
		for minute := 0; minute < 24*60; minute++ {
			want := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, berlin)
			for l := want; l.Hour()*60+l.Minute() < minute; l = want {
				want = want.Add(time.Minute)
				if want.In(berlin).Day() != d.Day {
					break
				}
			}
			if got := d.At(minute, berlin); !got.Equal(want) {
				t.Fatalf("%s minute %d: %s, want %s", day, minute, got, want)
			}
		}
	}
}

func TestDays(t *testing.T) {
	d := mustDay(t, "2028-02-28")
	if d.Add(1).String() != "2028-02-29" || d.Add(2).String() != "2028-03-01" || d.Add(366).Sub(d) != 366 || Date(2026, 4, 31).String() != "2026-05-01" {
		t.Error("arithmetic of days")
	}
	if !d.Before(d.Add(1)) || d.After(d) || !d.Add(1).After(d) || d.Weekday() != time.Monday || d.Weekend() {
		t.Error("order of days")
	}
	if _, err := ParseDay("24.12.2026"); err == nil {
		t.Error("a day in another form is read")
	}
}

func FuzzParseDay(f *testing.F) {
	f.Add("2026-12-24")
	f.Add("0000-01-01")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDay(s); err == nil && d.String() != s {
			t.Errorf("%q is read as %s", s, d)
		}
	})
}
