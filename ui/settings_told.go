package ui

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// toldShapes are the shapes of deliveries.
var toldShapes = map[appliance.DeliveryState]string{appliance.DeliveryWaiting: "warning", appliance.DeliveryHeld: "paused", appliance.DeliveryDelivered: "ok",
	appliance.DeliveryFailed: "critical", appliance.DeliverySpared: "paused"}

func (l *Lang) toldRow(d appliance.Delivery) view.ToldRow {
	r := view.ToldRow{Name: d.Name, Way: l.T("told.way_" + string(d.Channel)), Title: l.Say(d.Title), State: toldShapes[d.State], Word: l.T("told." + string(d.State)),
		Created: d.Created, At: d.Done, Next: d.Next, Tried: d.Tried}
	if d.Address != "" {
		r.Way += ", " + d.Address
	}
	if d.About.Incident != 0 {
		r.Href = "/incidents/" + d.About.Incident.String()
	}
	for _, a := range d.Attempts {
		r.Attempts = append(r.Attempts, view.ToldAttempt{At: a.At, Good: a.Good, Answer: a.Answer})
	}
	if n := len(d.Attempts); n > 0 {
		r.Answer = d.Attempts[n-1].Answer
	}
	return r
}

const toldRows = 100

// told is the list of everything that was told, and how that went.
func (s *Server) told(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	page := view.Told{List: view.NewList("/settings/told", c.QueryParams(), ""), CanEdit: can(c, access.EditContacts)}
	f := appliance.DeliveryFilter{State: appliance.DeliveryState(page.List.Get("state")), Limit: toldRows}
	f.Before, _ = appliance.ParseID(page.List.Get("before")) //nolint:errcheck // none is the newest
	list, err := s.App.Deliveries(c.Request().Context(), f)
	if err != nil {
		return err
	}
	for _, d := range list {
		page.Rows = append(page.Rows, l.toldRow(d))
		if d.State == appliance.DeliveryWaiting {
			page.Waiting++
		}
	}
	page.Chips = []view.Chip{page.List.Chip("state", "", l.T("told.all"), "", -1)}
	for _, st := range appliance.DeliveryStates {
		page.Chips = append(page.Chips, page.List.Chip("state", string(st), l.T("told."+string(st)), "", -1))
	}
	if len(list) >= toldRows {
		page.More = page.List.With("before", list[len(list)-1].Notice.String())
	}
	page.Empty = view.Empty{Icon: "send", Title: l.T("told.none"), Text: l.T("told.none_how")}
	frame.Title = l.T("told.title")
	return s.render.Page(c, http.StatusOK, "settings-told", frame, page)
}

func (s *Server) retryTold(c echo.Context) error {
	_, l := s.settingsFrame(c)
	n, err := s.App.RetryDeliveries(c.Request().Context(), actor(c))
	if err != nil {
		return err
	}
	return s.done(c, "/settings/told", l.T("told.retried", "n", n))
}

// heldSecret says where a secret is kept, never what it is.
func (l *Lang) heldSecret(sec appliance.Secret) string {
	switch {
	case sec.Value != "":
		return l.T("credential.in_store")
	case sec.File != "":
		return l.T("credential.in_file", "name", sec.File)
	case sec.Env != "":
		return l.T("credential.in_env", "name", sec.Env)
	}
	return ""
}

// enteredSecret reads a secret as it is typed: its value, or where it stands, "file:hotline" or "env:SITEWARD_SECRET_NTFY".
func enteredSecret(text string) appliance.Secret {
	if name, ok := strings.CutPrefix(text, "file:"); ok {
		return appliance.Secret{File: name}
	}
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		return appliance.Secret{Env: name}
	}
	return appliance.Secret{Value: text}
}
