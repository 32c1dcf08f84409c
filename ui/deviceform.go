package ui

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/ui/view"
)

// firstWait is how long a person waits for a new device to answer.
const firstWait = 3 * time.Second

func (s *Server) deviceFormRoutes() {
	s.echo.GET("/devices/new", s.newDevice)
	s.echo.POST("/devices/new", s.addDevice)
	s.echo.POST("/devices/try", s.try)
	s.echo.GET("/devices/:id/edit", s.editDevice)
	s.echo.POST("/devices/:id/edit", s.saveDevice)
	s.echo.POST("/devices/:id/delete", s.deleteDevice)
}

// newDevice is the empty form. The address may propose what was chosen for the device before.
func (s *Server) newDevice(c echo.Context) error {
	e := &deviceEntry{form: formOf(c, "name", "address", "kind", "place", "ask", "credential")}
	v := e.form.Values
	if v["ask"] == "" {
		v["ask"] = askSNMP
	}
	if v["credential"] == "" {
		v["credential"] = s.usualCredential(c.Request().Context())
	}
	v["auth_protocol"], v["priv_protocol"] = appliance.AuthProtocols[0], appliance.PrivProtocols[0]
	return s.showNewDevice(c, http.StatusOK, e, nil)
}

// usualCredential is the one that most checks use; a site mostly has one.
func (s *Server) usualCredential(ctx context.Context) string {
	checks, err := s.App.Checks(ctx)
	if err != nil {
		return newCommunity
	}
	uses, best := map[appliance.ID]int{}, appliance.ID(0)
	for _, c := range checks {
		if c.SNMP == nil {
			continue
		}
		id := c.SNMP.Credential
		if uses[id]++; best == 0 || uses[id] > uses[best] {
			best = id
		}
	}
	if best != 0 {
		return best.String()
	}
	if all, err := s.App.Credentials(ctx); err == nil && len(all) > 0 {
		return all[0].ID.String()
	}
	return newCommunity
}

func (s *Server) showNewDevice(c echo.Context, status int, e *deviceEntry, tried *view.Tried) error {
	page, frame, l, err := s.deviceForm(c, e)
	if err != nil {
		return err
	}
	page.Action, page.Tried = "/devices/new", tried
	frame.Title = l.T("deviceform.title_new")
	if page.First {
		frame.Title = l.T("deviceform.title_first")
	}
	return s.render.Page(c, status, "device-form", frame, page)
}

// deviceForm is what both forms of a device offer.
func (s *Server) deviceForm(c echo.Context, e *deviceEntry) (view.DeviceForm, view.Frame, *Lang, error) {
	ctx := c.Request().Context()
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	page := view.DeviceForm{Form: e.form, Kinds: l.kindOptions(e.device.ID == 0), Asks: l.askOptions()}
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return page, frame, l, err
	}
	page.First = len(devices) == 0
	page.Places = places(devices)
	page.Parents = l.parents(devices, e.device)
	page.ParentsOpen = len(e.device.Parents) > 0 || e.form.Error("parents") != ""
	page.Credentials, err = s.credentialOptions(ctx, l, can(c, access.EditCredentials))
	if err != nil {
		return page, frame, l, err
	}
	page.Logins, err = s.loginOptions(ctx, l)
	page.AuthProtocols, page.PrivProtocols = l.protocols(appliance.AuthProtocols), l.protocols(appliance.PrivProtocols)
	if name := s.typed.keep(actor(c).Name, e.secrets, s.App.Now()); name != "" {
		e.form.Values["kept"] = name
		page.Kept = view.Kept{Community: e.secrets.community != "", Auth: e.secrets.auth != "", Priv: e.secrets.priv != ""}
	}
	return page, frame, l, err
}

// addDevice stores a new device with its checks, and with the credential that was typed for it.
func (s *Server) addDevice(c echo.Context) error {
	e, l := s.readDevice(c)
	if err := s.judgeDevice(c.Request().Context(), l, e); err != nil {
		return err
	}
	if !e.form.OK() {
		return s.showNewDevice(c, http.StatusUnprocessableEntity, e, nil)
	}
	if e.device.Kind == "" {
		e.device.Kind = s.findKind(c, e)
	}
	forget, err := s.storeCredential(c, e)
	if err == nil {
		err = s.App.AddDevice(c.Request().Context(), actor(c), &e.device, e.checks)
	}
	if err != nil {
		forget()
		if !s.failForm(&e.form, l, err, deviceFields) {
			return err
		}
		return s.showNewDevice(c, http.StatusUnprocessableEntity, e, nil)
	}
	s.typed.forget(e.form.Value("kept"))
	note := view.Note{Level: "ok", Title: l.T("deviceform.added", "name", e.device.Name)}
	if !s.askFirst(c, e.checks) {
		note.Text = l.T("deviceform.addedtext")
	}
	flash(c, note)
	if c.FormValue("do") == "another" {
		return c.Redirect(http.StatusSeeOther, e.next())
	}
	return c.Redirect(http.StatusSeeOther, "/devices/"+e.device.ID.String())
}

// askFirst asks a new device at once, so that its page has something to say, and says whether all has been asked. Who is slow to answer
// is shown without; its run goes on.
func (s *Server) askFirst(c echo.Context, checks []appliance.Check) bool {
	ctx, cancel := context.WithTimeout(c.Request().Context(), firstWait)
	defer cancel()
	var all sync.WaitGroup
	var asked atomic.Int64
	for _, check := range checks {
		all.Go(func() {
			if _, err := s.App.RunNow(ctx, actor(c), check.ID); err == nil { // what is wrong with the device stands on its page
				asked.Add(1)
			}
		})
	}
	all.Wait()
	return int(asked.Load()) == len(checks)
}

// next is the form for one more device like this one.
func (e *deviceEntry) next() string {
	q := url.Values{}
	q.Set("ask", e.form.Value("ask"))
	if e.device.Place != "" {
		q.Set("place", e.device.Place)
	}
	for _, c := range e.checks {
		if c.SNMP != nil {
			q.Set("credential", c.SNMP.Credential.String())
		}
	}
	return "/devices/new?" + q.Encode()
}

// editDevice is the form of a stored device, with its checks below.
func (s *Server) editDevice(c echo.Context) error {
	v, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	e := &deviceEntry{device: v.Device, form: view.Form{Values: deviceValues(v.Device)}}
	return s.showEditDevice(c, http.StatusOK, v, e, nil)
}

func (s *Server) deviceOf(c echo.Context) (appliance.DeviceView, error) {
	id, err := appliance.ParseID(c.Param("id"))
	if err != nil {
		return appliance.DeviceView{}, appliance.ErrNotFound
	}
	return s.App.Device(c.Request().Context(), id)
}

// deviceValues is a device as its form shows it.
func deviceValues(d appliance.Device) map[string]string {
	return map[string]string{"name": d.Name, "address": d.Address, "kind": string(d.Kind), "place": d.Place, "purpose": d.Purpose,
		"version": strconv.FormatUint(d.Version, 10)}
}

func (s *Server) showEditDevice(c echo.Context, status int, v appliance.DeviceView, e *deviceEntry, tried *view.Tried) error {
	page, frame, l, err := s.deviceForm(c, e)
	if err != nil {
		return err
	}
	page.ID, page.Name, page.File, page.Tried = v.ID.String(), v.Name, v.Owner, tried
	page.Action = "/devices/" + page.ID + "/edit"
	for _, check := range v.Checks {
		page.Checks = append(page.Checks, l.checkLine(check, v.States, s.App.Now()))
	}
	frame.Title = l.T("deviceform.title_edit", "name", v.Name)
	return s.render.Page(c, status, "device-form", frame, page)
}

// saveDevice stores a changed device. What the form does not show stays as it is stored.
func (s *Server) saveDevice(c echo.Context) error {
	v, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	e, l := s.readDevice(c)
	e.keep(v.Device)
	if err := s.judgeDevice(c.Request().Context(), l, e); err != nil {
		return err
	}
	if !e.form.OK() {
		return s.showEditDevice(c, http.StatusUnprocessableEntity, v, e, nil)
	}
	err = s.App.SaveDevice(c.Request().Context(), actor(c), &e.device)
	switch {
	case err == nil:
		return s.done(c, "/devices/"+v.ID.String(), l.T("deviceform.saved", "name", e.device.Name))
	case overtaken(err):
		l.sayOvertaken(&e.form, deviceValues(v.Device), l.deviceLabels())
		return s.showEditDevice(c, http.StatusConflict, v, e, nil)
	case s.failForm(&e.form, l, err, deviceFields):
		return s.showEditDevice(c, http.StatusUnprocessableEntity, v, e, nil)
	}
	return err
}

// keep takes over from the stored device what the form does not carry.
func (e *deviceEntry) keep(stored appliance.Device) {
	d := stored
	d.Name, d.Address, d.Kind, d.Place, d.Purpose, d.Parents = e.device.Name, e.device.Address, e.device.Kind, e.device.Place, e.device.Purpose, e.device.Parents
	d.Version, _ = strconv.ParseUint(e.form.Value("version"), 10, 64)
	e.device, e.checks, e.credential = d, nil, nil
}

// overtaken says whether somebody else has changed the same thing meanwhile.
func overtaken(err error) bool {
	return appliance.CodeOf(err) == appliance.CodeConflict && fieldOf(err) == ""
}

// sayOvertaken says it, keeps what was typed, shows beside each field what stands there now, and lets the next try replace it.
func (l *Lang) sayOvertaken(form *view.Form, now, labels map[string]string) {
	form.Fail("", l.T("deviceform.overtaken"))
	for _, field := range slices.Sorted(maps.Keys(labels)) {
		if form.Value(field) != now[field] {
			form.Fail(field, l.T("deviceform.storednow", "field", labels[field], "value", l.chosen(field, now[field])))
		}
	}
	form.Values["version"] = now["version"]
}

// chosen is the value of a field in words, where the field is a choice.
func (l *Lang) chosen(field, value string) string {
	switch {
	case value == "":
		return "–"
	case field == "kind":
		return l.Kind(appliance.Kind(value))
	case strings.HasSuffix(field, "-direction"):
		return l.T("checkform.direction_" + value)
	case value == "1" && (strings.HasSuffix(field, "-off") || strings.HasSuffix(field, "tls") || strings.HasSuffix(field, "skip_verify")):
		return "✓"
	}
	return value
}

// judgeDevice finds all that is wrong with what was entered, not only the first.
func (s *Server) judgeDevice(ctx context.Context, l *Lang, e *deviceEntry) error {
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return err
	}
	d := e.device
	if d.Kind == "" && d.ID == 0 {
		d.Kind = appliance.KindOther // found out later
	}
	others := make([]appliance.Device, len(devices))
	for i, v := range devices {
		others[i] = v.Device
	}
	l.blame(e, config.ValidateDevice(d))
	l.blame(e, config.ValidateWay(d, others))
	e.judgeChecks(l)
	return nil
}
