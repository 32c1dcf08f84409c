package ui

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// runDevice runs all checks of a device now and says what came back.
func (s *Server) runDevice(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	d, err := s.subjectOf(c, l)
	if err != nil {
		return err
	}
	good, bad := 0, ""
	for _, check := range d.DeviceView.Checks {
		if check.Paused.Active(d.now) {
			continue
		}
		r, err := s.App.RunNow(c.Request().Context(), actor(c), check.ID)
		if err != nil {
			return err
		}
		if r.Failure == nil {
			good++
		} else if bad == "" {
			bad = check.Name
		}
	}
	n := view.Note{Level: "ok", Title: l.T("device.ran", "n", good)}
	if bad != "" {
		n = view.Note{Level: "warning", Title: l.T("device.ran_bad", "check", bad), Text: l.T("device.ran_bad_next")}
	}
	flash(c, n)
	return c.Redirect(http.StatusSeeOther, d.path)
}

// pauses are the ends of a pause that are offered. Zero lasts until a person ends it.
var pauses = []struct {
	key string
	end func(now time.Time) time.Time
}{
	{"1h", func(now time.Time) time.Time { return now.Add(time.Hour) }},
	{"4h", func(now time.Time) time.Time { return now.Add(4 * time.Hour) }},
	{"tomorrow", func(now time.Time) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, now.Location())
	}},
	{"week", func(now time.Time) time.Time { return now.AddDate(0, 0, 7) }},
	{"open", func(time.Time) time.Time { return time.Time{} }},
}

func (l *Lang) pauseForm(path, back string, form view.Form) *view.PauseForm {
	f := &view.PauseForm{Action: path + "/pause", Back: back, Form: form}
	for _, p := range pauses {
		f.Until = append(f.Until, view.Option{Value: p.key, Label: l.T("device.until_" + p.key)})
	}
	return f
}

// readPause reads the form and says what is missing in it.
func (l *Lang) readPause(c echo.Context, now time.Time) (form view.Form, reason string, until time.Time) {
	form = formOf(c, "reason", "until")
	if reason = form.Value("reason"); reason == "" {
		form.Fail("reason", l.T("device.need_reason"))
	}
	for _, p := range pauses {
		if p.key == form.Value("until") {
			return form, reason, p.end(l.Local(now))
		}
	}
	form.Fail("until", l.T("device.need_until"))
	return form, reason, time.Time{}
}

func (s *Server) pauseDevice(c echo.Context) error {
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	d, err := s.subjectOf(c, l)
	if err != nil {
		return err
	}
	form, reason, until := l.readPause(c, d.now)
	if form.OK() {
		err = s.App.PauseDevice(c.Request().Context(), actor(c), d.ID, reason, until)
		if err == nil {
			return s.done(c, d.path, l.T("device.now_paused"))
		}
		if !s.failForm(&form, l, err, nil) {
			return err
		}
	}
	page, err := s.devicePage(c, d)
	if err != nil {
		return err
	}
	page.PauseForm = d.l.pauseForm(d.path, d.path, form)
	return s.showDevice(c, http.StatusUnprocessableEntity, frame, page)
}

func (s *Server) resumeDevice(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.App.ResumeDevice(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/devices/"+id.String(), s.render.Lang(s.frame(c, "").Lang).T("device.now_resumed"))
}

// takeOver makes a device of the site file one that is changed here.
func (s *Server) takeOver(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.App.TakeOver(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/devices/"+id.String(), s.render.Lang(s.frame(c, "").Lang).T("device.taken_over"))
}

// markPorts stores what is expected of each port that the form shows. Marks of ports that it does not show stay.
func (s *Server) markPorts(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	d, err := s.subjectOf(c, l)
	if err != nil {
		return err
	}
	values, err := c.FormParams()
	if err != nil {
		return appliance.Errorf(appliance.CodeInvalid, "the form cannot be read: %w", err)
	}
	device := d.Device
	if device.Ports, err = marked(d.Device.Ports, values); err != nil {
		return err
	}
	if err := s.App.SaveDevice(c.Request().Context(), actor(c), &device); err != nil {
		return err
	}
	return s.done(c, d.path+"?ports=all#ports", l.T("device.ports_saved", "n", len(device.Ports)))
}

func marked(before map[string]appliance.PortRole, values url.Values) (map[string]appliance.PortRole, error) {
	out := map[string]appliance.PortRole{}
	for name, role := range before {
		out[name] = role
	}
	for field := range values {
		escaped, ok := strings.CutPrefix(field, "port:")
		if !ok {
			continue
		}
		name, err := url.QueryUnescape(escaped)
		if err != nil || name == "" {
			return nil, appliance.Errorf(appliance.CodeInvalid, "%q is no port", escaped)
		}
		switch role := appliance.PortRole(values.Get(field)); role {
		case "":
			delete(out, name)
		case appliance.PortImportant, appliance.PortUplink:
			out[name] = role
		default:
			return nil, appliance.Errorf(appliance.CodeInvalid, "%q is nothing that can be expected of a port", role)
		}
	}
	return out, nil
}
