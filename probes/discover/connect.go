package discover

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// connectWait is how long a port may take to say yes; in one's own network it takes a few milliseconds.
const connectWait = 700 * time.Millisecond

// ports that tell what somebody is for, by what he is already known to be.
var ports = map[appliance.Kind][]int{
	appliance.KindPrinter:     {80, 443, 631, 9100},
	appliance.KindUPS:         {80, 443},
	appliance.KindPDU:         {80, 443},
	appliance.KindSensor:      {80, 443},
	appliance.KindSwitch:      {22, 80, 443},
	appliance.KindRouter:      {22, 80, 443},
	appliance.KindFirewall:    {22, 443},
	appliance.KindAccessPoint: {22, 80, 443},
	appliance.KindNAS:         {80, 443, 445, 3493},
	appliance.KindServer:      {22, 80, 443, 445, 3389, 3493, 3551},
}

// anyPorts are tried on those of whom nothing is known.
var anyPorts = []int{22, 80, 443, 445, 631, 3389, 3493, 3551, 9100}

// connect tries a few TCP ports of everybody who was seen, and closes each at once.
func (s *search) connect(ctx context.Context) error {
	hosts := s.hosts()
	s.begin(StepPorts, len(hosts))
	return s.inParallel(ctx, hosts, 16, func(ctx context.Context, a netip.Addr) {
		seen := s.sighting(a)
		wanted := anyPorts
		if seen.Identity != nil && ports[seen.Identity.Kind] != nil {
			wanted = ports[seen.Identity.Kind]
		}
		var open []int
		silent := 0
		for _, port := range wanted {
			if silent >= 3 && len(open) == 0 {
				break // a firewall that drops everything
			}
			if s.pace.wait(ctx) != nil {
				return
			}
			ok, answered := dial(ctx, a, port)
			if answered {
				s.pace.answered()
			} else {
				silent++
			}
			if ok {
				open = append(open, port)
			}
		}
		s.opened(a, open)
	})
}

func dial(ctx context.Context, a netip.Addr, port int) (open, answered bool) {
	d := net.Dialer{Timeout: connectWait}
	conn, err := d.DialContext(ctx, "tcp", netip.AddrPortFrom(a, uint16(port)).String()) //nolint:gosec // of the tables above
	if err == nil {
		_ = conn.Close()
		return true, true
	}
	e, ok := err.(net.Error) //nolint:errorlint // net.Dialer gives it bare
	return false, ok && !e.Timeout()
}

func (s *search) opened(a netip.Addr, open []int) {
	if len(open) == 0 {
		return
	}
	words := make([]string, len(open))
	for i, p := range open {
		words[i] = strconv.Itoa(p)
	}
	s.at(a, func(one *appliance.Sighting) {
		for _, p := range open {
			if !slices.Contains(one.Ports, p) {
				one.Ports = append(one.Ports, p)
			}
		}
		one.Why = append(one.Why, appliance.Message{Key: "proposal.why_ports", Args: map[string]any{"ports": strings.Join(words, ", ")}, English: "takes connections at port " + strings.Join(words, ", ")})
	})
}
