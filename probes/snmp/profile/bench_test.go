package profile

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"siteward/probes/snmp/mib"
)

// portSwitch is a switch of n ports with both interface tables, all as GET answers of one poll.
func portSwitch(n int) *recording {
	vars := []mib.Varbind{
		{OID: "1.3.6.1.2.1.1.1.0", Type: mib.OctetString, Bytes: []byte("bench switch")},
		{OID: "1.3.6.1.2.1.1.3.0", Type: mib.TimeTicks, Num: 12345678},
	}
	add := func(column string, port int, t mib.Type, num uint64, text string) {
		vars = append(vars, mib.Varbind{OID: mib.OID(fmt.Sprintf("%s.%d", column, port)), Type: t, Num: num, Bytes: []byte(text)})
	}
	const ifT, ifX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
	for p := 1; p <= n; p++ {
		for _, c := range []int{6, 7, 8, 9, 10, 11, 12, 13} {
			add(fmt.Sprintf("%s.%d", ifX, c), p, mib.Counter64, uint64(p)<<33, "")
		}
		for _, c := range []int{13, 14, 19, 20} {
			add(fmt.Sprintf("%s.%d", ifT, c), p, mib.Counter32, uint64(p), "")
		}
		add(ifT+".7", p, mib.Integer, 1, "")
		add(ifT+".8", p, mib.Integer, 1, "")
		add(ifX+".15", p, mib.Gauge32, 1000, "")
		add(ifX+".1", p, mib.OctetString, 0, fmt.Sprintf("Gi1/0/%d", p))
	}
	return newRecording(vars)
}

func BenchmarkInterpret48Ports(b *testing.B) {
	r := portSwitch(48)
	p := mustPlan(b, mustLoad(b), r)
	hot, _ := r.Get(context.Background(), p.Hot())
	p.Interpret(hot, nil)
	b.ReportAllocs()
	b.ReportMetric(float64(len(hot)), "varbinds")
	for b.Loop() {
		p.Interpret(hot, nil)
	}
}

func TestASteadyPollHardlyAllocates(t *testing.T) {
	r := portSwitch(48)
	p := mustPlan(t, mustLoad(t), r)
	hot, _ := r.Get(context.Background(), p.Hot())
	p.Interpret(hot, nil)
	if n := testing.AllocsPerRun(20, func() { p.Interpret(hot, nil) }); n > 10 {
		t.Errorf("%v allocations for %d varbinds, want the two lists of the reading and little else", n, len(hot))
	}
}

// BenchmarkPlanMemory prints what the plan of a 48-port switch holds in memory.
func BenchmarkPlanMemory(b *testing.B) {
	set := mustLoad(b)
	const n = 50
	var before, after runtime.MemStats
	for b.Loop() {
		plans := make([]*Plan, n)
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range plans {
			plans[i] = mustPlan(b, set, freshOIDs(portSwitch(48)))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "B/plan")
		runtime.KeepAlive(plans)
	}
}

// freshOIDs copies the OIDs, as a reader makes them anew from each answer.
func freshOIDs(r *recording) *recording {
	for i := range r.vars {
		r.vars[i].OID = mib.OID(strings.Clone(string(r.vars[i].OID)))
	}
	return r
}
