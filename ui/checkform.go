package ui

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

func (s *Server) checkFormRoutes() {
	s.echo.GET("/devices/:id/checks/new", s.newCheck)
	s.echo.POST("/devices/:id/checks/new", s.addCheck)
	s.echo.GET("/checks/:id/edit", s.editCheck)
	s.echo.POST("/checks/:id/edit", s.saveCheck)
	s.echo.POST("/checks/:id/delete", s.deleteCheck)
}

// checkPage is a check form while it is made.
type checkPage struct {
	device appliance.DeviceView
	stored appliance.Check // zero for a new one
	entry  *checkEntry
	tried  *answer
}

func (s *Server) newCheck(c echo.Context) error {
	v, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	l := s.lang(c)
	e := &checkEntry{form: view.Form{Values: l.checkValues(appliance.Check{Probe: appliance.ProbeHTTP, HTTP: &appliance.HTTPSettings{}})}}
	e.form.Values["snmp-credential"] = s.usualCredential(c.Request().Context())
	return s.showCheckForm(c, http.StatusOK, checkPage{device: v, entry: e})
}

func (s *Server) editCheck(c echo.Context) error {
	p, err := s.checkOf(c)
	if err != nil {
		return err
	}
	l := s.lang(c)
	p.entry = &checkEntry{form: view.Form{Values: l.checkValues(p.stored)}, rows: len(p.stored.Limits)}
	return s.showCheckForm(c, http.StatusOK, p)
}

// checkOf finds the check of the address and its device.
func (s *Server) checkOf(c echo.Context) (checkPage, error) {
	id, err := appliance.ParseID(c.Param("id"))
	if err != nil {
		return checkPage{}, appliance.ErrNotFound
	}
	check, err := s.App.Check(c.Request().Context(), id)
	if err != nil {
		return checkPage{}, err
	}
	v, err := s.App.Device(c.Request().Context(), check.Device)
	return checkPage{device: v, stored: check}, err
}

func (s *Server) addCheck(c echo.Context) error {
	v, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	return s.storeCheck(c, checkPage{device: v})
}

func (s *Server) saveCheck(c echo.Context) error {
	p, err := s.checkOf(c)
	if err != nil {
		return err
	}
	return s.storeCheck(c, p)
}

// storeCheck stores a check, or gives the form back: with a mistake, or with a row more or less.
func (s *Server) storeCheck(c echo.Context, p checkPage) error {
	l := s.lang(c)
	p.entry = l.readCheck(c, p.stored, p.device)
	e := p.entry
	if e.arrange(c, l, p.device.Kind) {
		return s.showCheckForm(c, http.StatusOK, p)
	}
	e.judge(l)
	if !e.form.OK() {
		return s.showCheckForm(c, http.StatusUnprocessableEntity, p)
	}
	err := s.App.SaveCheck(c.Request().Context(), actor(c), &e.check)
	switch {
	case err == nil:
		return s.done(c, "/devices/"+p.device.ID.String()+"/edit", l.T("checkform.saved", "name", e.check.Name))
	case overtaken(err):
		now := l.checkValues(p.stored)
		l.sayOvertaken(&e.form, now, l.checkLabels(now))
		return s.showCheckForm(c, http.StatusConflict, p)
	case s.failForm(&e.form, l, err, nil):
		return s.showCheckForm(c, http.StatusUnprocessableEntity, p)
	}
	return err
}

// tryCheck asks the device as the form says, and gives the form back with the answer.
func (s *Server) tryCheck(c echo.Context) error {
	id, err := appliance.ParseID(c.FormValue("device"))
	if err != nil {
		return appliance.ErrNotFound
	}
	ctx := c.Request().Context()
	p := checkPage{}
	if p.device, err = s.App.Device(ctx, id); err != nil {
		return err
	}
	if check, err := appliance.ParseID(c.FormValue("id")); err == nil {
		if p.stored, err = s.App.Check(ctx, check); err != nil {
			return err
		}
	}
	l := s.lang(c)
	p.entry = l.readCheck(c, p.stored, p.device)
	p.entry.judge(l)
	if !p.entry.form.OK() {
		return s.showCheckForm(c, http.StatusUnprocessableEntity, p)
	}
	answers, err := s.ask(c, p.device.Device, []appliance.Check{p.entry.check})
	if err != nil {
		return err
	}
	p.tried = &answers[0]
	return s.showCheckForm(c, http.StatusOK, p)
}

func (s *Server) showCheckForm(c echo.Context, status int, p checkPage) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	page := view.CheckForm{Form: p.entry.form, Device: p.device.ID.String(), Of: p.device.Name, Probes: l.probeOptions(), Spans: l.spans(),
		Methods: []view.Option{{Value: "GET", Label: "GET"}, {Value: "HEAD", Label: "HEAD"}}, Directions: l.directions(),
		AttemptsHint:   l.T("checkform.attempts_hint", "answer", monitor.AnswerAttempts, "number", monitor.NumberAttempts),
		RecoveriesHint: l.T("checkform.recoveries_hint", "count", monitor.Recoveries), File: p.stored.Owner}
	frame.Title = l.T("checkform.title_new", "device", p.device.Name)
	page.Action = "/devices/" + page.Device + "/checks/new"
	if p.stored.ID != 0 {
		page.ID, page.Name, page.Probe = p.stored.ID.String(), p.stored.Name, string(p.stored.Probe)
		page.Action = "/checks/" + page.ID + "/edit"
		frame.Title = l.T("checkform.title_edit", "name", p.stored.Name, "device", p.device.Name)
	}
	for i := range p.entry.rows {
		page.Limits = append(page.Limits, i)
	}
	var err error
	if page.Credentials, err = s.credentialOptions(ctx, l, false); err != nil {
		return err
	}
	if page.Logins, err = s.loginOptions(ctx, l); err != nil {
		return err
	}
	r, err := s.readingFor(c, p)
	if err != nil {
		return err
	}
	for _, n := range l.checkNumbers(r, p.entry.limits(p.stored), p.device.Kind) {
		if n.Limit == "" {
			page.Unlimited = append(page.Unlimited, n)
			continue
		}
		page.Numbers = append(page.Numbers, n)
	}
	page.Metrics = l.metricOptions(r, p.stored.Probe)
	if p.tried != nil {
		page.Tried = l.tried([]answer{*p.tried})
	}
	return s.render.Page(c, status, "check-form", frame, page)
}

// readingFor is what the check has brought: just now by the test button, or last time.
func (s *Server) readingFor(c echo.Context, p checkPage) (appliance.Reading, error) {
	if p.tried != nil {
		return p.tried.reading, nil
	}
	if p.stored.ID == 0 {
		return appliance.Reading{}, nil
	}
	r, err := s.App.LastReading(c.Request().Context(), p.stored.ID)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return appliance.Reading{}, nil
	}
	return r, err
}

// deleteCheck says what would be lost, and deletes once that was read.
func (s *Server) deleteCheck(c echo.Context) error {
	p, err := s.checkOf(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	id, name := p.stored.ID.String(), p.stored.Name
	if c.QueryParam("sure") != "" {
		if err := s.App.DeleteCheck(c.Request().Context(), actor(c), p.stored.ID); err != nil {
			return err
		}
		return s.done(c, "/devices/"+p.device.ID.String()+"/edit", l.T("deviceform.deleted", "name", name))
	}
	series, err := s.seriesCount(c, []appliance.Check{p.stored})
	if err != nil {
		return err
	}
	page := view.Confirm{Title: l.T("checkform.delete_title", "name", name, "device", p.device.Name), Button: l.T("deviceform.delete_button", "name", name),
		Action: "/checks/" + id + "/delete?sure=1", Back: "/checks/" + id + "/edit", BackLabel: l.T("deviceform.keep"),
		Text: l.T("checkform.delete_text", "n", series, "days", strconv.Itoa(daysSince(p.stored.Created, s.App.Now())))}
	frame.Title = page.Title
	return s.render.Page(c, http.StatusOK, "confirm", frame, page)
}

// spans are times that are proposed for a check.
func (l *Lang) spans() []view.Option {
	var out []view.Option
	for _, d := range []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour} {
		out = append(out, view.Option{Value: l.spanText(appliance.Duration(d))})
	}
	return out
}
