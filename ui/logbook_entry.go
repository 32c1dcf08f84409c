package ui

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// logbookEntry shows one entry and proves that it is in the signed log.
func (s *Server) logbookEntry(c echo.Context) error {
	ctx := c.Request().Context()
	seq, err := strconv.ParseUint(c.Param("seq"), 10, 64)
	if err != nil || seq == 0 {
		return appliance.ErrNotFound
	}
	proof, err := s.App.LogbookProof(ctx, seq)
	if err != nil {
		return err
	}
	frame := s.frame(c, "logbook")
	l := s.render.Lang(frame.Lang)
	e := proof.Entry
	page := view.LogbookEntry{Row: l.logbookRow(s.names(ctx))(&e), Written: e.Written, Reason: e.Reason, Proof: proof, Holds: proof.Fault == ""}
	for _, f := range e.Files {
		page.Files = append(page.Files, view.LogbookFile{Name: f.Name, SHA256: f.SHA256, Bytes: float64(f.Bytes)})
	}
	later, err := s.App.LogbookEntries(ctx, appliance.LogbookFilter{After: seq, Match: func(x *appliance.LogbookEntry) bool { return x.Corrects == seq }})
	if err != nil {
		return err
	}
	for _, x := range later {
		n := strconv.FormatUint(x.Seq, 10)
		page.Later = append(page.Later, view.Link{Text: l.T("logbook.entry", "n", n), Href: "/logbook/" + n})
	}
	if can(c, access.WriteLogbook) {
		page.Correct = "/logbook/new?corrects=" + strconv.FormatUint(seq, 10)
	}
	if e.Round != 0 {
		page.Round = "/rounds/" + e.Round.String()
	}
	if seq > 1 {
		page.Previous = "/logbook/" + strconv.FormatUint(seq-1, 10)
	}
	if int64(seq) < proof.Size {
		page.Next = "/logbook/" + strconv.FormatUint(seq+1, 10)
	}
	frame.Title = l.T("logbook.entry_title", "n", strconv.FormatUint(seq, 10), "kind", page.Row.Kind)
	return s.render.Page(c, http.StatusOK, "logbook-entry", frame, page)
}
