package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// Fleet is a set of agents on sockets of their own, or one agent for all devices on one socket.
type Fleet struct {
	Endpoints []Endpoint
	conns     []net.PacketConn
}

// Endpoint is one socket and the agent behind it.
type Endpoint struct {
	Addr  netip.AddrPort
	Agent *Agent
}

// Layout says how recordings become devices and where they listen.
type Layout struct {
	Listen     string // address of the first or only socket
	PerAddress bool   // each device has an IP address: that of Listen and the following ones
	PerPort    bool   // each device has a UDP port: that of Listen and the following ones, or free ones for port 0
	Repeat     int    // copies of each recording, named name-1 and so on; 0 and 1: one, with the recording's name
	Community  string // PerAddress, PerPort: a further community all answer to
}

// Listen opens the sockets. Run answers on them; Close gives them up when Run is not to be called.
func Listen(l Layout, o Options, recordings ...*Recording) (*Fleet, error) {
	f := &Fleet{}
	if err := f.listen(l, o, recordings); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Fleet) listen(l Layout, o Options, recordings []*Recording) error {
	addr, err := parseListen(l.Listen)
	if err != nil {
		return err
	}
	if l.PerAddress && l.PerPort {
		return errors.New("a device has either an address or a port of its own, not both")
	}
	devices := l.devices(recordings)
	if !l.PerAddress && !l.PerPort {
		a, err := New(o, devices...)
		if err != nil {
			return err
		}
		return f.open(addr, a)
	}
	for _, d := range devices {
		a, err := New(o, d)
		if err != nil {
			return err
		}
		a.Alias(d.rec.Name, d)
		if l.Community != "" {
			a.Alias(l.Community, d)
		}
		if err := f.open(addr, a); err != nil {
			return err
		}
		if addr, err = l.following(addr); err != nil {
			return err
		}
	}
	return nil
}

func parseListen(s string) (netip.AddrPort, error) {
	udp, err := net.ResolveUDPAddr("udp", s)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q is no address to listen on, such as 127.0.0.1:16100: %w", s, err)
	}
	if udp.IP == nil {
		udp.IP = net.IPv6unspecified
	}
	addr := udp.AddrPort()
	return netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()), nil
}

func (l Layout) devices(recordings []*Recording) []*Device {
	var out []*Device
	for _, r := range recordings {
		if l.Repeat <= 1 {
			out = append(out, NewDevice("", r))
			continue
		}
		for i := range l.Repeat {
			out = append(out, NewDevice(fmt.Sprintf("%s-%d", r.Name, i+1), r))
		}
	}
	return out
}

// following is where the next device listens.
func (l Layout) following(a netip.AddrPort) (netip.AddrPort, error) {
	switch {
	case l.PerAddress:
		next := a.Addr().Next()
		if !next.IsValid() {
			return a, errors.New("there is no address after " + a.Addr().String())
		}
		return netip.AddrPortFrom(next, a.Port()), nil
	case a.Port() == 0:
		return a, nil
	case a.Port() == 65535:
		return a, errors.New("there is no port after 65535; begin with a lower one")
	}
	return netip.AddrPortFrom(a.Addr(), a.Port()+1), nil
}

func (f *Fleet) open(addr netip.AddrPort, a *Agent) error {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return fmt.Errorf("listen for SNMP: %w", err)
	}
	f.conns = append(f.conns, conn)
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	local = netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	f.Endpoints = append(f.Endpoints, Endpoint{local, a})
	return nil
}

// Run answers until ctx ends, and closes the sockets.
func (f *Fleet) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	failures := make(chan error, len(f.conns))
	for i, conn := range f.conns {
		group.Go(func() {
			if err := f.Endpoints[i].Agent.Serve(ctx, conn); err != nil {
				failures <- err
				cancel()
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

// Close gives the sockets up.
func (f *Fleet) Close() {
	for _, c := range f.conns {
		_ = c.Close()
	}
}

// Counters adds up what all agents were asked and answered.
func (f *Fleet) Counters() Counters {
	var sum Counters
	for _, e := range f.Endpoints {
		sum.add(e.Agent.Counters())
	}
	return sum
}
