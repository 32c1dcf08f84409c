package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

// signin is the sign-in page.
type signin struct {
	Form    view.Form
	Next    string
	Note    *view.Note
	Service string // name of the sign-in service, "" without one
}

func (s *Server) signinRoutes() {
	s.echo.GET("/signin", s.signinForm)
	s.echo.POST("/signin", s.signin)
	s.echo.GET("/signin/code", s.codeForm)
	s.echo.POST("/signin/code", s.code)
	s.echo.GET("/signin/service", s.toService)
	s.echo.GET("/signin/callback", s.fromService)
	s.echo.POST("/signout", s.signout)
	s.echo.GET("/setup", s.setupForm)
	s.echo.POST("/setup", s.setup)
}

func (s *Server) signinForm(c echo.Context) error {
	if access.Who(c.Request().Context()).SignedIn() {
		return c.Redirect(http.StatusSeeOther, access.SafeNext(c.QueryParam("next")))
	}
	return s.showSignin(c, http.StatusOK, signin{Next: access.SafeNext(c.QueryParam("next"))})
}

func (s *Server) showSignin(c echo.Context, status int, page signin) error {
	f := s.Frame(c, "")
	l := s.Lang(f)
	f.Title = l.T("signin.title")
	if s.oidc != nil {
		page.Service = s.oidc.Name
	}
	if needed, err := s.Gate.Setup.Needed(); err == nil && needed && page.Note == nil {
		page.Note = &view.Note{Level: "warning", Title: l.T("signin.nosetup"), Text: l.T("central.nosetup_how")}
	}
	return s.Render(c, status, "central-signin", f, page)
}

// signin answers every mistake with the same sentence. Somebody with a second factor goes on to its page.
func (s *Server) signin(c echo.Context) error {
	page := signin{Next: access.SafeNext(c.FormValue("next")), Form: view.Form{Values: map[string]string{"name": c.FormValue("name")}}}
	u, err := s.Gate.Verify(c.Request(), c.FormValue("name"), c.FormValue("password"))
	l := s.Lang(s.Frame(c, ""))
	switch appliance.CodeOf(err) {
	case appliance.CodeUnauthorized:
		page.Form.Fail("name", l.T("signin.wrong"))
		return s.showSignin(c, http.StatusUnprocessableEntity, page)
	case appliance.CodeTooMany:
		page.Form.Fail("name", l.Sentence(err))
		return s.showSignin(c, http.StatusTooManyRequests, page)
	}
	if err != nil {
		return err
	}
	x, _, err := s.People.Extra(c.Request().Context(), u.ID)
	if err != nil {
		return err
	}
	if x.Asked() {
		s.setCookie(c, halfCookie, half{User: u.ID, Stamp: u.Stamp, Until: s.Now().Add(halfTime), Next: page.Next})
		return c.Redirect(http.StatusSeeOther, "/signin/code")
	}
	return s.enter(c, u, page.Next)
}

func (s *Server) enter(c echo.Context, u appliance.User, next string) error {
	if err := s.Gate.Enter(c.Response(), c.Request(), u); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, access.SafeNext(next))
}

// half is a sign-in whose password was right and whose code is still missing. It lies in a cookie that we sign, so that any process
// can go on with it.
type half struct {
	User  appliance.ID `json:"u"`
	Stamp uint64       `json:"s"`
	Until time.Time    `json:"t"`
	Next  string       `json:"n"`
}

const (
	halfCookie = "siteward-half"
	halfTime   = 5 * time.Minute
)

func (s *Server) sign(name string, b []byte) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(name + "\x00"))
	m.Write(b)
	return m.Sum(nil)
}

func (s *Server) cookieName(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

func (s *Server) setCookie(c echo.Context, name string, v any) {
	b, _ := json.Marshal(v) // plain values
	value := base64.RawURLEncoding.EncodeToString(append(s.sign(name, b), b...))
	// Lax: a sign-in service leads back to us from another site.
	c.SetCookie(&http.Cookie{Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(halfTime.Seconds()), HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
}

func (s *Server) dropCookie(c echo.Context, name string) {
	c.SetCookie(&http.Cookie{Name: s.cookieName(name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
}

func (s *Server) readCookie(c echo.Context, name string, v any) bool {
	k, err := c.Cookie(s.cookieName(name))
	if err != nil || len(k.Value) > 4096 {
		return false
	}
	b, err := base64.RawURLEncoding.DecodeString(k.Value)
	if err != nil || len(b) < sha256.Size || !hmac.Equal(b[:sha256.Size], s.sign(name, b[sha256.Size:])) {
		return false
	}
	return json.Unmarshal(b[sha256.Size:], v) == nil
}

// begun gives the person whose code is missing.
func (s *Server) begun(c echo.Context) (u appliance.User, h half, ok bool) {
	if !s.readCookie(c, halfCookie, &h) || s.Now().After(h.Until) {
		return u, h, false
	}
	u, err := s.People.User(h.User)
	return u, h, err == nil && !u.Disabled && u.Stamp == h.Stamp
}

func (s *Server) codeForm(c echo.Context) error {
	if _, _, ok := s.begun(c); !ok {
		return c.Redirect(http.StatusSeeOther, "/signin")
	}
	return s.showCode(c, http.StatusOK, view.Form{})
}

func (s *Server) showCode(c echo.Context, status int, form view.Form) error {
	f := s.Frame(c, "")
	f.Title = s.Lang(f).T("central.code_title")
	return s.Render(c, status, "central-code", f, signin{Form: form})
}

func (s *Server) code(c echo.Context) error {
	u, h, ok := s.begun(c)
	if !ok {
		return c.Redirect(http.StatusSeeOther, "/signin")
	}
	l := s.Lang(s.Frame(c, ""))
	var form view.Form
	right, err := s.Gate.Guess(c.Request(), "code", u)
	if err != nil {
		form.Fail("code", l.Sentence(err))
		return s.showCode(c, http.StatusTooManyRequests, form)
	}
	err = s.People.Prove(c.Request().Context(), u.ID, c.FormValue("code"))
	if appliance.CodeOf(err) == appliance.CodeInvalid {
		s.Gate.Refused(c.Request(), u)
		form.Fail("code", l.Sentence(err))
		return s.showCode(c, http.StatusUnprocessableEntity, form)
	}
	right()
	if err != nil {
		return err
	}
	s.dropCookie(c, halfCookie)
	return s.enter(c, u, h.Next)
}

func (s *Server) signout(c echo.Context) error {
	l := s.Lang(s.Frame(c, ""))
	if err := s.Gate.SignOut(c.Response(), c.Request()); err != nil {
		return err
	}
	return ui.Done(c, "/signin", l.T("signin.ended"))
}

// setupPage makes the first administrator.
type setupPage struct {
	Form      view.Form
	Languages []view.Option
}

func (s *Server) setupForm(c echo.Context) error {
	if needed, err := s.Gate.Setup.Needed(); err == nil && !needed { // the link was used
		return c.Redirect(http.StatusSeeOther, "/signin")
	}
	if err := s.Gate.Setup.Check(c.QueryParam("token")); err != nil {
		return err
	}
	return s.showSetup(c, http.StatusOK, view.Form{Values: map[string]string{"language": s.Frame(c, "").Lang}})
}

func (s *Server) showSetup(c echo.Context, status int, form view.Form) error {
	f := s.Frame(c, "")
	l := s.Lang(f)
	f.Title = l.T("central.setup_title")
	languages, _ := l.Choices()
	return s.Render(c, status, "central-setup", f, setupPage{Form: form, Languages: languages})
}

func (s *Server) setup(c echo.Context) error {
	form := ui.FormOf(c, "name", "full_name", "language")
	u := &appliance.User{Name: form.Value("name"), FullName: form.Value("full_name"), Role: people.Administrator, Language: form.Value("language")}
	if !slices.Contains(appliance.Languages, u.Language) {
		u.Language = appliance.Languages[0]
	}
	password := c.FormValue("password")
	err := s.Gate.Setup.Finish(c.Request().Context(), c.QueryParam("token"), access.Who(c.Request().Context()).Address, u, password, nil)
	if err != nil {
		if !ui.FailForm(&form, s.Lang(s.Frame(c, "")), err, nil) {
			return err
		}
		return s.showSetup(c, http.StatusUnprocessableEntity, form)
	}
	return s.enter(c, *u, "/profile/factor")
}
