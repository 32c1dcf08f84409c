package ui

import (
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/expect"
	"siteward/ui/view"
)

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
