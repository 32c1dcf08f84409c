package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"siteward/appliance"
	"siteward/appliance/offer"
	"siteward/central"
	"siteward/central/enrol"
)

// API answers /api/.
type API struct {
	store central.Store
	log   *slog.Logger
	now   func() time.Time
	mux   *http.ServeMux
	huma  huma.API
	doc   []byte
	codes Codes
}

// Codes makes one-time codes with which a site enrols, and tells the fingerprint that its people compare.
type Codes interface {
	NewCode(ctx context.Context, site central.SiteID, by string, life time.Duration) (code string, expires time.Time, err error)
	Codes(ctx context.Context, site central.SiteID) ([]enrol.OpenCode, error)
	RevokeCode(ctx context.Context, site central.SiteID, id, by string) error
	Revoke(ctx context.Context, site central.SiteID, by, why string) error
	Offer(ctx context.Context, by string, o offer.Offer) (central.Offer, error)
	Offers(ctx context.Context) ([]central.Offer, error)
	Reach(ctx context.Context, n uint64, ring string, withdrawn bool) error
	Fingerprint() string
}

// New builds all operations.
func New(s central.Store, codes Codes, log *slog.Logger, now func() time.Time, version string) (*API, error) {
	a := &API{store: s, codes: codes, log: log, now: now, mux: http.NewServeMux()}
	c := huma.DefaultConfig("Siteward Central", version)
	c.Info.Description = "The provider's side: the sites, what they reported, alarms about them, and who is told."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "swc_…, made with siteward central token add"}}
	c.Security = []map[string][]string{{"token": {}}}
	a.huma = humago.NewWithPrefix(a.mux, "/api/v1", c)
	a.huma.UseMiddleware(a.admit)
	a.sites()
	a.told()
	a.alarms()
	a.hooks()
	a.access()
	a.enrolment()
	a.offers()
	a.mux.HandleFunc("GET /api/v1/backup", a.backup)
	var err error
	a.doc, err = json.Marshal(a.huma.OpenAPI())
	return a, err
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path == "/api/openapi.json" {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.doc) // the client is gone
		return
	}
	if _, pattern := a.mux.Handler(r); pattern == "" {
		writeProblem(w, http.StatusNotFound, appliance.CodeNotFound, "there is no such address; /api/openapi.json lists all")
		return
	}
	a.mux.ServeHTTP(w, r)
}

// caller is who asks.
type caller struct{ central.Token }

type callerKey struct{}

// Local marks requests of this machine's administrator, who needs no token: they come through the socket in the data folder.
func Local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := caller{central.Token{Name: central.ByCommand, Write: true}}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
	})
}

func by(ctx context.Context) caller { who, _ := ctx.Value(callerKey{}).(caller); return who }

// sees says whether the caller may see sites of a group.
func (c caller) sees(group appliance.ID) bool {
	return len(c.Groups) == 0 || slices.Contains(c.Groups, group)
}

// admit lets a request in that has a good token: any for reading, one that may write for the rest.
func (a *API) admit(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	who, ok := r.Context().Value(callerKey{}).(caller)
	if !ok {
		secret, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		t, _, err := central.Tokens.Find(r.Context(), a.store, central.TokenID(strings.TrimSpace(secret)))
		if !given || err != nil || !t.Expires.IsZero() && !a.now().Before(t.Expires) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="siteward"`)
			writeProblem(w, http.StatusUnauthorized, appliance.CodeUnauthorized, "send a token: Authorization: Bearer swc_…")
			return
		}
		who = caller{t}
	}
	if c.Method() != http.MethodGet && !who.Write {
		writeProblem(w, http.StatusForbidden, appliance.CodeForbidden, "this token may only read")
		return
	}
	// What concerns the whole provider is not for a token of some groups.
	if len(who.Groups) > 0 && c.Operation().Metadata["whole"] == true {
		writeProblem(w, http.StatusForbidden, appliance.CodeForbidden, "this token is for some customer groups only")
		return
	}
	next(huma.WithContext(c, context.WithValue(r.Context(), callerKey{}, who)))
}

// operation adds one. Its errors become problem documents. whole says that it concerns all customers.
func operation[I, O any](a *API, method, path, id, summary string, whole bool, do func(context.Context, *I) (*O, error)) {
	o := huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: 512 << 10, Metadata: map[string]any{"whole": whole}}
	huma.Register(a.huma, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, id, err)
		}
		return out, nil
	})
}

var statuses = map[appliance.Code]int{
	appliance.CodeInvalid: http.StatusUnprocessableEntity, appliance.CodeNotFound: http.StatusNotFound, appliance.CodeConflict: http.StatusConflict,
	appliance.CodeForbidden: http.StatusForbidden, appliance.CodeTooLarge: http.StatusRequestEntityTooLarge, appliance.CodeUnavailable: http.StatusServiceUnavailable,
}

type problem struct {
	huma.ErrorModel
	Code appliance.Code `json:"code,omitempty"`
}

func (a *API) problem(ctx context.Context, operation string, err error) error {
	e, ok := errors.AsType[*appliance.Error](err)
	status := statuses[appliance.CodeOf(err)]
	if !ok || status == 0 {
		if ctx.Err() == nil {
			a.log.Error("the REST API could not answer", "operation", operation, "err", err)
		}
		return &problem{ErrorModel: huma.ErrorModel{Status: http.StatusInternalServerError, Title: "Internal Server Error", Detail: "something in central is not as it should be; its log has the reason"}, Code: "internal"}
	}
	return &problem{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: e.Error()}, Code: e.Code}
}

func writeProblem(w http.ResponseWriter, status int, code appliance.Code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}, Code: code})
}

// one and list are bodies of answers.
type one[T any] struct{ Body T }

type list[T any] struct {
	Body struct {
		Items []T `json:"items"`
	}
}

func listOf[T any](items []T) *list[T] {
	l := &list[T]{}
	if l.Body.Items = items; items == nil {
		l.Body.Items = []T{}
	}
	return l
}

type none struct{}
