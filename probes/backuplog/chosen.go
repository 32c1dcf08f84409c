package backuplog

import (
	"cmp"
	"slices"

	"siteward/appliance"
)

// chosen are the machines whose runs and events count, the best first.
func (e *engine) chosen() []*machine {
	var all []*machine
	known := e.o.Product != "" && e.o.Product != "script"
	for _, m := range e.machines {
		if m != nil {
			m.drain()
			known = known || m.signs > 0 && !m.f.last && (len(m.runs) > 0 || len(m.events) > 0 || m.group >= 0 || m.state != nil)
		}
	}
	for _, m := range e.machines {
		if m == nil || m.f.last && known {
			continue
		}
		if (m.signs > 0 || e.o.Product != "" && m.f.Product == e.o.Product) && (len(m.runs) > 0 || len(m.events) > 0 || m.state != nil) {
			all = append(all, m)
		}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(m *machine) bool {
		return slices.ContainsFunc(all, func(o *machine) bool {
			return o != m && (slices.Contains(o.f.over, m.f.Name) || slices.Contains(o.f.over, "*") && !slices.Contains(m.f.over, "*"))
		})
	})
	slices.SortStableFunc(all, func(a, b *machine) int {
		if known := e.o.Product; known != "" && (a.f.Product == known) != (b.f.Product == known) {
			if a.f.Product == known {
				return -1
			}
			return 1
		}
		return b.signs - a.signs
	})
	return all
}

// waiting is where a run begins of which nobody knows yet whose it is: its sign may be in the next lines.
func (e *engine) waiting(end int64) int64 {
	from := end
	for _, m := range e.machines {
		if m == nil || m.signs > 0 {
			continue
		}
		for n, c := range m.runs {
			if !m.settled(n, false) && c.from > end-windowSize {
				from = min(from, c.from)
			}
		}
	}
	return from
}

func (e *engine) result(s *source, end int64) Result {
	res := Result{Encoding: trimComma(s.name), Resume: end, More: e.more || s.limited}
	chosen := e.chosen()
	for _, m := range e.machines {
		if m != nil && m.signs > 0 && m.group >= 0 { // a session has begun, its runs have not
			res.Resume = min(res.Resume, m.resume(end, e.o.Final))
		}
	}
	for _, m := range chosen {
		if res.Product == "" {
			res.Product = m.f.Product
		}
		res.Runs = append(res.Runs, m.finish(e.o)...)
		res.Events = append(res.Events, m.events...)
		if res.State == nil && m.state != nil && m.state.Status != "" {
			res.State = m.state
		}
		res.Resume = min(res.Resume, m.resume(end, e.o.Final))
		if m.backwards {
			res.Resume = e.o.Offset
		}
	}
	if len(chosen) == 0 && !e.o.Final {
		res.Resume = e.waiting(end)
	}
	if len(chosen) > 1 && !slices.ContainsFunc(chosen, func(m *machine) bool { return m.backwards }) {
		slices.SortStableFunc(res.Runs, func(a, b appliance.Run) int { return cmp.Compare(a.Evidence.Offset, b.Evidence.Offset) })
	}
	return res
}

func trimComma(s string) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == ',') {
		s = s[:len(s)-1]
	}
	return s
}
