package ui

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

const (
	maxReason   = 200  // characters of a reason
	maxSelected = 1000 // problems taken at once
)

// acknowledge takes care of one problem in the name of the person who asks. Form: item, reason (optional), back.
func (s *Server) acknowledge(c echo.Context) error {
	return s.oneState(c, "problems.done_taken", func(key appliance.StateKey, reason string) error {
		return s.App.Acknowledge(c.Request().Context(), actor(c), key, reason)
	})
}

// unacknowledge gives a problem back. Form: item, back.
func (s *Server) unacknowledge(c echo.Context) error {
	return s.oneState(c, "problems.done_given", func(key appliance.StateKey, _ string) error {
		return s.App.Unacknowledge(c.Request().Context(), actor(c), key)
	})
}

// oneState does something with the state that a form names and leads back to the page it came from. A script follows the same
// redirect and gets that page's list.
func (s *Server) oneState(c echo.Context, done string, do func(appliance.StateKey, string) error) error {
	check, err := parseCheck(c.Param("check"))
	if err != nil {
		return appliance.ErrNotFound
	}
	form := formOf(c, "item", "reason")
	s.checkReason(c, &form)
	if form.Value("item") == "" {
		form.Fail("", s.langOf(c).T("problems.need_item"))
	}
	if !form.OK() {
		return s.showProblems(c, http.StatusUnprocessableEntity, backQuery(c), form)
	}
	key := appliance.StateKey{Check: check, Item: form.Value("item")}
	name := s.nameOf(c, key)
	if err := do(key, form.Value("reason")); err != nil {
		return s.notTaken(c, err)
	}
	return s.done(c, backOf(c), s.langOf(c).T(done, "name", name))
}

// acknowledgeSelected takes care of all problems whose boxes are ticked. Form: key (check:item, many), reason (optional), back.
// What has changed meanwhile is counted and left alone.
func (s *Server) acknowledgeSelected(c echo.Context) error {
	l := s.langOf(c)
	form := formOf(c, "reason")
	s.checkReason(c, &form)
	keys := selected(c)
	switch {
	case len(keys) == 0:
		form.Fail("", l.T("problems.need_selection"))
	case len(keys) > maxSelected:
		form.Fail("", l.T("problems.need_fewer", "n", maxSelected))
	}
	if !form.OK() {
		return s.showProblems(c, http.StatusUnprocessableEntity, backQuery(c), form)
	}
	taken, left := 0, 0
	for _, key := range keys {
		switch err := s.App.Acknowledge(c.Request().Context(), actor(c), key, form.Value("reason")); {
		case err == nil:
			taken++
		case changedMeanwhile(err):
			left++
		default:
			return err
		}
	}
	note := view.Note{Level: "ok", Title: l.T("problems.done_selected", "n", taken)}
	if left > 0 {
		note.Level, note.Text = "warning", l.T("problems.left", "n", left)
	}
	flash(c, note)
	return c.Redirect(http.StatusSeeOther, backOf(c))
}

// selected are the states whose boxes are ticked, as check:item. What is no such name was not made by our page.
func selected(c echo.Context) []appliance.StateKey {
	values, err := c.FormParams()
	if err != nil {
		return nil
	}
	var keys []appliance.StateKey
	for _, v := range values["key"] {
		if key, ok := stateKeyOf(v); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// checkReason keeps a reason to one short line.
func (s *Server) checkReason(c echo.Context, form *view.Form) {
	reason := form.Value("reason")
	switch {
	case utf8.RuneCountInString(reason) > maxReason:
		form.Fail("reason", s.langOf(c).T("problems.reason_long", "n", maxReason))
	case !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl):
		form.Fail("reason", s.langOf(c).T("problems.reason_text"))
	}
}

// notTaken leads back with the reason why nothing was done: the problem is over, or somebody else was faster.
func (s *Server) notTaken(c echo.Context, err error) error {
	if !changedMeanwhile(err) {
		return err
	}
	l := s.langOf(c)
	text := l.T("problems.gone")
	if e, ok := errors.AsType[*appliance.Error](err); ok && e.Code == appliance.CodeConflict {
		text = l.Say(e.Message)
	}
	flash(c, view.Note{Level: "warning", Title: l.T("problems.not_done"), Text: text})
	return c.Redirect(http.StatusSeeOther, backOf(c))
}

func changedMeanwhile(err error) bool {
	code := appliance.CodeOf(err)
	return code == appliance.CodeNotFound || code == appliance.CodeConflict
}

// nameOf is what a state is called in the message afterwards.
func (s *Server) nameOf(c echo.Context, key appliance.StateKey) string {
	l := s.langOf(c)
	for _, p := range s.overview().Problems {
		if p.StateKey == key {
			return l.problemName(p)
		}
	}
	return l.Item(key.Item, "")
}

func (s *Server) langOf(c echo.Context) *Lang {
	return s.render.Lang(s.language(c, access.Who(c.Request().Context()).User))
}

// backOf is the page a form came from. Only pages with such forms are gone back to.
func backOf(c echo.Context) string {
	u, err := url.Parse(c.FormValue("back"))
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" {
		return "/problems"
	}
	if u.Path != "/" && u.Path != "/problems" && !strings.HasPrefix(u.Path, "/backups") && !strings.HasPrefix(u.Path, "/devices/") {
		return "/problems"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// backQuery is the filter of the list a form came from.
func backQuery(c echo.Context) url.Values {
	u, err := url.Parse(backOf(c))
	if err != nil || u.Path != "/problems" {
		return url.Values{}
	}
	return u.Query()
}
