package discover

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"siteward/appliance"
)

// names asks DNS what addresses are called, and mDNS who is there and what he offers.
func (s *search) names(ctx context.Context) error {
	if s.Quiet {
		return nil
	}
	if err := s.multicast(ctx); err != nil {
		return err
	}
	hosts := s.hosts()
	s.begin(StepNames, len(hosts))
	silent := 0
	return s.inParallel(ctx, hosts, 16, func(ctx context.Context, a netip.Addr) {
		s.mu.Lock()
		skip := silent >= 8 // the name server does not answer at all
		s.mu.Unlock()
		if skip {
			s.complain("discovery.note_dns", "the name server does not answer, so names are missing", nil)
			return
		}
		if s.pace.wait(ctx) != nil {
			return
		}
		ask, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		names, err := net.DefaultResolver.LookupAddr(ask, a.String())
		s.mu.Lock()
		if ask.Err() != nil {
			silent++
		} else {
			silent = 0
		}
		s.mu.Unlock()
		if err != nil || len(names) == 0 {
			return
		}
		s.pace.answered()
		s.called(a, "proposal.why_dns", names[0])
	})
}

// called notes a name and where it is from.
func (s *search) called(a netip.Addr, key, name string) {
	name = hostName(name)
	if name == "" {
		return
	}
	s.at(a, func(one *appliance.Sighting) {
		if !slices.Contains(one.Names, name) && len(one.Names) < 8 {
			one.Names = append(one.Names, name)
		}
		if !one.Said(key) {
			from := "DNS"
			if key == "proposal.why_mdns" {
				from = "itself (mDNS)"
			}
			one.Why = append(one.Why, appliance.Message{Key: key, Args: map[string]any{"name": name}, English: "is called " + name + " by " + from})
		}
	})
}

// hostName is a name of the network, printable and bounded.
func hostName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s), " .")
	if len(s) > 200 {
		return ""
	}
	return s
}
