package daemon_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
)

// playedUPS is a simulated UPS of RFC 1628.
type playedUPS struct{ *agent.Device }

func (u playedUPS) is(source, battery int32, charge, minutes int32) {
	set := func(oid string, n int32) { u.Set(agent.MustOID("1.3.6.1.2.1.33.1."+oid), agent.Integer(n)) }
	set("4.1.0", source)
	set("2.1.0", battery)
	set("2.2.0", map[bool]int32{true: 30}[source == onBattery])
	set("2.3.0", minutes)
	set("2.4.0", charge)
}

// Values of upsOutputSource and upsBatteryStatus.
const (
	onMains, onBattery        = 3, 5
	batteryNormal, batteryLow = 2, 3
)

// TestAnOutageOverSNMP plays one: "on battery" is told after two readings, it is one outage with its length and depth, and a UPS that
// is lost is told once.
func TestAnOutageOverSNMP(t *testing.T) {
	t.Parallel()
	s := still(t)
	dev := s.device("ups-1", recording(t, "ups-1"), func(d *appliance.Device, c *appliance.Check) {
		d.Kind, c.Timeout = appliance.KindUPS, appliance.Duration(20*time.Second)
	})
	s.playOutage(dev, playedUPS{dev.agent}, time.Minute, 14)
	dev.agent.Silence(true)
	check, err := s.Check(t.Context(), dev.snmp)
	must(t, err)
	check.Timeout = appliance.Duration(200 * time.Millisecond)
	must(t, s.SaveCheck(t.Context(), byTest, &check))
	for range 5 {
		s.ask(dev.snmp, 1)
		s.clock.advance(time.Minute)
	}
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateCritical)
	told := 0
	events, err := s.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Device: dev.ID})
	must(t, err)
	for _, e := range events {
		if e.Item == appliance.ItemAnswer && e.To == appliance.StateCritical {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the silence of the UPS is told %d times", told)
	}
	if list, err := s.UPSOutages(t.Context(), appliance.UPSFilter{}); err != nil || len(list) != 1 {
		t.Errorf("outages %+v %v", list, err)
	}
}

// TestAnOutageOfARealApcupsd plays the same to Debian's apcupsd, which reads the simulated UPS over SNMP and is asked over NIS.
func TestAnOutageOfARealApcupsd(t *testing.T) {
	t.Parallel()
	program := peer.Need(t, "apcupsd")
	run, err := agent.Start("127.0.0.1:0", agent.Options{}, recording(t, "ups-1"))
	must(t, err)
	t.Cleanup(run.Close)
	u := playedUPS{run.Device("public")}
	u.is(onMains, batteryNormal, 100, 39)
	dir := t.TempDir()
	address := peer.FreeTCP(t)
	_, text, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(text)
	must(t, os.WriteFile(filepath.Join(dir, "apccontrol"), []byte("#!/bin/sh\nexit 0\n"), 0o700)) //nolint:gosec // a script
	must(t, os.WriteFile(filepath.Join(dir, "apcupsd.conf"), fmt.Appendf(nil, "## apcupsd.conf v1.1 ##\nUPSNAME usv-test\nUPSCABLE ether\nUPSTYPE snmp\nDEVICE 127.0.0.1:%[3]d:RFC:public\nPOLLTIME 1\n"+
		"LOCKFILE %[1]s\nSCRIPTDIR %[1]s\nPWRFAILDIR %[1]s\nNOLOGINDIR %[1]s\nONBATTERYDELAY 0\nBATTERYLEVEL 1\nMINUTES 0\nTIMEOUT 0\nNETSERVER on\nNISIP 127.0.0.1\nNISPORT %[2]d\n"+
		"EVENTSFILE %[1]s/events\nUPSCLASS standalone\nUPSMODE disable\nSTATTIME 0\nLOGSTATS off\n", dir, port, run.Addr.Port()), 0o600))
	peer.Start(t, program, "-b", "-f", filepath.Join(dir, "apcupsd.conf"), "-P", filepath.Join(dir, "pid"))
	s := still(t)
	d := appliance.Device{Name: "usv1", Kind: appliance.KindUPS, Address: "127.0.0.1"}
	check := appliance.Check{Name: "apcupsd", Probe: appliance.ProbeApcupsd, Interval: appliance.Duration(time.Hour), Timeout: appliance.Duration(5 * time.Second), Apcupsd: &appliance.ApcupsdSettings{Port: port}}
	must(t, s.AddDevice(t.Context(), byTest, &d, []appliance.Check{check}))
	v, err := s.Device(t.Context(), d.ID)
	must(t, err)
	usv := device{Device: d, snmp: v.Checks[0].ID}
	s.readUntil(usv, "normal")
	s.playOutage(usv, u, 0, 60) // not as far as its batteries being low: it would shut down
	run.Close()
	peer.Until(t, time.Minute, "apcupsd has lost the UPS", func() bool {
		r := s.ask(usv.snmp, 1)
		return r.Failure != nil && r.Failure.Reason == appliance.ReasonLost
	})
	s.ask(usv.snmp, 4)
	if n := s.toldOfUPS(appliance.UPSCommLost); n != 1 {
		t.Errorf("the loss of communication is told %d times", n)
	}
}

// readUntil reads a UPS until it says where its power comes from.
func (s *site) readUntil(dev device, word string) {
	s.t.Helper()
	peer.Until(s.t, time.Minute, "the output comes from "+word, func() bool {
		for _, w := range s.ask(dev.snmp, 1).Statuses {
			if w.Name == "ups.output_source" {
				return w.Word == word
			}
		}
		return false
	})
}

// playOutage lets the battery take over down to a charge, with so much time between two readings, and the mains come back.
func (s *site) playOutage(dev device, u playedUPS, step time.Duration, deepest int32) {
	s.t.Helper()
	ctx := s.t.Context()
	power := func() bool { return s.state(dev.snmp, "ups").State.Problem() }
	read := func(word string) { s.readUntil(dev, word); s.clock.advance(step) }
	u.is(onMains, batteryNormal, 100, 39)
	read("normal")
	read("normal")
	u.is(onBattery, batteryNormal, 88, 25)
	read("battery")
	if list, err := s.UPSOutages(ctx, appliance.UPSFilter{}); power() || err != nil || len(list) != 0 {
		s.t.Errorf("one reading is believed: %+v %v", list, err)
	}
	read("battery")
	if list, err := s.UPSOutages(ctx, appliance.UPSFilter{}); !power() || err != nil || len(list) != 1 || !list[0].Open {
		s.t.Errorf("two readings are not believed: problem %v, %+v %v", power(), list, err)
	}
	u.is(onBattery, map[bool]int32{false: batteryNormal, true: batteryLow}[deepest < 20], deepest, deepest/2)
	peer.Until(s.t, time.Minute, "the lowest charge", func() bool {
		return slices.ContainsFunc(s.ask(dev.snmp, 1).Values, func(v appliance.Value) bool { return v.Metric == "ups.charge_percent" && v.Number == float64(deepest) })
	})
	s.clock.advance(step)
	read("battery")
	u.is(onMains, batteryNormal, deepest+1, deepest/2+1)
	read("normal")
	read("normal")
	list, err := s.UPSOutages(ctx, appliance.UPSFilter{})
	must(s.t, err)
	if len(list) != 1 {
		s.t.Fatalf("outages %+v", list)
	}
	o := list[0]
	length := o.Length(s.Now())
	if o.LowestCharge == nil || o.Announced == nil {
		s.t.Fatalf("outage %+v", o)
	}
	if o.Open || length <= 0 || length < 3*step || length > 6*step+time.Minute || *o.LowestCharge != float64(deepest) || *o.Announced != 39*60 || power() && deepest > 20 {
		s.t.Errorf("outage of %s: %+v, announced %v s, down to %v %%; %s", length, o, *o.Announced, *o.LowestCharge, s.state(dev.snmp, "ups").Evidence.Why.English)
	}
}

// toldOfUPS counts events of a kind.
func (s *site) toldOfUPS(kind appliance.UPSEventKind) (times int) {
	s.t.Helper()
	all, err := s.UPSEvents(s.t.Context(), appliance.UPSFilter{})
	must(s.t, err)
	for _, e := range all {
		if e.Kind == kind {
			times++
		}
	}
	return times
}

// still is a site without its engine: the clock of a test runs in steps.
func still(t *testing.T) *site {
	t.Helper()
	s, err := open(t, t.TempDir())
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}
