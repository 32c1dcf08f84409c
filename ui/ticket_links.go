package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// ticketLinkPages are where what a ticket is about is shown.
var ticketLinkPages = map[string]string{"incident": "/incidents/", "window": "/maintenance/", "backup": "/backups/", "round": "/rounds/", "spot": "/eventchecks/spot/", "ticket": "/tickets/"}

// offeredIncidents is how many incidents a ticket can be connected with in the form: the newest.
const offeredIncidents = 20

// aboutOptions are what a ticket can be connected with: devices, maintenance that is not over, and the newest incidents.
func (s *Server) aboutOptions(ctx context.Context, l *Lang) ([]view.Option, error) {
	out, err := s.deviceOptions(ctx, l)
	if err != nil {
		return nil, err
	}
	out[0].Label = l.T("ticket.choose_about")
	windows, err := s.App.Windows(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range windows {
		if !w.State.Over() {
			out = append(out, view.Option{Value: "window-" + w.ID.String(), Label: l.T("ticket.about_window", "title", w.Title)})
		}
	}
	incidents, err := s.App.Incidents(ctx, appliance.IncidentFilter{Limit: offeredIncidents})
	if err != nil {
		return nil, err
	}
	for _, i := range incidents {
		out = append(out, view.Option{Value: "incident-" + i.ID.String(), Label: l.T("ticket.about_incident", "title", l.Say(i.Title()), "time", l.When(i.Opened))})
	}
	return out, nil
}

// aboutOf reads what was chosen: "3" is a device, "window-5" and "incident-7" are what they say.
func aboutOf(value string) (device appliance.ID, link appliance.TicketLink) {
	if kind, id, ok := strings.Cut(value, "-"); ok {
		n, _ := appliance.ParseID(id) // what is no number is nothing that a ticket can be about
		return 0, appliance.TicketLink{Kind: kind, ID: n}
	}
	device, _ = appliance.ParseID(value)
	return device, appliance.TicketLink{}
}

// ticketLink says what a ticket is about by its name where it has one.
func (s *Server) ticketLink(ctx context.Context, l *Lang, k appliance.TicketLink) view.Link {
	out := view.Link{Text: l.T("ticket.link_"+k.Kind, "n", strconv.FormatUint(uint64(k.ID), 10)), Href: ticketLinkPages[k.Kind] + k.ID.String()}
	switch k.Kind {
	case "window":
		if w, err := s.App.Window(ctx, k.ID); err == nil && w.State != appliance.WindowDraft {
			out.Text = l.T("ticket.about_window", "title", w.Title)
		}
	case "incident":
		if i, err := s.App.Incident(ctx, k.ID); err == nil {
			out.Text = l.T("ticket.about_incident", "title", l.Say(i.Title()), "time", l.When(i.Opened))
		}
	}
	return out
}

// lookedAt is how many of the newest incidents are looked through for those of one thing.
const lookedAt = 200

// incidentsOf are the newest incidents that a thing has caused, by the item of its state: "backup/3".
func (s *Server) incidentsOf(ctx context.Context, l *Lang, item string, limit int) (out []view.Link, err error) {
	all, err := s.App.Incidents(ctx, appliance.IncidentFilter{Limit: lookedAt})
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		for _, c := range i.Causes {
			if c.Item == item && len(out) < limit {
				out = append(out, incidentLink(l, i))
				break
			}
		}
	}
	return out, nil
}

func incidentLink(l *Lang, i appliance.Incident) view.Link {
	return view.Link{Text: l.T("ticket.about_incident", "title", l.Say(i.Title()), "time", l.When(i.Opened)), Href: "/incidents/" + i.ID.String()}
}

// nearOutage is how far an incident may begin before or after an outage that it tells of: UPSes report late.
const nearOutage = 10 * time.Minute

// incidentOfOutage is the address of the incident that tells of an outage, empty when there is none.
func incidentOfOutage(all []appliance.Incident, o appliance.UPSOutage, now time.Time) string {
	if o.Kind != appliance.UPSOutageReal && o.Kind != appliance.UPSOutageBlip {
		return ""
	}
	end := o.End
	if end.IsZero() {
		end = now
	}
	for _, i := range all {
		if i.Kind != appliance.IncidentPower && i.Device != o.Device || i.Opened.Before(o.Start.Add(-nearOutage)) || i.Opened.After(end.Add(nearOutage)) {
			continue
		}
		for _, c := range i.Causes {
			if c.Device == o.Device {
				return "/incidents/" + i.ID.String()
			}
		}
	}
	return ""
}
