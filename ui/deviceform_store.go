package ui

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// storeCredential stores what was typed to prove ourselves, or finds the credential that is the same already. forget takes it
// away again when the device cannot be stored after all.
func (s *Server) storeCredential(c echo.Context, e *deviceEntry) (forget func(), err error) {
	forget = func() {}
	if e.credential == nil {
		return forget, nil
	}
	if !can(c, access.EditCredentials) {
		return forget, appliance.Errorf(appliance.CodeForbidden, "credentials cannot be made with this role")
	}
	ctx := c.Request().Context()
	all, err := s.App.Credentials(ctx)
	if err != nil {
		return forget, err
	}
	id := sameCredential(all, *e.credential)
	if id == 0 {
		k := *e.credential
		taken := map[string]bool{}
		for _, other := range all {
			taken[strings.ToLower(other.Name)] = true
		}
		k.Name = freeName(taken, "SNMP v"+k.SNMPVersion)
		if err := s.App.SaveCredential(ctx, actor(c), &k); err != nil {
			return forget, err
		}
		id = k.ID
		forget = func() {
			if err := s.App.DeleteCredential(ctx, actor(c), id); err != nil {
				s.Log.Warn("credential of a device that was not stored stays", "credential", k.Name, "err", err)
			}
		}
	}
	for i := range e.checks {
		if e.checks[i].SNMP != nil {
			e.checks[i].SNMP.Credential = id
		}
	}
	return forget, nil
}

// sameCredential finds one that people entered and that proves the same.
func sameCredential(all []appliance.Credential, typed appliance.Credential) appliance.ID {
	for _, k := range all {
		bare := k
		bare.ID, bare.Name, bare.Version, bare.Owner = 0, "", 0, ""
		if k.Owner == "" && bare == typed {
			return k.ID
		}
	}
	return 0
}

// freeName is the name with a number behind it where it is taken already, in whatever case.
func freeName(taken map[string]bool, name string) string {
	free := name
	for n := 2; taken[strings.ToLower(free)]; n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// deleteDevice says what would be lost, and deletes once that was read.
func (s *Server) deleteDevice(c echo.Context) error {
	v, err := s.deviceOf(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	page, err := s.confirmDelete(c, l, v)
	if err != nil {
		return err
	}
	frame.Title = page.Title
	if c.QueryParam("sure") == "" {
		return s.render.Page(c, http.StatusOK, "confirm", frame, page)
	}
	page.Form = formOf(c, "confirm")
	if page.Type != "" && page.Form.Value("confirm") != page.Type {
		page.Form.Fail("confirm", l.T("deviceform.wrongname", "name", page.Type))
		return s.render.Page(c, http.StatusUnprocessableEntity, "confirm", frame, page)
	}
	if err := s.App.DeleteDevice(c.Request().Context(), actor(c), v.ID); err != nil {
		return err
	}
	return s.done(c, "/devices", l.T("deviceform.deleted", "name", v.Name))
}

func (s *Server) confirmDelete(c echo.Context, l *Lang, v appliance.DeviceView) (view.Confirm, error) {
	page := view.Confirm{Title: l.T("deviceform.delete_title", "name", v.Name), Action: "/devices/" + v.ID.String() + "/delete?sure=1",
		Button: l.T("deviceform.delete_button", "name", v.Name), Back: "/devices/" + v.ID.String() + "/edit", BackLabel: l.T("deviceform.keep")}
	series, err := s.seriesCount(c, v.Checks)
	if err != nil {
		return page, err
	}
	if series == 0 && v.Seen.IsZero() {
		page.Text = l.T("deviceform.delete_fresh", "n", len(v.Checks))
		return page, nil
	}
	page.Type = v.Name
	page.Text = l.T("deviceform.delete_history", "n", series, "checks", len(v.Checks), "days", daysSince(v.Created, s.App.Now()))
	return page, nil
}

func (s *Server) seriesCount(c echo.Context, checks []appliance.Check) (int, error) {
	n := 0
	for _, check := range checks {
		series, err := s.App.Series(c.Request().Context(), check.ID)
		if err != nil {
			return 0, err
		}
		n += len(series)
	}
	return n, nil
}

// daysSince counts days begun, so that something of today is one day.
func daysSince(t, now time.Time) int { return int(now.Sub(t)/(24*time.Hour)) + 1 }
