package config

import (
	"strings"

	"siteward/appliance"
)

// actDeletions are contacts, routes and windows that the file owned and no longer declares. What was announced is called off, what runs or is over
// stays as a record.
func (p *planner) actDeletions() {
	for _, w := range p.cur.Windows {
		if w.Owner != p.f.Name || p.declared(w) {
			continue
		}
		switch {
		case w.State == appliance.WindowDraft:
			p.delete("window", clip(w.Title), func(a *applier) error { return a.tx.DeleteWindow(w.ID) })
		case w.State != appliance.WindowRunning && !w.State.Over():
			p.delete("window", clip(w.Title), func(a *applier) error {
				a.follow = append(a.follow, Follow{Window: w.ID, State: appliance.WindowCancelled})
				return nil
			})
		}
	}
	for _, r := range p.cur.Routes {
		if _, wanted := find(p.f.Routes, r.Name, func(f FileRoute) string { return f.Name }); r.Owner == p.f.Name && !wanted {
			p.delete("route", r.Name, func(a *applier) error { return a.tx.DeleteRoute(r.ID) })
		}
	}
	for _, c := range p.cur.Contacts {
		if _, wanted := find(p.f.Contacts, c.Name, func(f FileContact) string { return f.Name }); c.Owner == p.f.Name && !wanted {
			p.delete("contact", c.Name, func(a *applier) error { return a.tx.DeleteContact(c.ID) })
		}
	}
}

// declared says whether the file still means a window.
func (p *planner) declared(w appliance.Window) bool {
	for _, f := range p.f.Windows {
		if found, ok := p.windowOf(f, f.resolved(p.location())); ok && found.ID == w.ID {
			return true
		}
	}
	return false
}

// presence is what there would be, by noun and name.
type presence struct {
	p     *planner
	gone  map[string]bool
	there map[string]bool
}

func (p *planner) presence() presence {
	out := presence{p: p, gone: map[string]bool{}, there: map[string]bool{}}
	for _, c := range p.leave {
		out.gone[c.Noun+" "+strings.ToLower(c.Name)] = true
	}
	return out
}

func (s presence) add(noun, name string) {
	key := noun + " " + strings.ToLower(name)
	s.there[key] = !s.gone[key]
}

func (s presence) has(noun, name string) bool { return s.there[noun+" "+strings.ToLower(name)] }

// named says of names that there is none such.
func (s presence) named(at Position, noun, field string, names ...string) {
	for _, name := range names {
		if name != "" && !s.has(noun, name) {
			s.p.say(at, appliance.CodeInvalid, field, "there is no %s %q; declare it in the file or correct the name", noun, clip(name))
		}
	}
}

// actReferences looks at the site as it would be: devices, jobs and contacts that routes and windows of the file name must be there.
func (p *planner) actReferences() {
	s := p.presence()
	for _, d := range p.cur.Devices {
		s.add("device", d.Name)
	}
	for _, d := range p.f.Devices {
		s.add("device", d.Name)
	}
	for _, j := range p.cur.Jobs {
		s.add("backup job", j.Name)
	}
	for _, j := range p.f.Jobs {
		s.add("backup job", j.Name)
	}
	for _, c := range p.cur.Contacts {
		s.add("contact", c.Name)
	}
	for _, c := range p.f.Contacts {
		s.add("contact", c.Name)
	}
	for _, r := range p.f.Routes {
		s.named(r.At, "device", "devices", r.DeviceNames...)
		for _, names := range r.StepNames {
			s.named(r.At, "contact", "contacts", names...)
		}
	}
	for _, w := range p.f.Windows {
		s.named(w.whereOf("devices"), "device", "devices", w.DeviceNames...)
		s.named(w.whereOf("backup_jobs"), "backup job", "backup_jobs", w.JobNames...)
		s.named(w.whereOf("contacts"), "contact", "contacts", w.ContactNames...)
	}
}
