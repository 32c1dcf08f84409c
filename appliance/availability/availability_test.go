package availability_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/availability"
	"siteward/appliance/calendar"
	"siteward/appliance/sla"
)

const (
	ok          = appliance.StateOK
	warning     = appliance.StateWarning
	critical    = appliance.StateCritical
	noData      = appliance.StateNoData
	paused      = appliance.StatePaused
	maintenance = appliance.StateMaintenance
)

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func TestPartsAddUp(t *testing.T) {
	in := availability.Input{From: at(1, 0), To: at(8, 0), Checks: map[appliance.ID]availability.Standing{1: {ok, at(7, 0)}},
		Changes: []availability.Change{
			{at(7, 0), 1, paused, ok}, {at(6, 12), 1, ok, paused}, {at(5, 6), 1, maintenance, ok}, {at(5, 0), 1, ok, maintenance},
			{at(4, 0), 1, noData, ok}, {at(3, 22), 1, warning, noData}, {at(3, 3), 1, critical, warning}, {at(3, 0), 1, ok, critical},
		},
		Away: []appliance.WindowSpan{{From: at(2, 0), Until: at(2, 5)}}}
	a := availability.Of(in)
	want := appliance.Availability{Service: 168 * time.Hour, Down: 3 * time.Hour, Window: 6 * time.Hour, NoData: 7 * time.Hour, Paused: 12 * time.Hour, Up: 140 * time.Hour}
	if a.Service != want.Service || a.Down != want.Down || a.Window != want.Window || a.NoData != want.NoData || a.Paused != want.Paused || a.Up != want.Up {
		t.Errorf("%+v", a)
	}
	if p := a.Percent(); math.Abs(p-100*140.0/143) > 1e-9 {
		t.Errorf("%f %%", p)
	}
	if len(a.Outages) != 1 || !a.Outages[0].From.Equal(at(3, 0)) || !a.Outages[0].Until.Equal(at(3, 3)) {
		t.Errorf("outages %+v", a.Outages)
	}
}

func TestOneCheckThatAnswersIsEnough(t *testing.T) {
	in := availability.Input{From: at(1, 0), To: at(2, 0), Checks: map[appliance.ID]availability.Standing{1: {critical, at(1, 6)}, 2: {critical, at(1, 18)}},
		Changes: []availability.Change{{at(1, 18), 2, ok, critical}, {at(1, 6), 1, ok, critical}}}
	a := availability.Of(in)
	if a.Down != 6*time.Hour || !a.Outages[0].Until.IsZero() {
		t.Errorf("%+v", a)
	}
}

func TestNothingKnownIsNoFigure(t *testing.T) {
	a := availability.Of(availability.Input{From: at(1, 0), To: at(2, 0)})
	if !math.IsNaN(a.Percent()) || a.NoData != 24*time.Hour {
		t.Errorf("%+v: %f", a, a.Percent())
	}
	a = availability.Of(availability.Input{From: at(1, 0), To: at(2, 0), Checks: map[appliance.ID]availability.Standing{1: {ok, at(1, 12)}}}) // set up at noon
	if a.NoData != 12*time.Hour || a.Up != 12*time.Hour || a.Percent() != 100 {
		t.Errorf("%+v", a)
	}
}

func TestOnlyServiceHoursCount(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	hours, err := sla.NewHours(appliance.ServiceHours{Preset: appliance.Hours5x8}, calendar.New(calendar.Options{Region: "DE-BE", Location: loc}))
	if err != nil {
		t.Fatal(err)
	}
	fri := time.Date(2026, 11, 20, 16, 0, 0, 0, loc) // an hour before the weekend
	mon := time.Date(2026, 11, 23, 10, 0, 0, 0, loc) // an hour after it
	a := availability.Of(availability.Input{From: time.Date(2026, 11, 16, 0, 0, 0, 0, loc), To: time.Date(2026, 11, 28, 0, 0, 0, 0, loc), Hours: hours,
		Checks: map[appliance.ID]availability.Standing{1: {ok, mon}}, Changes: []availability.Change{{mon, 1, critical, ok}, {fri, 1, ok, critical}}})
	if a.Service != 80*time.Hour || a.Down != 2*time.Hour || a.Outages[0].Counts != 2*time.Hour {
		t.Errorf("%+v", a)
	}
}

// TestAgainstAClockThatIsLookedAtEveryMinute plays random lives of three checks and asks every minute how the device stands.
func TestAgainstAClockThatIsLookedAtEveryMinute(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	states := []appliance.State{ok, ok, warning, critical, noData, paused, maintenance}
	for round := range 200 {
		from, minutes := at(1, 0), 600
		type tick [3]appliance.State
		line := make([]tick, minutes)
		last := tick{noData, ok, ok}
		var changes []availability.Change
		for m := range line {
			for c := range last {
				if m > 0 && r.IntN(40) == 0 {
					to := states[r.IntN(len(states))]
					if to != last[c] {
						changes = append([]availability.Change{{from.Add(time.Duration(m) * time.Minute), appliance.ID(c + 1), last[c], to}}, changes...)
						last[c] = to
					}
				}
			}
			line[m] = last
		}
		gone := appliance.WindowSpan{From: from.Add(time.Duration(r.IntN(300)) * time.Minute)}
		gone.Until = gone.From.Add(time.Duration(r.IntN(100)) * time.Minute)
		var up, down time.Duration
		for m, x := range line {
			now := from.Add(time.Duration(m) * time.Minute)
			n := map[appliance.State]int{}
			for _, s := range x {
				n[s]++
			}
			switch {
			case gone.Covers(now), n[maintenance] > 0:
			case n[ok]+n[warning] > 0:
				up += time.Minute
			case n[critical] > 0:
				down += time.Minute
			}
		}
		checks := map[appliance.ID]availability.Standing{}
		for c, s := range last {
			checks[appliance.ID(c+1)] = availability.Standing{State: s, Since: from.Add(-time.Hour)}
		}
		a := availability.Of(availability.Input{From: from, To: from.Add(time.Duration(minutes) * time.Minute), Checks: checks, Changes: changes, Away: []appliance.WindowSpan{gone}})
		if a.Up != up || a.Down != down || a.Up+a.Down+a.NoData+a.Window+a.Paused != a.Service {
			t.Fatalf("round %d: up %s down %s, the clock says %s and %s", round, a.Up, a.Down, up, down)
		}
	}
}
