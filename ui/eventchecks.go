package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) eventCheckRoutes() {
	s.echo.GET("/eventchecks", s.eventChecks)
	s.echo.GET("/eventchecks.csv", s.eventChecksCSV)
	s.echo.POST("/eventchecks/seen", s.seenLog)
	s.spotCheckRoutes()
	s.maintenanceRoutes()
	s.availabilityRoutes()
	s.statusRoutes()
}

// logPage is how many messages a page has, logFile bounds a file.
const (
	logPage = 100
	logFile = 10_000
)

// logRules are the kinds of messages that stand out, in the order of the page. Others of own rules are shown by their name.
var logRules = []string{"signin_failed", "admin_new", "disk_error", "service_crash", "time_jump", "certificate_expiry", "power_event", "config_changed", "link_down"}

func logFilterOf(c echo.Context) appliance.LogFilter {
	f := appliance.LogFilter{Source: c.QueryParam("source"), Rule: c.QueryParam("rule"), Word: strings.TrimSpace(c.QueryParam("q"))}
	f.Device, _ = appliance.ParseID(c.QueryParam("device"))
	f.Before, _ = strconv.ParseUint(c.QueryParam("before"), 10, 64)
	return f
}

func (l *Lang) logRule(name string) string {
	if l.Has("eventchecks.rule_" + name) {
		return l.T("eventchecks.rule_" + name)
	}
	return name
}

func (s *Server) eventChecks(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "eventchecks")
	l := s.render.Lang(frame.Lang)
	f := logFilterOf(c)
	f.Limit = logPage + 1
	ms, err := s.App.LogMessages(ctx, f)
	if err != nil {
		return err
	}
	page := view.EventChecks{List: view.NewList("/eventchecks", c.QueryParams(), "-at"), Source: f.Source, CanSee: can(c, access.ViewTraps)}
	page.List.Query.Del("before")
	frame.Title = l.T("eventchecks.title")
	if len(ms) > logPage {
		ms = ms[:logPage]
		page.More = page.List.With("before", strconv.FormatUint(ms[logPage-1].ID, 10))
	}
	if len(ms) > 0 {
		page.Newest = ms[0].ID
	}
	if page.Rows, err = s.logRows(ctx, l, ms, page.List); err != nil {
		return err
	}
	page.Chips = []view.Chip{{Label: l.T("eventchecks.all"), Href: page.List.With("rule", ""), Current: f.Rule == ""},
		{Label: l.T("eventchecks.hits"), Href: page.List.With("rule", "*"), Current: f.Rule == "*"}}
	for _, r := range logRules {
		page.Chips = append(page.Chips, view.Chip{Label: l.logRule(r), Href: page.List.With("rule", r), Current: f.Rule == r})
	}
	if f.Source != "" {
		page.Active = append(page.Active, view.ChartChoice{Label: l.T("change.only_about", "name", f.Source), Href: page.List.With("source", "")})
	}
	s.logReceiver(ctx, l, &page)
	spot, err := s.App.SpotCheck(ctx)
	if err != nil {
		return err
	}
	switch page.SpotDue = spot.Due(); {
	case page.SpotDue:
		page.Spot = l.T("spotcheck.due", "n", len(spot.Messages))
	case !spot.Signed.IsZero():
		page.Spot = l.T("spotcheck.done", "name", spot.By)
	}
	page.Empty = view.Empty{Icon: "filter", Title: l.T("settings.nothing_found"), Text: l.T("eventchecks.nothing_found"), Href: "/eventchecks", Link: l.T("settings.show_all")}
	if f.Source+f.Rule+f.Word == "" && f.Device == 0 && f.Before == 0 {
		page.Empty = view.Empty{Icon: "search-check", Title: l.T("eventchecks.none"), Text: l.T("eventchecks.none_how")}
	}
	return s.render.Page(c, http.StatusOK, "eventchecks", frame, page)
}

func (s *Server) logReceiver(ctx context.Context, l *Lang, page *view.EventChecks) {
	r := s.App.LogReceiver(ctx)
	if len(r.Addresses) == 0 {
		page.Notes = []string{l.T("eventchecks.nowhere")}
	} else {
		page.Notes = []string{l.T("eventchecks.listens", "at", strings.Join(r.Addresses, ", ")),
			l.T("eventchecks.counts", "received", l.Int(int64(r.Received)), "since", r.Since, "dropped", l.Int(int64(r.Dropped)), "bytes", l.Bytes(float64(r.Bytes)))}
	}
	if site, err := s.site(ctx); err == nil {
		off := slices.DeleteFunc(slices.Clone(site.ReceiversOff), func(r appliance.Receiver) bool { return !strings.HasPrefix(string(r), "syslog_") })
		if len(off) > 0 {
			page.Notes = append(page.Notes, l.receiversOff(off))
		}
	}
	if r.Trouble != "" {
		page.Trouble = l.T("eventchecks.trouble", "why", r.Trouble)
	}
}

// logStates are the marks of syslog's levels: emergency to error, warning, the rest.
func logState(level int) string {
	switch {
	case level >= 0 && level <= 2:
		return "critical"
	case level == 3 || level == 4:
		return "warning"
	}
	return ""
}

var logLevels = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

func levelName(level int) string {
	if level < 0 || level >= len(logLevels) {
		return ""
	}
	return logLevels[level]
}

func (s *Server) logRows(ctx context.Context, l *Lang, ms []appliance.LogMessage, list view.List) ([]view.LogRow, error) {
	seen, err := s.App.SeenUntil(ctx)
	if err != nil {
		return nil, err
	}
	name := s.names(ctx)
	marked := map[string]bool{}
	rows := make([]view.LogRow, 0, len(ms))
	for _, m := range ms {
		row := view.LogRow{At: m.At, ID: m.ID, Count: m.Count, Source: m.Source, SourceHref: list.With("source", m.Source), Host: m.Host, Program: m.App, Text: m.Text,
			State: logState(m.Level), Level: levelName(m.Level)}
		if m.Device != 0 {
			row.Device, row.DeviceHref = name(m.Device), "/devices/"+m.Device.String()
		}
		for _, r := range m.Rules {
			row.Rules = append(row.Rules, view.ChartChoice{Label: l.logRule(r), Href: list.With("rule", r)})
		}
		if until := seen[m.Source]; until > 0 && m.ID <= until && !marked[m.Source] {
			row.SeenHere, marked[m.Source] = true, true
		}
		rows = append(rows, row)
	}
	return rows, nil
}

var logHeads = []string{"id", "time", "stamp", "count", "source", "via", "device", "facility", "level", "host", "app", "pid", "msgid", "rules", "text"}

func (s *Server) eventChecksCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "eventchecks").Lang)
	f := logFilterOf(c)
	f.Limit, f.Before = logFile, 0
	ms, err := s.App.LogMessages(c.Request().Context(), f)
	if err != nil {
		return err
	}
	name := s.names(c.Request().Context())
	rows := make([][]string, 0, len(ms))
	for _, m := range ms {
		device, stamp := "", ""
		if m.Device != 0 {
			device = name(m.Device)
		}
		if !m.Stamp.IsZero() {
			stamp = l.iso(m.Stamp)
		}
		rows = append(rows, []string{strconv.FormatUint(m.ID, 10), l.iso(m.At), stamp, strconv.FormatUint(m.Count, 10), m.Source, m.Via, device,
			strconv.Itoa(m.Facility), levelName(m.Level), m.Host, m.App, m.PID, m.MsgID, strings.Join(slices.Clone(m.Rules), " "), m.Text})
	}
	return WriteCSV(c, "messages", logHeads, rows)
}

func (s *Server) seenLog(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "eventchecks").Lang)
	source := c.FormValue("source")
	id, err := strconv.ParseUint(c.FormValue("until"), 10, 64)
	if err != nil || source == "" || len(source) > 64 {
		return appliance.Errorf(appliance.CodeInvalid, "which messages were read is not said; open the page again")
	}
	if err := s.App.SeenLog(c.Request().Context(), actor(c), source, id); err != nil {
		return err
	}
	flash(c, view.Note{Level: "ok", Title: l.T("eventchecks.seen_done")})
	return c.Redirect(http.StatusSeeOther, view.NewList("/eventchecks", nil, "-at").With("source", source))
}
