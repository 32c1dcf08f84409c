package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) settingsSourceRoutes() {
	s.echo.GET("/settings/sources", s.sources)
	s.echo.GET("/settings/sources.csv", s.sourcesCSV)
	s.echo.GET("/settings/sources/new", s.newSource)
	s.echo.POST("/settings/sources/new", s.createSource)
	s.echo.POST("/settings/sources/try", s.trySource)
	s.echo.GET("/settings/sources/:id", s.source)
	s.echo.GET("/settings/sources/:id/edit", s.editSource)
	s.echo.POST("/settings/sources/:id/edit", s.saveSource)
	s.echo.POST("/settings/sources/:id/read", s.readSourceNow)
	s.echo.POST("/settings/sources/:id/token", s.newSourceToken)
	s.echo.POST("/settings/sources/:id/pause", s.pauseSource)
	s.echo.POST("/settings/sources/:id/resume", s.resumeSource)
	s.echo.GET("/settings/sources/:id/delete", s.confirmDeleteSource)
	s.echo.POST("/settings/sources/:id/delete", s.deleteSource)
}

func (s *Server) sourcesTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	list, err := s.App.Sources(ctx)
	if err != nil {
		return view.Tile{}, err
	}
	tile := view.Tile{Value: l.T("source.count", "n", len(list)), Text: l.T("source.fact")}
	switch n := countSources(list, s.App.Now()); {
	case n.bad > 0:
		tile.State, tile.Word, tile.Text = "warning", l.T("source.word_warning"), l.T("source.fact_bad", "n", n.bad)
	case n.gone > 0:
		tile.State, tile.Word, tile.Text = "nodata", l.T("source.word_silent"), l.T("source.fact_gone", "n", n.gone)
	case n.silent > 0:
		tile.State, tile.Word, tile.Text = "nodata", l.T("source.word_nodata"), l.T("source.fact_silent", "n", n.silent)
	}
	return tile, nil
}

// sourceCount says how many sources there are and what keeps one from being read as planned.
type sourceCount struct{ all, bad, gone, silent, paused int }

func countSources(list []appliance.SourceView, now time.Time) sourceCount {
	n := sourceCount{all: len(list)}
	for _, v := range list {
		switch state := v.State(now); {
		case v.Unreadable(now):
			n.bad++
		case v.Silent(now):
			n.gone++
		case state == appliance.StateNoData:
			n.silent++
		case state == appliance.StatePaused:
			n.paused++
		}
	}
	return n
}

// verdict is the state of them all with the sentence that says it: the worst that somebody has to know comes first.
func (n sourceCount) verdict(l *Lang) (state, sentence string) {
	switch {
	case n.all == 0:
		return "nodata", l.T("source.none")
	case n.bad > 0:
		return "warning", l.T("source.title_bad", "n", n.bad, "all", n.all)
	case n.gone > 0:
		return "nodata", l.T("source.title_gone", "n", n.gone, "all", n.all)
	case n.silent == n.all:
		return "nodata", l.T("source.title_nothing", "n", n.all)
	case n.silent > 0:
		return "nodata", l.T("source.title_silent", "n", n.silent, "all", n.all)
	case n.paused > 0:
		return "paused", l.T("source.title_paused", "n", n.paused, "all", n.all)
	}
	return "ok", l.T("source.title", "n", n.all)
}

// sourceWord says a source's state in its row.
func (l *Lang) sourceWord(v appliance.SourceView, now time.Time) string {
	if v.Unreadable(now) {
		return l.T("source.word_warning")
	}
	if v.Silent(now) {
		return l.T("source.word_silent")
	}
	return l.T("source.word_" + v.State(now).String())
}

// where says in a line what a source is read from.
func (l *Lang) where(v appliance.SourceView, mailDomain string) string {
	switch {
	case v.Files != nil:
		return strings.Join(v.Files.Paths, ", ")
	case v.SFTP != nil:
		return v.SFTP.Host + ": " + strings.Join(v.SFTP.Paths, ", ")
	case v.Command != nil:
		return v.Command.Host + ": " + v.Command.Command
	case v.Mail != nil && mailDomain != "":
		return v.Mail.Mailbox + "@" + mailDomain
	case v.Mail != nil:
		return l.T("source.mail_off")
	case v.Syslog != nil:
		return strings.Join(append(slices.Clone(v.Syslog.Hosts), v.Syslog.Programs...), ", ")
	case v.Push != nil && v.Push.Hint != "":
		return pushPrefix + v.Push.Hint + "…"
	}
	return ""
}

// foundRuns counts the last run of a file too, which is only closed when another one follows it.
func foundRuns(v appliance.SourceView) int {
	if v.Status.LastRun != nil && v.Status.LastRun.Open {
		return v.Status.Runs + 1
	}
	return v.Status.Runs
}

func (s *Server) sourceRows(c echo.Context, l *Lang, list view.List) (rows []view.SourceRow, sentence, state string, err error) {
	ctx := c.Request().Context()
	all, err := s.App.Sources(ctx)
	if err != nil {
		return nil, "", "", err
	}
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return nil, "", "", err
	}
	now := s.App.Now()
	for _, v := range all {
		row := view.SourceRow{ID: v.ID.String(), Name: v.Name, Kind: l.T("source.kind_" + string(v.Kind)), Where: l.where(v, s.App.MailDomain()), Owner: v.Owner,
			Read: v.Status.Read, Heard: v.Status.Heard, Next: v.Status.Next, Runs: foundRuns(v)}
		row.State, row.Word = v.State(now).String(), l.sourceWord(v, now)
		if v.Status.Error != nil {
			row.Error = l.Say(*v.Status.Error)
		}
		for _, d := range devices {
			if d.ID == v.Device {
				row.Device, row.DeviceHref = d.Name, "/devices/"+d.ID.String()
			}
		}
		rows = append(rows, row)
	}
	state, sentence = countSources(all, now).verdict(l)
	rows = keep(rows, list.Get("q"), func(r view.SourceRow) []string { return []string{r.Name, r.Kind, r.Where, r.Device, r.Error} })
	ordered(rows, list, map[string]func(a, b view.SourceRow) int{
		"name":  byText(func(r view.SourceRow) string { return r.Name }),
		"state": byText(func(r view.SourceRow) string { return r.State }),
		"read":  byTime(func(r view.SourceRow) time.Time { return r.Read }),
		"heard": byTime(func(r view.SourceRow) time.Time { return r.Heard }),
		"runs":  func(a, b view.SourceRow) int { return a.Runs - b.Runs },
	})
	return rows, sentence, state, nil
}

func (s *Server) sources(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	page := view.Sources{List: view.NewList("/settings/sources", c.QueryParams(), "name"), CanEdit: can(c, access.EditSources)}
	var err error
	if page.Rows, frame.Title, page.State, err = s.sourceRows(c, l, page.List); err != nil {
		return err
	}
	page.Empty = l.nothingFound(page.List)
	if page.List.Get("q") == "" {
		page.Empty = view.Empty{Icon: "file-text", Title: l.T("source.none"), Text: l.T("source.none_how")}
		if page.CanEdit {
			page.Empty.Href, page.Empty.Link, page.Empty.Button = "/settings/sources/new", l.T("source.add"), true
		}
	}
	return s.render.Page(c, http.StatusOK, "settings-sources", frame, page)
}

func (s *Server) sourcesCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	rows, _, _, err := s.sourceRows(c, l, view.NewList("/settings/sources", c.QueryParams(), "name"))
	if err != nil {
		return err
	}
	var out [][]string
	for _, r := range rows {
		out = append(out, []string{r.ID, r.Name, r.Kind, r.Where, r.Device, r.State, r.Error, l.stamp(r.Read), l.stamp(r.Heard), l.stamp(r.Next), strconv.Itoa(r.Runs), r.Owner})
	}
	return WriteCSV(c, "sources", []string{"id", "name", "kind", "where", "device", "state", "error", "read", "news", "next", "runs", "owner"}, out)
}

func (s *Server) sourceParam(c echo.Context) (appliance.SourceView, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.SourceView{}, err
	}
	return s.App.Source(c.Request().Context(), id)
}

func (s *Server) confirmDeleteSource(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("source.delete_title", "name", v.Name)
	to := "/settings/sources/" + v.ID.String()
	return s.render.Page(c, http.StatusOK, "confirm", frame, view.Confirm{Title: frame.Title, Text: l.T("source.delete_text"),
		Action: to + "/delete", Button: l.T("source.delete", "name", v.Name), Back: to, BackLabel: l.T("settings.keep")})
}

func (s *Server) deleteSource(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	if err := s.App.DeleteSource(c.Request().Context(), actor(c), v.ID); err != nil {
		return err
	}
	return s.done(c, "/settings/sources", l.T("source.deleted", "name", v.Name))
}
