package ui

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) menuRoutes() {
	s.echo.GET("/menu", s.menu)
	s.echo.POST("/profile", s.savePreferences)
}

func (s *Server) menu(c echo.Context) error {
	frame := s.frame(c, "menu")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("nav.menu")
	return s.render.Page(c, http.StatusOK, "menu", frame, view.Menu{
		Form:      view.Form{Values: map[string]string{"language": frame.Lang, "theme": frame.Theme}},
		Languages: l.languages(),
		Themes:    l.themes(),
	})
}

func (l *Lang) themes() []view.Option {
	return []view.Option{
		{Value: "", Label: l.T("theme.system")}, {Value: "day", Label: l.T("theme.day")}, {Value: "night", Label: l.T("theme.night")},
	}
}

func (s *Server) savePreferences(c echo.Context) error {
	lang, to, err := SavePreferences(c, s.Gate.Users)
	if err != nil {
		return err
	}
	return s.done(c, to, s.render.Lang(lang).T("menu.saved"))
}

// SavePreferences stores the language and colours a person wants. What is not on offer is left as it was. It gives the language from
// now on and the page to go on with.
func SavePreferences(c echo.Context, users *access.Users) (lang, to string, err error) {
	who := access.Who(c.Request().Context())
	lang = c.FormValue("language")
	theme := c.FormValue("theme")
	if !slices.Contains(appliance.Languages, lang) {
		lang = who.User.Language
	}
	if !slices.Contains([]string{"", "day", "night"}, theme) {
		theme = who.User.Theme
	}
	if err := users.SetPreferences(who.User.ID, lang, theme); err != nil {
		return "", "", err
	}
	to = "/menu"
	if c.FormValue("next") == "/profile" {
		to = "/profile"
	}
	return lang, to, nil
}
