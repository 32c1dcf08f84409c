package profile

import (
	"context"
	"fmt"
	"slices"

	"siteward/probes/snmp/mib"
)

// The system group of SNMPv2-MIB (RFC 3418).
const (
	sysDescr    mib.OID = "1.3.6.1.2.1.1.1.0"
	sysObjectID mib.OID = "1.3.6.1.2.1.1.2.0"
)

// Match is what Identify found: the profiles that apply to a device, best first.
type Match struct {
	Profiles    []*Profile
	SysObjectID string
	SysDescr    string
}

// Names lists the profiles that apply, best first.
func (m *Match) Names() []string {
	names := make([]string, len(m.Profiles))
	for i, p := range m.Profiles {
		names[i] = p.Name
	}
	return names
}

// Identify asks the device for its system group and then for the marker objects of those profiles whose other
// conditions hold. It fails only when the device answered nothing at all, or ctx ended.
func (s *Set) Identify(ctx context.Context, ask mib.Asker) (*Match, error) {
	system, err := ask.Get(ctx, []mib.OID{sysDescr, sysObjectID})
	if err != nil {
		return nil, fmt.Errorf("ask for the system group: %w", err)
	}
	var plain spec
	m := &Match{}
	for _, v := range system {
		switch v.OID {
		case sysDescr:
			m.SysDescr = plain.text(v)
		case sysObjectID:
			m.SysObjectID = plain.text(v)
		}
	}
	marks, err := s.marks(ctx, ask, m)
	if err != nil {
		return nil, err
	}
	applies := map[*Profile]bool{}
	for _, p := range s.profiles {
		if slices.ContainsFunc(p.rules, func(r rule) bool { return r.holds(m, marks) }) {
			s.apply(p, applies)
		}
	}
	for _, p := range s.profiles {
		if applies[p] {
			m.Profiles = append(m.Profiles, p)
		}
	}
	return m, nil
}

// Named is the match of profiles that a person chose, with what they bring along; no device is asked.
func (s *Set) Named(names ...string) (*Match, error) {
	applies := map[*Profile]bool{}
	for _, name := range names {
		p := s.byName[name]
		if p == nil {
			return nil, invalid("profile", "there is no profile %q", name)
		}
		s.apply(p, applies)
	}
	m := &Match{}
	for _, p := range s.profiles {
		if applies[p] {
			m.Profiles = append(m.Profiles, p)
		}
	}
	return m, nil
}

// apply adds a profile and those that it brings along.
func (s *Set) apply(p *Profile, to map[*Profile]bool) {
	if p == nil || to[p] {
		return
	}
	to[p] = true
	for _, name := range p.also {
		s.apply(s.byName[name], to)
	}
}

// marks asks for the marker objects of rules that are still possible, and gives those that are there.
func (s *Set) marks(ctx context.Context, ask mib.Asker, m *Match) (map[mib.OID]bool, error) {
	var get, walk []mib.OID
	for _, p := range s.profiles {
		for _, r := range p.rules {
			if r.possible(m) {
				get = append(get, r.exists...)
				walk = append(walk, r.under...)
			}
		}
	}
	found := map[mib.OID]bool{}
	if get = distinct(get); len(get) > 0 {
		vars, err := ask.Get(ctx, get)
		if err != nil && ctx.Err() != nil {
			return nil, fmt.Errorf("ask for marker objects: %w", err)
		}
		for _, v := range vars {
			found[v.OID] = v.Exists()
		}
	}
	if walk = distinct(walk); len(walk) > 0 {
		vars, err := ask.Walk(ctx, walk)
		if err != nil && ctx.Err() != nil {
			return nil, fmt.Errorf("walk marker objects: %w", err)
		}
		for _, base := range walk {
			found[base] = slices.ContainsFunc(vars, func(v mib.Varbind) bool { return v.OID.Under(base) })
		}
	}
	return found, nil
}

func distinct(oids []mib.OID) []mib.OID {
	slices.SortFunc(oids, mib.Compare)
	return slices.Compact(oids)
}

// possible says that the conditions on the system group hold. A device that has no sysObjectID at all (a view that
// leaves the system group out) is known by marker objects alone.
func (r rule) possible(m *Match) bool {
	marked := r.exists != nil || r.under != nil
	if r.ids != nil && m.SysObjectID == "" && marked {
		return r.descr == nil || r.descr.MatchString(m.SysDescr)
	}
	if r.ids != nil && !slices.ContainsFunc(r.ids, func(id mib.OID) bool { return mib.OID(m.SysObjectID).Under(id) }) {
		return false
	}
	return r.descr == nil || r.descr.MatchString(m.SysDescr)
}

func (r rule) holds(m *Match, marks map[mib.OID]bool) bool {
	there := func(o mib.OID) bool { return marks[o] }
	return r.possible(m) &&
		(r.exists == nil || slices.ContainsFunc(r.exists, there)) &&
		(r.under == nil || slices.ContainsFunc(r.under, there))
}
