package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/calendar"
	"siteward/ui/view"
)

func (s *Server) backupRoutes() {
	s.echo.GET("/backups", s.backups)
	s.echo.GET("/backups.csv", s.backupsCSV)
	s.echo.GET("/backups/runs/:id/text", s.runText)
	s.echo.GET("/backups/:id", s.backupJob)
	s.echo.GET("/backups/:id/chart", s.backupChart)
	s.echo.GET("/backups/:id/runs.csv", s.backupRunsCSV)
	s.echo.GET("/backups/:id/edit", s.editBackupJob)
	s.echo.POST("/backups/:id/edit", s.saveBackupJob)
	s.echo.POST("/backups/:id/accept", s.acceptBackupJob)
	s.echo.POST("/backups/:id/ignore", s.ignoreBackupJob)
	s.echo.POST("/backups/:id/merge", s.mergeBackupJob)
	s.echo.POST("/backups/:id/restore", s.restoreTest)
	s.echo.POST("/backups/:id/pause", s.pauseBackupJob)
	s.echo.POST("/backups/:id/resume", s.resumeBackupJob)
	s.echo.GET("/backups/:id/delete", s.deleteBackupJob)
	s.echo.POST("/backups/:id/delete", s.deleteBackupJob)
}

// verdictStates are the shapes of verdicts.
var verdictStates = map[appliance.Verdict]appliance.State{
	appliance.VerdictSuccess: appliance.StateOK, appliance.VerdictWarning: appliance.StateWarning, appliance.VerdictFailed: appliance.StateCritical,
	appliance.VerdictNoResult: appliance.StateNoData, appliance.VerdictPaused: appliance.StatePaused, appliance.VerdictWindow: appliance.StateMaintenance,
}

// vault is the page while it is made.
type vault struct {
	l     *Lang
	jobs  []appliance.BackupJobView
	cal   *calendar.Calendar
	now   time.Time
	today calendar.Day // the newest business day
	first calendar.Day
	days  map[appliance.ID][]appliance.JobDay
	path  string
}

func (s *Server) vaultOf(ctx context.Context, l *Lang, last calendar.Day, span int) (*vault, error) {
	site, err := s.site(ctx)
	if err != nil {
		return nil, err
	}
	v := &vault{l: l, cal: calendar.Of(site), now: s.App.Now(), days: map[appliance.ID][]appliance.JobDay{}}
	if v.jobs, err = s.App.BackupJobs(ctx); err != nil {
		return nil, err
	}
	v.today = v.cal.DayOf(v.now)
	if last == (calendar.Day{}) || last.After(v.today) {
		last = v.today
	}
	v.first = last.Add(1 - span)
	rows, err := s.App.BackupDays(ctx, v.cal.Start(v.first), v.cal.Start(last))
	for _, r := range rows {
		v.days[r.Job] = r.Days
	}
	return v, err
}

// accepted are the jobs that are watched.
func (v *vault) accepted() []appliance.BackupJobView {
	return slices.DeleteFunc(slices.Clone(v.jobs), func(j appliance.BackupJobView) bool { return j.Status != appliance.JobAccepted })
}

// night counts the verdicts of the last night: of the newest business day on which anything was due, today or yesterday.
func (v *vault) night() map[appliance.Verdict]int {
	for _, day := range []calendar.Day{v.today, v.today.Add(-1)} {
		sum, settled := map[appliance.Verdict]int{}, false
		for _, j := range v.accepted() {
			for _, d := range v.days[j.ID] {
				if d.Day != day.String() || d.Verdict == appliance.VerdictNone {
					continue
				}
				sum[d.Verdict]++
				settled = settled || d.Verdict != appliance.VerdictPending
			}
		}
		if settled {
			return sum
		}
	}
	return nil
}

// title is the verdict of the night.
func (v *vault) title() string {
	l := v.l
	if len(v.accepted()) == 0 {
		return l.T("backups.title_none")
	}
	night := v.night()
	all := 0
	for _, n := range night {
		all += n
	}
	good := night[appliance.VerdictSuccess]
	switch all {
	case 0:
		return l.T("backups.title_nothing")
	case good:
		return l.T("backups.title_all", "n", all)
	}
	var parts []string
	for _, x := range []struct {
		verdicts []appliance.Verdict
		key      string
	}{{[]appliance.Verdict{appliance.VerdictFailed}, "backups.part_failed"}, {[]appliance.Verdict{appliance.VerdictNoResult}, "backups.part_missing"},
		{[]appliance.Verdict{appliance.VerdictWarning}, "backups.part_warning"}, {[]appliance.Verdict{appliance.VerdictRunning, appliance.VerdictPending}, "backups.part_waiting"}} {
		n := 0
		for _, verdict := range x.verdicts {
			n += night[verdict]
		}
		if n > 0 {
			parts = append(parts, l.T(x.key, "n", n))
		}
	}
	return l.T("backups.title_some", "good", good, "total", all, "list", strings.Join(parts, ", "))
}

// spanOf reads how many days are asked for, and up to which.
func spanOf(c echo.Context) (last calendar.Day, span int) {
	span = 14
	if c.QueryParam("days") == "31" {
		span = 31
	}
	last, _ = calendar.ParseDay(c.QueryParam("to"))
	return last, span
}

func (s *Server) backups(c echo.Context) error {
	frame := s.frame(c, "backups")
	last, span := spanOf(c)
	v, err := s.vaultOf(c.Request().Context(), s.render.Lang(frame.Lang), last, span)
	if err != nil {
		return err
	}
	page := view.Backups{Partial: partialOf(c, &frame), Edit: can(c, access.EditBackups), DayStart: calendar.Clock(v.cal.DayStart())}
	list := view.NewList("/backups", without(c.QueryParams(), "run"), "")
	list.Query.Del("job")
	list.Query.Del("day")
	v.path = list.With("", "")
	page.CSV = list.CSV()
	v.fillPeriod(&page, list, span)
	for _, j := range v.accepted() {
		page.Rows = append(page.Rows, v.row(j, c.QueryParam("job"), c.QueryParam("day")))
		page.Jobs = append(page.Jobs, v.jobRow(j))
	}
	for _, j := range v.jobs {
		switch {
		case j.Status == appliance.JobProposed && page.Edit:
			page.Proposals = append(page.Proposals, v.proposal(j, s.sourceName(c, j)))
		case j.Status == appliance.JobIgnored && page.Edit:
			page.Ignored = append(page.Ignored, v.jobRow(j))
		}
	}
	if page.Drawer, err = s.cellEvidence(c, v); err != nil {
		return err
	}
	if len(page.Rows) == 0 {
		page.Empty = &view.Empty{Icon: "archive", Title: v.l.T("backups.empty"), Text: v.l.T("backups.empty_text")}
	}
	r, err := s.readerOf(c, frame, "")
	if err != nil {
		return err
	}
	page.Lead = v.lead()
	if len(page.Rows) > 0 {
		page.Lead = strings.TrimSpace(page.Lead + " " + r.backupsRead(c.Request().Context(), s.App))
	}
	frame.Title = v.title()
	frame.Live = true
	return s.render.Page(c, http.StatusOK, "backups", frame, page)
}

// lead says what is proposed and what waits.
func (v *vault) lead() string {
	n := len(v.accepted())
	if n == 0 {
		return v.l.T("backups.lead_none")
	}
	return v.l.T("backups.lead", "n", n)
}

func (v *vault) fillPeriod(page *view.Backups, list view.List, span int) {
	l, last := v.l, v.first.Add(span-1)
	page.Period = l.T("backups.period", "from", l.dayName(v.first), "to", l.dayName(last))
	page.Earlier = list.With("to", last.Add(-span).String())
	if last.Before(v.today) {
		page.Later = list.With("to", last.Add(span).String())
	}
	for _, n := range []int{14, 31} {
		href := list.With("days", strconv.Itoa(n))
		if n == 14 {
			href = list.With("days", "")
		}
		page.Spans = append(page.Spans, view.PeriodLink{Label: l.T("backups.days", "n", n), Href: href, Current: n == span})
	}
	for d := v.first; !d.After(last); d = d.Add(1) {
		head := view.BackupDay{Weekday: l.T("backups.weekday_" + strconv.Itoa(int(d.Weekday()))), Number: strconv.Itoa(d.Day), Free: !v.cal.Business(d)}
		if h, ok := v.cal.Holiday(d); ok {
			head.Title = l.holiday(h)
		}
		page.Days = append(page.Days, head)
	}
}
