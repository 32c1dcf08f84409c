package sla

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// oracle counts a clock by looking at it every minute. It shares nothing with the package but the words and which days are
// holidays.
type oracle struct {
	week     appliance.ServiceWeek // as entered
	cal      *calendar.Calendar
	waits    []appliance.Wait
	holidays bool

	zoned, day, minute int // as of look
	weekday            time.Weekday
	shut               bool
}

// look says what a clock on the wall shows. Clocks change on a quarter of an hour in all our zones, so it asks the zone then only.
func (o *oracle) look(t time.Time) {
	if unix := t.Unix() / 60; unix%15 == 0 || o.zoned == 0 {
		_, seconds := t.In(o.cal.Location()).Zone()
		o.zoned = seconds/60 + 1<<20
	}
	wall := int(t.Unix()/60) + o.zoned - 1<<20
	o.minute = wall % day
	if n := wall / day; n != o.day {
		d := calendar.Date(1970, 1, 1).Add(n)
		_, free := o.cal.Holiday(d)
		o.day, o.weekday, o.shut = n, d.Weekday(), free && !o.holidays
	}
}

func (o *oracle) open() bool {
	if o.shut {
		return false
	}
	for _, s := range o.week[o.weekday] {
		if s.From < s.To && o.minute >= s.From && o.minute < s.To || s.From >= s.To && o.minute >= s.From {
			return true
		}
	}
	for _, s := range o.week[(o.weekday+6)%7] { // yesterday's over midnight
		if s.From >= s.To && o.minute < s.To {
			return true
		}
	}
	return false
}

// forever says whether t lies in a pause that never ends: nothing comes any more.
func (o *oracle) forever(t time.Time) bool {
	for _, p := range o.waits {
		if p.Until.IsZero() && !t.Before(p.From) {
			return true
		}
	}
	return false
}

func (o *oracle) paused(t time.Time) bool {
	for _, p := range o.waits {
		if !t.Before(p.From) && (p.Until.IsZero() || t.Before(p.Until)) {
			return true
		}
	}
	return false
}

// count walks from start to end and says how many minutes count and when the target was reached.
func (o *oracle) count(start, end time.Time, target int) (used int, due time.Time) {
	end = end.Truncate(time.Minute)
	for t := start.Truncate(time.Minute); ; t = t.Add(time.Minute) {
		before := t.Before(end)
		if !before && (!due.IsZero() || o.forever(t) || t.Sub(end) > 30*24*time.Hour) {
			return used, due
		}
		o.look(t)
		if o.paused(t) || !o.open() {
			continue
		}
		if before {
			used++
		}
		if target--; target == 0 {
			due = t.Add(time.Minute)
		}
	}
}

var oracleZones = []string{"Europe/Berlin", "Europe/Amsterdam", "Europe/Zurich", "Europe/Vienna", "Europe/Brussels", "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"}

// TestAgainstOracle compares 10,000 random clocks with one that is looked at every minute. Half of them start near a night in
// which the clocks change or near holidays.
func TestAgainstOracle(t *testing.T) {
	regions := calendar.Regions()
	cals := map[string]*calendar.Calendar{}
	differ := 0
	for n := range uint64(10_000) {
		r := rand.New(rand.NewPCG(n, 5))
		zone, region := oracleZones[r.IntN(len(oracleZones))], regions[r.IntN(len(regions))]
		cal := cals[zone+region]
		if cal == nil {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			cal = calendar.New(calendar.Options{Region: region, Location: loc})
			cals[zone+region] = cal
		}
		words := randomHours(r)
		h, err := NewHours(words, cal)
		if err != nil {
			t.Fatal(err)
		}
		o := oracle{week: words.Week, cal: cal, holidays: words.Holidays || words.Preset == appliance.Hours7x24}
		if words.Preset != appliance.HoursOwn {
			o.week = presets[words.Preset]
		}
		start := randomStart(r, cal.Location())
		c := Clock{Hours: h, Start: start, Target: 1 + r.IntN(600)}
		for range r.IntN(4) {
			from := start.Add(time.Duration(r.IntN(40*3600)) * time.Second).Truncate(time.Minute)
			p := appliance.Wait{From: from, Until: from.Add(time.Duration(r.IntN(30*60)) * time.Minute), For: appliance.WaitCustomer}
			if r.IntN(12) == 0 {
				p.Until = time.Time{}
			}
			o.waits = append(o.waits, p)
			p.From = p.From.Add(time.Duration(r.IntN(60)) * time.Second)
			if !p.Until.IsZero() {
				p.Until = p.Until.Add(time.Duration(r.IntN(60)) * time.Second)
			}
			c.Pauses = append(c.Pauses, p)
		}
		now := start.Add(time.Duration(r.IntN(40*3600)) * time.Second)
		if r.IntN(3) == 0 {
			c.Stop = now
		}
		got := c.Read(now)
		if !c.Stop.IsZero() {
			o.waits = slices.DeleteFunc(o.waits, func(w appliance.Wait) bool { return !w.From.Before(c.Stop.Truncate(time.Minute)) })
		}
		used, due := o.count(start, now, c.Target)
		if got.Used != used || !got.Due.Equal(due) {
			differ++
			t.Errorf("case %d %s %s %+v from %s to %s, waits %v: %d min due %s, want %d due %s", n, zone, region, words, start, now, c.Pauses, got.Used, got.Due, used, due)
		}
		if fault := unsound(got, c, now); fault != "" {
			differ++
			t.Errorf("case %d: %s", n, fault)
		}
		if differ > 5 {
			t.FailNow()
		}
	}
	t.Logf("10,000 cases, %d differ", differ)
}

// unsound says what is wrong with the lines of a working: they leave no gap, and the minutes that count are those used.
func unsound(w Working, c Clock, now time.Time) string {
	at, sum := c.Start.Truncate(time.Minute), 0
	for _, l := range w.Lines {
		if !l.From.Equal(at) || !l.From.Before(l.To) {
			return fmt.Sprintf("the line from %s begins elsewhere than the one before ends, %s", l.From, at)
		}
		at = l.To
		if l.Kind == Counted || l.Kind == Over {
			sum += l.Minutes
		}
	}
	if w.More == 0 && sum != w.Used {
		return fmt.Sprintf("the lines make %d minutes, used are %d", sum, w.Used)
	}
	if w.More == 0 && c.Stop.IsZero() && w.Due.After(now) && !at.Equal(w.Due) {
		return fmt.Sprintf("the lines end at %s, due is %s", at, w.Due)
	}
	return ""
}

func randomHours(r *rand.Rand) appliance.ServiceHours {
	h := appliance.ServiceHours{Preset: appliance.ServicePresets[r.IntN(5)], Holidays: r.IntN(4) == 0}
	for h.Preset == appliance.HoursOwn && h.Week.IsZero() {
		for d := range h.Week {
			for range r.IntN(3) {
				from := r.IntN(day)
				h.Week[d] = append(h.Week[d], appliance.ServiceSpan{From: from, To: min(day, from+1+r.IntN(600))})
			}
			if r.IntN(6) == 0 { // over midnight
				h.Week[d] = append(h.Week[d], appliance.ServiceSpan{From: 20*60 + r.IntN(200), To: r.IntN(300)})
			}
		}
	}
	return h
}

func randomStart(r *rand.Rand, loc *time.Location) time.Time {
	t := time.Date(2024+r.IntN(6), time.January, 1+r.IntN(365), r.IntN(24), r.IntN(60), r.IntN(60), 0, loc)
	near := func(t time.Time) time.Time { return t.Add(-time.Duration(r.IntN(48*3600)) * time.Second) }
	switch r.IntN(4) {
	case 0:
		if _, change := t.ZoneBounds(); !change.IsZero() {
			return near(change)
		}
	case 1:
		return near(time.Date(t.Year(), time.December, 25, 12, 0, 0, 0, loc))
	}
	return t
}
