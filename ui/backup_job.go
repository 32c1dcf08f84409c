package ui

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/calendar"
	"siteward/appliance/expect"
	"siteward/ui/view"
)

const (
	shownRuns = 60
	runsSpan  = 90 * 24 * time.Hour
)

// ledger is one job while its page is made.
type ledger struct {
	*vault
	job  appliance.BackupJobView
	runs []appliance.Run // oldest first
	href string
}

func (s *Server) ledgerOf(c echo.Context, l *Lang) (*ledger, error) {
	id, err := idParam(c)
	if err != nil {
		return nil, err
	}
	ctx := c.Request().Context()
	site, err := s.site(ctx)
	if err != nil {
		return nil, err
	}
	g := &ledger{vault: &vault{l: l, now: s.App.Now(), cal: calendar.Of(site)}, href: "/backups/" + id.String()}
	if g.jobs, err = s.App.BackupJobs(ctx); err != nil {
		return nil, err
	}
	if g.job, err = s.App.BackupJob(ctx, id); err != nil {
		return nil, err
	}
	g.runs, err = s.App.BackupRuns(ctx, appliance.RunFilter{Job: id, From: g.now.Add(-runsSpan)})
	return g, err
}

func (s *Server) backupJob(c echo.Context) error {
	return s.showBackupJob(c, http.StatusOK, nil)
}

// showBackupJob answers with the page of a job; change puts a form with mistakes into it.
// shownIncidents is how many incidents of a job its page names.
const shownIncidents = 10

func (s *Server) showBackupJob(c echo.Context, status int, change func(*view.BackupJob)) error {
	frame := s.frame(c, "backups")
	l := s.render.Lang(frame.Lang)
	g, err := s.ledgerOf(c, l)
	if err != nil {
		return err
	}
	j := g.job
	page := view.BackupJob{ID: j.ID.String(), Name: j.Name, Verdict: l.T("backups.proposed"), RunsCSV: g.href + "/runs.csv",
		Proposed: j.Status == appliance.JobProposed, Ignored: j.Status == appliance.JobIgnored, Paused: j.Paused.Active(g.now),
		Edit: can(c, access.EditBackups), Pause: can(c, access.Pause)}
	if page.Ignored {
		page.Verdict = l.T("backups.ignored")
	}
	if j.State != nil {
		page.State, page.Handled, page.Since, page.Verdict = j.State.State.String(), j.State.Ack != nil, j.State.Since, l.Say(j.State.Evidence.Why)
	}
	if page.Paused {
		n := view.DeviceNote{Note: view.Note{Title: l.T("backups.paused_title"), Text: l.pauseText(j.Paused)}}
		if page.Pause {
			n.Post, n.Button = g.href+"/resume", l.T("device.resume")
		}
		page.Notes = append(page.Notes, n)
	}
	page.Facts = g.facts(s, c)
	page.CopyState, page.CopyWord = l.copies(expect.CopiesOf(j.Data(), g.jobs))
	page.Size, page.Took = g.charts()
	g.fillRuns(&page)
	g.fillRestores(&page)
	page.Drawer, err = s.runReceipt(c, g)
	if err != nil {
		return err
	}
	page.Results = []view.Option{{Value: "1", Label: l.T("backups.restore_ok")}, {Value: "0", Label: l.T("backups.restore_not_ok")}}
	if page.Edit {
		page.RestoreForm = &view.Form{Values: map[string]string{"at": l.Local(g.now).Format(time.DateOnly), "ok": "1"}}
		page.Merge = g.others()
	}
	if c.QueryParam("pause") != "" && page.Pause && !page.Paused {
		page.PauseForm = l.pauseForm(g.href, g.href, view.Form{Values: map[string]string{"until": "4h"}})
	}
	if change != nil {
		change(&page)
	}
	if page.Incidents, err = s.incidentsOf(c.Request().Context(), l, "backup/"+j.ID.String(), shownIncidents); err != nil {
		return err
	}
	if page.Tickets, err = s.ticketsAbout(c, l, appliance.TicketFilter{Link: appliance.TicketLink{Kind: "backup", ID: j.ID}}, j.Name, j.Device); err != nil {
		return err
	}
	frame.Title = j.Name + ": " + page.Verdict
	frame.Live = page.PauseForm == nil && change == nil && page.RestoreForm == nil
	return s.render.Page(c, status, "backup", frame, page)
}

// facts are what is expected and what is usual.
func (g *ledger) facts(s *Server, c echo.Context) []view.Fact {
	l, j := g.l, g.job
	var out []view.Fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, view.Fact{Name: l.T("backups.fact_" + key), Value: value})
		}
	}
	st := j.Standing
	if j.Status == appliance.JobAccepted {
		add("schedule", l.planned(j.Plan()))
		if j.Plan().Kind != appliance.ScheduleNone {
			add("grace", l.Duration(time.Duration(j.Plan().Grace)))
		}
	}
	if !st.Next.IsZero() {
		add("next", l.T("backups.until", "from", l.When(st.Next), "to", l.When(st.Deadline)))
	}
	if !st.LastGood.IsZero() {
		add("last_good", l.When(st.LastGood))
	}
	add("learned", l.planned(st.Usual))
	if st.UsualBytes > 0 {
		add("size", l.Bytes(float64(st.UsualBytes)))
	}
	if st.MostTook > 0 {
		add("took", l.T("backups.between", "from", l.Duration(time.Duration(st.LeastTook)), "to", l.Duration(time.Duration(st.MostTook))))
	}
	add("data", j.Data())
	if d, err := s.App.Device(c.Request().Context(), j.Device); err == nil {
		add("device", d.Name)
	}
	add("product", j.Product)
	return out
}

// charts are size and duration of the good runs over time.
func (g *ledger) charts() (size, took *view.DeviceChart) {
	l := g.l
	make1 := func(what, unit string, value func(appliance.Run) float64) *view.DeviceChart {
		c := view.Chart{ID: "backup-" + what, Unit: unit, From: g.now.Add(-31 * 24 * time.Hour), To: g.now, DataURL: g.href + "/chart?what=" + what}
		least, most := math.Inf(1), math.Inf(-1)
		var v []float64
		for _, r := range expect.Answers(g.runs) {
			x := value(r)
			if r.At().Before(c.From) || math.IsNaN(x) || !r.Good() {
				continue
			}
			if n := len(c.T); n > 0 && r.At().Unix() <= c.T[n-1] {
				continue
			}
			c.T, v = append(c.T, r.At().Unix()), append(v, x)
			least, most = min(least, x), max(most, x)
		}
		if len(v) < 2 {
			return nil
		}
		c.Series = []view.Series{{Name: l.T("backups.chart_" + what), V: v}}
		c.Label = l.T("backups.chart_says", "name", l.T("backups.chart_"+what), "from", l.Value(least, unit), "to", l.Value(most, unit))
		return &view.DeviceChart{Title: l.T("backups.chart_" + what), Says: []string{c.Label}, Chart: c}
	}
	size = make1("size", "B", func(r appliance.Run) float64 {
		if r.Bytes == nil {
			return math.NaN()
		}
		return float64(*r.Bytes)
	})
	took = make1("took", "s", func(r appliance.Run) float64 {
		if r.Started.IsZero() || r.Finished.IsZero() {
			return math.NaN()
		}
		return r.Finished.Sub(r.Started).Seconds()
	})
	return size, took
}

func (s *Server) backupChart(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	g, err := s.ledgerOf(c, l)
	if err != nil {
		return err
	}
	size, took := g.charts()
	if c.QueryParam("what") == "took" {
		return s.chartAnswer(c, l, took)
	}
	return s.chartAnswer(c, l, size)
}

func (g *ledger) fillRuns(page *view.BackupJob) {
	for i := len(g.runs) - 1; i >= 0 && len(page.Runs) < shownRuns; i-- {
		r := g.runs[i]
		row := view.BackupRunRow{At: r.At(), Bytes: math.NaN(), Href: g.href + "?run=" + r.ID.String(), Message: r.Message}
		row.State, row.Word = g.l.runState(r)
		if r.Kind != appliance.RunBackup {
			row.Kind = g.l.T("backups.kind_" + string(r.Kind))
		}
		if r.Bytes != nil {
			row.Bytes = float64(*r.Bytes)
		}
		if !r.Finished.IsZero() && !r.Started.IsZero() {
			row.Took = r.Finished.Sub(r.Started)
		}
		page.Runs = append(page.Runs, row)
	}
}

func (g *ledger) fillRestores(page *view.BackupJob) {
	l := g.l
	_, page.RestoreNote = l.restore(g.job, g.now)
	for i := len(g.job.Restores) - 1; i >= 0; i-- {
		t := g.job.Restores[i]
		row := view.RestoreRow{At: t.At, By: t.By, Proof: t.Proof, SHA256: t.SHA256, State: "ok", Word: l.T("backups.restore_ok")}
		if !t.OK {
			row.State, row.Word = "critical", l.T("backups.restore_not_ok")
		}
		page.Restores = append(page.Restores, row)
	}
}

// others are the jobs that this one may be merged into.
func (g *ledger) others() []view.Option {
	var out []view.Option
	for _, j := range g.jobs {
		if j.ID != g.job.ID {
			out = append(out, view.Option{Value: j.ID.String(), Label: j.Name})
		}
	}
	return out
}

// runReceipt is the run that the address names.
func (s *Server) runReceipt(c echo.Context, g *ledger) (*view.Evidence, error) {
	id, err := appliance.ParseID(c.QueryParam("run"))
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // no run is asked for
	}
	i := slices.IndexFunc(g.runs, func(r appliance.Run) bool { return r.ID == id })
	if i < 0 {
		return nil, appliance.ErrNotFound
	}
	r, l := g.runs[i], g.l
	e := &view.Evidence{Title: g.job.Name + ", " + l.When(r.At()), BackURL: g.href}
	e.State, e.Word = l.runState(r)
	l.runEvidence(e, r)
	e.Judged = append(e.Judged, l.runSentence(r))
	for _, x := range []struct {
		key string
		n   *int64
	}{{"backups.says_files", r.Files}, {"backups.says_errors", r.Errors}} {
		if x.n != nil {
			e.Judged = append(e.Judged, l.T(x.key, "n", *x.n))
		}
	}
	if r.Bytes != nil {
		e.Judged = append(e.Judged, l.T("backups.says_bytes", "size", l.Bytes(float64(*r.Bytes))))
	}
	if !r.Read.IsZero() {
		e.Judged = append(e.Judged, l.T("backups.says_read", "time", l.When(r.Read)))
	}
	return e, nil
}

func (s *Server) backupRunsCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	g, err := s.ledgerOf(c, l)
	if err != nil {
		return err
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return l.iso(t)
	}
	number := func(n *int64) string {
		if n == nil {
			return ""
		}
		return strconv.FormatInt(*n, 10)
	}
	var rows [][]string
	for _, r := range g.runs {
		rows = append(rows, []string{r.ID.String(), r.Product, r.Job, string(r.Kind), string(r.Status), stamp(r.Started), stamp(r.Finished), number(r.Bytes), r.BytesKind, number(r.Files), number(r.Errors), r.Message, r.Evidence.Name, strconv.FormatInt(r.Evidence.Offset, 10)})
	}
	return WriteCSV(c, g.job.Name+"-runs", []string{"run", "product", "job", "kind", "status", "started", "finished", "bytes", "bytes_kind", "files", "errors", "message", "source", "offset"}, rows)
}

// backupsTile is the answer on Start: how many of the last night's backups succeeded.
func backupsTile(sc *scene) (view.Tile, bool) {
	v, err := sc.server.vaultOf(sc.ctx, sc.l, calendar.Day{}, 3)
	if err != nil || len(v.accepted()) == 0 {
		return view.Tile{}, false
	}
	l, night := sc.l, v.night()
	all := 0
	for _, n := range night {
		all += n
	}
	t := view.Tile{Icon: "archive", Title: l.T("backups.tile"), Value: l.T("start.of", "n", night[appliance.VerdictSuccess], "total", all), Href: "/backups", Link: l.T("backups.tile_link")}
	worst, names := appliance.StateOK, []string(nil)
	for _, j := range v.accepted() {
		if j.State == nil {
			continue
		}
		if s := j.State.State; s.Problem() {
			names = append(names, j.Name)
			worst = max(worst, s)
			t.Handled = j.State.Ack != nil && (t.Handled || len(names) == 1)
		}
	}
	t.State, t.Word, t.Text = worst.String(), l.T("backups.tile_ok"), l.T("backups.tile_text")
	switch {
	case len(names) > 0:
		t.Word, t.Text = l.T("backups.tile_bad", "n", len(names)), strings.Join(names[:min(3, len(names))], ", ")
	case all == 0:
		t.Value, t.Text = l.T("backups.tile_none"), ""
	}
	if read := sc.backupsRead(sc.ctx, sc.app); read != "" {
		if t.Text != "" {
			t.Text += ". "
		}
		t.Text += read
	}
	return t, true
}

// backupsRead says when the point of the newest daily round that is about backups was read, and by whom when the reader is somebody who
// takes care: a display on the wall names no persons. It is empty while nobody has.
func (r *reader) backupsRead(ctx context.Context, app appliance.App) string {
	last, err := app.Rounds(ctx, 0, 1)
	if err != nil || len(last) == 0 {
		return ""
	}
	for _, p := range last[0].Points {
		switch {
		case p.Key != appliance.RoundBackups || p.Judgement == appliance.RoundUnread:
		case r.act:
			return r.l.T("backups.read_by", "time", r.l.said(p.At), "name", r.person(p.By))
		default:
			return r.l.T("backups.read", "time", r.l.said(p.At))
		}
	}
	return ""
}
