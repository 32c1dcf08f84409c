package monitor

import (
	"errors"
	"testing"
	"time"

	"siteward/appliance"
)

func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name    string
		after   time.Duration // of the last reading
		running Running
		want    appliance.State
		stale   bool
	}{
		{name: "two missed intervals", after: 2 * time.Minute, want: ok},
		{name: "the third is still under way", after: 3*time.Minute + 5*time.Second, want: ok},
		{name: "three missed intervals", after: 3*time.Minute + 6*time.Second, want: noData, stale: true},
		{name: "we were not running", after: 10 * time.Hour, running: Running{{morning, morning.Add(time.Minute)}, {From: morning.Add(10 * time.Hour)}}, want: ok, stale: true},
		{name: "we have been running again for long enough", after: 10 * time.Hour,
			running: Running{{morning, morning.Add(time.Minute)}, {From: morning.Add(10*time.Hour - 3*time.Minute)}}, want: noData, stale: true},
		{name: "suspended for a night", after: 10 * time.Hour,
			running: StartedAt(morning).Pause(morning.Add(time.Minute), morning.Add(10*time.Hour-time.Minute)), want: ok, stale: true},
		{name: "clock set back by a day", after: -24 * time.Hour, running: StartedAt(morning).Pause(morning, morning.Add(-24*time.Hour)), want: ok},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			s.reading(disk(50))
			s.now, s.running = morning, c.running
			s.tick(c.after)
			r := s.is("storage/31", c.want)
			if r.Stale != c.stale {
				t.Errorf("stale %v, want %v", r.Stale, c.stale)
			}
			s.is(answer, c.want)
		})
	}
	t.Run("the evidence names the last reading and the time we were away", func(t *testing.T) {
		s := tell(t)
		s.reading()
		s.running = StartedAt(morning).Pause(morning.Add(time.Minute), morning.Add(time.Hour))
		s.now = morning
		s.tick(time.Hour + 3*time.Minute)
		var steps []string
		for _, m := range s.is(answer, noData).Evidence.Steps {
			steps = append(steps, m.English)
		}
		want := []string{"Last reading: 2026-11-20T08:00:00Z", "A reading is expected every 1m0s",
			"Siteward has been running for 4m0s since then", "Siteward was not running for 59m0s; this time does not count"}
		for i := range want {
			if i >= len(steps) || steps[i] != want[i] {
				t.Fatalf("steps %q, want %q", steps, want)
			}
		}
		s.recorded(answer, "nodata>ok ok>nodata")
	})
	t.Run("clock set back: silence since then counts", func(t *testing.T) {
		s := tell(t)
		s.reading()
		back := morning.Add(-24 * time.Hour)
		s.now, s.running = back, StartedAt(morning.Add(-48*time.Hour)).Pause(morning, back)
		s.tick(4 * time.Minute)
		s.is(answer, noData)
	})
	t.Run("a check that was never run says so", func(t *testing.T) {
		s := tell(t)
		s.tick(time.Minute)
		if s.has(answer) {
			t.Fatal("too early")
		}
		s.tick(3 * time.Minute)
		if r := s.is(answer, noData); r.Evidence.Why.Key != "monitor.never" {
			t.Errorf("why %s", r.Evidence.Why.Key)
		}
	})
	t.Run("nothing is written when nothing changes", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for _, d := range []time.Duration{0, time.Minute, 10 * time.Minute, time.Second} {
			s.now = s.now.Add(d)
			v := Tick(s.input(appliance.Reading{}))
			if quiet := d == 0 || d == time.Minute || d == time.Second; quiet && len(v.Changed) > 0 {
				t.Errorf("after %s: %+v", d, v.Changed)
			}
			s.keep(v)
		}
	})
	t.Run("a cut-off that nobody confirms any more is no reason", func(t *testing.T) {
		s := tell(t)
		s.reading()
		s.way = Way{Down: 1}
		s.reading(silent)
		s.tick(4 * time.Minute)
		if r := s.is(answer, noData); r.UnreachableBy != 0 || r.Evidence.Why.Key != "monitor.stale" {
			t.Errorf("by %d: %s", r.UnreachableBy, r.Evidence.Why.Key)
		}
	})
}

func TestPause(t *testing.T) {
	pause := &appliance.Pause{By: "anna", Reason: "new disks", Since: morning.Add(3 * time.Minute), Until: morning.Add(10 * time.Minute)}
	t.Run("ends alarms, shows who and why, ends by itself", func(t *testing.T) {
		s := tell(t)
		for range 3 {
			s.reading(disk(99))
		}
		s.is("storage/31", critical)
		s.device.Paused = pause
		s.tick(0)
		r := s.is("storage/31", paused)
		if r.Evidence.Why.English != "Paused by anna: new disks" || r.Evidence.Steps[1].English != "Ends by itself: 2026-11-20T08:10:00Z" {
			t.Errorf("evidence %+v", r.Evidence)
		}
		s.reading(disk(99)) // a test run by hand is not judged
		s.is("storage/31", paused)
		s.now = pause.Until
		s.tick(0)
		s.is("storage/31", noData)
		s.reading(disk(50))
		s.is("storage/31", ok)
		s.recorded("storage/31", "nodata>critical critical>paused@7 paused>nodata@7 nodata>ok")
		s.recorded(answer, "nodata>ok ok>paused paused>nodata nodata>ok")
	})
	t.Run("what is still bad afterwards is confirmed anew", func(t *testing.T) {
		s := tell(t)
		for range 3 {
			s.reading(disk(99))
		}
		s.check.Paused = pause
		s.tick(0)
		s.now = pause.Until
		s.reading(disk(99))
		s.is("storage/31", noData)
		s.reading(disk(99))
		s.is("storage/31", critical)
		s.recorded("storage/31", "nodata>critical critical>paused@7 paused>nodata@7 nodata>critical")
	})
	t.Run("takes the acknowledgement along", func(t *testing.T) {
		s := tell(t)
		for range 4 {
			s.reading(silent)
		}
		r, err := Acknowledge(s.is(answer, critical), "ben", "on my way", s.now)
		if err != nil {
			t.Fatal(err)
		}
		s.states = []appliance.StateRecord{r}
		s.check.Paused = &appliance.Pause{By: "anna", Since: s.now}
		s.tick(0)
		if s.is(answer, paused).Ack != nil {
			t.Error("still taken")
		}
	})
	t.Run("is not written again and again", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		s.check.Paused = pause
		s.tick(2 * time.Minute)
		if v := Tick(s.input(appliance.Reading{})); len(v.Changed) != 0 {
			t.Errorf("changed %+v", v.Changed)
		}
		longer := *pause
		longer.Until = time.Time{}
		s.check.Paused = &longer
		s.tick(0)
		if got := s.is(answer, paused).Evidence.Steps[1].Key; got != "monitor.step_paused_open" {
			t.Errorf("step %s", got)
		}
	})
	t.Run("of a check that never ran", func(t *testing.T) {
		s := tell(t)
		s.check.Paused = &appliance.Pause{By: "anna", Since: morning}
		s.tick(0)
		s.is(answer, paused)
	})
}

func TestAcknowledge(t *testing.T) {
	s := tell(t)
	s.reading()
	for range 3 {
		s.reading(silent)
	}
	taken, err := Acknowledge(s.is(answer, critical), "ben", "on my way", s.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Acknowledge(taken, "anna", "", s.now); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a second person: %v", err)
	}
	if Unacknowledge(taken).Ack != nil {
		t.Error("given back, but still there")
	}
	s.states = []appliance.StateRecord{taken}
	s.reading(silent)
	if s.is(answer, critical).Ack == nil {
		t.Error("lost while the problem lasts")
	}
	s.reading()
	s.reading()
	if s.is(answer, ok).Ack != nil {
		t.Error("not ended by recovery")
	}
	_, err = Acknowledge(s.state(answer), "ben", "", s.now)
	var e *appliance.Error
	if !errors.As(err, &e) || e.Code != appliance.CodeConflict || e.Message.English == "" {
		t.Errorf("acknowledge what is in order: %v", err)
	}
}
