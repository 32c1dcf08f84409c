package ui

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) logbookRoutes() {
	s.echo.GET("/logbook", s.logbook)
	s.echo.GET("/logbook.csv", s.logbookCSV)
	s.echo.GET("/logbook/export", s.logbookExport)
	s.echo.GET("/logbook/new", s.newEntry)
	s.echo.POST("/logbook/new", s.addEntry)
	s.echo.GET("/logbook/:seq", s.logbookEntry)
}

// logbookPage is how many entries a page has, logbookFile how many a file.
const (
	logbookPage = 100
	logbookFile = 10_000
)

// logbookGroups are the chips: what people did, what the program noted, who was on the systems from outside.
var logbookGroups = []struct {
	key   string
	kinds []appliance.LogbookKind
}{
	{"people", []appliance.LogbookKind{appliance.LogbookWork, appliance.LogbookVisit, appliance.LogbookNote, appliance.LogbookRestore, appliance.LogbookBattery, appliance.LogbookRound, appliance.LogbookSpot}},
	{"system", []appliance.LogbookKind{appliance.LogbookChange, appliance.LogbookSystem, appliance.LogbookWindow}},
	{"remote", []appliance.LogbookKind{appliance.LogbookRemote}},
}

// logbookQuery is what the address asks for. Words are looked for in what a reader sees, in his language.
func (l *Lang) logbookQuery(c echo.Context, row func(*appliance.LogbookEntry) view.LogbookRow) appliance.LogbookFilter {
	f := appliance.LogbookFilter{Limit: logbookPage + 1}
	f.Device, _ = appliance.ParseID(c.QueryParam("device"))
	f.Before, _ = strconv.ParseUint(c.QueryParam("before"), 10, 64)
	for _, g := range logbookGroups {
		if g.key == c.QueryParam("of") {
			f.Kinds = g.kinds
		}
	}
	words := strings.Fields(c.QueryParam("q"))
	if len(words) == 0 {
		return f
	}
	f.Match = func(e *appliance.LogbookEntry) bool {
		text := row(e).Words() + " " + e.Reason
		return !slices.ContainsFunc(words, func(w string) bool { return !contains(text, w) })
	}
	return f
}

// logbookRow makes an entry a line. names gives the names of devices.
func (l *Lang) logbookRow(names func(appliance.ID) string) func(*appliance.LogbookEntry) view.LogbookRow {
	return func(e *appliance.LogbookEntry) view.LogbookRow {
		row := view.LogbookRow{Seq: e.Seq, Href: "/logbook/" + strconv.FormatUint(e.Seq, 10), At: e.At, Kind: l.T("logbook.kind_" + string(e.Kind)),
			Who: e.By, Party: l.party(e.Party), Text: e.Text, Corrects: e.Corrects, Minutes: e.Minutes, Ticket: e.Ticket}
		if e.By == appliance.PartySiteward {
			row.Who, row.Party = "Siteward", ""
		}
		if e.Message != nil {
			row.Text = strings.TrimSpace(l.Say(*e.Message) + "\n" + e.Text)
		}
		if e.Corrects != 0 {
			row.CorrectsHref = "/logbook/" + strconv.FormatUint(e.Corrects, 10)
		}
		for _, id := range e.Devices {
			row.On = append(row.On, view.Link{Text: names(id), Href: "/logbook?device=" + id.String()})
		}
		if e.Subject != "" && e.Kind != appliance.LogbookChange { // what a change was made to stands in its sentence
			row.On = append(row.On, view.Link{Text: e.Subject})
		}
		return row
	}
}

func (l *Lang) party(p string) string { return l.Party(p) }

// Party is who an entry of the logbook is of, "" when it is the program itself.
func (l *Lang) Party(p string) string {
	switch p {
	case appliance.PartyCustomer, appliance.PartyProvider:
		return l.T("logbook.party_" + p)
	case appliance.PartySiteward:
		return ""
	}
	return p
}

func (s *Server) logbook(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "logbook")
	l := s.render.Lang(frame.Lang)
	row := l.logbookRow(s.names(ctx))
	entries, err := s.App.LogbookEntries(ctx, l.logbookQuery(c, row))
	if err != nil {
		return err
	}
	head, err := s.App.LogbookHead(ctx)
	if err != nil {
		return err
	}
	page := view.Logbook{List: view.NewList("/logbook", c.QueryParams(), "-at"), CanWrite: can(c, access.WriteLogbook)}
	if len(entries) > logbookPage {
		entries = entries[:logbookPage]
		page.More = page.List.With("before", strconv.FormatUint(entries[logbookPage-1].Seq, 10))
	}
	for i := range entries {
		page.Rows = append(page.Rows, row(&entries[i]))
	}
	page.List.Query.Del("before")
	page.State, page.Checked = l.logbookChecked(head)
	s.logbookFilters(ctx, &page, l, head.Size == 0)
	frame.Title = l.T("logbook.title", "n", head.Size)
	return s.render.Page(c, http.StatusOK, "logbook", frame, page)
}

// logbookChecked says what the last verification found.
func (l *Lang) logbookChecked(h appliance.LogbookHead) (state, sentence string) {
	switch r := h.Verified; {
	case r.At.IsZero():
		return "nodata", l.T("logbook.unchecked")
	case !r.Fits():
		return "critical", l.T("logbook.does_not_fit", "n", r.Bad)
	default:
		return "ok", l.T("logbook.checked", "n", r.Entries, "time", l.When(r.At))
	}
}

func (s *Server) logbookFilters(ctx context.Context, page *view.Logbook, l *Lang, nothing bool) {
	page.Chips = []view.Chip{{Label: l.T("logbook.of_all"), Href: page.List.With("of", ""), Current: page.List.Get("of") == ""}}
	for _, g := range logbookGroups {
		page.Chips = append(page.Chips, view.Chip{Label: l.T("logbook.of_" + g.key), Href: page.List.With("of", g.key), Current: page.List.Get("of") == g.key})
	}
	if id, err := appliance.ParseID(page.List.Get("device")); err == nil {
		page.Active = append(page.Active, view.Chip{Label: s.names(ctx)(id), Href: page.List.With("device", "")})
	}
	page.Empty = view.Empty{Icon: "filter", Title: l.T("logbook.none"), Href: "/logbook", Link: l.T("logbook.show_all")}
	if nothing {
		page.Empty = view.Empty{Icon: "book-open", Title: l.T("logbook.empty"), Text: l.T("logbook.empty_why")}
		if page.CanWrite {
			page.Empty.Href, page.Empty.Link, page.Empty.Button = "/logbook/new", l.T("logbook.write"), true
		}
	}
}

var logbookHeads = []string{"entry", "time", "written", "kind", "party", "by", "devices", "subject", "text", "reason", "minutes", "ticket", "corrects"}

// logbookCSV gives the rows that the page's filter leaves, up to ten thousand.
func (s *Server) logbookCSV(c echo.Context) error {
	ctx := c.Request().Context()
	l, names := s.render.Lang(s.frame(c, "").Lang), s.names(ctx)
	row := l.logbookRow(names)
	f := l.logbookQuery(c, row)
	f.Limit, f.Before = logbookFile, 0
	entries, err := s.App.LogbookEntries(ctx, f)
	if err != nil {
		return err
	}
	rows := make([][]string, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		devices := make([]string, len(e.Devices))
		for i, id := range e.Devices {
			devices[i] = names(id)
		}
		corrects := ""
		if e.Corrects != 0 {
			corrects = strconv.FormatUint(e.Corrects, 10)
		}
		rows = append(rows, []string{strconv.FormatUint(e.Seq, 10), l.iso(e.At), l.iso(e.Written), string(e.Kind), e.Party, e.By, strings.Join(devices, ", "),
			e.Subject, row(e).Text, e.Reason, strconv.Itoa(e.Minutes), e.Ticket, corrects})
	}
	return WriteCSV(c, "logbook", logbookHeads, rows)
}

// logbookExport gives all of it with signatures, to be verified elsewhere.
func (s *Server) logbookExport(c echo.Context) error {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/jsonl; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="siteward-logbook-%s.jsonl"`, s.App.Now().In(s.zone()).Format("20060102-150405")))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	err := s.App.ExportLogbook(c.Request().Context(), actor(c), patient{c.Response(), http.NewResponseController(c.Response())})
	if err != nil && !c.Response().Committed {
		h.Del(echo.HeaderContentType)
		h.Del(echo.HeaderContentDisposition)
		return err
	}
	if err != nil {
		s.Log.Error("an export of the logbook broke off", "request", requestOf(c), "err", err)
		panic(http.ErrAbortHandler) // the browser must not take what it has for the whole
	}
	return nil
}
