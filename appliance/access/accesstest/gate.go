package accesstest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
)

// Password is that of every user that NewGate makes.
const Password = "trap onder blauwe fietsbel"

// NewGate makes a gate over a store in memory with one user of each role, named like the role. Passwords cost little.
func NewGate(tb testing.TB, now func() time.Time) (*access.Gate, *Memory) {
	tb.Helper()
	m := NewMemory(now)
	g := access.New(access.Config{Store: m, Now: now, Cost: access.Argon{Memory: 64, Time: 1, Lanes: 1},
		SiteName: func() string { return "Bäckerei Lindner" }})
	for _, role := range appliance.Roles {
		u := appliance.User{Name: string(role), Role: role}
		if err := g.Users.Create(tb.Context(), CLI, &u, Password); err != nil {
			tb.Fatalf("create %s: %v", role, err)
		}
	}
	return g, m
}

// CLI is the actor of the command line.
var CLI = appliance.Actor{Name: "cli", Role: appliance.RoleAdministrator, Via: "cli"}

// Session is a browser that is signed in: its cookies and the token of its forms.
type Session struct {
	Cookies []*http.Cookie
	CSRF    string
}

// SignIn signs a role's user in and gives his browser.
func SignIn(tb testing.TB, g *access.Gate, role appliance.Role) Session {
	tb.Helper()
	get := httptest.NewRequest(http.MethodGet, "/signin", nil)
	w := httptest.NewRecorder()
	get, err := g.Admit(w, get, "/signin")
	if err != nil {
		tb.Fatalf("open the sign-in page: %v", err)
	}
	token := g.FormToken(w, get)
	post := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader(url.Values{access.CSRFField: {token}}.Encode()))
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range w.Result().Cookies() {
		post.AddCookie(c)
	}
	w = httptest.NewRecorder()
	if post, err = g.Admit(w, post, "/signin"); err != nil {
		tb.Fatalf("send the sign-in form: %v", err)
	}
	if _, err := g.SignIn(w, post, string(role), Password); err != nil {
		tb.Fatalf("sign in as %s: %v", role, err)
	}
	s := Session{Cookies: w.Result().Cookies()}
	r := s.On(httptest.NewRequest(http.MethodGet, "/", nil))
	if r, err = g.Admit(httptest.NewRecorder(), r, "/"); err != nil {
		tb.Fatalf("open the first page as %s: %v", role, err)
	}
	s.CSRF = g.FormToken(httptest.NewRecorder(), r)
	return s
}

// On puts cookies and form token on a request.
func (s Session) On(r *http.Request) *http.Request {
	for _, c := range s.Cookies {
		r.AddCookie(c)
	}
	if s.CSRF != "" {
		r.Header.Set(access.CSRFHeader, s.CSRF)
	}
	return r
}

// Token makes an API token of a role that lasts a day.
func Token(tb testing.TB, g *access.Gate, role appliance.Role, now time.Time) string {
	tb.Helper()
	secret, err := g.Tokens.Create(CLI, "test "+string(role), role, now.Add(24*time.Hour))
	if err != nil {
		tb.Fatalf("make a token: %v", err)
	}
	return secret
}
