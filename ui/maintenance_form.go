package ui

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/calendar"
	"siteward/appliance/window"
	"siteward/ui/view"
)

var windowFields = []string{"title", "effect", "comment", "kind", "reason", "all", "day", "preset", "from", "until_day", "until", "repeat", "rule", "last", "mails", "remind", "version", "once"}

// windowPresets are the times of day that are offered; "own" reads the fields.
var windowPresets = []struct {
	key        string
	from, till string
}{{"night", "00:00", "06:00"}, {"evening", "18:00", "22:00"}, {"own", "", ""}}

// windowRepeats are the ways to come back that are offered; "own" reads the rule.
var windowRepeats = []string{"once", "weekly", "nth", "monthday", "own"}

// windowReminders are minutes before a window begins.
var windowReminders = []int{0, 60, 24 * 60, 3 * 24 * 60}

func (s *Server) newWindow(c echo.Context) error {
	now := s.App.Now().In(s.zone())
	cal, err := s.siteCalendar(c)
	if err != nil {
		return err
	}
	day := calendar.DayOf(window.Earliest(cal, now, appliance.WindowNotice)).Add(1)
	form := formOf(c, windowFields...)
	for k, v := range map[string]string{"kind": string(appliance.WindowPlanned), "day": day.String(), "preset": "night", "repeat": "once", "remind": strconv.Itoa(24 * 60), "once": rand.Text(), "from": "00:00", "until": "06:00"} {
		form.Values[k] = v
	}
	w := appliance.Window{}
	if id, err := appliance.ParseID(c.QueryParam("device")); err == nil {
		w.Devices = []appliance.ID{id}
	}
	return s.showWindowForm(c, http.StatusOK, "", w, form)
}

func (s *Server) siteCalendar(c echo.Context) (*calendar.Calendar, error) {
	site, err := s.site(c.Request().Context())
	return calendar.Of(site), err
}

func (s *Server) editWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	if err != nil {
		return err
	}
	return s.showWindowForm(c, http.StatusOK, v.ID.String(), v.Window, view.Form{Values: s.windowValues(v.Window)})
}

func (s *Server) windowValues(w appliance.Window) map[string]string {
	from, until := w.From.In(s.zone()), w.Until.In(s.zone())
	values := map[string]string{"title": w.Title, "effect": w.Effect, "comment": w.Comment, "kind": string(w.Kind), "reason": w.Reason, "day": from.Format(time.DateOnly), "preset": "own",
		"from": from.Format("15:04"), "until": until.Format("15:04"), "until_day": until.Format(time.DateOnly), "repeat": "once", "rule": w.Rule, "mails": strings.Join(w.Mails, "\n"),
		"remind": strconv.Itoa(w.Remind), "version": strconv.FormatUint(w.Version, 10)}
	if w.All {
		values["all"] = "1"
	}
	if w.Rule != "" {
		values["repeat"] = "own"
	}
	return values
}

func (s *Server) showWindowForm(c echo.Context, status int, id string, w appliance.Window, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "maintenance")
	l := s.render.Lang(frame.Lang)
	page := view.WindowForm{Form: form, Action: "/maintenance/new", Back: "/maintenance", All: form.Value("all") != "", Once: form.Value("once")}
	frame.Title = l.T("maintenance.plan")
	if id != "" {
		page.Action, page.Back = "/maintenance/"+id+"/edit", "/maintenance/"+id
		frame.Title = l.T("maintenance.edit_title", "title", w.Title)
	}
	for _, k := range []appliance.WindowKind{appliance.WindowPlanned, appliance.WindowEmergency} {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Label: l.T("maintenance.kind_" + string(k)), Hint: l.T("maintenance.kind_hint_" + string(k))})
	}
	for _, p := range windowPresets {
		page.Presets = append(page.Presets, view.Option{Value: p.key, Label: l.T("maintenance.preset_" + p.key)})
	}
	for _, r := range windowRepeats {
		page.Repeats = append(page.Repeats, view.Option{Value: r, Label: l.T("maintenance.repeat_" + r)})
	}
	for _, m := range windowReminders {
		page.Reminders = append(page.Reminders, view.Option{Value: strconv.Itoa(m), Label: l.T("maintenance.remind_" + strconv.Itoa(m))})
	}
	t, err := s.things(ctx)
	if err != nil {
		return err
	}
	for _, d := range t.order {
		page.Devices = append(page.Devices, view.BackupCheck{Name: "device_" + d.ID.String(), Label: d.Name, On: slices.Contains(w.Devices, d.ID)})
	}
	for _, j := range t.backups {
		if j.Status == appliance.JobAccepted {
			page.Jobs = append(page.Jobs, view.BackupCheck{Name: "job_" + j.ID.String(), Label: j.Name, On: slices.Contains(w.Jobs, j.ID)})
		}
	}
	contacts, err := s.App.Contacts(c.Request().Context())
	if err != nil {
		return err
	}
	for _, p := range contacts {
		page.Contacts = append(page.Contacts, view.BackupCheck{Name: "contact_" + p.ID.String(), Label: p.Name, On: slices.Contains(w.Contacts, p.ID)})
	}
	cal, err := s.siteCalendar(c)
	if err != nil {
		return err
	}
	page.Earliest = l.T("maintenance.earliest", "when", l.When(window.Earliest(cal, s.App.Now(), appliance.WindowNotice)))
	return s.render.Page(c, status, "window-form", frame, page)
}

// saveWindow stores what was typed, and announces it when that button was pressed.
func (s *Server) saveWindow(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, windowFields...)
	id, w := c.Param("id"), appliance.Window{}
	if id != "" {
		v, err := s.windowOf(c)
		if err != nil {
			return err
		}
		w = v.Window
	}
	if err := s.readWindow(c, l, &w, &form); err != nil {
		return err
	}
	if form.OK() && id == "" && s.sent.before(form.Value("once")) {
		return c.Redirect(http.StatusSeeOther, "/maintenance")
	}
	if form.OK() {
		err := s.App.SaveWindow(ctx, actor(c), &w)
		if err != nil {
			s.sent.forget(form.Value("once"))
			if !s.failForm(&form, l, err, map[string]string{"devices": "all", "jobs": "all", "from": "day"}) {
				return err
			}
		}
	}
	if !form.OK() {
		return s.showWindowForm(c, http.StatusUnprocessableEntity, id, w, form)
	}
	if c.FormValue("do") != "announce" {
		return s.done(c, "/maintenance/"+w.ID.String(), l.T("maintenance.now_saved"))
	}
	if err := s.App.AnnounceWindow(ctx, actor(c), w.ID); err != nil {
		if !s.failForm(&form, l, err, map[string]string{"from": "day"}) {
			return err
		}
		form.Values["version"] = ""
		return s.showWindowForm(c, http.StatusUnprocessableEntity, w.ID.String(), w, form)
	}
	return s.done(c, "/maintenance/"+w.ID.String(), l.T("maintenance.now_announced"))
}

// readWindow puts what was typed into a window.
func (s *Server) readWindow(c echo.Context, l *Lang, w *appliance.Window, form *view.Form) error {
	w.Title, w.Effect, w.Comment, w.Reason = form.Value("title"), form.Value("effect"), form.Value("comment"), form.Value("reason")
	w.Kind, w.All = appliance.WindowKind(form.Value("kind")), form.Value("all") != ""
	w.Mails = strings.FieldsFunc(form.Value("mails"), func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' })
	w.Remind, _ = strconv.Atoi(form.Value("remind"))
	w.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64)
	t, err := s.things(c.Request().Context())
	if err != nil {
		return err
	}
	contacts, err := s.App.Contacts(c.Request().Context())
	if err != nil {
		return err
	}
	w.Devices, w.Jobs, w.Contacts = nil, nil, nil
	for _, d := range t.order {
		if c.FormValue("device_"+d.ID.String()) != "" {
			w.Devices = append(w.Devices, d.ID)
		}
	}
	for _, j := range t.backups {
		if c.FormValue("job_"+j.ID.String()) != "" {
			w.Jobs = append(w.Jobs, j.ID)
		}
	}
	for _, p := range contacts {
		if c.FormValue("contact_"+p.ID.String()) != "" {
			w.Contacts = append(w.Contacts, p.ID)
		}
	}
	s.readTimes(l, w, form)
	return nil
}

// readTimes reads day, times and how the window comes back. An end before the beginning is one of the next day, unless a day was named.
func (s *Server) readTimes(l *Lang, w *appliance.Window, form *view.Form) {
	from, till := form.Value("from"), form.Value("until")
	for _, p := range windowPresets {
		if p.key == form.Value("preset") && p.from != "" {
			from, till = p.from, p.till
			form.Values["until_day"] = ""
		}
	}
	day, err := calendar.ParseDay(form.Value("day"))
	if err != nil {
		form.Fail("day", l.T("window.error.from"))
	}
	begin, err := calendar.ParseClock(from)
	if err != nil {
		form.Fail("from", l.T("window.error.from"))
	}
	end, err := calendar.ParseClock(till)
	if err != nil {
		form.Fail("until", l.T("window.error.until"))
	}
	last := day
	if v := form.Value("until_day"); v != "" {
		if last, err = calendar.ParseDay(v); err != nil {
			form.Fail("until_day", l.T("window.error.until"))
		}
	} else if end <= begin {
		last = day.Add(1)
	}
	if !form.OK() {
		return
	}
	w.From, w.Until = day.At(begin, s.zone()), last.At(end, s.zone())
	at := w.From.In(s.zone())
	switch form.Value("repeat") {
	case "weekly":
		w.Rule = "FREQ=WEEKLY;BYDAY=" + weekdayCode(at)
	case "nth":
		w.Rule = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", (at.Day()-1)/7+1, weekdayCode(at))
	case "monthday":
		w.Rule = fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", at.Day())
	case "own":
		w.Rule = form.Value("rule")
		if w.Rule == "" {
			form.Fail("rule", l.T("window.error.rule"))
		}
	default:
		w.Rule = ""
	}
	if v := form.Value("last"); v != "" && w.Rule != "" {
		until, err := calendar.ParseDay(v)
		if err != nil {
			form.Fail("last", l.T("window.error.until"))
			return
		}
		w.Rule += fmt.Sprintf(";UNTIL=%04d%02d%02dT235959", until.Year, until.Month, until.Day)
	}
}

// adHocLengths are how long a window that begins at once may last, in minutes.
var adHocLengths = []int{30, 60, 120, 240, 480}

// adHoc is the form on a device's page, ready to be sent with one click.
func (l *Lang) adHoc(device appliance.ID, name string) *view.AdHoc {
	f := &view.AdHoc{Action: "/devices/" + device.String() + "/maintenance", Form: view.Form{Values: map[string]string{"minutes": "60", "work": l.T("maintenance.adhoc_work", "name", name)}}}
	for _, m := range adHocLengths {
		f.Lengths = append(f.Lengths, view.Option{Value: strconv.Itoa(m), Label: l.Duration(time.Duration(m) * time.Minute)})
	}
	return f
}

// deviceWindows says that a device is in maintenance, and what is announced for it within a fortnight.
func (s *Server) deviceWindows(ctx context.Context, l *Lang, device appliance.ID) (in bool, notes []view.DeviceNote, err error) {
	all, err := s.App.Windows(ctx)
	if err != nil {
		return false, nil, err
	}
	now := s.App.Now()
	for _, v := range all {
		n := view.Note{Level: "maintenance", Href: "/maintenance/" + v.ID.String(), Link: l.T("maintenance.look"), Text: v.Effect}
		switch {
		case !v.Affects(device) || !v.State.Due():
			continue
		case v.Run != nil:
			n.Title, in = l.T("maintenance.device_in", "until", l.When(v.Run.Plan.Until), "title", v.Title), true
		case !v.Next.IsZero() && v.Next.From.Sub(now) < fortnight:
			n.Title = l.T("maintenance.device_next", "when", l.windowSpan(v.Next.From, v.Next.Until), "title", v.Title)
		default:
			continue
		}
		notes = append(notes, view.DeviceNote{Note: n})
	}
	return in, notes, nil
}

// fortnight is how far ahead Start and the pages of devices look.
const fortnight = 14 * 24 * time.Hour

// windowNotes are what Start says of maintenance: what runs, and the next that is announced. Who may answer is asked to.
func (s *Server) windowNotes(c echo.Context, l *Lang) ([]view.Note, error) {
	all, err := s.App.Windows(c.Request().Context())
	if err != nil {
		return nil, err
	}
	var notes []view.Note
	next := false
	for _, v := range all {
		n := view.Note{Level: "maintenance", Text: v.Title, Href: "/maintenance/" + v.ID.String(), Link: l.T("maintenance.look")}
		if v.Effect != "" {
			n.Text += ": " + v.Effect
		}
		switch {
		case v.Run != nil:
			n.Title = l.T("maintenance.start_running", "until", l.When(v.Run.Plan.Until))
		case next || !v.State.Due() || v.Next.IsZero() || v.Next.From.Sub(s.App.Now()) > fortnight:
			continue
		default:
			next = true
			n.Title = l.T("maintenance.start_next", "when", l.windowSpan(v.Next.From, v.Next.Until))
			if v.State == appliance.WindowAnnounced && access.Who(c.Request().Context()).Role == appliance.RoleKeyUser {
				n.Link = l.T("maintenance.start_answer")
			}
		}
		notes = append(notes, n)
	}
	return notes, nil
}

// beginWindow lets a window of one device run at once.
func (s *Server) beginWindow(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	id, err := idParam(c)
	if err != nil {
		return err
	}
	d, err := s.App.Device(ctx, id)
	if err != nil {
		return err
	}
	form := formOf(c, "work", "minutes")
	minutes, _ := strconv.Atoi(form.Value("minutes"))
	if !slices.Contains(adHocLengths, minutes) {
		minutes = 60
	}
	now := s.App.Now()
	w := appliance.Window{Title: d.Name, Comment: form.Value("work"), Devices: []appliance.ID{id}, From: now, Until: now.Add(time.Duration(minutes) * time.Minute)}
	if err := s.App.BeginWindow(ctx, actor(c), &w); err != nil {
		if e := appliance.CodeOf(err); e == appliance.CodeInvalid || e == appliance.CodeConflict {
			flash(c, view.Note{Level: "critical", Title: l.T("maintenance.not_begun"), Text: l.failText(err)})
			return c.Redirect(http.StatusSeeOther, "/devices/"+id.String())
		}
		return err
	}
	return s.done(c, "/devices/"+id.String(), l.T("maintenance.now_adhoc", "until", l.When(w.Until)))
}

func (l *Lang) failText(err error) string {
	form := view.Form{}
	if (&Server{}).failForm(&form, l, err, nil) && len(form.Errors) > 0 {
		return form.Errors[0].Text
	}
	return ""
}
