package daemon_test

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/probes"
	"siteward/probes/probetest/agent"
)

var (
	sysUpTime = agent.MustOID("1.3.6.1.2.1.1.3.0")
	sysName   = agent.MustOID("1.3.6.1.2.1.1.5.0")
	sysDescr  = agent.MustOID("1.3.6.1.2.1.1.1.0")
)

func TestADeviceFromItsFormToItsEnd(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.signIn(appliance.RoleTechnician)
	dev := s.device("sw-core", recording(t, "sw-core"))
	news := s.stream()
	r := s.ask(dev.snmp, 1)
	if r.Failure != nil || len(r.Values) == 0 || r.Identity == nil {
		t.Fatalf("reading %+v", r)
	}
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
	news.wait(t, "data:")

	view, err := s.Device(t.Context(), dev.ID)
	if err != nil || view.Identity.SysName == "" || view.Seen.IsZero() || view.Worst != appliance.StateOK {
		t.Errorf("view %+v, %v", view.Identity, err)
	}
	for _, path := range []string{"/", "/devices", "/devices/" + dev.ID.String(), "/checks/" + dev.snmp.String()} {
		if status, text := s.page(path); status != http.StatusOK || path != "/" && !strings.Contains(text, "sw-core") {
			t.Errorf("%s: %d, without the device", path, status)
		}
	}
	s.samplesArrive(dev.snmp)
	if got, err := s.LastReading(t.Context(), dev.snmp); err != nil || len(got.Values) != len(r.Values) {
		t.Errorf("last reading has %d numbers, %v; want %d", len(got.Values), err, len(r.Values))
	}
	if err := s.DeleteDevice(t.Context(), byTest, dev.ID); err != nil {
		t.Fatal(err)
	}
	s.gone(dev)
	want := []string{"audit.device_added", "audit.check_run", "audit.device_deleted"}
	got := s.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}})
	got = slices.DeleteFunc(got, func(k string) bool { return !slices.Contains(want, k) })
	if got = slices.Compact(got); !slices.Equal(got, want) {
		t.Errorf("audit %v, want %v", got, want)
	}
}

// samplesArrive asks twice in different slots and looks for the numbers in the API's way.
func (s *site) samplesArrive(check appliance.ID) {
	s.t.Helper()
	s.clock.advance(time.Hour)
	s.ask(check, 1)
	if n := s.samples(check); n != 2 {
		s.t.Errorf("%d samples of a series, want one of each of the two slots", n)
	}
}

// samples counts the numbers of the series of a check that has most of them.
func (s *site) samples(check appliance.ID) int {
	s.t.Helper()
	infos, err := s.Series(s.t.Context(), check)
	if err != nil || len(infos) == 0 {
		s.t.Fatalf("series %v, %v", infos, err)
	}
	most := 0
	for _, info := range infos {
		c, err := s.Samples(s.t.Context(), info.ID, s.clock.now().Add(-48*time.Hour), s.clock.now().Add(time.Hour), 5000)
		if err != nil {
			s.t.Fatal(err)
		}
		n := 0
		for _, x := range c.Number {
			if x == x {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// gone looks for what a deleted device left behind.
func (s *site) gone(dev device) {
	s.t.Helper()
	if _, err := s.Device(s.t.Context(), dev.ID); appliance.CodeOf(err) != appliance.CodeNotFound {
		s.t.Errorf("the device is still there: %v", err)
	}
	if states, _ := s.States(s.t.Context()); len(states) > 0 {
		s.t.Errorf("%d states are left", len(states))
	}
	if states, err := s.Store().States(); err != nil || len(states) > 0 {
		s.t.Errorf("the store has %d states left, %v", len(states), err)
	}
	if _, err := s.RunNow(s.t.Context(), byTest, dev.snmp); appliance.CodeOf(err) != appliance.CodeNotFound {
		s.t.Errorf("its check runs: %v", err)
	}
}

// stream is an open event stream of the pages.
type stream struct{ lines chan string }

func (s *site) stream() *stream {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events", nil)
	res, err := s.client.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("event stream: %v, %v", res, err)
	}
	out := &stream{lines: make(chan string, 1000)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(out.lines)
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			out.lines <- sc.Text()
		}
	}()
	s.t.Cleanup(func() { cancel(); _ = res.Body.Close(); <-read })
	out.wait(s.t, ": connected")
	return out
}

func (o *stream) wait(t *testing.T, begins string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case line, open := <-o.lines:
			if strings.HasPrefix(line, begins) {
				return
			}
			if !open {
				t.Fatalf("the stream ended before %q", begins)
			}
		case <-limit:
			t.Fatalf("nothing begins with %q", begins)
		}
	}
}

func TestAnOutageIsTakenCareOfUntilItEnds(t *testing.T) {
	t.Parallel()
	s := settled(t)
	dev := s.device("ap-empfang", recording(t, "ap-empfang"))
	s.ask(dev.snmp, 1)
	dev.agent.Silence(true)
	s.ask(dev.snmp, 2)
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
	s.ask(dev.snmp, 1)
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateCritical)
	key := appliance.StateKey{Check: dev.snmp, Item: appliance.ItemAnswer}
	if err := s.Acknowledge(t.Context(), byTest, key, "the cable is on its way"); err != nil {
		t.Fatal(err)
	}
	other := appliance.Actor{Name: "somebody else"}
	if err := s.Acknowledge(t.Context(), other, key, ""); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("taken twice: %v", err)
	}
	if st := s.ask1(dev.snmp); st.Ack == nil || st.Ack.By != byTest.Name {
		t.Errorf("acknowledgement %+v", st.Ack)
	}
	dev.agent.Silence(false)
	s.ask(dev.snmp, 2)
	if st := s.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK); st.Ack != nil {
		t.Error("the acknowledgement outlives the outage")
	}
	got := s.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Device: dev.ID})
	if len(got) < 3 || got[0] != "monitor.answers" || got[1] != "monitor.no_answer" || got[len(got)-1] != "monitor.answers" {
		t.Errorf("journal %v", got)
	}
}

func (s *site) ask1(check appliance.ID) appliance.StateRecord {
	s.t.Helper()
	s.ask(check, 1)
	return s.state(check, appliance.ItemAnswer)
}

func TestPausesHaveAnEnd(t *testing.T) {
	t.Parallel()
	s := settled(t)
	dev := s.device("nas-1", recording(t, "nas-1"))
	s.ask(dev.snmp, 1)
	if err := s.PauseDevice(t.Context(), byTest, dev.ID, "", time.Time{}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a pause without a reason: %v", err)
	}
	if err := s.PauseDevice(t.Context(), byTest, dev.ID, "new disks", s.clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StatePaused)
	dev.agent.Silence(true)
	s.ask(dev.snmp, 3)
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StatePaused)
	if err := s.ResumeDevice(t.Context(), byTest, dev.ID); err != nil {
		t.Fatal(err)
	}
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateNoData)
	dev.agent.Silence(false)
	s.ask(dev.snmp, 1)
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateOK)
	if err := s.PauseCheck(t.Context(), byTest, dev.snmp, "later", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := s.ResumeCheck(t.Context(), byTest, dev.snmp); err != nil {
		t.Fatal(err)
	}
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateNoData)
}

func TestTryingLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := settled(t)
	run, err := agent.Start("127.0.0.1:0", agent.Options{}, recording(t, "ups-1"))
	if err != nil {
		t.Fatal(err)
	}
	defer run.Close()
	c := config.NewCheck(appliance.ProbeSNMP)
	c.SNMP = &appliance.SNMPSettings{Port: int(run.Addr.Port()),
		Typed: &appliance.Credential{Name: "typed", SNMPVersion: "2c", Community: appliance.Secret{Value: "public"}}}
	r, err := s.Try(t.Context(), byTest, appliance.Device{Name: "new", Address: "127.0.0.1"}, c)
	if err != nil || r.Failure != nil || r.Identity == nil || len(r.Log) == 0 {
		t.Errorf("reading %+v, %v", r.Failure, err)
	}
	devices, _ := s.Devices(t.Context())
	states, _ := s.States(t.Context())
	credentials, _ := s.Credentials(t.Context())
	if len(devices)+len(states)+len(credentials) > 0 {
		t.Errorf("left: %d devices, %d states, %d credentials", len(devices), len(states), len(credentials))
	}
}

const siteFile = `
site: {name: Apotheke am Tor, language: en, time_zone: Europe/Berlin}
devices:
  - name: gate
    kind: router
    address: 127.0.0.1
    checks:
      - {probe: ping, interval: 1h}
`

func TestWhatAFileDeclaresIsTakenOverBeforeItIsChanged(t *testing.T) {
	t.Parallel()
	s := settled(t)
	if _, err := s.Ops().Apply(t.Context(), []byte(siteFile), applied("site.yaml")); err != nil {
		t.Fatal(err)
	}
	devices, _ := s.Devices(t.Context())
	if len(devices) != 1 || devices[0].Owner == "" {
		t.Fatalf("devices %+v", devices)
	}
	gate := devices[0].Device
	gate.Place = "cellar"
	for name, err := range map[string]error{
		"change": s.SaveDevice(t.Context(), byTest, &gate), "delete": s.DeleteDevice(t.Context(), byTest, gate.ID),
		"delete check": s.DeleteCheck(t.Context(), byTest, devices[0].Checks[0].ID), "change check": s.SaveCheck(t.Context(), byTest, &devices[0].Checks[0]),
	} {
		if appliance.CodeOf(err) != appliance.CodeOwnedByFile {
			t.Errorf("%s: %v, want that the file owns it", name, err)
		}
	}
	if err := s.PauseDevice(t.Context(), byTest, gate.ID, "paint", time.Time{}); err != nil {
		t.Errorf("pausing is no change of the file: %v", err)
	}
	if err := s.TakeOver(t.Context(), byTest, gate.ID); err != nil {
		t.Fatal(err)
	}
	view, _ := s.Device(t.Context(), gate.ID)
	gate = view.Device
	gate.Place = "cellar"
	if err := s.SaveDevice(t.Context(), byTest, &gate); err != nil {
		t.Errorf("after taking over: %v", err)
	}
}

func TestALateAnswerIsNoneAndDelaysNobody(t *testing.T) {
	t.Parallel()
	s := settled(t)
	run, err := agent.Start("127.0.0.1:0", agent.Options{Delay: 3 * time.Second}, recording(t, "nas-1"))
	must(t, err)
	t.Cleanup(run.Close)
	late := s.device("late", recording(t, "nas-1"), func(_ *appliance.Device, c *appliance.Check) { c.SNMP.Port = int(run.Addr.Port()) })
	quick := s.device("quick", recording(t, "ups-1"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ask(late.snmp, 3)
	}()
	r := s.ask(quick.snmp, 1)
	<-done
	if r.Failure != nil || r.Took > 2*time.Second {
		t.Errorf("the quick one took %s: %+v", r.Took, r.Failure)
	}
	s.is(quick.snmp, appliance.ItemAnswer, appliance.StateOK)
	st := s.is(late.snmp, appliance.ItemAnswer, appliance.StateCritical)
	if len(st.Evidence.Steps) == 0 || st.Evidence.Why.Key != "monitor.no_answer" {
		t.Errorf("evidence %+v", st.Evidence)
	}
}

func TestARealPingThroughTheAPI(t *testing.T) {
	t.Parallel()
	if mode, note := probes.PingMode(t.Context()); mode == probes.ModeNone {
		t.Skip(note.English)
	}
	s := settled(t)
	dev := appliance.Device{Name: "gate", Kind: appliance.KindRouter, Address: "127.0.0.1"}
	must(t, s.AddDevice(t.Context(), byTest, &dev, []appliance.Check{config.NewCheck(appliance.ProbePing)}))
	view, err := s.Device(t.Context(), dev.ID)
	must(t, err)
	if r := s.ask(view.Checks[0].ID, 1); r.Failure != nil || len(r.Values) == 0 {
		t.Fatalf("reading %+v", r)
	}
	token, err := s.NewToken(t.Context(), byTest, "reader", appliance.RoleViewer, s.clock.now().Add(time.Hour))
	must(t, err)
	for path, want := range map[string]string{
		"/states?device=" + dev.ID.String(): `"state":"ok"`, "/devices/" + dev.ID.String(): `"gate"`, "/events": "monitor.answers",
		"/series?check=" + view.Checks[0].ID.String(): "ping.rtt",
	} {
		req, _ := http.NewRequest(http.MethodGet, s.url+access.APIPrefix+path, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := s.client.Do(req)
		must(t, err)
		if status, text := body(t, res); status != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %d without %s: %.300s", path, status, want, text)
		}
	}
}
