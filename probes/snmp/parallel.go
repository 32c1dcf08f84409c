package snmp

import (
	"context"
	"slices"
	"sync"

	"siteward/probes/snmp/mib"
)

// several says whether several requests may be under way: only when it is allowed, the agent has stood it so far, and
// the right size of a message is known already.
func (g *getter) several() bool {
	return g.burst != nil && !g.mem.alone && g.mem.get.good > firstVarbinds
}

// part is one message of a burst.
type part struct {
	idx []int
	q   request
	r   reply
	err error
}

// inParallel sends the messages of a poll over several sockets at once and gives what was not answered properly, to be
// asked for in turn. An agent that loses one of them is asked one by one from then on.
func (g *getter) inParallel(ctx context.Context, rest []int) []int {
	parts := g.parts(rest)
	more, done := g.burst(len(parts) - 1)
	defer done()
	if len(more) == 0 || g.gate.enter(ctx) != nil {
		return rest
	}
	defer g.gate.leave()
	g.send(ctx, parts, append(more, g.ex))
	var left []int
	for i := range parts {
		p := &parts[i]
		if p.err != nil || p.r.status != 0 {
			left = append(left, p.idx...)
			continue
		}
		g.got = true
		left = append(left, g.take(p.idx, p.r.vars)...)
	}
	if len(left) > 0 && ctx.Err() == nil {
		g.mem.alone = true
		g.log.Printf("%d of %d objects were not answered with %d requests under way: one at a time from now on", len(left), len(rest), len(more)+1)
	}
	return left
}

func (g *getter) parts(rest []int) []part {
	var out []part
	for len(rest) > 0 {
		n := g.pack(rest)
		p := part{idx: rest[:n], q: request{op: opGet, id: g.ids()}}
		for _, i := range p.idx {
			p.q.oids = append(p.q.oids, g.asked[i])
		}
		out, rest = append(out, p), rest[n:]
	}
	return out
}

// send lets each exchanger take the next message until none is left.
func (g *getter) send(ctx context.Context, parts []part, over []exchanger) {
	patience := min(g.mem.patience(left(ctx)), left(ctx))
	var mu sync.Mutex
	next := 0
	take := func() *part {
		mu.Lock()
		defer mu.Unlock()
		if next == len(parts) || ctx.Err() != nil {
			return nil
		}
		next++
		return &parts[next-1]
	}
	for i := range parts {
		parts[i].err = errTimeout
	}
	var wg sync.WaitGroup
	for _, ex := range over {
		wg.Go(func() {
			for p := take(); p != nil; p = take() {
				g.tally.Requests.Add(1)
				if p.r, p.err = ex.exchange(&p.q, patience); p.err != nil {
					g.tally.Failed.Add(1)
				}
				p.r.vars = slices.Clone[[]mib.Varbind](p.r.vars)
			}
		})
	}
	wg.Wait()
}
