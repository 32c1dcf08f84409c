package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) profileRoutes() {
	s.echo.GET("/profile", s.profile)
	s.echo.POST("/profile/password", s.changePassword)
	s.echo.POST("/profile/sessions/end", s.endSessions)
}

func (s *Server) profile(c echo.Context) error { return s.showProfile(c, http.StatusOK, view.Form{}) }

func (s *Server) showProfile(c echo.Context, status int, form view.Form) error {
	frame := s.frame(c, "profile")
	l := s.render.Lang(frame.Lang)
	u := access.Who(c.Request().Context()).User
	frame.Title = l.T("profile.title", "name", shownName(u), "role", l.T("role."+string(u.Role)))
	page := view.Profile{Password: form, Look: view.Form{Values: map[string]string{"language": frame.Lang, "theme": frame.Theme}},
		Languages: l.languages(), Themes: l.themes(), Lines: []view.Line{
			{Name: l.T("account.name"), Value: u.Name, Mono: true},
			{Name: l.T("account.role"), Value: l.T("role." + string(u.Role))},
			{Name: l.T("account.signed_in"), Value: l.When(u.SignedIn)},
		}}
	return s.render.Page(c, status, "profile", frame, page)
}

var profileFields = map[string]string{"current": "profile.current", "password": "profile.password"}

func (s *Server) changePassword(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	var form view.Form
	err := s.Gate.ChangePassword(c.Response(), c.Request(), c.FormValue("current"), c.FormValue("password"))
	switch {
	case err == nil:
		return s.done(c, "/profile", l.T("profile.changed"))
	case appliance.CodeOf(err) == appliance.CodeTooMany:
		form.Fail("current", l.sentence(err))
		return s.showProfile(c, http.StatusTooManyRequests, form)
	case !s.refuse(&form, l, err, profileFields):
		return err
	}
	return s.showProfile(c, http.StatusUnprocessableEntity, form)
}

func (s *Server) endSessions(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	if err := s.Gate.EndOtherSessions(c.Response(), c.Request()); err != nil {
		return err
	}
	return s.done(c, "/profile", l.T("profile.ended"))
}
