package discovery

import (
	"net/netip"
	"slices"
	"strings"

	"siteward/appliance"
)

// KindOf is what a candidate is for: as its profile says, else what its services and ports mean.
func KindOf(c Candidate) appliance.Kind {
	if c.Identity != nil && c.Identity.Kind != "" && c.Identity.Kind != appliance.KindOther {
		return c.Identity.Kind
	}
	for _, s := range []struct {
		kind     appliance.Kind
		services []string
		ports    []int
	}{
		{appliance.KindPrinter, []string{"_ipp._tcp", "_ipps._tcp", "_printer._tcp", "_pdl-datastream._tcp", "_uscan._tcp", "_scanner._tcp"}, []int{9100, 631}},
		{appliance.KindNAS, []string{"_adisk._tcp", "_readynas._tcp", "_qdiscover._tcp"}, nil},
		{appliance.KindServer, []string{"_smb._tcp", "_workstation._tcp", "_nfs._tcp", "_nut._tcp"}, []int{3389, 445, 3493, 3551}},
	} {
		if slices.ContainsFunc(s.services, func(x string) bool { return slices.Contains(c.Services, x) }) ||
			slices.ContainsFunc(s.ports, func(x int) bool { return slices.Contains(c.Ports, x) }) {
			return s.kind
		}
	}
	return appliance.KindOther
}

// usableIP says whether an address is a number and not a name.
func usableIP(address string) bool {
	_, err := netip.ParseAddr(strings.TrimSpace(address))
	return err == nil
}
