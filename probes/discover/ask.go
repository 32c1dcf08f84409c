package discover

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/neighbours"
)

// Bounds of asking.
const (
	asked     = 8                // devices at the same time
	firstWord = 3 * time.Second  // to find out whether a credential fits
	wholeLook = 25 * time.Second // to read what the device is
)

// sysObjectID is what every agent has.
const sysObjectID mib.OID = "1.3.6.1.2.1.1.2.0"

// ask tries the credentials on everybody who was seen, and reads what those are who answer. Whom a router or a switch among them knows
// in the ranges is asked as well.
func (s *search) ask(ctx context.Context) error {
	if s.reader == nil || len(s.Credentials) == 0 {
		return nil
	}
	tried := map[netip.Addr]bool{}
	for range 3 {
		var hosts []netip.Addr
		for _, a := range s.hosts() {
			if !tried[a] {
				hosts = append(hosts, a)
				tried[a] = true
			}
		}
		if len(hosts) == 0 {
			return nil
		}
		s.begin(StepSNMP, len(hosts))
		if err := s.inParallel(ctx, hosts, asked, s.askOne); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) askOne(ctx context.Context, a netip.Addr) {
	seen := s.sighting(a)
	for i := range s.Credentials {
		c := &s.Credentials[i]
		if c.SNMPVersion == "3" && seen.EngineID == "" {
			continue // who speaks SNMPv3 has said so
		}
		t := snmp.Target{Device: appliance.Device{Name: a.String(), Address: a.String()}, Credential: c,
			Check: appliance.Check{Probe: appliance.ProbeSNMP, SNMP: &appliance.SNMPSettings{Port: s.SNMPPort, Credential: c.ID}}}
		if s.fits(ctx, t) {
			s.look(ctx, a, t)
			return
		}
	}
	if seen.EngineID != "" {
		s.at(a, func(one *appliance.Sighting) {
			one.Why = append(one.Why, appliance.Message{Key: "proposal.why_no_credential", English: "none of the stored credentials fits its SNMP"})
		})
	}
}

// fits says whether the device answers to a credential.
func (s *search) fits(ctx context.Context, t snmp.Target) bool {
	ctx, cancel := context.WithTimeout(ctx, firstWord)
	defer cancel()
	ask, done, err := s.reader.Open(ctx, t, quiet{})
	if err != nil {
		return false
	}
	defer done()
	vars, err := ask.Get(ctx, []mib.OID{sysObjectID})
	return err == nil && slices.ContainsFunc(vars, mib.Varbind.Exists)
}

// look reads what a device is, by its profile, and by what it can be recognised.
func (s *search) look(ctx context.Context, a netip.Addr, t snmp.Target) {
	s.pace.answered()
	whole, cancel := context.WithTimeout(ctx, wholeLook)
	defer cancel()
	_, reading := s.reader.Look(whole, t)
	id := reading.Identity
	if id == nil {
		id = &appliance.Identity{}
	}
	tables := s.tables(whole, t, id.Kind)
	s.at(a, func(one *appliance.Sighting) {
		one.Identity, one.Credential = id, t.Credential.ID
		if tables.EngineID != "" {
			one.EngineID = tables.EngineID
		}
		for _, m := range tables.MACs {
			if !slices.Contains(one.MACs, m) && len(one.MACs) < 512 {
				one.MACs = append(one.MACs, m)
			}
		}
		one.Addresses = ownOf(tables.Addresses, a)
		product := id.Product()
		if product == "" {
			product = string(id.Kind)
		}
		key, english := "proposal.why_snmp", fmt.Sprintf("says over SNMP that it is %s", product)
		if id.Serial != "" {
			key, english = "proposal.why_snmp_serial", english+", serial number "+id.Serial
		}
		one.Why = append(one.Why, appliance.Message{Key: key, English: english,
			Args: map[string]any{"product": product, "serial": id.Serial, "credential": t.Credential.Name}})
	})
	for _, e := range tables.Resolved {
		s.told(e.Address, e.MAC, appliance.Message{Key: "proposal.why_arp_of", Args: map[string]any{"name": nameOr(id.SysName, a), "mac": e.MAC},
			English: nameOr(id.SysName, a) + " knows its network card " + e.MAC})
	}
	for _, n := range tables.Told {
		s.told(n.Address, "", appliance.Message{Key: "proposal.why_" + n.By, Args: map[string]any{"name": nameOr(id.SysName, a), "port": n.PortName, "as": n.Name},
			English: fmt.Sprintf("%s sees it at port %s (%s)", nameOr(id.SysName, a), n.PortName, n.By)})
	}
}

// told notes an address that another device knows.
func (s *search) told(address, mac string, why appliance.Message) {
	if a, err := netip.ParseAddr(address); err == nil {
		s.at(a, func(one *appliance.Sighting) { note(one, mac, why) })
	}
}

func nameOr(name string, a netip.Addr) string {
	if name = hostName(name); name == "" {
		return a.String()
	}
	return name
}

// ownOf leaves out loopback and the address that is known.
func ownOf(all []string, at netip.Addr) []string {
	var out []string
	for _, text := range all {
		if a, err := netip.ParseAddr(text); err == nil && !a.IsLoopback() && a != at {
			out = append(out, text)
		}
	}
	return out
}

// tables reads by what the device is recognised; of those that connect others, who they know as well.
func (s *search) tables(ctx context.Context, t snmp.Target, kind appliance.Kind) appliance.NeighbourTables {
	ask, done, err := s.reader.Open(ctx, t, quiet{})
	if err != nil {
		return appliance.NeighbourTables{}
	}
	defer done()
	read := neighbours.Identify
	if kind == appliance.KindSwitch || kind == appliance.KindRouter || kind == appliance.KindFirewall {
		read = neighbours.Read
	}
	out, _ := read(ctx, ask) // what could be read is good
	return out
}

// quiet throws a run's own log away: a search asks hundreds who do not answer.
type quiet struct{}

// Printf is snmp.Log.
func (quiet) Printf(string, ...any) {}
