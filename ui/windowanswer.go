package ui

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/window"
	"siteward/ui/view"
)

// answerPrefix is where somebody answers an announcement by the link of his mail, without an account. Looking changes nothing: programs that
// look into mails follow every link. The secret is the proof, so the form has no other token and the page sets no cookie.
const answerPrefix = statusPrefix + "answer/"

func (s *Server) askedWindow(c echo.Context) error {
	return s.showAskedWindow(c, http.StatusOK, view.Form{Values: map[string]string{}})
}

func (s *Server) showAskedWindow(c echo.Context, status int, form view.Form) error {
	h := c.Response().Header()
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set(echo.HeaderCacheControl, "private, no-store")
	ctx := c.Request().Context()
	v, who, err := s.App.WindowInvite(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	site, err := s.App.Site(ctx)
	if err != nil {
		return err
	}
	t, err := s.things(ctx)
	if err != nil {
		return err
	}
	frame := view.Frame{Lang: s.language(c, appliance.User{}), AsOf: s.App.Now(), Site: site.Name, Hotline: site.Hotline}
	l := s.render.Lang(frame.Lang)
	page := view.AskedWindow{Row: l.windowRow(v, l.windowAbout(v.Window, t.devices, t.jobs)), Comment: v.Comment, Reason: v.Reason, Who: who, Form: form,
		Action: answerPrefix + c.Param("token"), Said: l.windowSaid(v), Hotline: site.Hotline,
		CanAnswer:  window.Can(v.State, appliance.WindowRefused),
		CanConfirm: window.Can(v.State, appliance.WindowConfirmed) && v.Run == nil}
	frame.Title = v.Title
	return s.render.Page(c, status, "window-answer", frame, page)
}

func (s *Server) answerAsked(c echo.Context) error {
	ctx := c.Request().Context()
	form := formOf(c, "state", "note_moved", "note_refused")
	a := appliance.WindowAnswer{State: appliance.WindowState(form.Value("state")), Note: form.Value("note_" + form.Value("state"))}
	if err := s.App.AnswerInvite(ctx, c.Param("token"), a); err != nil {
		l := s.render.Lang(s.language(c, appliance.User{}))
		if !s.failForm(&form, l, err, map[string]string{"note": "note_" + string(a.State), "state": ""}) {
			return err
		}
		return s.showAskedWindow(c, http.StatusUnprocessableEntity, form)
	}
	return c.Redirect(http.StatusSeeOther, answerPrefix+c.Param("token"))
}
