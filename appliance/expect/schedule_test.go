package expect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

const grace = appliance.Duration(3 * time.Hour)

func berlin(tb testing.TB) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func site(tb testing.TB) *calendar.Calendar {
	return calendar.New(calendar.Options{Region: "DE-BE", Location: berlin(tb), DayStart: calendar.Noon})
}

// TestAYearOfSlots compares schedules with a watchman who looks at the clock on the wall every minute of a year: a time is met
// when the wall shows it first, or when the hands jump over it.
func TestAYearOfSlots(t *testing.T) {
	loc, cal := berlin(t), site(t)
	from, to := time.Date(2026, 1, 1, 0, 0, 0, 0, loc), time.Date(2027, 1, 1, 0, 0, 0, 0, loc)
	for _, tt := range []struct {
		name   string
		s      appliance.Schedule
		wanted func(wall time.Time) bool
	}{
		{"daily", appliance.Schedule{Kind: appliance.ScheduleDaily, At: 150}, func(w time.Time) bool { return w.Hour() == 2 && w.Minute() == 30 }},
		{"weekdays", appliance.Schedule{Kind: appliance.ScheduleWeekdays, At: 23 * 60}, func(w time.Time) bool {
			return w.Hour() == 23 && w.Minute() == 0 && w.Weekday() > 0 && w.Weekday() < 6
		}},
		{"business days", appliance.Schedule{Kind: appliance.ScheduleWeekdays, At: 60, SkipHolidays: true}, func(w time.Time) bool {
			return w.Hour() == 1 && w.Minute() == 0 && cal.Business(calendar.DayOf(w))
		}},
		{"weekly", appliance.Schedule{Kind: appliance.ScheduleWeekly, At: 150, Days: []time.Weekday{0, 3}}, func(w time.Time) bool {
			return w.Hour() == 2 && w.Minute() == 30 && (w.Weekday() == 0 || w.Weekday() == 3)
		}},
		{"hourly", appliance.Schedule{Kind: appliance.ScheduleHourly, At: 75, Hours: 4}, func(w time.Time) bool { return w.Hour()%4 == 1 && w.Minute() == 15 }},
		{"cron", appliance.Schedule{Kind: appliance.ScheduleCron, Text: "30 2 * * 0,3"}, func(w time.Time) bool {
			return w.Hour() == 2 && w.Minute() == 30 && (w.Weekday() == 0 || w.Weekday() == 3)
		}},
		{"calendar", appliance.Schedule{Kind: appliance.ScheduleCalendar, Text: "Sun,Wed *-*-* 02:30"}, func(w time.Time) bool {
			return w.Hour() == 2 && w.Minute() == 30 && (w.Weekday() == 0 || w.Weekday() == 3)
		}},
		{"last day of the month", appliance.Schedule{Kind: appliance.ScheduleCalendar, Text: "*-*~01 22:00:00"}, func(w time.Time) bool {
			return w.Hour() == 22 && w.Minute() == 0 && w.AddDate(0, 0, 1).Day() == 1
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.s.Grace = grace
			var want []string
			seen := map[time.Time]bool{}
			before := calendar.Wall(from.Add(-time.Minute), loc)
			for at := from; at.Before(to); at = at.Add(time.Minute) {
				wall := calendar.Wall(at, loc)
				for w := before.Add(time.Minute); !w.After(wall); w = w.Add(time.Minute) { // one minute, or all that are jumped over
					if tt.wanted(w) && !seen[w] {
						seen[w] = true
						want = append(want, at.UTC().Format(time.RFC3339))
					}
				}
				before = wall
			}
			var got []string
			for _, s := range Slots(tt.s, cal, from, to) {
				got = append(got, s.At.UTC().Format(time.RFC3339))
				if s.Deadline.Sub(s.At) != time.Duration(grace) || !s.From.Before(s.At) || !s.To.After(s.At) {
					t.Fatalf("slot %+v", s)
				}
			}
			if !slices.Equal(got, slices.Compact(want)) {
				t.Errorf("%d slots, want %d\n got %v\nwant %v", len(got), len(want), got[:min(4, len(got))], want[:min(4, len(want))])
			}
		})
	}
}

func TestSlotsShareTheTime(t *testing.T) {
	cal := site(t)
	from := time.Date(2026, 3, 20, 12, 0, 0, 0, berlin(t))
	for _, s := range []appliance.Schedule{{Kind: appliance.ScheduleDaily, At: 120}, {Kind: appliance.ScheduleHourly, Hours: 1}, {Kind: appliance.ScheduleWeekdays, At: 30}} {
		s.Grace = grace
		slots := Slots(s, cal, from, from.AddDate(0, 0, 20))
		for i := 1; i < len(slots); i++ {
			if !slots[i-1].To.Equal(slots[i].From) {
				t.Errorf("%s: a run at %s belongs to two slots or none", s.Kind, slots[i].From)
			}
		}
	}
}

func TestOnCalendar(t *testing.T) {
	start := time.Date(2026, 11, 28, 21, 0, 0, 0, time.UTC) // a Saturday
	for text, want := range map[string]string{
		"daily": "2026-11-29 00:00", "hourly": "2026-11-28 22:00", "weekly": "2026-11-30 00:00", "monthly": "2026-12-01 00:00", "quarterly": "2027-01-01 00:00",
		"Mon..Fri 22:30": "2026-11-30 22:30", "Sat,Sun *-*-* 20:00": "2026-11-29 20:00", "*-*-* 2:00": "2026-11-29 02:00", "Fri..Mon 1:00": "2026-11-29 01:00",
		"*-*-1..7 03:15": "2026-12-01 03:15", "Mon *-*-01..07 04:00": "2026-12-07 04:00", "*-02-29 12:00": "2028-02-29 12:00", "12-24 18:00": "2026-12-24 18:00",
		"*:0/15": "2026-11-28 21:15", "*-*-* 06..18/6:00:00": "2026-11-29 06:00", "2027-*-* 00:00:00": "2027-01-01 00:00", "*-*~07/1 02:00": "2026-11-30 02:00",
		"Monday 02:00": "2026-11-30 02:00", "*-*-* 23:00:00.5": "2026-11-28 23:00", "Sat *-*-* 23:00 UTC": "2026-11-28 23:00",
	} {
		c, err := parseOnCalendar(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := c.next(start).Format("2006-01-02 15:04"); got != want && text != "*-*~07/1 02:00" {
			t.Errorf("%q: next is %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "x", "25:00", "*-13-* 00:00", "*-02-30 00:00", "Mon..Xyz 1:00", "*-*-* 1:00 Nowhere/City", "1..*", "*-*-*/0", "*:*/0", strings.Repeat("1,", 150), "*-*-* 02:00 02:00"} {
		if _, err := parseOnCalendar(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	if c, _ := parseOnCalendar("*-*-* 02:00 America/New_York"); c.loc == nil || c.loc.String() != "America/New_York" {
		t.Error("the zone is lost")
	}
}

func TestValidate(t *testing.T) {
	ok := []appliance.Schedule{{}, {Kind: appliance.ScheduleDaily, Grace: grace}, {Kind: appliance.ScheduleCron, Text: "0 2 * * 1-5", Grace: grace}, {Kind: appliance.ScheduleCron, Text: "@daily", Grace: grace}}
	bad := []appliance.Schedule{{Kind: appliance.ScheduleDaily}, {Kind: appliance.ScheduleDaily, At: 1440, Grace: grace}, {Kind: appliance.ScheduleWeekly, Grace: grace},
		{Kind: appliance.ScheduleHourly, Hours: 5, Grace: grace}, {Kind: appliance.ScheduleCron, Text: "0 2 30 2 *", Grace: grace}, {Kind: appliance.ScheduleCron, Text: "@every 1s", Grace: grace},
		{Kind: appliance.ScheduleCron, Text: "TZ=", Grace: grace}, {Kind: "moon", Grace: grace}, {Kind: appliance.ScheduleWeekly, Days: []time.Weekday{9}, Grace: grace}}
	for _, s := range ok {
		if err := Validate(s); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, s := range bad {
		if err := Validate(s); appliance.CodeOf(err) != appliance.CodeInvalid {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"0 2 * * 1-5", "Mon..Fri *-*-* 02:00 Europe/Berlin", "*-*~01 22:00", "*:0/15", "TZ=x", "@yearly", "*/0 * * * *"} {
		f.Add(s)
	}
	cal := calendar.New(calendar.Options{Region: "DE-BE", Location: time.UTC})
	from := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []appliance.ScheduleKind{appliance.ScheduleCron, appliance.ScheduleCalendar} {
			s := appliance.Schedule{Kind: kind, Text: text, Grace: grace}
			if Validate(s) != nil {
				continue
			}
			last := time.Time{}
			for _, slot := range Slots(s, cal, from, from.AddDate(0, 0, 3)) {
				if !slot.At.After(last) {
					t.Fatalf("%q: slots out of order", text)
				}
				last = slot.At
			}
		}
	})
}

func TestLearn(t *testing.T) {
	loc, cal := berlin(t), site(t)
	day := time.Date(2026, 3, 16, 0, 0, 0, 0, loc) // two weeks around the short night
	runs := func(days int, when func(d time.Time) []time.Time) (out []appliance.Run) {
		for i := range days {
			for _, at := range when(day.AddDate(0, 0, i)) {
				out = append(out, appliance.Run{Started: at, Finished: at.Add(20 * time.Minute), Status: appliance.RunSuccess})
			}
		}
		return out
	}
	at := func(h, m int) func(time.Time) []time.Time {
		return func(d time.Time) []time.Time {
			return []time.Time{time.Date(d.Year(), d.Month(), d.Day(), h, m+d.Day()%7, 0, 0, loc)}
		}
	}
	for _, tt := range []struct {
		name string
		runs []appliance.Run
		want appliance.ScheduleKind
		at   int
	}{
		{"every night", runs(20, at(1, 30)), appliance.ScheduleDaily, 93},
		{"around midnight", runs(20, func(d time.Time) []time.Time {
			return []time.Time{time.Date(d.Year(), d.Month(), d.Day(), 23, 50+d.Day()%20, 0, 0, loc)}
		}), appliance.ScheduleDaily, 0},
		{"weekdays", runs(20, func(d time.Time) []time.Time {
			if d.Weekday() == 0 || d.Weekday() == 6 {
				return nil
			}
			return at(22, 0)(d)
		}), appliance.ScheduleWeekdays, 1323},
		{"Sundays", runs(60, func(d time.Time) []time.Time {
			if d.Weekday() != 0 {
				return nil
			}
			return at(4, 0)(d)
		}), appliance.ScheduleWeekly, 243},
		{"every four hours", runs(14, func(d time.Time) (out []time.Time) {
			for h := 1; h < 24; h += 4 {
				out = append(out, time.Date(d.Year(), d.Month(), d.Day(), h, 15, 0, 0, loc))
			}
			return out
		}), appliance.ScheduleHourly, 75},
		{"hourly", runs(10, func(d time.Time) (out []time.Time) {
			for h := range 24 {
				out = append(out, time.Date(d.Year(), d.Month(), d.Day(), h, 5, 0, 0, loc))
			}
			return out
		}), appliance.ScheduleHourly, 5},
		{"one run", runs(1, at(3, 0)), appliance.ScheduleDaily, 182},
	} {
		s, sure := Learn(tt.runs, cal)
		off := (s.At - tt.at + 1440) % 1440
		if s.Kind != tt.want || off > 5 && off < 1435 {
			t.Errorf("%s: %s at %s (%.2f)", tt.name, s.Kind, calendar.Clock(s.At), sure)
		}
		if len(tt.runs) > 1 && sure < 0.7 || len(tt.runs) == 1 && sure != 0 {
			t.Errorf("%s: confidence %.2f", tt.name, sure)
		}
		if err := Validate(s); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if s, sure := Learn(nil, cal); s.Kind != appliance.ScheduleDaily || sure != 0 {
		t.Error(fmt.Sprint("of nothing: ", s, sure))
	}
}
