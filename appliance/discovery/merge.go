package discovery

import (
	"cmp"
	"net/netip"
	"slices"

	"siteward/appliance"
)

// Candidate is one device, seen at one address or at several.
type Candidate struct {
	appliance.Sighting
	Marks appliance.Marks
	Twins []string // addresses of other candidates that say the same of themselves
	Twin  string   // the mark they share: "serial" or "engine_id"
}

// Merge makes one candidate of each device. Sightings come in the order of the search; the first with the most to say keeps its
// address.
func Merge(sightings []appliance.Sighting) []Candidate {
	var out []Candidate
	for _, s := range byWeight(sightings) {
		c := Candidate{Sighting: s, Marks: s.Marks()}
		joined := false
		for i := range out {
			same, mark := Compare(out[i].Marks, c.Marks)
			switch {
			case same == Same && !joined:
				out[i].join(c, mark)
				joined = true
			case same == Twins && !joined:
				out[i].Twins, out[i].Twin = append(out[i].Twins, s.Address), mark
				c.Twins, c.Twin = append(c.Twins, out[i].Address), mark
			}
		}
		if !joined {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return compareAddresses(a.Address, b.Address) })
	return out
}

// byWeight puts those first that told most of themselves.
func byWeight(sightings []appliance.Sighting) []appliance.Sighting {
	out := slices.Clone(sightings)
	weight := func(s appliance.Sighting) int {
		switch {
		case s.Identity != nil:
			return 0
		case s.RTT > 0 || len(s.Ports) > 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(out, func(a, b appliance.Sighting) int { return weight(a) - weight(b) })
	return out
}

// join takes over what another sighting of the same device has to say.
func (c *Candidate) join(o Candidate, mark string) {
	if c.Address != o.Address {
		c.Why = append(c.Why, appliance.Message{Key: "proposal.why_also", Args: map[string]any{"address": o.Address, "mark": "proposal.mark_" + mark},
			English: "it also has the address " + o.Address + ", by the same " + mark})
		c.Sighting.Addresses = addNew(c.Sighting.Addresses, o.Address)
	} else {
		for _, m := range o.Why {
			if !c.Said(m.Key) {
				c.Why = append(c.Why, m)
			}
		}
	}
	if c.Identity == nil {
		c.Identity, c.Credential = o.Identity, o.Credential
	}
	if c.EngineID == "" {
		c.EngineID = o.EngineID
	}
	if c.Model == "" {
		c.Model = o.Model
	}
	c.MACs, c.Names, c.Services = addNew(c.MACs, o.MACs...), addNew(c.Names, o.Names...), addNew(c.Services, o.Services...)
	c.Sighting.Addresses = addNew(c.Sighting.Addresses, o.Addresses...)
	for _, p := range o.Ports {
		if !slices.Contains(c.Ports, p) {
			c.Ports = append(c.Ports, p)
		}
	}
	c.Marks = Union(c.Marks, o.Marks)
}

// Union is what two sets of marks of one device know together.
func Union(a, b appliance.Marks) appliance.Marks {
	if a.Serial == "" {
		a.Serial = b.Serial
	}
	if a.EngineID == "" {
		a.EngineID = b.EngineID
	}
	a.MACs = addNew(a.MACs, b.MACs...)
	a.Names = addNew(a.Names, b.Names...)
	a.Addresses = addNew(a.Addresses, b.Addresses...)
	return bounded(a)
}

// maxMarks bounds what a device can make us remember; a big switch has a few hundred hardware addresses.
const maxMarks = 512

func bounded(m appliance.Marks) appliance.Marks {
	m.MACs, m.Names, m.Addresses = m.MACs[:min(len(m.MACs), maxMarks)], m.Names[:min(len(m.Names), 16)], m.Addresses[:min(len(m.Addresses), 64)]
	return m
}

func addNew(list []string, more ...string) []string {
	out := slices.Clone(list)
	for _, s := range more {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// compareAddresses orders IP addresses by number and names behind them.
func compareAddresses(a, b string) int {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if errX == nil && errY == nil {
		return x.Compare(y)
	}
	return cmp.Compare(a, b)
}
