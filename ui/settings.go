package ui

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsRoutes() {
	s.echo.GET("/settings", s.settings)
	for _, add := range []func(){
		s.settingsSiteRoutes, s.settingsFileRoutes, s.settingsUserRoutes, s.settingsTokenRoutes, s.formatRoutes,
		s.settingsCredentialRoutes, s.settingsTrapRoutes, s.settingsSourceRoutes, s.settingsJobRoutes, s.settingsStoreRoutes, s.settingsAuditRoutes, s.settingsContactRoutes, s.providerRoutes, s.offerRoutes,
	} {
		add()
	}
}

// settings says how Siteward itself is doing, and leads to each noun.
func (s *Server) settings(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	frame.Unstored = "" // this page says it itself, and more of it
	k, err := s.keeping(c.Request().Context())
	if err != nil {
		return err
	}
	page := view.Settings{Troubles: l.troubles(k), About: l.about(k)}
	page.State = worstNote(page.Troubles)
	frame.Title = l.T("settings.fine")
	if n := len(page.Troubles); n > 0 {
		frame.Title = l.T("settings.attention", "n", n)
	}
	for _, t := range settingsTiles {
		if !can(c, t.need) {
			continue
		}
		tile, err := t.tile(s, c.Request().Context(), l, k)
		if err != nil {
			return err
		}
		tile.Icon, tile.Title, tile.Href = t.icon, l.T("settings."+t.key), "/settings/"+t.key
		tile.Link = l.T("settings.open_" + t.key)
		page.Tiles = append(page.Tiles, tile)
	}
	return s.render.Page(c, http.StatusOK, "settings", frame, page)
}

// settingsFrame is the frame of a page about Siteward itself.
func (s *Server) settingsFrame(c echo.Context) (view.Frame, *Lang) {
	frame := s.frame(c, "settings")
	return frame, s.render.Lang(frame.Lang)
}

// settingsTiles are the nouns in the order of the page; key is the last part of the address too.
var settingsTiles = []struct {
	key, icon string
	need      access.Permission
	tile      func(*Server, context.Context, *Lang, keeping) (view.Tile, error)
}{
	{"site", "house", access.ViewSettings, (*Server).siteTile},
	{"contract", "file-text", access.EditContract, (*Server).contractTile},
	{"users", "users", access.ManageUsers, (*Server).usersTile},
	{"contacts", "send", access.ViewContacts, (*Server).contactsTile},
	{"provider", "link", access.ViewProvider, (*Server).providerTile},
	{"sources", "file-text", access.ViewSources, (*Server).sourcesTile},
	{"credentials", "key-round", access.ViewCredentials, (*Server).credentialsTile},
	{"tokens", "link", access.ManageTokens, (*Server).tokensTile},
	{"formats", "receipt-text", access.ViewSettings, (*Server).formatsTile},
	{"jobs", "list-checks", access.ViewSettings, (*Server).jobsTile},
	{"store", "database", access.ViewSettings, (*Server).storeTile},
	{"file", "file-text", access.ApplySite, (*Server).fileTile},
	{"traps", "network", access.ViewTraps, (*Server).trapsTile},
	{"audit", "book-open", access.ViewAudit, (*Server).auditTile},
}

// ordered puts rows in the order of the address; a column that is not in by leaves them as they are. Rows that are equal stay.
func ordered[R any](rows []R, l view.List, by map[string]func(a, b R) int) {
	less, ok := by[l.Sort]
	if !ok {
		return
	}
	slices.SortStableFunc(rows, func(a, b R) int {
		if l.Desc {
			return less(b, a)
		}
		return less(a, b)
	})
}

// byText compares rows by a text, in any case of letters.
func byText[R any](text func(R) string) func(a, b R) int {
	return func(a, b R) int { return cmp.Compare(strings.ToLower(text(a)), strings.ToLower(text(b))) }
}

// byTime compares rows by a time.
func byTime[R any](at func(R) time.Time) func(a, b R) int {
	return func(a, b R) int { return at(a).Compare(at(b)) }
}

// keep leaves the rows in whose texts the word of the filter occurs.
func keep[R any](rows []R, word string, texts func(R) []string) []R {
	word = strings.TrimSpace(word)
	return slices.DeleteFunc(rows, func(r R) bool { return !contains(strings.Join(texts(r), "\n"), word) })
}

// nothingFound is what stands where a filter leaves no row.
func (l *Lang) nothingFound(list view.List) view.Empty {
	return view.Empty{Icon: "filter", Title: l.T("settings.nothing_found"), Text: l.T("settings.nothing_found_for", "word", list.Get("q")),
		Href: list.Path, Link: l.T("settings.show_all")}
}

// refuse puts what is wrong with an entry beside its field, and says whether it could. labels are the words of the fields: the rules
// of the site file go on from a field's name ("Community is missing"), other sentences stand alone.
func (s *Server) refuse(form *view.Form, l *Lang, err error, labels map[string]string) bool {
	e, ok := errors.AsType[*appliance.Error](err)
	if !ok || !slices.Contains([]appliance.Code{appliance.CodeInvalid, appliance.CodeConflict, appliance.CodeOwnedByFile}, e.Code) {
		return false
	}
	text := l.Say(e.Message)
	if label, ok := labels[e.Field]; ok && strings.HasPrefix(e.Message.Key, "validate.") {
		text = l.T("settings.about_field", "field", l.T(label), "text", text)
	}
	field := e.Field
	if _, known := form.Values[field]; !known {
		if _, known := labels[field]; !known {
			field = ""
		}
	}
	form.Fail(field, text)
	return true
}
