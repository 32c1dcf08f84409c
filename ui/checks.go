package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) checkRoutes() {
	s.echo.GET("/checks/:id", s.check)
	s.echo.GET("/checks/:id/chart", s.checkChart)
	s.echo.GET("/checks/:id/chart.csv", s.checkChartCSV)
	s.echo.GET("/checks/:id/values.csv", s.checkValuesCSV)
	s.echo.POST("/checks/:id/run", s.runCheck)
	s.echo.POST("/checks/:id/pause", s.pauseCheck)
	s.echo.POST("/checks/:id/resume", s.resumeCheck)
}

// probed is one check while its page is made. The subject is its device as far as this check tells of it.
type probed struct {
	*subject
	appliance.Check
	reading appliance.Reading
	read    bool
}

func (s *Server) probedOf(c echo.Context, l *Lang) (*probed, error) {
	id, err := idParam(c)
	if err != nil {
		return nil, err
	}
	ctx := c.Request().Context()
	check, err := s.App.Check(ctx, id)
	if err != nil {
		return nil, err
	}
	v, err := s.App.Device(ctx, check.Device)
	if err != nil {
		return nil, err
	}
	v.Checks = []appliance.Check{check}
	v.States = slices.DeleteFunc(slices.Clone(v.States), func(r appliance.StateRecord) bool { return r.Check != id })
	d, err := s.subjectFrom(c, l, v, "/checks/"+id.String())
	if err != nil {
		return nil, err
	}
	p := &probed{subject: d, Check: check}
	p.reading, p.read = d.told.readings[id]
	return p, nil
}

func (s *Server) check(c echo.Context) error {
	frame := s.frame(c, "devices")
	p, err := s.probedOf(c, s.render.Lang(frame.Lang))
	if err != nil {
		return err
	}
	page, err := s.checkPage(c, p)
	if err != nil {
		return err
	}
	if p.query.Has("pause") && page.Can.Pause && !page.Paused {
		page.PauseForm = p.l.pauseForm(p.path, p.path, view.Form{Values: map[string]string{"until": "4h"}})
	}
	return s.showCheck(c, http.StatusOK, frame, page)
}

func (s *Server) showCheck(c echo.Context, status int, frame view.Frame, page view.Check) error {
	frame.Title = page.Device + ", " + page.Name + ": " + page.Verdict
	frame.Live = page.PauseForm == nil
	return s.render.Page(c, status, "check", frame, page)
}

func (s *Server) checkPage(c echo.Context, p *probed) (view.Check, error) {
	l := p.l
	page := view.Check{ID: p.Check.ID.String(), Name: p.Check.Name, Device: p.DeviceView.Name, DeviceHref: "/devices/" + p.DeviceView.ID.String(),
		State: appliance.StateNoData.String(), Verdict: l.T("device.not_yet"), Facts: p.settings(), Paused: p.Check.Paused.Active(p.now),
		Can: view.DeviceCan{Run: can(c, access.RunCheck), Pause: can(c, access.Pause), Edit: can(c, access.EditDevices), Events: can(c, access.ViewEvents), Technical: p.technical},
		CSV: p.path + "/values.csv", Evidence: p.evidence(p.query.Get("evidence"))}
	if r, ok := p.states[appliance.StateKey{Check: p.Check.ID, Item: appliance.ItemAnswer}]; ok {
		page.State, page.Handled, page.Since, page.Verdict = r.State.String(), r.Ack != nil, r.Since, l.Say(r.Evidence.Why)
	}
	if pause := p.Check.Paused; page.Paused {
		n := view.DeviceNote{Note: view.Note{Title: l.T("check.paused_title"), Text: l.pauseText(pause)}}
		if page.Can.Pause {
			n.Post, n.Button = p.path+"/resume", l.T("device.resume")
		}
		page.Notes = append(page.Notes, n)
	}
	states := slices.Clone(p.States)
	slices.SortStableFunc(states, compareStates)
	for _, r := range states {
		page.States = append(page.States, p.stateRow(r))
	}
	p.fillReading(&page)
	var err error
	page.Chart, err = s.chartOf(c.Request().Context(), p.subject)
	return page, err
}

// fillReading copies the last reading, word for word.
func (p *probed) fillReading(page *view.Check) {
	r := p.reading
	page.Read, page.At, page.Took, page.Partial = p.read, r.At, r.Took.Seconds(), r.Partial
	page.Statuses, page.Texts = r.Statuses, r.Texts
	if r.Failure != nil {
		page.Failure = string(r.Failure.Reason) + ": " + r.Failure.Detail
	}
	for _, line := range r.Log {
		page.Log = append(page.Log, view.LogLine{After: line.After.Seconds(), Text: line.Text})
	}
	for _, v := range r.Values {
		page.Values = append(page.Values, view.ValueRow{Value: v, Chart: p.lineHref(v.Metric, v.Instance)})
	}
}

// settings are how the check asks.
func (p *probed) settings() []view.Fact {
	l := p.l
	var out []view.Fact
	add := func(key, value string, mono bool) {
		if value != "" {
			out = append(out, view.Fact{Name: l.T("check.fact_" + key), Value: value, Mono: mono})
		}
	}
	add("probe", p.how(p.Check), false)
	add("address", p.DeviceView.Address, true)
	add("every", l.Duration(time.Duration(p.Check.Interval)), false)
	add("timeout", l.Duration(time.Duration(p.Check.Timeout)), false)
	if x := p.Check.SNMP; x != nil {
		add("port", portNumber(x.Port), true)
		add("context", x.Context, true)
		add("profile", x.Profile, true)
	}
	if x := p.Check.TCP; x != nil {
		add("port", portNumber(x.Port), true)
		add("expect", x.Expect, true)
	}
	if x := p.Check.HTTP; x != nil {
		add("url", x.URL, true)
		add("expect", x.Match, true)
	}
	add("owner", p.Check.Owner, true)
	if p.read {
		add("read", l.DateTime(p.reading.At), false)
		add("took", l.Value(p.reading.Took.Seconds(), "s"), false)
	}
	return out
}

func portNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (s *Server) runCheck(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	r, err := s.App.RunNow(c.Request().Context(), actor(c), id)
	if err != nil {
		return err
	}
	n := view.Note{Level: "ok", Title: l.T("check.ran", "took", l.Value(r.Took.Seconds(), "s"))}
	if r.Failure != nil {
		n = view.Note{Level: "warning", Title: l.T("check.ran_bad"), Text: l.T("check.ran_bad_next")}
	}
	flash(c, n)
	return c.Redirect(http.StatusSeeOther, "/checks/"+id.String())
}

func (s *Server) pauseCheck(c echo.Context) error {
	frame := s.frame(c, "devices")
	p, err := s.probedOf(c, s.render.Lang(frame.Lang))
	if err != nil {
		return err
	}
	form, reason, until := p.l.readPause(c, p.now)
	if form.OK() {
		err = s.App.PauseCheck(c.Request().Context(), actor(c), p.Check.ID, reason, until)
		if err == nil {
			return s.done(c, p.path, p.l.T("check.now_paused"))
		}
		if !s.failForm(&form, p.l, err, nil) {
			return err
		}
	}
	page, err := s.checkPage(c, p)
	if err != nil {
		return err
	}
	page.PauseForm = p.l.pauseForm(p.path, p.path, form)
	return s.showCheck(c, http.StatusUnprocessableEntity, frame, page)
}

func (s *Server) resumeCheck(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := s.App.ResumeCheck(c.Request().Context(), actor(c), id); err != nil {
		return err
	}
	return s.done(c, "/checks/"+id.String(), s.render.Lang(s.frame(c, "").Lang).T("check.now_resumed"))
}

func (s *Server) checkChart(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	p, err := s.probedOf(c, l)
	if err != nil {
		return err
	}
	page, err := s.chartOf(c.Request().Context(), p.subject)
	if err != nil {
		return err
	}
	return s.chartAnswer(c, l, page)
}

func (s *Server) checkChartCSV(c echo.Context) error {
	p, err := s.probedOf(c, s.render.Lang("en"))
	if err != nil {
		return err
	}
	return s.subjectCSV(c, p.subject)
}

// checkValuesCSV is all that the last reading brought back: numbers, words and texts.
func (s *Server) checkValuesCSV(c echo.Context) error {
	p, err := s.probedOf(c, s.render.Lang("en"))
	if err != nil {
		return err
	}
	stamp := p.l.stamp(p.reading.At)
	var rows [][]string
	for _, v := range p.reading.Values {
		rows = append(rows, []string{stamp, "number", v.Metric, v.Instance, v.Label, cell(v.Number), v.Unit, "", v.Source})
	}
	for _, x := range p.reading.Statuses {
		rows = append(rows, []string{stamp, "status", x.Name, x.Instance, x.Label, x.Word, "", x.Raw, x.Source})
	}
	for _, x := range p.reading.Texts {
		rows = append(rows, []string{stamp, "text", x.Name, x.Instance, "", x.Value, "", "", x.Source})
	}
	return WriteCSV(c, p.DeviceView.Name+"-"+url.PathEscape(p.Check.Name), []string{"time", "kind", "name", "instance", "label", "value", "unit", "raw", "source"}, rows)
}
