package ui

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/ui/view"
)

var jobFields = []string{"name", "data_set", "device", "kind", "at", "hours", "text", "grace", "restore_every", "failures", "older_than", "size", "longer", "unchanged", "version"}

// editBackupJob shows the form: what is expected, filled with what was learned while the job is only proposed.
func (s *Server) editBackupJob(c echo.Context) error {
	g, err := s.ledgerOf(c, s.langOf(c))
	if err != nil {
		return err
	}
	j := g.job.BackupJob
	if j.Status != appliance.JobAccepted {
		j.Plans = []appliance.JobPlan{{Schedule: g.job.Standing.Usual}}
	}
	return s.showBackupForm(c, http.StatusOK, g, j, view.Form{Values: jobValues(j)})
}

func jobValues(j appliance.BackupJob) map[string]string {
	p, r := j.Plan(), j.Rules
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	device := ""
	if j.Device != 0 {
		device = j.Device.String()
	}
	grace := time.Duration(p.Grace)
	if grace == 0 {
		grace = 3 * time.Hour
	}
	kind := string(p.Kind)
	if kind == "" {
		kind = "none"
	}
	return map[string]string{"name": j.Name, "data_set": j.DataSet, "device": device, "kind": kind, "at": calendar.Clock(p.At), "hours": number(p.Hours), "text": p.Text,
		"grace": strconv.FormatFloat(grace.Hours(), 'f', -1, 64), "restore_every": strconv.Itoa(j.RestoreEvery), "failures": number(r.Failures),
		"older_than": number(r.OlderThan), "size": number(r.Size), "longer": number(r.Longer), "unchanged": number(r.Unchanged), "version": strconv.FormatUint(j.Version, 10)}
}

func (s *Server) showBackupForm(c echo.Context, status int, g *ledger, j appliance.BackupJob, form view.Form) error {
	frame := s.frame(c, "backups")
	l := g.l
	page := view.BackupForm{ID: g.job.ID.String(), Name: g.job.Name, Back: g.href, Action: g.href + "/edit", Form: form, Button: l.T("backups.save")}
	if g.job.Status != appliance.JobAccepted {
		page.Button = l.T("backups.accept")
	}
	for _, k := range appliance.ScheduleKinds {
		value := string(k)
		if value == "" {
			value = "none"
		}
		page.Kinds = append(page.Kinds, view.Option{Value: value, Label: l.T("backups.kind_of_" + value)})
	}
	page.Devices = []view.Option{{Label: l.T("backups.no_device")}}
	devices, err := s.App.Devices(c.Request().Context())
	if err != nil {
		return err
	}
	for _, d := range devices {
		page.Devices = append(page.Devices, view.Option{Value: d.ID.String(), Label: d.Name})
	}
	plan := j.Plan()
	for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		page.Days = append(page.Days, view.BackupCheck{Name: "day_" + strconv.Itoa(int(d)), Label: l.T("backups.weekday_" + strconv.Itoa(int(d))), On: slices.Contains(plan.Days, d)})
	}
	for _, p := range appliance.CopyPlaces {
		page.Places = append(page.Places, view.BackupCheck{Name: "place_" + string(p), Label: l.T("backups.place_long_" + string(p)), On: slices.Contains(j.Places, p)})
	}
	page.SkipHolidays = plan.SkipHolidays
	frame.Title = l.T("backups.form_title", "name", g.job.Name)
	return s.render.Page(c, status, "backup-form", frame, page)
}

// saveBackupJob takes the form, and accepts a job that was proposed.
func (s *Server) saveBackupJob(c echo.Context) error {
	g, err := s.ledgerOf(c, s.langOf(c))
	if err != nil {
		return err
	}
	form := formOf(c, jobFields...)
	j := g.l.readJob(c, g.job.BackupJob, &form)
	if form.OK() {
		err := s.App.SaveBackupJob(c.Request().Context(), actor(c), &j)
		if err == nil {
			return s.done(c, g.href, g.l.T("backups.saved", "name", j.Name))
		}
		if !s.failForm(&form, g.l, err, map[string]string{"rules": "size", "places": "place_local", "days": "day_1"}) {
			return err
		}
	}
	return s.showBackupForm(c, http.StatusUnprocessableEntity, g, j, form)
}

// readJob puts what was typed into a job.
func (l *Lang) readJob(c echo.Context, j appliance.BackupJob, form *view.Form) appliance.BackupJob {
	whole := func(field string) int {
		text := form.Value(field)
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			form.Fail(field, l.T("backups.need_number"))
		}
		return n
	}
	j.Name, j.DataSet = form.Value("name"), form.Value("data_set")
	j.Device, _ = appliance.ParseID(form.Value("device"))
	j.Status = appliance.JobAccepted
	j.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64)
	j.RestoreEvery = whole("restore_every")
	j.Rules = appliance.JobRules{Failures: whole("failures"), OlderThan: whole("older_than"), Size: whole("size"), Longer: whole("longer"), Unchanged: whole("unchanged")}
	p := appliance.Schedule{Kind: appliance.ScheduleKind(form.Value("kind")), SkipHolidays: c.FormValue("skip_holidays") != ""}
	if p.Kind == "none" {
		p = appliance.Schedule{}
	} else {
		hours, err := strconv.ParseFloat(strings.ReplaceAll(form.Value("grace"), ",", "."), 64)
		if err != nil {
			form.Fail("grace", l.T("expect.error_grace"))
		}
		p.Grace = appliance.Duration(hours * float64(time.Hour))
	}
	switch p.Kind {
	case appliance.ScheduleDaily, appliance.ScheduleWeekdays, appliance.ScheduleWeekly, appliance.ScheduleHourly:
		at, err := calendar.ParseClock(form.Value("at"))
		if err != nil {
			form.Fail("at", l.T("expect.error_at"))
		}
		p.At = at
	case appliance.ScheduleCron, appliance.ScheduleCalendar:
		p.Text = form.Value("text")
	}
	if p.Kind == appliance.ScheduleHourly {
		p.Hours = whole("hours")
	}
	if p.Kind == appliance.ScheduleWeekly {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if c.FormValue("day_"+strconv.Itoa(int(d))) != "" {
				p.Days = append(p.Days, d)
			}
		}
	}
	j.Places = nil
	for _, place := range appliance.CopyPlaces {
		if c.FormValue("place_"+string(place)) != "" {
			j.Places = append(j.Places, place)
		}
	}
	j.Plans = []appliance.JobPlan{{Schedule: p}}
	return j
}

// acceptBackupJob takes a proposal as it was learned.
func (s *Server) acceptBackupJob(c echo.Context) error {
	return s.changeJob(c, "backups.accepted", "/backups", func(j *appliance.BackupJobView) {
		j.Status, j.Plans = appliance.JobAccepted, []appliance.JobPlan{{Schedule: j.Standing.Usual}}
	})
}

func (s *Server) ignoreBackupJob(c echo.Context) error {
	return s.changeJob(c, "backups.now_ignored", "/backups", func(j *appliance.BackupJobView) { j.Status = appliance.JobIgnored })
}

func (s *Server) changeJob(c echo.Context, done, to string, change func(*appliance.BackupJobView)) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	j, err := s.App.BackupJob(c.Request().Context(), id)
	if err != nil {
		return err
	}
	change(&j)
	if err := s.App.SaveBackupJob(c.Request().Context(), actor(c), &j.BackupJob); err != nil {
		return err
	}
	return s.done(c, to, s.langOf(c).T(done, "name", j.Name))
}

func (s *Server) mergeBackupJob(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.langOf(c)
	form := formOf(c, "into")
	into, err := appliance.ParseID(form.Value("into"))
	if err == nil {
		err = s.App.MergeBackupJobs(c.Request().Context(), actor(c), id, into)
	}
	if err == nil {
		return s.done(c, "/backups/"+into.String(), l.T("backups.merged"))
	}
	if !s.failForm(&form, l, err, nil) {
		return err
	}
	return s.showBackupJob(c, http.StatusUnprocessableEntity, func(p *view.BackupJob) { p.MergeForm = form })
}

// restoreTest notes that somebody has read the backup back.
func (s *Server) restoreTest(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.langOf(c)
	form := formOf(c, "at", "by", "ok", "proof", "sha256")
	day, err := calendar.ParseDay(form.Value("at"))
	if err != nil {
		form.Fail("at", l.T("backups.need_day"))
	}
	if form.OK() {
		t := appliance.RestoreTest{At: day.At(12*60, l.zone()), By: form.Value("by"), OK: form.Value("ok") == "1", Proof: form.Value("proof"), SHA256: form.Value("sha256")}
		err = s.App.TellRestoreTest(c.Request().Context(), actor(c), id, t)
		if err == nil {
			return s.done(c, "/backups/"+id.String(), l.T("backups.restore_noted"))
		}
		if !s.failForm(&form, l, err, nil) {
			return err
		}
	}
	return s.showBackupJob(c, http.StatusUnprocessableEntity, func(p *view.BackupJob) { p.RestoreForm = &form })
}

func (s *Server) pauseBackupJob(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.langOf(c)
	form, reason, until := l.readPause(c, s.App.Now())
	href := "/backups/" + id.String()
	if form.OK() {
		err = s.App.PauseBackupJob(c.Request().Context(), actor(c), id, reason, until)
		if err == nil {
			return s.done(c, href, l.T("backups.now_paused"))
		}
		if !s.failForm(&form, l, err, nil) {
			return err
		}
	}
	return s.showBackupJob(c, http.StatusUnprocessableEntity, func(p *view.BackupJob) { p.PauseForm = l.pauseForm(href, href, form) })
}

func (s *Server) resumeBackupJob(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.App.ResumeBackupJob(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/backups/"+id.String(), s.langOf(c).T("backups.now_resumed"))
}

func (s *Server) deleteBackupJob(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.langOf(c)
	j, err := s.App.BackupJob(c.Request().Context(), id)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodPost {
		if err := s.App.DeleteBackupJob(c.Request().Context(), actor(c), id); err != nil {
			return err
		}
		return s.done(c, "/backups", l.T("backups.deleted", "name", j.Name))
	}
	frame := s.frame(c, "backups")
	frame.Title = l.T("backups.delete_title", "name", j.Name)
	return s.render.Page(c, http.StatusOK, "confirm", frame, view.Confirm{Title: frame.Title, Text: l.T("backups.delete_text", "n", j.Standing.Runs),
		Action: "/backups/" + id.String() + "/delete", Button: l.T("backups.delete_do", "name", j.Name), Back: "/backups/" + id.String(), BackLabel: l.T("backups.keep")})
}
