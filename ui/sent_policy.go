package ui

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// sentPolicy shows what leaves, with a switch for each kind.
func (s *Server) sentPolicy(c echo.Context) error {
	p, err := s.App.UplinkPolicy(c.Request().Context())
	if err != nil {
		return err
	}
	return s.showSentPolicy(c, http.StatusOK, p, view.Form{Values: map[string]string{"version": strconv.FormatUint(p.Version, 10)}})
}

func (s *Server) showSentPolicy(c echo.Context, status int, p appliance.UplinkPolicy, form view.Form) error {
	frame := s.frame(c, "sent")
	l := s.render.Lang(frame.Lang)
	page := view.SentPolicy{Form: form, CanEdit: can(c, access.EditSent)}
	for _, k := range appliance.UplinkKinds {
		page.Kinds = append(page.Kinds, view.SentKind{Name: "kind_" + k, Label: l.T("sent.kind_" + k), Hint: l.T("sent.hint_" + k), On: p.Leaves(k)})
	}
	page.Kinds = append(page.Kinds, view.SentKind{Name: "texts", Label: l.T("sent.texts"), Hint: l.T("sent.texts_hint"), On: p.Texts})
	frame.Title = l.T("sent.list_all")
	if n := len(p.Off); n > 0 {
		frame.Title = l.T("sent.list_some", "n", n)
	}
	return s.render.Page(c, status, "sent-list", frame, page)
}

func (s *Server) saveSentPolicy(c echo.Context) error {
	ctx := c.Request().Context()
	fields := []string{"version", "texts"}
	for _, k := range appliance.UplinkKinds {
		fields = append(fields, "kind_"+k)
	}
	form := formOf(c, fields...)
	p := appliance.UplinkPolicy{Texts: form.Value("texts") != ""}
	p.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) //nolint:errcheck // what is no number is no version
	p.Off = slices.DeleteFunc(slices.Clone(appliance.UplinkKinds), func(k string) bool { return form.Value("kind_"+k) != "" })
	l := s.render.Lang(s.frame(c, "").Lang)
	err := s.App.SaveUplinkPolicy(ctx, actor(c), p)
	if err == nil {
		return s.done(c, "/sent/list", l.T("sent.list_saved"))
	}
	if !s.failForm(&form, l, err, nil) {
		return err
	}
	return s.showSentPolicy(c, http.StatusUnprocessableEntity, p, form)
}
