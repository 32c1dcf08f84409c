package daemon

import (
	"testing"
	"time"

	"siteward/appliance"
)

func TestRestarted(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	up := func(at time.Time, up time.Duration) appliance.Reading {
		return appliance.Reading{At: at, UpSince: at.Add(-up)}
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		name     string
		old, now appliance.Reading
		passed   time.Duration
		want     bool
	}{
		{"runs on", up(noon, 5*day), up(noon.Add(time.Minute), 5*day+time.Minute), time.Minute, false},
		{"runs on, its clock is a bit off", up(noon, 5*day), up(noon.Add(time.Hour), 5*day+59*time.Minute), time.Hour, false},
		{"restarted", up(noon, 5*day), up(noon.Add(10*time.Minute), 5*time.Minute), 10 * time.Minute, true},
		{"restarted while we were away for a week", up(noon, day), up(noon.Add(7*day), 2*day), 7 * day, true},
		{"our clock was set forward by a day", up(noon, time.Hour), up(noon.Add(day+time.Minute), time.Hour+time.Minute), time.Minute, false},
		{"our clock was set back", up(noon, 5*day), up(noon.Add(-day), 5*day+time.Minute), time.Minute, false},
		{"its counter came to its end", up(noon, 497*day), up(noon.Add(day), 3*time.Hour), day, false},
		{"nothing known before", appliance.Reading{}, up(noon, day), 0, false},
		{"says nothing", up(noon, day), appliance.Reading{At: noon.Add(time.Minute)}, time.Minute, false},
		{"after 1970", up(time.Unix(60, 0), day), up(noon, day+time.Minute), noon.Sub(time.Unix(60, 0)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := restarted(c.old, c.now, c.passed); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
