package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// siteEdit is what people enter about a site.
type siteEdit struct {
	ID     string
	Form   view.Form
	Groups []view.Option
	Rings  []view.Option
}

func (s *Server) siteForm(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	v := map[string]string{"name": row.Site.Name, "note": row.Site.Note, "paused": row.Site.Paused, "group": row.Site.Group.String(), "version": strconv.FormatUint(row.Site.Version, 10),
		"every": strconv.Itoa(int(time.Duration(row.Site.Every).Minutes())), "ring": row.Site.Ring, "grace": strconv.Itoa(int(time.Duration(row.Site.Grace).Minutes()))}
	return s.showSite(c, http.StatusOK, siteEdit{ID: string(row.Site.ID), Form: view.Form{Values: v}})
}

func (s *Server) showSite(c echo.Context, status int, page siteEdit) error {
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	page.Groups = groupOptions(l, groups, scope)
	page.Groups[0] = view.Option{Value: "0", Label: l.T("central.no_group")}
	page.Rings = ringOptions(l)[1:]
	if page.Form.Value("ring") == "" {
		page.Form.Values["ring"] = central.Rings[len(central.Rings)-1]
	}
	frame.Title = l.T("central.edit_title", "name", tame(page.Form.Value("name"), 80))
	return s.Render(c, status, "central-edit", frame, page)
}

func (s *Server) saveSite(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	l := s.Lang(s.Frame(c, ""))
	form := ui.FormOf(c, "name", "note", "paused", "group", "version", "every", "grace", "ring")
	site := row.Site
	site.Name, site.Note, site.Paused = tame(form.Value("name"), 80), tame(form.Value("note"), 300), tame(form.Value("paused"), 200)
	site.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) //nolint:errcheck // what is no number was changed meanwhile
	if site.Name == "" {
		form.Fail("name", l.T("central.need_name"))
	}
	for field, to := range map[string]*appliance.Duration{"every": &site.Every, "grace": &site.Grace} {
		n, err := strconv.Atoi(form.Value(field))
		if form.Value(field) == "" {
			n, err = 0, nil
		}
		if err != nil || n < 0 || n > 7*24*60 {
			form.Fail(field, l.T("central.need_minutes"))
		}
		*to = appliance.Duration(time.Duration(n) * time.Minute)
	}
	see := central.FleetFilter{Groups: scope}
	group, err := appliance.ParseID(form.Value("group"))
	if form.Value("group") == "0" || form.Value("group") == "" {
		group, err = 0, nil
	}
	if err != nil || !see.Sees(group) {
		form.Fail("group", l.T("central.need_group"))
	}
	site.Group = group
	if site.Ring = form.Value("ring"); !slices.Contains(central.Rings, site.Ring) {
		site.Ring = ""
	}
	if form.OK() {
		err = s.Store.PutSite(c.Request().Context(), &site)
		if err == nil && (site.Group != row.Site.Group || site.Name != row.Site.Name) {
			err = central.AlarmsFollow(c.Request().Context(), s.Store, site.ID)
		}
		if err == nil {
			s.audit(c, "site "+string(site.ID), "site_changed", "changed the site "+site.Name, map[string]any{"Name": site.Name})
			return ui.Done(c, "/sites/"+string(site.ID), l.T("central.site_saved"))
		}
		if !ui.FailForm(&form, l, err, nil) {
			return err
		}
	}
	return s.showSite(c, http.StatusUnprocessableEntity, siteEdit{ID: string(site.ID), Form: form})
}
