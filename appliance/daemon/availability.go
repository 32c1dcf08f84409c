package daemon

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/availability"
	"siteward/appliance/sla"
)

// Bounds of a report: how far back, and how much of the journal is read for it.
const (
	maxReport  = 400 * 24 * time.Hour
	eventPage  = 10_000
	eventPages = 30
)

// Availability is Availabilities.Availability.
func (d *Daemon) Availability(ctx context.Context, from, to time.Time) (appliance.AvailabilityReport, error) {
	now := d.now()
	if to.After(now) {
		to = now
	}
	if !from.Before(to) || to.Sub(from) > maxReport {
		return appliance.AvailabilityReport{}, appliance.Invalid("from", "availability.error.span", "ask for a time of the past, 400 days at most", nil)
	}
	r := appliance.AvailabilityReport{From: from, To: to, Hours: appliance.Hours7x24}
	hours, err := d.agreedHours(ctx, &r)
	if err != nil {
		return r, err
	}
	changes, cut, err := d.answerChanges(ctx, from)
	if err != nil {
		return r, err
	}
	if !cut.IsZero() {
		r.From, r.Cut = cut, true
	}
	away, err := d.awaySince(ctx, r.From)
	if err != nil {
		return r, err
	}
	views, err := d.Devices(ctx)
	if err != nil {
		return r, err
	}
	for _, v := range views {
		in := availability.Input{From: later(r.From, v.Created), To: to, Checks: map[appliance.ID]availability.Standing{}, Changes: changes[v.ID], Away: away, Hours: hours}
		for _, s := range v.States {
			if s.Check != 0 && s.Item == appliance.ItemAnswer {
				in.Checks[s.Check] = availability.Standing{State: s.State, Since: s.Since}
			}
		}
		if len(in.Checks) == 0 || !in.From.Before(to) {
			continue
		}
		a := availability.Of(in)
		a.Device, a.Name, a.Kind = v.ID, v.Name, v.Kind
		for i := range a.Outages {
			a.Outages[i].Device = v.ID
		}
		r.Devices = append(r.Devices, a)
	}
	r.Site = availability.Sum(r.From, to, r.Devices)
	return r, d.tellCosts(&r)
}

// lookedAtIncidents is through how many incidents of a report's time is looked for those that cost it.
const lookedAtIncidents = 20_000

// tellCosts names the incidents that cost availability.
func (d *Daemon) tellCosts(r *appliance.AvailabilityReport) error {
	if len(r.Site.Outages) == 0 {
		return nil
	}
	var list []appliance.Incident
	seen := 0
	err := d.store.EachIncident(0, func(i appliance.Incident) bool {
		seen++
		if end := i.Ended(); i.Opened.Before(r.To) && (end.IsZero() || end.After(r.From)) {
			list = append(list, i)
		}
		return seen < lookedAtIncidents
	})
	availability.Tell(r, list)
	return err
}

// agreedHours are the service hours of the contract, with what it guarantees.
func (d *Daemon) agreedHours(ctx context.Context, r *appliance.AvailabilityReport) (availability.Hours, error) {
	c, err := d.Contract(ctx)
	if err != nil || !c.Agreed() {
		return availability.Always{}, nil //nolint:nilerr // no contract: the whole day counts
	}
	site, err := d.Site(ctx)
	if err != nil {
		return nil, err
	}
	hours, err := sla.HoursOf(c.Hours, site)
	if err != nil {
		return availability.Always{}, nil //nolint:nilerr // a contract without hours promises none
	}
	r.Hours, r.Guarantee = c.Hours.Preset, c.Availability
	return hours, nil
}

// answerChanges are the changes of what answers since a time, newest first, by device. What happened within a maintenance window
// is not among them. cut is from where on they are complete, when there are too many.
func (d *Daemon) answerChanges(ctx context.Context, from time.Time) (map[appliance.ID][]availability.Change, time.Time, error) {
	out := map[appliance.ID][]availability.Change{}
	f := appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Since: from, Limit: eventPage}
	for range eventPages {
		events, err := d.Events(ctx, f)
		if err != nil {
			return nil, time.Time{}, err
		}
		for _, e := range events {
			if e.Item == appliance.ItemAnswer && e.Check != 0 && (e.Window == 0 || e.To == appliance.StateMaintenance) {
				out[e.Device] = append(out[e.Device], availability.Change{At: e.At, Check: e.Check, From: e.From, To: e.To})
			}
		}
		if len(events) < eventPage {
			return out, time.Time{}, nil
		}
		f.Before = events[len(events)-1].Seq
		if len(events) > 0 && f.Before <= 1 {
			return out, time.Time{}, nil
		}
		from = events[len(events)-1].At
	}
	return out, from, nil
}

// awaySince is when the appliance itself did not run.
func (d *Daemon) awaySince(ctx context.Context, from time.Time) (out []appliance.WindowSpan, err error) {
	events, err := d.Events(ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventMonitor}, Since: from, Limit: eventPage})
	for _, e := range events {
		if e.Message.Key != "event.absent" && e.Message.Key != "event.suspended" {
			continue
		}
		if s := (appliance.WindowSpan{From: argTime(e, "from"), Until: argTime(e, "to")}); s.Until.After(s.From) {
			out = append(out, s)
		}
	}
	return out, err
}

// argTime is a time among an event's arguments, as it comes out of the store.
func argTime(e appliance.Event, name string) time.Time {
	switch x := e.Message.Args[name].(type) {
	case time.Time:
		return x
	case string:
		t, _ := time.Parse(time.RFC3339, x)
		return t
	}
	return time.Time{}
}
