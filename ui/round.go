package ui

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) roundRoutes() {
	s.echo.GET("/round", s.currentRound)
	s.echo.POST("/round/start", s.startRound)
	s.echo.GET("/rounds", s.rounds)
	s.echo.GET("/rounds/settings", s.roundSettings)
	s.echo.POST("/rounds/settings", s.saveRoundSettings)
	s.echo.GET("/rounds/:id", s.pastRound)
	s.echo.POST("/rounds/:id", s.judgeRound)
	s.echo.GET("/rounds/:id/seen.json", s.roundSeen)
}

// currentRound shows the round that can be signed, or the last one when that is done.
func (s *Server) currentRound(c echo.Context) error {
	ctx := c.Request().Context()
	r, err := s.App.CurrentRound(ctx)
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		var last []appliance.Round
		if last, err = s.App.Rounds(ctx, 0, 1); err == nil && len(last) == 0 {
			return c.Redirect(http.StatusSeeOther, "/rounds")
		}
		if err == nil {
			r = last[0]
		}
	}
	if err != nil {
		return err
	}
	return s.showRound(c, http.StatusOK, r, view.Form{Values: map[string]string{}})
}

func (s *Server) pastRound(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	r, err := s.App.Round(c.Request().Context(), id)
	if err != nil {
		return err
	}
	return s.showRound(c, http.StatusOK, r, view.Form{Values: map[string]string{}})
}

// startRound puts the round together anew: now, with what has happened since it was due.
func (s *Server) startRound(c echo.Context) error {
	if _, err := s.App.StartRound(c.Request().Context(), actor(c)); err != nil {
		return err
	}
	return s.done(c, "/round", s.render.Lang(s.frame(c, "").Lang).T("round.started"))
}

// judgeRound keeps what was judged, whoever pressed which button, and signs when that was asked for.
func (s *Server) judgeRound(c echo.Context) error {
	ctx := c.Request().Context()
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, "comment", "made")
	var answers []appliance.RoundAnswer
	for _, key := range appliance.RoundPoints {
		if c.FormValue("was-"+key) == "" { // the point was not in the form
			continue
		}
		a := appliance.RoundAnswer{Key: key, Judgement: appliance.RoundJudgement(c.FormValue("point-" + key)), Note: c.FormValue("note-" + key),
			WasJudgement: appliance.RoundJudgement(c.FormValue("was-" + key)), WasNote: c.FormValue("wasnote-" + key)}
		if a.WasJudgement == "unread" {
			a.WasJudgement = appliance.RoundUnread
		}
		if a.Judgement != appliance.RoundNothing && a.Judgement != appliance.RoundConspicuous {
			a.Judgement = appliance.RoundUnread
		}
		answers = append(answers, a)
	}
	r, answers, err := s.App.JudgeRound(ctx, actor(c), id, answers)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.ConflictsWith != "" {
			form.Fail("point-"+a.Key, l.T("round.conflict", "name", a.ConflictsWith))
		}
	}
	if c.FormValue("do") != "sign" || !form.OK() {
		return s.showRound(c, statusOf(form), r, form)
	}
	made, _ := time.Parse(time.RFC3339Nano, form.Value("made"))
	signed, err := s.App.SignRound(ctx, actor(c), id, made, form.Value("comment"))
	if err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showRound(c, http.StatusUnprocessableEntity, r, form)
	}
	return s.done(c, "/rounds/"+id.String(), l.T("round.signed_now", "n", strconv.FormatUint(signed.Entry, 10)))
}

func statusOf(form view.Form) int {
	if form.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// roundSeen gives the bytes that were signed.
func (s *Server) roundSeen(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	b, err := s.App.RoundSeen(c.Request().Context(), id)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="round-`+id.String()+`.json"`)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b)
}

func (s *Server) showRound(c echo.Context, status int, r appliance.Round, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "round")
	l := s.render.Lang(frame.Lang)
	page := view.Round{ID: r.ID.String(), Href: "/rounds/" + r.ID.String(), Made: r.Made.Format(time.RFC3339Nano), MadeAt: r.Made, Since: r.Since, Deadline: r.Deadline,
		Late: r.Open() && s.App.Now().After(r.Deadline), Judged: r.Judged(), Form: form, Open: r.Open(), CanSign: r.Open() && can(c, access.SignRound),
		Entry: r.Entry, Who: frame.User.Name, Signed: r.Signed, By: r.By, Comment: r.Comment, SHA256: r.SHA256, Missed: r.Missed, History: "/rounds"}
	if r.Open() {
		head, err := s.App.LogbookHead(ctx)
		if err != nil {
			return err
		}
		page.Entry = uint64(head.Size) + 1
	}
	fold := c.Request().Header.Get("HX-Request") != "true" // what one has under the hand does not fold away
	for i, p := range r.Points {
		point := l.roundPoint(i+1, p)
		for i := range point.Lines {
			if point.Lines[i].Ticket += "&about=round-" + r.ID.String(); !can(c, access.ReportTickets) {
				point.Lines[i].Ticket = ""
			}
		}
		onlyOpen(c, point.Lines)
		onlyOpen(c, point.Calm)
		point.Error, point.NoteError = form.Error("point-"+p.Key), form.Error("note-"+p.Key)
		point.Folded = fold && p.Judgement == appliance.RoundNothing && point.Error == ""
		page.Points = append(page.Points, point)
		if p.Judgement == appliance.RoundUnread {
			page.Missing = append(page.Missing, view.Link{Text: strconv.Itoa(i+1) + ". " + point.Title, Href: "#card-" + p.Key})
		}
	}
	next, err := s.App.NextRound(ctx)
	if err != nil {
		return err
	}
	page.Next = next
	frame.Title = l.T("round.title", "day", l.roundDay(r.Day))
	return s.render.Page(c, status, "round", frame, page)
}
