package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"siteward/probes/probetest/agent"
)

// following is the n-th address after one.
func following(first string, n int) string {
	a := netip.MustParseAddr(first)
	for range n {
		a = a.Next()
	}
	return a.String()
}

// cost is what a poll of one switch took, on the average.
type cost struct{ requests, octets, cpu float64 }

// measurePolls gives figures 1 to 3: siteward polls switches each 10 s, and beside it snmp_exporter is asked to poll
// as many others as often. Both have looked at what the devices are before.
func measurePolls(ctx context.Context, e *env) (map[int]outcome, error) {
	const devices, interval = 30, 10 * time.Second
	rounds := choose(e, 6, 4)
	ours, err := e.startFleet(fleetOptions{good: devices})
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	a, err := e.serveSite(ctx, site{switches: devices, port: ours.Port, interval: interval})
	if err != nil {
		return nil, err
	}
	defer a.stop()
	x, err := e.startExporter(ctx)
	if err != nil {
		return nil, err
	}
	var theirs *fleet
	if x != nil {
		defer x.stop()
		if theirs, err = e.startFleet(fleetOptions{good: devices, first: exporterFirst}); err != nil {
			return nil, err
		}
		defer theirs.stop()
	}
	if err := wait(ctx, 5*interval); err != nil { // discovery, and the sizes of requests settle
		return nil, err
	}
	polls := devices * rounds
	var other cost
	mine, err := measureCost(ours, a.process, polls, func() error {
		if x == nil {
			return wait(ctx, time.Duration(rounds)*interval)
		}
		var err error
		other, err = measureCost(theirs, x.process, polls, func() error {
			return paced(ctx, polls, interval/devices, func(i int) error {
				return x.scrape(ctx, net.JoinHostPort(following(exporterFirst, i%devices), strconv.Itoa(theirs.Port)))
			})
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if x == nil {
		other = cost{recordedRequests, recordedBytes, recordedExporter}
	}
	detail := fmt.Sprintf("%d polls of %d switches; siteward %.2f requests, %.1f kB, %.2f ms a poll; snmp_exporter %.1f requests, %.1f kB, %.2f ms",
		polls, devices, mine.requests, mine.octets/1e3, mine.cpu*1e3, other.requests, other.octets/1e3, other.cpu*1e3)
	return map[int]outcome{
		1: {values: []float64{mine.requests}, detail: detail, recorded: x == nil},
		2: {values: []float64{mine.octets / other.octets}, detail: "as above", recorded: x == nil},
		3: {values: []float64{mine.cpu / other.cpu}, detail: "as above; siteward judges, stores and publishes too", recorded: x == nil},
	}, nil
}

const exporterFirst = "127.67.0.1"

// measureCost counts what a process asks a fleet for, and its CPU, while something is done.
func measureCost(f *fleet, p *process, polls int, do func() error) (cost, error) {
	var before, after agent.Counters
	var failed error
	cpu, err := p.cpuWhile(func() error {
		if before, failed = f.counters(); failed != nil {
			return failed
		}
		if err := do(); err != nil {
			return err
		}
		after, failed = f.counters()
		return failed
	})
	n := float64(polls)
	return cost{float64(after.Requests-before.Requests) / n, float64(after.BytesIn+after.BytesOut-before.BytesIn-before.BytesOut) / n, cpu / n}, err
}

// paced does something n times, one each step.
func paced(ctx context.Context, n int, step time.Duration, do func(int) error) error {
	tick := time.NewTicker(step)
	defer tick.Stop()
	for i := range n {
		if err := do(i); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
