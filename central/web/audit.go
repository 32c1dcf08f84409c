package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) auditPage(c echo.Context) error {
	f := s.Frame(c, "settings")
	l := s.Lang(f)
	f.Title = l.T("settings.audit")
	events, next, err := s.People.Audit(c.Request().Context(), c.QueryParam("before"), 100)
	if err != nil {
		return err
	}
	page := listPage{}
	for _, e := range events {
		page.Rows = append(page.Rows, listRow{At: e.At, By: e.By, Name: about(e), Text: tame(l.Say(e.Message), 300)})
	}
	if len(events) == 100 {
		page.Older = view.NewList("/settings/audit", nil, "").With("before", next)
	}
	return s.Render(c, http.StatusOK, "central-audit", f, page)
}

// about names what a change was made to, when its sentence does not: an object is a kind in English and a name.
func about(e appliance.Event) string {
	kind, name, _ := strings.Cut(e.Object, " ")
	if kind == "site" || kind == "alarm" || name == e.By || strings.Contains(e.Message.English, name) {
		return ""
	}
	return tame(name, 100)
}
