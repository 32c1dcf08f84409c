package ui

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) discoveryRoutes() {
	s.echo.GET("/discover", s.discovery)
	s.echo.POST("/discover", s.discover)
	s.echo.POST("/discover/stop", s.stopDiscovery)
	s.echo.POST("/discover/settings", s.saveDiscovery)
	s.echo.GET("/proposals/:id", s.proposal)
	s.echo.POST("/proposals/:id/accept", s.acceptProposal)
	s.echo.POST("/proposals/:id/ignore", s.ignoreProposal)
	s.echo.POST("/proposals/:id/reopen", s.reopenProposal)
	s.echo.POST("/proposals/:id/merge", s.mergeProposal)
}

// discovery is where devices are looked for and what was found.
func (s *Server) discovery(c echo.Context) error {
	return s.showDiscovery(c, http.StatusOK, nil, nil)
}

// showDiscovery shows the page; forms with mistakes stand in the place of fresh ones.
func (s *Server) showDiscovery(c echo.Context, status int, form, every *view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "devices")
	frame.Live = form == nil && every == nil
	l := s.render.Lang(frame.Lang)
	page := view.Discovery{List: view.NewList("/discover", c.QueryParams(), "")}
	all, err := s.App.Proposals(ctx)
	if err != nil {
		return err
	}
	s.listProposals(ctx, l, &page, all)
	run, err := s.App.LastDiscovery(ctx)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	page.Search = l.search(run)
	settings, err := s.App.DiscoverySettings(ctx)
	if err != nil {
		return err
	}
	page.EveryText = l.T("discovery.every_off")
	if settings.On {
		page.EveryText = l.T("discovery.every_on", "time", l.clockWord(minuteText(settings.Minute)), "ranges", strings.Join(settings.Ranges, ", "))
	}
	page.Form, page.Every = s.discoveryForm(ctx, run), s.everyForm(ctx, settings)
	if form != nil {
		page.Form = *form
	}
	if every != nil {
		page.Every, page.EveryOpen = *every, true
	}
	if devices, err := s.App.Devices(ctx); err == nil {
		page.First = len(devices) == 0
	}
	if credentials, err := s.App.Credentials(ctx); err == nil {
		page.NoKey = len(credentials) == 0
	}
	frame.Title = l.discoveryTitle(all, run)
	return s.render.Page(c, status, "discovery", frame, page)
}

// discoveryTitle is the verdict: what waits for somebody.
func (l *Lang) discoveryTitle(all []appliance.Proposal, run appliance.DiscoveryRun) string {
	open := 0
	for _, p := range all {
		if p.Status == appliance.ProposalOpen {
			open++
		}
	}
	switch {
	case run.Running():
		return l.T("discovery.title_running")
	case open > 0:
		return l.T("discovery.title_open", "n", open)
	case run.Began.IsZero():
		return l.T("discovery.title_first")
	}
	return l.T("discovery.title_none")
}

func (s *Server) discoveryForm(ctx context.Context, run appliance.DiscoveryRun) view.Form {
	ranges := run.Request.Ranges
	if len(ranges) == 0 {
		ranges = s.App.ProposedRanges(ctx)
	}
	f := view.Form{Values: map[string]string{"ranges": strings.Join(ranges, "\n"), "rate": strconv.Itoa(cmp.Or(run.Request.Rate, appliance.DiscoveryRate))}}
	if run.Request.Public {
		f.Values["public"] = "1"
	}
	return f
}

func (s *Server) everyForm(ctx context.Context, d appliance.DiscoverySettings) view.Form {
	ranges := d.Ranges
	if len(ranges) == 0 {
		ranges = s.App.ProposedRanges(ctx)
	}
	f := view.Form{Values: map[string]string{"every_ranges": strings.Join(ranges, "\n"), "time": minuteText(d.Minute)}}
	if d.On {
		f.Values["on"] = "1"
	}
	if d.Public {
		f.Values["every_public"] = "1"
	}
	return f
}

func minuteText(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// search says how far the search is, or what the last one did.
func (l *Lang) search(run appliance.DiscoveryRun) view.SearchState {
	out := view.SearchState{Running: run.Running(), At: run.Began, Done: run.Done, Total: max(run.Total, 1)}
	if run.Began.IsZero() {
		return out
	}
	ranges := strings.Join(run.Request.Ranges, ", ")
	if out.Running {
		out.Text = l.T("discovery.step_"+cmp.Or(run.Step, "ping"), "done", l.Int(int64(run.Done)), "total", l.Int(int64(run.Total)))
		if left := time.Duration(run.Left); left > time.Second {
			out.Text = l.T("discovery.left", "text", out.Text, "time", l.Duration(left.Round(time.Second)))
		}
		out.Detail = l.T("discovery.detail", "ranges", ranges, "packets", l.Int(int64(run.Packets)), "answers", l.Int(int64(run.Answers)))
		return out
	}
	out.Last = l.T("discovery.last", "n", run.Found, "ranges", ranges, "addresses", l.Int(int64(run.Addresses)), "known", l.Int(int64(run.Known)), "new", l.Int(int64(run.New)),
		"packets", l.Int(int64(run.Packets)), "answers", l.Int(int64(run.Answers)), "took", l.Duration(run.Ended.Sub(run.Began).Round(time.Second)))
	if run.Stopped != "" {
		out.Stopped = l.T("discovery.stopped_" + run.Stopped)
	}
	for _, n := range run.Notes {
		out.Notes = append(out.Notes, l.Say(n))
	}
	if run.Error != "" {
		out.Notes = append(out.Notes, run.Error)
	}
	return out
}

// discover begins a search.
func (s *Server) discover(c echo.Context) error {
	form := formOf(c, "ranges", "public", "rate")
	l := s.render.Lang(s.frame(c, "devices").Lang)
	r := appliance.DiscoveryRequest{Ranges: rangesOf(form.Value("ranges")), Public: form.Value("public") != ""}
	if text := form.Value("rate"); text != "" {
		rate, err := strconv.Atoi(text)
		if err != nil {
			rate = -1
		}
		r.Rate = rate
	}
	if err := s.App.Discover(c.Request().Context(), actor(c), r); err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showDiscovery(c, http.StatusUnprocessableEntity, &form, nil)
	}
	return c.Redirect(http.StatusSeeOther, "/discover")
}

// rangesOf takes what was typed apart: one range a line, or with commas or spaces between.
func rangesOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' })
}

func (s *Server) stopDiscovery(c echo.Context) error {
	err := s.App.StopDiscovery(c.Request().Context(), actor(c))
	if err != nil && appliance.CodeOf(err) != appliance.CodeConflict { // it may have ended in this moment
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/discover")
}

// saveDiscovery switches the daily search on or off.
func (s *Server) saveDiscovery(c echo.Context) error {
	form := formOf(c, "on", "time", "every_ranges", "every_public")
	l := s.render.Lang(s.frame(c, "devices").Lang)
	d := appliance.DiscoverySettings{On: form.Value("on") != "", Ranges: rangesOf(form.Value("every_ranges")), Public: form.Value("every_public") != "", Minute: -1}
	if at, err := time.Parse("15:04", form.Value("time")); err == nil {
		d.Minute = at.Hour()*60 + at.Minute()
	}
	err := s.App.SaveDiscoverySettings(c.Request().Context(), actor(c), d)
	if err == nil {
		text := l.T("discovery.saved_off")
		if d.On {
			text = l.T("discovery.saved_on", "time", l.clockWord(minuteText(d.Minute)))
		}
		return s.done(c, "/discover", text)
	}
	if !s.failForm(&form, l, err, map[string]string{"ranges": "every_ranges", "minute": "time"}) {
		return err
	}
	return s.showDiscovery(c, http.StatusUnprocessableEntity, nil, &form)
}

// statuses of the chips, and which proposals each shows.
var proposalStatuses = []struct {
	key string
	of  []appliance.ProposalStatus
}{
	{"", []appliance.ProposalStatus{appliance.ProposalOpen}},
	{"ignored", []appliance.ProposalStatus{appliance.ProposalIgnored}},
	{"done", []appliance.ProposalStatus{appliance.ProposalAccepted, appliance.ProposalMerged}},
}

func (s *Server) listProposals(ctx context.Context, l *Lang, page *view.Discovery, all []appliance.Proposal) {
	chosen := page.List.Get("status")
	for _, st := range proposalStatuses {
		n := 0
		for _, p := range all {
			if slices.Contains(st.of, p.Status) {
				n++
			}
		}
		label := l.T("discovery.chip_" + cmp.Or(st.key, "open"))
		if n > 0 || st.key == "" || st.key == chosen {
			page.Chips = append(page.Chips, page.List.Chip("status", st.key, label, "", n))
		}
		if st.key != chosen {
			continue
		}
		for _, p := range all {
			if slices.Contains(st.of, p.Status) {
				page.Rows = append(page.Rows, s.proposalRow(ctx, l, p))
			}
		}
	}
	if len(page.Rows) == 0 {
		page.Empty = &view.Empty{Good: true, Title: l.T("discovery.nothing"), Text: l.T("discovery.nothing_text")}
	}
}
