package discovery

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"siteward/appliance"
)

// private are the networks that belong to a site: RFC 1918, link-local, carrier-grade NAT, and this machine.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("127.0.0.0/8"),
}

// Ranges reads what a person entered: CIDR ranges or single addresses. Overlapping ones become one. Errors are CodeInvalid with
// the field ranges.
func Ranges(texts []string, public bool) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range texts {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := parse(text)
		if err != nil {
			return nil, invalid("range", text, "%s is no range of addresses; write it like 192.168.1.0/24")
		}
		switch {
		case !p.Addr().Is4():
			return nil, invalid("range_v6", text, "%s is an IPv6 range, which is too large to be searched; devices with IPv6 are found by their names and neighbours")
		case p.Addr().IsMulticast() || p.Addr().IsUnspecified():
			return nil, invalid("range", text, "%s is no range of devices; write it like 192.168.1.0/24")
		case !public && !isPrivate(p):
			return nil, invalid("range_public", text, "%s is a public range; only private ones are searched unless that is asked for")
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, invalid("range_none", "", "enter a range to search, such as 192.168.1.0/24")
	}
	out = joined(out)
	if n := Count(out); n > appliance.MaxDiscovery {
		return nil, invalid("range_large", strconv.Itoa(n), "these are %s addresses; search at most 4096 (a /20) at a time")
	}
	return out, nil
}

func parse(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

func invalid(key, value, english string) error {
	return appliance.Invalid("ranges", "discovery.wrong_"+key, strings.Replace(english, "%s", value, 1), map[string]any{"value": value})
}

func isPrivate(p netip.Prefix) bool {
	return slices.ContainsFunc(private, func(net netip.Prefix) bool { return p.Bits() >= net.Bits() && net.Contains(p.Addr()) })
}

// joined sorts and leaves out what lies within another.
func joined(ranges []netip.Prefix) []netip.Prefix {
	slices.SortFunc(ranges, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var out []netip.Prefix
	for _, p := range ranges {
		if len(out) == 0 || !out[len(out)-1].Overlaps(p) {
			out = append(out, p)
		}
	}
	return out
}

// Count is how many addresses the ranges have.
func Count(ranges []netip.Prefix) int {
	n := 0
	for _, p := range ranges {
		n += 1 << min(p.Addr().BitLen()-p.Bits(), 30)
	}
	return n
}

// Proposed are the ranges of this machine's own networks that can be searched: private, and each cut to the /24 around the
// machine where it is larger than what is searched at a time.
func Proposed(own []netip.Prefix) []string {
	var out []string
	for _, p := range own {
		if !p.Addr().Is4() || p.Addr().IsLoopback() || p.Addr().IsLinkLocalUnicast() || !isPrivate(p) || p.Bits() > 30 {
			continue
		}
		if Count([]netip.Prefix{p}) > appliance.MaxDiscovery {
			p = netip.PrefixFrom(p.Addr(), 24)
		}
		if text := p.Masked().String(); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}
