package discover

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"

	"siteward/appliance"
)

// settle is how long answers are waited for when the last echo of a round was sent.
const settle = time.Second

// sweep sends an echo to every address, and a second one, with a question for the SNMP engine that needs no credential, to those
// that may have missed the first. Addresses of this machine's own networks that no hardware address was found for are not there.
func (s *search) sweep(ctx context.Context) error {
	all := s.addresses()
	s.begin(StepPing, len(all))
	p, err := newPinger(s)
	if err != nil {
		s.complain("discovery.note_ping", "Siteward is not allowed to ping; devices are found by their ports, names and neighbours only: "+err.Error(), map[string]any{"why": err.Error()})
	}
	e, err := newEngines(s)
	if err != nil {
		s.complain("discovery.note_udp", "no UDP socket was to be had: "+err.Error(), map[string]any{"why": err.Error()})
	}
	defer p.close()
	defer e.close()
	local := ownNetworks()
	for _, a := range all {
		if err := s.pace.wait(ctx); err != nil {
			return err
		}
		p.send(a)
		s.mu.Lock()
		s.looked++
		s.mu.Unlock()
		s.moved(1)
		if s.looked%64 == 0 {
			s.readARP()
		}
	}
	if err := pause(ctx, settle); err != nil {
		return err
	}
	s.readARP()
	for _, a := range all {
		seen := s.sighting(a)
		if seen.Address == "" && local(a) {
			continue
		}
		if seen.RTT == 0 {
			if err := s.pace.wait(ctx); err != nil {
				return err
			}
			p.send(a)
		}
		if err := s.pace.wait(ctx); err != nil {
			return err
		}
		e.send(a)
	}
	if err := pause(ctx, settle); err != nil {
		return err
	}
	s.readARP()
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pinger sends echoes to many from one socket: without rights where the system allows it, else raw.
type pinger struct {
	s     *search
	conn  *icmp.PacketConn
	raw   bool
	id    int
	token [8]byte
	done  sync.WaitGroup

	mu   sync.Mutex
	next uint16
	sent map[uint16]echo
}

type echo struct {
	to netip.Addr
	at time.Time
}

func newPinger(s *search) (*pinger, error) {
	p := &pinger{s: s, id: os.Getpid() & 0xffff, sent: map[uint16]echo{}}
	_, _ = rand.Read(p.token[:]) // never fails: the runtime ends the program instead
	conn, err := icmp.ListenPacket("udp4", "0.0.0.0")
	if err != nil {
		p.raw = true
		if conn, err = icmp.ListenPacket("ip4:icmp", "0.0.0.0"); err != nil {
			return nil, err
		}
	}
	p.conn = conn
	p.done.Go(p.receive)
	return p, nil
}

func (p *pinger) close() {
	if p == nil {
		return
	}
	_ = p.conn.Close()
	p.done.Wait()
}

func (p *pinger) send(to netip.Addr) {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.next++
	seq := p.next
	p.sent[seq] = echo{to, time.Now()}
	p.mu.Unlock()
	m := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &icmp.Echo{ID: p.id, Seq: int(seq), Data: p.token[:]}}
	b, err := m.Marshal(nil)
	if err != nil {
		return
	}
	var addr net.Addr = &net.UDPAddr{IP: to.AsSlice()}
	if p.raw {
		addr = &net.IPAddr{IP: to.AsSlice()}
	}
	if _, err := p.conn.WriteTo(b, addr); err != nil && !errors.Is(err, net.ErrClosed) {
		p.s.complain("discovery.note_way", fmt.Sprintf("there is no way to some addresses, such as %s: %v", to, err), map[string]any{"address": to.String(), "why": err.Error()})
	}
}

func (p *pinger) receive() {
	b := make([]byte, 1500)
	for {
		n, from, err := p.conn.ReadFrom(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue // an ICMP error of one address is no end for the others
		}
		p.take(b[:n], from)
	}
}

// take believes an answer that comes from whom it was asked of and brings our token back.
func (p *pinger) take(b []byte, from net.Addr) {
	m, err := icmp.ParseMessage(1, b)
	if err != nil || m.Type != ipv4.ICMPTypeEchoReply {
		return
	}
	body, ok := m.Body.(*icmp.Echo)
	if !ok || string(body.Data) != string(p.token[:]) || p.raw && body.ID != p.id {
		return
	}
	p.mu.Lock()
	e, known := p.sent[uint16(body.Seq)] //nolint:gosec // 16 bits on the wire
	p.mu.Unlock()
	if !known || addressOf(from) != e.to {
		return
	}
	p.s.pace.answered()
	rtt := max(time.Since(e.at), time.Microsecond)
	p.s.at(e.to, func(one *appliance.Sighting) {
		if one.RTT == 0 {
			one.RTT = rtt
			one.Why = append(one.Why, appliance.Message{Key: "proposal.why_ping", Args: map[string]any{"rtt": rtt.Round(100 * time.Microsecond).String()},
				English: "answers ping after " + rtt.Round(100*time.Microsecond).String()})
		}
	})
}

func addressOf(a net.Addr) netip.Addr {
	switch x := a.(type) {
	case *net.UDPAddr:
		out, _ := netip.AddrFromSlice(x.IP)
		return out.Unmap()
	case *net.IPAddr:
		out, _ := netip.AddrFromSlice(x.IP)
		return out.Unmap()
	}
	return netip.Addr{}
}

// ownNetworks says whether an address lies in a network that this machine is plugged into, where hardware addresses are asked for.
func ownNetworks() func(netip.Addr) bool {
	var nets []netip.Prefix
	interfaces, _ := net.Interfaces() // without them every address is asked twice
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 || len(i.HardwareAddr) == 0 {
			continue
		}
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				nets = append(nets, p.Masked())
			}
		}
	}
	return func(a netip.Addr) bool {
		for _, n := range nets {
			if n.Contains(a) {
				return true
			}
		}
		return false
	}
}
