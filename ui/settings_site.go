package ui

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsSiteRoutes() {
	s.echo.GET("/settings/site", s.settingsSite)
	s.echo.POST("/settings/site", s.saveSite)
	s.echo.POST("/settings/site/takeover", s.takeOverSite)
}

func (s *Server) siteTile(_ context.Context, l *Lang, k keeping) (view.Tile, error) {
	return view.Tile{Value: k.site.Name, Text: l.T("settings.site_fact", "language", l.T("language."+k.site.Language), "zone", k.site.TimeZone)}, nil
}

// siteFields are the fields of the site's form with their words, named as the domain names them.
var siteFields = map[string]string{"name": "site.name", "language": "site.language", "time_zone": "site.time_zone",
	"holiday_region": "site.holiday_region", "days_off": "site.days_off", "day_start": "site.day_start", "hotline": "site.hotline", "provider": "site.provider"}

func (s *Server) settingsSite(c echo.Context) error {
	site, err := s.site(c.Request().Context())
	if err != nil {
		return err
	}
	return s.showSite(c, http.StatusOK, view.Form{Values: siteValues(site)}, site.Owned)
}

func siteValues(site appliance.Site) map[string]string {
	values := map[string]string{"name": site.Name, "language": site.Language, "time_zone": site.TimeZone,
		"holiday_region": site.HolidayRegion, "days_off": daysOffText(site.DaysOff), "day_start": site.DayStart, "hotline": site.Hotline, "provider": site.Provider}
	for _, r := range appliance.Receivers {
		if site.Receives(r) {
			values[string(r)] = "1"
		}
	}
	return values
}

func (s *Server) showSite(c echo.Context, status int, form view.Form, owned map[string]string) error {
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("site.title", "name", frame.Site)
	page := view.SettingsSite{Form: form, Languages: l.languages(), Zones: zones(), Regions: l.regions(), Owned: owned,
		Files: strings.Join(slices.Compact(slices.Sorted(maps.Values(owned))), ", "), CanEdit: can(c, access.EditSite), CanApply: can(c, access.ApplySite)}
	region := form.Value("holiday_region")
	if !slices.ContainsFunc(page.Regions, func(o view.Option) bool { return o.Value == region }) {
		page.Regions = append(page.Regions, view.Option{Value: region, Label: region}) // a site file may name others
	}
	for _, r := range appliance.Receivers {
		page.Receivers = append(page.Receivers, view.Option{Value: string(r), Label: l.T("receiver." + string(r))})
	}
	page.Lines = []view.Line{
		{Name: l.T("site.name"), Value: form.Value("name")},
		{Name: l.T("site.language"), Value: labelOf(page.Languages, form.Value("language"))},
		{Name: l.T("site.time_zone"), Value: form.Value("time_zone")},
		{Name: l.T("site.holiday_region"), Value: labelOf(page.Regions, region)},
		{Name: l.T("site.days_off"), Value: strings.ReplaceAll(form.Value("days_off"), "\n", ", ")},
		{Name: l.T("site.day_start"), Value: form.Value("day_start")},
		{Name: l.T("site.hotline"), Value: form.Value("hotline")},
		{Name: l.T("site.provider"), Value: form.Value("provider")},
	}
	if off := receiversOff(form); len(off) > 0 {
		page.Lines = append(page.Lines, view.Line{Name: l.T("site.receivers"), Value: l.receiversOff(off)})
	}
	return s.render.Page(c, status, "settings-site", frame, page)
}

func (s *Server) saveSite(c echo.Context) error {
	_, l := s.settingsFrame(c)
	fields := []string{"name", "language", "time_zone", "holiday_region", "days_off", "day_start", "hotline", "provider"}
	for _, r := range appliance.Receivers {
		fields = append(fields, string(r))
	}
	form := formOf(c, fields...)
	site, err := s.site(c.Request().Context())
	if err != nil {
		return err
	}
	for key, value := range siteValues(site) {
		if site.Owned[key] != "" {
			form.Values[key] = value // shown, not asked
		}
	}
	site.Name, site.Language, site.TimeZone = form.Value("name"), form.Value("language"), form.Value("time_zone")
	site.HolidayRegion, site.Hotline, site.Provider = form.Value("holiday_region"), form.Value("hotline"), form.Value("provider")
	site.DayStart, site.DaysOff = form.Value("day_start"), parseDaysOff(form.Value("days_off"))
	if c.FormValue("receivers") != "" { // the boxes were on the page: one that is not sent is not ticked
		site.ReceiversOff = receiversOff(form)
	}
	if err := s.App.SaveSite(c.Request().Context(), actor(c), site); err != nil {
		if !s.refuse(&form, l, err, siteFields) {
			return err
		}
		return s.showSite(c, http.StatusUnprocessableEntity, form, site.Owned)
	}
	return s.done(c, "/settings/site", s.render.Lang(s.language(c, access.Who(c.Request().Context()).User)).T("site.saved"))
}

// takeOverSite makes the fields of the site file ones that are changed here.
func (s *Server) takeOverSite(c echo.Context) error {
	if err := s.App.TakeOverSite(c.Request().Context(), actor(c)); err != nil {
		return err
	}
	return s.done(c, "/settings/site", s.render.Lang(s.frame(c, "").Lang).T("site.taken_over"))
}

// receiversOff says which receivers are switched off.
func (l *Lang) receiversOff(off []appliance.Receiver) string {
	words := make([]string, len(off))
	for i, r := range off {
		words[i] = l.T("receiver." + string(r))
	}
	return l.T("site.receivers_off", "what", strings.Join(words, ", "))
}

// receiversOff are those whose boxes are not ticked.
func receiversOff(form view.Form) (off []appliance.Receiver) {
	for _, r := range appliance.Receivers {
		if form.Value(string(r)) != "1" {
			off = append(off, r)
		}
	}
	return off
}

// daysOffText writes free days one a line: "12-24 Christmas Eve", "+ 2026-10-31 Reformation Day" for one on which people work.
func daysOffText(days []appliance.DayOff) string {
	lines := make([]string, 0, len(days))
	for _, d := range days {
		line := strings.TrimSpace(d.Day + " " + d.Name)
		if d.Work {
			line = "+ " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// parseDaysOff reads what daysOffText writes. What is no day is refused by the rules of the site.
func parseDaysOff(text string) (days []appliance.DayOff) {
	for line := range strings.Lines(text) {
		line, work := strings.CutPrefix(strings.TrimSpace(line), "+")
		day, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if day != "" {
			days = append(days, appliance.DayOff{Day: day, Name: strings.TrimSpace(name), Work: work})
		}
	}
	return days
}

// labelOf is the word of a choice, or the value itself.
func labelOf(options []view.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// ownedCount counts what files have declared, by file.
func ownedCount(devices []appliance.DeviceView, credentials []appliance.Credential) []view.OwnedByFile {
	by := map[string]*view.OwnedByFile{}
	of := func(file string) *view.OwnedByFile {
		if by[file] == nil {
			by[file] = &view.OwnedByFile{File: file}
		}
		return by[file]
	}
	for _, d := range devices {
		if d.Owner != "" {
			of(d.Owner).Devices++
		}
	}
	for _, c := range credentials {
		if c.Owner != "" {
			of(c.Owner).Credentials++
		}
	}
	var out []view.OwnedByFile
	for _, o := range by {
		out = append(out, *o)
	}
	slices.SortFunc(out, byText(func(o view.OwnedByFile) string { return o.File }))
	return out
}
