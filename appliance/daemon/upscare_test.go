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

func TestANewBatteryStandsInTheLogbook(t *testing.T) {
	t.Parallel()
	s := settled(t)
	d := appliance.Device{Name: "ups-1", Kind: appliance.KindUPS, Address: "127.0.0.1"}
	s.must(s.SaveDevice(t.Context(), byTest, &d))
	for _, care := range []appliance.UPSCare{{Installed: "2022-09-20"}, {Installed: "2022-09-20", TestEvery: 14}, {Installed: "2025-05-01"}, {}} {
		s.must(s.SaveUPSCare(t.Context(), byTest, d.ID, care))
	}
	entries, err := s.LogbookEntries(t.Context(), appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookBattery}})
	s.must(err)
	if len(entries) != 2 || entries[0].Message.Key != "power.entry_battery_new" || entries[1].Message.Key != "power.entry_battery" {
		t.Fatalf("%+v", entries)
	}
	if e := entries[0]; e.By != byTest.Name || len(e.Devices) != 1 || e.Devices[0] != d.ID || e.Message.Args["before"] != "2022-09-20" {
		t.Errorf("%+v", e)
	}
}
