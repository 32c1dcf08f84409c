package ui

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) incidentRoutes() {
	s.echo.GET("/incidents", s.incidents)
	s.echo.GET("/incidents.csv", s.incidentsCSV)
	s.echo.GET("/incidents/of", s.incidentOf)
	s.echo.GET("/incidents/:id", s.incident)
	s.echo.POST("/incidents/:id/acknowledge", s.acknowledgeIncident)
	s.echo.POST("/incidents/:id/unacknowledge", s.unacknowledgeIncident)
	s.echo.POST("/incidents/:id/snooze", s.snoozeIncident)
	s.echo.POST("/incidents/:id/note", s.noteIncident)
}

const incidentRows = 100

func incidentFilter(list view.List) appliance.IncidentFilter {
	f := appliance.IncidentFilter{Open: list.Get("of") == "open", Limit: incidentRows}
	f.State, _ = appliance.ParseState(list.Get("state")) //nolint:errcheck // none is all
	if list.Get("state") == "" {
		f.State = appliance.StateOK
	}
	f.Device, _ = appliance.ParseID(list.Get("device")) //nolint:errcheck // none is all
	f.Before, _ = appliance.ParseID(list.Get("before")) //nolint:errcheck // none is the newest
	return f
}

// incidents is the history, newest first.
func (s *Server) incidents(c echo.Context) error {
	frame := s.frame(c, "problems")
	l := s.render.Lang(frame.Lang)
	page := view.Incidents{List: view.NewList("/incidents", c.QueryParams(), "")}
	list, err := s.App.Incidents(c.Request().Context(), incidentFilter(page.List))
	if err != nil {
		return err
	}
	for _, i := range list {
		page.Rows = append(page.Rows, l.incidentRow(i))
	}
	page.Chips = []view.Chip{page.List.Chip("of", "", l.T("incident.all"), "", -1), page.List.Chip("of", "open", l.T("incident.open"), "", -1)}
	if len(list) == incidentRows {
		page.More = page.List.With("before", list[len(list)-1].ID.String())
	}
	page.Empty = view.Empty{Good: true, Title: l.T("incident.none"), Text: l.T("incident.none_how")}
	frame.Title = l.T("incident.list")
	return s.render.Page(c, http.StatusOK, "incidents", frame, page)
}

func (l *Lang) incidentRow(i appliance.Incident) view.IncidentRow {
	r := view.IncidentRow{Href: "/incidents/" + i.ID.String(), Title: l.Say(i.Title()), Opened: i.Opened, Lasted: i.Lasted(l.now()), Open: i.Open()}
	r.State, r.Word = l.incidentState(i)
	if n := len(i.Behind); n > 0 {
		r.Behind = l.T("problems.behind", "n", n)
	}
	return r
}

// incidentState is how an incident stands, in shape and word.
func (l *Lang) incidentState(i appliance.Incident) (state, word string) {
	switch {
	case i.With != 0:
		return "ok", l.T("incident.part")
	case !i.Open():
		return "ok", l.T("incident.over")
	case i.Muted != appliance.StateOK:
		return i.Muted.String(), l.T("state." + i.Muted.String())
	case !i.Over.IsZero():
		return "ok", l.T("incident.settling")
	}
	return i.State.String(), l.T("state." + i.State.String())
}

func (s *Server) incidentsCSV(c echo.Context) error {
	l := s.langOf(c)
	f := incidentFilter(view.NewList("/incidents", c.QueryParams(), ""))
	f.Limit = 1000
	list, err := s.App.Incidents(c.Request().Context(), f)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, i := range list {
		end := ""
		if at := i.Ended(); !at.IsZero() {
			end = l.Local(at).Format(time.RFC3339)
		}
		rows = append(rows, []string{i.ID.String(), string(i.Kind), i.Worst.String(), i.Name, i.Title().English, l.Local(i.Opened).Format(time.RFC3339), end,
			strconv.Itoa(int(i.Lasted(s.App.Now()).Seconds())), strconv.Itoa(len(i.Causes)), strconv.Itoa(len(i.Behind))})
	}
	return WriteCSV(c, "incidents", []string{"id", "kind", "worst", "device", "title", "opened", "ended", "seconds", "causes", "devices_behind"}, rows)
}

// incidentOf leads from a state to the incident that it belongs to, for the list of problems.
func (s *Server) incidentOf(c echo.Context) error {
	key, ok := stateKeyOf(c.QueryParam("state"))
	if !ok {
		return appliance.ErrNotFound
	}
	i, err := s.App.IncidentOf(c.Request().Context(), key)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/incidents/"+i.ID.String())
}

func (s *Server) incident(c echo.Context) error {
	return s.showIncident(c, http.StatusOK, view.Form{Values: map[string]string{}})
}

func (s *Server) showIncident(c echo.Context, status int, form view.Form) error {
	ctx := c.Request().Context()
	id, err := idParam(c)
	if err != nil {
		return err
	}
	i, err := s.App.Incident(ctx, id)
	if err != nil {
		return err
	}
	told, err := s.App.Deliveries(ctx, appliance.DeliveryFilter{Incident: id, Limit: 200})
	if err != nil {
		return err
	}
	frame := s.frame(c, "problems")
	r, err := s.readerOf(c, frame, "")
	if err != nil {
		return err
	}
	page := r.incidentPage(i, s.App.Now())
	for _, d := range told {
		page.Told = append(page.Told, r.l.toldRow(d))
	}
	page.Form, page.Act, page.CanNote = form, r.act && i.Open(), r.act
	page.Take = page.Act && !i.Acked(s.App.Now())
	page.Give = page.Act && !page.Take && (r.technical || i.Ack.By == r.self)
	frame.Title = r.l.Say(i.Title())
	if page.Tickets, err = s.ticketsAbout(c, r.l, appliance.TicketFilter{Link: appliance.TicketLink{Kind: "incident", ID: id}}, frame.Title, i.Device); err != nil {
		return err
	}
	return s.render.Page(c, status, "incident", frame, page)
}

const (
	shownCauses = 50
	shownBehind = 60
)

func (r *reader) incidentPage(i appliance.Incident, now time.Time) view.Incident {
	l := r.l
	p := view.Incident{ID: i.ID.String(), Open: i.Open(), Opened: i.Opened, Ended: i.Ended(), Lasted: i.Lasted(now), Follows: i.Follows}
	p.State, p.Word = l.incidentState(i)
	for _, c := range i.Causes[:min(len(i.Causes), shownCauses)] {
		v := view.IncidentCause{Name: c.Name, What: l.Item(c.Item, c.Label), State: c.State.String(), Word: l.T("state." + c.State.String()), Since: c.Since, Over: c.Over}
		switch home := expectedHref(c.Item); {
		case c.Check == 0 && home != "/problems":
			v.Href = home
		case c.Device != 0:
			v.Href = "/devices/" + c.Device.String()
		}
		if c.Evidence != nil {
			v.Fact, v.Source = l.Say(c.Evidence.Why), c.Evidence.Source
		}
		p.Causes = append(p.Causes, v)
	}
	p.MoreCauses = len(i.Causes) - len(p.Causes)
	if len(p.Causes) > 0 {
		p.Noticed = l.T("incident.noticed", "what", p.Causes[0].What, "fact", p.Causes[0].Fact, "time", l.When(i.Opened))
	}
	for _, id := range i.Behind[:min(len(i.Behind), shownBehind)] {
		p.Behind = append(p.Behind, view.Link{Text: r.device(id), Href: "/devices/" + id.String()})
	}
	p.MoreBehind = len(i.Behind) - len(p.Behind)
	if i.Ack != nil {
		p.Ack = l.carer(i.Ack, r.person)
		if i.Open() {
			p.AckUntil = i.Ack.Until
		}
	}
	if i.Snooze.Active(now) {
		p.Snoozed = i.Snooze.Until
	}
	if i.Kind == appliance.IncidentPower {
		p.Power = true
	}
	if i.With != 0 {
		p.With = "/incidents/" + i.With.String()
	}
	if i.Relapses > 0 {
		p.Facts = append(p.Facts, l.T("incident.relapses", "n", i.Relapses))
	}
	for _, n := range slices.Backward(i.Notes) {
		p.Notes = append(p.Notes, view.IncidentNote{At: n.At, By: r.person(n.By), Text: n.Text})
	}
	for _, m := range []string{"15", "60", "240", "1440"} {
		p.SnoozeChoice = append(p.SnoozeChoice, view.Option{Value: m, Label: l.T("incident.snooze_" + m)})
	}
	return p
}

// untilOf reads until when: the day and time of a field, or minutes from a choice; neither is the zero time.
func (s *Server) untilOf(form *view.Form, field string, l *Lang, now time.Time) time.Time {
	if text := form.Value(field); text != "" {
		t, err := time.ParseInLocation("2006-01-02T15:04", text, s.zone())
		if err != nil {
			form.Fail(field, l.T("incident.error.past"))
		}
		return t
	}
	if minutes, err := strconv.Atoi(form.Value("minutes")); err == nil && minutes > 0 {
		return now.Add(time.Duration(minutes) * time.Minute)
	}
	return time.Time{}
}

func (s *Server) acknowledgeIncident(c echo.Context) error {
	form := formOf(c, "reason", "until")
	s.checkReason(c, &form)
	until := s.untilOf(&form, "until", s.langOf(c), s.App.Now())
	return s.incidentDone(c, form, "incident.taken", func(id appliance.ID) error {
		return s.App.AcknowledgeIncident(c.Request().Context(), actor(c), id, form.Value("reason"), until)
	})
}

func (s *Server) unacknowledgeIncident(c echo.Context) error {
	return s.incidentDone(c, formOf(c), "incident.given", func(id appliance.ID) error {
		return s.App.UnacknowledgeIncident(c.Request().Context(), actor(c), id)
	})
}

func (s *Server) snoozeIncident(c echo.Context) error {
	form := formOf(c, "minutes", "quiet_until") // the page has an "until" already
	until := s.untilOf(&form, "quiet_until", s.langOf(c), s.App.Now())
	return s.incidentDone(c, form, "incident.snoozed", func(id appliance.ID) error {
		err := s.App.SnoozeIncident(c.Request().Context(), actor(c), id, until)
		if e, ok := errors.AsType[*appliance.Error](err); ok && e.Field == "until" {
			e.Field = "quiet_until"
		}
		return err
	})
}

func (s *Server) noteIncident(c echo.Context) error {
	form := formOf(c, "text")
	return s.incidentDone(c, form, "incident.noted", func(id appliance.ID) error {
		return s.App.NoteIncident(c.Request().Context(), actor(c), id, form.Value("text"))
	})
}

// incidentDone does something with an incident and leads back to it, or says beside the field what is wrong.
func (s *Server) incidentDone(c echo.Context, form view.Form, done string, do func(appliance.ID) error) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		return s.showIncident(c, http.StatusUnprocessableEntity, form)
	}
	if err := do(id); err != nil {
		if !s.refuse(&form, s.langOf(c), err, nil) {
			return err
		}
		return s.showIncident(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, "/incidents/"+id.String(), s.langOf(c).T(done))
}
