package profile

import (
	"siteward/probes/snmp/names"
)

// Objects are all objects that the profiles read, by their names, with the words of their numbers; those that tell a serial number
// are marked.
func (s *Set) Objects() []names.Object {
	var all []names.Object
	for _, p := range s.profiles {
		serials := map[string]bool{}
		for _, source := range p.identity["serial"] {
			serials[source.from] = true
		}
		words := map[string]*enum{}
		note := func(outs []*out) {
			for _, o := range outs {
				if o.enum != nil && o.object != "" && !o.bits {
					words[o.object] = o.enum
				}
			}
		}
		note(p.outs)
		for _, t := range p.tables {
			for _, r := range t.rows {
				note(r.outs)
			}
		}
		add := func(x *spec) {
			o := names.Object{OID: x.oid, Name: x.name, Words: wordsOf(words[x.name])}
			if serials[x.name] {
				o.Hides = names.HideSerial
			}
			all = append(all, o)
		}
		for _, x := range p.scalars {
			add(x)
		}
		for _, t := range p.tables {
			for _, x := range t.columns {
				add(x)
			}
		}
		for _, t := range p.traps {
			all = append(all, names.Object{OID: t.OID, Name: t.Name})
		}
	}
	return all
}

func wordsOf(e *enum) map[int64]string {
	if e == nil || len(e.numbers) == 0 {
		return nil
	}
	out := make(map[int64]string, len(e.numbers))
	for n, m := range e.numbers {
		out[n] = m.word
	}
	return out
}
