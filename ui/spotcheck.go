package ui

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) spotCheckRoutes() {
	s.echo.GET("/eventchecks/spot", s.spotCheck)
	s.echo.POST("/eventchecks/spot", s.signSpotCheck)
	s.echo.GET("/eventchecks/spot/:id", s.signedSpotCheck)
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
	id, err := idParam(c)
	if err != nil {
		return err
	}
	check, err := s.App.SignedSpotCheck(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return s.showSpotCheck(c, http.StatusOK, check, view.Form{Values: map[string]string{}})
}

// signSpotCheck signs when every message is judged, else it shows the form again with what was entered.
func (s *Server) signSpotCheck(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	check, err := s.App.SpotCheck(ctx)
	if err != nil {
		return err
	}
	form := view.Form{Values: map[string]string{}}
	answers := make(map[uint64]appliance.SpotAnswer, len(check.Messages))
	for i := range check.Messages {
		m := &check.Messages[i]
		id := strconv.FormatUint(m.ID, 10)
		note := strings.ReplaceAll(strings.TrimSpace(strings.ToValidUTF8(c.FormValue("note-"+id), "\uFFFD")), "\r\n", "\n")
		a := appliance.SpotAnswer{Judgement: appliance.SpotJudgement(c.FormValue("spot-" + id)), Note: note}
		answers[m.ID] = a
		if check.Due() {
			m.Judgement, m.Note = a.Judgement, a.Note
		}
	}
	signed, err := s.App.SignSpotCheck(ctx, actor(c), c.FormValue("day"), answers)
	if err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showSpotCheck(c, http.StatusUnprocessableEntity, check, form)
	}
	return s.done(c, "/eventchecks/spot", l.T("spotcheck.signed_now", "n", strconv.FormatUint(signed.Entry, 10)))
}

var spotStates = map[appliance.SpotJudgement]string{appliance.SpotNothing: "ok", appliance.SpotNote: "ok", appliance.SpotConspicuous: "warning"}

func (s *Server) showSpotCheck(c echo.Context, status int, check appliance.SpotCheck, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "eventchecks")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("spotcheck.title", "day", l.roundDay(check.Day))
	page := view.SpotCheck{Day: check.Day, Span: l.T("spotcheck.span", "from", l.When(check.From), "to", l.When(check.Until.Add(-time.Minute)), "all", l.Int(int64(check.All))), //nolint:gosec // a count
		More: check.More, All: check.All, Form: form, Due: check.Due(), Silent: check.Signed.IsZero() && len(check.Messages) == 0, Signed: check.Signed, By: check.By, Entry: check.Entry, SHA256: check.SHA256, Who: frame.User.Name}
	ms := make([]appliance.LogMessage, 0, len(check.Messages))
	for _, m := range check.Messages {
		ms = append(ms, m.LogMessage)
	}
	rows, err := s.logRows(ctx, l, ms, view.NewList("/eventchecks", nil, "-at"))
	if err != nil {
		return err
	}
	for i, m := range check.Messages {
		id := strconv.FormatUint(m.ID, 10)
		row := view.SpotRow{LogRow: rows[i], Name: "spot-" + id, NoteName: "note-" + id, Drawn: m.Drawn, Judgement: string(m.Judgement), Note: m.Note, Error: form.Error("spot-" + id)}
		row.Ticket = "/tickets/new?text=" + url.QueryEscape(m.Host+": "+m.Text)
		if m.Device != 0 {
			row.Ticket += "&device=" + m.Device.String()
		}
		if check.ID != 0 {
			row.Ticket += "&about=spot-" + check.ID.String()
		}
		for _, j := range appliance.SpotJudgements {
			row.Choices = append(row.Choices, view.Choice{Value: string(j), Label: l.T("spotcheck." + string(j)), On: j == m.Judgement})
		}
		if state := spotStates[m.Judgement]; state != "" {
			row.JudgedState, row.Word = state, l.T("spotcheck."+string(m.Judgement))
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
			if m.Judgement == appliance.SpotConspicuous {
				one.Odd++
			}
		}
		page.Past = append(page.Past, one)
	}
	return s.render.Page(c, status, "spotcheck", frame, page)
}
