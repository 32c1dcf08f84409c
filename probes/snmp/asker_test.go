package snmp

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/mib"
)

func TestGetAnswersEachInstanceInOrder(t *testing.T) {
	for _, version := range []string{"1", "2c"} {
		t.Run(version, func(t *testing.T) {
			a := mustStart(t, agent.Options{}, switchRecording("sw"))
			ctx := within(t, 10*time.Second)
			ask := mustOpen(t, ctx, target(int(a.Addr.Port()), community(version, "sw")), newLog(t))
			oids := []mib.OID{sysDescr, "1.3.6.1.2.1.1.99.0", "1.3.6.1.2.1.2.2.1.10.7", "1.3.6.1.4.1.1.1.0", sysUpTime, "1.3.6.1.2.1.1.2.0"}
			got, err := ask.Get(ctx, oids)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range got {
				if v.OID != oids[i] {
					t.Errorf("place %d has %s, want %s", i, v.OID, oids[i])
				}
				if missing := i == 1 || i == 3; v.Exists() == missing || v.Type == mib.NoAnswer {
					t.Errorf("%s: type %#x", v.OID, v.Type)
				}
			}
			if string(got[0].Bytes) != "Example Switch 48G 4X, firmware 7.2.1" || string(got[5].Bytes) != "1.3.6.1.4.1.99999.1.1" || got[2].Num == 0 {
				t.Errorf("wrong values: %q %q %d", got[0].Bytes, got[5].Bytes, got[2].Num)
			}
		})
	}
}

func TestWalkReadsColumnsSideBySide(t *testing.T) {
	for _, version := range []string{"1", "2c"} {
		t.Run(version, func(t *testing.T) {
			a := mustStart(t, agent.Options{}, switchRecording("sw"))
			ctx := within(t, 10*time.Second)
			ask := mustOpen(t, ctx, target(int(a.Addr.Port()), community(version, "sw")), newLog(t))
			columns := append([]mib.OID{"1.3.6.1.2.1.1", "1.3.6.1.4.1.9"}, portColumns...)
			got, err := ask.Walk(ctx, columns)
			if err != nil {
				t.Fatal(err)
			}
			want := 7 + ports*len(portColumns)
			if version == "1" {
				want -= ports * 8 // version 1 has no Counter64
			}
			if len(got) != want {
				t.Errorf("%d objects, want %d", len(got), want)
			}
			seen := map[mib.OID]bool{}
			for _, v := range got {
				if seen[v.OID] || !v.Exists() {
					t.Errorf("%s twice or without value", v.OID)
				}
				seen[v.OID] = true
			}
			if n := a.Counters().Requests; version == "2c" && n > 24 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestMissingZeroIsFoundAndRemembered(t *testing.T) {
	rec := agent.MustParse("ups", "1.3.6.1.2.1.1.1.0|4|UPS\n1.3.6.1.2.1.33.1.2.1|2|2\n1.3.6.1.2.1.33.1.2.4|2|97\n")
	a := mustStart(t, agent.Options{}, rec)
	ctx := within(t, 10*time.Second)
	log := newLog(t)
	ask := mustOpen(t, ctx, target(int(a.Addr.Port()), community("2c", "ups")), log)
	oids := []mib.OID{"1.3.6.1.2.1.33.1.2.1.0", "1.3.6.1.2.1.33.1.2.4.0", "1.3.6.1.2.1.33.1.2.7.0"}
	for range 2 {
		before := a.Counters().Requests
		got, err := ask.Get(ctx, oids)
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Int() != 2 || got[1].Int() != 97 || got[2].Exists() || got[1].OID != oids[1] {
			t.Errorf("got %+v", got)
		}
		t.Logf("%d requests", a.Counters().Requests-before)
	}
	if !log.has("without their final .0") {
		t.Error("the run log does not tell")
	}
}

func TestVersion1OnlyAgentIsFoundWithACommunityOfVersion2(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	p := mustRelay(t, a.Addr, func(b []byte) bool { return b[4] == 0 }, nil) // lets version 1 through only
	ctx := within(t, 3*time.Second)
	log := newLog(t)
	ask := mustOpen(t, ctx, target(p.port, community("2c", "sw")), log)
	got, err := ask.Get(ctx, []mib.OID{sysDescr})
	if err != nil || !strings.HasPrefix(string(got[0].Bytes), "Example") {
		t.Fatalf("got %v, %v", got, err)
	}
	if !log.has("trying SNMPv1") || !log.has("speaks SNMPv1 only") {
		t.Error("the run log does not say that the version was changed")
	}
	if got, err := ask.Walk(ctx, []mib.OID{"1.3.6.1.2.1.2.2.1.2"}); err != nil || len(got) != ports {
		t.Errorf("walk: %d rows, %v", len(got), err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	a := mustStart(t, agent.Options{Fault: agent.FaultSilent}, switchRecording("sw"))
	ctx := within(t, time.Second)
	tgt := target(int(a.Addr.Port()), community("2c", "sw"))
	_, err := mustOpen(t, ctx, tgt, newLog(t)).Get(ctx, []mib.OID{sysDescr})
	if f := Explain(err, tgt); f.Reason != "timeout" || f.Ours {
		t.Errorf("%v: %+v", err, f)
	}
}

func TestClosedPortIsToldAtOnce(t *testing.T) {
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	port := int(a.Addr.Port())
	a.Close()
	ctx := within(t, 5*time.Second)
	began := time.Now()
	tgt := target(port, community("2c", "sw"))
	_, err := mustOpen(t, ctx, tgt, newLog(t)).Get(ctx, []mib.OID{sysDescr})
	if f := Explain(err, tgt); f.Reason != "refused" || time.Since(began) > time.Second {
		t.Errorf("after %s: %v: %+v", time.Since(began), err, f)
	}
}

func TestWalkOfNothingIsNoError(t *testing.T) {
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	ctx := within(t, 5*time.Second)
	got, err := mustOpen(t, ctx, target(int(a.Addr.Port()), community("2c", "sw")), newLog(t)).Walk(ctx, []mib.OID{"1.3.6.1.4.1.4711"})
	if len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if errors.Is(err, mib.ErrPartial) {
		t.Error("nothing there is not partial")
	}
}

func TestCounter64IsNotAskedOfVersion1(t *testing.T) {
	a := mustStart(t, agent.Options{}, switchRecording("sw"))
	ctx := within(t, 10*time.Second)
	ask := mustOpen(t, ctx, target(int(a.Addr.Port()), community("1", "sw")), newLog(t))
	wideColumns := []mib.OID{"1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.13"}
	if _, err := ask.Walk(ctx, wideColumns[:1]); err != nil {
		t.Fatal(err)
	}
	greeted := a.Counters().Requests
	got, err := ask.Walk(ctx, append(wideColumns, "1.3.6.1.2.1.31.1.1.1.15"))
	if err != nil || len(got) != ports {
		t.Errorf("%d objects, %v; want the speeds of %d ports", len(got), err, ports)
	}
	if n := a.Counters().Requests - greeted; n > uint64(ports)+1 {
		t.Errorf("%d requests for one column of %d rows", n, ports)
	}
	for oid, want := range map[mib.OID]bool{"1.3.6.1.2.1.31.1.1.1.5": false, "1.3.6.1.2.1.31.1.1.1.6": true, "1.3.6.1.2.1.31.1.1.1.13": true,
		"1.3.6.1.2.1.31.1.1.1.14": false, "1.3.6.1.2.1.31.1.1.1.6.1": false, "1.3.6.1.2.1.2.2.1.10": false, "": false} {
		if wide(oid) != want {
			t.Errorf("wide(%q) = %v", oid, !want)
		}
	}
}
