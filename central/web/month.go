package web

import (
	"archive/zip"
	"cmp"
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
	Cut             bool
	Package         string
	Logbook         logbookState
}

// monthRows is how many lines the page of a month has.
const monthRows = 500

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
	book, _, err := central.Logbooks.Find(ctx, s.Store, page.ID)
	if err == nil {
		err = s.readEntries(ctx, &m, &book)
	}
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	page.Lines = m.sums(l, s.Now())
	days, heard := m.days(s.Now())
	page.Days, page.Cut = days, m.cut
	page.DaysLabel = l.T("central.days_told", "n", heard, "of", len(days))
	page.Rows = tellAll(l, m.events)
	page.More = max(0, len(page.Rows)-monthRows)
	page.Rows = page.Rows[:len(page.Rows)-page.More]
	frame.Title = l.T("central.month_title", "name", page.Name, "month", monthWord(l, m.from))
	return s.Render(c, http.StatusOK, "central-month", frame, page)
}

// sums counts what happened, each thing once by its last word in the month.
func (m *month) sums(l *ui.Lang, now time.Time) []view.Line {
	var lines []view.Line
	add := func(word, value string) { lines = append(lines, view.Line{Name: l.T(word), Value: value}) }
	incidents := last[message.Incident](m, message.TypeIncident)
	open := 0
	for _, v := range incidents {
		if v.Closed.IsZero() {
			open++
		}
	}
	add("central.incidents", l.T("central.sum_incidents", "n", len(incidents), "open", open))
	troubles := m.troubles(now)
	slices.SortStableFunc(troubles, func(a, b trouble) int { return cmp.Compare(b.time, a.time) })
	for _, v := range troubles[:min(len(troubles), 5)] {
		add("central.trouble", tame(v.name, 80)+": "+l.T("central.sum_trouble", "n", v.incidents, "time", v.time.Round(time.Minute)))
	}
	tickets := last[message.Ticket](m, message.TypeTicket)
	var closed, minutes, breached int
	for _, v := range tickets {
		minutes += max(0, min(v.Minutes, 1<<20))
		breached += len(v.Breached)
		if !v.Closed.IsZero() {
			closed++
		}
	}
	add("nav.tickets", worked(l, l.T("central.sum_tickets", "n", len(tickets), "closed", closed), minutes))
	add("central.clocks", l.T("central.sum_clocks", "n", breached))
	for _, k := range appliance.ClockKinds {
		p := promised(tickets, k)
		word := "central.sum_promise"
		switch {
		case p.of == 0:
			continue
		case p.longest > 0:
			word = "central.sum_promise_longest"
		}
		add("contract.clock_"+string(k), l.T(word, "n", p.of, "kept", p.kept, "time", p.longest))
	}
	if c := m.contract(); c != nil {
		add("central.contingent", l.T("central.contingent_text", "left", time.Duration(c.Left)*time.Minute, "of", time.Duration(c.Of)*time.Minute))
	}
	done, off := 0, 0
	for _, v := range last[message.Window](m, message.TypeWindow) {
		switch v.State {
		case "done":
			done++
		case "cancelled":
			off++
		}
	}
	add("nav.maintenance", l.T("central.sum_windows", "n", done, "off", off))
	good, bad := tally(each[message.Backup](m, message.TypeBackup), func(v *message.Backup) bool { return v.Verdict == "success" })
	add("nav.backups", l.T("central.sum_backups", "n", good, "bad", bad))
	signed, missed := tally(last[message.Round](m, message.TypeRound), func(v *message.Round) bool { return v.State == "signed" })
	add("nav.round", l.T("central.sum_rounds", "n", signed, "missed", missed))
	add("nav.power", l.T("central.sum_outages", "n", len(last[message.Outage](m, message.TypeOutage))))
	work := 0
	for _, e := range m.entries {
		work += max(0, min(e.Minutes, 1<<20))
	}
	add("nav.logbook", worked(l, l.T("central.sum_entries", "n", len(m.entries)), work))
	return lines
}

// tally counts what is so and what is not.
func tally[T any](list []T, is func(*T) bool) (yes, no int) {
	for i := range list {
		if is(&list[i]) {
			yes++
		}
	}
	return yes, len(list) - yes
}

// worked adds minutes of work to a sum, if there were any.
func worked(l *ui.Lang, sum string, minutes int) string {
	if minutes == 0 {
		return sum
	}
	return sum + ", " + l.T("central.sum_work", "time", time.Duration(minutes)*time.Minute)
}

// contract is what was left of the contract by the last report of the month that says so.
func (m *month) contract() *message.SummaryContract {
	for _, r := range slices.Backward(m.reports) {
		var sum message.Summary
		if json.Unmarshal(r.Data, &sum) == nil && sum.Contract != nil && sum.Contract.Of > 0 {
			return sum.Contract
		}
	}
	return nil
}

// monthPackage sends the month as files: a table of each noun, the reports of its days, its events as they were sent, and the copy of the logbook in the form
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
	if err := s.readEntries(ctx, &m, &book); err != nil {
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
		return e.Encode(map[string]any{"site": row.Site.ID, "name": row.Site.Name, "month": m.from.Format("2006-01"), "made": s.Now(), "reports": len(m.reports), "events": len(m.events), "more_events": m.cut, "logbook": book.Size, "logbook_fault": book.Fault})
	})
	if err == nil {
		err = file("reports.jsonl", func(w io.Writer) error { return jsonLines(w, m.reports) })
	}
	if err == nil {
		err = file("events.jsonl", func(w io.Writer) error { return jsonLines(w, m.events) })
	}
	for _, t := range m.tables(s.Now()) {
		if err == nil {
			err = file(t.name+".csv", t.write)
		}
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
