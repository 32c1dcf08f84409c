package daemon_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// at lets an appliance begin with its clock so far from the real one.
func at(c *clock, ahead time.Duration) func(*daemon.Options) {
	c.ahead.Store(int64(ahead))
	return func(o *daemon.Options) { o.Now = c.now }
}

func (s *site) monitorEvents() []string {
	s.t.Helper()
	return s.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventMonitor}})
}

func TestOurAbsenceIsNobodysOutage(t *testing.T) {
	t.Parallel()
	c := &clock{}
	s := settled(t, at(c, 0))
	dev := s.device("nas-1", recording(t, "nas-1"), everyMinute)
	s.ask(dev.snmp, 1)
	s.stop()
	later := &clock{}
	again := restart(t, s.dir, at(later, 10*time.Minute))
	if got := again.monitorEvents(); !slices.Contains(got, "event.absent") {
		t.Errorf("journal %v tells nothing of the absence", got)
	}
	again.Judge(t.Context())
	st := again.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
	if !st.Stale {
		t.Error("a state of ten minutes ago is not marked as stale")
	}
	if got := again.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Device: dev.ID}); len(got) > 1 {
		t.Errorf("journal of the device: %v; it did nothing meanwhile", got)
	}
	again.ask(dev.snmp, 1)
	if st := again.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK); st.Stale {
		t.Error("still stale after a reading")
	}
}

func everyMinute(_ *appliance.Device, c *appliance.Check) {
	c.Interval = appliance.Duration(time.Minute)
}

func TestAClockThatIsSetIsNobodysOutage(t *testing.T) {
	t.Parallel()
	for _, j := range []struct {
		name string
		jump time.Duration
	}{{"forward by a day", 24 * time.Hour}, {"back by a day", -24 * time.Hour}} {
		t.Run(j.name, func(t *testing.T) {
			c := &clock{}
			s := settled(t, at(c, 0))
			dev := s.device("sw-core", recording(t, "sw-core"), everyMinute)
			s.ask(dev.snmp, 1)
			c.advance(j.jump)
			s.Judge(t.Context())
			s.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
			s.ask(dev.snmp, 2)
			s.Judge(t.Context())
			if st := s.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK); st.Stale {
				t.Error("stale after the next reading")
			}
			if got := s.monitorEvents(); !slices.Contains(got, "event.suspended") {
				t.Errorf("journal %v tells nothing of the clock", got)
			}
			if got := s.journal(appliance.EventFilter{Device: dev.ID}); slices.Contains(got, "event.restarted") || slices.Contains(got, "monitor.stale") {
				t.Errorf("journal of the device %v", got)
			}
			if n := s.samples(dev.snmp); n == 0 {
				t.Error("the samples of before are lost")
			}
		})
	}
}

func TestAClockOf1970SpoilsNothing(t *testing.T) {
	t.Parallel()
	s := settled(t)
	dev := s.device("ups-1", recording(t, "ups-1"), everyMinute)
	s.ask(dev.snmp, 1)
	before := s.samples(dev.snmp)
	s.stop()

	c := &clock{}
	c.set(time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC))
	again := restart(t, s.dir, func(o *daemon.Options) { o.Now = c.now })
	again.ask(dev.snmp, 3)
	again.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
	if got := again.monitorEvents(); !slices.Contains(got, "event.clock_unset") {
		t.Errorf("journal %v tells nothing of the clock", got)
	}
	c.set(time.Now()) // the time service has answered
	again.Judge(t.Context())
	again.ask(dev.snmp, 1)
	again.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
	if n := again.samples(dev.snmp); n < before {
		t.Errorf("%d samples, %d before", n, before)
	}
	again.stop()

	last := restart(t, s.dir)
	if got := last.monitorEvents(); slices.Contains(got, "event.absent") {
		t.Errorf("journal %v: 1970 was taken for the last time alive", got)
	}
}

func TestADeviceThatRestartsIsTold(t *testing.T) {
	t.Parallel()
	s := settled(t)
	dev := s.device("sw-core", recording(t, "sw-core"))
	s.ask(dev.snmp, 1)
	dev.agent.Set(sysUpTime, ticks(30*time.Second))
	s.ask(dev.snmp, 1)
	if got := s.journal(appliance.EventFilter{Device: dev.ID, Kinds: []appliance.EventKind{appliance.EventDevice}}); !slices.Equal(got, []string{"event.restarted"}) {
		t.Errorf("journal %v", got)
	}
}

// Judge is what the row "judge" of the jobs does every 15 s.
func (s *site) Judge(ctx context.Context) {
	s.t.Helper()
	if err := daemon.JudgeTime(s.Daemon, ctx); err != nil {
		s.t.Fatal(err)
	}
}
