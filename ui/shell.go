package ui

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/api"
	"siteward/ui/view"
)

// Shell is what stands around every page of ours, the appliance's and the provider's alike: the gate, the headers, the name of
// each request, the pages that say what went wrong.
type Shell struct {
	Gate   *access.Gate
	Log    *slog.Logger
	Render *Renderer
	// Frame is what a page of this request stands in.
	Frame func(c echo.Context, nav string) view.Frame
	// Plain says whether a program is asking, who wants a line of text and no page.
	Plain func(c echo.Context) bool
	// Spoken is the path as it may stand in the log: without secrets.
	Spoken func(c echo.Context) string
	// Mounts are prefixes whose handlers ask the gate themselves.
	Mounts []string
}

// Guards are the middlewares before every route, in their order. More come before the gate.
func (s *Shell) Guards(more ...echo.MiddlewareFunc) []echo.MiddlewareFunc {
	all := append([]echo.MiddlewareFunc{s.requestID, s.headers, s.recovered}, more...)
	return append(all, s.compress(), s.admit)
}

// Check fails for a route without an entry in the permission table: a page without one does not start.
func (s *Shell) Check(routes []*echo.Route) error {
	for _, route := range routes {
		if _, ok := s.Gate.Table.Lookup(route.Method, route.Path); !ok {
			return fmt.Errorf("route %s %s has no entry in the permission table", route.Method, route.Path)
		}
	}
	return nil
}

func (s *Shell) mounted(route string) bool {
	return slices.ContainsFunc(s.Mounts, func(m string) bool { return strings.HasPrefix(route, m) })
}

// requestID gives each request a name under which the log has what an error page does not say.
func (s *Shell) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set("request", rand.Text()[:10])
		return next(c)
	}
}

func requestOf(c echo.Context) string {
	id, _ := c.Get("request").(string)
	return id
}

// headers that every answer carries. Nothing of a page is kept by caches in between.
func (s *Shell) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", ContentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if c.IsTLS() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

func (s *Shell) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it this way
				panic(p)
			}
			s.Log.Error("page panicked", "path", c.Path(), "request", requestOf(c), "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}()
		return next(c)
	}
}

// compress packs pages. Streams are left alone, for a compressor holds back what should be seen now.
func (s *Shell) compress() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1024, Skipper: func(c echo.Context) bool {
		p := c.Path()
		return p == "/events" || strings.HasSuffix(p, ".zip") || strings.HasPrefix(p, "/assets/") || strings.HasSuffix(p, "/backup")
	}})
}

// admit asks the gate, which refuses what has no entry in the permission table.
func (s *Shell) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		route := c.Path()
		if route == "/*" || strings.HasSuffix(route, "*") && route != "/assets/*" && !s.mounted(route) {
			route = ""
		}
		r, err := s.Gate.Admit(c.Response(), c.Request(), route)
		if r != nil {
			c.SetRequest(r)
		}
		if err != nil {
			return err
		}
		return next(c)
	}
}

// Failed renders every error that a handler returns.
func (s *Shell) Failed(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		err = httpError(he)
	}
	code := appliance.CodeOf(err)
	if code == "" {
		s.Log.Error("page failed", "method", c.Request().Method, "path", s.Spoken(c), "request", requestOf(c), "err", err)
	}
	if err := s.showFailure(c, err, code); err != nil {
		s.Log.Error("error page failed", "path", s.Spoken(c), "request", requestOf(c), "err", err)
	}
}

func (s *Shell) showFailure(c echo.Context, err error, code appliance.Code) error {
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		api.WriteProblem(c.Response(), err)
		return nil
	}
	if s.Plain(c) {
		return c.String(Status(code), englishOf(err, code)+"\n")
	}
	if code == appliance.CodeUnauthorized && c.Request().Method == http.MethodGet {
		return s.toSignIn(c)
	}
	frame := s.Frame(c, "")
	l := s.Render.Lang(frame.Lang)
	page := l.Failure(err, requestOf(c))
	frame.Title = page.Title
	return s.Render.Page(c, page.Status, "error", frame, page)
}

func englishOf(err error, code appliance.Code) string {
	if code == "" {
		return "internal error; the appliance's log has the reason"
	}
	return err.Error()
}

// toSignIn leads to the sign-in page and back. A fragment asked for by a script makes the whole page go there.
func (s *Shell) toSignIn(c echo.Context) error {
	if c.Request().Header.Get("HX-Request") == "true" {
		c.Response().Header().Set("HX-Redirect", "/signin")
		return c.NoContent(http.StatusUnauthorized)
	}
	to := "/signin"
	if u := c.Request().URL.RequestURI(); u != "/" {
		to += "?next=" + url.QueryEscape(u)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

func httpError(he *echo.HTTPError) error {
	switch he.Code {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return appliance.ErrNotFound
	case http.StatusRequestEntityTooLarge:
		return appliance.Errorf(appliance.CodeTooLarge, "the request is larger than 4 MB")
	case http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return appliance.Errorf(appliance.CodeInvalid, "the request cannot be read: %v", he.Message)
	}
	return he
}
