package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// measureThousand gives figure 18: a thousand switches each minute. snmp_exporter is asked to poll others of them, as
// many a second, while siteward polls its own.
func measureThousand(ctx context.Context, e *env) (map[int]outcome, error) {
	devices := choose(e, 1000, 300)
	ours, err := e.startFleet(fleetOptions{good: devices})
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	a, err := e.serveSite(ctx, site{switches: devices, port: ours.Port, interval: time.Minute})
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
		if theirs, err = e.startFleet(fleetOptions{good: 20, first: exporterFirst}); err != nil {
			return nil, err
		}
		defer theirs.stop()
	}
	if err := wait(ctx, settled+choose(e, time.Minute, 0)); err != nil {
		return nil, err
	}
	before, err := ours.counters()
	if err != nil {
		return nil, err
	}
	other := recordedThousand * 60 * float64(devices) / 1000
	cpu, err := a.cpuWhile(func() error {
		if x == nil {
			return wait(ctx, time.Minute)
		}
		var err error
		other, err = x.cpuWhile(func() error { return scrapeAll(ctx, x, theirs.Port, devices) })
		return err
	})
	if err != nil {
		return nil, err
	}
	after, err := ours.counters()
	if err != nil {
		return nil, err
	}
	pss, err := a.pss()
	return map[int]outcome{18: {values: []float64{cpu / other}, recorded: x == nil, err: err, detail: fmt.Sprintf(
		"%d switches: siteward %.1f %% of a core, %.0f MB, %d requests answered in a minute; snmp_exporter %.1f %%",
		devices, cpu/0.6, pss, after.Answers-before.Answers, other/0.6)}}, nil
}

// scrapeAll asks for n polls within a minute, some at a time, because one after the other would take longer.
func scrapeAll(ctx context.Context, x *exporter, port, n int) error {
	const abreast = 4
	ended := make(chan error, abreast)
	for w := range abreast {
		go func() {
			ended <- paced(ctx, n/abreast, time.Minute*abreast/time.Duration(n), func(i int) error {
				return x.scrape(ctx, net.JoinHostPort(following(exporterFirst, (i*abreast+w)%20), strconv.Itoa(port)))
			})
		}()
	}
	var err error
	for range abreast {
		if e := <-ended; e != nil {
			err = e
		}
	}
	return err
}
