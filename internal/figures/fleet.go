package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"time"

	"siteward/probes/probetest/agent"
)

// The fleet is a process of its own that answers for many devices, each with an address of its own on loopback.

// fleet talks to that process: an empty line asks for its counters, the end of the input ends it.
type fleet struct {
	*process
	in  io.WriteCloser
	out *bufio.Scanner
	// Good agents come first, then the evil ones.
	Port int
}

// fleetOptions say what answers.
type fleetOptions struct {
	good, evil int
	delay      time.Duration
	first      string // address of the first device
}

const fleetFirst = "127.66.0.1"

// fleetMain is the helper: it prints its port, then a line of counters for each line it reads.
func fleetMain(args []string) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	good := flags.Int("good", 1, "good devices")
	evil := flags.Int("evil", 0, "evil devices, behind them")
	delay := flags.Duration("delay", 0, "before each answer")
	first := flags.String("first", fleetFirst, "address of the first")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := agent.Options{Moving: true, MaxReply: 1472, Delay: *delay, Seed: 1}
	port, err := freeUDP(*first)
	if err != nil {
		return err
	}
	all, err := agent.Listen(agent.Layout{Listen: netip.AddrPortFrom(netip.MustParseAddr(*first), port).String(), PerAddress: true, Repeat: *good, Community: community}, o, switchRecording("switch"))
	if err != nil {
		return err
	}
	ended := make(chan error, 2)
	if *evil > 0 {
		more, err := listenEvil(all.Endpoints[len(all.Endpoints)-1].Addr.Addr().Next(), port, *evil)
		if err != nil {
			return err
		}
		go func() { ended <- more.Run(ctx) }()
	}
	go func() { ended <- all.Run(ctx) }()
	fmt.Println(port)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := json.NewEncoder(os.Stdout).Encode(all.Counters()); err != nil {
			return err
		}
	}
	cancel()
	return <-ended
}

const community = "figures"

// freeUDP is a port that nobody uses at an address; all devices have it.
func freeUDP(address string) (uint16, error) {
	conn, err := net.ListenPacket("udp", address+":0")
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Port(), nil
}

// startFleet starts the helper.
func (e *env) startFleet(o fleetOptions) (*fleet, error) {
	if o.first == "" {
		o.first = fleetFirst
	}
	f := &fleet{process: &process{name: "the fleet", errs: &tail{}, gone: make(chan struct{})}}
	f.cmd = exec.Command(e.self, "fleet", fmt.Sprintf("-good=%d", o.good), fmt.Sprintf("-evil=%d", o.evil), fmt.Sprintf("-delay=%s", o.delay), "-first="+o.first)
	f.cmd.Stderr = f.errs
	var err error
	if f.in, err = f.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	f.cmd.Stdout = w
	f.out = bufio.NewScanner(r)
	err = f.begin()
	w.Close()
	if err != nil {
		return nil, err
	}
	if !f.out.Scan() {
		f.stop()
		return nil, fmt.Errorf("the fleet does not answer: %s", f.errs)
	}
	_, err = fmt.Sscan(f.out.Text(), &f.Port)
	return f, err
}

// counters is what the good ones were asked until now.
func (f *fleet) counters() (c agent.Counters, err error) {
	if _, err = io.WriteString(f.in, "\n"); err != nil {
		return c, err
	}
	if !f.out.Scan() {
		return c, fmt.Errorf("the fleet is gone: %s", f.errs)
	}
	return c, json.Unmarshal(f.out.Bytes(), &c)
}

func (f *fleet) stop() {
	if f != nil {
		_ = f.in.Close()
		f.process.stop()
	}
}
