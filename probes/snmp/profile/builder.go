package profile

import (
	"cmp"
	"slices"
	"strings"

	"siteward/probes/snmp/mib"
)

// builder turns what discovery read into a plan.
type builder struct {
	match  *Match
	cells  map[mib.OID]mib.Varbind
	tables map[*tableSpec]*found

	p       *Plan
	slotOf  map[slotKey]int32
	virtual map[string]int32 // aggregates: profile name + "\x00" + name
	keys    map[string]int32 // groups of outputs
}

type slotKey struct {
	oid  mib.OID
	spec *spec
}

func newBuilder(m *Match) *builder {
	return &builder{
		match: m, cells: map[mib.OID]mib.Varbind{}, tables: map[*tableSpec]*found{},
		p:      &Plan{match: m, counts: map[string]int{}, watched: map[mib.OID]uint64{}},
		slotOf: map[slotKey]int32{}, virtual: map[string]int32{}, keys: map[string]int32{},
	}
}

// scope is where a name of a profile is looked up: the row at hand first, then the profile's scalars and aggregates,
// then other tables with the same index, then the other profiles.
type scope struct {
	profile *Profile
	table   *tableSpec
	index   string
}

func (b *builder) plan() *Plan {
	for _, p := range b.match.Profiles {
		for _, t := range p.tables {
			b.aggregates(p, t)
		}
	}
	for _, p := range b.match.Profiles {
		b.scalarOuts(p)
		for _, t := range p.tables {
			b.tableOuts(p, t)
		}
		b.watches(p)
	}
	b.identity()
	b.arrange()
	return b.p
}

// hides says that another profile of the device calls this family meaningless here.
func (b *builder) hides(p *Profile, name string) bool {
	family, _, _ := strings.Cut(name, ".")
	return slices.ContainsFunc(b.match.Profiles, func(other *Profile) bool {
		return slices.Contains(other.hides, family) && other.rankOf(family) > p.rankOf(family)
	})
}

// rankOf is a profile's priority for the metrics and statuses of a family.
func (p *Profile) rankOf(family string) int {
	if r, ok := p.precedence[family]; ok {
		return r
	}
	return p.priority
}

// lookup finds the slot of a named object.
func (b *builder) lookup(sc scope, name string) (int32, bool) {
	if sc.table != nil {
		if n, ok := b.cell(sc.table, name, sc.index); ok {
			return n, true
		}
	}
	if n, ok := b.inProfile(sc.profile, name, sc.index); ok {
		return n, true
	}
	if sc.profile.defines(name) {
		return 0, false // what another MIB calls by the same name is something else
	}
	for _, p := range b.match.Profiles {
		if n, ok := b.inProfile(p, name, sc.index); ok {
			return n, true
		}
	}
	return 0, false
}

// defines says that the profile has an object or an aggregate of that name, whether the device has it or not.
func (p *Profile) defines(name string) bool {
	if slices.ContainsFunc(p.scalars, func(s *spec) bool { return s.name == name }) {
		return true
	}
	return slices.ContainsFunc(p.tables, func(t *tableSpec) bool {
		return t.column(name) != nil || slices.ContainsFunc(t.aggs, func(a *aggSpec) bool { return a.name == name })
	})
}

func (b *builder) inProfile(p *Profile, name, index string) (int32, bool) {
	if n, ok := b.virtual[p.Name+"\x00"+name]; ok {
		return n, true
	}
	for _, s := range p.scalars {
		if s.name != name {
			continue
		}
		for _, oid := range []mib.OID{s.oid + ".0", s.oid} {
			if v, ok := b.cells[oid]; ok {
				return b.slot(v, s), true
			}
		}
	}
	for _, t := range p.tables {
		if n, ok := b.cell(t, name, index); ok && index != "" {
			return n, true
		}
	}
	return 0, false
}

// cell is the slot of a column at an index.
func (b *builder) cell(t *tableSpec, name, index string) (int32, bool) {
	if f := b.tables[t]; f != nil && f.alias != nil {
		index = f.alias[index]
	}
	for _, c := range t.columns {
		if c.name != name {
			continue
		}
		if v, ok := b.cells[c.oid+mib.OID("."+index)]; ok {
			return b.slot(v, c), true
		}
	}
	return 0, false
}

// slot gives the slot of an instance that answered, with its first answer in it.
func (b *builder) slot(v mib.Varbind, s *spec) int32 {
	key := slotKey{v.OID, s}
	if n, ok := b.slotOf[key]; ok {
		return n
	}
	n := int32(len(b.p.slots))
	b.p.slots = append(b.p.slots, slot{oid: v.OID, spec: s})
	b.p.slots[n].set(v)
	b.slotOf[key] = n
	return n
}

// text is the text of a named object at discovery.
func (b *builder) text(sc scope, name string) string {
	if n, ok := b.lookup(sc, name); ok {
		return b.p.slots[n].string()
	}
	return ""
}

// meets says whether a row fulfils its conditions.
func (b *builder) meets(sc scope, when, unless []condition) bool {
	for _, c := range when {
		if !c.holds(b.text(sc, c.column)) {
			return false
		}
	}
	for _, c := range unless {
		if c.holds(b.text(sc, c.column)) {
			return false
		}
	}
	return true
}

// watches makes sure that objects whose change means a new discovery are polled.
func (b *builder) watches(p *Profile) {
	for _, s := range p.scalars {
		if s.watch != "" {
			b.inProfile(p, s.name, "")
		}
	}
}

// identity prepares the sources of the identity: those that have their objects, the best profile's first.
func (b *builder) identity() {
	for _, key := range identityKey {
		for _, p := range b.match.Profiles {
			for _, s := range p.identity[key] {
				b.source(key, p, s)
			}
			if key == "kind" && p.kind != "" {
				t := &template{parts: []part{{literal: string(p.kind)}}}
				b.p.identity = append(b.p.identity, &chosen{key: key, source: &sourceSpec{value: t}, profile: p})
			}
		}
	}
	for _, name := range []string{"sysName", "sysDescr", "sysObjectID", "sysLocation", "sysContact"} {
		if len(b.match.Profiles) > 0 {
			b.source(name, b.match.Profiles[0], &sourceSpec{from: name})
		}
	}
}

func (b *builder) source(key string, p *Profile, s *sourceSpec) {
	for _, sc := range b.sourceRows(p, s) {
		c := &chosen{key: key, source: s, profile: p, slots: b.named(sc, []string{s.from})}
		if s.value != nil {
			c.slots = append(c.slots, b.named(sc, s.value.names())...)
		}
		if s.from != "" && len(c.slots) == 0 {
			continue
		}
		if s.from == "" && len(s.value.names()) > 0 && len(c.slots) == 0 {
			continue
		}
		// an empty sysDescr is still one; an empty serial number is none, and the next source is tried
		if b.p.learn(c) != "" || strings.HasPrefix(key, "sys") {
			b.p.identity = append(b.p.identity, c)
			return
		}
	}
}

// sourceRows lists where a source looks: the rows of the table that has its column, or the scalars.
func (b *builder) sourceRows(p *Profile, s *sourceSpec) []scope {
	for _, t := range p.tables {
		f := b.tables[t]
		if f == nil || t.column(s.from) == nil {
			continue
		}
		var rows []scope
		for _, index := range f.index {
			if sc := (scope{p, t, index}); b.meets(sc, s.when, nil) {
				rows = append(rows, sc)
			}
		}
		return rows
	}
	return []scope{{profile: p}}
}

// byGroup orders outputs: groups as they came, in each group the best profile first.
func byGroup(ga, gb int32, pa, pb *Profile, name string) int {
	family, _, _ := strings.Cut(name, ".")
	return cmp.Or(cmp.Compare(ga, gb), cmp.Compare(pb.rankOf(family), pa.rankOf(family)))
}
