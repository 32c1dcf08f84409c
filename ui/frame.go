package ui

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// frame is what stands around the page of this request. nav is the key of the current entry. It may set a cookie (the form
// token), so it is asked before anything is written.
func (s *Server) frame(c echo.Context, nav string) view.Frame {
	who := access.Who(c.Request().Context())
	f := view.Frame{
		Nav: nav, Lang: s.language(c, who.User), Theme: who.User.Theme, AsOf: s.App.Now(),
		Version: s.App.About().Version, CSRF: s.Gate.FormToken(c.Response(), c.Request()), Flash: takeFlash(c),
	}
	if site, err := s.App.Site(c.Request().Context()); err == nil {
		f.Site, f.Hotline, f.Provider = site.Name, site.Hotline, site.Provider
	}
	if !who.SignedIn() {
		return f
	}
	f.User = view.User{Name: who.User.FullName, Role: who.Role}
	if f.User.Name == "" {
		f.User.Name = who.Name
	}
	now := s.look()
	f.Counts = map[string]int{"problems": len(now.overview.Problems)} // one per cause
	if now.unstored.Key != "" {
		f.Unstored = s.unstored(f, now.unstored)
	}
	return f
}

// unstored says why nothing is stored to those who can mend it, and to others what that means for them.
func (s *Server) unstored(f view.Frame, why appliance.Message) string {
	l := s.render.Lang(f.Lang)
	if f.Technical() {
		return l.Say(why)
	}
	return l.T("page.unstored_meaning")
}

// language is the person's own, else the site's, else what the browser asks for.
func (s *Server) language(c echo.Context, u appliance.User) string {
	if slices.Contains(appliance.Languages, u.Language) {
		return u.Language
	}
	if site, err := s.App.Site(c.Request().Context()); err == nil && slices.Contains(appliance.Languages, site.Language) {
		return site.Language
	}
	return s.browserLanguage(c)
}

func (s *Server) browserLanguage(c echo.Context) string {
	return s.render.Words.Match(c.Request().Header.Get("Accept-Language")).Tag
}

// site is the site as it is set up, empty while nobody has: users and devices may come from the command line before that.
func (s *Server) site(ctx context.Context) (appliance.Site, error) {
	site, err := s.App.Site(ctx)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return appliance.Site{}, nil
	}
	return site, err
}
