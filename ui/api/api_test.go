package api

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/access/accesstest"
)

// bench is an API over a fake appliance, with a token of each role.
type bench struct {
	*API
	app    *fake
	tokens map[appliance.Role]string
	log    *bytes.Buffer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	gate, _ := accesstest.NewGate(t, func() time.Time { return start })
	b := &bench{app: newFake(gate), tokens: map[appliance.Role]string{}, log: &bytes.Buffer{}}
	api, err := New(b.app, gate, slog.New(slog.NewTextHandler(b.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b.API = api
	for _, role := range appliance.Roles {
		b.tokens[role] = accesstest.Token(t, gate, role, start)
	}
	return b
}

// send asks as a technician unless a header says otherwise.
func (b *bench) send(method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+b.tokens[appliance.RoleTechnician])
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder, status int) (v T) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return v
}

// operations reads the routes from the document, so that a new one cannot be left out of the walk.
func (b *bench) operations(t *testing.T) []accesstest.Route {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(b.OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	var routes []accesstest.Route
	for path, methods := range doc.Paths {
		for m := range methods {
			routes = append(routes, accesstest.Route{Method: strings.ToUpper(m), Path: access.APIPrefix + path})
		}
	}
	return routes
}

func TestEveryOperationWithEveryRole(t *testing.T) {
	b := newBench(t)
	routes := b.operations(t)
	if len(routes) < 25 {
		t.Fatalf("%d operations only", len(routes))
	}
	var rules []access.Rule
	for _, r := range access.Routes().Rules() {
		if strings.HasPrefix(r.Path, access.APIPrefix) && r.Need != access.Inner {
			rules = append(rules, r)
		}
	}
	accesstest.CheckEntries(t, access.NewTable(rules...), routes)
	sessions := map[appliance.Role]accesstest.Session{}
	for _, role := range appliance.Roles {
		sessions[role] = accesstest.SignIn(t, b.gate, role)
	}
	for _, way := range []string{"token", "session"} {
		accesstest.CheckRoutes(t, b.gate.Table, routes, func(role appliance.Role, method, path string) (int, string) {
			b.app.reset() // an operation may have deleted what the next one needs
			r := httptest.NewRequest(method, path, strings.NewReader("{}"))
			r.Header.Set("Content-Type", "application/json")
			switch {
			case role != "" && way == "token":
				r.Header.Set("Authorization", "Bearer "+b.tokens[role])
			case role != "":
				r = sessions[role].On(r)
			}
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			return w.Code, ""
		})
	}
}

func TestSessionNeedsFormToken(t *testing.T) {
	b := newBench(t)
	s := accesstest.SignIn(t, b.gate, appliance.RoleTechnician)
	token := s.CSRF
	s.CSRF = ""
	for name, c := range map[string]struct {
		header, value string
		status        int
	}{
		"without":      {"X-Other", "", 403},
		"with":         {access.CSRFHeader, token, 200},
		"another site": {"Origin", "https://evil.example", 403},
	} {
		r := s.On(httptest.NewRequest("POST", "/api/v1/checks/4/run", nil))
		r.Header.Set(c.header, c.value)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestProblems(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		code, says               string
	}{
		{"nobody", "GET", "/api/v1/devices", "", []string{"Authorization", ""}, 401, "unauthorized", "sign in"},
		{"bad token", "GET", "/api/v1/devices", "", []string{"Authorization", "Bearer sw_x"}, 401, "unauthorized", "not known"},
		{"role", "GET", "/api/v1/tokens", "", nil, 403, "forbidden", "role"},
		{"no such device", "GET", "/api/v1/devices/99", "", nil, 404, "not_found", ""},
		{"no number", "GET", "/api/v1/devices/x", "", nil, 422, "", ""},
		{"no such address", "GET", "/api/v1/nowhere", "", nil, 404, "not_found", "openapi"},
		{"no such method", "PATCH", "/api/v1/devices/1", "", nil, 405, "", "PATCH"},
		{"filter mistyped", "GET", "/api/v1/devices?kinds=ups", "", nil, 422, "", ""},
		{"sort by nothing", "GET", "/api/v1/devices?sort=colour", "", nil, 422, "invalid", "colour"},
		{"limit too high", "GET", "/api/v1/devices?limit=5000", "", nil, 422, "", ""},
		{"not JSON", "POST", "/api/v1/devices", "<xml/>", nil, 400, "", ""},
		{"unknown field", "POST", "/api/v1/devices", `{"name":"a","kind":"nas","address":"b","colour":"red"}`, nil, 422, "", ""},
		{"unknown kind", "POST", "/api/v1/devices", `{"name":"a","kind":"toaster","address":"b"}`, nil, 422, "", ""},
		{"field the appliance refuses", "POST", "/api/v1/devices", `{"name":"a","kind":"nas","address":"nonsense"}`, nil, 422, "invalid", "no address"},
		{"name taken", "POST", "/api/v1/devices", `{"name":"UPS","kind":"nas","address":"b"}`, nil, 409, "conflict", "already"},
		{"too large", "POST", "/api/v1/devices", `{"name":"` + strings.Repeat("a", 2<<20) + `"}`, nil, 413, "", ""},
		{"duration", "POST", "/api/v1/checks", `{"device":1,"name":"a","probe":"ping","interval":"soon","timeout":"1s"}`, nil, 422, "", ""},
		{"upside down", "GET", "/api/v1/samples?check=4&from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z", "", nil, 422, "invalid", "before"},
		{"no check", "GET", "/api/v1/samples", "", nil, 422, "", ""},
		{"kind of event", "GET", "/api/v1/events?kind=party", "", nil, 422, "invalid", "party"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := b.send(c.method, c.path, c.body, c.header...)
			p := decode[map[string]any](t, w, c.status)
			if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
				t.Errorf("Content-Type %s", ct)
			}
			if code, _ := p["code"].(string); code != c.code {
				t.Errorf("code %q in %s", code, w.Body)
			}
			if !strings.Contains(w.Body.String(), c.says) || p["status"] != float64(c.status) || p["title"] == "" {
				t.Errorf("%s", w.Body)
			}
			if c.status == 401 && w.Header().Get("WWW-Authenticate") == "" {
				t.Error("no WWW-Authenticate")
			}
		})
	}
}

func TestOurOwnFaultsTellNothing(t *testing.T) {
	b := newBench(t)
	b.app.broken = errBroken
	w := b.send("GET", "/api/v1/devices", "")
	if w.Code != 500 || strings.Contains(w.Body.String(), "badger") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(b.log.String(), "badger") || !strings.Contains(b.log.String(), "listDevices") {
		t.Errorf("log: %s", b.log)
	}
}

func TestThrottledTokensAreToldWhen(t *testing.T) {
	b := newBench(t)
	var w *httptest.ResponseRecorder
	for range 20 {
		w = b.send("GET", "/api/v1/devices", "", "Authorization", "Bearer sw_"+strings.Repeat("A", 43))
	}
	if w.Code != 429 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("%d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestOpenAPI(t *testing.T) {
	b := newBench(t)
	w := b.send("GET", "/api/openapi.json", "", "Authorization", "")
	doc := decode[struct {
		OpenAPI string `json:"openapi"`
		Info    struct{ Title, Version string }
		Servers []struct{ URL string }
		Paths   map[string]map[string]struct {
			OperationID string                       `json:"operationId"`
			Summary     string                       `json:"summary"`
			Permission  string                       `json:"x-permission"`
			Security    []map[string][]string        `json:"security"`
			Responses   map[string]map[string]any    `json:"responses"`
			Parameters  []struct{ Name, In string }  `json:"parameters"`
			Body        map[string]map[string]string `json:"-"`
		}
		Components struct {
			SecuritySchemes map[string]map[string]string `json:"securitySchemes"`
			Schemas         map[string]any               `json:"schemas"`
		}
	}](t, w, 200)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Info.Version != "1.2.3" || len(doc.Servers) != 1 || doc.Servers[0].URL != "/api/v1" {
		t.Errorf("openapi %s, version %s, servers %v", doc.OpenAPI, doc.Info.Version, doc.Servers)
	}
	ids := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			name := method + " " + path
			if ids[op.OperationID] || op.OperationID == "" || op.Summary == "" {
				t.Errorf("%s: operationId %q, summary %q", name, op.OperationID, op.Summary)
			}
			ids[op.OperationID] = true
			if len(op.Security) != 2 || op.Permission == "" {
				t.Errorf("%s: security %v, permission %q", name, op.Security, op.Permission)
			}
			for _, alternative := range op.Security {
				for scheme := range alternative {
					if doc.Components.SecuritySchemes[scheme] == nil {
						t.Errorf("%s: security scheme %s is not described", name, scheme)
					}
				}
			}
			for _, status := range []string{"401", "403", "429"} {
				if op.Responses[status] == nil {
					t.Errorf("%s: no response %s", name, status)
				}
			}
			for _, part := range strings.Split(path, "/") {
				if strings.HasPrefix(part, "{") && !strings.Contains(strings.ToLower(toJSON(op.Parameters)), strings.Trim(part, "{}")) {
					t.Errorf("%s: parameter %s is not described", name, part)
				}
			}
		}
	}
	checkReferences(t, w.Body.Bytes(), doc.Components.Schemas)
}

// checkReferences fails for a $ref that leads nowhere.
func checkReferences(t *testing.T, doc []byte, schemas map[string]any) {
	t.Helper()
	for _, part := range strings.Split(string(doc), `"$ref":"`)[1:] {
		ref, _, _ := strings.Cut(part, `"`)
		name, ok := strings.CutPrefix(ref, "#/components/schemas/")
		if !ok || schemas[name] == nil {
			t.Errorf("reference %s leads nowhere", ref)
		}
	}
}

func toJSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// The kinds in the document are those of the appliance.
func TestEnumsAreComplete(t *testing.T) {
	b := newBench(t)
	for _, k := range appliance.Kinds {
		w := b.send("POST", "/api/v1/devices", `{"name":"new `+string(k)+`","kind":"`+string(k)+`","address":"a"}`)
		if w.Code != http.StatusCreated {
			t.Errorf("kind %s: %s", k, w.Body)
		}
	}
	for _, p := range appliance.ProbeKinds {
		w := b.send("POST", "/api/v1/checks", `{"device":1,"name":"a","probe":"`+string(p)+`","interval":"1m","timeout":"5s"}`)
		if w.Code != http.StatusCreated {
			t.Errorf("probe %s: %s", p, w.Body)
		}
	}
}
