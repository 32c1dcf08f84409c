package ui

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

func (s *Server) formatRoutes() {
	s.echo.GET("/settings/formats", s.logFormats)
	s.echo.GET("/settings/formats.csv", s.logFormatsCSV)
	s.echo.POST("/settings/formats/try", s.tryLogFormat)
	s.echo.GET("/settings/formats/new", s.newLogFormat)
	s.echo.POST("/settings/formats/new", s.saveLogFormat)
	s.echo.GET("/settings/formats/:id", s.editLogFormat)
	s.echo.POST("/settings/formats/:id", s.saveLogFormat)
	s.echo.GET("/settings/formats/:id/delete", s.confirmDeleteLogFormat)
	s.echo.POST("/settings/formats/:id/delete", s.deleteLogFormat)
}

func (s *Server) formatsTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	list, err := s.App.LogFormats(ctx)
	if err != nil {
		return view.Tile{}, err
	}
	own := 0
	for _, f := range list {
		if f.ID != 0 {
			own++
		}
	}
	return view.Tile{Value: l.T("logformat.count", "n", len(list)), Text: l.T("logformat.fact", "n", own)}, nil
}

func (s *Server) formatRows(c echo.Context, list view.List) (shown, all []appliance.LogFormat, err error) {
	if all, err = s.App.LogFormats(c.Request().Context()); err != nil {
		return nil, nil, err
	}
	shown = keep(slices.Clone(all), list.Get("q"), func(f appliance.LogFormat) []string { return []string{f.Name, f.Title, f.Product, f.By} })
	if list.Get("own") != "" {
		shown = slices.DeleteFunc(shown, func(f appliance.LogFormat) bool { return f.ID == 0 })
	}
	ordered(shown, list, map[string]func(a, b appliance.LogFormat) int{
		"title":   byText(func(f appliance.LogFormat) string { return f.Title }),
		"product": byText(func(f appliance.LogFormat) string { return f.Product }),
		"saved":   byTime(func(f appliance.LogFormat) time.Time { return f.Saved }),
	})
	return shown, all, nil
}

func (s *Server) logFormats(c echo.Context) error {
	frame, l := s.settingsFrame(c)
	page := view.Formats{List: view.NewList("/settings/formats", c.QueryParams(), "title"), CanEdit: can(c, access.EditDevices)}
	shown, all, err := s.formatRows(c, page.List)
	if err != nil {
		return err
	}
	frame.Title = l.T("logformat.title", "n", len(all))
	page.Empty = l.nothingFound(page.List)
	for _, f := range shown {
		row := view.FormatRow{Name: f.Name, Title: f.Title, Product: f.Product, Own: f.ID != 0, By: f.By, Saved: f.Saved, Href: "/settings/formats/new?from=" + f.Name}
		if row.Own {
			row.Href = "/settings/formats/" + f.ID.String()
		}
		page.Rows = append(page.Rows, row)
	}
	return s.render.Page(c, http.StatusOK, "settings-formats", frame, page)
}

func (s *Server) logFormatsCSV(c echo.Context) error {
	_, l := s.settingsFrame(c)
	shown, _, err := s.formatRows(c, view.NewList("/settings/formats", c.QueryParams(), "title"))
	if err != nil {
		return err
	}
	var rows [][]string
	for _, f := range shown {
		rows = append(rows, []string{f.Name, f.Title, f.Product, fmt.Sprint(f.ID != 0), f.By, l.stamp(f.Saved)})
	}
	return WriteCSV(c, "log-formats", []string{"name", "title", "product", "own", "by", "saved"}, rows)
}

// newLogFormat begins with nothing, or with a copy of a format that ships.
func (s *Server) newLogFormat(c echo.Context) error {
	page := view.FormatForm{New: true, Form: view.Form{Values: map[string]string{}}}
	if from := c.QueryParam("from"); from != "" {
		list, err := s.App.LogFormats(c.Request().Context())
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(f appliance.LogFormat) bool { return f.ID == 0 && f.Name == from })
		if i < 0 {
			return appliance.ErrNotFound
		}
		page.Form.Values["text"] = list[i].Text
	}
	return s.showLogFormat(c, http.StatusOK, page, "")
}

func (s *Server) formatParam(c echo.Context) (appliance.LogFormat, error) {
	id, err := idParam(c)
	if err != nil {
		return appliance.LogFormat{}, err
	}
	list, err := s.App.LogFormats(c.Request().Context())
	if err != nil {
		return appliance.LogFormat{}, err
	}
	i := slices.IndexFunc(list, func(f appliance.LogFormat) bool { return f.ID == id && id != 0 })
	if i < 0 {
		return appliance.LogFormat{}, appliance.ErrNotFound
	}
	return list[i], nil
}

func (s *Server) editLogFormat(c echo.Context) error {
	f, err := s.formatParam(c)
	if err != nil {
		return err
	}
	return s.showLogFormat(c, http.StatusOK, view.FormatForm{Form: view.Form{Values: map[string]string{"text": f.Text, "version": fmt.Sprint(f.Version)}}}, f.Title)
}

func (s *Server) showLogFormat(c echo.Context, status int, page view.FormatForm, title string) error {
	frame, l := s.settingsFrame(c)
	page.New = title == ""
	page.Action = "/settings/formats/new"
	frame.Title = l.T("logformat.new_title")
	if !page.New {
		page.Action = "/settings/formats/" + c.Param("id")
		page.Delete = page.Action + "/delete"
		frame.Title = title
	}
	return s.render.Page(c, status, "settings-format", frame, page)
}

// tryLogFormat says what the pasted log tells: while the person types as a fragment, without a script as the whole page.
func (s *Server) tryLogFormat(c echo.Context) error {
	_, l := s.settingsFrame(c)
	page := view.FormatForm{Form: formatEntry(c)}
	tried, err := s.tried(c, l, &page.Form)
	if err != nil {
		return err
	}
	page.Tried = tried
	return s.showLogFormat(c, http.StatusOK, page, "")
}

// formatEntry takes the form as it is: the spaces of a log and of YAML mean something.
func formatEntry(c echo.Context) view.Form {
	form := view.Form{Values: map[string]string{}}
	for _, name := range []string{"text", "log", "version"} {
		form.Values[name] = strings.ReplaceAll(c.FormValue(name), "\r\n", "\n")
	}
	return form
}

func (s *Server) tried(c echo.Context, l *Lang, form *view.Form) (view.FormatTried, error) {
	log := form.Value("log")
	if strings.TrimSpace(log) == "" {
		return view.FormatTried{}, nil
	}
	v, err := s.App.TryLog(c.Request().Context(), form.Value("text"), []byte(log))
	if e, ok := errors.AsType[*appliance.Error](err); ok && e.Code == appliance.CodeInvalid {
		return view.FormatTried{Asked: true, Level: "warning", Said: l.T("logformat.mistake"), Mistake: l.Say(e.Message)}, nil
	}
	if err != nil {
		return view.FormatTried{}, err
	}
	return l.triedLog(v), nil
}

// maxTried is how many runs and events of a pasted log are shown.
const maxTried = 20

func (l *Lang) triedLog(v appliance.LogVerdict) view.FormatTried {
	t := view.FormatTried{Asked: true, Level: "nodata", Said: l.T("logformat.unknown")}
	if v.Product != "" {
		t.Level, t.Said = "ok", l.T("logformat.known", "product", v.Product, "runs", len(v.Runs), "events", len(v.Events))
	}
	for i, r := range v.Runs {
		if i == maxTried {
			t.More += len(v.Runs) - i
			break
		}
		row := view.TriedRun{State: runState(r.Status), Word: l.T("logformat.status_" + string(r.Status)), Job: r.Job, Kind: string(r.Kind), Started: r.Started, Finished: r.Finished, Line: r.Message}
		if r.Bytes != nil {
			row.Size = l.Bytes(float64(*r.Bytes))
		}
		if r.Files != nil {
			row.Files = l.Int(*r.Files)
		}
		t.Runs = append(t.Runs, row)
	}
	for i, e := range v.Events {
		if i == maxTried {
			t.More += len(v.Events) - i
			break
		}
		t.Events = append(t.Events, view.TriedEvent{At: e.At, Kind: string(e.Kind), Text: e.Text})
	}
	return t
}

// runState is the shape and colour of a run's verdict.
func runState(s appliance.RunStatus) string {
	switch s {
	case appliance.RunSuccess:
		return "ok"
	case appliance.RunWarning:
		return "warning"
	case appliance.RunFailed:
		return "critical"
	}
	return "nodata"
}

func (s *Server) saveLogFormat(c echo.Context) error {
	_, l := s.settingsFrame(c)
	page := view.FormatForm{Form: formatEntry(c)}
	f, title := appliance.LogFormat{Text: page.Form.Value("text")}, ""
	if c.Param("id") != "" {
		old, err := s.formatParam(c)
		if err != nil {
			return err
		}
		title = old.Title
		f.ID = old.ID
		if _, err := fmt.Sscan(page.Form.Value("version"), &f.Version); err != nil {
			f.Version = old.Version
		}
	}
	if err := s.App.SaveLogFormat(c.Request().Context(), actor(c), &f); err != nil {
		if !s.refuse(&page.Form, l, err, nil) {
			return err
		}
		if page.Tried, err = s.tried(c, l, &page.Form); err != nil {
			return err
		}
		return s.showLogFormat(c, http.StatusUnprocessableEntity, page, title)
	}
	return s.done(c, "/settings/formats?own=1", l.T("logformat.saved", "name", f.Name))
}

func (s *Server) confirmDeleteLogFormat(c echo.Context) error {
	f, err := s.formatParam(c)
	if err != nil {
		return err
	}
	frame, l := s.settingsFrame(c)
	frame.Title = l.T("logformat.delete_title", "name", f.Name)
	return s.render.Page(c, http.StatusOK, "confirm", frame, view.Confirm{Title: frame.Title, Text: l.T("logformat.delete_text"), Action: "/settings/formats/" + f.ID.String() + "/delete",
		Button: l.T("logformat.delete", "name", f.Name), Back: "/settings/formats/" + f.ID.String(), BackLabel: l.T("settings.keep")})
}

func (s *Server) deleteLogFormat(c echo.Context) error {
	f, err := s.formatParam(c)
	if err != nil {
		return err
	}
	if err := s.App.DeleteLogFormat(c.Request().Context(), actor(c), f.ID); err != nil {
		return err
	}
	_, l := s.settingsFrame(c)
	return s.done(c, "/settings/formats", l.T("logformat.deleted", "name", f.Name))
}
