package ui

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/enrol"
	"siteward/ui/view"
)

// providerForm is the form of the connection alone: the way to another provider.
func (s *Server) providerForm(c echo.Context) error {
	return s.showConnect(c, http.StatusOK, view.ProviderForm{Form: view.Form{Values: map[string]string{"url": "", "code": ""}}})
}

func (s *Server) showConnect(c echo.Context, status int, form view.ProviderForm) error {
	frame, l, tabs, err := s.providerFrame(c, "connection")
	if err != nil {
		return err
	}
	e, err := s.App.Provider(c.Request().Context())
	if err != nil && !errors.Is(err, appliance.ErrNotFound) {
		return err
	}
	form.Moving = e.Provider
	frame.Title = l.T("provider.connect_title")
	switch {
	case form.Seen:
		frame.Title = l.T("provider.compare_title", "provider", form.Name)
	case form.Moving != "":
		frame.Title = l.T("provider.move_title")
	}
	// The code stands in the second step, for this person and nobody else.
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store")
	return s.render.Page(c, status, "provider-connect", frame, view.ProviderConnect{Tabs: tabs, Connect: form, Back: providerPath})
}

// connectProvider is both steps. Without a fingerprint it only asks who answers at the address: the code leaves this machine after a
// person has said that the fingerprint shown is the provider's.
func (s *Server) connectProvider(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	f := view.ProviderForm{Form: formOf(c, "url", "code")}
	finger := c.FormValue("fingerprint")
	if _, ok := enrol.ParseCode(f.Form.Value("code")); !ok {
		f.Form.Fail("code", l.T("provider.error.code_form"))
		return s.showConnect(c, http.StatusUnprocessableEntity, f)
	}
	if finger == "" {
		id, err := s.App.LookAtProvider(ctx, actor(c), f.Form.Value("url"))
		if err != nil {
			return s.connectFailed(c, l, f, err)
		}
		f.Seen, f.Name, f.URL, f.Finger, f.Groups = true, id.Name, id.URL, id.Fingerprint, strings.Fields(id.Fingerprint)
		return s.showConnect(c, http.StatusOK, f)
	}
	e, err := s.App.Connect(ctx, actor(c), appliance.ConnectRequest{URL: f.Form.Value("url"), Code: f.Form.Value("code"), Fingerprint: finger})
	if err != nil {
		return s.connectFailed(c, l, f, err)
	}
	return s.done(c, providerPath, l.T("provider.connected", "provider", e.Provider, "site", e.SiteName))
}

// connectFailed shows the first step again with what was wrong. That nobody answers at an address is a mistake in the form too.
func (s *Server) connectFailed(c echo.Context, l *Lang, f view.ProviderForm, err error) error {
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok || e.Message.Key == "" || !strings.HasPrefix(e.Message.Key, "provider.") {
		return err
	}
	field := e.Field
	if _, known := f.Form.Values[field]; !known {
		field = ""
	}
	f.Form.Fail(field, l.Say(e.Message))
	return s.showConnect(c, http.StatusUnprocessableEntity, f)
}
