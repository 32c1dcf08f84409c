package snmp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/mib"
)

// TestEvilAgents walks and gets from each kind of broken agent: it ends in time, keeps what is sane and says what was
// wrong.
func TestEvilAgents(t *testing.T) {
	for _, c := range []struct {
		fault    agent.Fault
		objects  int  // a walk of ifDescr gives at most
		partial  bool // the walk says that it was cut short
		failure  appliance.Reason
		getFails bool
	}{
		{fault: agent.FaultSilent, failure: appliance.ReasonTimeout, getFails: true},
		{fault: agent.FaultTruncate, failure: appliance.ReasonProtocol, getFails: true},
		{fault: agent.FaultGarbage, failure: appliance.ReasonProtocol, getFails: true},
		{fault: agent.FaultWrongID, failure: appliance.ReasonTimeout, getFails: true},
		{fault: agent.FaultEmpty, failure: appliance.ReasonProtocol, getFails: true},
		{fault: agent.FaultLoop, objects: ports, partial: true},
		{fault: agent.FaultSame, partial: true},
		{fault: agent.FaultDecreasing, objects: ports, partial: true},
		{fault: agent.FaultEndless, objects: maxWalkVars, partial: true},
		{fault: agent.FaultHuge, objects: maxWalkBytes / 50_000 * 2, partial: true},
		{fault: agent.FaultType, objects: ports},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			t.Parallel()
			a := mustStart(t, agent.Options{Fault: c.fault}, switchRecording("sw"))
			ctx := within(t, 4*time.Second)
			began := time.Now()
			log := newLog(t)
			tgt := target(int(a.Addr.Port()), community("2c", "sw"))
			ask := mustOpen(t, ctx, tgt, log)

			_, err := ask.Get(ctx, []mib.OID{sysDescr, sysUpTime})
			if c.getFails {
				if f := Explain(err, tgt); f.Reason != c.failure || f.Ours {
					t.Errorf("get: %v: %+v", err, f)
				}
				return
			}
			if err != nil {
				t.Errorf("get: %v", err)
			}
			got, err := ask.Walk(ctx, []mib.OID{"1.3.6.1.2.1.2.2.1.2"})
			if len(got) > c.objects || errors.Is(err, mib.ErrPartial) != c.partial {
				t.Errorf("walk: %d objects, %v", len(got), err)
			}
			seen := map[mib.OID]bool{}
			for _, v := range got {
				if seen[v.OID] {
					t.Fatalf("%s twice", v.OID)
				}
				seen[v.OID] = true
			}
			t.Logf("%d objects in %d requests and %s: %v", len(got), a.Counters().Requests, time.Since(began).Round(time.Millisecond), err)
		})
	}
}

// TestOneBadColumnDoesNotSpoilTheOthers has an agent that is silent whenever one object is in the request.
func TestOneBadColumnDoesNotSpoilTheOthers(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	bad := []byte{0x2b, 6, 1, 2, 1, 2, 2, 1, 6} // ifPhysAddress
	p := mustRelay(t, a.Addr, func(b []byte) bool { return !contains(b, bad) }, nil)
	ctx := within(t, 20*time.Second)
	ask := mustOpen(t, ctx, target(p.port, community("2c", "sw")), newLog(t))
	got, err := ask.Walk(ctx, []mib.OID{"1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.6", "1.3.6.1.2.1.2.2.1.8"})
	if !errors.Is(err, mib.ErrPartial) || len(got) != 2*ports {
		t.Errorf("walk: %d objects, %v", len(got), err)
	}
	for round := range 2 {
		began := time.Now()
		vars, err := ask.Get(ctx, []mib.OID{"1.3.6.1.2.1.2.2.1.2.1", "1.3.6.1.2.1.2.2.1.6.1", "1.3.6.1.2.1.2.2.1.8.1"})
		if err != nil || !vars[0].Exists() || vars[1].Type != mib.NoAnswer || !vars[2].Exists() {
			t.Errorf("get: %v, %v", vars, err)
		}
		if took := time.Since(began); round > 0 && took > 400*time.Millisecond {
			t.Errorf("the second time took %s: the bad object was not remembered", took)
		}
	}
}

// TestLateAnswerIsNotTakenForTheNext has an agent whose answer to the first request comes after the second was sent.
func TestLateAnswerIsNotTakenForTheNext(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	var mu sync.Mutex
	var held []byte
	hold := false
	p := mustRelay(t, a.Addr, func([]byte) bool { return true }, func(b []byte) [][]byte {
		mu.Lock()
		defer mu.Unlock()
		if hold {
			held, hold = append([]byte(nil), b...), false
			return nil
		}
		if held != nil { // the late one first, twice, then the right one
			out := [][]byte{held, held, append([]byte(nil), b...)}
			return out
		}
		return [][]byte{append([]byte(nil), b...)}
	})
	ctx := within(t, 10*time.Second)
	ask := mustOpen(t, ctx, target(p.port, community("2c", "sw")), newLog(t))
	if _, err := ask.Get(ctx, []mib.OID{sysDescr}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	hold = true
	mu.Unlock()
	for row := 1; row <= 5; row++ {
		oid := mib.OID(fmt.Sprintf("1.3.6.1.2.1.2.2.1.1.%d", row))
		got, err := ask.Get(ctx, []mib.OID{oid})
		if err != nil || got[0].Int() != int64(row) {
			t.Errorf("row %d: %v, %v", row, got, err)
		}
	}
}

// TestRequestIDZeroIsNoAnswer has an agent that answers everything with request id 0, which gosnmp would take.
func TestRequestIDZeroIsNoAnswer(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	p := mustRelay(t, a.Addr, func([]byte) bool { return true }, func(b []byte) [][]byte {
		for i := range len(b) - 6 { // the first INTEGER of four octets is the id
			if b[i] == 2 && b[i+1] == 4 {
				binary.BigEndian.PutUint32(b[i+2:], 0)
				break
			}
		}
		return [][]byte{b}
	})
	ctx := within(t, 2*time.Second)
	tgt := target(p.port, community("2c", "sw"))
	got, err := mustOpen(t, ctx, tgt, newLog(t)).Get(ctx, []mib.OID{sysDescr})
	if err == nil || got[0].Type != mib.NoAnswer {
		t.Errorf("%v, %v", got, err)
	}
}

// TestSmallAgents stand little in one message, in octets or in objects.
func TestSmallAgents(t *testing.T) {
	for name, o := range map[string]agent.Options{
		"484 octets": {MaxReply: 484}, "10 objects": {MaxVarbinds: 10}, "1 object": {MaxVarbinds: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := mustStart(t, o, switchRecording("sw"))
			ctx := within(t, 20*time.Second)
			ask := mustOpen(t, ctx, target(int(a.Addr.Port()), community("2c", "sw")), newLog(t))
			oids := portInstances()[:160]
			for round := range 2 {
				before := a.Counters().Requests
				vars, err := ask.Get(ctx, oids)
				if err != nil {
					t.Fatal(err)
				}
				for i := range vars {
					if !vars[i].Exists() {
						t.Fatalf("%s: %#x", vars[i].OID, vars[i].Type)
					}
				}
				t.Logf("round %d: %d requests", round, a.Counters().Requests-before)
			}
			got, err := ask.Walk(ctx, portColumns)
			if err != nil || len(got) != ports*len(portColumns) {
				t.Errorf("walk: %d objects, %v", len(got), err)
			}
		})
	}
}

// TestLossyNetwork loses one datagram of five.
func TestLossyNetwork(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{Loss: 0.2, Seed: 7}, switchRecording("sw"))
	ctx := within(t, 30*time.Second)
	ask := mustOpen(t, ctx, target(int(a.Addr.Port()), community("2c", "sw")), newLog(t))
	vars, err := ask.Get(ctx, portInstances()[:200])
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for i := range vars {
		if !vars[i].Exists() {
			missing++
		}
	}
	if missing > 1 {
		t.Errorf("%d objects missing", missing)
	}
}

// TestRunEndsAtOnceWhenItsContextEnds cancels in the middle of waiting.
func TestRunEndsAtOnceWhenItsContextEnds(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{Fault: agent.FaultSilent}, switchRecording("sw"))
	ctx := within(t, 30*time.Second)
	ctx, cancel := cancelled(ctx, 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	tgt := target(int(a.Addr.Port()), community("2c", "sw"))
	_, err := mustOpen(t, ctx, tgt, newLog(t)).Get(ctx, []mib.OID{sysDescr})
	if took := time.Since(began); took > time.Second || err == nil {
		t.Errorf("ended after %s with %v", took, err)
	}
}
