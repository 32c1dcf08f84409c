package profile

import (
	"slices"
)

// arrange orders the outputs, drops alternatives that a profile does not need on this device, and lists what is to be
// asked: hot is what a shown number or state rests on and its object is hot, cold is the rest.
func (b *builder) arrange() {
	p := b.p
	for i := range p.aggs {
		p.aggregate(&p.aggs[i])
	}
	slices.SortStableFunc(p.values, func(x, y *valueOut) int { return byGroup(x.group, y.group, x.profile, y.profile, x.name) })
	slices.SortStableFunc(p.statuses, func(x, y *statusRead) int { return byGroup(x.group, y.group, x.profile, y.profile, x.name) })
	slices.SortStableFunc(p.texts, func(x, y *textRead) int { return byGroup(x.group, y.group, x.profile, y.profile, x.name) })
	b.dropSpares()
	p.sizes.values, p.sizes.statuses, p.sizes.texts = len(p.values), len(p.statuses), len(p.texts)
	b.list(b.usage())
}

// dropSpares keeps of several objects that one profile offers for one number the first that works here: of ifHCInOctets
// and ifInOctets only one is polled. A 64-bit counter that stands at 0 beside a 32-bit one that counts is a dummy.
func (b *builder) dropSpares() {
	p := b.p
	kept := p.values[:0]
	for i := 0; i < len(p.values); {
		j := i
		for j < len(p.values) && p.values[j].group == p.values[i].group && p.values[j].profile == p.values[i].profile {
			j++
		}
		kept = append(kept, b.working(p.values[i:j]))
		i = j
	}
	clear(p.values[len(kept):])
	p.values = kept
}

func (b *builder) working(spares []*valueOut) *valueOut {
	if len(spares) == 1 {
		return spares[0]
	}
	for _, o := range spares {
		if v, known := b.p.value(o); known && (!o.counter || v.Raw != 0) {
			return o
		}
	}
	for _, o := range spares {
		if _, known := b.p.value(o); known {
			return o
		}
	}
	return spares[0]
}

// usage marks the slots that a shown output rests on (true) and those that only the facts, labels, texts or the
// identity need (false).
func (b *builder) usage() map[int32]bool {
	used := map[int32]bool{}
	mark := func(n int32, shown bool) { used[n] = used[n] || shown }
	for _, o := range b.p.values {
		for _, n := range o.slots {
			mark(n, !o.quiet)
		}
	}
	for _, a := range b.p.aggs {
		for _, cells := range a.cells {
			for _, n := range cells {
				mark(n, true)
			}
		}
	}
	for _, o := range b.p.statuses {
		mark(o.slot, !o.quiet)
	}
	for _, o := range b.p.texts {
		markAll(used, o.slots)
	}
	for _, r := range b.p.rows {
		markAll(used, r.slots)
	}
	for _, c := range b.p.identity {
		markAll(used, c.slots)
	}
	for n, s := range b.p.slots {
		if s.oid != "" && s.spec.watch != "" {
			mark(int32(n), true)
		}
	}
	return used
}

func markAll(used map[int32]bool, slots []bound) {
	for _, b := range slots {
		used[b.slot] = used[b.slot] || false
	}
}

// list makes the lists of what to ask.
func (b *builder) list(used map[int32]bool) {
	p := b.p
	for n := range p.slots {
		s := &p.slots[n]
		shown, needed := used[int32(n)]
		if !needed || s.oid == "" {
			continue
		}
		s.isHot = shown && s.spec.hot
		if s.isHot {
			p.hot, p.hotOID = append(p.hot, int32(n)), append(p.hotOID, s.oid)
		} else {
			p.cold, p.coldOID = append(p.cold, int32(n)), append(p.coldOID, s.oid)
		}
	}
}
