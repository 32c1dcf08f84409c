package web

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/ui"
	"siteward/ui/view"
)

// monthPage is what a month of a site contained, from its reports.
type monthPage struct {
	ID, Name, Month string
	Lines           []view.Line
	Days            []string
	DaysLabel       string
	Rows            []siteRow
	More            int
	Package         string
	Logbook         logbookState
}

// month is a month with what was told in it.
type month struct {
	from, to time.Time
	reports  []central.Report
	events   []central.Event // oldest first
}

const monthEvents = 10_000

func (s *Server) readMonth(ctx context.Context, c echo.Context, id central.SiteID) (m month, err error) {
	at, err := time.ParseInLocation("2006-01", c.Param("month"), s.Zone)
	if err != nil || at.Year() < 2000 || at.After(s.Now()) {
		return m, appliance.ErrNotFound
	}
	m.from, m.to = at, at.AddDate(0, 1, 0)
	prefix := string(id) + "/"
	m.reports, err = central.DayReports.List(ctx, s.Store, central.RecordRange{From: prefix + at.Format(time.DateOnly), To: prefix + m.to.Format(time.DateOnly), Limit: 40})
	if err != nil {
		return m, err
	}
	events, err := s.Store.Events(ctx, central.EventFilter{Site: id, Types: newsTypes, Since: m.from, Limit: monthEvents})
	for i := range events {
		if t := events[i].Time; !t.Before(m.from) && t.Before(m.to) {
			m.events = append(m.events, events[i])
		}
	}
	slices.Reverse(m.events)
	return m, err
}

func (s *Server) month(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	m, err := s.readMonth(ctx, c, row.Site.ID)
	if err != nil {
		return err
	}
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	page := monthPage{ID: string(row.Site.ID), Name: tame(row.Site.Name, 80), Month: c.Param("month")}
	page.Package = "/sites/" + page.ID + "/month/" + page.Month + "/package.zip"
	if page.Logbook, err = s.copyOf(ctx, l, row.Site.ID); err != nil {
		return err
	}
	page.Lines = m.sums(l)
	byDay := map[string]string{}
	for _, r := range m.reports {
		var sum message.Summary
		if json.Unmarshal(r.Data, &sum) == nil {
			byDay[r.Time.In(s.Zone).Format(time.DateOnly)] = sum.State.String()
		}
	}
	heard, days := 0, 0
	for d := m.from; d.Before(m.to) && !d.After(s.Now()); d = d.AddDate(0, 0, 1) {
		state := byDay[d.Format(time.DateOnly)]
		if state == "" {
			state = "nodata"
		} else {
			heard++
		}
		days++
		page.Days = append(page.Days, state)
	}
	page.DaysLabel = l.T("central.days_told", "n", heard, "of", days)
	for i := range m.events {
		if len(page.Rows) == 500 {
			page.More = len(m.events) - 500
			break
		}
		page.Rows = append(page.Rows, told(l, &m.events[i]))
	}
	frame.Title = l.T("central.month_title", "name", page.Name, "month", page.Month)
	return s.Render(c, http.StatusOK, "central-month", frame, page)
}

// sums counts what happened, each thing once by its last word in the month.
func (m *month) sums(l *ui.Lang) []view.Line {
	last := map[string]*central.Event{}
	for i := range m.events {
		last[m.events[i].Type+"/"+m.events[i].Subject] = &m.events[i]
	}
	var incidents, open, tickets, closed, minutes, breached, good, bad, signed, missed, outages int
	for _, e := range last {
		switch e.Type {
		case message.TypeIncident:
			var v message.Incident
			if json.Unmarshal(e.Data, &v) == nil {
				incidents++
				if v.Closed.IsZero() {
					open++
				}
			}
		case message.TypeTicket:
			var v message.Ticket
			if json.Unmarshal(e.Data, &v) == nil {
				tickets++
				minutes += max(0, min(v.Minutes, 1<<20))
				breached += len(v.Breached)
				if !v.Closed.IsZero() {
					closed++
				}
			}
		case message.TypeOutage:
			outages++
		}
	}
	for i := range m.events {
		switch e := &m.events[i]; e.Type {
		case message.TypeBackup:
			var v message.Backup
			if json.Unmarshal(e.Data, &v) == nil && v.Verdict == "success" {
				good++
			} else {
				bad++
			}
		case message.TypeRound:
			var v message.Round
			if json.Unmarshal(e.Data, &v) == nil && v.State == "signed" {
				signed++
			} else {
				missed++
			}
		}
	}
	return []view.Line{
		{Name: l.T("central.incidents"), Value: l.T("central.sum_incidents", "n", incidents, "open", open)},
		{Name: l.T("nav.tickets"), Value: l.T("central.sum_tickets", "n", tickets, "closed", closed, "time", time.Duration(minutes)*time.Minute)},
		{Name: l.T("central.clocks"), Value: l.T("central.sum_clocks", "n", breached)},
		{Name: l.T("nav.backups"), Value: l.T("central.sum_backups", "n", good, "bad", bad)},
		{Name: l.T("nav.round"), Value: l.T("central.sum_rounds", "n", signed, "missed", missed)},
		{Name: l.T("nav.power"), Value: l.T("central.sum_outages", "n", outages)},
	}
}

// monthPackage sends the month as files: the reports of its days, its events as they were sent, and the copy of the logbook in the form
// that `siteward logbook verify` reads, so that it can be checked without us.
func (s *Server) monthPackage(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	m, err := s.readMonth(ctx, c, row.Site.ID)
	if err != nil {
		return err
	}
	book, _, err := central.Logbooks.Find(ctx, s.Store, string(row.Site.ID))
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/zip")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%s.zip"`, row.Site.ID, m.from.Format("2006-01")))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	c.Response().WriteHeader(http.StatusOK)
	z := zip.NewWriter(c.Response())
	if err := s.pack(ctx, z, row, m, book); err != nil {
		// The headers are sent: the file ends without its index, which every program that reads it finds.
		s.Log.Error("package of a month", "site", row.Site.ID, "err", err)
		panic(http.ErrAbortHandler)
	}
	return z.Close()
}

func (s *Server) pack(ctx context.Context, z *zip.Writer, row central.Row, m month, book central.LogbookCopy) error {
	file := func(name string, write func(io.Writer) error) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: s.Now()})
		if err == nil {
			err = write(w)
		}
		return err
	}
	err := file("site.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"site": row.Site.ID, "name": row.Site.Name, "month": m.from.Format("2006-01"), "made": s.Now(), "reports": len(m.reports), "events": len(m.events), "logbook": book.Size, "logbook_fault": book.Fault})
	})
	if err == nil {
		err = file("reports.jsonl", func(w io.Writer) error { return jsonLines(w, m.reports) })
	}
	if err == nil {
		err = file("events.jsonl", func(w io.Writer) error { return jsonLines(w, m.events) })
	}
	if err != nil || book.Size == 0 {
		return err
	}
	if err := file("logbook.jsonl", func(w io.Writer) error {
		return logbook.Export(w, logbook.Header{Siteward: "logbook", Version: 1, Site: row.Site.Name, Exported: s.Now(), Keys: book.Keys}, s.lines(ctx, book, uint64(book.Size)), book.Checkpoint)
	}); err != nil || book.Cosigned == "" {
		return err
	}
	return file("checkpoint-cosigned.txt", func(w io.Writer) error { _, err := io.WriteString(w, book.Cosigned); return err })
}

func jsonLines[T any](w io.Writer, list []T) error {
	e := json.NewEncoder(w)
	for i := range list {
		if err := e.Encode(list[i]); err != nil {
			return err
		}
	}
	return nil
}

// lines gives the entries of a copy in their order, a thousand at a time.
func (s *Server) lines(ctx context.Context, b central.LogbookCopy, size uint64) iter.Seq2[logbook.Line, error] {
	return func(yield func(logbook.Line, error) bool) {
		for next := uint64(0); next <= size; next += 1000 {
			list, err := central.LogbookLines.List(ctx, s.Store, central.RecordRange{From: central.LogbookKey(b.Site, b.Part, next), To: central.LogbookKey(b.Site, b.Part, min(next+1000, size+1)), Limit: 1000})
			if err != nil {
				yield(logbook.Line{}, err)
				return
			}
			for _, v := range list {
				if !yield(logbook.Line{Record: v.Record, Signature: v.Signature}, nil) {
					return
				}
			}
		}
	}
}
