package ui_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
	files "siteward/embed"
	"siteward/ui"
	"siteward/ui/apptest"
)

// TestEveryRouteWithEveryRole walks all routes of the pages with every role and with nobody, against the permission table, and
// finds entries of the table that are no route.
func TestEveryRouteWithEveryRole(t *testing.T) {
	app := apptest.New()
	gate := access.New(access.Config{Store: accesstest.NewMemory(app.Now), Now: app.Now, Cost: access.Argon{Memory: 64, Time: 1, Lanes: 1}})
	for _, role := range append([]appliance.Role{"somebody"}, appliance.Roles...) { // the walk deletes number 1
		u := appliance.User{Name: string(role), Role: role}
		if role == "somebody" {
			u.Role = appliance.RoleViewer
		}
		if err := gate.Users.Create(t.Context(), accesstest.CLI, &u, accesstest.Password); err != nil {
			t.Fatal(err)
		}
	}
	answer := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	s, err := ui.NewServer(ui.Config{App: app, Gate: gate, Log: slog.New(slog.DiscardHandler), Templates: files.Templates, Locales: files.Locales,
		Assets: files.Assets, Ops: apptest.NewOps(app), API: answer, Metrics: answer, Healthy: answer})
	if err != nil {
		t.Fatal(err)
	}
	var routes []accesstest.Route
	for _, r := range s.Routes() {
		routes = append(routes, accesstest.Route{Method: r.Method, Path: r.Path})
	}
	accesstest.CheckEntries(t, gate.Table, routes)
	accesstest.CheckRoutes(t, gate.Table, routes, func(role appliance.Role, method, path string) (int, string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if path == "/events" {
			ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond) // it goes on for as long as somebody reads
		}
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(""))
		if role != "" {
			r = accesstest.SignIn(t, gate, role).On(r) // one's sessions may have been ended on the way
		} else {
			r = stranger(t, gate).On(r)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if path == "/signout" && w.Code == http.StatusSeeOther && role != "" {
			return w.Code, "" // leads to the sign-in page because it worked
		}
		return w.Code, w.Header().Get("Location")
	})
}

// stranger is a browser that has opened the sign-in page: it has the token of forms and no session.
func stranger(t *testing.T, gate *access.Gate) accesstest.Session {
	t.Helper()
	w := httptest.NewRecorder()
	r, err := gate.Admit(w, httptest.NewRequest("GET", "/signin", nil), "/signin")
	if err != nil {
		t.Fatal(err)
	}
	token := gate.FormToken(w, r)
	return accesstest.Session{Cookies: w.Result().Cookies(), CSRF: token}
}
