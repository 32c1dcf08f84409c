package main

import (
	"context"
	"net/netip"

	"siteward/probes/probetest/agent"
)

// evils are the kinds of broken agents, one device each.
var evils = []agent.Fault{agent.FaultSilent, agent.FaultEndless, agent.FaultLoop, agent.FaultHuge, agent.FaultTruncate, agent.FaultWrongID, agent.FaultSame, agent.FaultGarbage}

// evilFleet answers for all evil devices.
type evilFleet []*agent.Fleet

func listenEvil(first netip.Addr, port uint16, n int) (evilFleet, error) {
	var out evilFleet
	for i := range n {
		o := agent.Options{Moving: true, MaxReply: 1472, Fault: evils[i%len(evils)]}
		f, err := agent.Listen(agent.Layout{Listen: netip.AddrPortFrom(first, port).String(), PerAddress: true, Community: community}, o, switchRecording("switch"))
		if err != nil {
			return out, err
		}
		out, first = append(out, f), first.Next()
	}
	return out, nil
}

// Run answers until the context ends.
func (f evilFleet) Run(ctx context.Context) error {
	ended := make(chan error, len(f))
	for _, one := range f {
		go func() { ended <- one.Run(ctx) }()
	}
	var err error
	for range f {
		if e := <-ended; e != nil {
			err = e
		}
	}
	return err
}
