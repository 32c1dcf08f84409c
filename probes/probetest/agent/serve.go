package agent

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Serve answers on a socket until ctx ends, and closes it. Several sockets may be served at once.
func (a *Agent) Serve(ctx context.Context, conn net.PacketConn) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	s := socketOf(conn)
	r := &responder{agent: a}
	loss := rand.New(rand.NewPCG(a.o.Seed, 0))
	in := make([]byte, MaxMessage+1)
	for {
		n, err := s.read(in)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("receive SNMP requests: %w", err)
		}
		if a.o.Loss > 0 && loss.Float64() < a.o.Loss {
			a.tally.datagrams.Add(1)
			a.tally.lost.Add(1)
			continue
		}
		if out := r.respond(in[:n], a.o.Now()); len(out) > 0 {
			a.send(s, out)
		}
	}
}

// send writes at once or after the delay. What cannot be sent is lost, as on a real network.
func (a *Agent) send(s socket, out []byte) {
	if a.o.Delay <= 0 {
		s.write(out)
		return
	}
	later := append([]byte(nil), out...)
	reply := s.reply()
	time.AfterFunc(a.o.Delay, func() { reply(later) })
}

// socket remembers who asked last.
type socket interface {
	read(b []byte) (int, error)
	write(b []byte)
	reply() func([]byte)
}

func socketOf(conn net.PacketConn) socket {
	if udp, ok := conn.(*net.UDPConn); ok {
		_ = udp.SetReadBuffer(1 << 20) // a burst of a whole site; the kernel gives what it allows
		return &udpSocket{conn: udp}
	}
	return &anySocket{conn: conn}
}

// udpSocket reads and writes without an allocation.
type udpSocket struct {
	conn *net.UDPConn
	from netip.AddrPort
}

func (s *udpSocket) read(b []byte) (n int, err error) {
	n, s.from, err = s.conn.ReadFromUDPAddrPort(b)
	return n, err
}

func (s *udpSocket) write(b []byte) { _, _ = s.conn.WriteToUDPAddrPort(b, s.from) }

func (s *udpSocket) reply() func([]byte) {
	to := s.from
	return func(b []byte) { _, _ = s.conn.WriteToUDPAddrPort(b, to) }
}

type anySocket struct {
	conn net.PacketConn
	from net.Addr
}

func (s *anySocket) read(b []byte) (n int, err error) {
	n, s.from, err = s.conn.ReadFrom(b)
	return n, err
}

func (s *anySocket) write(b []byte) { _, _ = s.conn.WriteTo(b, s.from) }

func (s *anySocket) reply() func([]byte) {
	to := s.from
	return func(b []byte) { _, _ = s.conn.WriteTo(b, to) }
}

// Running is an agent that serves in the background.
type Running struct {
	*Agent
	Addr netip.AddrPort
	stop context.CancelFunc
	done sync.WaitGroup
}

// Start serves recordings on a UDP address, "127.0.0.1:0" for a free port, until Close.
func Start(addr string, o Options, recordings ...*Recording) (*Running, error) {
	devices := make([]*Device, len(recordings))
	for i, r := range recordings {
		devices[i] = NewDevice("", r)
	}
	a, err := New(o, devices...)
	if err != nil {
		return nil, err
	}
	return a.Start(addr)
}

// Start serves on a UDP address in the background until Close.
func (a *Agent) Start(addr string) (*Running, error) {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for SNMP: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Running{Agent: a, Addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), stop: stop}
	r.done.Go(func() { _ = a.Serve(ctx, conn) })
	return r, nil
}

// Close stops answering and waits for the last answer.
func (r *Running) Close() {
	r.stop()
	r.done.Wait()
}
