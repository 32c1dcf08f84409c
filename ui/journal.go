package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) journalRoutes() {
	s.echo.GET("/journal", s.journal)
	s.echo.GET("/journal.csv", s.journalCSV)
}

// journalPage is how many events a page has; journalFile bounds a file and what a word is looked for in.
const (
	journalPage = 100
	journalFile = 10_000
)

// kindsFor are the kinds of events that somebody may see: who changed what is for those who look after the site.
func kindsFor(audit bool) []appliance.EventKind {
	kinds := []appliance.EventKind{appliance.EventState, appliance.EventDevice, appliance.EventTrap, appliance.EventMonitor}
	if audit {
		kinds = append(kinds, appliance.EventAudit)
	}
	return kinds
}

// journalRow is an event as a line.
func (l *Lang) journalRow(e appliance.Event, name func(appliance.ID) string) view.JournalRow {
	row := view.JournalRow{At: e.At, Kind: e.Kind, KindWord: l.T("journal.kind_" + string(e.Kind)), Text: l.Say(e.Message), By: e.By}
	if e.Device != 0 {
		row.Device, row.DeviceHref = name(e.Device), "/devices/"+e.Device.String()
	}
	if e.Kind == appliance.EventState {
		row.From, row.To, row.What = e.From.String(), e.To.String(), l.Item(e.Item, e.Label)
	}
	if e.Cause != 0 && e.Cause != e.Device {
		row.Cause = l.T("journal.because", "name", name(e.Cause))
	}
	return row
}

// names gives the names of devices, looked up once.
func (s *Server) names(ctx context.Context) func(appliance.ID) string {
	known := map[appliance.ID]string{}
	if all, err := s.App.Devices(ctx); err == nil {
		for _, d := range all {
			known[d.ID] = d.Name
		}
	}
	return func(id appliance.ID) string {
		if n, ok := known[id]; ok {
			return n
		}
		return "#" + id.String()
	}
}

// asked is what the address wants to see of the journal.
type journalQuery struct {
	appliance.EventFilter
	word string
	kind string
}

func journalQueryOf(c echo.Context) journalQuery {
	q := journalQuery{word: c.QueryParam("q"), kind: c.QueryParam("kind"), EventFilter: appliance.EventFilter{Kinds: kindsFor(can(c, access.ViewAudit)), Limit: journalPage + 1}}
	q.Device, _ = appliance.ParseID(c.QueryParam("device"))
	q.Check, _ = appliance.ParseID(c.QueryParam("check"))
	q.Before, _ = strconv.ParseUint(c.QueryParam("before"), 10, 64)
	if slices.Contains(q.Kinds, appliance.EventKind(q.kind)) {
		q.Kinds = []appliance.EventKind{appliance.EventKind(q.kind)}
	}
	return q
}

// events that the query leaves, newest first. Words are looked for in what a reader sees, in his language.
func (s *Server) journalEvents(ctx context.Context, q journalQuery, l *Lang, name func(appliance.ID) string) ([]appliance.Event, error) {
	if q.word == "" {
		return s.App.Events(ctx, q.EventFilter)
	}
	limit := q.Limit
	q.Limit = journalFile
	all, err := s.App.Events(ctx, q.EventFilter)
	if err != nil {
		return nil, err
	}
	var out []appliance.Event
	for _, e := range all {
		row := l.journalRow(e, name)
		if len(out) < limit && contains(row.Device+" "+row.What+" "+row.Text+" "+row.By+" "+row.Cause, q.word) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *Server) journal(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "")
	l := s.render.Lang(frame.Lang)
	q, name := journalQueryOf(c), s.names(ctx)
	events, err := s.journalEvents(ctx, q, l, name)
	if err != nil {
		return err
	}
	page := view.Journal{List: view.NewList("/journal", c.QueryParams(), "-at"), Columns: q.Device == 0, Clear: "/journal"}
	if q.Device != 0 {
		page.Device, page.Back, page.Clear = name(q.Device), "/devices/"+q.Device.String(), "/journal?device="+q.Device.String()
	}
	if len(events) > journalPage {
		events = events[:journalPage]
		page.More = page.List.With("before", strconv.FormatUint(events[journalPage-1].Seq, 10))
	}
	for _, e := range events {
		page.Rows = append(page.Rows, l.journalRow(e, name))
	}
	page.Chips = s.journalChips(page.List, l, can(c, access.ViewAudit))
	page.Empty = len(page.Rows) == 0
	frame.Title = l.T("journal.title", "n", len(page.Rows))
	if page.Device != "" {
		frame.Title = l.T("journal.title_of", "n", len(page.Rows), "name", page.Device)
	}
	return s.render.Page(c, http.StatusOK, "journal", frame, page)
}

// journalChips choose a kind. They carry no counts: counting a journal of years is no work for a page.
func (s *Server) journalChips(list view.List, l *Lang, audit bool) []view.Chip {
	out := []view.Chip{{Label: l.T("journal.kind_all"), Href: withoutPage(list, ""), Current: list.Get("kind") == ""}}
	for _, k := range kindsFor(audit) {
		out = append(out, view.Chip{Label: l.T("journal.kind_" + string(k)), Href: withoutPage(list, string(k)), Current: list.Get("kind") == string(k)})
	}
	return out
}

// withoutPage is the list with another kind, from its beginning on.
func withoutPage(list view.List, kind string) string {
	q := view.NewList(list.Path, list.Query, "-at")
	q.Query.Del("before")
	return q.With("kind", kind)
}

var eventHeads = []string{"seq", "time", "kind", "device", "item", "label", "from", "to", "text", "by", "object", "because_of"}

// journalCSV gives the rows that the page's filter leaves, up to ten thousand.
func (s *Server) journalCSV(c echo.Context) error {
	q := journalQueryOf(c)
	q.Limit, q.Before = journalFile, 0
	return s.eventsCSV(c, "journal", q)
}

func (s *Server) deviceEventsCSV(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	d, err := s.App.Device(c.Request().Context(), id)
	if err != nil {
		return err
	}
	q := journalQueryOf(c)
	q.Device, q.Limit, q.Before = id, journalFile, 0
	return s.eventsCSV(c, d.Name+"-events", q)
}

func (s *Server) eventsCSV(c echo.Context, file string, q journalQuery) error {
	ctx := c.Request().Context()
	l, name := s.render.Lang(s.frame(c, "").Lang), s.names(ctx)
	events, err := s.journalEvents(ctx, q, l, name)
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(events))
	for _, e := range events {
		row := []string{strconv.FormatUint(e.Seq, 10), l.iso(e.At), string(e.Kind), "", e.Item, e.Label, "", "", l.Say(e.Message), e.By, e.Object, ""}
		if e.Device != 0 {
			row[3] = name(e.Device)
		}
		if e.Kind == appliance.EventState {
			row[6], row[7] = e.From.String(), e.To.String()
		}
		if e.Cause != 0 {
			row[11] = name(e.Cause)
		}
		rows = append(rows, row)
	}
	return WriteCSV(c, file, eventHeads, rows)
}
