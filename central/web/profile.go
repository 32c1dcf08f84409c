package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"rsc.io/qr"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui"
	"siteward/ui/view"
)

func (s *Server) profileRoutes() {
	s.echo.GET("/menu", s.menu)
	s.echo.GET("/profile", s.profile)
	s.echo.POST("/profile", s.savePreferences)
	s.echo.POST("/profile/password", s.changePassword)
	s.echo.POST("/profile/sessions/end", s.endSessions)
	s.echo.GET("/profile/factor", s.factor)
	s.echo.POST("/profile/factor", s.confirmFactor)
	s.echo.POST("/profile/factor/off", s.dropFactor)
}

func (s *Server) menu(c echo.Context) error {
	f := s.Frame(c, "menu")
	l := s.Lang(f)
	f.Title = l.T("nav.menu")
	languages, themes := l.Choices()
	return s.Render(c, http.StatusOK, "menu", f, view.Menu{Form: view.Form{Values: map[string]string{"language": f.Lang, "theme": f.Theme}}, Languages: languages, Themes: themes})
}

func (s *Server) profile(c echo.Context) error { return s.showProfile(c, http.StatusOK, view.Form{}) }

func (s *Server) showProfile(c echo.Context, status int, form view.Form) error {
	f := s.Frame(c, "profile")
	l := s.Lang(f)
	u := access.Who(c.Request().Context()).User
	x, _, err := s.People.Extra(c.Request().Context(), u.ID)
	if err != nil {
		return err
	}
	f.Title = l.T("profile.title", "name", f.User.Name, "role", l.T("role."+string(u.Role)))
	languages, themes := l.Choices()
	return s.Render(c, status, "profile", f, view.Profile{Password: form, Factor: &view.Factor{On: x.Asked()},
		Look: view.Form{Values: map[string]string{"language": f.Lang, "theme": f.Theme}}, Languages: languages, Themes: themes,
		Lines: []view.Line{{Name: l.T("account.name"), Value: u.Name, Mono: true}, {Name: l.T("account.role"), Value: l.T("role." + string(u.Role))}, {Name: l.T("account.signed_in"), Value: l.When(u.SignedIn)}}})
}

func (s *Server) savePreferences(c echo.Context) error {
	lang, to, err := ui.SavePreferences(c, s.Gate.Users)
	if err != nil {
		return err
	}
	return ui.Done(c, to, s.render.Lang(lang).T("menu.saved"))
}

func (s *Server) changePassword(c echo.Context) error {
	l := s.Lang(s.Frame(c, ""))
	var form view.Form
	err := s.Gate.ChangePassword(c.Response(), c.Request(), c.FormValue("current"), c.FormValue("password"))
	switch {
	case err == nil:
		return ui.Done(c, "/profile", l.T("profile.changed"))
	case appliance.CodeOf(err) == appliance.CodeTooMany:
		form.Fail("current", l.Sentence(err))
		return s.showProfile(c, http.StatusTooManyRequests, form)
	case !ui.FailForm(&form, l, err, nil):
		return err
	}
	return s.showProfile(c, http.StatusUnprocessableEntity, form)
}

func (s *Server) endSessions(c echo.Context) error {
	l := s.Lang(s.Frame(c, ""))
	if err := s.Gate.EndOtherSessions(c.Response(), c.Request()); err != nil {
		return err
	}
	return ui.Done(c, "/profile", l.T("profile.ended"))
}

// factorPage is the second factor of one's own account: proposed, or just switched on with the recovery codes.
type factorPage struct {
	Form   view.Form
	Asked  bool
	Secret string
	Code   template.HTML // the address for telephones, drawn
	Codes  []string
}

func (s *Server) factor(c echo.Context) error { return s.showFactor(c, http.StatusOK, factorPage{}) }

func (s *Server) showFactor(c echo.Context, status int, page factorPage) error {
	f := s.Frame(c, "profile")
	f.Title = s.Lang(f).T("central.factor_title")
	u := access.Who(c.Request().Context()).User
	x, _, err := s.People.Extra(c.Request().Context(), u.ID)
	if err != nil {
		return err
	}
	page.Asked = x.Asked()
	if !page.Asked {
		secret, address, err := s.People.Propose(c.Request().Context(), u)
		if err != nil {
			return err
		}
		page.Secret = spaced(secret)
		if page.Code, err = drawn(address); err != nil {
			return err
		}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store") // a secret stands on it
	return s.Render(c, status, "central-factor", f, page)
}

func (s *Server) confirmFactor(c echo.Context) error {
	u := access.Who(c.Request().Context()).User
	l := s.Lang(s.Frame(c, ""))
	var page factorPage
	right, err := s.Gate.Guess(c.Request(), "factor", u)
	if err == nil {
		page.Codes, err = s.People.Confirm(c.Request().Context(), u, c.FormValue("code"))
	}
	if err != nil {
		page.Form.Fail("code", l.Sentence(err))
		return s.showFactor(c, http.StatusUnprocessableEntity, page)
	}
	right()
	s.audit(c, "user "+u.Name, "factor_switched_on", "switched the second factor on", nil)
	return s.showFactor(c, http.StatusOK, page)
}

// dropFactor switches the second factor off; it asks for a code, so that nobody at an open screen can.
func (s *Server) dropFactor(c echo.Context) error {
	ctx := c.Request().Context()
	u := access.Who(ctx).User
	l := s.Lang(s.Frame(c, ""))
	right, err := s.Gate.Guess(c.Request(), "factor", u)
	if err == nil {
		err = s.People.Prove(ctx, u.ID, c.FormValue("code"))
	}
	if err != nil {
		var page factorPage
		page.Form.Fail("code", l.Sentence(err))
		return s.showFactor(c, http.StatusUnprocessableEntity, page)
	}
	right()
	if err := s.People.Drop(ctx, u.ID); err != nil {
		return err
	}
	s.audit(c, "user "+u.Name, "factor_switched_off", "switched the second factor off", nil)
	return ui.Done(c, "/profile", l.T("central.factor_off"))
}

func spaced(secret string) string {
	var parts []string
	for len(secret) > 4 {
		parts, secret = append(parts, secret[:4]), secret[4:]
	}
	return strings.Join(append(parts, secret), " ")
}

// drawn is a QR code as a drawing, dark on white in both themes: cameras need it so.
func drawn(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("draw code: %w", err)
	}
	const edge = 4
	n := code.Size + 2*edge
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" width="220" height="220" aria-hidden="true" shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, n, n, n, n)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+edge, y+edge)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil //nolint:gosec // numbers only
}
