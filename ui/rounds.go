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

// roundsPage is how many rounds the list has.
const roundsPage = 60

func (s *Server) rounds(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "round")
	l := s.render.Lang(frame.Lang)
	before, _ := appliance.ParseID(c.QueryParam("before"))
	list, err := s.App.Rounds(ctx, before, roundsPage+1)
	if err != nil {
		return err
	}
	page := view.Rounds{CanEdit: can(c, access.EditSite)}
	if page.Next, err = s.App.NextRound(ctx); err != nil {
		return err
	}
	if len(list) > roundsPage {
		list = list[:roundsPage]
		page.More = "/rounds?before=" + list[roundsPage-1].ID.String()
	}
	for _, r := range list {
		page.Rows = append(page.Rows, s.roundRow(l, r))
	}
	page.Empty = view.Empty{Icon: "clipboard-check", Title: l.T("round.none"), Text: l.T("round.none_why")}
	frame.Title = l.T("round.past")
	return s.render.Page(c, http.StatusOK, "rounds", frame, page)
}

func (s *Server) roundRow(l *Lang, r appliance.Round) view.RoundRow {
	row := view.RoundRow{Href: "/rounds/" + r.ID.String(), By: r.By, Signed: r.Signed, Entry: r.Entry, EntryRef: "/logbook/" + strconv.FormatUint(r.Entry, 10)}
	row.Day, _ = time.ParseInLocation(time.DateOnly, r.Day, s.zone())
	for _, p := range r.Points {
		if p.Judgement == appliance.RoundConspicuous {
			row.Odd++
		}
	}
	switch {
	case r.Missed:
		row.State, row.Word = "warning", l.T("round.state_missed")
	case r.Signed.IsZero():
		row.State, row.Word = "nodata", l.T("round.state_open")
	case r.Signed.After(r.Deadline):
		row.State, row.Word = "warning", l.T("round.state_late")
	default:
		row.State, row.Word = "ok", l.T("round.state_signed")
	}
	return row
}

func (s *Server) roundSettings(c echo.Context) error {
	set, err := s.App.RoundSettings(c.Request().Context())
	if err != nil {
		return err
	}
	form := view.Form{Values: map[string]string{"minute": time.Date(2000, 1, 1, 0, set.Minute, 0, 0, time.UTC).Format("15:04"), "grace": strconv.Itoa(set.Grace)}}
	if set.EveryDay {
		form.Values["every_day"] = "1"
	}
	if set.Off {
		form.Values["off"] = "1"
	}
	return s.showRoundSettings(c, http.StatusOK, form)
}

func (s *Server) showRoundSettings(c echo.Context, status int, form view.Form) error {
	frame := s.frame(c, "round")
	frame.Title = s.render.Lang(frame.Lang).T("round.settings")
	return s.render.Page(c, status, "round-settings", frame, view.RoundSettings{Form: form})
}

func (s *Server) saveRoundSettings(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, "minute", "grace", "every_day", "off")
	set := appliance.RoundSettings{EveryDay: form.Value("every_day") != "", Off: form.Value("off") != ""}
	at, err := time.Parse("15:04", form.Value("minute"))
	if err != nil {
		form.Fail("minute", l.T("round.error.minute"))
	}
	set.Minute = at.Hour()*60 + at.Minute()
	if set.Grace, err = strconv.Atoi(form.Value("grace")); err != nil {
		form.Fail("grace", l.T("round.error.grace"))
	}
	if form.OK() {
		if err = s.App.SaveRoundSettings(c.Request().Context(), actor(c), set); err == nil {
			return s.done(c, "/rounds", l.T("round.settings_saved"))
		}
		if !s.failForm(&form, l, err, nil) {
			return err
		}
	}
	return s.showRoundSettings(c, http.StatusUnprocessableEntity, form)
}
