package config

import (
	"slices"
	"strings"

	"siteward/appliance"
)

// FileRoute is an entry of the section routes; devices and contacts are named.
type FileRoute struct {
	At Position
	appliance.Route
	DeviceNames []string
	StepNames   [][]string // the contacts of each step
}

func (p *reader) route(n *node, path string) {
	before := len(p.problems)
	r := FileRoute{At: n.at}
	var hours appliance.ServiceHours
	var kinds []string
	p.mapping(n, path, p.hoursKeys(fields{
		"name": p.text(&r.Name), "least": p.least(&r.Least), "kinds": p.texts(&kinds), "devices": p.texts(&r.DeviceNames), "repeat": p.whole(&r.Repeat),
		"quiet": p.flag(&r.Quiet), "off": p.flag(&r.Off), "steps": p.list(func(n *node, path string) {
			var s appliance.Step
			var contacts, roles []string
			p.mapping(n, path, fields{"after": p.whole(&s.After), "contacts": p.texts(&contacts), "roles": p.texts(&roles)})
			s.Roles = asWords[appliance.ContactRole](roles)
			r.Steps, r.StepNames = append(r.Steps, s), append(r.StepNames, contacts)
		}),
	}, &hours))
	if n.kind != isMap {
		return
	}
	r.Kinds, r.Hours = asWords[appliance.Kind](kinds), p.someHours(n, path, hours)
	probe := r.Route
	probe.Hours, probe.Steps = nil, slices.Clone(r.Steps)
	for i := range probe.Steps {
		if len(r.StepNames[i]) > 0 {
			probe.Steps[i].Contacts = []appliance.ID{1} // whether there is one of this name is for Plan to say
		}
		p.numberedPlaces(path, "steps", "step", i)
	}
	p.rules(path, before, ValidateRoute(probe, []appliance.Contact{{ID: 1}}))
	p.file.Routes = append(p.file.Routes, r)
}

func asWords[T ~string](list []string) (out []T) {
	for _, s := range list {
		out = append(out, T(s))
	}
	return out
}

func exportRoute(r appliance.Route, n names) FileRoute {
	out := FileRoute{Route: r, DeviceNames: named(n.devices, r.Devices)}
	for _, s := range r.Steps {
		out.StepNames = append(out.StepNames, named(n.contacts, s.Contacts))
	}
	return out
}

// named are the names of numbers, in the order of the alphabet; what is gone has none.
func named(names map[appliance.ID]string, ids []appliance.ID) (out []string) {
	for _, id := range ids {
		if name, ok := names[id]; ok {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, byName)
	return out
}

func (w *writer) route(r FileRoute) {
	w.line(0, "name: %s", quoted(r.Name))
	w.severity("least", r.Least)
	w.words("kinds", each(r.Kinds, func(k appliance.Kind) string { return string(k) }))
	w.words("devices", r.DeviceNames)
	w.hours(r.Hours)
	w.whole("repeat", r.Repeat)
	w.flag("quiet", r.Quiet)
	w.flag("off", r.Off)
	w.line(0, "steps:")
	for i, s := range r.Steps {
		w.item(func() {
			w.line(0, "after: %d", s.After)
			w.words("contacts", r.StepNames[i])
			w.words("roles", each(s.Roles, func(x appliance.ContactRole) string { return string(x) }))
		})
	}
}

func (p *planner) routes() {
	for _, want := range p.f.Routes {
		old, known := find(p.cur.Routes, want.Name, func(r appliance.Route) string { return r.Name })
		want.DeviceNames = allSpelled(p.names.devices, want.DeviceNames)
		for i, list := range want.StepNames {
			want.StepNames[i] = allSpelled(p.names.contacts, list)
		}
		r := want.Route
		r.ID, r.Version, r.Owner, r.Steps = old.ID, old.Version, p.f.Name, slices.Clone(r.Steps)
		before := ""
		if known {
			before = lined(exportRoute(old, p.names), (*writer).route)
		}
		p.put(want.At, "route", want.Name, old.Owner, before, lined(want, (*writer).route), !known, func(a *applier) error {
			r.Devices = numbersOf(a.devices, want.DeviceNames)
			for i, list := range want.StepNames {
				r.Steps[i].Contacts = numbersOf(a.contacts, list)
			}
			return a.tx.PutRoute(&r)
		})
	}
}

// allSpelled are names as the site spells them, in the order of the alphabet, as an export has them.
func allSpelled(names map[appliance.ID]string, list []string) []string {
	out := each(list, func(name string) string { return spelled(names, name) })
	slices.SortFunc(out, byName)
	return out
}

func numbersOf(known map[string]appliance.ID, names []string) (out []appliance.ID) {
	for _, name := range names {
		out = append(out, known[strings.ToLower(name)])
	}
	return out
}
