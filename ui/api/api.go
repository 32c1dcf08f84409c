package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"siteward/appliance"
	"siteward/appliance/access"
)

// API answers /api/v1/* and /api/openapi.json. It is an http.Handler.
type API struct {
	app  appliance.App
	gate *access.Gate
	log  *slog.Logger
	mux  *http.ServeMux
	huma huma.API
	doc  []byte // openapi.json
}

// New builds all operations. It fails when one has no entry in the permission table.
func New(app appliance.App, gate *access.Gate, log *slog.Logger) (*API, error) {
	a := &API{app: app, gate: gate, log: log, mux: http.NewServeMux()}
	a.huma = humago.NewWithPrefix(a.mux, access.APIPrefix, config(app.About().Version))
	a.huma.UseMiddleware(a.admit)
	for _, add := range []func(){a.siteRoutes, a.deviceRoutes, a.inventoryRoutes, a.checkRoutes, a.stateRoutes, a.seriesRoutes, a.eventRoutes, a.trapRoutes, a.tokenRoutes, a.discoveryRoutes, a.backupRoutes, a.logbookRoutes, a.sourceRoutes, a.receiverRoutes, a.incidentRoutes} {
		add()
	}
	a.upsRoutes()
	a.ticketRoutes()
	a.windowRoutes()
	a.uplinkRoutes()
	a.providerRoutes()
	if err := a.describeAccess(); err != nil {
		return nil, err
	}
	var err error
	if a.doc, err = json.Marshal(a.huma.OpenAPI()); err != nil {
		return nil, fmt.Errorf("write openapi document: %w", err)
	}
	a.mux.HandleFunc("GET /api/openapi.json", a.serveDoc)
	return a, nil
}

// OpenAPI is the document, as /api/openapi.json has it.
func (a *API) OpenAPI() []byte { return a.doc }

// ServeHTTP answers one request. What no operation matches is a problem document too.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if _, pattern := a.mux.Handler(r); pattern != "" {
		a.mux.ServeHTTP(w, r)
		return
	}
	found := &refusal{header: http.Header{}}
	a.mux.ServeHTTP(found, r)
	if found.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", found.header.Get("Allow"))
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, "", "this address does not take "+r.Method+"; the OpenAPI document at /api/openapi.json lists what it takes"))
		return
	}
	writeProblem(w, newProblem(http.StatusNotFound, appliance.CodeNotFound, "there is no such address; the OpenAPI document at /api/openapi.json lists all"))
}

func (a *API) serveDoc(w http.ResponseWriter, r *http.Request) {
	if _, err := a.gate.Admit(w, r, "/api/openapi.json"); err != nil {
		WriteProblem(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(a.doc) // the client is gone
}

// admit asks the gate about an operation before anything of the request is read.
func (a *API) admit(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	r, err := a.gate.Admit(w, r, access.APIPrefix+c.Operation().Path)
	if err != nil {
		WriteProblem(w, err)
		return
	}
	next(huma.WithContext(c, r.Context()))
}

// actor is on whose behalf an operation changes something.
func actor(ctx context.Context) appliance.Actor {
	by := access.Who(ctx).Actor
	by.Via = "api"
	return by
}

func config(version string) huma.Config {
	c := huma.DefaultConfig("Siteward", version)
	c.Info.Description = "The caretaker of a site's IT: its devices, checks, states, samples and events."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // we serve the document; nothing else
	c.CreateHooks = nil                                   // no $schema links in answers
	c.RejectUnknownQueryParameters = true                 // a filter with a typing mistake must not look like "no filter"
	c.Formats = map[string]huma.Format{"application/json": escaped, "json": escaped}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "An API token: sw_…, made under Settings."},
		"session": {Type: "apiKey", In: "cookie", Name: "siteward", Description: "The cookie of a person who is signed in; __Host-siteward over TLS."},
		"csrf":    {Type: "apiKey", In: "header", Name: access.CSRFHeader, Description: "The form token of the session."},
	}
	return c
}

// escaped is JSON that stays harmless when it is put into a page: names of devices come from outside.
var escaped = huma.Format{
	Marshal:   func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
	Unmarshal: json.Unmarshal,
}

// describeAccess writes into the document what each operation needs: the security schemes and the permission.
func (a *API) describeAccess() error {
	for path, item := range a.huma.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch} {
			if op == nil {
				continue
			}
			rule, ok := a.gate.Table.Lookup(op.Method, access.APIPrefix+path)
			if !ok {
				return fmt.Errorf("operation %s %s has no entry in the permission table", op.Method, path)
			}
			session := map[string][]string{"session": {}}
			if op.Method != http.MethodGet {
				session["csrf"] = []string{}
			}
			op.Security = []map[string][]string{{"token": {}}, session}
			op.Extensions = map[string]any{"x-permission": string(rule.Need)}
		}
	}
	return nil
}

// operation is what all have in common. Errors lists what may come beside 401, 403 and 429.
func operation(method, path, id, summary string, errors ...int) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary,
		Errors: append(errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)}
}

// refusal takes what ServeMux would have said to a request without an operation.
type refusal struct {
	header http.Header
	status int
}

func (r *refusal) Header() http.Header         { return r.header }
func (r *refusal) WriteHeader(status int)      { r.status = status }
func (r *refusal) Write(b []byte) (int, error) { return len(b), nil }
