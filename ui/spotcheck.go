package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/ticket"
	"siteward/ui/view"
)

func (s *Server) spotCheckRoutes() {
	s.echo.GET("/eventchecks/spot", s.spotCheck)
	s.echo.POST("/eventchecks/spot", s.judgeSpotCheck)
	s.echo.GET("/eventchecks/spot.csv", s.spotCheckCSV)
	s.echo.GET("/eventchecks/spot/:id", s.signedSpotCheck)
	s.echo.GET("/eventchecks/spot/:id/seen.json", s.spotCheckSeen)
}

// shownSpots is how many signed ones are listed.
const shownSpots = 31

func (s *Server) spotCheck(c echo.Context) error {
	check, err := s.App.SpotCheck(c.Request().Context())
	if err != nil {
		return err
	}
	return s.showSpotCheck(c, http.StatusOK, check, view.Form{Values: map[string]string{}})
}

func (s *Server) signedSpotCheck(c echo.Context) error {
	check, err := s.spotParam(c)
	if err != nil {
		return err
	}
	return s.showSpotCheck(c, http.StatusOK, check, view.Form{Values: map[string]string{}})
}

func (s *Server) spotParam(c echo.Context) (appliance.SpotCheck, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.SpotCheck{}, err
	}
	return s.App.SignedSpotCheck(c.Request().Context(), id)
}

// judgeSpotCheck keeps what was judged, whoever pressed which button, and signs when that was asked for.
func (s *Server) judgeSpotCheck(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	check, err := s.App.SpotCheck(ctx)
	if err != nil {
		return err
	}
	form := view.Form{Values: map[string]string{}}
	answers := spotAnswers(c, check)
	judged, err := s.App.JudgeSpotCheck(ctx, actor(c), c.FormValue("day"), answers)
	if err == nil && c.FormValue("do") == "sign" {
		check = judged
		judged, err = s.App.SignSpotCheck(ctx, actor(c), c.FormValue("day"))
	}
	if err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		_ = check.Judge(answers, "", time.Time{}) // what was typed stays in the form
		return s.showSpotCheck(c, http.StatusUnprocessableEntity, check, form)
	}
	if c.FormValue("do") == "sign" {
		return s.done(c, "/eventchecks/spot", l.T("spotcheck.signed_now", "n", strconv.FormatUint(judged.Entry, 10)))
	}
	return s.showSpotCheck(c, http.StatusOK, judged, form)
}

// spotAnswers are what this reader changed since the page was made: what a colleague judges meanwhile is not overwritten.
func spotAnswers(c echo.Context, check appliance.SpotCheck) map[uint64]appliance.SpotAnswer {
	text := func(field string) string {
		return strings.ReplaceAll(strings.TrimSpace(strings.ToValidUTF8(c.FormValue(field), "\uFFFD")), "\r\n", "\n")
	}
	answers := make(map[uint64]appliance.SpotAnswer, len(check.Messages))
	for _, m := range check.Messages {
		id := strconv.FormatUint(m.ID, 10)
		a := appliance.SpotAnswer{Judgement: appliance.SpotJudgement(c.FormValue("spot-" + id)), Note: text("note-" + id)}
		if string(a.Judgement) != c.FormValue("was-"+id) || a.Note != text("wasnote-"+id) {
			answers[m.ID] = a
		}
	}
	return answers
}

var spotStates = map[appliance.SpotJudgement]string{appliance.SpotNothing: "ok", appliance.SpotNote: "ok", appliance.SpotTicket: "warning", appliance.SpotConspicuous: "warning"}

func (s *Server) showSpotCheck(c echo.Context, status int, check appliance.SpotCheck, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "eventchecks")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("spotcheck.title", "day", l.roundDay(check.Day))
	page := view.SpotCheck{Day: check.Day, Span: l.T("spotcheck.span", "from", l.When(check.From), "to", l.When(check.Until.Add(-time.Minute)), "all", l.Int(int64(check.All))), //nolint:gosec // a count
		More: check.More, All: check.All, Form: form, Due: check.Due(), Silent: check.Signed.IsZero() && len(check.Messages) == 0, Signed: check.Signed, By: check.By, Entry: check.Entry, SHA256: check.SHA256, Who: frame.User.Name,
		Judged: check.Judged(), CSV: "/eventchecks/spot.csv"}
	if check.ID != 0 {
		page.CSV += "?id=" + check.ID.String()
		page.Seen = "/eventchecks/spot/" + check.ID.String() + "/seen.json"
	}
	ms := make([]appliance.LogMessage, 0, len(check.Messages))
	for _, m := range check.Messages {
		ms = append(ms, m.LogMessage)
	}
	rows, err := s.logRows(ctx, l, ms, view.NewList("/eventchecks", nil, "-at"))
	if err != nil {
		return err
	}
	for i, m := range check.Messages {
		row := l.spotRow(rows[i], m)
		row.Error = form.Error(row.Name)
		if check.ID != 0 {
			row.Open += "&about=spot-" + check.ID.String()
		}
		page.Rows = append(page.Rows, row)
	}
	past, err := s.App.SpotChecks(ctx, shownSpots)
	if err != nil {
		return err
	}
	for _, p := range past {
		one := view.SpotPast{Href: "/eventchecks/spot/" + p.ID.String(), Day: l.roundDay(p.Day), By: p.By, Signed: p.Signed}
		for _, m := range p.Messages {
			if m.Judgement.Odd() {
				one.Odd++
			}
		}
		page.Past = append(page.Past, one)
	}
	return s.render.Page(c, status, "spotcheck", frame, page)
}

func (l *Lang) spotRow(log view.LogRow, m appliance.SpotMessage) view.SpotRow {
	id := strconv.FormatUint(m.ID, 10)
	row := view.SpotRow{LogRow: log, N: id, Name: "spot-" + id, NoteName: "note-" + id, Drawn: m.Drawn, Judgement: string(m.Judgement), Note: m.Note, JudgedBy: m.By, JudgedAt: m.At}
	row.Open = "/tickets/new?text=" + url.QueryEscape(m.Host+": "+m.Text)
	if m.Device != 0 {
		row.Open += "&device=" + m.Device.String()
	}
	if m.Ticket != 0 {
		row.Ticket, row.TicketHref = ticket.Number(m.Ticket), "/tickets/"+m.Ticket.String()
	}
	for _, j := range appliance.SpotJudgements {
		row.Choices = append(row.Choices, view.Choice{Value: string(j), Label: l.T("spotcheck." + string(j)), On: j == m.Judgement})
	}
	if state := spotStates[m.Judgement]; state != "" {
		row.JudgedState, row.Word = state, l.T("spotcheck."+string(m.Judgement))
	}
	return row
}

// spotCheckCSV gives the messages of today's check, or of one that was signed, with what was said of them.
func (s *Server) spotCheckCSV(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	check, err := s.App.SpotCheck(ctx)
	if id, bad := appliance.ParseID(c.QueryParam("id")); bad == nil {
		check, err = s.App.SignedSpotCheck(ctx, id)
	}
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(check.Messages))
	for _, m := range check.Messages {
		n, at := "", ""
		if m.Ticket != 0 {
			n = ticket.Number(m.Ticket)
		}
		if !m.At.IsZero() {
			at = l.iso(m.At)
		}
		rows = append(rows, []string{strconv.FormatUint(m.ID, 10), l.iso(m.LogMessage.At), strconv.FormatUint(m.Count, 10), m.Source, m.Host, m.App, levelName(m.Level), strings.Join(m.Rules, " "),
			strconv.FormatBool(m.Drawn), m.Text, string(m.Judgement), m.Note, m.By, at, n})
	}
	return WriteCSV(c, "spot-check-"+check.Day, []string{"id", "time", "count", "source", "host", "app", "level", "rules", "drawn", "text", "judgement", "note", "judged_by", "judged_at", "ticket"}, rows)
}

// spotCheckSeen gives the bytes that were signed.
func (s *Server) spotCheckSeen(c echo.Context) error {
	check, err := s.spotParam(c)
	if err != nil {
		return err
	}
	b, err := check.Seen()
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="spot-check-`+check.Day+`.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b)
}
