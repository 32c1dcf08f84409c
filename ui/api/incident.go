package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
)

func (a *API) incidentRoutes() {
	register(a, operation("GET", "/incidents", "listIncidents", "Incidents, newest first", 422), a.listIncidents)
	register(a, operation("GET", "/incidents/{id}", "getIncident", "One incident with its causes, its notes and what has been told", 404), a.getIncident)
	ack := operation("POST", "/incidents/{id}/ack", "acknowledgeIncident", "Take care of an incident", 404, 409, 422)
	ack.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, ack, a.acknowledgeIncident)
	give := operation("DELETE", "/incidents/{id}/ack", "unacknowledgeIncident", "Give an incident back", 404, 409)
	give.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, give, a.unacknowledgeIncident)
	snooze := operation("POST", "/incidents/{id}/snooze", "snoozeIncident", "Keep an incident quiet until a time; it stays open", 404, 409, 422)
	snooze.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, snooze, a.snoozeIncident)
	note := operation("POST", "/incidents/{id}/notes", "noteIncident", "Write a note about an incident", 404, 422)
	note.DefaultStatus = http.StatusNoContent
	huma.Register(a.huma, note, a.noteIncident)
	register(a, operation("GET", "/deliveries", "listDeliveries", "What was told whom and how that went, newest first", 422), a.listDeliveries)
}

// IncidentList are incidents.
type IncidentList struct {
	Items []appliance.Incident `json:"items" nullable:"false"`
}

func (a *API) listIncidents(ctx context.Context, in *struct {
	Open   bool   `query:"open" doc:"Only those that are open."`
	Device ID     `query:"device" doc:"Only those that a device is a cause of, or behind."`
	State  string `query:"state" enum:"nodata,warning,critical" doc:"Only those whose worst state it was."`
	Before ID     `query:"before" doc:"Only incidents with a lower number: the next page."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}) (*struct{ Body IncidentList }, error) {
	f := appliance.IncidentFilter{Open: in.Open, Device: in.Device, Before: in.Before, Limit: in.Limit}
	if in.State != "" {
		f.State, _ = appliance.ParseState(in.State) //nolint:errcheck // one of the enum
	}
	list, err := a.app.Incidents(ctx, f)
	if err != nil {
		return nil, a.fail("listIncidents", err)
	}
	return &struct{ Body IncidentList }{IncidentList{Items: append([]appliance.Incident{}, list...)}}, nil
}

func (a *API) getIncident(ctx context.Context, in *struct {
	ID ID `path:"id"`
}) (*struct{ Body appliance.Incident }, error) {
	i, err := a.app.Incident(ctx, in.ID)
	if err != nil {
		return nil, a.fail("getIncident", err)
	}
	return &struct{ Body appliance.Incident }{i}, nil
}

func (a *API) acknowledgeIncident(ctx context.Context, in *struct {
	ID   ID `path:"id"`
	Body struct {
		Reason string    `json:"reason,omitempty" maxLength:"200"`
		Until  time.Time `json:"until,omitempty" doc:"When it ends; left out: with the incident."`
	}
}) (*struct{}, error) {
	return nil, a.fail("acknowledgeIncident", a.app.AcknowledgeIncident(ctx, actor(ctx), in.ID, in.Body.Reason, in.Body.Until))
}

func (a *API) unacknowledgeIncident(ctx context.Context, in *struct {
	ID ID `path:"id"`
}) (*struct{}, error) {
	return nil, a.fail("unacknowledgeIncident", a.app.UnacknowledgeIncident(ctx, actor(ctx), in.ID))
}

func (a *API) snoozeIncident(ctx context.Context, in *struct {
	ID   ID `path:"id"`
	Body struct {
		Until time.Time `json:"until,omitempty" doc:"Left out: it is not kept quiet any more."`
	}
}) (*struct{}, error) {
	return nil, a.fail("snoozeIncident", a.app.SnoozeIncident(ctx, actor(ctx), in.ID, in.Body.Until))
}

func (a *API) noteIncident(ctx context.Context, in *struct {
	ID   ID `path:"id"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"4000"`
	}
}) (*struct{}, error) {
	return nil, a.fail("noteIncident", a.app.NoteIncident(ctx, actor(ctx), in.ID, in.Body.Text))
}

// DeliveryList is what was told.
type DeliveryList struct {
	Items []appliance.Delivery `json:"items" nullable:"false"`
}

func (a *API) listDeliveries(ctx context.Context, in *struct {
	Incident ID     `query:"incident"`
	State    string `query:"state" enum:"waiting,held,delivered,failed,spared"`
	Before   ID     `query:"before" doc:"Only of notices with a lower number: the next page."`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}) (*struct{ Body DeliveryList }, error) {
	list, err := a.app.Deliveries(ctx, appliance.DeliveryFilter{Incident: in.Incident, State: appliance.DeliveryState(in.State), Before: in.Before, Limit: in.Limit})
	if err != nil {
		return nil, a.fail("listDeliveries", err)
	}
	return &struct{ Body DeliveryList }{DeliveryList{Items: append([]appliance.Delivery{}, list...)}}, nil
}
