package web

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/central"
	"siteward/central/enrol"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

// Config is what a Server is made of. Store, Templates, Locales and Assets are needed.
type Config struct {
	Store   central.Store
	Log     *slog.Logger
	Now     func() time.Time
	Zone    *time.Location // in which times are told; the machine's when nil
	Name    string         // of the provider, beside the logo
	Version string
	URL     string                     // "https://central.example.org": where people reach us
	Secure  bool                       // the browser speaks TLS with us or with the proxy before us
	Address func(*http.Request) string // of the client; the peer's address when nil
	Cost    access.Argon               // of passwords, access.DefaultArgon
	Enrol   *enrol.Enrolment           // codes, keys and offers; opened on the store when nil
	OIDC    OIDC                       // the sign-in service, none when its Issuer is empty

	Templates, Locales, Assets fs.FS

	// Rules and Routes are pages of others: enrolment, offers. They stand in the same shell.
	Rules  []access.Rule
	Routes func(e *echo.Echo, s *Server)
	// Nav are their entries of the navigation.
	Nav []view.NavItem
}

// Server is the provider's pages. It is an http.Handler.
type Server struct {
	Config
	Gate   *access.Gate
	People people.Storage
	Shell  *ui.Shell
	render *ui.Renderer
	echo   *echo.Echo
	nav    []view.NavItem
	key    []byte
	oidc   *service
	counts counts
}

// New builds all routes and checks that each has an entry in the permission table.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.Local
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Enrol == nil {
		var err error
		if c.Enrol, err = enrol.Open(ctx, c.Store, enrol.Options{Name: c.Name, Now: c.Now, Log: c.Log}); err != nil {
			return nil, err
		}
	}
	s := &Server{Config: c, echo: echo.New(), People: people.Storage{Records: c.Store, Now: c.Now}, nav: entries(c.Nav)}
	var err error
	if s.key, err = s.People.Key(ctx); err != nil {
		return nil, fmt.Errorf("key of sign-ins: %w", err)
	}
	s.render, err = ui.New(ui.Options{Templates: c.Templates, Locales: c.Locales, Assets: c.Assets, Zone: func() *time.Location { return c.Zone }, Now: c.Now})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	s.Gate = access.New(access.Config{Store: s.People, Now: c.Now, Table: Routes(c.Rules...), Secure: c.Secure, Address: c.Address,
		SiteName: func() string { return c.Name }, Cost: c.Cost, Key: s.key, Log: c.Log})
	if s.oidc, err = newService(c.OIDC, c.URL); err != nil {
		return nil, err
	}
	s.Shell = &ui.Shell{Gate: s.Gate, Log: c.Log, Render: s.render, Frame: s.Frame,
		Plain:  func(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/assets/") },
		Spoken: func(c echo.Context) string { return c.Request().URL.Path }}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.Shell.Failed
	s.echo.Use(s.Shell.Guards(middleware.BodyLimit("4M"))...)
	s.echo.GET("/assets/*", echo.WrapHandler(s.render.Assets))
	s.echo.GET("/favicon.ico", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	s.echo.GET("/robots.txt", func(c echo.Context) error { return c.String(http.StatusOK, "User-agent: *\nDisallow: /\n") })
	s.signinRoutes()
	s.profileRoutes()
	s.fleetRoutes()
	s.siteRoutes()
	s.connectionRoutes()
	s.offerRoutes()
	s.settingsRoutes()
	if c.Routes != nil {
		c.Routes(s.echo, s)
	}
	return s, s.Shell.Check(s.echo.Routes())
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Pages lists method and path of every route, for the test that walks them with every role.
func (s *Server) Pages() []*echo.Route { return s.echo.Routes() }

// Render answers with a page.
func (s *Server) Render(c echo.Context, status int, page string, f view.Frame, data any) error {
	return s.render.Page(c, status, page, f, data)
}

// Lang is the language of a frame.
func (s *Server) Lang(f view.Frame) *ui.Lang { return s.render.Lang(f.Lang) }

// SetupLink is the address by which the first administrator is made, "" when there is one.
func (s *Server) SetupLink() (string, error) {
	needed, err := s.Gate.Setup.Needed()
	if err != nil || !needed {
		return "", err
	}
	token, err := s.Gate.Setup.Issue()
	return strings.TrimSuffix(s.URL, "/") + "/setup?token=" + token, err
}

// entries is the navigation; everything that others bring stands before the settings.
func entries(more []view.NavItem) []view.NavItem {
	all := people.Roles
	list := []view.NavItem{
		{Key: "fleet", Icon: "list-checks", Href: "/", Roles: all, Dock: true},
		{Key: "together", Icon: "calendar-clock", Href: "/together", Roles: all, Dock: true},
		{Key: "offers", Icon: "package-check", Href: "/offers", Roles: []appliance.Role{people.Dispatcher, people.Administrator}},
	}
	list = append(list, more...)
	return append(list, view.NavItem{Key: "settings", Icon: "settings", Href: "/settings", Group: 3, Roles: []appliance.Role{people.Administrator}, Dock: true})
}

// Frame is what stands around the page of this request.
func (s *Server) Frame(c echo.Context, nav string) view.Frame {
	who := access.Who(c.Request().Context())
	f := view.Frame{Nav: nav, Entries: s.nav, Lang: who.User.Language, Theme: who.User.Theme, AsOf: s.Now(), Site: s.Name, Version: s.Version,
		CSRF: s.Gate.FormToken(c.Response(), c.Request()), Flash: ui.TakeFlash(c)}
	if !slices.Contains(appliance.Languages, f.Lang) {
		f.Lang = s.render.Words.Match(c.Request().Header.Get("Accept-Language")).Tag
	}
	if !who.SignedIn() {
		return f
	}
	f.SearchFor = s.render.Lang(f.Lang).T("central.search")
	f.User = view.User{Name: who.User.FullName, Role: who.Role, Technical: true}
	if f.User.Name == "" {
		f.User.Name = who.Name
	}
	return f
}

// Scope gives the groups whose sites the person sees: nil is all of them.
func (s *Server) Scope(c echo.Context) ([]appliance.ID, error) {
	who := access.Who(c.Request().Context())
	x, _, err := s.People.Extra(c.Request().Context(), who.User.ID)
	return x.Sees(who.Role), err
}

// Site finds the site in the address among those that the person may see. Others do not exist for him.
func (s *Server) Site(c echo.Context) (central.Row, error) {
	groups, err := s.Scope(c)
	if err != nil {
		return central.Row{}, err
	}
	id := central.SiteID(c.Param("site"))
	if !id.Valid() {
		return central.Row{}, appliance.ErrNotFound
	}
	row, err := s.Store.Site(c.Request().Context(), id)
	if err != nil {
		return row, err
	}
	if f := (central.FleetFilter{Groups: groups}); !f.Sees(row.Site.Group) {
		return central.Row{}, appliance.ErrNotFound
	}
	return row, nil
}

// audit writes down who changed what.
func (s *Server) audit(c echo.Context, object, verb, english string, args map[string]any) {
	s.Gate.Journal(access.Audit(s.Now(), ui.Actor(c), object, appliance.Message{Key: "central." + verb, Args: args, English: english}))
}
