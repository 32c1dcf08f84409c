package web

import (
	"github.com/labstack/echo/v4"

	"siteward/ui"
	"siteward/ui/view"
)

// fleetCSV sends all rows that the address asks for, a thousand at a time.
func (s *Server) fleetCSV(c echo.Context) error {
	list := view.NewList("/", c.QueryParams(), "")
	f, err := s.asked(c, list)
	if err != nil {
		return err
	}
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	heads := []string{"site", "name", "group", "state", "silence", "since"}
	for _, col := range columns {
		heads = append(heads, col.name)
	}
	var rows [][]string
	f.Limit = 10_000
	for {
		fleet, err := s.Store.Fleet(c.Request().Context(), f)
		if err != nil {
			return err
		}
		for i := range fleet.Rows {
			r := &fleet.Rows[i]
			line := []string{string(r.Site.ID), csvText(r.Site.Name), groups[r.Site.Group], r.Status.Facts.State.String(), string(r.Status.Silent), stamp(r.Status.Since)}
			for _, col := range columns {
				line = append(line, col.fileOf(r))
			}
			rows = append(rows, line)
		}
		if len(fleet.Rows) < f.Limit || len(rows) >= 100_000 {
			break
		}
		f.Offset += f.Limit
	}
	return ui.WriteCSV(c, "fleet", heads, rows)
}
