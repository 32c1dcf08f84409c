package main

import (
	"context"
	"fmt"
)

// measureAllocations gives figure 4, by the benchmark of the SNMP reader: 832 known instances by wide GETs, and the
// agent in the same process, which allocates nothing itself.
func measureAllocations(ctx context.Context, e *env) (map[int]outcome, error) {
	all, err := e.benchmark(ctx, "probes/snmp", "^BenchmarkSteadyPoll$", choose(e, "500x", "100x"))
	if err != nil {
		return nil, err
	}
	v, err := one(all, "BenchmarkSteadyPoll", "allocs/varbind")
	requests := all["BenchmarkSteadyPoll"]["requests/poll"]
	return map[int]outcome{4: {values: []float64{v}, err: err,
		detail: fmt.Sprintf("BenchmarkSteadyPoll of probes/snmp: 832 varbinds in %.0f requests", requests)}}, nil
}

// measureLatency gives figure 5: the same poll when each answer takes 20 ms, against a walk of both tables, request
// after request.
func measureLatency(ctx context.Context, e *env) (map[int]outcome, error) {
	all, err := e.benchmark(ctx, "probes/snmp", "^BenchmarkLatency$/^one$", choose(e, "20x", "5x"))
	if err != nil {
		return nil, err
	}
	v, err := one(all, "BenchmarkLatency/one", "of-walking")
	return map[int]outcome{5: {values: []float64{v}, err: err,
		detail: fmt.Sprintf("one request after the other, %.0f ms a poll; walking both tables takes 86 requests of 20 ms", all["BenchmarkLatency/one"]["ns/op"]/1e6)}}, nil
}
