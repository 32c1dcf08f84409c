package config

import (
	"errors"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/window"
)

// FileWindow is an entry of the section windows. Devices, jobs and contacts are named, and times are by the clock on the wall of the site,
// which Plan knows.
type FileWindow struct {
	At Position
	appliance.Window
	Begin, End                          string // "2026-12-05 22:00"
	DeviceNames, JobNames, ContactNames []string
	Announce                            bool // everybody is told when the file is applied; else it is a draft
	places                              map[string]Position
}

// wallForm is how a time of a window is written.
const wallForm = "2006-01-02 15:04"

func (p *reader) window(n *node, path string) {
	w := FileWindow{At: n.at, Window: appliance.Window{Kind: appliance.WindowPlanned}}
	var remind appliance.Duration
	p.mapping(n, path, fields{
		"title": p.text(&w.Title), "kind": p.text((*string)(&w.Kind)), "effect": p.text(&w.Effect), "comment": p.text(&w.Comment), "reason": p.text(&w.Reason),
		"all": p.flag(&w.All), "devices": p.texts(&w.DeviceNames), "backup_jobs": p.texts(&w.JobNames), "from": p.wall(&w.Begin), "until": p.wall(&w.End),
		"rule": p.text(&w.Rule), "mails": p.texts(&w.Mails), "contacts": p.texts(&w.ContactNames), "remind": p.duration(&remind), "announce": p.flag(&w.Announce),
	})
	if n.kind != isMap {
		return
	}
	w.Remind = int(time.Duration(remind) / time.Minute)
	if !slices.Contains([]appliance.WindowKind{appliance.WindowPlanned, appliance.WindowEmergency}, w.Kind) {
		p.say(p.places[join(path, "kind")], appliance.CodeInvalid, "kind", "%s", english("choice", map[string]any{"value": clip(string(w.Kind)), "choices": "planned, emergency"}))
	}
	w.places = map[string]Position{}
	for _, pair := range n.pairs {
		w.places[pair.key] = pair.value.at
	}
	p.file.Windows = append(p.file.Windows, w)
}

// wall reads a time by the clock on the wall.
func (p *reader) wall(to *string) func(*node, string) {
	return func(n *node, path string) {
		if _, err := time.Parse(wallForm, n.text); n.kind != isText || err != nil {
			p.wrong(n, path, "must be a day with a time, like \"2026-12-05 22:00\"")
			return
		}
		*to = n.text
	}
}

// resolved gives the window its times. Devices, jobs and contacts get numbers that stand for their names, for the rules to look at.
func (w FileWindow) resolved(loc *time.Location) appliance.Window {
	out := w.Window
	for _, t := range []struct {
		text string
		to   *time.Time
	}{{w.Begin, &out.From}, {w.End, &out.Until}} {
		if at, err := time.ParseInLocation(wallForm, t.text, loc); err == nil {
			*t.to = at
		}
	}
	out.Devices, out.Jobs, out.Contacts = counted(w.DeviceNames), counted(w.JobNames), counted(w.ContactNames)
	window.Tidy(&out, loc)
	return out
}

func counted(names []string) (out []appliance.ID) {
	for i := range names {
		out = append(out, appliance.ID(i)+1) //nolint:gosec // a file has at most a million lines
	}
	return out
}

func exportWindow(w appliance.Window, n names, loc *time.Location) FileWindow {
	return FileWindow{Window: w, Begin: w.From.In(loc).Format(wallForm), End: w.Until.In(loc).Format(wallForm), Announce: w.State != appliance.WindowDraft,
		DeviceNames: named(n.devices, w.Devices), JobNames: named(n.jobs, w.Jobs), ContactNames: named(n.contacts, w.Contacts)}
}

// exportWindows leaves out what is over and what was begun at once: that is record, not declaration.
func (inv Inventory) exportWindows(n names) (out []FileWindow) {
	for _, w := range inv.Windows {
		if !w.State.Over() && w.Kind != appliance.WindowAdHoc {
			out = append(out, exportWindow(w, n, inv.location()))
		}
	}
	slices.SortFunc(out, func(a, b FileWindow) int { return byName(a.Begin+a.Title, b.Begin+b.Title) })
	return out
}

func (inv Inventory) location() *time.Location {
	if inv.Site == nil {
		return time.UTC
	}
	return inv.Site.Location()
}

func (w *writer) window(f FileWindow) {
	w.line(0, "title: %s", quoted(f.Title))
	w.line(0, "kind: %s", quoted(string(f.Kind)))
	w.line(0, "from: %q", f.Begin)
	w.line(0, "until: %q", f.End)
	w.word("rule", f.Rule)
	w.flag("all", f.All)
	w.words("devices", f.DeviceNames)
	w.words("backup_jobs", f.JobNames)
	w.word("effect", f.Effect)
	w.word("comment", f.Comment)
	w.word("reason", f.Reason)
	w.words("mails", f.Mails)
	w.words("contacts", f.ContactNames)
	if f.Remind > 0 {
		w.line(0, "remind: %s", appliance.Duration(time.Duration(f.Remind)*time.Minute).String())
	}
	w.flag("announce", f.Announce)
}

// windows plans the changes of maintenance windows. One is known by its title; several with one title are told apart by their beginning.
func (p *planner) windows() {
	loc := p.location()
	for _, want := range p.f.Windows {
		w := want.resolved(loc)
		if e, ok := errors.AsType[*appliance.Error](window.Check(w, loc)); ok {
			at, there := want.places[e.Field]
			if !there {
				at = want.At
			}
			p.add(at, e)
			continue
		}
		old, known := p.windowOf(want, w)
		want.Window, want.Begin, want.End = w, w.From.In(loc).Format(wallForm), w.Until.In(loc).Format(wallForm)
		want.DeviceNames, want.JobNames, want.ContactNames = allSpelled(p.names.devices, want.DeviceNames), allSpelled(p.names.jobs, want.JobNames), allSpelled(p.names.contacts, want.ContactNames)
		before := ""
		if known {
			before = lined(exportWindow(old, p.names, loc), (*writer).window)
			same := want
			same.Announce = true
			if old.State != appliance.WindowDraft && lined(same, (*writer).window) == before {
				want.Announce = true // what was announced is not taken back by a file that does not say so
			}
		}
		if known && old.State == appliance.WindowRunning && before != lined(want, (*writer).window) {
			p.say(want.At, appliance.CodeConflict, "", "the maintenance window %s runs; end it first, or declare it as it is", clip(want.Title))
			continue
		}
		p.put(want.At, "window", clip(want.Title), old.Owner, before, lined(want, (*writer).window), !known, func(a *applier) error {
			return a.putWindow(old, want)
		})
	}
}

// location is that of the site as it will be.
func (p *planner) location() *time.Location {
	var s appliance.Site
	if p.cur.Site != nil {
		s = *p.cur.Site
	}
	if p.f.Site != nil {
		p.f.Site.apply(&s)
	}
	return s.Location()
}

// windowOf finds the window that the file means: of its title and beginning, or the only one of its title that is not over.
func (p *planner) windowOf(want FileWindow, w appliance.Window) (found appliance.Window, ok bool) {
	var open []appliance.Window
	for _, c := range p.cur.Windows {
		if !strings.EqualFold(c.Title, want.Title) || c.Kind == appliance.WindowAdHoc {
			continue
		}
		if c.From.Equal(w.From) && (!c.State.Over() || c.Owner == p.f.Name) {
			return c, true
		}
		if !c.State.Over() {
			open = append(open, c)
		}
	}
	declared := 0
	for _, f := range p.f.Windows {
		if strings.EqualFold(f.Title, want.Title) {
			declared++
		}
	}
	if len(open) == 1 && declared == 1 {
		return open[0], true
	}
	return appliance.Window{}, false
}

func (a *applier) putWindow(old appliance.Window, want FileWindow) error {
	w := want.Window
	w.Devices, w.Jobs, w.Contacts = numbersOf(a.devices, want.DeviceNames), numbersOf(a.jobs, want.JobNames), numbersOf(a.contacts, want.ContactNames)
	for _, list := range [][]appliance.ID{w.Devices, w.Jobs, w.Contacts} {
		slices.Sort(list)
	}
	w.ID, w.Version, w.Created, w.By, w.State, w.History = old.ID, old.Version, old.Created, old.By, old.State, old.History
	w.Last, w.Reminded, w.Notice, w.Short, w.Wish, w.Owner = old.Last, old.Reminded, old.Notice, old.Short, old.Wish, a.owner
	w.Invites = old.Invites
	if w.From.Equal(old.From) && w.Rule == old.Rule {
		w.Skips = old.Skips
	}
	switch {
	case w.ID == 0:
		w.State, w.Created, w.By = appliance.WindowDraft, a.now.UTC(), a.owner
		w.History = []appliance.WindowStep{{At: a.now.UTC(), By: a.owner, State: appliance.WindowDraft}}
	case w.State != appliance.WindowDraft && !w.State.Over() && window.Changed(old, w): // what was announced was something else
		if err := window.Step(&w, appliance.WindowDraft, a.owner, "", a.now); err != nil {
			return err
		}
	}
	if err := a.tx.PutWindow(&w); err != nil {
		return err
	}
	if want.Announce && w.State == appliance.WindowDraft {
		a.follow = append(a.follow, Follow{Window: w.ID, State: appliance.WindowAnnounced, At: want.whereOf("from")})
	}
	return nil
}

func (w FileWindow) whereOf(key string) Position {
	if at, ok := w.places[key]; ok {
		return at
	}
	return w.At
}
