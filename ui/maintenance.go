package ui

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) maintenanceRoutes() {
	s.echo.GET("/maintenance", s.maintenance)
	s.echo.GET("/maintenance.csv", s.maintenanceCSV)
	s.echo.GET("/maintenance/new", s.newWindow)
	s.echo.POST("/maintenance/new", s.saveWindow)
	s.echo.GET("/maintenance/:id", s.window)
	s.echo.GET("/maintenance/:id/edit", s.editWindow)
	s.echo.POST("/maintenance/:id/edit", s.saveWindow)
	s.echo.GET("/maintenance/:id/calendar.ics", s.windowCalendar)
	s.echo.POST("/maintenance/:id/announce", s.announceWindow)
	s.echo.POST("/maintenance/:id/answer", s.answerWindow)
	s.echo.POST("/maintenance/:id/start", s.startWindow)
	s.echo.POST("/maintenance/:id/end", s.endWindow)
	s.echo.POST("/maintenance/:id/extend", s.extendWindow)
	s.echo.POST("/maintenance/:id/cancel", s.cancelWindow)
	s.echo.POST("/maintenance/:id/delete", s.deleteWindow)
	s.echo.POST("/devices/:id/maintenance", s.beginWindow)
}

// things are what windows may be about, by number.
type things struct {
	devices, jobs map[appliance.ID]string
	order         []appliance.DeviceView
	backups       []appliance.BackupJobView
}

func (s *Server) things(ctx context.Context) (things, error) {
	t := things{devices: map[appliance.ID]string{}, jobs: map[appliance.ID]string{}}
	var err error
	if t.order, err = s.App.Devices(ctx); err != nil {
		return t, err
	}
	if t.backups, err = s.App.BackupJobs(ctx); err != nil {
		return t, err
	}
	for _, d := range t.order {
		t.devices[d.ID] = d.Name
	}
	for _, j := range t.backups {
		t.jobs[j.ID] = j.Name
	}
	return t, nil
}

// windowGroups are the chips of the list.
var windowGroups = []struct {
	key string
	in  func(appliance.WindowView) bool
}{
	{"unanswered", func(v appliance.WindowView) bool { return v.State == appliance.WindowAnnounced && coming(v) }},
	{"short", func(v appliance.WindowView) bool { return v.Short || v.Kind == appliance.WindowAdHoc }},
}

func coming(v appliance.WindowView) bool { return v.Run != nil || !v.Next.IsZero() }

// windowsOf are the windows that the address asks for.
func (s *Server) windowsOf(c echo.Context, l *Lang, t things) (all, shown []appliance.WindowView, err error) {
	if all, err = s.App.Windows(c.Request().Context()); err != nil {
		return nil, nil, err
	}
	if !can(c, access.EditWindows) { // a draft is a thought of the technician
		kept := all[:0:0]
		for _, v := range all {
			if v.State != appliance.WindowDraft {
				kept = append(kept, v)
			}
		}
		all = kept
	}
	words := strings.Fields(c.QueryParam("q"))
	for _, v := range all {
		ok := true
		for _, g := range windowGroups {
			ok = ok && (c.QueryParam("of") != g.key || g.in(v))
		}
		text := v.Title + " " + v.Effect + " " + v.Comment + " " + l.windowAbout(v.Window, t.devices, t.jobs) + " " + l.T("maintenance.state_"+string(v.State))
		for _, w := range words {
			ok = ok && contains(text, w)
		}
		if ok {
			shown = append(shown, v)
		}
	}
	return all, shown, nil
}

func (s *Server) maintenance(c echo.Context) error {
	frame := s.frame(c, "maintenance")
	l := s.render.Lang(frame.Lang)
	t, err := s.things(c.Request().Context())
	if err != nil {
		return err
	}
	all, shown, err := s.windowsOf(c, l, t)
	if err != nil {
		return err
	}
	page := view.Maintenance{List: view.NewList("/maintenance", c.QueryParams(), ""), CanPlan: can(c, access.EditWindows), CanLink: can(c, access.ManageTokens)}
	held := map[appliance.ID]int{}
	runs, err := s.App.WindowRuns(c.Request().Context(), 0, 500)
	if err != nil {
		return err
	}
	for _, r := range runs {
		held[r.Window] += len(r.Suppressed) + r.More
	}
	for _, v := range shown {
		row := l.windowRow(v, l.windowAbout(v.Window, t.devices, t.jobs))
		row.Held = held[v.ID]
		if coming(v) {
			page.Coming = append(page.Coming, row)
		} else {
			page.Over = append(page.Over, row)
		}
	}
	page.Chips = append(page.Chips, page.List.Chip("of", "", l.T("maintenance.chip_all"), "", len(all)))
	for _, g := range windowGroups {
		n := 0
		for _, v := range all {
			if g.in(v) {
				n++
			}
		}
		page.Chips = append(page.Chips, page.List.Chip("of", g.key, l.T("maintenance.chip_"+g.key), "", n))
	}
	page.Counted = s.countedWindows(l, all)
	page.Empty = view.Empty{Icon: "wrench", Title: l.T("maintenance.none"), Text: l.T("maintenance.none_text")}
	if len(all) > 0 {
		page.Empty = view.Empty{Icon: "filter", Title: l.T("maintenance.nothing"), Text: l.T("maintenance.nothing_text"), Href: "/maintenance", Link: l.T("maintenance.show_all")}
	} else if page.CanPlan {
		page.Empty.Href, page.Empty.Link, page.Empty.Button = "/maintenance/new", l.T("maintenance.plan"), true
	}
	frame.Title = l.maintenanceTitle(all)
	return s.render.Page(c, http.StatusOK, "maintenance", frame, page)
}

// maintenanceTitle answers what is next.
func (l *Lang) maintenanceTitle(all []appliance.WindowView) string {
	for _, v := range all {
		if v.Run != nil {
			return l.T("maintenance.title_running", "title", v.Title, "until", l.When(v.Run.Plan.Until))
		}
	}
	for _, v := range all {
		if !v.Next.IsZero() && v.State.Due() {
			return l.T("maintenance.title_next", "title", v.Title, "when", l.windowSpan(v.Next.From, v.Next.Until))
		}
	}
	return l.T("maintenance.title_none")
}

// countedWindows says how many of this year kept their notice.
func (s *Server) countedWindows(l *Lang, all []appliance.WindowView) string {
	year := l.Local(s.App.Now()).Year()
	n := map[appliance.WindowKind]int{}
	for _, v := range all {
		if l.Local(v.From).Year() == year && v.State != appliance.WindowDraft && v.State != appliance.WindowCancelled {
			n[v.Kind]++
		}
	}
	return l.T("maintenance.counted", "year", strconv.Itoa(year), "n", n[appliance.WindowEmergency], "planned", n[appliance.WindowPlanned], "adhoc", n[appliance.WindowAdHoc])
}

var windowHeads = []string{"id", "kind", "state", "title", "from", "until", "rule", "notice_business_days", "short", "about", "effect", "comment", "reason"}

func (s *Server) maintenanceCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	t, err := s.things(c.Request().Context())
	if err != nil {
		return err
	}
	_, shown, err := s.windowsOf(c, l, t)
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(shown))
	for _, v := range shown {
		row := l.windowRow(v, "")
		about := l.windowAbout(v.Window, t.devices, t.jobs)
		span := v.Next
		if span.IsZero() {
			span = appliance.WindowSpan{From: v.From, Until: v.Until}
		}
		rows = append(rows, []string{v.ID.String(), string(v.Kind), string(v.State), v.Title, l.iso(span.From), l.iso(span.Until), v.Rule, strconv.Itoa(v.Notice), strconv.FormatBool(row.Short), about, v.Effect, v.Comment, v.Reason})
	}
	return WriteCSV(c, "maintenance", windowHeads, rows)
}
