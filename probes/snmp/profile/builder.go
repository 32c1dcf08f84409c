package profile

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"siteward/appliance"
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
	for _, p := range b.match.Profiles {
		if n, ok := b.inProfile(p, name, sc.index); p != sc.profile && ok {
			return n, true
		}
	}
	return 0, false
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

func (b *builder) scalarOuts(p *Profile) {
	for _, o := range p.outs {
		b.output(scope{profile: p}, o, b.row(scope{profile: p}, o.instance, o.label), false)
	}
}

func (b *builder) tableOuts(p *Profile, t *tableSpec) {
	f := b.tables[t]
	if f == nil {
		return
	}
	b.p.counts[t.name] += len(f.index)
	for _, rs := range t.rows {
		for _, index := range f.index {
			sc := scope{p, t, index}
			if !b.meets(sc, rs.when, rs.unless) {
				continue
			}
			instance := t.prefix + index
			if rs.first {
				instance = ""
			}
			r := b.row(sc, instance, rs.label)
			for _, o := range rs.outs {
				b.output(sc, o, r, rs.quiet)
			}
			if rs.first {
				break
			}
		}
	}
}

// row prepares what the outputs of a row share.
func (b *builder) row(sc scope, instance string, label *template) *row {
	r := &row{instance: instance}
	if label == nil || len(label.parts) == 0 {
		return r
	}
	r.tmpl, r.slots = label, b.named(sc, label.names())
	r.label = label.render(func(name string) string { return b.p.named(r.slots, name) })
	if len(r.slots) > 0 {
		b.p.rows = append(b.p.rows, r)
	}
	return r
}

func (b *builder) named(sc scope, names []string) []bound {
	var slots []bound
	for _, name := range names {
		if n, ok := b.lookup(sc, name); ok {
			slots = append(slots, bound{name, n})
		}
	}
	return slots
}

// output adds one output when all objects it needs are there.
func (b *builder) output(sc scope, o *out, r *row, quiet bool) {
	instance := r.instance
	quiet = quiet || b.hides(sc.profile, o.name)
	if len(b.p.slots) > maxSlots {
		return
	}
	switch o.kind {
	case outValue:
		slots, ok := b.all(sc, o.expr.names)
		if !ok || len(slots) == 0 {
			return
		}
		v := &valueOut{out: o, profile: sc.profile, row: r, slots: slots, quiet: quiet, group: b.group('v', o.name, instance)}
		b.p.values = append(b.p.values, v)
	case outStatus:
		n, ok := b.lookup(sc, o.object)
		if !ok {
			return
		}
		s := &b.p.slots[n]
		st := &statusRead{out: o, profile: sc.profile, row: r, slot: n, column: s.spec.oid, scalar: sc.table == nil, quiet: quiet, group: b.group('s', o.name, instance)}
		st.made = appliance.Status{Name: o.name, Instance: instance, Object: o.object, Source: string(s.oid)}
		b.p.statuses = append(b.p.statuses, st)
	case outText:
		t := &textRead{out: o, profile: sc.profile, row: r, slots: b.named(sc, o.tmpl.names()), quiet: quiet, group: b.group('t', o.name, instance)}
		if len(t.slots) == 0 {
			return
		}
		t.made = appliance.Text{Name: o.name, Instance: instance}
		if len(t.slots) == 1 {
			t.made.Source = string(b.p.slots[t.slots[0].slot].oid)
		}
		b.p.texts = append(b.p.texts, t)
	}
}

func (b *builder) all(sc scope, names []string) ([]int32, bool) {
	slots := make([]int32, 0, len(names))
	for _, name := range names {
		n, ok := b.lookup(sc, name)
		if !ok {
			return nil, false
		}
		slots = append(slots, n)
	}
	return slots, true
}

func (b *builder) group(kind byte, name, instance string) int32 {
	key := string(kind) + name + "\x00" + instance
	n, ok := b.keys[key]
	if !ok {
		n = int32(len(b.keys))
		b.keys[key] = n
	}
	return n
}

// aggregates prepares the numbers over rows; each has a slot that is computed.
func (b *builder) aggregates(p *Profile, t *tableSpec) {
	f := b.tables[t]
	if f == nil {
		return
	}
	for _, a := range t.aggs {
		g := aggregated{over: a.over, expr: a.out.expr, slot: int32(len(b.p.slots))}
		b.p.slots = append(b.p.slots, slot{spec: &spec{name: a.name, scale: 1}, number: math.NaN()})
		for _, index := range f.index {
			sc := scope{p, t, index}
			if !b.meets(sc, a.when, a.unless) {
				continue
			}
			if cells, ok := b.all(sc, a.out.expr.names); ok && len(cells) > 0 {
				g.cells = append(g.cells, cells)
			}
		}
		if len(g.cells) == 0 {
			continue
		}
		b.p.aggs = append(b.p.aggs, g)
		if a.name != "" {
			b.virtual[p.Name+"\x00"+a.name] = g.slot
		}
		if a.out.name == "" {
			continue
		}
		first := b.p.slots[g.cells[0][0]].oid
		v := &valueOut{out: direct(a.out, string(first)), profile: p, row: &row{}, slots: []int32{g.slot}, group: b.group('v', a.out.name, "")}
		v.quiet = b.hides(p, a.out.name)
		b.p.values = append(b.p.values, v)
	}
}

// direct is an output that takes the number of its only slot, which was computed, as it is.
func direct(o *out, source string) *out {
	d := *o
	d.source = source
	d.expr = &expr{ops: []op{{code: 'v'}}, names: []string{""}}
	return &d
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
