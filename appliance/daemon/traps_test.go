package daemon_test

import (
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/embed"
	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/profile"
	"siteward/ui"
)

func withTraps(o *daemon.Options) { o.Traps = "127.0.0.1:0" }

func (s *site) trapAddress() string {
	s.t.Helper()
	var at string
	until(s.t, "traps are received", func() bool { at = s.TrapReceiver(s.t.Context()).Address; return at != "" })
	return at
}

func (s *site) traps(f appliance.TrapFilter) []appliance.Trap {
	s.t.Helper()
	all, err := s.Traps(s.t.Context(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// sends runs one of net-snmp's senders.
func (s *site) sends(program string, args ...string) error {
	s.t.Helper()
	cmd := exec.Command(peer.Need(s.t, program), args...)
	cmd.Env = []string{"MIBS=", "SNMP_PERSISTENT_DIR=" + s.t.TempDir(), "SNMPCONFPATH=/nonexistent", "PATH=/usr/bin:/bin"}
	return cmd.Run()
}

func TestATrapMakesUsAskTheDevice(t *testing.T) {
	t.Parallel()
	s := settled(t, withTraps)
	dev := s.device("ups-1", recording(t, "ups-1"))
	until(t, "the UPS is well", func() bool { s.ask(dev.snmp, 1); return s.state(dev.snmp, "ups").State == appliance.StateOK })
	at := s.trapAddress()
	before := s.last(dev.snmp)

	// Somebody who does not know the community: kept to be read, and nothing follows.
	if err := s.sends("snmptrap", "-v2c", "-c", "guess", at, "", "1.3.6.1.2.1.33.2.1"); err != nil {
		t.Fatal(err)
	}
	until(t, "the stranger's trap is kept", func() bool { return len(s.traps(appliance.TrapFilter{})) == 1 })
	if tr := s.traps(appliance.TrapFilter{})[0]; tr.Fate != appliance.TrapUntrusted || tr.Why != appliance.TrapCommunity || tr.Device != dev.ID || tr.Name != "upsTrapOnBattery" {
		t.Errorf("stranger's trap %+v", tr)
	}
	if !s.last(dev.snmp).Equal(before) {
		t.Error("a stranger's trap made us ask the device")
	}

	dev.agent.Set(agent.MustOID("1.3.6.1.2.1.33.1.4.1.0"), agent.Integer(5)) // upsOutputSource: battery
	if err := s.sends("snmpinform", "-v2c", "-c", "public", "-r", "1", "-t", "3", at, "", "1.3.6.1.2.1.33.2.1"); err != nil {
		t.Fatal("the inform is not answered")
	}
	until(t, "the device is asked", func() bool { return s.last(dev.snmp).After(before) })
	keys := s.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventTrap}, Device: dev.ID})
	if !slices.Equal(keys, []string{"trap.ups_on_battery"}) {
		t.Errorf("journal %v", keys)
	}
	tr := s.traps(appliance.TrapFilter{Fates: []appliance.TrapFate{appliance.TrapKnown}})
	if len(tr) != 1 || !tr[0].Inform || tr[0].Device != dev.ID {
		t.Fatalf("traps %+v", tr)
	}
	until(t, "the UPS's history has it", func() bool { return s.upsTold(dev.ID, appliance.UPSOnBattery) })
	until(t, "the device's own answer is its state", func() bool { return s.state(dev.snmp, "ups").State == appliance.StateWarning })

	// The same again is counted, an unknown one is readable, and one without its MIB's zero is the same trap.
	for _, oid := range []string{"1.3.6.1.2.1.33.2.0.1", "1.3.6.1.4.1.99999.0.7"} {
		if err := s.sends("snmptrap", "-v2c", "-c", "public", at, "", oid, "1.3.6.1.4.1.99999.1.0", "s", "Tür offen"); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the unknown trap is kept", func() bool {
		return len(s.traps(appliance.TrapFilter{Fates: []appliance.TrapFate{appliance.TrapUnknown}})) == 1
	})
	tr = s.traps(appliance.TrapFilter{Fates: []appliance.TrapFate{appliance.TrapUnknown}})
	if tr[0].Name != "enterprises.99999.0.7" || len(tr[0].Vars) != 1 || tr[0].Vars[0].Value != "Tür offen" || tr[0].Vars[0].Name != "enterprises.99999.1.0" {
		t.Errorf("unknown trap %+v", tr[0])
	}
}

// upsTold says whether a UPS's history has an event of a kind that a trap told.
func (s *site) upsTold(device appliance.ID, kind appliance.UPSEventKind) bool {
	s.t.Helper()
	events, err := s.UPSEvents(s.t.Context(), appliance.UPSFilter{Device: device})
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.ContainsFunc(events, func(e appliance.UPSEvent) bool { return e.Kind == kind && slices.Contains(e.Told, "trap") })
}

// last is when a check was run last.
func (s *site) last(check appliance.ID) time.Time {
	s.t.Helper()
	r, err := s.LastReading(s.t.Context(), check)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.At
}

func TestABurstOfTrapsLosesNoState(t *testing.T) {
	t.Parallel()
	s := settled(t, withTraps)
	dev := s.device("ups-1", recording(t, "ups-1"))
	s.ask(dev.snmp, 1)
	before := s.last(dev.snmp)
	conn, err := net.Dial("udp", s.trapAddress())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const n = 10_000
	for i := range n {
		if _, err := conn.Write(linkTrap(byte(i % 50))); err != nil {
			t.Fatal(err)
		}
	}
	sum := func() (kept, dropped uint64) {
		for _, tr := range s.traps(appliance.TrapFilter{Limit: 10_000}) {
			if tr.Fate == appliance.TrapDropped {
				dropped += tr.Count
			} else {
				kept += tr.Count
			}
		}
		return kept, dropped
	}
	until(t, "all are accounted for", func() bool { kept, dropped := sum(); return kept+dropped >= n })
	kept, dropped := sum()
	if kept+dropped != n || dropped < 9_000 {
		t.Errorf("%d kept and %d dropped of %d", kept, dropped, n)
	}
	if rows := len(s.traps(appliance.TrapFilter{Limit: 10_000})); rows > 60 {
		t.Errorf("%d rows for 50 different traps and what was dropped", rows)
	}
	until(t, "the device is asked, whatever was dropped", func() bool { return s.last(dev.snmp).After(before) })
	if r := s.TrapReceiver(t.Context()); r.Received != n || r.Dropped != dropped {
		t.Errorf("receiver %+v", r)
	}
	if events := s.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventTrap}, Limit: 1000}); len(events) > 50 {
		t.Errorf("%d lines in the journal", len(events))
	}
}

// linkTrap is linkDown of version 2c, community public, about a port.
func linkTrap(port byte) []byte {
	return []byte{
		0x30, 0x54, 2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c', 0xa7, 0x47, 2, 1, 9, 2, 1, 0, 2, 1, 0, 0x30, 0x3c,
		0x30, 0x0e, 6, 8, 0x2b, 6, 1, 2, 1, 1, 3, 0, 0x43, 2, 1, 0,
		0x30, 0x17, 6, 0x0a, 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0, 6, 9, 0x2b, 6, 1, 6, 3, 1, 1, 5, 3,
		0x30, 0x11, 6, 0x0a, 0x2b, 6, 1, 2, 1, 2, 2, 1, 1, 7, 2, 3, 0, 0, port,
	}
}

func TestTrapsOfSNMPv3AndTheirRefusalsAreExplained(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := restart(t, dir, withTraps)
	s.settle()
	dev := s.device("sw-core", recording(t, "sw-core"))
	c := appliance.Credential{Name: "traps", SNMPVersion: "3", User: "watcher", AuthProtocol: "SHA-256", Auth: appliance.Secret{Value: "authentic words"}, PrivProtocol: "AES-128", Priv: appliance.Secret{Value: "private words"}}
	if err := s.SaveCredential(t.Context(), byTest, &c); err != nil {
		t.Fatal(err)
	}
	send := func(engine, time string) {
		t.Helper()
		if err := s.sends("snmptrap", "-v3", "-e", engine, "-u", "watcher", "-l", "authPriv", "-a", "SHA-256", "-A", "authentic words", "-x", "AES", "-X", "private words", "-Z", time,
			s.trapAddress(), "", "1.3.6.1.6.3.1.1.5.1"); err != nil {
			t.Fatal(err)
		}
	}
	latest := func(n int) appliance.Trap {
		t.Helper()
		until(t, "the trap is kept", func() bool { return len(s.traps(appliance.TrapFilter{})) >= n })
		return s.traps(appliance.TrapFilter{})[0]
	}
	const engine = "0x80001f8804746573746572"
	send(engine, "5,1000")
	if tr := latest(1); tr.Fate != appliance.TrapKnown || tr.User != "watcher" || tr.Device != dev.ID {
		t.Fatalf("trap %+v", tr)
	}
	s.stop()

	// After our restart a message that was recorded before must not be believed: boots and time are on the disk.
	s = restart(t, dir, withTraps)
	send(engine, "5,100")
	if tr := latest(2); tr.Why != appliance.TrapWindow {
		t.Errorf("repeated trap %+v", tr)
	}
	send(engine, "2,100")
	if tr := latest(3); tr.Why != appliance.TrapReboots {
		t.Errorf("reset device %+v", tr)
	}
	if err := s.BelieveReboots(t.Context(), byTest, dev.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "the reset device is believed", func() bool {
		send(engine, "2,101")
		return s.traps(appliance.TrapFilter{})[0].Fate == appliance.TrapKnown
	})
}

// TestATrapFromAnotherInterface holds that a router is known by each address that it tells of itself, and a device that is kept under an
// address by that before others.
func TestATrapFromAnotherInterface(t *testing.T) {
	t.Parallel()
	s := settled(t)
	var ids []appliance.ID
	for _, d := range []appliance.Device{{Name: "router", Kind: appliance.KindRouter, Address: "192.0.2.1"}, {Name: "server", Kind: appliance.KindServer, Address: "192.0.2.20"}} {
		s.must(s.SaveDevice(t.Context(), byTest, &d))
		ids = append(ids, d.ID)
	}
	daemon.TellAddresses(s.Daemon, ids[0], "192.0.2.1", "198.51.100.1", "127.0.0.1", "172.17.0.1", "192.0.2.20", "nonsense")
	daemon.TellAddresses(s.Daemon, ids[1], "172.17.0.1")
	for address, want := range map[string][]appliance.ID{"192.0.2.1": ids[:1], "198.51.100.1": ids[:1], "127.0.0.1": nil, "192.0.2.20": ids[1:], "172.17.0.1": ids, "203.0.113.9": nil} {
		got := slices.Sorted(slices.Values(daemon.SendersAt(s.Daemon, address)))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

func TestTrapsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := settled(t, withTraps)
	dev := s.device("sw-core", recording(t, "sw-core"))
	at := s.trapAddress()
	if err := s.SwitchTraps(t.Context(), byTest, false); err != nil {
		t.Fatal(err)
	}
	if err := s.sends("snmptrap", "-v2c", "-c", "public", at, "", "1.3.6.1.6.3.1.1.5.1"); err != nil {
		t.Fatal(err)
	}
	if err := s.SwitchTraps(t.Context(), byTest, true); err != nil {
		t.Fatal(err)
	}
	if err := s.sends("snmptrap", "-v2c", "-c", "public", at, "", "1.3.6.1.6.3.1.1.5.2"); err != nil {
		t.Fatal(err)
	}
	until(t, "the second is kept", func() bool { return len(s.traps(appliance.TrapFilter{Device: dev.ID})) > 0 })
	if all := s.traps(appliance.TrapFilter{}); len(all) != 1 || all[0].Name != "warmStart" {
		t.Errorf("traps %+v", all)
	}
}

func TestAPortThatCannotBeOpenedIsTold(t *testing.T) {
	t.Parallel()
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := start(t, func(o *daemon.Options) { o.Traps = taken.LocalAddr().String() })
	if r := s.TrapReceiver(t.Context()); r.Trouble.Key != "traps.trouble_taken" || r.Address != "" {
		t.Errorf("receiver %+v", r)
	}
}

func TestShippedTrapsHaveWords(t *testing.T) {
	t.Parallel()
	set, err := profile.Load(embed.Profiles)
	if err != nil {
		t.Fatal(err)
	}
	words := ui.OpenWords(embed.Locales, func() *time.Location { return time.UTC }, time.Now)
	keys := set.TrapKeys()
	for _, lang := range ui.Languages {
		l := words.In(lang)
		for _, k := range keys {
			if text, err := l.Text("trap."+k, "label", "Port 7"); err != nil || strings.Contains(text, "{{") {
				t.Errorf("%s: %s: %q, %v", lang, k, text, err)
			}
		}
	}
	for _, k := range words.In("en").Keys() {
		if name, ok := strings.CutPrefix(k, "trap."); ok && !slices.Contains(keys, name) {
			t.Errorf("no profile says %s", k)
		}
	}
}

// TestJobsHaveNames holds that nobody reads a job's key on the page of the housekeeping.
func TestJobsHaveNames(t *testing.T) {
	t.Parallel()
	s := settled(t)
	runs, err := s.Jobs(t.Context())
	must(t, err)
	words := ui.OpenWords(embed.Locales, func() *time.Location { return time.UTC }, time.Now)
	for _, lang := range ui.Languages {
		for _, run := range runs {
			if !words.In(lang).Has("job.name_" + run.Name) {
				t.Errorf("%s: the job %s has no name", lang, run.Name)
			}
		}
	}
}
