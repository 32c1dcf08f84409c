package ui

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/window"
	"siteward/ui/view"
)

// shownTimes and shownWindowRuns are how much of a window's future and past its page has.
const (
	shownTimes      = 6
	shownWindowRuns = 24
)

func (s *Server) window(c echo.Context) error {
	return s.showWindow(c, http.StatusOK, view.Form{Values: map[string]string{}})
}

// windowOf is the window of the address. A draft is there for those only who may edit it.
func (s *Server) windowOf(c echo.Context) (appliance.WindowView, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.WindowView{}, err
	}
	v, err := s.App.Window(c.Request().Context(), id)
	if err == nil && v.State == appliance.WindowDraft && !can(c, access.EditWindows) {
		return v, appliance.ErrNotFound
	}
	return v, err
}

func (s *Server) showWindow(c echo.Context, status int, form view.Form) error {
	ctx := c.Request().Context()
	v, err := s.windowOf(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "maintenance")
	l := s.render.Lang(frame.Lang)
	t, err := s.things(ctx)
	if err != nil {
		return err
	}
	edit, now := can(c, access.EditWindows), s.App.Now()
	page := view.Window{ID: v.ID.String(), Row: l.windowRow(v, l.windowAbout(v.Window, t.devices, t.jobs)), Comment: v.Comment, Reason: v.Reason, Kind: l.T("maintenance.kind_" + string(v.Kind)),
		Wish: v.Wish, Form: form, Back: "/maintenance", Said: l.windowSaid(v),
		CanAnswer:   can(c, access.AnswerWindows) && window.Can(v.State, appliance.WindowRefused),
		CanConfirm:  can(c, access.AnswerWindows) && window.Can(v.State, appliance.WindowConfirmed) && v.Run == nil,
		CanEdit:     edit && (v.State == appliance.WindowDraft || window.Can(v.State, appliance.WindowDraft)) && v.Owner == "",
		CanAnnounce: edit && !v.Next.IsZero() && slices.Contains([]appliance.WindowState{appliance.WindowDraft, appliance.WindowMoved, appliance.WindowRefused}, v.State),
		CanRun:      edit && !v.Next.IsZero() && window.Can(v.State, appliance.WindowRunning), CanEnd: edit && v.Run != nil,
		CanCancel: edit && v.State != appliance.WindowDraft && window.Can(v.State, appliance.WindowCancelled), CanDelete: edit && v.State == appliance.WindowDraft}
	if v.State != appliance.WindowDraft {
		page.Calendar = "/maintenance/" + page.ID + "/calendar.ics"
	}
	for _, id := range v.Devices {
		page.About = append(page.About, view.Link{Text: t.devices[id], Href: "/devices/" + id.String()})
	}
	for _, id := range v.Jobs {
		page.About = append(page.About, view.Link{Text: t.jobs[id], Href: "/backups/" + id.String()})
	}
	if edit {
		page.People = s.windowPeople(c, v.Window)
	}
	if v.Rule != "" {
		times, err := s.App.WindowTimes(ctx, v.ID, shownTimes)
		if err != nil {
			return err
		}
		for _, x := range times {
			row := view.WindowTime{When: l.windowSpan(x.From, x.Until)}
			if edit && x.From.After(now) {
				row.Skip = x.From.UTC().Format(time.RFC3339)
			}
			page.Times = append(page.Times, row)
		}
	}
	for _, h := range slices.Backward(v.History) {
		by := h.By
		if by == appliance.PartySiteward {
			by = "Siteward"
		}
		page.History = append(page.History, view.WindowStep{At: h.At, By: by, What: l.T("maintenance.step_" + string(h.State)), Note: h.Note})
	}
	runs, err := s.App.WindowRuns(ctx, v.ID, shownWindowRuns)
	if err != nil {
		return err
	}
	for _, r := range runs {
		page.Runs = append(page.Runs, l.windowRun(r, t.devices, now))
	}
	for _, minutes := range []int{30, 60, 120, 240} {
		page.Extend = append(page.Extend, view.Option{Value: strconv.Itoa(minutes), Label: l.Duration(time.Duration(minutes) * time.Minute)})
	}
	frame.Title = v.Title
	if page.Tickets, err = s.ticketsAbout(c, l, appliance.TicketFilter{Link: appliance.TicketLink{Kind: "window", ID: v.ID}}, v.Title, onlyOne(v.Devices)); err != nil {
		return err
	}
	return s.render.Page(c, status, "window", frame, page)
}

// onlyOne is the one number of a list, 0 when there are more or none.
func onlyOne(ids []appliance.ID) appliance.ID {
	if len(ids) == 1 {
		return ids[0]
	}
	return 0
}

// windowSaid is what the customer has said, with his words.
func (l *Lang) windowSaid(v appliance.WindowView) string {
	for _, h := range slices.Backward(v.History) {
		switch h.State {
		case appliance.WindowConfirmed, appliance.WindowMoved, appliance.WindowRefused:
			return l.T("maintenance.said_"+string(h.State), "by", h.By, "at", l.When(h.At))
		case appliance.WindowAnnounced:
			if h.By != appliance.PartySiteward && !v.State.Over() {
				return l.T("maintenance.said_nothing")
			}
		}
	}
	return ""
}

func (s *Server) windowPeople(c echo.Context, w appliance.Window) []string {
	out := slices.Clone(w.Mails)
	contacts, _ := s.App.Contacts(c.Request().Context())
	for _, p := range contacts {
		if slices.Contains(w.Contacts, p.ID) {
			out = append(out, p.Name)
		}
	}
	return out
}

func (l *Lang) windowRun(r appliance.WindowRun, names map[appliance.ID]string, now time.Time) view.WindowRun {
	row := view.WindowRun{Open: r.Until.IsZero(), By: r.By, Note: r.Note, Number: r.Entry, More: r.More, Left: len(r.Left)}
	until := r.Until
	if row.Open {
		until = now
	}
	row.When = l.windowSpan(r.From, until)
	if r.By == appliance.PartySiteward {
		row.By = l.T("maintenance.by_plan")
	}
	if r.Entry != 0 {
		row.Entry = "/logbook/" + strconv.FormatUint(r.Entry, 10)
	}
	for _, h := range r.Suppressed {
		row.Held = append(row.Held, view.WindowHeld{State: h.Worst.String(), Device: names[h.Device], Href: heldHref(h), What: l.Item(h.Item, h.Label),
			Why: l.Say(h.Why), First: h.First, Times: h.Times})
	}
	return row
}

func heldHref(h appliance.Suppressed) string {
	if h.Device == 0 {
		return ""
	}
	return "/devices/" + h.Device.String()
}

// windowCalendar gives the calendar file of a window.
func (s *Server) windowCalendar(c echo.Context) error {
	v, err := s.windowOf(c)
	if err != nil {
		return err
	}
	frame := s.frame(c, "")
	raw := window.Calendar(s.zone(), c.Request().Host, s.App.Now(), v.State == appliance.WindowCancelled, window.Entry{Window: v.Window, Summary: v.Title,
		Description: v.Effect + "\n\n" + v.Comment, Location: frame.Site})
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="maintenance-`+v.ID.String()+`.ics"`)
	return c.Blob(http.StatusOK, "text/calendar; charset=utf-8", raw)
}

// windowDone answers an action: with what was done, or with the page and what is wrong.
func (s *Server) windowDone(c echo.Context, err error, word string, form view.Form, rename map[string]string) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	if err != nil {
		if !s.failForm(&form, l, err, rename) {
			return err
		}
		return s.showWindow(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, "/maintenance/"+c.Param("id"), l.T(word))
}

func (s *Server) announceWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	if err == nil {
		err = s.App.AnnounceWindow(c.Request().Context(), actor(c), v.ID)
	}
	return s.windowDone(c, err, "maintenance.now_announced", view.Form{Values: map[string]string{}}, map[string]string{"from": ""})
}

func (s *Server) answerWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	form := formOf(c, "state", "note_moved", "note_refused")
	a := appliance.WindowAnswer{State: appliance.WindowState(form.Value("state")), Note: form.Value("note_" + form.Value("state"))}
	if err == nil {
		err = s.App.AnswerWindow(c.Request().Context(), actor(c), v.ID, a)
	}
	return s.windowDone(c, err, "maintenance.now_answered", form, map[string]string{"note": "note_" + string(a.State), "state": ""})
}

func (s *Server) startWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	if err == nil {
		err = s.App.StartWindow(c.Request().Context(), actor(c), v.ID)
	}
	return s.windowDone(c, err, "maintenance.now_running", view.Form{Values: map[string]string{}}, map[string]string{"from": ""})
}

func (s *Server) endWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	form := formOf(c, "note_end")
	if err == nil {
		err = s.App.EndWindow(c.Request().Context(), actor(c), v.ID, form.Value("note_end"))
	}
	return s.windowDone(c, err, "maintenance.now_ended", form, map[string]string{"note": "note_end"})
}

func (s *Server) extendWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	form := formOf(c, "minutes")
	minutes, bad := strconv.Atoi(form.Value("minutes"))
	if err == nil && v.Run != nil && bad == nil && minutes > 0 {
		err = s.App.ExtendWindow(c.Request().Context(), actor(c), v.ID, v.Run.Plan.Until.Add(time.Duration(minutes)*time.Minute))
	}
	return s.windowDone(c, err, "maintenance.now_extended", form, map[string]string{"until": "minutes"})
}

func (s *Server) cancelWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	form := formOf(c, "at", "note_cancel")
	at, _ := time.Parse(time.RFC3339, form.Value("at"))
	if err == nil {
		err = s.App.CancelWindow(c.Request().Context(), actor(c), v.ID, at, form.Value("note_cancel"))
	}
	word := "maintenance.now_cancelled"
	if !at.IsZero() {
		word = "maintenance.now_skipped"
	}
	return s.windowDone(c, err, word, form, map[string]string{"at": "", "note": "note_cancel"})
}

func (s *Server) deleteWindow(c echo.Context) error {
	v, err := s.windowOf(c)
	if err == nil {
		err = s.App.DeleteWindow(c.Request().Context(), actor(c), v.ID)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/maintenance", s.render.Lang(s.frame(c, "").Lang).T("maintenance.now_deleted"))
}
