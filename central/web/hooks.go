package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// hooksPage lists who is told.
type hooksPage struct {
	Rows  []hookRow
	Empty view.Empty
}

type hookRow struct {
	ID, Name, Address, Told, Language string
	State, Word, Why                  string
	At                                time.Time
	Waiting                           string
}

// hookPage is the form of one.
type hookPage struct {
	ID        string // "" for a new one
	Form      view.Form
	Kinds     []view.Option
	Languages []view.Option
	Groups    []view.Option
	Chosen    map[string]bool // kinds and groups
	Secret    bool            // there is one
	Row       hookRow
}

func (s *Server) hookRoutes() {
	s.echo.GET("/settings/hooks", s.hooks)
	s.echo.GET("/settings/hooks/new", s.newHook)
	s.echo.POST("/settings/hooks/new", s.saveHook)
	s.echo.GET("/settings/hooks/:id", s.hook)
	s.echo.POST("/settings/hooks/:id", s.saveHook)
	s.echo.POST("/settings/hooks/:id/test", s.tryHook)
	s.echo.POST("/settings/hooks/:id/delete", s.deleteHook)
}

func (s *Server) hooks(c echo.Context) error {
	ctx := c.Request().Context()
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	list, err := central.Hooks.List(ctx, s.Store, central.RecordRange{Limit: 1000})
	if err != nil {
		return err
	}
	page := hooksPage{Empty: view.Empty{Icon: "send", Title: l.T("central.hooks_none"), Text: l.T("central.hooks_none_text"), Href: "/settings/hooks/new", Link: l.T("central.hook_new")}}
	for i := range list {
		row, err := s.hookRow(c, l, &list[i])
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
	}
	f.Title = l.T("central.hooks")
	return s.Render(c, http.StatusOK, "central-hooks", f, page)
}

func (s *Server) hookRow(c echo.Context, l *ui.Lang, h *central.Hook) (r hookRow, err error) {
	st, _, err := central.HookStates.Find(c.Request().Context(), s.Store, h.ID.String())
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return r, err
	}
	r = hookRow{ID: h.ID.String(), Name: tame(h.Name, 80), Address: tame(strings.TrimPrefix(h.URL, "mailto:"), 120), Told: toldWords(l, h), At: st.Delivered, Language: l.T("central.hook_default")}
	if h.Lang != "" {
		r.Language = l.T("language." + h.Lang)
	}
	switch {
	case h.Paused:
		r.State, r.Word = "paused", l.T("central.hook_paused")
	case st.Error != "":
		r.State, r.Word, r.Why = "critical", l.T("central.hook_failing"), tame(spoken(l, st.ErrorIn, st.Error), 200)
	case st.Delivered.IsZero():
		r.State, r.Word = "nodata", l.T("central.hook_untold")
	default:
		r.State, r.Word = "ok", l.T("central.hook_told")
	}
	if st.Waiting > 0 {
		r.Waiting = l.T("central.hook_waiting", "n", st.Waiting)
	}
	return r, nil
}

// toldWords says of what a hook is told.
func toldWords(l *ui.Lang, h *central.Hook) string {
	if slices.Contains(h.Kinds, "*") {
		return l.T("central.hook_all")
	}
	var out []string
	for _, o := range hookKinds(l) {
		if wantsKind(h, o.Value) {
			out = append(out, o.Label)
		}
	}
	return strings.Join(out, ", ")
}

// alarmsKind stands in the form for both kinds of an alarm.
const alarmsKind = "alarm"

func hookKinds(l *ui.Lang) []view.Option {
	list := []view.Option{{Value: alarmsKind, Label: l.T("central.alarms")}}
	for _, t := range central.Spoken() {
		list = append(list, view.Option{Value: t, Label: l.T(central.KindWord(t))})
	}
	return list
}

func wantsKind(h *central.Hook, kind string) bool {
	if kind == alarmsKind {
		return len(h.Kinds) == 0 || slices.Contains(h.Kinds, central.AlarmOpened) || slices.Contains(h.Kinds, "*")
	}
	return slices.Contains(h.Kinds, central.NoticeKind(kind)) || slices.Contains(h.Kinds, "*")
}

func (s *Server) newHook(c echo.Context) error {
	return s.showHook(c, http.StatusOK, &central.Hook{}, view.Form{Values: map[string]string{"name": "", "url": "", "language": "", "secret": "", "paused": ""}})
}

// hookOf is the hook in the address.
func (s *Server) hookOf(c echo.Context) (h central.Hook, version uint64, err error) {
	id, err := appliance.ParseID(c.Param("id"))
	if err != nil {
		return h, 0, appliance.ErrNotFound
	}
	return central.Hooks.Find(c.Request().Context(), s.Store, id.String())
}

func (s *Server) hook(c echo.Context) error {
	h, _, err := s.hookOf(c)
	if err != nil {
		return err
	}
	v := map[string]string{"name": h.Name, "url": h.URL, "language": h.Lang, "secret": "", "paused": ""}
	if h.Paused {
		v["paused"] = "1"
	}
	return s.showHook(c, http.StatusOK, &h, view.Form{Values: v})
}

func (s *Server) showHook(c echo.Context, status int, h *central.Hook, form view.Form) error {
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	page := hookPage{Form: form, Kinds: hookKinds(l), Groups: groupOptions(l, groups, nil)[1:], Chosen: map[string]bool{}, Secret: h.Secret != ""}
	page.Languages = []view.Option{{Value: "", Label: l.T("central.hook_default")}}
	for _, tag := range appliance.Languages {
		page.Languages = append(page.Languages, view.Option{Value: tag, Label: l.T("language." + tag)})
	}
	for _, o := range page.Kinds {
		page.Chosen[o.Value] = wantsKind(h, o.Value)
	}
	for _, g := range h.Groups {
		page.Chosen[g.String()] = true
	}
	f.Title = l.T("central.hook_new")
	if h.ID != 0 {
		page.ID = h.ID.String()
		f.Title = tame(h.Name, 80)
		if page.Row, err = s.hookRow(c, l, h); err != nil {
			return err
		}
	}
	return s.Render(c, status, "central-hook", f, page)
}

// saveHook makes a hook or changes one. A secret that is left empty stays as it is.
func (s *Server) saveHook(c echo.Context) error {
	ctx := c.Request().Context()
	var h central.Hook
	var version uint64
	var err error
	if c.Param("id") != "" {
		if h, version, err = s.hookOf(c); err != nil {
			return err
		}
	}
	form := ui.FormOf(c, "name", "url", "language", "secret", "paused")
	h.Name, h.URL, h.Lang, h.Paused = tame(form.Value("name"), 80), form.Value("url"), form.Value("language"), form.Value("paused") != ""
	if !strings.Contains(h.URL, ":") && strings.Contains(h.URL, "@") {
		h.URL = "mailto:" + h.URL
	}
	kept := h.Secret
	if secret := form.Value("secret"); secret != "" {
		h.Secret = secret
	}
	given, err := c.FormParams()
	if err != nil {
		return appliance.ErrNotFound
	}
	h.Kinds, h.Groups = nil, nil
	for _, k := range given["kind"] {
		if k == alarmsKind {
			h.Kinds = append(h.Kinds, central.AlarmOpened, central.AlarmClosed)
			continue
		}
		h.Kinds = append(h.Kinds, central.NoticeKind(k))
	}
	for _, g := range given["group"] {
		if id, err := appliance.ParseID(g); err == nil && id != 0 {
			h.Groups = append(h.Groups, id)
		}
	}
	l := s.Lang(s.Frame(c, ""))
	if len(h.Kinds) == 0 {
		form.Fail("kind", l.T("central.hook_need_kind"))
		h.Kinds = []central.NoticeKind{"-"} // nothing is chosen
	} else if err := h.Check(); err != nil && !ui.FailForm(&form, l, err, map[string]string{"kinds": "kind"}) {
		return err
	}
	if len(form.Errors) > 0 {
		h.Secret, form.Values["secret"] = kept, "" // it is typed again rather than shown
		return s.showHook(c, http.StatusUnprocessableEntity, &h, form)
	}
	if h.ID == 0 {
		if h.ID, err = central.NextID(ctx, s.Store, central.Hooks.Family); err != nil {
			return err
		}
	}
	if err := central.Hooks.Put(ctx, s.Store, h.ID.String(), h, version); err != nil {
		return err
	}
	s.audit(c, "hook "+h.Name, "hook_changed", "changed who is told: "+h.Name, map[string]any{"Name": h.Name})
	return ui.Done(c, "/settings/hooks", l.T("central.hook_saved"))
}

func (s *Server) tryHook(c echo.Context) error {
	h, _, err := s.hookOf(c)
	if err != nil {
		return err
	}
	if err := central.TryHook(c.Request().Context(), s.Store, h, s.Now()); err != nil {
		return err
	}
	return ui.Done(c, "/settings/hooks", s.Lang(s.Frame(c, "")).T("central.hook_tried"))
}

func (s *Server) deleteHook(c echo.Context) error {
	h, _, err := s.hookOf(c)
	if err != nil {
		return err
	}
	if err := central.Hooks.Delete(c.Request().Context(), s.Store, h.ID.String()); err != nil {
		return err
	}
	s.audit(c, "hook "+h.Name, "hook_deleted", "tells no more: "+h.Name, map[string]any{"Name": h.Name})
	return ui.Done(c, "/settings/hooks", s.Lang(s.Frame(c, "")).T("central.hook_gone"))
}
