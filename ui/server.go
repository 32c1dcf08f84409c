// Package ui is the web interface: an Echo server, one file a noun, each handler loading, deciding and rendering.
// It sees the appliance through appliance.App only and the people through an access.Gate.
package ui

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/control"
	"siteward/ui/api"
)

// Config is what a Server is made of.
type Config struct {
	App       appliance.App
	Gate      *access.Gate
	Log       *slog.Logger
	Templates fs.FS
	Locales   fs.FS
	Assets    fs.FS
	// API serves /api/*, Metrics /metrics; both ask the gate's identity themselves. nil leaves them out.
	API, Metrics http.Handler
	// Healthy answers when the store does, for /readyz.
	Healthy http.Handler
	// Ops are the operations that the settings share with the command line: backup, site file, verification.
	Ops control.Ops
	// Notice stands above the sign-in form: the demo's names and passwords. Empty for real sites.
	Notice string
}

// Server is the web interface. It is an http.Handler.
type Server struct {
	Config
	shell  *Shell
	render *Renderer
	echo   *echo.Echo
	glance glance

	copying   sync.Mutex // a backup is being downloaded
	verifying verifying
	lists     deviceLists
	typed     typedSecrets
	sent      sentForms
}

// NewServer builds all routes and checks that each has an entry in the permission table: a page without one does not start.
func NewServer(c Config) (*Server, error) {
	s := &Server{Config: c, echo: echo.New()}
	r, err := New(Options{Templates: c.Templates, Locales: c.Locales, Assets: c.Assets, Zone: s.zone, Now: c.App.Now})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	s.render = r
	s.shell = &Shell{Gate: c.Gate, Log: c.Log, Render: r, Frame: s.frame, Plain: plainAnswer, Spoken: spokenPath, Mounts: []string{access.APIPrefix}}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.shell.Failed
	s.echo.Logger.SetOutput(discard{})
	s.echo.Use(s.shell.Guards(s.limitBody())...)
	for _, add := range []func(){
		s.plumbing, s.signinRoutes, s.setupRoutes, s.menuRoutes, s.liveRoutes, s.searchRoutes,
		s.startRoutes, s.problemRoutes, s.backupRoutes,
		s.settingsRoutes, s.profileRoutes,
		s.deviceRoutes, s.checkRoutes, s.journalRoutes,
		s.logbookRoutes, s.roundRoutes, s.ticketRoutes,
		s.walkRoutes,
		s.discoveryRoutes, s.mapRoutes,
		s.powerRoutes,
		s.devicesRoutes, s.inventoryRoutes, s.deviceFormRoutes, s.checkFormRoutes,
		s.eventCheckRoutes,
		s.pushRoutes, s.incidentRoutes, s.sentRoutes,
	} {
		add()
	}
	if err := s.shell.Check(s.echo.Routes()); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Routes lists method and path of every route, for the test that walks them with every role.
func (s *Server) Routes() []*echo.Route { return s.echo.Routes() }

// plumbing is what is no page: assets, health, the API.
func (s *Server) plumbing() {
	s.echo.GET("/assets/*", echo.WrapHandler(s.render.Assets))
	s.echo.GET("/favicon.ico", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	s.echo.GET("/robots.txt", func(c echo.Context) error { return c.String(http.StatusOK, "User-agent: *\nDisallow: /\n") })
	s.echo.GET("/healthz", echo.WrapHandler(api.Alive()))
	if s.Healthy != nil {
		s.echo.GET("/readyz", echo.WrapHandler(s.Healthy))
	}
	if s.Metrics != nil {
		s.echo.GET("/metrics", echo.WrapHandler(s.Metrics))
	}
	if s.API != nil {
		s.echo.GET("/api/openapi.json", echo.WrapHandler(s.API))
		for _, m := range []string{"GET", "POST", "PUT", "DELETE"} {
			s.echo.Add(m, access.APIPrefix+"/*", echo.WrapHandler(s.API))
		}
	}
}

// zone is the site's time zone; before set-up it is UTC.
func (s *Server) zone() *time.Location {
	site, err := s.App.Site(noContext)
	if err != nil {
		return time.UTC
	}
	return site.Location()
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
