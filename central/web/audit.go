package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

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
		page.Rows = append(page.Rows, listRow{At: e.At, By: e.By, Name: tame(e.Object, 100), Text: tame(l.Say(e.Message), 300)})
	}
	if len(events) == 100 {
		page.Older = view.NewList("/settings/audit", nil, "").With("before", next)
	}
	return s.Render(c, http.StatusOK, "central-audit", f, page)
}
