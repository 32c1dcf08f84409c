package ui

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) settingsAuditRoutes() {
	s.echo.GET("/settings/audit", s.audit)
	s.echo.GET("/settings/audit.csv", s.auditCSV)
}

// auditPage is how many changes a page has; auditFile bounds a file, and how far back a filter looks.
const (
	auditPage = 100
	auditFile = 10_000
)

func (s *Server) auditTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	events, err := s.App.Events(ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}, Limit: 1})
	if err != nil || len(events) == 0 {
		return view.Tile{Value: "–", Text: l.T("change.none")}, err
	}
	return view.Tile{Value: l.When(events[0].At), Text: l.T("change.last_by", "name", events[0].By)}, nil
}

// auditQuery is what the address asks of the changes.
type auditQuery struct {
	by, object, word string
	before           uint64
}

func auditQueryOf(c echo.Context) auditQuery {
	q := auditQuery{by: c.QueryParam("by"), object: c.QueryParam("object"), word: c.QueryParam("q")}
	q.before, _ = strconv.ParseUint(c.QueryParam("before"), 10, 64) // no number is the first page
	return q
}

func (q auditQuery) fits(l *Lang, e appliance.Event) bool {
	return (q.by == "" || e.By == q.by) && (q.object == "" || e.Object == q.object) &&
		(q.word == "" || contains(e.By+"\n"+e.Object+"\n"+l.Say(e.Message), q.word))
}

// changes gives at most limit changes that the query leaves, newest first.
func (s *Server) changesMade(ctx context.Context, l *Lang, q auditQuery, limit int) ([]appliance.Event, error) {
	f := appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}, Before: q.before, Limit: limit}
	if q.by+q.object+q.word != "" {
		f.Limit = auditFile
	}
	all, err := s.App.Events(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []appliance.Event
	for _, e := range all {
		if len(out) < limit && q.fits(l, e) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *Server) audit(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	q := auditQueryOf(c)
	events, err := s.changesMade(c.Request().Context(), l, q, auditPage+1)
	if err != nil {
		return err
	}
	page := view.Audit{List: view.NewList("/settings/audit", c.QueryParams(), "-at")}
	page.List.Query.Del("before") // a filter starts with the newest again
	frame.Title = l.T("change.title")
	if len(events) > 0 && q == (auditQuery{}) {
		frame.Title = l.T("change.title_last", "at", events[0].At, "name", events[0].By)
	}
	if len(events) > auditPage {
		events = events[:auditPage]
		page.More = page.List.With("before", strconv.FormatUint(events[auditPage-1].Seq, 10))
	}
	for _, e := range events {
		page.Rows = append(page.Rows, view.AuditRow{At: e.At, By: e.By, Object: e.Object, Text: l.Say(e.Message),
			ByHref: page.List.With("by", e.By), ObjectHref: page.List.With("object", e.Object)})
	}
	if q.by != "" {
		page.Active = append(page.Active, view.ChartChoice{Label: l.T("change.only_by", "name", q.by), Href: page.List.With("by", "")})
	}
	if q.object != "" {
		page.Active = append(page.Active, view.ChartChoice{Label: l.T("change.only_about", "name", q.object), Href: page.List.With("object", "")})
	}
	page.Empty = view.Empty{Icon: "filter", Title: l.T("settings.nothing_found"), Text: l.T("change.nothing_found"), Href: "/settings/audit", Link: l.T("settings.show_all")}
	if q == (auditQuery{}) {
		page.Empty = view.Empty{Icon: "book-open", Title: l.T("change.none"), Text: l.T("change.none_how")}
	}
	return s.render.Page(c, http.StatusOK, "settings-audit", frame, page)
}

func (s *Server) auditCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	events, err := s.changesMade(c.Request().Context(), l, auditQueryOf(c), auditFile)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, e := range events {
		rows = append(rows, []string{strconv.FormatUint(e.Seq, 10), l.stamp(e.At), e.By, e.Object, l.Say(e.Message)})
	}
	return WriteCSV(c, "changes", []string{"seq", "time", "by", "object", "text"}, rows)
}
