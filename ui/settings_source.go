package ui

import (
	"cmp"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// source shows one source: how reading it went, and what has to be set up at the other end.
func (s *Server) source(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	return s.showSource(c, http.StatusOK, v, view.Source{})
}

func (s *Server) showSource(c echo.Context, status int, v appliance.SourceView, page view.Source) error {
	frame, l := s.settingsFrame(c)
	now := s.App.Now()
	frame.Title = v.Name
	page.ID, page.Name, page.Owner = v.ID.String(), v.Name, v.Owner
	page.State, page.Word = v.State(now).String(), l.sourceWord(v, now)
	page.CanRead, page.CanEdit = !v.Kind.Comes(), can(c, access.EditSources) && v.Owner == ""
	page.CanToken, page.HasToken = v.Kind.Tokened() && can(c, access.EditSources), v.Push != nil && v.Push.Hint != ""
	if v.Status.Error != nil {
		page.Error = l.Say(*v.Status.Error)
	}
	if v.Status.Note != nil {
		page.Note = l.Say(*v.Status.Note)
	}
	if v.Paused.Active(now) {
		page.Paused = l.T("source.paused_by", "by", v.Paused.By, "reason", v.Paused.Reason)
	}
	page.Lines = s.sourceLines(c, l, v)
	page.Examples = s.sourceExamples(l, v, page.Secret)
	return s.render.Page(c, status, "settings-source", frame, page)
}

func (s *Server) sourceLines(c echo.Context, l *Lang, v appliance.SourceView) []view.Line {
	st := v.Status
	at := func(t time.Time) string {
		if t.IsZero() {
			return l.T("source.never")
		}
		return l.When(t)
	}
	lines := []view.Line{
		{Name: l.T("source.kind"), Value: l.T("source.kind_" + string(v.Kind))},
		{Name: l.T("source.where"), Value: l.where(v, s.App.MailDomain()), Mono: true},
		{Name: l.T("source.read"), Value: at(st.Read)},
		{Name: l.T("source.heard"), Value: at(st.Heard)},
	}
	if !st.Next.IsZero() {
		lines = append(lines, view.Line{Name: l.T("source.next"), Value: at(st.Next)})
	}
	if st.Files > 0 {
		lines = append(lines, view.Line{Name: l.T("source.files"), Value: l.Int(int64(st.Files))})
	}
	if st.Bytes > 0 {
		lines = append(lines, view.Line{Name: l.T("source.bytes"), Value: l.Bytes(float64(st.Bytes))})
	}
	lines = append(lines, view.Line{Name: l.T("source.runs"), Value: l.Int(int64(foundRuns(v)))})
	if p := cmp.Or(v.Product, st.Product); p != "" {
		lines = append(lines, view.Line{Name: l.T("source.product"), Value: p, Mono: true})
	}
	if v.Device != 0 {
		if d, err := s.App.Device(c.Request().Context(), v.Device); err == nil {
			lines = append(lines, view.Line{Name: l.T("source.device"), Value: d.Name})
		}
	}
	if v.TimeZone != "" {
		lines = append(lines, view.Line{Name: l.T("source.time_zone"), Value: v.TimeZone})
	}
	if server := serverOf(v.Source); server != nil {
		lines = append(lines, view.Line{Name: l.T("source.host_key"), Value: server.Fingerprint(), Mono: true})
	}
	return lines
}

func serverOf(s appliance.Source) *appliance.Server {
	switch {
	case s.SFTP != nil:
		return &s.SFTP.Server
	case s.Command != nil:
		return &s.Command.Server
	}
	return nil
}

// sourceExamples are what a person copies to the other end.
func (s *Server) sourceExamples(l *Lang, v appliance.SourceView, secret string) []view.SourceExample {
	switch {
	case v.Kind == appliance.SourcePush && secret != "":
		return []view.SourceExample{
			{Label: l.T("source.example_start"), Text: "curl -fsS -m 10 --retry 5 " + secret + "/start"},
			{Label: l.T("source.example_exit"), Text: "curl -fsS -m 30 --retry 5 --data-binary @backup.log " + secret + "/$?"},
			{Label: l.T("source.example_windows"), Text: "Invoke-RestMethod -Method Post -InFile backup.log " + secret + "/$LASTEXITCODE"},
		}
	case v.Kind == appliance.SourceEvents && secret != "":
		return eventExamples(l, secret+"/events")
	case v.Mail != nil && s.App.MailDomain() != "":
		return []view.SourceExample{{Label: l.T("source.example_mail"), Text: v.Mail.Mailbox + "@" + s.App.MailDomain()}}
	}
	return nil
}

// addressOf is how this visitor reaches the pages.
func (s *Server) addressOf(c echo.Context) string {
	scheme := "http://"
	if c.IsTLS() || c.Request().Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	return scheme + c.Request().Host
}

func (s *Server) readSourceNow(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	st, err := s.App.ReadSource(c.Request().Context(), actor(c), v.ID)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	to := "/settings/sources/" + v.ID.String()
	if st.Error != nil {
		return c.Redirect(http.StatusSeeOther, to) // the page says what is wrong
	}
	return s.done(c, to, l.T("source.read_done", "name", v.Name))
}

// newSourceToken makes the secret of a push anew and shows it in the answer itself: no redirect, no cookie and no store ever holds it.
func (s *Server) newSourceToken(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	secret, err := s.App.NewPushToken(c.Request().Context(), actor(c), v.ID)
	if err != nil {
		return err
	}
	if v, err = s.App.Source(c.Request().Context(), v.ID); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return s.showSource(c, http.StatusOK, v, view.Source{Secret: s.addressOf(c) + pushPrefix + secret})
}

func (s *Server) pauseSource(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	page := view.Source{Form: formOf(c, "reason")}
	if err := s.App.PauseSource(c.Request().Context(), actor(c), v.ID, page.Form.Value("reason"), time.Time{}); err != nil {
		if !s.refuse(&page.Form, l, err, map[string]string{"reason": "source.reason"}) {
			return err
		}
		return s.showSource(c, http.StatusUnprocessableEntity, v, page)
	}
	return s.done(c, "/settings/sources/"+v.ID.String(), l.T("source.paused_done", "name", v.Name))
}

func (s *Server) resumeSource(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	if err := s.App.ResumeSource(c.Request().Context(), actor(c), v.ID); err != nil {
		return err
	}
	return s.done(c, "/settings/sources/"+v.ID.String(), l.T("source.resumed_done", "name", v.Name))
}
