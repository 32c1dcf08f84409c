package daemon_test

import (
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// TestLateSelfTestsAndOldBatteriesAreProblems follows a UPS that nobody can ask: what is known of it was entered, and its log tells.
func TestLateSelfTestsAndOldBatteriesAreProblems(t *testing.T) {
	s := settled(t)
	dev := appliance.Device{Name: "usv1", Kind: appliance.KindUPS, Address: "127.0.0.1"}
	s.must(s.SaveDevice(t.Context(), byTest, &dev))
	test, battery := "selftest/"+dev.ID.String(), "battery/"+dev.ID.String()
	state := func(item string) string {
		t.Helper()
		r, ok := s.expected(item)
		if !ok {
			return "none"
		}
		return r.State.String() + " " + r.Evidence.Why.Key
	}
	want := func(item, is string) {
		t.Helper()
		if got := state(item); got != is {
			t.Errorf("%s is %q, want %q", item, got, is)
		}
	}
	s.must(daemon.LookAtUPSes(s.Daemon, t.Context()))
	want(test, "none")
	want(battery, "none")

	day := func(days int) string { return s.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	s.must(s.SaveUPSCare(t.Context(), byTest, dev.ID, appliance.UPSCare{ReplaceBy: day(3), TestEvery: 7}))
	want(test, "ok power.why_test")
	want(battery, "ok power.why_battery")

	s.clock.advance(9 * 24 * time.Hour)
	s.must(daemon.LookAtUPSes(s.Daemon, t.Context()))
	want(test, "warning power.why_test_overdue")
	want(battery, "warning power.why_battery_overdue")

	at := s.Now().Add(-time.Hour)
	s.must(daemon.TakeUPSEvents(s.Daemon, []appliance.UPSEvent{
		{Device: dev.ID, Kind: appliance.UPSSelfTestStarted, At: at, Text: "UPS self test started", Told: []string{"apcupsd"}},
		{Device: dev.ID, Kind: appliance.UPSSelfTestPassed, At: at.Add(8 * time.Second), Text: "UPS self test passed", Told: []string{"apcupsd"}}}))
	s.must(s.SaveUPSCare(t.Context(), byTest, dev.ID, appliance.UPSCare{TestEvery: 7}))
	want(test, "ok power.why_test")
	want(battery, "none")
	s.must(s.SaveUPSCare(t.Context(), byTest, dev.ID, appliance.UPSCare{}))
	want(test, "none")
}
