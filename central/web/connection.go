package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	wire "siteward/appliance/enrol"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// connectionPage is how a site is connected: its keys, one-time codes, what was done with them.
type connectionPage struct {
	ID, Name    string
	Form        view.Form // hours, why
	Hours       []view.Option
	Code        string // just made, shown once
	Command     string
	Address     string
	Expires     time.Time
	Fingerprint string
	Keys        []keyRow
	Good        int
	Codes       []codeRow
	Changes     []siteRow
}

type keyRow struct {
	Finger, State, Word, Why string
	From, Until              time.Time
}

type codeRow struct {
	ID, By, State, Word string
	Made, Expires       time.Time
	Open                bool
}

func (s *Server) connectionRoutes() {
	s.echo.GET("/sites/new", s.newSite)
	s.echo.POST("/sites/new", s.addSite)
	s.echo.GET("/sites/:site/connection", s.connection)
	s.echo.POST("/sites/:site/connection/code", s.makeCode)
	s.echo.POST("/sites/:site/connection/code/:code/revoke", s.revokeCode)
	s.echo.POST("/sites/:site/connection/revoke", s.revokeSite)
}

func (s *Server) connection(c echo.Context) error {
	return s.showConnection(c, http.StatusOK, connectionPage{Form: view.Form{Values: map[string]string{"hours": "72", "why": ""}}})
}

// codeHours are the lives of a code that the page offers.
var codeHours = []int{1, 24, 72, 7 * 24, 30 * 24}

func (s *Server) showConnection(c echo.Context, status int, page connectionPage) error {
	ctx := c.Request().Context()
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	now := s.Now()
	page.ID, page.Name, page.Fingerprint, page.Address = string(row.Site.ID), tame(row.Site.Name, 80), s.Enrol.Fingerprint(), s.URL
	for _, h := range codeHours {
		page.Hours = append(page.Hours, view.Option{Value: strconv.Itoa(h), Label: l.Duration(time.Duration(h) * time.Hour)})
	}
	for _, k := range slices.Backward(row.Site.Keys) {
		r := keyRow{Finger: wire.Fingerprint(k.Public), From: k.From, Until: k.Revoked, Why: tame(k.Why, 200), State: "paused", Word: l.T("central.key_over")}
		if k.Good(now) {
			page.Good++
			r.State, r.Word = "ok", l.T("central.key_good")
		}
		page.Keys = append(page.Keys, r)
	}
	codes, err := s.Enrol.Codes(ctx, row.Site.ID)
	if err != nil {
		return err
	}
	for _, k := range codes {
		r := codeRow{ID: k.ID, By: byWhom(l, k.By), Made: k.Made, Expires: k.Expires, State: "paused", Word: l.T("central.code_expired")}
		switch {
		case !k.Used.IsZero():
			r.Word = l.T("central.code_used", "at", k.Used)
		case now.Before(k.Expires):
			r.Open, r.State, r.Word = true, "ok", l.T("central.code_open")
		}
		page.Codes = append(page.Codes, r)
	}
	changes, err := s.Enrol.Changes(ctx, row.Site.ID)
	if err != nil {
		return err
	}
	for _, ch := range changes {
		page.Changes = append(page.Changes, siteRow{Name: l.T("central.change_" + ch.What), Text: tame(byWhom(l, ch.By)+" "+ch.Why, 200), At: ch.At})
	}
	frame.Title = l.T("central.connection_of", "name", page.Name)
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store")
	return s.Render(c, status, "central-connection", frame, page)
}

// makeCode makes a one-time code and shows it once, with the command that is typed at the site.
func (s *Server) makeCode(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	page := connectionPage{Form: ui.FormOf(c, "hours", "why")}
	hours, _ := strconv.Atoi(page.Form.Value("hours")) //nolint:errcheck // what is no number is the usual time
	if !slices.Contains(codeHours, hours) {
		hours = 72
	}
	if page.Code, page.Expires, err = s.Enrol.NewCode(c.Request().Context(), row.Site.ID, ui.Actor(c).Name, time.Duration(hours)*time.Hour); err != nil {
		return err
	}
	page.Command = "siteward connect " + s.URL + " " + page.Code
	s.audit(c, "site "+string(row.Site.ID), "code_added", "made a code for the site "+row.Site.Name, map[string]any{"Name": row.Site.Name})
	return s.showConnection(c, http.StatusOK, page)
}

func (s *Server) revokeCode(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	if err := s.Enrol.RevokeCode(c.Request().Context(), row.Site.ID, c.Param("code"), ui.Actor(c).Name); err != nil {
		return err
	}
	s.audit(c, "site "+string(row.Site.ID), "code_revoked", "took back a code of the site "+row.Site.Name, map[string]any{"Name": row.Site.Name})
	return ui.Done(c, "/sites/"+string(row.Site.ID)+"/connection", s.Lang(s.Frame(c, "")).T("central.code_gone"))
}

// revokeSite takes all keys of a site back.
func (s *Server) revokeSite(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	page := connectionPage{Form: ui.FormOf(c, "hours", "why")}
	l := s.Lang(s.Frame(c, ""))
	if err := s.Enrol.Revoke(c.Request().Context(), row.Site.ID, ui.Actor(c).Name, page.Form.Value("why")); err != nil {
		if !ui.FailForm(&page.Form, l, err, nil) {
			return err
		}
		return s.showConnection(c, http.StatusUnprocessableEntity, page)
	}
	s.audit(c, "site "+string(row.Site.ID), "keys_revoked", "revoked the keys of the site "+row.Site.Name, map[string]any{"Name": row.Site.Name})
	return ui.Done(c, "/sites/"+string(row.Site.ID)+"/connection", l.T("central.keys_gone"))
}

// newSitePage adds a site.
type newSitePage struct {
	Form   view.Form
	Groups []view.Option
}

func (s *Server) newSite(c echo.Context) error {
	return s.showNewSite(c, http.StatusOK, view.Form{Values: map[string]string{"name": "", "group": "0"}})
}

func (s *Server) showNewSite(c echo.Context, status int, form view.Form) error {
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
	page := newSitePage{Form: form, Groups: groupOptions(l, groups, scope)}
	page.Groups[0] = view.Option{Value: "0", Label: l.T("central.no_group")}
	frame.Title = l.T("central.site_new")
	return s.Render(c, status, "central-new", frame, page)
}

func (s *Server) addSite(c echo.Context) error {
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	l := s.Lang(s.Frame(c, ""))
	form := ui.FormOf(c, "name", "group")
	site := central.Site{ID: central.NewSiteID(), Name: tame(form.Value("name"), 80), Added: s.Now().UTC(), By: ui.Actor(c).Name}
	if site.Name == "" {
		form.Fail("name", l.T("central.need_name"))
	}
	if v := form.Value("group"); v != "0" && v != "" {
		if site.Group, err = appliance.ParseID(v); err != nil {
			form.Fail("group", l.T("central.need_group"))
		}
	}
	if f := (central.FleetFilter{Groups: scope}); !f.Sees(site.Group) {
		form.Fail("group", l.T("central.need_group"))
	}
	if form.OK() {
		err := s.Store.PutSite(c.Request().Context(), &site)
		if err == nil {
			s.audit(c, "site "+string(site.ID), "site_added", "added the site "+site.Name, map[string]any{"Name": site.Name})
			return ui.Done(c, "/sites/"+string(site.ID)+"/connection", l.T("central.site_added_done", "name", site.Name))
		}
		if !ui.FailForm(&form, l, err, nil) {
			return err
		}
	}
	return s.showNewSite(c, http.StatusUnprocessableEntity, form)
}
