package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"siteward/central"
	"siteward/ui/view"
)

func (s *Server) search(c echo.Context) error {
	frame := s.Frame(c, "")
	l := s.Lang(frame)
	groups, err := s.Scope(c)
	if err != nil {
		return err
	}
	page := view.Search{Query: c.QueryParam("q"), Found: []view.Found{}}
	fleet, err := s.Store.Fleet(c.Request().Context(), central.FleetFilter{Groups: groups, Text: tame(page.Query, 100), Limit: 20})
	if err != nil {
		return err
	}
	for i := range fleet.Rows {
		r := &fleet.Rows[i]
		state, word := standing(l, r)
		page.Found = append(page.Found, view.Found{Title: tame(r.Site.Name, 80), Hint: word, Href: "/sites/" + string(r.Site.ID), State: state})
	}
	if c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON {
		return c.JSON(http.StatusOK, page.Found)
	}
	frame.Title = l.T("search.results")
	return s.Render(c, http.StatusOK, "search", frame, page)
}
