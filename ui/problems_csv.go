package ui

import (
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// problemHeads are the columns of the file, by names that do not change.
var problemHeads = []string{"state", "device", "place", "address", "item", "name", "measured", "number", "unit", "limit", "since", "seen",
	"owner", "acknowledged", "reason", "unreachable"}

// problemsCSV is the list as a file: the rows that the same query shows, without pages.
func (s *Server) problemsCSV(c echo.Context) error {
	frame := s.frame(c, "problems")
	r, err := s.readerOf(c, frame, "")
	if err != nil {
		return err
	}
	list := view.NewList("/problems", c.QueryParams(), "-state")
	chosen := r.chosen(r.matching(s.overview().Problems, list.Get("q")), list)
	rows := make([][]string, 0, len(chosen))
	for _, p := range chosen {
		rows = append(rows, r.csvRow(p))
	}
	return WriteCSV(c, "problems", problemHeads, rows)
}

func (r *reader) csvRow(p monitor.Problem) []string {
	owner, taken, reason := "", "", ""
	if a := p.Ack; a != nil {
		owner, taken, reason = r.person(a.By), r.stampOf(a.At), a.Reason
	}
	names := make([]string, 0, len(p.Behind))
	for _, id := range p.Behind {
		names = append(names, r.device(id))
	}
	e := p.Evidence
	return []string{p.State.String(), p.Device.Name, p.Device.Place, p.Device.Address, p.Item, r.l.StateItem(p.StateRecord), r.l.Say(e.Why),
		plainNumber(e.Number), e.Unit, plainNumber(e.Limit), r.stampOf(p.Since), r.stampOf(p.Seen), owner, taken, reason, strings.Join(names, "; ")}
}

func (r *reader) stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return r.l.iso(t)
}

func plainNumber(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}
