package discover

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"

	"siteward/appliance"
)

// mdnsWait is how long answers to the two rounds of questions are waited for.
const mdnsWait = 1500 * time.Millisecond

// services that are asked for by name, because they say what a device is for; the first asks which there are.
var services = []string{
	"_services._dns-sd._udp.local.", "_device-info._tcp.local.", "_workstation._tcp.local.", "_smb._tcp.local.", "_http._tcp.local.", "_ssh._tcp.local.",
	"_ipp._tcp.local.", "_printer._tcp.local.", "_pdl-datastream._tcp.local.", "_nut._tcp.local.", "_adisk._tcp.local.", "_sip._udp.local.",
}

// multicast asks from a port of its own, so that answers come to us alone (RFC 6762 6.7) and no group has to be joined.
func (s *search) multicast(ctx context.Context) error {
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return nil //nolint:nilerr // names by mDNS are then missing, nothing else
	}
	var done sync.WaitGroup
	done.Go(func() { s.hear(conn) })
	defer done.Wait()
	defer conn.Close()
	out := ipv4.NewPacketConn(conn)
	for range 2 {
		for _, i := range s.interfaces() {
			if err := out.SetMulticastInterface(&i); err != nil {
				continue
			}
			if err := s.pace.wait(ctx); err != nil {
				return err
			}
			_, _ = conn.WriteTo(mdnsQuestion(), &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}) // who cannot be asked answers nothing
		}
		if err := pause(ctx, mdnsWait); err != nil {
			return err
		}
	}
	return nil
}

// interfaces are those whose networks are searched.
func (s *search) interfaces() []net.Interface {
	var out []net.Interface
	all, _ := net.Interfaces()
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, _ := i.Addrs()
		if slices.ContainsFunc(addrs, func(a net.Addr) bool {
			p, err := netip.ParsePrefix(a.String())
			return err == nil && p.Addr().Is4() && slices.ContainsFunc(s.Ranges, p.Masked().Overlaps)
		}) {
			out = append(out, i)
		}
	}
	return out
}

func mdnsQuestion() []byte {
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{})
	err := b.StartQuestions()
	for _, name := range services {
		err = errors.Join(err, b.Question(dnsmessage.Question{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET}))
	}
	out, end := b.Finish()
	if errors.Join(err, end) != nil {
		return nil
	}
	return out
}

func (s *search) hear(conn *net.UDPConn) {
	b := make([]byte, 9000)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		a, ok := parseMDNS(b[:n])
		if !ok || from.Port() != 5353 {
			continue
		}
		s.pace.answered()
		who := from.Addr().Unmap()
		s.at(who, func(one *appliance.Sighting) {
			for _, service := range a.services {
				if !slices.Contains(one.Services, service) && len(one.Services) < 32 {
					one.Services = append(one.Services, service)
				}
			}
			if one.Model == "" {
				one.Model = a.model
			}
			if m := (appliance.Message{Key: "proposal.why_services", Args: map[string]any{"services": strings.Join(one.Services, ", ")}, English: "offers " + strings.Join(one.Services, ", ") + " (mDNS)"}); len(one.Services) > 0 && !one.Said(m.Key) {
				one.Why = append(one.Why, m)
			}
		})
		for name, at := range a.hosts {
			if slices.Contains(at, who) {
				s.called(who, "proposal.why_mdns", strings.TrimSuffix(name, ".local"))
			}
		}
	}
}

// announced is what an mDNS answer says.
type announced struct {
	services []string                // "_ipp._tcp"
	hosts    map[string][]netip.Addr // "nas.local"
	model    string
}

// maxRecords bounds what is read of one answer.
const maxRecords = 256

// parseMDNS reads an answer; what cannot be read of it is left out.
func parseMDNS(b []byte) (announced, bool) {
	out := announced{hosts: map[string][]netip.Addr{}}
	var p dnsmessage.Parser
	h, err := p.Start(b)
	if err != nil || !h.Response || p.SkipAllQuestions() != nil {
		return out, false
	}
	take := func(next func() (dnsmessage.Resource, error)) {
		for range maxRecords {
			r, err := next()
			if err != nil {
				return
			}
			out.record(r)
		}
	}
	take(p.Answer)
	if p.SkipAllAnswers() == nil && p.SkipAllAuthorities() == nil {
		take(p.Additional)
	}
	return out, len(out.services)+len(out.hosts) > 0
}

func (a *announced) record(r dnsmessage.Resource) {
	name := strings.TrimSuffix(r.Header.Name.String(), ".")
	switch body := r.Body.(type) {
	case *dnsmessage.PTRResource:
		service := strings.TrimSuffix(name, ".local")
		if service == "_services._dns-sd._udp" {
			service = strings.TrimSuffix(strings.TrimSuffix(body.PTR.String(), "."), ".local")
		}
		if service = hostName(service); strings.HasPrefix(service, "_") && len(service) < 60 && !slices.Contains(a.services, service) && len(a.services) < 32 {
			a.services = append(a.services, service)
		}
	case *dnsmessage.AResource:
		if name = hostName(name); name != "" && len(a.hosts) < 32 {
			a.hosts[name] = append(a.hosts[name], netip.AddrFrom4(body.A))
		}
	case *dnsmessage.TXTResource:
		for _, t := range body.TXT {
			key, value, _ := strings.Cut(t, "=")
			if key = strings.ToLower(key); a.model == "" && (key == "ty" || key == "model") {
				a.model = clip(hostName(value))
			}
		}
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60])
	}
	return s
}
