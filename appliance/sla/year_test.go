package sla

import (
	"math/rand/v2"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
)

// A year of every region, day by day: service hours on working days, nothing on holidays and weekends, and the two nights in which the clocks
// change one hour short and one hour long.
func TestAYearOfEveryRegion(t *testing.T) {
	holidays, nights := 0, 0
	for _, region := range calendar.Regions() {
		zone := map[string]string{"NL": "Europe/Amsterdam", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "BE": "Europe/Brussels"}[region[:2]]
		if zone == "" {
			zone = "Europe/Berlin"
		}
		cal := calendar.New(calendar.Options{Region: region, Location: mustZone(t, zone)})
		office, err := NewHours(appliance.ServiceHours{Preset: appliance.Hours5x8}, cal)
		if err != nil {
			t.Fatal(err)
		}
		always, err := NewHours(appliance.ServiceHours{Preset: appliance.Hours7x24}, cal)
		if err != nil {
			t.Fatal(err)
		}
		free := 0
		for d := calendar.Date(2026, time.January, 1); d.Year == 2026; d = d.Add(1) {
			from, to := d.At(0, cal.Location()), d.Add(1).At(0, cal.Location())
			want := 8 * time.Hour
			if _, off := cal.Holiday(d); off || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
				want = 0
				if off {
					free++
				}
			}
			if got := office.Between(from, to); got != want {
				t.Errorf("%s %v: %s, want %s", region, d, got, want)
			}
			whole := always.Between(from, to)
			switch d {
			case calendar.Date(2026, time.March, 29):
				want, nights = 23*time.Hour, nights+1
			case calendar.Date(2026, time.October, 25):
				want, nights = 25*time.Hour, nights+1
			default:
				want = 24 * time.Hour
			}
			if whole != want {
				t.Errorf("%s %v with 7x24: %s, want %s", region, d, whole, want)
			}
		}
		if free < 4 { // those of all of Switzerland are four
			t.Errorf("%s has %d holidays", region, free)
		}
		holidays += free
	}
	t.Logf("%d regions, %d holidays, %d nights in which the clocks change", len(calendar.Regions()), holidays, nights)
}

// Zones that have changed their rules: summer time that was given up or came back, a day that was left out.
func TestZonesThatChangeTheirRules(t *testing.T) {
	cases, differ := 0, 0
	for _, z := range []struct{ zone, around string }{
		{"Europe/Istanbul", "2016-11-06 00:00:00"}, {"Europe/Moscow", "2014-10-26 00:00:00"}, {"Europe/Volgograd", "2020-12-27 00:00:00"},
		{"America/Sao_Paulo", "2019-02-16 00:00:00"}, {"America/Mexico_City", "2022-10-30 00:00:00"}, {"Africa/Casablanca", "2018-10-28 00:00:00"},
		{"Asia/Amman", "2022-10-28 00:00:00"}, {"Pacific/Apia", "2011-12-29 12:00:00"},
	} {
		cal := calendar.New(calendar.Options{Location: mustZone(t, z.zone)})
		near := at(t, z.zone, z.around)
		for n := range uint64(60) {
			r := rand.New(rand.NewPCG(n, 7))
			words := randomHours(r)
			h, err := NewHours(words, cal)
			if err != nil {
				t.Fatal(err)
			}
			o := oracle{week: words.Week, cal: cal, holidays: words.Holidays || words.Preset == appliance.Hours7x24}
			if words.Preset != appliance.HoursOwn {
				o.week = presets[words.Preset]
			}
			start := near.Add(time.Duration(r.IntN(72*3600)-48*3600) * time.Second)
			now := start.Add(time.Duration(r.IntN(60*3600)) * time.Second)
			c := Clock{Hours: h, Start: start, Target: 1 + r.IntN(600)}
			got := c.Read(now)
			used, due := o.count(start, now, c.Target)
			if cases++; got.Used != used || !got.Due.Equal(due) {
				if differ++; differ < 6 {
					t.Errorf("%s %+v from %s to %s: %d min due %s, want %d due %s", z.zone, words, start, now, got.Used, got.Due, used, due)
				}
			}
		}
	}
	t.Logf("%d cases, %d differ", cases, differ)
}
