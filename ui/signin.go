package ui

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) signinRoutes() {
	s.echo.GET("/signin", s.signinForm)
	s.echo.POST("/signin", s.signin)
	s.echo.POST("/signout", s.signout)
}

func (s *Server) signinForm(c echo.Context) error {
	if access.Who(c.Request().Context()).SignedIn() {
		return c.Redirect(http.StatusSeeOther, access.SafeNext(c.QueryParam("next")))
	}
	return s.showSignin(c, http.StatusOK, view.SignIn{Next: access.SafeNext(c.QueryParam("next"))})
}

func (s *Server) showSignin(c echo.Context, status int, page view.SignIn) error {
	frame := s.frame(c, "")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("signin.title")
	if needed, err := s.Gate.Setup.Needed(); err == nil && needed {
		page.Note = &view.Note{Level: "warning", Title: l.T("signin.nosetup"), Text: l.T("signin.nosetuphow")}
	} else if s.Notice != "" {
		page.Note = &view.Note{Title: l.T("signin.demo"), Text: s.Notice}
	}
	return s.render.Page(c, status, "signin", frame, page)
}

// signin answers every mistake with the same sentence, so that nobody learns which names exist.
func (s *Server) signin(c echo.Context) error {
	page := view.SignIn{Next: access.SafeNext(c.FormValue("next")), Form: view.Form{Values: map[string]string{"name": c.FormValue("name")}}}
	_, err := s.Gate.SignIn(c.Response(), c.Request(), c.FormValue("name"), c.FormValue("password"))
	if err == nil {
		return c.Redirect(http.StatusSeeOther, page.Next)
	}
	l := s.render.Lang(s.language(c, appliance.User{}))
	switch appliance.CodeOf(err) {
	case appliance.CodeUnauthorized:
		page.Form.Fail("name", l.T("signin.wrong"))
		return s.showSignin(c, http.StatusUnprocessableEntity, page)
	case appliance.CodeTooMany:
		page.Form.Fail("name", l.sentence(err))
		return s.showSignin(c, http.StatusTooManyRequests, page)
	}
	return err
}

func (s *Server) signout(c echo.Context) error {
	if err := s.Gate.SignOut(c.Response(), c.Request()); err != nil {
		return err
	}
	l := s.render.Lang(s.language(c, appliance.User{}))
	flash(c, view.Note{Level: "ok", Title: l.T("signin.ended")})
	return c.Redirect(http.StatusSeeOther, "/signin")
}

// sentence is what an error says to a person: its own words in this language when it has some, else the general ones of its code.
func (l *Lang) sentence(err error) string {
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok {
		return l.T("errors.internal.title")
	}
	return l.Say(e.Message)
}
