package snmp

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/profile"
)

// mustProfiles loads the profiles that ship.
func mustProfiles(tb testing.TB) *profile.Set {
	tb.Helper()
	s, err := profile.Load(os.DirFS(filepath.Join(peer.Root(), "embed", "profiles")))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func logged(r appliance.Reading) string {
	var b strings.Builder
	for _, l := range r.Log {
		fmt.Fprintf(&b, "%s %s\n", l.After.Round(time.Millisecond), l.Text)
	}
	return b.String()
}

func value(r appliance.Reading, metric, instance string) (appliance.Value, bool) {
	for _, v := range r.Values {
		if v.Metric == metric && v.Instance == instance {
			return v, true
		}
	}
	return appliance.Value{}, false
}

func TestProbeReadsASwitch(t *testing.T) {
	a := mustStart(t, agent.Options{Moving: true}, switchRecording("sw"))
	r := New(mustProfiles(t), Options{})
	tgt := target(int(a.Addr.Port()), community("2c", "sw"))
	first := r.Probe(within(t, 10*time.Second), tgt, nil)
	if first.Failure != nil || first.Partial || first.Check != 1 || first.Took <= 0 || len(first.Log) == 0 {
		t.Fatalf("%+v, partial %v\n%s", first.Failure, first.Partial, logged(first))
	}
	if id := first.Identity; id == nil || id.SysName != "sw" || id.Seen.IsZero() {
		t.Errorf("identity %+v", id)
	}
	if up := time.Since(first.UpSince); up < 99*time.Hour || up > 101*time.Hour {
		t.Errorf("up since %s", first.UpSince)
	}
	before := a.Counters().Requests
	second := r.Probe(within(t, 10*time.Second), tgt, nil)
	if second.Failure != nil || second.Identity != nil {
		t.Errorf("second: %+v, identity %v", second.Failure, second.Identity)
	}
	v, ok := value(second, "if.in", "7")
	if !ok || v.Kind != appliance.Counter64 || v.Raw == 0 || !strings.HasPrefix(v.Source, "1.3.6.1.2.1.31.1.1.1.6") {
		t.Errorf("if.in of port 7: %+v, %v", v, ok)
	}
	t.Logf("first %s second %d requests\n%s", logged(first), a.Counters().Requests-before, logged(second))
	if n := a.Counters().Requests - before; n > 18 {
		t.Errorf("%d requests for a steady poll", n)
	}
	if n := r.Counters().Discoveries.Load(); n != 1 {
		t.Errorf("%d discoveries", n)
	}
}

func TestProbeLooksAgainWhenTheDeviceHasChanged(t *testing.T) {
	for name, change := range map[string]func(*agent.Device){
		"a port was pulled": func(d *agent.Device) {
			for _, c := range portColumns {
				d.Delete(agent.MustOID(string(c) + ".52"))
			}
			d.Delete(agent.MustOID("1.3.6.1.2.1.2.2.1.1.52"))
		},
		"it restarted": func(d *agent.Device) { d.Set(agent.MustOID(string(sysUpTime)), agent.TimeTicks(100)) },
	} {
		t.Run(name, func(t *testing.T) {
			a := mustStart(t, agent.Options{}, switchRecording("sw"))
			r := New(mustProfiles(t), Options{})
			tgt := target(int(a.Addr.Port()), community("2c", "sw"))
			for range 2 {
				r.Probe(within(t, 10*time.Second), tgt, nil)
			}
			if n := r.Counters().Discoveries.Load(); n != 1 {
				t.Fatalf("%d discoveries before the change", n)
			}
			change(a.Device("sw"))
			got := r.Probe(within(t, 10*time.Second), tgt, nil)
			if n := r.Counters().Discoveries.Load(); n != 2 || got.Failure != nil {
				t.Errorf("%d discoveries, %+v\n%s", n, got.Failure, logged(got))
			}
		})
	}
}

func TestProbeLooksAgainForNewProfilesAndAfterForget(t *testing.T) {
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	r := New(mustProfiles(t), Options{})
	tgt := target(int(a.Addr.Port()), community("2c", "sw"))
	poll := func() uint64 {
		if got := r.Probe(within(t, 10*time.Second), tgt, nil); got.Failure != nil {
			t.Fatal(got.Failure)
		}
		return r.Counters().Discoveries.Load()
	}
	poll()
	r.SetProfiles(mustProfiles(t))
	if n := poll(); n != 2 {
		t.Errorf("%d discoveries after new profiles", n)
	}
	r.Forget(tgt.Check.ID)
	if n := poll(); n != 3 {
		t.Errorf("%d discoveries after Forget", n)
	}
}

func TestProbeFailures(t *testing.T) {
	good := target(1, community("2c", "sw"))
	for name, c := range map[string]struct {
		change func(*Target)
		reason appliance.Reason
		ours   bool
		want   string
	}{
		"no credential":      {func(t *Target) { t.Credential = nil }, appliance.ReasonSetup, true, "choose one"},
		"no community":       {func(t *Target) { t.Credential = new(community("2c", "")) }, appliance.ReasonSetup, true, "no community"},
		"wrong version":      {func(t *Target) { t.Credential = new(community("4", "x")) }, appliance.ReasonSetup, true, "use 1, 2c or 3"},
		"priv without auth":  {func(t *Target) { t.Credential = new(v3("", "AES-128")) }, appliance.ReasonSetup, true, "without authentication"},
		"unknown protocol":   {func(t *Target) { t.Credential = new(v3("SHA-3", "")) }, appliance.ReasonSetup, true, "SHA-256"},
		"name without entry": {func(t *Target) { t.Device.Address = "no-such-host.invalid" }, appliance.ReasonUnresolved, false, "no-such-host.invalid"},
		"closed port":        {func(*Target) {}, appliance.ReasonRefused, false, "switch SNMP on"},
	} {
		t.Run(name, func(t *testing.T) {
			tgt := good
			c.change(&tgt)
			if name == "closed port" {
				a := mustStart(t, agent.Options{}, switchRecording("sw"))
				a.Close()
				tgt.Check.SNMP = &appliance.SNMPSettings{Port: int(a.Addr.Port())}
			}
			got := New(mustProfiles(t), Options{}).Probe(within(t, 3*time.Second), tgt, nil)
			f := got.Failure
			if f == nil || f.Reason != c.reason && f.Reason != appliance.ReasonSetup || f.Ours != c.ours && name != "name without entry" || !strings.Contains(f.Detail, c.want) {
				t.Errorf("%+v, want %s with %q", f, c.reason, c.want)
			}
		})
	}
}

// TestAllSessionsBusyIsOurFault: a device is not down because the appliance had no time for it.
func TestAllSessionsBusyIsOurFault(t *testing.T) {
	a := mustStart(t, agent.Options{Fault: agent.FaultSilent}, switchRecording("sw"))
	r := New(mustProfiles(t), Options{Sessions: 1})
	tgt := target(int(a.Addr.Port()), community("2c", "sw"))
	_, done, err := r.Open(t.Context(), tgt, newQuietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	got := r.Probe(within(t, 100*time.Millisecond), tgt, nil)
	if f := got.Failure; f == nil || !f.Ours || !strings.Contains(f.Detail, "busy") {
		t.Errorf("%+v", f)
	}
}

// TestOneRequestAtATimeToADevice has eight checks ask one device at once.
func TestOneRequestAtATimeToADevice(t *testing.T) {
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	var mu sync.Mutex
	under, most := 0, 0
	p := mustRelay(t, a.Addr, func([]byte) bool {
		mu.Lock()
		defer mu.Unlock()
		under++
		most = max(most, under)
		return true
	}, func(b []byte) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		under--
		return [][]byte{b}
	})
	r := New(nil, Options{})
	var wg sync.WaitGroup
	gate := r.gates.of(fmt.Sprintf("127.0.0.1:%d", p.port))
	defer gate.close()
	for range 8 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			ask, done, err := r.Open(ctx, target(p.port, community("2c", "sw")), newQuietLog())
			if err != nil {
				t.Error(err)
				return
			}
			defer done()
			// The relay knows only the latest asker, so late ones may have to ask twice; what counts is the crowd.
			_, _ = ask.Get(ctx, []mib.OID{sysDescr})
		})
	}
	wg.Wait()
	if most > 1 {
		t.Errorf("%d requests under way at once", most)
	}
	if len(r.gates.open) != 1 {
		t.Errorf("%d gates left", len(r.gates.open))
	}
}

// cycle polls all targets once with the given workers and gives how long the good ones took.
func cycle(ctx context.Context, r *Reader, targets []Target, workers int) time.Duration {
	next := make(chan Target)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var good time.Duration
	began := time.Now()
	for range workers {
		wg.Go(func() {
			for t := range next {
				run, cancel := context.WithTimeout(ctx, 2*time.Second)
				reading := r.Probe(run, t, newQuietLog())
				cancel()
				if mu.Lock(); reading.Failure == nil && t.Device.Purpose == "good" {
					good = max(good, time.Since(began))
				}
				mu.Unlock()
			}
		})
	}
	for _, t := range targets {
		next <- t
	}
	close(next)
	wg.Wait()
	return good
}

// BenchmarkEvilNeighbours prints figure 22: the cycle of 40 good devices with 8 evil ones among them against the cycle
// without, with 32 workers.
func BenchmarkEvilNeighbours(b *testing.B) {
	r := New(mustProfiles(b), Options{})
	var all, good []Target
	add := func(fault agent.Fault) {
		a := mustStart(b, agent.Options{Fault: fault, Delay: 5 * time.Millisecond}, switchRecording("sw"))
		t := target(int(a.Addr.Port()), community("2c", "sw"))
		t.Check.ID = appliance.ID(len(all) + 1)
		if fault == "" {
			t.Device.Purpose = "good"
			good = append(good, t)
		}
		all = append(all, t)
	}
	for i := range 40 {
		if i%5 == 0 {
			add([]agent.Fault{agent.FaultSilent, agent.FaultEndless, agent.FaultLoop, agent.FaultSame,
				agent.FaultType, agent.FaultEmpty, agent.FaultTruncate, agent.FaultHuge}[i/5])
		}
		add("")
	}
	for range 3 {
		cycle(b.Context(), r, all, 32)
	}
	var with, without time.Duration
	b.ResetTimer()
	for range b.N {
		without += cycle(b.Context(), r, good, 32)
		with += cycle(b.Context(), r, all, 32)
	}
	b.ReportMetric(float64(with)/float64(without), "with/without")
	b.ReportMetric(without.Seconds()/float64(b.N), "s-without")
}

// TestSlowDeviceIsPolledForWhatWasFound: the first look of a slow device does not end in time.
func TestSlowDeviceIsPolledForWhatWasFound(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{Delay: 60 * time.Millisecond, MaxVarbinds: 20}, switchRecording("sw"))
	r := New(mustProfiles(t), Options{})
	tgt := target(int(a.Addr.Port()), community("2c", "sw"))
	var got appliance.Reading
	for range 3 {
		if got = r.Probe(within(t, 2500*time.Millisecond), tgt, nil); got.Failure != nil {
			t.Fatalf("%+v\n%s", got.Failure, logged(got))
		}
		if len(got.Values) > 0 {
			return
		}
	}
	t.Errorf("nothing was read\n%s", logged(got))
}

// TestSeveralRequestsUnderWay asks a device that stands it, and one that loses all but one.
func TestSeveralRequestsUnderWay(t *testing.T) {
	t.Parallel()
	for name, stands := range map[string]bool{"stands it": true, "loses them": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := switchRecording("sw")
			var mu sync.Mutex
			under, most := 0, 0
			a := mustStart(t, agent.Options{Delay: 10 * time.Millisecond}, rec)
			count := func(n int) bool {
				mu.Lock()
				defer mu.Unlock()
				if n > 0 && !stands && under > 0 {
					return false
				}
				under += n
				most = max(most, under)
				return true
			}
			p := mustSwitchboard(t, a.Addr, func() bool { return count(1) }, func() { count(-1) })
			ctx := within(t, 15*time.Second)
			log := newLog(t)
			ask, done, err := New(nil, Options{Outstanding: 4}).Open(ctx, target(p, community("2c", "sw")), log)
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			for range 4 {
				vars, err := ask.Get(ctx, portInstances())
				if err != nil {
					t.Fatal(err)
				}
				for i := range vars {
					if !vars[i].Exists() {
						t.Fatalf("%s is missing", vars[i].OID)
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if stands && (most < 2 || most > 4) {
				t.Errorf("%d requests under way", most)
			}
			if !stands && !log.has("one at a time from now on") {
				t.Error("it is not remembered that the device does not stand it")
			}
		})
	}
}

func TestLookTellsFactsAndRemembersNothing(t *testing.T) {
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	r := New(mustProfiles(t), Options{Sessions: 1})
	facts, reading := r.Look(within(t, 10*time.Second), target(int(a.Addr.Port()), community("2c", "sw")))
	if facts == nil || facts.Interfaces == nil || *facts.Interfaces != ports || reading.Failure != nil || len(reading.Log) == 0 {
		t.Errorf("%+v\n%s", facts, logged(reading))
	}
	if len(r.watched) != 0 {
		t.Error("a look is remembered")
	}
	if facts, reading := r.Look(within(t, time.Second), target(int(a.Addr.Port()), community("2c", "other"))); facts != nil || reading.Failure == nil {
		t.Errorf("wrong community: %+v, %+v", facts, reading.Failure)
	}
}
