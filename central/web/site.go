package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

// sitePage is one site as it reports.
type sitePage struct {
	ID, Name, Group   string
	State, Word, Why  string
	Since, Seen       time.Time
	Silence           *view.Note
	Alarms            []alarmRow
	Lines             []view.Line
	Wrong             []wrongRow
	Devices           string
	Backups           []siteRow
	UPS               []siteRow
	Clocks            []siteRow
	News              []siteRow
	Offers            []siteRow
	Logbook           logbookState
	Months            []view.Option
	CanEdit, Reported bool
}

// wrongRow is something that is wrong, with what proves it.
type wrongRow struct {
	State, Name, Why string
	Since            time.Time
	Taken            bool
}

type siteRow struct {
	State, Word, Name, Text string
	At                      time.Time
}

type logbookState struct {
	Href, State, Word, Text string
	Entries                 int64
	At                      time.Time
	Checkpoint, Cosigned    string
}

const listed = 50 // rows of one part; the rest is counted

func (s *Server) siteRoutes() {
	s.echo.GET("/sites/:site", s.site)
	s.echo.GET("/sites/:site/logbook", s.logbook)
	s.echo.GET("/sites/:site/edit", s.siteForm)
	s.echo.POST("/sites/:site/edit", s.saveSite)
	s.echo.GET("/sites/:site/month/:month", s.month)
	s.echo.GET("/sites/:site/month/:month/package.zip", s.monthPackage)
}

func (s *Server) site(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	st := &row.Status
	page := sitePage{ID: string(row.Site.ID), Name: tame(row.Site.Name, 80), Group: groups[row.Site.Group], Seen: st.Seen, CanEdit: ui.Can(c, people.EditSites)}
	page.State, page.Word = standing(l, &row)
	page.Why, page.Since = s.why(l, &row)
	page.Silence = silence(l, &row)
	word := page.Word
	if word == "" {
		word = l.T("state." + page.State)
	}
	frame.Title = l.T("central.site_title", "name", page.Name, "state", word)
	scope := []appliance.ID{row.Site.Group}
	alarms, err := s.alarms(ctx, l, scope, ui.Can(c, people.Acknowledge))
	if err != nil {
		return err
	}
	for _, a := range alarms {
		if a.Href == "/sites/"+page.ID {
			a.Href = ""
			page.Alarms = append(page.Alarms, a)
		}
	}
	report, _, err := central.Reports.Find(ctx, s.Store, page.ID)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	var sum message.Summary
	if err == nil && json.Unmarshal(report.Data, &sum) == nil {
		page.Reported = true
		fillReport(l, &page, &sum, s.Now())
	}
	page.Lines = siteLines(l, &row, &sum)
	if page.News, err = s.news(ctx, l, row.Site.ID); err != nil {
		return err
	}
	if page.Logbook, err = s.copyOf(ctx, l, row.Site.ID); err != nil {
		return err
	}
	now := s.Now().In(s.Zone)
	for i := range 6 {
		m := time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, s.Zone)
		page.Months = append(page.Months, view.Option{Value: m.Format("2006-01"), Label: m.Format("2006-01")})
	}
	return s.Render(c, http.StatusOK, "central-site", frame, page)
}

// silence explains why nothing is heard of a site and what that means for everything else on the page.
func silence(l *ui.Lang, r *central.Row) *view.Note {
	st := &r.Status
	n := view.Note{Level: "warning"}
	switch st.Silent {
	case central.Lost:
		n = view.Note{Level: "critical", Title: l.T("central.quiet_lost"), Text: l.T("central.quiet_lost_text", "seen", st.Seen, "patience", r.Site.Patience())}
	case central.Overdue:
		n = view.Note{Level: "critical", Title: l.T("central.quiet_overdue"), Text: l.T("central.quiet_overdue_text", "seen", st.Seen, "reason", tame(st.Stopping, 100))}
	case central.Ours:
		n.Title, n.Text = l.T("central.quiet_ours"), l.T("central.quiet_ours_text")
	case central.Never:
		n.Title, n.Text = l.T("central.quiet_never"), l.T("central.quiet_never_text")
	case central.Stopped:
		n = view.Note{Level: "maintenance", Title: l.T("central.quiet_stopped"), Text: l.T("central.quiet_stopped_text", "reason", tame(st.Stopping, 100), "due", st.Due)}
	case central.Speaking:
		return nil
	}
	return &n
}

func siteLines(l *ui.Lang, r *central.Row, sum *message.Summary) []view.Line {
	st := &r.Status
	lines := []view.Line{{Name: l.T("central.version"), Value: tame(st.Facts.Version, 60), Mono: true}}
	add := func(word, value string) { lines = append(lines, view.Line{Name: l.T(word), Value: value}) }
	if st.Skew != 0 {
		add("central.skew", l.T("central.skew_text", "by", st.Skew.Abs()))
	}
	if st.Behind > 0 {
		add("central.behind", l.T("central.behind_text", "n", int64(min(st.Behind, 1<<40))))
	}
	if st.Lost > 0 {
		add("central.lost", l.T("central.lost_text", "n", int64(min(st.Lost, 1<<40))))
	}
	if st.Facts.Window != "" {
		add("central.window", tame(st.Facts.Window, 100))
	}
	if sum.Next != nil {
		add("central.next_window", l.When(sum.Next.From)+" · "+tame(sum.Next.Title, 100))
	}
	if st.Facts.ContOf > 0 {
		add("central.contingent", l.T("central.contingent_text", "left", time.Duration(st.Facts.Contingent)*time.Minute, "of", time.Duration(st.Facts.ContOf)*time.Minute))
	}
	if st.Facts.Round != "" && rounds[st.Facts.Round] != "" {
		text := l.T("central.round_" + st.Facts.Round)
		if sum.Round != nil && sum.Round.By != "" {
			text += " · " + tame(sum.Round.By, 60)
		}
		add("nav.round", text)
	}
	add("central.group", "")
	add("central.note", tame(r.Site.Note, 300))
	if r.Site.Paused != "" {
		add("central.paused", tame(r.Site.Paused, 200))
	}
	return lines
}

// verdicts are the shapes of a backup's verdict.
var verdicts = map[string]string{"success": "ok", "warning": "warning", "failed": "critical", "running": "maintenance", "none": "nodata"}

func fillReport(l *ui.Lang, page *sitePage, sum *message.Summary, now time.Time) {
	bad := 0
	for _, d := range sum.Devices {
		if d.State == appliance.StateOK {
			continue
		}
		bad++
		if len(page.Wrong) < listed {
			page.Wrong = append(page.Wrong, wrongRow{State: d.State.String(), Name: tame(d.Name, 80), Why: tame(d.Why, 200)})
		}
	}
	for _, i := range sum.Incidents.Worst {
		page.Wrong = append(page.Wrong, wrongRow{State: i.State.String(), Name: l.T("central.incident", "n", int64(i.ID)), Why: tame(i.Title, 200), Since: i.Opened, Taken: i.Acked})
	}
	slices.SortStableFunc(page.Wrong, func(a, b wrongRow) int { return shapeRank[b.State] - shapeRank[a.State] })
	page.Devices = l.T("central.devices_text", "n", len(sum.Devices), "good", len(sum.Devices)-bad)
	for _, j := range sum.Backups[:min(len(sum.Backups), listed*4)] {
		r := siteRow{Name: tame(j.Name, 80), State: verdicts[j.Verdict], At: j.Good}
		if r.State == "" {
			r.State, r.Word = "paused", l.T("central.verdict_waiting")
		} else {
			r.Word = l.T("central.verdict_" + j.Verdict)
		}
		page.Backups = append(page.Backups, r)
	}
	for _, u := range sum.UPS[:min(len(sum.UPS), listed)] {
		r := siteRow{Name: tame(u.Name, 80), State: "ok", Word: l.T("central.on_mains"), Text: l.T("central.ups_text", "charge", u.Charge, "n", u.Minutes)}
		switch {
		case u.OnBattery:
			r.State, r.Word = "critical", l.T("central.on_battery", "n", u.Minutes)
		case u.Replace:
			r.State, r.Word = "warning", l.T("central.battery_bad")
		}
		page.UPS = append(page.UPS, r)
	}
	for _, k := range sum.Tickets.Clocks[:min(len(sum.Tickets.Clocks), listed)] {
		r := siteRow{Name: l.T("central.ticket", "n", int64(k.Ticket)), Text: tame(k.Title, 120), At: k.Due, State: "ok", Word: l.T("central.clock_runs")}
		switch {
		case !k.Due.IsZero() && now.After(k.Due):
			r.State, r.Word = "critical", l.T("central.clock_missed")
		case k.Percent >= 80:
			r.State, r.Word = "warning", l.T("central.clock_near")
		}
		page.Clocks = append(page.Clocks, r)
	}
}

var shapeRank = map[string]int{"critical": 5, "warning": 4, "nodata": 3, "maintenance": 2, "paused": 1}

// newsTypes are events that people follow.
var newsTypes = []string{message.TypeIncident, message.TypeTicket, message.TypeWindow, message.TypeRound, message.TypeBackup, message.TypeOutage, message.TypeStopping, message.TypeGap, message.TypeInventory}

func (s *Server) news(ctx context.Context, l *ui.Lang, id central.SiteID) ([]siteRow, error) {
	events, err := s.Store.Events(ctx, central.EventFilter{Site: id, Types: newsTypes, Limit: 30})
	if err != nil {
		return nil, err
	}
	var out []siteRow
	for i := range events {
		out = append(out, told(l, &events[i]))
	}
	return out, nil
}

// told is an event in a line: its kind in words of ours, its text as the site wrote it.
func told(l *ui.Lang, e *central.Event) siteRow {
	r := siteRow{Name: l.T("central.event_" + kindOf(e.Type)), At: e.Time}
	decode := func(v any) bool { return json.Unmarshal(e.Data, v) == nil }
	switch e.Type {
	case message.TypeIncident:
		var v message.Incident
		if decode(&v) {
			r.State, r.Text = v.State.String(), v.Title
			if !v.Closed.IsZero() {
				r.State = "ok"
			}
		}
	case message.TypeTicket:
		var v message.Ticket
		if decode(&v) {
			r.Text = "#" + v.ID.String() + " " + string(v.Status) + " " + v.Title
		}
	case message.TypeWindow:
		var v message.Window
		if decode(&v) {
			r.State, r.Text = "maintenance", v.Title
		}
	case message.TypeRound:
		var v message.Round
		if decode(&v) {
			r.State, r.Text = rounds[v.State], v.Day+" "+v.By
		}
	case message.TypeBackup:
		var v message.Backup
		if decode(&v) {
			r.State, r.Text = verdicts[v.Verdict], strings.TrimSpace(v.Name+" "+v.Why)
		}
	case message.TypeOutage:
		var v message.Outage
		if decode(&v) {
			r.Text = v.Name
		}
	case message.TypeStopping:
		var v message.Stopping
		if decode(&v) {
			r.Text = strings.TrimSpace(v.Reason + " " + v.Text)
		}
	case message.TypeGap:
		var v message.Gap
		if decode(&v) {
			r.State, r.Text = "warning", strconv.FormatUint(v.From, 10)+"–"+strconv.FormatUint(v.To, 10)+" "+v.Why
		}
	case message.TypeInventory:
		var v message.Inventory
		if decode(&v) {
			r.Text = v.Name + ": " + v.What
		}
	}
	r.Text = tame(r.Text, 200)
	return r
}

// kindOf is the middle of a type: "incident" of "siteward.incident.v1"; "other" for a noun that has no words yet.
func kindOf(t string) string {
	if !slices.Contains(newsTypes, t) {
		return "other"
	}
	return strings.Split(t, ".")[1]
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
		v.State, v.Word, v.Text = "critical", l.T("central.logbook_bad"), tame(b.Fault, 300)
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
	r := central.RecordRange{Prefix: page.ID + "/", Reverse: true, Limit: logbookRows}
	if n, err := strconv.ParseUint(c.QueryParam("before"), 10, 63); err == nil {
		r.To = central.LogbookKey(row.Site.ID, n)
	}
	lines, err := central.LogbookLines.List(ctx, s.Store, r)
	if err != nil {
		return err
	}
	for _, line := range lines {
		e, err := logbook.Parse(line.Record)
		v := logbookRow{Seq: e.Seq, At: e.At, By: tame(e.By, 60), Party: tame(e.Party, 60), Minutes: e.Minutes, Broken: err != nil, Corrects: e.Corrects > 0}
		v.Text = e.Text
		if v.Text == "" && e.Message != nil {
			v.Text = l.Say(*e.Message)
		}
		if e.Subject != "" {
			v.Text = e.Subject + ": " + v.Text
		}
		v.Text = tame(v.Text, 500)
		page.Rows = append(page.Rows, v)
	}
	if n := len(page.Rows); n == logbookRows && page.Rows[n-1].Seq > 1 {
		page.Older = "/sites/" + page.ID + "/logbook?before=" + strconv.FormatUint(page.Rows[n-1].Seq, 10)
	}
	frame.Title = l.T("central.logbook_title", "name", page.Name)
	return s.Render(c, http.StatusOK, "central-logbook", frame, page)
}

// siteEdit is what people enter about a site.
type siteEdit struct {
	ID     string
	Form   view.Form
	Groups []view.Option
}

func (s *Server) siteForm(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	v := map[string]string{"name": row.Site.Name, "note": row.Site.Note, "paused": row.Site.Paused, "group": row.Site.Group.String(), "version": strconv.FormatUint(row.Site.Version, 10),
		"every": strconv.Itoa(int(row.Site.Every.Minutes())), "grace": strconv.Itoa(int(row.Site.Grace.Minutes()))}
	return s.showSite(c, http.StatusOK, siteEdit{ID: string(row.Site.ID), Form: view.Form{Values: v}})
}

func (s *Server) showSite(c echo.Context, status int, page siteEdit) error {
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	page.Groups = groupOptions(l, groups, scope)
	page.Groups[0] = view.Option{Value: "0", Label: l.T("central.no_group")}
	frame.Title = l.T("central.edit_title", "name", tame(page.Form.Value("name"), 80))
	return s.Render(c, status, "central-edit", frame, page)
}

func (s *Server) saveSite(c echo.Context) error {
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	l := s.Lang(s.Frame(c, ""))
	form := ui.FormOf(c, "name", "note", "paused", "group", "version", "every", "grace")
	site := row.Site
	site.Name, site.Note, site.Paused = tame(form.Value("name"), 80), tame(form.Value("note"), 300), tame(form.Value("paused"), 200)
	site.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) //nolint:errcheck // what is no number was changed meanwhile
	if site.Name == "" {
		form.Fail("name", l.T("central.need_name"))
	}
	for field, to := range map[string]*time.Duration{"every": &site.Every, "grace": &site.Grace} {
		n, err := strconv.Atoi(form.Value(field))
		if form.Value(field) == "" {
			n, err = 0, nil
		}
		if err != nil || n < 0 || n > 7*24*60 {
			form.Fail(field, l.T("central.need_minutes"))
		}
		*to = time.Duration(n) * time.Minute
	}
	see := central.FleetFilter{Groups: scope}
	group, err := appliance.ParseID(form.Value("group"))
	if form.Value("group") == "0" || form.Value("group") == "" {
		group, err = 0, nil
	}
	if err != nil || !see.Sees(group) {
		form.Fail("group", l.T("central.need_group"))
	}
	site.Group = group
	if form.OK() {
		err = s.Store.PutSite(c.Request().Context(), &site)
		if err == nil {
			s.audit(c, "site "+string(site.ID), "site_changed", "changed the site "+site.Name, map[string]any{"Name": site.Name})
			return ui.Done(c, "/sites/"+string(site.ID), l.T("central.site_saved"))
		}
		if !ui.FailForm(&form, l, err, nil) {
			return err
		}
	}
	return s.showSite(c, http.StatusUnprocessableEntity, siteEdit{ID: string(site.ID), Form: form})
}
