package snmp

import (
	"context"
	"testing"
	"time"

	"siteward/probes/probetest/agent"
)

// steady opens an asker for the switch and polls it until the sizes have settled.
func steady(tb testing.TB, o agent.Options, opts Options) (*agent.Running, *Reader, func() int) {
	o.Moving = true
	a := mustStart(tb, o, switchRecording("sw"))
	r := New(nil, opts)
	ctx, cancel := context.WithTimeout(tb.Context(), 10*time.Minute)
	tb.Cleanup(cancel)
	ask, done, err := r.Open(ctx, target(int(a.Addr.Port()), community("2c", "sw")), newLog(tb))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(done)
	oids := portInstances()
	poll := func() int {
		vars, err := ask.Get(ctx, oids)
		if err != nil {
			tb.Fatal(err)
		}
		for i := range vars {
			if !vars[i].Exists() {
				tb.Fatalf("%s is missing", vars[i].OID)
			}
		}
		return len(vars)
	}
	for range 4 {
		poll()
	}
	return a, r, poll
}

// TestSteadyPollNeedsFewRequests holds figures 1 and 2: at most 18 requests and 0.65 of 48.6 kB for the 48-port switch.
func TestSteadyPollNeedsFewRequests(t *testing.T) {
	a, _, poll := steady(t, agent.Options{MaxReply: 1472}, Options{})
	before := a.Counters()
	poll()
	after := a.Counters()
	requests := after.Requests - before.Requests
	octets := after.BytesIn + after.BytesOut - before.BytesIn - before.BytesOut
	t.Logf("%d requests, %d octets (%.3f of 48.6 kB)", requests, octets, float64(octets)/48600)
	if requests > 16 || float64(octets) > 0.65*48600 {
		t.Errorf("%d requests and %d octets, want at most 16 and %d", requests, octets, 48600*65/100)
	}
}

// BenchmarkSteadyPoll prints figures 1 to 4 for the reader alone.
func BenchmarkSteadyPoll(b *testing.B) {
	a, _, poll := steady(b, agent.Options{MaxReply: 1472}, Options{})
	before := a.Counters()
	objects := poll()
	mid := a.Counters()
	b.ReportAllocs()
	var allocs allocCounter
	allocs.start()
	b.ResetTimer()
	for range b.N {
		poll()
	}
	b.StopTimer()
	b.ReportMetric(allocs.since()/float64(b.N*objects), "allocs/varbind")
	b.ReportMetric(float64(mid.Requests-before.Requests), "requests/poll")
	b.ReportMetric(float64(mid.BytesIn+mid.BytesOut-before.BytesIn-before.BytesOut), "octets/poll")
}

// BenchmarkLatency prints figure 5: the wall time of a poll at 20 ms against walking both tables column by column, as
// 86 requests take.
func BenchmarkLatency(b *testing.B) {
	for name, outstanding := range map[string]int{"one": 1, "four": 4} {
		b.Run(name, func(b *testing.B) {
			_, _, poll := steady(b, agent.Options{Delay: 20 * time.Millisecond}, Options{Outstanding: outstanding})
			b.ResetTimer()
			began := time.Now()
			for range b.N {
				poll()
			}
			b.ReportMetric(time.Since(began).Seconds()/float64(b.N)/(86*0.020), "of-walking")
		})
	}
}
