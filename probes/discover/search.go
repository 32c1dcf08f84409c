package discover

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp"
)

// search is one run. mu guards found and the progress.
type search struct {
	Options
	pace   *pace
	reader *snmp.Reader
	own    map[netip.Addr]bool

	mu     sync.Mutex
	found  map[netip.Addr]*appliance.Sighting
	notes  []appliance.Message
	step   string
	done   int
	total  int
	looked int
}

// Run searches until it is through or ctx ends; then it gives what it has seen so far, with ctx's error.
func Run(ctx context.Context, o Options) (Result, error) {
	if o.ARP == "" {
		o.ARP = "/proc/thread-self/net/arp" // of the network that this thread is in; the same as /proc/net/arp in a service
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &search{Options: o, pace: newPace(o.Rate), found: map[netip.Addr]*appliance.Sighting{}, own: ownAddresses()}
	if o.Profiles != nil {
		s.reader = snmp.New(o.Profiles, snmp.Options{Sessions: asked, Pace: s.pace.wait})
	}
	err := s.run(ctx)
	return s.result(), err
}

func (s *search) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.sweep, s.hints, s.names, s.ask, s.connect} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// each address of the ranges once, without the network's own and the broadcast address, and without this machine.
func (s *search) addresses() []netip.Addr {
	var out []netip.Addr
	for _, p := range s.Ranges {
		last := lastOf(p)
		for a := p.Addr(); p.Contains(a) && a.IsValid(); a = a.Next() {
			if p.Bits() <= 30 && (a == p.Addr() || a == last) || s.own[a] {
				continue
			}
			out = append(out, a)
		}
	}
	return out
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom4(b)
}

func (s *search) inside(a netip.Addr) bool {
	return slices.ContainsFunc(s.Ranges, func(p netip.Prefix) bool { return p.Contains(a) }) && !s.own[a]
}

// at gives the sighting of an address to whoever has something to say of it; nil when the address is not searched.
func (s *search) at(a netip.Addr, say func(*appliance.Sighting)) {
	if a = a.Unmap(); !s.inside(a) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.found[a]
	if one == nil {
		one = &appliance.Sighting{Address: a.String()}
		s.found[a] = one
	}
	say(one)
}

// hosts lists who was seen so far.
func (s *search) hosts() []netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]netip.Addr, 0, len(s.found))
	for a := range s.found {
		out = append(out, a)
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return out
}

func (s *search) sighting(a netip.Addr) appliance.Sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.found[a]; one != nil {
		return *one
	}
	return appliance.Sighting{}
}

// hints takes what others know.
func (s *search) hints(context.Context) error {
	for _, h := range s.Hints {
		a, err := netip.ParseAddr(h.Address)
		if err != nil {
			continue
		}
		s.at(a, func(one *appliance.Sighting) { note(one, h.MAC, h.Why) })
	}
	return nil
}

// note adds a hardware address and the sentence that says where it is from.
func note(one *appliance.Sighting, mac string, why appliance.Message) {
	if mac != "" && !slices.Contains(one.MACs, mac) && len(one.MACs) < 512 {
		one.MACs = append(one.MACs, mac)
	}
	if !one.Said(why.Key) {
		one.Why = append(one.Why, why)
	}
}

// begin starts a step.
func (s *search) begin(step string, total int) {
	s.mu.Lock()
	s.step, s.done, s.total = step, 0, total
	s.mu.Unlock()
	s.tell()
}

func (s *search) moved(n int) {
	s.mu.Lock()
	s.done += n
	s.mu.Unlock()
	s.tell()
}

func (s *search) tell() {
	if s.Progress == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Progress(Progress{Step: s.step, Done: s.done, Total: s.total, Left: s.left(), Packets: int(s.pace.sent.Load()), Answers: int(s.pace.got.Load())})
}

// What a step needs for one host, in packets, so that people can be told how long it takes.
const (
	packetsOfNames = 1
	packetsOfSNMP  = 4
	packetsOfPorts = 6
)

// left is about how much longer it takes: what remains to be sent, at our rate. mu is held.
func (s *search) left() time.Duration {
	rest, hosts := s.total-s.done, len(s.found)
	packets := 0
	switch s.step {
	case StepPing:
		if s.done > 0 {
			hosts = max(hosts, hosts*s.total/s.done)
		}
		packets = rest + hosts*(packetsOfNames+packetsOfSNMP+packetsOfPorts)
	case StepNames:
		packets = rest*packetsOfNames + hosts*(packetsOfSNMP+packetsOfPorts)
	case StepSNMP:
		packets = rest*packetsOfSNMP + hosts*packetsOfPorts
	case StepPorts:
		packets = rest * packetsOfPorts
	}
	return time.Duration(packets) * time.Second / time.Duration(max(s.Rate, 1))
}

func (s *search) complain(key, english string, args map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(s.notes, func(m appliance.Message) bool { return m.Key == key }) {
		s.notes = append(s.notes, appliance.Message{Key: key, Args: args, English: english})
	}
}

func (s *search) result() Result {
	r := Result{Packets: int(s.pace.sent.Load()), Answers: int(s.pace.got.Load())}
	for _, a := range s.hosts() {
		r.Sightings = append(r.Sightings, s.sighting(a))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Addresses, r.Notes = s.looked, s.notes
	return r
}

// ownAddresses are this machine's.
func ownAddresses() map[netip.Addr]bool {
	out := map[netip.Addr]bool{}
	addrs, _ := net.InterfaceAddrs() // without them we find ourselves, which is no harm
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			out[p.Addr()] = true
		}
	}
	return out
}

// inParallel does work for each host, at most n at a time, and ends early with ctx.
func (s *search) inParallel(ctx context.Context, hosts []netip.Addr, n int, work func(context.Context, netip.Addr)) error {
	turns := make(chan netip.Addr)
	var all sync.WaitGroup
	for range min(n, len(hosts)) {
		all.Go(func() {
			for a := range turns {
				work(ctx, a)
				s.moved(1)
			}
		})
	}
	err := func() error {
		for _, a := range hosts {
			select {
			case turns <- a:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}()
	close(turns)
	all.Wait()
	return errors.Join(err, ctx.Err())
}
