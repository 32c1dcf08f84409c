package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	words "siteward/appliance"
	"siteward/appliance/poll"
	"siteward/embed"
	"siteward/probes"
	"siteward/probes/snmp"
	"siteward/probes/snmp/profile"
)

// The good and the evil devices of figure 22. Each answer takes as long as over a slow line, so that what is measured
// is who waits for whom.
const (
	goodDevices, evilDevices = 40, 8
	answerTakes              = 10 * time.Millisecond
)

// measureEvil gives figure 22: how long it takes to poll 40 good devices that are all due at once, with 8 evil ones
// that are due with them each time, and without. The poll engine and the reader are those of the product.
func measureEvil(ctx context.Context, e *env) (map[int]outcome, error) {
	rounds := choose(e, 7, 3)
	f, err := e.startFleet(fleetOptions{good: goodDevices, evil: evilDevices, delay: answerTakes})
	if err != nil {
		return nil, err
	}
	defer f.stop()
	var without, with []float64
	for range 3 { // in turn
		for _, p := range []struct {
			devices int
			took    *[]float64
		}{{goodDevices, &without}, {goodDevices + evilDevices, &with}} {
			polling, err := newPolling(p.devices, f.Port)
			if err != nil {
				return nil, err
			}
			took, err := polling.rounds(ctx, rounds)
			if err != nil {
				return nil, err
			}
			*p.took = append(*p.took, took...)
		}
	}
	a, b := median(without), median(with)
	return map[int]outcome{22: {values: []float64{b / a}, detail: fmt.Sprintf(
		"40 good devices all due at once: %.0f ms without, %.0f ms with 8 evil ones (%.0f ms at most); medians of %d rounds", a*1e3, b*1e3, slices.Max(with)*1e3, len(with))}}, nil
}

// polling is an engine with checks.
type polling struct {
	engine *poll.Engine
	reader *snmp.Reader
	port   int
	checks int
	good   sync.WaitGroup
	mu     sync.Mutex
	failed error
}

func newPolling(checks, port int) (*polling, error) {
	profiles, err := profile.Load(embed.Profiles)
	if err != nil {
		return nil, err
	}
	p := &polling{reader: snmp.New(profiles, snmp.Options{}), port: port, checks: checks}
	p.engine = poll.New(poll.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}, p.run)
	for i := range checks {
		id := words.ID(i + 1)
		p.engine.Set(poll.Poll{Check: id, Group: id, Interval: 24 * time.Hour, Timeout: 10 * time.Second, Last: time.Now()})
	}
	return p, nil
}

// rounds polls all devices again and again and gives how long the good ones took each time. The first look at what
// the devices are is not counted.
func (p *polling) rounds(ctx context.Context, n int) (took []float64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.engine.Run(ctx) }()
	defer func() { cancel(); <-ended }() //nolint:errcheck // it ends because it is cancelled
	for i := range n + 2 {
		began := time.Now()
		p.good.Add(goodDevices)
		for id := range p.checks {
			p.engine.RunNow(words.ID(p.checks - id)) // evil ones first
		}
		if err := p.wait(ctx); err != nil {
			return nil, err
		}
		if i > 1 {
			took = append(took, time.Since(began).Seconds())
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil { // the engine has taken note that the runs have ended
			return nil, err
		}
		p.mu.Lock()
		err := p.failed
		p.mu.Unlock()
		if err != nil {
			return nil, err
		}
	}
	return took, nil
}

// wait returns when all good devices have been polled.
func (p *polling) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { p.good.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run is a worker's visit to a device, as the daemon makes it.
func (p *polling) run(ctx context.Context, r poll.Run) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	credential := words.Credential{Name: "fleet", SNMPVersion: "2c", Community: words.Secret{Value: community}}
	t := snmp.Target{Credential: &credential,
		Check:  words.Check{ID: r.Check, Probe: words.ProbeSNMP, SNMP: &words.SNMPSettings{Port: p.port}},
		Device: words.Device{ID: r.Check, Address: following(fleetFirst, int(r.Check)-1)}}
	got := p.reader.Probe(ctx, t, probes.NewLog(time.Now()))
	if r.Check > goodDevices {
		return
	}
	if got.Failure != nil {
		p.mu.Lock()
		p.failed = fmt.Errorf("a good device: %s", got.Failure.Detail)
		p.mu.Unlock()
	}
	p.good.Done()
}
