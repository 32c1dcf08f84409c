package ui

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// newConsumer is the form of one more who is told.
func (s *Server) newConsumer(c echo.Context) error {
	return s.showConsumer(c, http.StatusOK, appliance.ConsumerView{}, view.Form{Values: map[string]string{"kind": string(appliance.ConsumerReports), "version": "0"}}, nil)
}

// consumerPage says how far one is, with what it is told.
func (s *Server) consumerPage(c echo.Context) error {
	r, err := s.consumer(c)
	if err != nil {
		return err
	}
	return s.showConsumer(c, http.StatusOK, r, consumerForm(r), nil)
}

func consumerForm(r appliance.ConsumerView) view.Form {
	off := ""
	if r.Off {
		off = "1"
	}
	return view.Form{Values: map[string]string{"name": r.Name, "kind": string(r.Kind), "url": r.URL, "site": r.Site, "user": r.User, "off": off, "version": strconv.FormatUint(r.Version, 10)}}
}

// consumer is the one of the address; none when the form is of a new one.
func (s *Server) consumer(c echo.Context) (appliance.ConsumerView, error) {
	if c.Param("id") == "" {
		return appliance.ConsumerView{}, nil
	}
	id, err := idParam(c)
	if err != nil {
		return appliance.ConsumerView{}, err
	}
	all, err := s.App.Consumers(c.Request().Context())
	for _, r := range all {
		if r.ID == id {
			return r, err
		}
	}
	if err == nil {
		err = appliance.ErrNotFound
	}
	return appliance.ConsumerView{}, err
}

func (s *Server) showConsumer(c echo.Context, status int, r appliance.ConsumerView, form view.Form, tried *view.Note) error {
	frame := s.frame(c, "sent")
	l := s.render.Lang(frame.Lang)
	page := view.Consumer{Form: form, Action: "/sent/others", Owner: r.Owner, CanEdit: can(c, access.EditSent), Tried: tried}
	frame.Title = l.T("consumer.new")
	for _, k := range appliance.ConsumerKinds {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Label: l.T("consumer.kind_" + string(k)), Hint: l.T("consumer.hint_" + string(k))})
	}
	if r.ID != 0 {
		frame.Title, page.ID = r.Name, r.ID.String()
		page.Action += "/" + page.ID
		o := l.sentOther(r)
		page.Stands, page.Lines, page.CanTry = &o, l.consumerLines(r), page.CanEdit && !r.Off
	}
	return s.render.Page(c, status, "sent-other", frame, page)
}

// consumerLines say how far one is.
func (l *Lang) consumerLines(r appliance.ConsumerView) []view.Line {
	st := r.State
	lines := []view.Line{{Name: l.T("consumer.kind"), Value: l.T("consumer.kind_" + string(r.Kind))}, {Name: l.T("sent.to"), Value: r.URL}}
	number := func(word string, n uint64) {
		lines = append(lines, view.Line{Name: l.T(word), Value: l.Int(int64(min(n, 1<<60)))}) //nolint:gosec // bounded
	}
	if r.Kind == appliance.ConsumerSamples {
		if st.Samples != nil {
			number("consumer.taken", st.Samples.Sent)
			if !st.Samples.GivenUp.IsZero() {
				lines = append(lines, view.Line{Name: l.T("consumer.given_up"), Value: l.When(st.Samples.GivenUp)})
			}
		}
	} else {
		number("sent.acked", st.Acked)
	}
	if st.Lost > 0 {
		number("consumer.refused", st.Lost)
	}
	if !st.Good.IsZero() {
		lines = append(lines, view.Line{Name: l.T("sent.last_good"), Value: l.When(st.Good)})
	}
	if st.Failed > 0 && !st.Next.IsZero() && !r.Off {
		lines = append(lines, view.Line{Name: l.T("sent.next_try"), Value: l.When(st.Next)})
	}
	if st.Why != "" {
		lines = append(lines, view.Line{Name: l.T("consumer.said"), Value: st.Why})
	}
	return lines
}

func (s *Server) saveConsumer(c echo.Context) error {
	ctx := c.Request().Context()
	old, err := s.consumer(c)
	if err != nil {
		return err
	}
	form := formOf(c, "name", "kind", "url", "site", "user", "off", "version")
	r := appliance.Consumer{ID: old.ID, Kind: appliance.ConsumerKind(form.Value("kind")), Name: form.Value("name"), URL: form.Value("url"), Site: form.Value("site"),
		User: form.Value("user"), Secret: appliance.Secret{Value: c.FormValue("secret")}, Off: form.Value("off") != ""}
	r.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) //nolint:errcheck // what is no number is no version
	if old.ID != 0 {
		r.Kind = old.Kind
		form.Values["kind"] = string(old.Kind)
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	if err := s.App.SaveConsumer(ctx, actor(c), &r); err != nil {
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showConsumer(c, http.StatusUnprocessableEntity, old, form, nil)
	}
	return s.done(c, "/sent/others/"+r.ID.String(), l.T("consumer.saved"))
}

// testConsumer sends one the state of now, or one number, and shows what came of it.
func (s *Server) testConsumer(c echo.Context) error {
	r, err := s.consumer(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), findLimit)
	defer cancel()
	v, err := s.App.TestConsumer(ctx, actor(c), r.ID)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	note := &view.Note{Level: "ok", Title: l.T("consumer.test_good"), Text: l.T("consumer.test_size", "n", int64(v.Bytes))}
	if !v.OK {
		note = &view.Note{Level: "warning", Title: l.sentFailure(v.Code), Text: l.T("sent.said", "why", v.Why)}
	}
	return s.showConsumer(c, http.StatusOK, r, consumerForm(r), note)
}

func (s *Server) deleteConsumer(c echo.Context) error {
	id, err := idParam(c)
	if err == nil {
		err = s.App.DeleteConsumer(c.Request().Context(), actor(c), id)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/sent", s.render.Lang(s.frame(c, "").Lang).T("consumer.gone"))
}
