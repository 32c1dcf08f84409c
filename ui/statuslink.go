package ui

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/window"
	"siteward/ui/view"
)

// statusPrefix is where people without an account look. The rest of the address is a secret, which no log line holds.
const statusPrefix = "/status/"

func (s *Server) statusRoutes() {
	s.echo.GET("/status/:token", s.status)
	s.echo.GET("/status/:token/calendar.ics", s.statusCalendar)
	s.echo.GET("/status/answer/:token", s.askedWindow)
	s.echo.POST("/status/answer/:token", s.answerAsked)
	s.echo.GET("/maintenance/links", s.statusLinks)
	s.echo.POST("/maintenance/links", s.newStatusLink)
	s.echo.POST("/maintenance/links/:id/delete", s.deleteStatusLink)
}

// statusLink opens the link of the address. Nothing of the answer is kept by anybody in between, and no search engine lists it.
func (s *Server) statusLink(c echo.Context) (appliance.StatusLink, error) {
	h := c.Response().Header()
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set(echo.HeaderCacheControl, "private, no-store")
	return s.App.OpenStatusLink(c.Request().Context(), c.Param("token"))
}

func (s *Server) status(c echo.Context) error {
	link, err := s.statusLink(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	site, err := s.App.Site(ctx)
	if err != nil {
		return err
	}
	frame := view.Frame{Lang: s.language(c, appliance.User{}), AsOf: s.App.Now(), Site: site.Name, Hotline: site.Hotline}
	l := s.render.Lang(frame.Lang)
	views, err := s.App.Devices(ctx)
	if err != nil {
		return err
	}
	o := s.overview()
	state := o.Headline.State
	page := view.Status{State: state.String(), Text: l.T("statuslink.light_" + state.String()), AsOf: s.App.Now(), Hotline: site.Hotline, Calendar: statusPrefix + c.Param("token") + "/calendar.ics"}
	for _, v := range views {
		if slices.Contains(link.Devices, v.ID) {
			page.Devices = append(page.Devices, view.StatusDevice{Name: v.Name, State: v.Worst.String(), Word: l.T("state." + v.Worst.String())})
		}
	}
	coming, err := s.statusWindows(c)
	if err != nil {
		return err
	}
	for _, v := range coming {
		span := v.Next
		if v.Run != nil {
			span = appliance.WindowSpan{From: v.Run.From, Until: v.Run.Plan.Until}
		}
		page.Windows = append(page.Windows, view.StatusWindow{When: l.windowSpan(span.From, span.Until), Title: v.Title, Effect: v.Effect})
	}
	frame.Title = page.Text
	return s.render.Page(c, http.StatusOK, "status", frame, page)
}

// statusWindows are the windows that run or are announced. What was begun at once has a device's name as its title and is left out.
func (s *Server) statusWindows(c echo.Context) ([]appliance.WindowView, error) {
	all, err := s.App.Windows(c.Request().Context())
	return slices.DeleteFunc(slices.Clone(all), func(v appliance.WindowView) bool {
		return !coming(v) || !v.State.Due() || v.Kind == appliance.WindowAdHoc
	}), err
}

func (s *Server) statusCalendar(c echo.Context) error {
	if _, err := s.statusLink(c); err != nil {
		return err
	}
	all, err := s.statusWindows(c)
	if err != nil {
		return err
	}
	site, err := s.App.Site(c.Request().Context())
	if err != nil {
		return err
	}
	var entries []window.Entry
	for _, v := range all {
		entries = append(entries, window.Entry{Window: v.Window, Summary: v.Title, Description: v.Effect, Location: site.Name})
	}
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", window.Calendar(s.zone(), c.Request().Host, s.App.Now(), false, entries...))
}

func (s *Server) statusLinks(c echo.Context) error {
	form := view.Form{Values: map[string]string{"expires": s.App.Now().In(s.zone()).AddDate(1, 0, 0).Format(time.DateOnly)}}
	return s.showStatusLinks(c, http.StatusOK, view.StatusLinks{Form: form})
}

func (s *Server) showStatusLinks(c echo.Context, status int, page view.StatusLinks) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "maintenance")
	l := s.render.Lang(frame.Lang)
	links, err := s.App.StatusLinks(ctx)
	if err != nil {
		return err
	}
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return err
	}
	for _, d := range devices {
		page.Devices = append(page.Devices, view.BackupCheck{Name: "device_" + d.ID.String(), Label: d.Name, On: c.FormValue("device_"+d.ID.String()) != "" && page.Made == ""})
	}
	for _, x := range links {
		row := view.StatusLinkRow{ID: x.ID.String(), Name: x.Name, By: x.By, Created: x.Created, Expires: x.Expires, Shows: l.T("statuslink.shows", "n", len(x.Devices)), State: "ok", Word: l.T("statuslink.open")}
		if !s.App.Now().Before(x.Expires) {
			row.State, row.Word = "paused", l.T("statuslink.expired")
		}
		page.Rows = append(page.Rows, row)
	}
	frame.Title = l.T("statuslink.title")
	return s.render.Page(c, status, "status-links", frame, page)
}

func (s *Server) newStatusLink(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	page := view.StatusLinks{Form: formOf(c, "name", "expires")}
	link := appliance.StatusLink{Name: page.Form.Value("name")}
	if day, err := time.ParseInLocation(time.DateOnly, page.Form.Value("expires"), s.zone()); err == nil {
		link.Expires = day.AddDate(0, 0, 1) // the day itself counts
	}
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if c.FormValue("device_"+d.ID.String()) != "" {
			link.Devices = append(link.Devices, d.ID)
		}
	}
	secret, err := s.App.NewStatusLink(ctx, actor(c), &link)
	if err != nil {
		if !s.failForm(&page.Form, l, err, map[string]string{"devices": ""}) {
			return err
		}
		return s.showStatusLinks(c, http.StatusUnprocessableEntity, page)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-store")
	page.Made, page.Address = link.Name, c.Scheme()+"://"+c.Request().Host+statusPrefix+secret
	page.Form.Values["name"] = ""
	return s.showStatusLinks(c, http.StatusOK, page)
}

func (s *Server) deleteStatusLink(c echo.Context) error {
	id, err := idParam(c)
	if err == nil {
		err = s.App.DeleteStatusLink(c.Request().Context(), actor(c), id)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/maintenance/links", s.render.Lang(s.frame(c, "").Lang).T("statuslink.revoked"))
}
