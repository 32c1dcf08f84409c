package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
)

// deviceCSV is a table of one device as a file.
func (s *Server) deviceCSV(c echo.Context, name string, heads []string, rows func(*subject) [][]string) error {
	d, err := s.subjectOf(c, s.render.Lang("en"))
	if err != nil {
		return err
	}
	return WriteCSV(c, d.Name+"-"+name, heads, rows(d))
}

func (s *Server) interfacesCSV(c echo.Context) error {
	heads := []string{"index", "name", "alias", "type", "expected", "admin_status", "oper_status", "state", "speed_bit_s", "in_bit_s", "out_bit_s", "errors_s"}
	return s.deviceCSV(c, "interfaces", heads, func(d *subject) [][]string {
		var rows [][]string
		for _, n := range d.netifs() {
			state := ""
			if n.judged {
				state = n.state.State.String()
			}
			rows = append(rows, []string{n.instance, n.name, n.alias, n.kind, string(n.role), n.admin, n.oper, state, cell(n.speed), cell(n.in), cell(n.out), cell(n.errors)})
		}
		return rows
	})
}

func (s *Server) storagesCSV(c echo.Context) error {
	return s.deviceCSV(c, "storages", []string{"name", "size_b", "used_b", "used_percent", "state"}, func(d *subject) [][]string {
		var rows [][]string
		for _, x := range d.storages() {
			rows = append(rows, []string{x.Name, cell(x.Size), cell(x.Used), cell(x.Percent), x.State})
		}
		return rows
	})
}

func (s *Server) suppliesCSV(c echo.Context) error {
	return s.deviceCSV(c, "supplies", []string{"name", "kind", "left_percent", "state"}, func(d *subject) [][]string {
		var rows [][]string
		for _, x := range d.supplies() {
			rows = append(rows, []string{x.Name, x.Kind, cell(x.Percent), x.State})
		}
		return rows
	})
}

// statesCSV gives all states, also those that the page shows in the table of ports, worst first.
func (s *Server) statesCSV(c echo.Context) error {
	return s.deviceCSV(c, "states", stateHeads, func(d *subject) [][]string {
		only := d.query.Get("states") == "attention"
		states := slices.Clone(d.States)
		slices.SortStableFunc(states, compareStates)
		var rows [][]string
		for _, r := range states {
			if !only || r.State.Problem() {
				rows = append(rows, d.l.stateCells(r))
			}
		}
		return rows
	})
}

var stateHeads = []string{"check", "item", "label", "state", "since", "seen", "why", "number", "unit", "limit", "source", "verbatim", "acknowledged_by"}

func (l *Lang) stateCells(r appliance.StateRecord) []string {
	by := ""
	if r.Ack != nil {
		by = r.Ack.By
	}
	return []string{r.Check.String(), r.Item, r.Label, r.State.String(), l.stamp(r.Since), l.stamp(r.Seen), l.Say(r.Evidence.Why),
		optional(r.Evidence.Number), r.Evidence.Unit, optional(r.Evidence.Limit), r.Evidence.Source, strings.TrimSpace(r.Evidence.Verbatim), by}
}

func optional(x *float64) string {
	if x == nil {
		return ""
	}
	return cell(*x)
}

// stamp is a time in a file; a time that is not known is empty.
func (l *Lang) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.iso(t)
}
