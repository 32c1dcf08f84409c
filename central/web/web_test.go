package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
	"siteward/central"
	"siteward/central/people"
	"siteward/central/store/badger"
	"siteward/central/web"
	files "siteward/embed"
)

var present = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)

// bench is the provider's pages over a store in a folder.
type bench struct {
	tb     testing.TB
	now    time.Time
	Store  central.Store
	Server *web.Server
	Gate   *access.Gate

	sessions map[appliance.Role]accesstest.Session
}

func newBench(tb testing.TB, change func(*web.Config)) *bench {
	tb.Helper()
	b := &bench{tb: tb, now: present, sessions: map[appliance.Role]accesstest.Session{}}
	store, err := badger.Open(tb.TempDir(), badger.Options{Now: b.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = store.Close() })
	b.Store = store
	c := web.Config{Store: store, Now: b.Now, Zone: time.UTC, Name: "Nordlicht IT", Log: slog.New(slog.NewTextHandler(tb.Output(), nil)), URL: "http://127.0.0.1",
		Cost: access.Argon{Memory: 64, Time: 1, Lanes: 1}, Templates: files.Templates, Locales: files.Locales, Assets: files.Assets}
	if change != nil {
		change(&c)
	}
	if b.Server, err = web.New(tb.Context(), c); err != nil {
		tb.Fatal(err)
	}
	b.Gate = b.Server.Gate
	return b
}

func (b *bench) Now() time.Time { return b.now }

// people makes one account of each role; the administrator first.
func (b *bench) people() {
	b.tb.Helper()
	for _, role := range []appliance.Role{people.Administrator, people.Dispatcher, people.Reader} {
		u := appliance.User{Name: string(role), Role: role}
		if err := b.Gate.Users.Create(b.tb.Context(), accesstest.CLI, &u, accesstest.Password); err != nil {
			b.tb.Fatal(err)
		}
	}
}

func (b *bench) do(role appliance.Role, r *http.Request) *httptest.ResponseRecorder {
	b.tb.Helper()
	if role != "" {
		s, ok := b.sessions[role]
		if !ok {
			s = accesstest.SignIn(b.tb, b.Gate, role)
			b.sessions[role] = s
		}
		s.On(r)
	}
	w := httptest.NewRecorder()
	b.Server.ServeHTTP(w, r)
	return w
}

func (b *bench) get(role appliance.Role, path string) *httptest.ResponseRecorder {
	b.tb.Helper()
	return b.do(role, httptest.NewRequest("GET", path, nil))
}

func (b *bench) post(role appliance.Role, path string, form url.Values) *httptest.ResponseRecorder {
	b.tb.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(role, r)
}

// site adds a site with what it reports.
func (b *bench) site(id central.SiteID, name string, group appliance.ID, st central.Status, report any) {
	b.tb.Helper()
	s := central.Site{ID: id, Name: name, Group: group, Added: b.now}
	if err := b.Store.PutSite(b.tb.Context(), &s); err != nil {
		b.tb.Fatal(err)
	}
	err := b.Store.Take(b.tb.Context(), id, func(t *central.Taking) error {
		t.Status = st
		if report != nil {
			return central.Keep(t, central.Reports, string(id), central.Report{Site: id, Type: "siteward.summary.v1", Time: b.now, Received: b.now, Data: raw(b.tb, report)})
		}
		return nil
	})
	if err != nil {
		b.tb.Fatal(err)
	}
}

func TestEachRouteWithEachRole(t *testing.T) {
	b := newBench(t, nil)
	u := appliance.User{Name: "somebody", Role: people.Reader} // the walk deletes number 1
	if err := b.Gate.Users.Create(t.Context(), accesstest.CLI, &u, accesstest.Password); err != nil {
		t.Fatal(err)
	}
	b.people()
	var routes []accesstest.Route
	for _, r := range b.Server.Pages() {
		routes = append(routes, accesstest.Route{Method: r.Method, Path: r.Path})
	}
	accesstest.CheckEntries(t, b.Gate.Table, routes)
	accesstest.CheckRoutes(t, b.Gate.Table, routes, func(role appliance.Role, method, path string) (int, string) {
		if strings.HasPrefix(path, "/setup") || strings.HasPrefix(path, "/signin/c") || path == "/signin" && method == "POST" {
			return http.StatusOK, "" // refuse for their own reasons, and are tested below
		}
		r := httptest.NewRequest(method, path, strings.NewReader(""))
		if role != "" {
			accesstest.SignIn(t, b.Gate, role).On(r)
		}
		w := httptest.NewRecorder()
		b.Server.ServeHTTP(w, r)
		if path == "/signout" && w.Code == http.StatusSeeOther && role != "" {
			return w.Code, ""
		}
		return w.Code, w.Header().Get("Location")
	})
}
