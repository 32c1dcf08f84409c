package ui

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/enrol"
	"siteward/ui/view"
)

// providerPath is where the pages about the provider stand.
const providerPath = "/settings/provider"

func (s *Server) providerRoutes() {
	s.echo.GET(providerPath, s.provider)
	s.echo.GET(providerPath+"/connect", s.providerForm)
	s.echo.POST(providerPath+"/connect", s.connectProvider)
	s.echo.POST(providerPath+"/rotate", s.rotateProviderKey)
	s.echo.GET(providerPath+"/disconnect", s.leaveProviderForm)
	s.echo.POST(providerPath+"/disconnect", s.leaveProvider)
}

// providerPages are the pages about the provider, in the order of their tabs. The word of a tab is provider.tab_<key>; count says
// how much waits there for a person and may be nil.
var providerPages = []struct {
	key, path string
	need      access.Permission
	count     func(*Server, context.Context) (int, error)
}{
	{"connection", providerPath, access.ViewProvider, nil},
	{"offers", offersPath, access.ViewProvider, (*Server).offersWaiting},
}

// providerFrame is the frame of a page about the provider, with the tabs to the others.
func (s *Server) providerFrame(c echo.Context, current string) (view.Frame, *Lang, []view.ProviderTab, error) {
	frame := s.frame(c, "provider")
	l := s.render.Lang(frame.Lang)
	var tabs []view.ProviderTab
	for _, p := range providerPages {
		if !can(c, p.need) {
			continue
		}
		tab := view.ProviderTab{Href: p.path, Label: l.T("provider.tab_" + p.key), Current: p.key == current}
		if p.count != nil {
			n, err := p.count(s, c.Request().Context())
			if err != nil {
				return frame, l, nil, err
			}
			tab.Count = n
		}
		tabs = append(tabs, tab)
	}
	return frame, l, tabs, nil
}

func (s *Server) providerTile(ctx context.Context, l *Lang, k keeping) (view.Tile, error) {
	e, st, err := s.reporting(ctx)
	if errors.Is(err, appliance.ErrNotFound) {
		return view.Tile{Value: l.T("provider.none_short"), Text: l.T("provider.none_fact")}, nil
	}
	if err != nil {
		return view.Tile{}, err
	}
	tile := view.Tile{Value: e.Provider, Text: l.T("provider.fact_never")}
	if !st.Good.IsZero() {
		tile.Text = l.T("provider.fact", "at", l.When(st.Good))
	}
	if st.Silent(e.Since, k.now) {
		tile.State, tile.Word = "warning", l.T("provider.word_silent")
	}
	return tile, nil
}

// reporting is the connection in use and how its reports stand.
func (s *Server) reporting(ctx context.Context) (e appliance.Enrolment, st appliance.UplinkState, err error) {
	if e, err = s.App.Provider(ctx); err != nil {
		return e, st, err
	}
	st, err = s.App.UplinkState(ctx)
	if errors.Is(err, appliance.ErrNotFound) {
		err = nil
	}
	return e, st, err
}

// provider says who the provider is and whether reports arrive there.
func (s *Server) provider(c echo.Context) error {
	ctx := c.Request().Context()
	frame, l, tabs, err := s.providerFrame(c, "connection")
	if err != nil {
		return err
	}
	page := view.Provider{Tabs: tabs, CanConnect: can(c, access.ConnectProvider), Connect: view.ProviderForm{Form: view.Form{Values: map[string]string{"url": "", "code": ""}}}}
	e, st, err := s.reporting(ctx)
	switch {
	case errors.Is(err, appliance.ErrNotFound):
		page.State, page.Word, frame.Title = "paused", l.T("provider.word_none"), l.T("provider.title_none")
	case err != nil:
		return err
	default:
		page.Connected, page.Groups = true, strings.Fields(enrol.Fingerprint(e.Central))
		page.Lines = l.providerLines(e, st)
		frame.Title = l.providerVerdict(&page, e, st, s.App.Now())
	}
	all, err := s.App.Enrolments(ctx)
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.State != appliance.EnrolmentActive {
			page.Earlier = append(page.Earlier, view.ProviderEarlier{Provider: old.Provider, URL: old.URL, Word: l.T("provider.state_" + string(old.State)), Why: old.Why, Since: old.Since, Ended: old.Ended})
		}
	}
	return s.render.Page(c, http.StatusOK, "provider", frame, page)
}

// providerVerdict says in a sentence whether reports arrive, and notes what is wrong.
func (l *Lang) providerVerdict(page *view.Provider, e appliance.Enrolment, st appliance.UplinkState, now time.Time) string {
	page.State, page.Word = "ok", l.T("provider.word_ok")
	switch {
	case st.Silent(e.Since, now):
		page.State, page.Word = "warning", l.T("provider.word_silent")
		page.Note = &view.Note{Level: "warning", Title: l.T("provider.silent_head"), Text: l.T("provider.silent_how", "why", l.whyNotTaken(st))}
		return l.T("provider.title_silent", "provider", e.Provider)
	case st.Good.IsZero():
		page.State, page.Word = "nodata", l.T("provider.word_never")
		return l.T("provider.title_never", "provider", e.Provider)
	case st.Failed > 0:
		page.Note = &view.Note{Level: "info", Title: l.T("provider.again_head"), Text: l.T("provider.again_how", "why", l.whyNotTaken(st), "next", l.When(st.Next))}
	}
	return l.T("provider.title", "provider", e.Provider)
}

// whyNotTaken says why the last delivery was not taken, for people.
func (l *Lang) whyNotTaken(st appliance.UplinkState) string {
	key := "provider.why_" + st.Code
	if st.Code == "" || !l.Has(key) {
		key = "provider.why_unreachable"
	}
	return l.T(key)
}

func (l *Lang) providerLines(e appliance.Enrolment, st appliance.UplinkState) []view.Line {
	lines := []view.Line{
		{Name: l.T("provider.address"), Value: e.URL, Mono: true},
		{Name: l.T("provider.site"), Value: e.SiteName},
		{Name: l.T("provider.since"), Value: l.T("provider.since_by", "at", l.When(e.Since), "by", e.By)},
	}
	if !st.Good.IsZero() {
		lines = append(lines, view.Line{Name: l.T("provider.last"), Value: l.When(st.Good)})
	} else {
		lines = append(lines, view.Line{Name: l.T("provider.last"), Value: l.T("provider.last_never")})
	}
	if n := st.Waiting(); n > 0 {
		lines = append(lines, view.Line{Name: l.T("provider.waiting"), Value: l.T("provider.waiting_n", "n", int(n))}) //nolint:gosec // a count
	}
	if st.Lost > 0 {
		lines = append(lines, view.Line{Name: l.T("provider.lost"), Value: l.T("provider.lost_n", "n", int(st.Lost))}) //nolint:gosec // a count
	}
	key := l.T("provider.key_first")
	if !e.Rotated.IsZero() {
		key = l.T("provider.key_rotated", "at", l.When(e.Rotated))
	}
	return append(lines, view.Line{Name: l.T("provider.key"), Value: key})
}

func (s *Server) rotateProviderKey(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	if err := s.App.RotateKey(c.Request().Context(), actor(c)); err != nil {
		e, ok := errors.AsType[*appliance.Error](err)
		if !ok || e.Code == appliance.CodeNotFound {
			return err
		}
		flash(c, view.Note{Level: "error", Title: l.T("provider.rotate_failed"), Text: l.Say(e.Message)})
		return c.Redirect(http.StatusSeeOther, providerPath)
	}
	return s.done(c, providerPath, l.T("provider.rotated"))
}

func (s *Server) leaveProviderForm(c echo.Context) error {
	return s.showLeaveProvider(c, http.StatusOK, view.Form{Values: map[string]string{"reason": ""}})
}

func (s *Server) showLeaveProvider(c echo.Context, status int, form view.Form) error {
	e, st, err := s.reporting(c.Request().Context())
	if err != nil {
		return err
	}
	frame, l, _, err := s.providerFrame(c, "connection")
	if err != nil {
		return err
	}
	frame.Title = l.T("provider.leave_title", "provider", e.Provider)
	return s.render.Page(c, status, "provider-leave", frame, view.ProviderLeave{Form: form, Provider: e.Provider, Waiting: st.Waiting()})
}

func (s *Server) leaveProvider(c echo.Context) error {
	form := formOf(c, "reason")
	l := s.render.Lang(s.frame(c, "").Lang)
	if err := s.App.Disconnect(c.Request().Context(), actor(c), form.Value("reason")); err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showLeaveProvider(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, providerPath, l.T("provider.left"))
}
