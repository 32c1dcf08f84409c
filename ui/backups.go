package ui

import (
	"cmp"
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
	"siteward/appliance/expect"
	"siteward/ui/view"
)

func (s *Server) backupRoutes() {
	s.echo.GET("/backups", s.backups)
	s.echo.GET("/backups.csv", s.backupsCSV)
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

// dayName is a day in words: "20 Nov 2026".
func (l *Lang) dayName(d calendar.Day) string { return l.Date(d.At(12*60, l.zone())) }

func (l *Lang) holiday(h calendar.Holiday) string {
	if h.Key != "" {
		return l.T("holiday." + h.Key)
	}
	return h.Name
}

func (v *vault) row(j appliance.BackupJobView, job, day string) view.BackupRow {
	row := view.BackupRow{Name: j.Name, Href: "/backups/" + j.ID.String(), Sub: v.sub(j)}
	for _, d := range v.days[j.ID] {
		parsed, _ := calendar.ParseDay(d.Day)
		cell := view.BackupCell{Free: !v.cal.Business(parsed), Current: job == j.ID.String() && day == d.Day}
		if d.Verdict != appliance.VerdictNone {
			cell.Word = v.l.T("backups.verdict_" + string(d.Verdict))
			cell.State = verdictStates[d.Verdict].String()
			if d.Verdict == appliance.VerdictPending || d.Verdict == appliance.VerdictRunning {
				cell.State = string(d.Verdict)
			}
			cell.Label = v.l.T("backups.cell", "job", j.Name, "day", v.l.dayName(parsed), "word", cell.Word)
			cell.Href = addQuery(v.path, "job", j.ID.String(), "day", d.Day)
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// addQuery is an address with more in its query.
func addQuery(path string, pairs ...string) string {
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		path, mark = path+mark+pairs[i]+"="+pairs[i+1], "&"
	}
	return path
}

// sub is the line below a job's name: when it runs and where its copies lie.
func (v *vault) sub(j appliance.BackupJobView) string {
	parts := []string{v.l.planned(j.Plan())}
	var places []string
	for _, p := range j.Places {
		places = append(places, v.l.T("backups.place_"+string(p)))
	}
	if len(places) > 0 {
		parts = append(parts, strings.Join(places, " + "))
	}
	return strings.Join(parts, " · ")
}

// planned is when something should happen, in words.
func (l *Lang) planned(s appliance.Schedule) string {
	at := calendar.Clock(s.At)
	switch s.Kind {
	case appliance.ScheduleDaily, appliance.ScheduleWeekdays:
		return l.T("backups.schedule_"+string(s.Kind), "at", at)
	case appliance.ScheduleWeekly:
		var days []string
		for _, d := range s.Days {
			days = append(days, l.T("backups.weekday_"+strconv.Itoa(int(d))))
		}
		return l.T("backups.schedule_weekly", "days", strings.Join(days, ", "), "at", at)
	case appliance.ScheduleHourly:
		return l.T("backups.schedule_hourly", "n", s.Hours)
	case appliance.ScheduleCron, appliance.ScheduleCalendar:
		return s.Text
	}
	return l.T("backups.schedule_none")
}

func (v *vault) jobRow(j appliance.BackupJobView) view.BackupJobRow {
	l := v.l
	row := view.BackupJobRow{Name: j.Name, Href: "/backups/" + j.ID.String(), Sub: j.Data(), LastGood: j.Standing.LastGood, Next: j.Standing.Next}
	if row.Sub == row.Name {
		row.Sub = ""
	}
	if j.State != nil {
		row.State, row.Handled = j.State.State.String(), j.State.Ack != nil
	}
	row.CopyState, row.CopyWord = l.copies(expect.CopiesOf(j.Data(), v.jobs))
	row.RestoreState, row.Restore = l.restore(j, v.now)
	return row
}

// copies says how the 3-2-1 rule is kept.
func (l *Lang) copies(c expect.Copies) (state, word string) {
	switch {
	case c.Kept:
		return "ok", l.T("backups.copies_kept")
	case len(c.Places) == 0:
		return "nodata", l.T("backups.copies_unknown")
	case !c.Outside:
		return "warning", l.T("backups.copies_outside")
	}
	return "warning", l.T("backups.copies_one")
}

// restore says when the backup was last read back.
func (l *Lang) restore(j appliance.BackupJobView, now time.Time) (state, word string) {
	last := j.LastRestore()
	due := expect.RestoreDue(j.BackupJob)
	switch {
	case !last.At.IsZero() && !last.OK:
		return "critical", l.T("backups.restore_bad", "day", l.Date(last.At))
	case j.RestoreEvery > 0 && !j.Accepted.IsZero() && now.After(due):
		return "warning", l.T("backups.restore_due", "day", l.Date(due))
	case last.At.IsZero():
		return "nodata", l.T("backups.restore_never")
	}
	return "ok", l.Date(last.At)
}

func (v *vault) proposal(j appliance.BackupJobView, source string) view.BackupProposal {
	l := v.l
	p := view.BackupProposal{ID: j.ID.String(), Name: j.Name, Product: j.Product, Source: source, Schedule: l.planned(j.Standing.Usual), Runs: j.Standing.Runs}
	p.Sure = l.T("backups.sure_little")
	if j.Standing.Confidence >= 0.8 {
		p.Sure = l.T("backups.sure")
	} else if j.Standing.Confidence >= 0.5 {
		p.Sure = l.T("backups.sure_half")
	}
	if last := j.Standing.Last; last != nil {
		p.Last = last.At()
		p.State, p.Word = l.runState(*last)
	}
	return p
}

// runState is the verdict that a run's log gives, as shape and word.
func (l *Lang) runState(r appliance.Run) (state, word string) {
	states := map[appliance.RunStatus]appliance.State{appliance.RunSuccess: appliance.StateOK, appliance.RunWarning: appliance.StateWarning, appliance.RunFailed: appliance.StateCritical}
	s, ok := states[r.Status]
	if !ok {
		s = appliance.StateNoData
	}
	return s.String(), l.T("backups.run_" + string(r.Status))
}

// sourceName is where a proposed job was found, empty when that source is no more.
func (s *Server) sourceName(c echo.Context, j appliance.BackupJobView) string {
	if len(j.Origins) == 0 {
		return ""
	}
	from, err := s.App.Source(c.Request().Context(), j.Origins[0].Source)
	if err != nil {
		return ""
	}
	return from.Name
}

// cellEvidence is the receipt of the cell that the address names.
func (s *Server) cellEvidence(c echo.Context, v *vault) (*view.Evidence, error) {
	job, err := appliance.ParseID(c.QueryParam("job"))
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // no cell is asked for
	}
	i := slices.IndexFunc(v.jobs, func(j appliance.BackupJobView) bool { return j.ID == job })
	d := slices.IndexFunc(v.days[job], func(d appliance.JobDay) bool { return d.Day == c.QueryParam("day") })
	if i < 0 || d < 0 {
		return nil, nil //nolint:nilnil // what is asked for is not there
	}
	j, day := v.jobs[i], v.days[job][d]
	parsed, _ := calendar.ParseDay(day.Day)
	e := &view.Evidence{Title: j.Name + ", " + v.l.dayName(parsed), State: verdictStates[day.Verdict].String(), Word: v.l.T("backups.verdict_" + string(day.Verdict)),
		BackURL: v.path, Href: "/backups/" + j.ID.String(), Link: v.l.T("backups.to_job")}
	if _, ok := verdictStates[day.Verdict]; !ok {
		e.State = appliance.StateNoData.String()
	}
	if !day.Due.IsZero() {
		e.Judged = append(e.Judged, v.l.T("backups.due", "time", v.l.When(day.Due)))
	}
	for n := len(day.Runs) - 1; n >= 0; n-- {
		r, err := s.App.BackupRun(c.Request().Context(), day.Runs[n])
		if err != nil {
			return nil, err
		}
		if r.ID == day.Run || len(e.Lines) == 0 {
			v.l.runEvidence(e, r)
		}
		e.Judged = append(e.Judged, v.l.runSentence(r))
	}
	if len(day.Runs) == 0 {
		e.Judged = append(e.Judged, v.l.T("backups.no_run"))
	}
	if !j.Standing.LastGood.IsZero() {
		e.Judged = append(e.Judged, v.l.T("backups.last_good", "time", v.l.When(j.Standing.LastGood)))
	}
	return e, nil
}

// runEvidence puts the lines of a run into a receipt.
func (l *Lang) runEvidence(e *view.Evidence, r appliance.Run) {
	state, _ := l.runState(r)
	mark := map[string]string{"ok": "good", "warning": "warn", "critical": "bad"}[state]
	e.Lines, e.At, e.Source = nil, r.At(), r.Evidence.Name
	for line := range strings.Lines(cmp.Or(r.Evidence.Line, r.Message)) {
		e.Lines = append(e.Lines, view.EvidenceLine{{Text: strings.TrimRight(line, "\r\n"), Mark: mark}})
	}
	if r.Message != "" && r.Message != r.Evidence.Line && r.Evidence.Line != "" {
		e.Lines = append(e.Lines, view.EvidenceLine{{Text: r.Message}})
	}
}

// runSentence is one run in words.
func (l *Lang) runSentence(r appliance.Run) string {
	_, word := l.runState(r)
	switch {
	case r.Started.IsZero():
		return l.T("backups.run_at", "time", l.When(r.At()), "word", word)
	case r.Finished.IsZero():
		return l.T("backups.run_open", "time", l.When(r.Started), "word", word)
	}
	return l.T("backups.run_took", "time", l.When(r.Started), "word", word, "took", l.Duration(r.Finished.Sub(r.Started)))
}

// backupsCSV gives the calendar that is shown, a line for each job and day.
func (s *Server) backupsCSV(c echo.Context) error {
	last, span := spanOf(c)
	l := s.render.Lang(s.frame(c, "").Lang)
	v, err := s.vaultOf(c.Request().Context(), l, last, span)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, j := range v.accepted() {
		for _, d := range v.days[j.ID] {
			due := ""
			if !d.Due.IsZero() {
				due = l.iso(d.Due)
			}
			rows = append(rows, []string{j.Name, d.Day, string(d.Verdict), due, strconv.Itoa(len(d.Runs))})
		}
	}
	return WriteCSV(c, "backups", []string{"job", "day", "verdict", "due", "runs"}, rows)
}
