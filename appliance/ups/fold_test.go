package ups

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-11-22 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func event(clock string, kind appliance.UPSEventKind, teller string) appliance.UPSEvent {
	return appliance.UPSEvent{Device: 1, At: at(clock), Kind: kind, Text: string(kind), Told: []string{teller}}
}

func joined(events ...appliance.UPSEvent) []appliance.UPSEvent {
	var all []appliance.UPSEvent
	for _, e := range events {
		all = Join(all, e)
	}
	return all
}

func TestOneEventOfSeveralTellersIsOne(t *testing.T) {
	got := joined(
		event("10:01:30", appliance.UPSOnBattery, "poll"),
		event("10:00:24", appliance.UPSOnBattery, "apcupsd"),
		event("10:00:25", appliance.UPSOnBattery, "trap"),
		event("10:05:30", appliance.UPSOnLine, "poll"),
		event("10:05:01", appliance.UPSOnLine, "apcupsd"),
		event("10:05:01", appliance.UPSOnLine, "apcupsd"),
	)
	if len(got) != 2 || !got[0].At.Equal(at("10:00:24")) || len(got[0].Told) != 3 || !got[1].At.Equal(at("10:05:01")) {
		t.Errorf("got %+v", got)
	}
	o := Fold(got, at("12:00:00"))
	if len(o) != 1 || o[0].Length(at("12:00:00")) != 4*time.Minute+37*time.Second || o[0].Kind != appliance.UPSOutageReal {
		t.Errorf("outages %+v", o)
	}
}

func TestTwoShortOutagesAreTwo(t *testing.T) {
	got := joined(
		event("10:00:10", appliance.UPSOnBattery, "apcupsd"), event("10:00:20", appliance.UPSOnLine, "apcupsd"),
		event("10:00:40", appliance.UPSOnBattery, "apcupsd"), event("10:00:50", appliance.UPSOnLine, "apcupsd"),
		event("10:00:41", appliance.UPSOnBattery, "trap"),
	)
	if len(got) != 4 || len(Fold(got, at("11:00:00"))) != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestTwoComputersOnOneUPSTellOfOneOutage(t *testing.T) {
	got := joined(
		event("10:00:10", appliance.UPSOnBattery, "syslog"), event("10:00:12", appliance.UPSOnBattery, "syslog"), event("10:01:00", appliance.UPSOnBattery, "poll"),
		event("10:05:00", appliance.UPSOnLine, "syslog"), event("10:05:03", appliance.UPSOnLine, "syslog"), event("10:05:00", appliance.UPSOnLine, "apcupsd"),
	)
	if o := Fold(got, at("11:00:00")); len(got) != 2 || len(o) != 1 || o[0].Length(at("11:00:00")) != 290*time.Second {
		t.Errorf("got %+v, %+v", got, o)
	}
}

func TestCommunicationLostIsToldOnce(t *testing.T) {
	var events []appliance.UPSEvent
	for i := range 600 {
		e := event("10:00:00", appliance.UPSCommLost, "syslog")
		e.At = e.At.Add(time.Duration(i) * time.Second)
		events = append(events, e)
	}
	events = append(events, event("10:20:00", appliance.UPSCommOK, "syslog"), event("10:30:00", appliance.UPSCommLost, "poll"))
	if got := joined(events...); len(got) != 3 {
		t.Errorf("%d events", len(got))
	}
}

func TestFoldTellsTestsFromOutages(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []appliance.UPSEvent
		kind   appliance.UPSOutageKind
		length time.Duration
	}{
		{"an outage", []appliance.UPSEvent{event("10:00:00", appliance.UPSPowerFailure, "apcupsd"), event("10:00:06", appliance.UPSOnBattery, "apcupsd"),
			event("10:04:00", appliance.UPSOnLine, "apcupsd")}, appliance.UPSOutageReal, 4 * time.Minute},
		{"a blip", []appliance.UPSEvent{event("10:00:00", appliance.UPSPowerFailure, "apcupsd"), event("10:00:02", appliance.UPSOnLine, "apcupsd")},
			appliance.UPSOutageBlip, 2 * time.Second},
		{"a test that is told first", []appliance.UPSEvent{event("10:00:00", appliance.UPSSelfTestStarted, "apcupsd"), event("10:00:01", appliance.UPSOnBattery, "poll"),
			event("10:00:14", appliance.UPSSelfTestPassed, "apcupsd"), event("10:00:15", appliance.UPSOnLine, "poll")}, appliance.UPSOutageTest, 14 * time.Second},
		{"a test that is told afterwards", []appliance.UPSEvent{event("10:00:00", appliance.UPSOnBattery, "syslog"), event("10:00:14", appliance.UPSOnLine, "syslog"),
			event("10:01:00", appliance.UPSSelfTestPassed, "poll")}, appliance.UPSOutageTest, 14 * time.Second},
		{"a calibration", []appliance.UPSEvent{event("10:00:00", appliance.UPSOnBattery, "poll"), event("10:00:10", appliance.UPSCalibrating, "poll"),
			event("10:26:00", appliance.UPSOnLine, "poll")}, appliance.UPSOutageCalibration, 26 * time.Minute},
		{"an outage to the end", []appliance.UPSEvent{event("10:00:00", appliance.UPSOnBattery, "apcupsd"), event("10:20:00", appliance.UPSLowBattery, "apcupsd"),
			event("10:20:01", appliance.UPSShutdown, "apcupsd"), event("11:00:00", appliance.UPSMonitorStarted, "apcupsd"), event("11:30:00", appliance.UPSOnLine, "poll")},
			appliance.UPSOutageReal, 0},
	} {
		got := Fold(c.events, at("23:00:00"))
		if len(got) != 1 || got[0].Kind != c.kind || got[0].Length(at("23:00:00")) != c.length {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestFoldOfRealLogs counts the outages that stand in the recorded logs.
func TestFoldOfRealLogs(t *testing.T) {
	dir := peer.Corpus(t, "logs/ups")
	for file, want := range map[string]map[appliance.UPSOutageKind]int{
		"apcupsd/short-outage":             {appliance.UPSOutageReal: 1},
		"apcupsd/long-outage-shutdown":     {appliance.UPSOutageReal: 1},
		"apcupsd/selftest-failed-replace":  {appliance.UPSOutageTest: 7},
		"apc-nmc/outage-battery-exhausted": {appliance.UPSOutageReal: 1},
	} {
		got := map[appliance.UPSOutageKind]int{}
		for _, o := range Fold(joined(expected(t, filepath.Join(dir, file+".expect.json"))...), at("23:00:00")) {
			got[o.Kind]++
		}
		for kind, n := range want {
			if got[kind] != n || len(got) != len(want) {
				t.Errorf("%s: got %v, want %v", file, got, want)
			}
		}
	}
}

func expected(t *testing.T, file string) (out []appliance.UPSEvent) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var x struct {
		Product string
		Events  []struct{ Time, Kind, Message string }
	}
	if err := json.Unmarshal(b, &x); err != nil {
		t.Fatal(err)
	}
	for _, e := range x.Events {
		when, err := time.Parse(time.RFC3339, e.Time)
		if err != nil {
			when, err = time.Parse("2006-01-02T15:04:05", e.Time)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, appliance.UPSEvent{At: when, Kind: appliance.UPSEventKind(e.Kind), Text: e.Message, Told: []string{x.Product}})
	}
	if len(out) > 1 && out[0].At.After(out[len(out)-1].At) { // newest first
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out
}
