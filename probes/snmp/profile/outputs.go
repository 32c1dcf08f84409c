package profile

import (
	"math"

	"siteward/appliance"
)

// group numbers what tells the same: one metric, status or text of one instance.
func (b *builder) group(kind byte, name, instance string) int32 {
	key := string(kind) + name + "\x00" + instance
	n, ok := b.keys[key]
	if !ok {
		n = int32(len(b.keys))
		b.keys[key] = n
	}
	return n
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
	if len(b.p.slots) > maxSlots {
		return
	}
	quiet = quiet || b.hides(sc.profile, o.name)
	switch o.kind {
	case outValue:
		b.valueOut(sc, o, r, quiet)
	case outStatus:
		b.statusOut(sc, o, r, quiet)
	case outText:
		b.textOut(sc, o, r, quiet)
	}
}

func (b *builder) valueOut(sc scope, o *out, r *row, quiet bool) {
	slots, ok := b.all(sc, o.expr.names)
	if !ok || len(slots) == 0 {
		return
	}
	b.p.values = append(b.p.values, &valueOut{
		out: o, profile: sc.profile, row: r, slots: slots, quiet: quiet, group: b.group('v', o.name, r.instance),
	})
}

func (b *builder) statusOut(sc scope, o *out, r *row, quiet bool) {
	n, ok := b.lookup(sc, o.object)
	if !ok {
		return
	}
	s := &b.p.slots[n]
	b.p.statuses = append(b.p.statuses, &statusRead{
		out: o, profile: sc.profile, row: r, slot: n, quiet: quiet, group: b.group('s', o.name, r.instance),
		column: s.spec.oid, scalar: sc.table == nil,
		made: appliance.Status{Name: o.name, Instance: r.instance, Object: o.object, Source: string(s.oid)},
	})
}

func (b *builder) textOut(sc scope, o *out, r *row, quiet bool) {
	t := &textRead{out: o, profile: sc.profile, row: r, slots: b.named(sc, o.tmpl.names()), quiet: quiet, group: b.group('t', o.name, r.instance)}
	if len(t.slots) == 0 {
		return
	}
	t.made = appliance.Text{Name: o.name, Instance: r.instance}
	if len(t.slots) == 1 {
		t.made.Source = string(b.p.slots[t.slots[0].slot].oid)
	}
	b.p.texts = append(b.p.texts, t)
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
