package notify

import (
	"maps"
	"slices"
	"time"

	"siteward/appliance"
)

// Settle is how long an incident must have lasted before anybody is told: what it is a part of may be found meanwhile, and
// what is over by then was nothing.
const Settle = time.Minute

// What is new about an incident.
type What string

// The news.
const (
	Opened    What = "opened"
	Again     What = "again"     // it had been over
	Unsteady  What = "unsteady"  // it comes and goes: nothing more until that ends
	Worse     What = "worse"     // a warning has become critical
	Escalated What = "escalated" // nobody has taken care in time
	Reminder  What = "reminder"
	Over      What = "over"
)

// News is one thing to tell of an incident, and whom.
type News struct {
	What     What
	Contacts []appliance.ID
}

// Case is what a decision rests on.
type Case struct {
	Incident appliance.Incident
	Routes   []appliance.Route // none: DefaultRoute
	Contacts []appliance.Contact
	Kinds    map[appliance.ID]appliance.Kind // of devices
	Now      time.Time
	// Open says whether a route holds at Now, by its hours. Nil: always.
	Open func(appliance.Route) bool
}

// DefaultRoute holds while nobody has made a route: technicians at once, the hotline when nobody takes care.
var DefaultRoute = appliance.Route{Steps: []appliance.Step{
	{Roles: []appliance.ContactRole{appliance.ContactTechnician}},
	{After: 60, Roles: []appliance.ContactRole{appliance.ContactHotline}},
}, Repeat: 24 * 60}

// Plan says what is to be told of an incident now, and how far the telling has come when that is in the queue. What it gives is
// told once: asking again with what it gave says nothing.
func Plan(c Case) (appliance.Incident, []News) {
	p := plan{Case: c, i: c.Incident}
	p.i.Telling.Routes = maps.Clone(p.i.Telling.Routes)
	p.i.Telling.Contacts = slices.Clone(p.i.Telling.Contacts)
	switch {
	case !p.i.Open():
		p.end()
	case !p.i.Over.IsZero() || p.i.Muted != appliance.StateOK:
	case p.Now.Sub(later(p.i.Opened, p.i.Relapsed)) < Settle || p.i.Snooze.Active(p.Now):
	default:
		p.change()
		p.routes()
	}
	return p.i, p.news
}

type plan struct {
	Case
	i    appliance.Incident
	news []News
}

func (p *plan) end() {
	t := &p.i.Telling
	if !t.Over && len(t.Contacts) > 0 {
		p.say(Over, t.Contacts)
	}
	t.Over = true
}

// change tells those who know of the incident what has become of it.
func (p *plan) change() {
	t := &p.i.Telling
	if p.i.Snooze != nil { // over, and it is still there
		p.i.Snooze = nil
		p.say(Reminder, t.Contacts)
	}
	if p.i.Relapses > t.Relapse {
		t.Relapse = p.i.Relapses
		switch {
		case !p.i.Unsteady():
			p.say(Again, t.Contacts)
			t.Routes = nil
		case !t.Unsteady:
			t.Unsteady = true
			p.say(Unsteady, t.Contacts)
		}
	}
	if t.Severity != appliance.StateOK && p.i.State > t.Severity {
		p.say(Worse, t.Contacts)
	}
	if t.Severity != appliance.StateOK {
		t.Severity = max(t.Severity, p.i.State)
	}
}

func (p *plan) routes() {
	routes := p.Routes
	if len(routes) == 0 {
		routes = []appliance.Route{DefaultRoute}
	}
	for _, r := range routes {
		if p.fits(r) {
			p.follow(r)
		}
	}
}

// fits says whether a route is for the incident as it stands.
func (p *plan) fits(r appliance.Route) bool {
	least := r.Least
	if least == appliance.StateOK {
		least = appliance.StateWarning
	}
	if r.Off || p.i.State < least || p.Open != nil && !p.Open(r) {
		return false
	}
	if len(r.Kinds) == 0 && len(r.Devices) == 0 {
		return true
	}
	return slices.ContainsFunc(p.i.Causes, func(c appliance.IncidentCause) bool {
		return slices.Contains(r.Devices, c.Device) || slices.Contains(r.Kinds, p.Kinds[c.Device])
	})
}

// follow takes the steps of a route that are due, and reminds.
func (p *plan) follow(r appliance.Route) {
	t := &p.i.Telling
	at, begun := t.Routes[r.ID]
	if !begun {
		at.Since = p.Now
	}
	acked := p.i.Acked(p.Now)
	taken := false
	for at.Steps < len(r.Steps) && (at.Steps == 0 || !acked) {
		step := r.Steps[at.Steps]
		if p.Now.Before(at.Since.Add(time.Duration(step.After) * time.Minute)) {
			break
		}
		what := Opened
		if at.Steps > 0 {
			what = Escalated
		} else if t.Relapse > 0 {
			what = Again
		}
		p.tell(what, r, step)
		at.Steps++
		taken = true
	}
	repeat := time.Duration(r.Repeat) * time.Minute
	if !taken && at.Steps > 0 && repeat > 0 && !acked && !p.Now.Before(at.Last.Add(repeat)) {
		for _, step := range r.Steps[:min(at.Steps, len(r.Steps))] {
			p.tell(Reminder, r, step)
		}
		taken = true
	}
	if !taken {
		return
	}
	at.Last = p.Now
	if t.Routes == nil {
		t.Routes = map[appliance.ID]appliance.RouteStatus{}
	}
	t.Routes[r.ID] = at
	t.Severity = max(t.Severity, p.i.State)
}

func (p *plan) tell(what What, r appliance.Route, s appliance.Step) {
	var who []appliance.ID
	for _, c := range p.Contacts {
		if slices.Contains(s.Contacts, c.ID) || slices.Contains(s.Roles, c.Role) {
			who = append(who, c.ID)
		}
	}
	p.say(what, who)
	if !r.Quiet {
		for _, id := range who {
			if !slices.Contains(p.i.Telling.Contacts, id) {
				p.i.Telling.Contacts = append(p.i.Telling.Contacts, id)
			}
		}
	}
}

// say tells contacts, each of them one thing at a time: what comes first says enough.
func (p *plan) say(what What, who []appliance.ID) {
	var fresh []appliance.ID
	for _, id := range who {
		told := slices.ContainsFunc(p.news, func(n News) bool { return slices.Contains(n.Contacts, id) })
		if !told && !slices.Contains(fresh, id) {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) == 0 {
		return
	}
	if k := slices.IndexFunc(p.news, func(n News) bool { return n.What == what }); k >= 0 {
		p.news[k].Contacts = append(p.news[k].Contacts, fresh...)
		return
	}
	p.news = append(p.news, News{What: what, Contacts: fresh})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
