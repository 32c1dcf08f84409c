package profile

import (
	"math"
	"time"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// Interpret makes a Reading of the answers to Hot and, in runs that asked for it, to Cold (else nil). The varbinds come
// in the order of Hot and Cold, as Asker.Get gives them. Values and statuses that rest on cold objects are repeated
// from memory in each reading, so that every reading is complete; texts and the identity come only when cold was read,
// and in the first reading. Check, At, Took, UpSince and Failure are the reader's to fill.
func (p *Plan) Interpret(hot, cold []mib.Varbind) appliance.Reading {
	missing := p.take(hot, cold)
	r := appliance.Reading{
		Partial:  missing > 0,
		Values:   make([]appliance.Value, 0, p.sizes.values),
		Statuses: make([]appliance.Status, 0, p.sizes.statuses),
	}
	group := int32(-1)
	for _, o := range p.values {
		if o.quiet || o.group == group {
			continue
		}
		if v, known := p.value(o); known {
			group = o.group
			r.Values = append(r.Values, v)
		}
	}
	group = -1
	for _, o := range p.statuses {
		if o.quiet || o.group == group {
			continue
		}
		if p.status(o) {
			group = o.group
			r.Statuses = append(r.Statuses, o.made)
		}
	}
	if cold == nil && p.noted {
		return r
	}
	p.noted = true
	r.Texts = p.readTexts(false)
	r.Identity = p.readIdentity()
	return r
}

// take puts the answers into their slots and gives how many hot ones are missing.
func (p *Plan) take(hot, cold []mib.Varbind) (missing int) {
	in := p.put(p.hot, hot)
	for _, n := range p.hot[min(in, len(p.hot)):] {
		p.slots[n].clear()
		missing++
	}
	for _, v := range hot {
		if v.Type == mib.NoAnswer {
			missing++
		}
	}
	if cold != nil {
		p.put(p.cold, cold)
		for _, r := range p.rows {
			p.relabel(r)
		}
	}
	for i := range p.aggs {
		p.aggregate(&p.aggs[i])
	}
	return missing
}

func (p *Plan) put(places []int32, vars []mib.Varbind) int {
	for i, v := range vars {
		s := p.answered(places, i, v)
		if s == nil {
			continue
		}
		if v.Type == mib.NoAnswer && !s.isHot {
			continue // what was read an hour ago still counts
		}
		s.set(v)
	}
	return len(vars)
}

func (p *Plan) relabel(r *row) {
	r.label = r.tmpl.render(func(name string) string { return p.named(r.slots, name) })
	r.short = r.tmpl.shorten(r.label)
}

func (p *Plan) named(slots []bound, name string) string {
	for _, b := range slots {
		if b.name == name {
			return p.slots[b.slot].string()
		}
	}
	return ""
}

// aggregate computes one number over the rows whose numbers are known.
func (p *Plan) aggregate(a *aggregated) {
	result, count := math.NaN(), 0
	for _, cells := range a.cells {
		v := a.expr.eval(func(i int) float64 { return p.slots[cells[i]].number })
		if math.IsNaN(v) {
			continue
		}
		count++
		switch {
		case count == 1:
			result = v
		case a.over == "min":
			result = min(result, v)
		case a.over == "max":
			result = max(result, v)
		default:
			result += v
		}
	}
	switch a.over {
	case "mean":
		result /= float64(count)
	case "count":
		result = float64(count)
	}
	p.slots[a.slot].number = result
}

// value makes the value of an output and says whether it is known.
func (p *Plan) value(o *valueOut) (appliance.Value, bool) {
	v := appliance.Value{Metric: o.name, Instance: o.row.instance, Label: o.row.short, Unit: o.unit, Source: p.sourceOf(o)}
	if o.counter {
		s := &p.slots[o.slots[0]]
		v.Raw, v.Scale, v.Kind = s.raw, s.spec.scale, appliance.Counter32
		if s.typ == mib.Counter64 || s.raw > math.MaxUint32 {
			v.Kind = appliance.Counter64
		}
		return v, !math.IsNaN(s.number)
	}
	n := o.expr.eval(func(i int) float64 { return p.slots[o.slots[i]].number })
	if math.IsNaN(n) || !o.bounds.holds(n) {
		return v, false
	}
	if n != 0 {
		o.nonzero = true
	} else if o.unit == "°C" && !o.zero && !o.nonzero {
		return v, false // 0 °C of a probe that never said anything else: no sensor is fitted
	}
	v.Number = n
	return v, true
}

// sourceOf is the first instance of an output that is really read.
func (p *Plan) sourceOf(o *valueOut) string {
	for _, n := range o.slots {
		if oid := p.slots[n].oid; oid != "" {
			return string(oid)
		}
	}
	return o.source
}

// status fills a prepared status and says whether the device told it.
func (p *Plan) status(o *statusRead) bool {
	s := &p.slots[o.slot]
	o.made.Label = o.row.short
	seen := s.raw
	if textual(s.typ) {
		seen = s.version | 1<<63
	} else if !(mib.Varbind{Type: s.typ}).Numeric() {
		return false
	}
	if o.known && o.last == seen {
		return o.made.Raw != ""
	}
	o.last = seen
	switch {
	case !textual(s.typ):
		o.set(o.enum.number(int64(s.raw)))
	case o.bits:
		o.set(o.enum.bits(s.octets))
	default:
		o.set(o.enum.text(s.string()))
	}
	return o.made.Raw != ""
}

func (o *statusRead) set(m meaning) {
	o.made.Raw, o.made.Word, o.made.Severity, o.known = m.raw, m.word, m.severity, true
}

func (p *Plan) readTexts(quiet bool) []appliance.Text {
	texts := make([]appliance.Text, 0, p.sizes.texts)
	group := int32(-1)
	for _, o := range p.texts {
		if o.quiet && !quiet || o.group == group {
			continue
		}
		o.made.Value = p.textOf(o)
		if o.made.Value != "" {
			group = o.group
			texts = append(texts, o.made)
		}
	}
	return texts
}

// textOf renders a text; a number with an enum is shown as its word.
func (p *Plan) textOf(o *textRead) string {
	if o.enum != nil {
		s := &p.slots[o.slots[0].slot]
		if (mib.Varbind{Type: s.typ}).Numeric() {
			return o.enum.number(int64(s.raw)).word
		}
		return o.enum.text(s.string()).word
	}
	return o.tmpl.render(func(name string) string { return p.named(o.slots, name) })
}

// Uptime is the device's own uptime as a reading tells it.
func Uptime(r appliance.Reading) (time.Duration, bool) {
	for _, v := range r.Values {
		if v.Metric == "system.uptime" {
			return time.Duration(v.Number * float64(time.Second)), true
		}
	}
	return 0, false
}
