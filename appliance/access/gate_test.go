package access_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
)

// Every route of the table, with every role and with nobody, with a session and with a token.
func TestEveryRouteWithEveryRole(t *testing.T) {
	now := time.Now()
	g, _ := accesstest.NewGate(t, time.Now)
	sessions := map[appliance.Role]accesstest.Session{"": {}}
	tokens := map[appliance.Role]string{}
	for _, role := range appliance.Roles {
		sessions[role] = accesstest.SignIn(t, g, role)
		tokens[role] = accesstest.Token(t, g, role, now)
	}
	var routes []accesstest.Route
	route := map[string]string{} // path as filled -> as registered
	for _, rule := range g.Table.Rules() {
		method := strings.Replace(rule.Method, "*", "POST", 1)
		routes = append(routes, accesstest.Route{Method: method, Path: rule.Path})
		route[method+accesstest.Fill(rule.Path)] = rule.Path
	}
	accesstest.CheckEntries(t, g.Table, routes)
	accesstest.CheckRoutes(t, g.Table, routes, func(role appliance.Role, method, path string) (int, string) {
		r := sessions[role].On(httptest.NewRequest(method, path, nil))
		if role == "" && method != "GET" {
			withFormToken(g, r)
		}
		_, err := g.Admit(httptest.NewRecorder(), r, route[method+path])
		return status(err), ""
	})
	for _, rule := range g.Table.Rules() {
		for role, secret := range tokens {
			r := httptest.NewRequest(strings.Replace(rule.Method, "*", "POST", 1), "/", nil)
			r.Header.Set("Authorization", "Bearer "+secret)
			_, err := g.Admit(httptest.NewRecorder(), r, rule.Path)
			want := rule.Bearer && rule.Allows(role) || rule.Need == access.Public && r.Method == "GET"
			if rule.Need != access.Public && rule.Need != access.Knowing && (err == nil) != want {
				t.Errorf("%s %s with a token of a %s: %v", rule.Method, rule.Path, role, err)
			}
		}
	}
}

func TestNoEntryNoEntrance(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	admin := accesstest.SignIn(t, g, appliance.RoleAdministrator)
	for _, route := range []string{"", "/new/page", "/devices/:other"} {
		r := admin.On(httptest.NewRequest("GET", "/new/page", nil))
		if _, err := g.Admit(httptest.NewRecorder(), r, route); appliance.CodeOf(err) != appliance.CodeNotFound {
			t.Errorf("route %q: %v", route, err)
		}
	}
}

func TestCookies(t *testing.T) {
	for _, c := range []struct {
		secure        bool
		session, form string
	}{{false, "siteward", "siteward-form"}, {true, "__Host-siteward", "__Host-siteward-form"}} {
		m := accesstest.NewMemory(time.Now)
		g := access.New(access.Config{Store: m, Now: time.Now, Secure: c.secure, Cost: access.Argon{Memory: 64, Time: 1, Lanes: 1}})
		u := appliance.User{Name: "viewer", Role: appliance.RoleViewer}
		if err := g.Users.Create(t.Context(), accesstest.CLI, &u, accesstest.Password); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		r, err := g.Admit(w, httptest.NewRequest("GET", "/signin", nil), "/signin")
		if err != nil {
			t.Fatal(err)
		}
		g.FormToken(w, r)
		if n := len(w.Result().Cookies()); n != 1 || m.Commits() != 0 {
			t.Errorf("the sign-in page sets %d cookies and stores %d sessions; want 1 and 0", n, m.Commits())
		}
		checkCookie(t, w.Result().Cookies()[0], c.form, c.secure, http.SameSiteStrictMode)
		s := accesstest.SignIn(t, g, appliance.RoleViewer)
		checkCookie(t, s.Cookies[0], c.session, c.secure, http.SameSiteLaxMode)
		if strings.Contains(m.Raw(), s.Cookies[0].Value) {
			t.Error("the session's token itself lies in the store")
		}
	}
}

func checkCookie(t *testing.T, c *http.Cookie, name string, secure bool, same http.SameSite) {
	t.Helper()
	if c.Name != name || c.Secure != secure || !c.HttpOnly || c.SameSite != same || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie %s", c)
	}
}

// Whoever plants a session token in a browser beforehand must not be signed in with it afterwards.
func TestSessionFixation(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	planted := accesstest.SignIn(t, g, appliance.RoleViewer)
	r := planted.On(httptest.NewRequest("POST", "/signin", nil))
	w := httptest.NewRecorder()
	r, err := g.Admit(w, r, "/signin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.SignIn(w, r, "administrator", accesstest.Password); err != nil {
		t.Fatal(err)
	}
	if got := w.Result().Cookies()[0].Value; got == planted.Cookies[0].Value {
		t.Error("the token stayed the same at sign-in")
	}
	if who := open(t, g, planted); who.SignedIn() {
		t.Errorf("the old token still opens a session of %q", who.Name)
	}
	invented := accesstest.Session{Cookies: []*http.Cookie{{Name: "siteward", Value: strings.Repeat("A", 43)}}}
	if who := open(t, g, invented); who.SignedIn() {
		t.Error("an invented token opens a session")
	}
}

func TestSessionLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, m := accesstest.NewGate(t, time.Now)
		idle := accesstest.SignIn(t, g, appliance.RoleViewer)
		used := accesstest.SignIn(t, g, appliance.RoleTechnician)
		time.Sleep(access.IdleLimit - time.Minute)
		if !open(t, g, used).SignedIn() || !open(t, g, idle).SignedIn() {
			t.Fatal("a session ended before its time")
		}
		time.Sleep(access.IdleLimit + time.Minute)
		if open(t, g, idle).SignedIn() {
			t.Error("an idle session is still good")
		}
		used = accesstest.SignIn(t, g, appliance.RoleTechnician)
		before := m.Commits()
		for range 10 {
			open(t, g, used)
		}
		if n := m.Commits() - before; n != 0 {
			t.Errorf("%d writes for ten requests at once", n)
		}
		for began := time.Now(); time.Since(began) < access.AbsoluteLimit; time.Sleep(11 * time.Hour) {
			if !open(t, g, used).SignedIn() {
				t.Fatalf("ended after %s though it is used", time.Since(began))
			}
		}
		if open(t, g, used).SignedIn() {
			t.Error("a session lives longer than a week")
		}
	})
}

func TestManySessionsEndTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, m := accesstest.NewGate(t, time.Now)
		first := accesstest.SignIn(t, g, appliance.RoleViewer)
		for range 25 {
			time.Sleep(time.Minute)
			accesstest.SignIn(t, g, appliance.RoleViewer)
		}
		if all, _ := m.All(); len(all) > 20 {
			t.Errorf("%d sessions of one person", len(all))
		}
		if open(t, g, first).SignedIn() {
			t.Error("the oldest session is still good")
		}
	})
}

// What ends a person's sessions at once.
func TestStampEndsSessions(t *testing.T) {
	for name, act := range map[string]func(g *access.Gate, u appliance.User) error{
		"new password": func(g *access.Gate, u appliance.User) error {
			return g.Users.SetPassword(t.Context(), accesstest.CLI, u.ID, "vier gänse laufen rückwärts")
		},
		"other role": func(g *access.Gate, u appliance.User) error {
			u.Role = appliance.RoleViewer
			return g.Users.Save(accesstest.CLI, &u)
		},
		"disabled": func(g *access.Gate, u appliance.User) error { return g.Users.Disable(accesstest.CLI, u.ID, true) },
		"ended":    func(g *access.Gate, u appliance.User) error { return g.Users.EndSessions(accesstest.CLI, u.ID) },
		"deleted":  func(g *access.Gate, u appliance.User) error { return g.Users.Delete(accesstest.CLI, u.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			g, _ := accesstest.NewGate(t, time.Now)
			s := accesstest.SignIn(t, g, appliance.RoleTechnician)
			u, err := g.Users.Find("technician")
			if err != nil {
				t.Fatal(err)
			}
			if err := act(g, u); err != nil {
				t.Fatal(err)
			}
			if open(t, g, s).SignedIn() {
				t.Error("the session is still good")
			}
		})
	}
	t.Run("a new full name does not", func(t *testing.T) {
		g, _ := accesstest.NewGate(t, time.Now)
		s := accesstest.SignIn(t, g, appliance.RoleTechnician)
		u, _ := g.Users.Find("technician")
		u.FullName = "Technikerin S."
		if err := g.Users.Save(accesstest.CLI, &u); err != nil {
			t.Fatal(err)
		}
		if !open(t, g, s).SignedIn() {
			t.Error("the session ended")
		}
	})
}

func TestChangePassword(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	here, there := accesstest.SignIn(t, g, appliance.RoleKeyUser), accesstest.SignIn(t, g, appliance.RoleKeyUser)
	change := func(current, password string) (*httptest.ResponseRecorder, error) {
		w := httptest.NewRecorder()
		r, err := g.Admit(w, here.On(httptest.NewRequest("POST", "/profile/password", nil)), "/profile/password")
		if err != nil {
			t.Fatal(err)
		}
		return w, g.ChangePassword(w, r, current, password)
	}
	if _, err := change("not the present one", "vier gänse laufen rückwärts"); field(err) != "current" {
		t.Errorf("without the present password: %v", err)
	}
	if _, err := change(accesstest.Password, "Sommer2026!!"); field(err) != "password" {
		t.Errorf("an easy one: %v", err)
	}
	w, err := change(accesstest.Password, "vier gänse laufen rückwärts")
	if err != nil {
		t.Fatal(err)
	}
	if open(t, g, there).SignedIn() {
		t.Error("the session on the other machine is still good")
	}
	here.Cookies = w.Result().Cookies()
	if !open(t, g, here).SignedIn() {
		t.Error("the person's own session ended")
	}
}

func TestSignOut(t *testing.T) {
	g, m := accesstest.NewGate(t, time.Now)
	s := accesstest.SignIn(t, g, appliance.RoleViewer)
	w := httptest.NewRecorder()
	r, err := g.Admit(w, s.On(httptest.NewRequest("POST", "/signout", nil)), "/signout")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.SignOut(w, r); err != nil {
		t.Fatal(err)
	}
	if all, _ := m.All(); len(all) != 0 || open(t, g, s).SignedIn() {
		t.Error("the session is still there")
	}
	if c := w.Result().Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("the cookie is not removed: %v", c)
	}
}

func TestForgedRequests(t *testing.T) {
	g, _ := accesstest.NewGate(t, time.Now)
	mine, other := accesstest.SignIn(t, g, appliance.RoleTechnician), accesstest.SignIn(t, g, appliance.RoleTechnician)
	form := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(access.CSRFHeader, token) }
	}
	for _, c := range []struct {
		name string
		on   func(*http.Request)
		want appliance.Code
	}{
		{"from our page", form(mine.CSRF), ""},
		{"without a token", form(""), appliance.CodeForbidden},
		{"with another session's token", form(other.CSRF), appliance.CodeForbidden},
		{"from another site, by Sec-Fetch-Site", func(r *http.Request) {
			form(mine.CSRF)(r)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, appliance.CodeForbidden},
		{"from another site, by Origin", func(r *http.Request) {
			form(mine.CSRF)(r)
			r.Header.Set("Origin", "https://evil.example")
		}, appliance.CodeForbidden},
		{"from our origin", func(r *http.Request) {
			form(mine.CSRF)(r)
			r.Header.Set("Origin", "http://example.com")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := accesstest.Session{Cookies: mine.Cookies}.On(httptest.NewRequest("POST", "/devices/1/run", nil))
			c.on(r)
			_, err := g.Admit(httptest.NewRecorder(), r, "/devices/:id/run")
			if got := appliance.CodeOf(err); got != c.want {
				t.Errorf("%v", err)
			}
		})
	}
	for name, body := range map[string]struct {
		text string
		want appliance.Code
	}{
		"in the form's field":   {url.Values{"csrf": {mine.CSRF}, "name": {"<script>"}}.Encode(), ""},
		"in the address only":   {"name=x", appliance.CodeForbidden},
		"form that never stops": {"name=" + strings.Repeat("x", 2<<20), appliance.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/devices/1/run?csrf="+mine.CSRF, strings.NewReader(body.text))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r = accesstest.Session{Cookies: mine.Cookies}.On(r)
			_, err := g.Admit(httptest.NewRecorder(), r, "/devices/:id/run")
			if got := appliance.CodeOf(err); got != body.want {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBrokenStoreOpensNothing(t *testing.T) {
	g, m := accesstest.NewGate(t, time.Now)
	s := accesstest.SignIn(t, g, appliance.RoleAdministrator)
	secret := accesstest.Token(t, g, appliance.RoleAdministrator, time.Now())
	m.Break(errors.New("disk gone"))
	bearer := httptest.NewRequest("GET", "/metrics", nil)
	bearer.Header.Set("Authorization", "Bearer "+secret)
	for route, r := range map[string]*http.Request{"/": s.On(httptest.NewRequest("GET", "/", nil)), "/metrics": bearer} {
		if _, err := g.Admit(httptest.NewRecorder(), r, route); appliance.CodeOf(err) != appliance.CodeUnavailable {
			t.Errorf("%s: %v", route, err)
		}
	}
}

// With a full disk people still get in to see why, and out again.
func TestSignInWhileTheStoreTakesNoWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, m := accesstest.NewGate(t, time.Now)
		before := accesstest.SignIn(t, g, appliance.RoleViewer)
		m.Freeze(appliance.Errorf(appliance.CodeReadOnly, "the disk is full"))
		time.Sleep(time.Hour) // long enough that the last use should be noted
		during := accesstest.SignIn(t, g, appliance.RoleAdministrator)
		if !open(t, g, before).SignedIn() || !open(t, g, during).SignedIn() {
			t.Fatal("somebody is not let in")
		}
		for _, s := range []accesstest.Session{before, during} {
			w := httptest.NewRecorder()
			r, err := g.Admit(w, s.On(httptest.NewRequest("POST", "/signout", nil)), "/signout")
			if err == nil {
				err = g.SignOut(w, r)
			}
			if err != nil || open(t, g, s).SignedIn() {
				t.Errorf("signed out and still in: %v", err)
			}
		}
		u, _ := g.Users.Find("viewer")
		if err := g.Users.Disable(accesstest.CLI, u.ID, true); appliance.CodeOf(err) != appliance.CodeReadOnly {
			t.Errorf("a change that cannot be stored: %v", err)
		}
		m.Freeze(nil)
		after := accesstest.SignIn(t, g, appliance.RoleViewer)
		if all, _ := m.All(); len(all) != 2 || !open(t, g, after).SignedIn() {
			t.Errorf("%d sessions stored after the disk has room again", len(all))
		}
		if open(t, g, before).SignedIn() {
			t.Error("a session that was ended came back")
		}
	})
}

func TestSafeNext(t *testing.T) {
	for in, want := range map[string]string{
		"/devices?kind=ups": "/devices?kind=ups", "": "/", "//evil.example": "/", "/\\evil.example": "/",
		"https://evil.example": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := access.SafeNext(in); got != want {
			t.Errorf("SafeNext(%q) = %q", in, got)
		}
	}
}

// open asks for the start page and tells who the gate takes the browser for.
func open(t *testing.T, g *access.Gate, s accesstest.Session) access.Identity {
	t.Helper()
	r, err := g.Admit(httptest.NewRecorder(), s.On(httptest.NewRequest("GET", "/", nil)), "/")
	if err != nil && appliance.CodeOf(err) != appliance.CodeUnauthorized {
		t.Fatal(err)
	}
	return access.Who(r.Context())
}

func withFormToken(g *access.Gate, r *http.Request) {
	w := httptest.NewRecorder()
	token := g.FormToken(w, httptest.NewRequest("GET", "/signin", nil))
	accesstest.Session{Cookies: w.Result().Cookies(), CSRF: token}.On(r)
}

func status(err error) int {
	switch appliance.CodeOf(err) {
	case "":
		return http.StatusOK
	case appliance.CodeUnauthorized:
		return http.StatusUnauthorized
	case appliance.CodeForbidden:
		return http.StatusForbidden
	}
	return http.StatusTeapot
}

func field(err error) string {
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		return e.Field
	}
	return ""
}
