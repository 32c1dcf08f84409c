package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/central"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

type logbookState struct {
	Href, State, Word, Text string
	Entries                 int64
	At                      time.Time
	Checkpoint, Cosigned    string
}

// copyOf says how far the copy of the logbook goes and what was found when it was held against its checkpoints.
func (s *Server) copyOf(ctx context.Context, l *ui.Lang, id central.SiteID) (logbookState, error) {
	v := logbookState{Href: "/sites/" + string(id) + "/logbook", State: "nodata", Word: l.T("central.copy_none")}
	b, _, err := central.Logbooks.Find(ctx, s.Store, string(id))
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return v, nil
	} else if err != nil {
		return v, err
	}
	v.Entries, v.At, v.Checkpoint, v.Cosigned = b.Size, b.At, b.Checkpoint, b.Cosigned
	switch {
	case b.Fault != "":
		v.State, v.Word, v.Text = "critical", l.T("central.logbook_bad"), tame(spoken(l, b.FaultIn, b.Fault), 300)
	case b.Cosigned != "":
		v.State, v.Word = "ok", l.T("central.copy_cosigned")
	case b.Checked > 0:
		v.State, v.Word = "ok", l.T("central.copy_checked")
	default:
		v.State, v.Word = "nodata", l.T("central.copy_unchecked")
	}
	return v, nil
}

// logbookPage is the copy of a site's logbook.
type logbookPage struct {
	ID, Name string
	State    logbookState
	Rows     []logbookRow
	Older    string
	Form     view.Form
	MayBegin bool // a copy anew: something does not fit, and the person may
	Earlier  []earlierCopy
	Part     uint64 // of an earlier copy that is shown
}

// earlierCopy is a copy that another one took the place of.
type earlierCopy struct {
	Href, Text string
	Entries    int64
	Since      time.Time
}

type logbookRow struct {
	Seq              uint64
	At               time.Time
	By, Party, Text  string
	Minutes          int
	Broken, Corrects bool
}

const logbookRows = 100

func (s *Server) logbook(c echo.Context) error {
	return s.showLogbook(c, http.StatusOK, view.Form{Values: map[string]string{"why": ""}})
}

// beginCopy begins the copy of a logbook anew.
func (s *Server) beginCopy(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	form := ui.FormOf(c, "why")
	l := s.Lang(s.Frame(c, ""))
	if err := central.NewCopy(c.Request().Context(), s.Store, row.Site.ID, ui.Actor(c).Name, tame(form.Value("why"), 300), s.Now().UTC()); err != nil {
		if !ui.FailForm(&form, l, err, nil) {
			return err
		}
		return s.showLogbook(c, http.StatusUnprocessableEntity, form)
	}
	s.audit(c, "site "+string(row.Site.ID), "copy_begun", "began the copy of the logbook of "+row.Site.Name+" anew", map[string]any{"Name": row.Site.Name})
	return ui.Done(c, "/sites/"+string(row.Site.ID)+"/logbook", l.T("central.copy_begun_done"))
}

func (s *Server) showLogbook(c echo.Context, status int, form view.Form) error {
	ctx := c.Request().Context()
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	page := logbookPage{ID: string(row.Site.ID), Name: tame(row.Site.Name, 80)}
	if page.State, err = s.copyOf(ctx, l, row.Site.ID); err != nil {
		return err
	}
	b, _, err := central.Logbooks.Find(ctx, s.Store, page.ID)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	page.Form, page.MayBegin = form, b.Fault != "" && ui.Can(c, people.EditSites)
	part, more := b.Part, ""
	for i, old := range b.Before {
		href := "/sites/" + page.ID + "/logbook?copy=" + strconv.Itoa(i+1)
		page.Earlier = append(page.Earlier, earlierCopy{Href: href, Text: tame(spoken(l, old.FaultIn, old.Fault), 300), Entries: old.Have, Since: old.Since})
		if c.QueryParam("copy") == strconv.Itoa(i+1) {
			part, page.Part, more = old.Part, old.Part+1, "copy="+strconv.Itoa(i+1)+"&"
		}
	}
	r := central.RecordRange{From: central.LogbookKey(row.Site.ID, part, 0), To: central.LogbookKey(row.Site.ID, part, 1<<62), Reverse: true, Limit: logbookRows}
	if n, err := strconv.ParseUint(c.QueryParam("before"), 10, 62); err == nil {
		r.To = central.LogbookKey(row.Site.ID, part, n)
	}
	lines, err := central.LogbookLines.List(ctx, s.Store, r)
	if err != nil {
		return err
	}
	for _, line := range lines {
		e, err := logbook.Parse(line.Record)
		v := logbookRow{Seq: e.Seq, At: e.At, By: tame(e.By, 60), Party: tame(l.Party(e.Party), 60), Minutes: e.Minutes, Broken: err != nil, Corrects: e.Corrects > 0}
		if e.By == appliance.PartySiteward {
			v.By, v.Party = "Siteward", ""
		}
		v.Text = e.Text
		if e.Message != nil {
			v.Text = l.Say(*e.Message) + " " + e.Text
		}
		if e.Subject != "" && e.Kind != appliance.LogbookChange { // what a change was made to stands in its sentence
			v.Text = e.Subject + ": " + v.Text
		}
		v.Text = tame(v.Text, 500)
		page.Rows = append(page.Rows, v)
	}
	if n := len(page.Rows); n == logbookRows && page.Rows[n-1].Seq > 1 {
		page.Older = "/sites/" + page.ID + "/logbook?" + more + "before=" + strconv.FormatUint(page.Rows[n-1].Seq, 10)
	}
	frame.Title = l.T("central.logbook_title", "name", page.Name)
	return s.Render(c, status, "central-logbook", frame, page)
}
