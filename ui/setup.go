package ui

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) setupRoutes() {
	s.echo.GET("/setup", s.setupForm)
	s.echo.POST("/setup", s.setup)
}

func (s *Server) setupForm(c echo.Context) error {
	if err := s.Gate.Setup.Check(c.QueryParam("token")); err != nil {
		return err
	}
	lang := s.browserLanguage(c)
	values := map[string]string{"language": lang, "zone": homeOf[lang].zone, "region": homeOf[lang].region}
	if old, err := s.App.Site(c.Request().Context()); err == nil { // of a site file that was applied before
		values = map[string]string{"site": old.Name, "language": old.Language, "zone": old.TimeZone, "region": old.HolidayRegion}
	}
	return s.showSetup(c, http.StatusOK, view.Form{Values: values})
}

// homeOf proposes zone and holidays from the browser's language; people change it where it is wrong.
var homeOf = map[string]struct{ zone, region string }{
	"de": {"Europe/Berlin", "DE"}, "nl": {"Europe/Amsterdam", "NL"}, "en": {"Europe/London", ""},
}

func (s *Server) showSetup(c echo.Context, status int, form view.Form) error {
	frame := s.frame(c, "")
	if lang := c.FormValue("language"); slices.Contains(appliance.Languages, lang) {
		frame.Lang = lang
	}
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("setup.title")
	return s.render.Page(c, status, "setup", frame, view.Setup{
		Form: form, Languages: l.languages(), Zones: zones(), Regions: l.regions(),
	})
}

// setup stores the site and makes the first administrator, then signs him in and goes to the form of the first device.
func (s *Server) setup(c echo.Context) error {
	form := formOf(c, "site", "language", "zone", "region", "name")
	site := appliance.Site{Name: form.Value("site"), Language: form.Value("language"), TimeZone: form.Value("zone"),
		HolidayRegion: form.Value("region"), Created: s.App.Now()}
	if old, err := s.App.Site(c.Request().Context()); err == nil {
		site = setUpAgain(old, site)
	}
	l := s.render.Lang(site.Language)
	s.checkSetup(&form, l)
	if !form.OK() {
		return s.showSetup(c, http.StatusUnprocessableEntity, form)
	}
	u := &appliance.User{Name: form.Value("name"), Role: appliance.RoleAdministrator, Language: site.Language}
	password := c.FormValue("password")
	err := s.Gate.Setup.Finish(c.Request().Context(), c.QueryParam("token"), access.Who(c.Request().Context()).Address, u, password,
		func(by appliance.Actor) error { return s.App.SaveSite(c.Request().Context(), by, site) })
	if err != nil {
		if !s.failForm(&form, l, err, map[string]string{"full_name": "name"}) {
			return err
		}
		return s.showSetup(c, http.StatusUnprocessableEntity, form)
	}
	if _, err := s.Gate.SignIn(c.Response(), c.Request(), u.Name, password); err != nil {
		return c.Redirect(http.StatusSeeOther, "/signin")
	}
	return c.Redirect(http.StatusSeeOther, "/devices/new")
}

// setUpAgain is a site that is there, with what was entered at the set-up, but for what its file declares.
func setUpAgain(old, entered appliance.Site) appliance.Site {
	for field, place := range map[string][2]*string{"name": {&old.Name, &entered.Name}, "language": {&old.Language, &entered.Language},
		"time_zone": {&old.TimeZone, &entered.TimeZone}, "holiday_region": {&old.HolidayRegion, &entered.HolidayRegion}} {
		if old.Owned[field] == "" {
			*place[0] = *place[1]
		}
	}
	return old
}

func (s *Server) checkSetup(form *view.Form, l *Lang) {
	if form.Value("site") == "" {
		form.Fail("site", l.T("setup.needsite"))
	}
	if !slices.Contains(appliance.Languages, form.Value("language")) {
		form.Fail("language", l.T("setup.needlanguage"))
	}
	if _, err := time.LoadLocation(form.Value("zone")); err != nil || form.Value("zone") == "" {
		form.Fail("zone", l.T("setup.needzone"))
	}
	if !slices.Contains(regions, form.Value("region")) {
		form.Fail("region", l.T("setup.needregion"))
	}
	if form.Value("name") == "" {
		form.Fail("name", l.T("setup.needname"))
	}
}

func (l *Lang) languages() []view.Option {
	var out []view.Option
	for _, tag := range appliance.Languages {
		out = append(out, view.Option{Value: tag, Label: l.T("language." + tag)})
	}
	return out
}
