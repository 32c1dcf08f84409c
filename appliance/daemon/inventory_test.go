package daemon_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/probes/probetest/agent"
)

func text(oid, s string) agent.Object {
	return agent.Object{OID: agent.MustOID(oid), Value: agent.OctetString(s)}
}

func TestStockIsTakenAndChangesAreTold(t *testing.T) {
	t.Parallel()
	s := settled(t)
	disks := func(model, version string) []agent.Object {
		const disk = "1.3.6.1.4.1.6574.2.1.1."
		var out []agent.Object
		for i, n := range []string{"0", "1"} {
			out = append(out, text(disk+"2."+n, "Disk "+string(rune('1'+i))), text(disk+"3."+n, "ST4000VN006"))
		}
		out[3] = text(disk+"3.1", model)
		// DSM 7 tells serial numbers in another table, by the system's names
		out = append(out, text("1.3.6.1.4.1.6574.101.1.1.2.1", "sata1"), text("1.3.6.1.4.1.6574.101.1.1.14.1", "ZW62-"+version))
		return append(out, text("1.3.6.1.2.1.25.6.3.1.2.1", "nginx-"+version))
	}
	dev := s.device("nas-1", recording(t, "nas-1", disks("ST4000VN006", "1.26.3")...),
		func(_ *appliance.Device, c *appliance.Check) { c.Timeout = appliance.Duration(10 * time.Second) })
	if r := s.ask(dev.snmp, 1); r.Failure != nil || r.Identity == nil {
		t.Fatalf("reading: %+v", r)
	}
	s.must(daemon.TakeStock(s.Daemon, t.Context()))
	inv, err := s.Inventory(t.Context(), dev.ID)
	s.must(err)
	var disk []string
	for _, p := range inv.Parts {
		if p.Kind == appliance.PartDisk {
			disk = append(disk, p.Slot+" "+p.Model)
		}
	}
	if len(disk) < 2 || !slices.Contains(disk, "Disk 2 ST4000VN006") || len(inv.Software) == 0 {
		t.Fatalf("disks %q, software %v", disk, inv.Software)
	}
	before := len(s.told(dev.ID))
	for _, o := range disks("WD40EFPX", "1.28.0") {
		dev.agent.Set(o.OID, o.Value)
	}
	s.must(daemon.TakeStock(s.Daemon, t.Context()))
	if got := s.told(dev.ID); len(got) != before {
		t.Errorf("it was read again after a moment: %q", got)
	}
	s.clock.advance(21 * time.Hour)
	s.must(daemon.TakeStock(s.Daemon, t.Context()))
	replaced := ""
	events, err := s.Events(t.Context(), appliance.EventFilter{Device: dev.ID})
	s.must(err)
	for _, e := range events {
		if e.Message.Key == "event.part_replaced" {
			replaced += e.Message.English + "\n"
		}
	}
	if !strings.Contains(replaced, "Disk 2") || !strings.Contains(replaced, "ZW62-1.26.3") || !strings.Contains(replaced, "ZW62-1.28.0") {
		t.Errorf("replaced disks are told as %q", replaced)
	}
	got := s.told(dev.ID)
	for _, key := range []string{"event.part_replaced", "event.software_updated"} {
		if !slices.Contains(got, key) {
			t.Errorf("%s is not among %q", key, got)
		}
	}
	var all []appliance.Inventory
	s.must(s.EachInventory(t.Context(), func(inv appliance.Inventory) error { all = append(all, inv); return nil }))
	if len(all) != 1 || all[0].Device != dev.ID {
		t.Errorf("all: %+v", all)
	}
}

func TestWhatEndsIsRemindedOf(t *testing.T) {
	t.Parallel()
	s := settled(t)
	d := appliance.Device{Name: "gate", Kind: appliance.KindFirewall, Address: "127.0.0.1"}
	s.must(s.SaveDevice(t.Context(), byTest, &d))
	day := func(n int) string { return s.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	s.must(s.SaveCoverage(t.Context(), byTest, d.ID, []appliance.Coverage{
		{Kind: appliance.CoverageWarranty, Until: day(40)}, {Kind: appliance.CoverageSubscription, Until: day(10), Name: "Web filter"}, {Kind: appliance.CoverageSupport, Until: day(400)}}))
	inv, err := s.Inventory(t.Context(), d.ID)
	s.must(err)
	states := map[appliance.CoverageKind]appliance.State{}
	for _, c := range inv.Coverage {
		r, ok := s.expected("coverage/" + d.ID.String() + "." + c.ID.String())
		if !ok || r.Device != d.ID {
			t.Errorf("%s has no state of its device: %+v", c.Kind, r)
		}
		states[c.Kind] = r.State
	}
	if states[appliance.CoverageWarranty] != appliance.StateWarning || states[appliance.CoverageSubscription] != appliance.StateCritical || states[appliance.CoverageSupport] != appliance.StateOK {
		t.Errorf("states %v", states)
	}
	s.clock.advance(400 * 24 * time.Hour)
	s.must(daemon.TakeStock(s.Daemon, t.Context()))
	if r, _ := s.expected("coverage/" + d.ID.String() + "." + inv.Coverage[0].ID.String()); r.Evidence.Why.Key != "coverage.over_subscription" {
		t.Errorf("after its end: %+v", r.Evidence.Why)
	}
	s.must(s.SaveCoverage(t.Context(), byTest, d.ID, nil))
	all, err := s.States(t.Context())
	s.must(err)
	if len(all) > 0 {
		t.Errorf("left: %+v", all)
	}
	for field, wrong := range map[string]appliance.Coverage{"kind": {Kind: "luck", Until: day(1)}, "until": {Kind: appliance.CoverageLicence, Until: "31.3.2027"}} {
		if err := s.SaveCoverage(t.Context(), byTest, d.ID, []appliance.Coverage{wrong}); appliance.CodeOf(err) != appliance.CodeInvalid {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := s.SaveCoverage(t.Context(), byTest, 999, nil); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("no such device: %v", err)
	}
}

func (s *site) told(device appliance.ID) []string {
	s.t.Helper()
	events, err := s.Events(s.t.Context(), appliance.EventFilter{Device: device, Kinds: []appliance.EventKind{appliance.EventDevice}})
	s.must(err)
	var out []string
	for _, e := range events {
		out = append(out, e.Message.Key)
	}
	return out
}
