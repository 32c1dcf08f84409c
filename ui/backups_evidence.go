package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/ui/view"
)

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
	e.Lines, e.At, e.Source, e.Text = nil, r.At(), r.Evidence.Name, ""
	if r.Evidence.Stored != "" {
		e.Text = "/backups/runs/" + r.ID.String() + "/text"
	}
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
