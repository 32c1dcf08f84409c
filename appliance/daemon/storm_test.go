package daemon_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
	"siteward/internal/peer"
	"siteward/probes"
)

// lan is what the devices of a site are like, as a test says.
type lan struct {
	mu      sync.Mutex
	dark    func(name string) bool
	battery bool
}

func (n *lan) set(battery bool, dark func(name string) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.battery, n.dark = battery, dark
}

func (n *lan) answer(_ context.Context, t probes.Target, _ *probes.Log) appliance.Reading {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.dark(t.Device.Name) {
		return appliance.Reading{Failure: &appliance.Failure{Reason: appliance.ReasonTimeout, Detail: "no answer"}}
	}
	if t.Device.Kind != appliance.KindUPS {
		return appliance.Reading{}
	}
	source := appliance.Status{Name: "ups.output_source", Raw: "OL", Word: "normal", Severity: appliance.SeverityOK}
	if n.battery {
		source = appliance.Status{Name: "ups.output_source", Raw: "OB", Word: "battery", Severity: appliance.SeverityCritical}
	}
	return appliance.Reading{Statuses: []appliance.Status{source}}
}

func nobody(string) bool    { return false }
func everybody(string) bool { return true }

// networked is a site whose devices answer as the network says. Its mail goes to Mara and Jan through a relay at a port of this machine.
func networked(t *testing.T, relay int) (*site, *lan) {
	t.Helper()
	s, err := open(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n := &lan{dark: nobody}
	daemon.FakeProbe(s.Daemon, appliance.ProbePing, n.answer)
	daemon.FakeProbe(s.Daemon, appliance.ProbeNUT, n.answer)
	s.run()
	s.settle()
	if err := s.SaveMailRelay(t.Context(), byTest, appliance.MailRelay{Host: "127.0.0.1", Port: relay, Security: appliance.MailPlain, From: "siteward@example.com"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Mara", "Jan"} {
		s.contact(appliance.Contact{Name: name, Role: appliance.ContactTechnician, Language: "en", Channels: []appliance.Channel{
			{Kind: appliance.ChannelMail, Address: strings.ToLower(name) + "@example.com"}}})
	}
	return s, n
}

// live lets minutes go by, in each of which all devices are asked and incidents are looked at.
func (s *site) live(minutes int) {
	s.t.Helper()
	for range minutes {
		s.must(daemon.JudgeTime(s.Daemon, s.t.Context())) // finds out that the clock was set: what was read before proves nothing new
		s.must(daemon.AskAll(s.Daemon, s.t.Context()))
		s.pass(time.Minute)
	}
}

// A switch with 200 devices behind it fails and returns: one incident, and one notification each way for each contact.
func TestASwitchWithTwoHundredBehindItIsToldOnce(t *testing.T) {
	t.Parallel()
	p := &postbox{}
	p.open(t)
	s, n := networked(t, p.port)
	s.must(daemon.AddDevices(s.Daemon, "switch", 1))
	s.must(daemon.AddDevices(s.Daemon, "server", 200, 1))
	s.live(2)
	n.set(false, everybody)
	s.live(6)
	until(t, "both are told", func() bool { return len(p.subjects()) == 2 })
	n.set(false, nobody)
	s.live(4)
	until(t, "both are told of the end", func() bool { return len(p.subjects()) == 4 && len(s.sent(appliance.DeliveryDelivered)) == 4 })
	s.live(5)
	all := s.incidents()
	if len(all) != 1 || all[0].Open() || all[0].Name != "switch 1" || len(all[0].Behind) != 200 {
		t.Errorf("%d incidents; the first is of %q with %d behind it", len(all), all[0].Name, len(all[0].Behind))
	}
	got := p.subjects()
	slices.Sort(got)
	if want := []string{"Critical: switch 1: The device does not answer", "Over: switch 1: The device does not answer"}; !slices.Equal(slices.Compact(got), want) || len(p.subjects()) != 4 {
		t.Errorf("%q", got)
	}
}

// The power of a site fails for three minutes, and everything that has no battery is dark, the mail relay too. When that is back, the
// story is told once.
func TestAPowerFailureIsToldOnceWhenTheRelayIsBack(t *testing.T) {
	relay := peer.NewMailRelay(t, "mara", "jan")
	relay.Start()
	s, n := networked(t, relay.Port)
	ups := appliance.Device{Name: "ups-1", Kind: appliance.KindUPS, Address: "192.0.2.2"}
	s.must(s.AddDevice(t.Context(), byTest, &ups, []appliance.Check{{Name: "nut", Probe: appliance.ProbeNUT, Interval: appliance.Duration(time.Hour), Timeout: appliance.Duration(time.Second), NUT: &appliance.NUTSettings{}}}))
	s.must(daemon.AddDevices(s.Daemon, "server", 12))
	s.live(3)
	relay.Stop()
	n.set(true, func(name string) bool { return name != "ups-1" })
	s.live(3)
	n.set(false, nobody)
	s.live(4)
	until(t, "it was tried", func() bool { w := s.sent(appliance.DeliveryWaiting); return len(w) == 4 && w[0].Tried > 0 })
	if all := s.incidents(); len(all) != 1 || all[0].Kind != appliance.IncidentPower || all[0].Open() {
		t.Errorf("%+v", all)
	}
	relay.Start()
	s.retry()
	for _, name := range []string{"mara", "jan"} {
		peer.Until(t, time.Minute, "the story", func() bool { return len(relay.Mails(name)) > 0 })
	}
	until(t, "nothing waits", func() bool { return len(s.sent(appliance.DeliveryWaiting)) == 0 })
	s.live(5)
	for _, name := range []string{"mara", "jan"} {
		mails := relay.Mails(name)
		if len(mails) != 1 || !strings.Contains(mails[0], "Over: The mains have failed, says ups-1") || !strings.Contains(mails[0], "Critical: The mains have failed, says ups-1") {
			t.Errorf("%s got %d mails:\n%s", name, len(mails), strings.Join(mails, "\n"))
		}
	}
}

// In one minute 5,000 checks change their state, evenly, each after the three attempts that make it sure, and incidents are looked at
// every fifteen seconds, as keepIncidents does while more and more changes. It reports the CPU of such a minute, kernel included.
func BenchmarkFiveThousandChanges(b *testing.B) {
	const parts = int(time.Minute / daemon.SyncSoon)
	c := &clock{}
	d, err := daemon.Open(b.Context(), daemon.Options{Data: b.TempDir(), Now: c.now, PasswordCost: cheap, Store: store.Options{SkipVerify: true}})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := daemon.AddDevices(d, "device", 5000); err != nil {
		b.Fatal(err)
	}
	var looked time.Duration
	minute := func(state appliance.State) {
		for part := range parts {
			if err := daemon.ChangeSome(d, part, parts, state); err != nil {
				b.Fatal(err)
			}
			c.advance(daemon.SyncSoon)
			if part%15 != 14 {
				continue
			}
			before := cpu()
			if err := daemon.JudgeIncidents(d, b.Context()); err != nil {
				b.Fatal(err)
			}
			looked += cpu() - before
		}
	}
	minute(appliance.StateOK)
	c.advance(time.Hour)
	used := cpu()
	looked = 0
	bad, minutes := false, 0
	for b.Loop() {
		if bad = !bad; bad {
			minute(appliance.StateCritical)
		} else {
			minute(appliance.StateOK)
		}
		c.advance(time.Hour)
		minutes++
	}
	b.ReportMetric(float64((cpu()-used-looked).Milliseconds())/float64(minutes), "judged-and-stored-cpu-ms/minute")
	b.ReportMetric(float64(looked.Milliseconds())/float64(minutes), "incidents-cpu-ms/minute")
}

// cpu is what the process has used.
func cpu() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(unix.TimevalToNsec(u.Utime) + unix.TimevalToNsec(u.Stime))
}
