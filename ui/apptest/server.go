package apptest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
	files "siteward/embed"
	"siteward/ui"
)

// Bench is the web interface over the sample site, and one person of each role who is signed in.
type Bench struct {
	tb     testing.TB
	App    *App
	Ops    *Ops
	Gate   *access.Gate
	Memory *accesstest.Memory
	Server *ui.Server

	sessions map[appliance.Role]accesstest.Session
}

// Server makes the web interface over a new sample site.
func Server(tb testing.TB) *Bench {
	tb.Helper()
	return ServerOf(tb, New())
}

// ServerOf makes it over a given one.
func ServerOf(tb testing.TB, app *App) *Bench {
	tb.Helper()
	gate, memory := accesstest.NewGate(tb, app.Now)
	ops := NewOps(app)
	s, err := ui.NewServer(ui.Config{App: app, Gate: gate, Log: slog.New(slog.NewTextHandler(tb.Output(), nil)),
		Templates: files.Templates, Locales: files.Locales, Assets: files.Assets, Ops: ops})
	if err != nil {
		tb.Fatalf("make the server: %v", err)
	}
	return &Bench{tb: tb, App: app, Ops: ops, Gate: gate, Memory: memory, Server: s, sessions: map[appliance.Role]accesstest.Session{}}
}

// SignIn gives the session of a role, signing in at the first call. The role "" is nobody.
func (b *Bench) SignIn(role appliance.Role) accesstest.Session {
	b.tb.Helper()
	if role == "" {
		return accesstest.Session{}
	}
	s, ok := b.sessions[role]
	if !ok {
		s = accesstest.SignIn(b.tb, b.Gate, role)
		b.sessions[role] = s
	}
	return s
}

// Get asks for a page as a role. header are name, value pairs, such as "HX-Target", "div#list".
func (b *Bench) Get(role appliance.Role, path string, header ...string) *httptest.ResponseRecorder {
	b.tb.Helper()
	return b.send(role, httptest.NewRequest(http.MethodGet, path, nil), header)
}

// Post sends a form as a role, with the token that forms carry.
func (b *Bench) Post(role appliance.Role, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	b.tb.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(role, r, header)
}

// Send sends any request as a role.
func (b *Bench) Send(role appliance.Role, r *http.Request) *httptest.ResponseRecorder {
	b.tb.Helper()
	return b.send(role, r, nil)
}

func (b *Bench) send(role appliance.Role, r *http.Request, header []string) *httptest.ResponseRecorder {
	b.tb.Helper()
	b.SignIn(role).On(r)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.Server.ServeHTTP(w, r)
	return w
}

// Listen serves on a loopback port with a role signed in whatever cookies come, for a real browser, and gives the address.
func (b *Bench) Listen(role appliance.Role) string {
	b.tb.Helper()
	session := b.SignIn(role)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, c := range session.Cookies {
			r.AddCookie(c)
		}
		b.Server.ServeHTTP(w, r)
	}))
	b.tb.Cleanup(func() {
		srv.CloseClientConnections() // event streams last as long as the page is open
		srv.Close()
	})
	return srv.URL
}
