package ui

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance/config"
	"siteward/appliance/control"
	"siteward/ui/view"
)

func (s *Server) settingsFileRoutes() {
	s.echo.GET("/settings/file", s.siteFile)
	s.echo.GET("/settings/file/export", s.exportSite)
	s.echo.POST("/settings/file", s.applySite)
}

// maxSiteFile is one byte more than the parser takes, so that it can say that the file is too large. The gate lets forms of 1 MB through.
const maxSiteFile = 1<<20 + 1

func (s *Server) fileTile(ctx context.Context, l *Lang, _ keeping) (view.Tile, error) {
	owned, err := s.owned(ctx)
	if err != nil {
		return view.Tile{}, err
	}
	if len(owned) == 0 {
		return view.Tile{Value: l.T("file.none"), Text: l.T("file.none_fact")}, nil
	}
	n := 0
	for _, o := range owned {
		n += o.Devices
	}
	return view.Tile{Value: l.T("file.devices", "n", n), Text: l.T("file.devices_fact", "file", owned[0].File)}, nil
}

func (s *Server) owned(ctx context.Context) ([]view.OwnedByFile, error) {
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	credentials, err := s.App.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	return ownedCount(devices, credentials), nil
}

func (s *Server) siteFile(c echo.Context) error {
	return s.showSiteFile(c, http.StatusOK, view.SiteFile{})
}

func (s *Server) showSiteFile(c echo.Context, status int, page view.SiteFile) error {
	frame, l := s.settingsFrame(c)
	var err error
	if page.Owned, err = s.owned(c.Request().Context()); err != nil {
		return err
	}
	if page.Form.Values == nil {
		page.Form.Values = map[string]string{"name": "site.yaml"}
		if len(page.Owned) > 0 {
			page.Form.Values["name"] = page.Owned[0].File
		}
	}
	frame.Title = l.T("file.title")
	switch {
	case len(page.Problems) > 0:
		frame.Title = l.T("file.wrong", "n", len(page.Problems))
	case page.Checked && len(page.Changes) == 0:
		frame.Title = l.T("file.same")
	case page.Checked:
		frame.Title = l.T("file.would", "n", len(page.Changes))
	}
	return s.render.Page(c, status, "settings-file", frame, page)
}

// exportSite gives the site as a file that can be applied again. It holds no secret.
func (s *Server) exportSite(c echo.Context) error {
	out, err := s.Ops.Export(c.Request().Context())
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, `attachment; filename="site.yaml"`)
	h.Set(echo.HeaderCacheControl, "private, no-store")
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", out)
}

// applySite shows what a file would change, and changes it when exactly that was seen before.
func (s *Server) applySite(c echo.Context) error {
	ctx := c.Request().Context()
	_, l := s.settingsFrame(c)
	page := view.SiteFile{Form: formOf(c, "name", "take_over")}
	text, err := siteFileText(c, &page.Form)
	if err != nil {
		return err
	}
	page.Form.Values["text"] = text
	if strings.TrimSpace(text) == "" {
		page.Form.Fail("text", l.T("file.need"))
		return s.showSiteFile(c, http.StatusUnprocessableEntity, page)
	}
	o := control.ApplyOptions{Name: cmp.Or(page.Form.Value("name"), "site.yaml"), DryRun: true, TakeOver: page.Form.Value("take_over") != ""}
	would, err := s.Ops.Apply(ctx, []byte(text), o)
	if err != nil {
		return s.refuseSiteFile(c, l, page, text, err)
	}
	page.Checked, page.Changes, page.Seen = true, l.siteChanges(would.Diff), seen(would.Diff)
	asked := c.FormValue("seen")
	if c.FormValue("do") != "apply" || asked != page.Seen || would.Changes == 0 {
		page.Moved = c.FormValue("do") == "apply" && asked != page.Seen
		return s.showSiteFile(c, http.StatusOK, page)
	}
	o.DryRun = false
	did, err := s.Ops.Apply(ctx, []byte(text), o)
	if err != nil {
		return s.refuseSiteFile(c, l, page, text, err)
	}
	return s.done(c, "/settings/file", l.T("file.done", "n", did.Changes))
}

// siteFileText is the file that was chosen, else what stands in the text field.
func siteFileText(c echo.Context, form *view.Form) (string, error) {
	part, err := c.FormFile("file")
	if err != nil || part.Size == 0 {
		return strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n"), nil //nolint:nilerr // no file was chosen
	}
	f, err := part.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSiteFile))
	form.Values["name"] = filepath.Base(part.Filename)
	return string(text), err
}

// refuseSiteFile shows each mistake with its place and the line as it was written.
func (s *Server) refuseSiteFile(c echo.Context, l *Lang, page view.SiteFile, text string, err error) error {
	if fe, ok := errors.AsType[*config.FileError](err); ok {
		lines := strings.Split(text, "\n")
		for _, p := range fe.Problems {
			out := view.FileProblem{Line: p.At.Line, Column: p.At.Column, Field: p.Err.Field, Text: l.Say(p.Err.Message)}
			if n := p.At.Line; n > 0 && n <= len(lines) {
				out.Source = strings.TrimRight(lines[n-1], "\r ")
			}
			page.Problems = append(page.Problems, out)
		}
		page.Form.Fail("text", l.T("file.wrong", "n", len(page.Problems)))
	} else if !s.refuse(&page.Form, l, err, nil) {
		return err
	}
	return s.showSiteFile(c, http.StatusUnprocessableEntity, page)
}

// seen names differences, so that only those are applied that a person has looked at.
func seen(diff string) string {
	sum := sha256.Sum256([]byte(diff))
	return hex.EncodeToString(sum[:])
}

// siteChanges reads the paragraphs of config.Changes: "create device sw-core" and indented lines that begin with + or -.
func (l *Lang) siteChanges(diff string) []view.SiteChange {
	var out []view.SiteChange
	for line := range strings.Lines(diff) {
		line = strings.TrimSuffix(line, "\n")
		if text, ok := strings.CutPrefix(line, "    "); ok && len(out) > 0 {
			last := &out[len(out)-1]
			last.Lines = append(last.Lines, view.EvidenceLine{{Text: text, Mark: diffMarks[text[:min(1, len(text))]]}})
			continue
		}
		if change, ok := l.siteChange(line); ok {
			out = append(out, change)
		}
	}
	return out
}

var diffMarks = map[string]string{"+": "good", "-": "bad"}

func (l *Lang) siteChange(line string) (view.SiteChange, bool) {
	for _, verb := range []config.Verb{config.Create, config.Update, config.TakeOver, config.Delete} {
		rest, ok := strings.CutPrefix(line, string(verb)+" ")
		if !ok {
			continue
		}
		noun, name, ok := strings.Cut(rest, " ")
		if ok && l.Has("file.noun_"+noun) {
			return view.SiteChange{Verb: l.T("file.verb_" + strings.ReplaceAll(string(verb), " ", "_")), Noun: l.T("file.noun_" + noun), Name: name, Lost: verb == config.Delete}, true
		}
	}
	return view.SiteChange{}, false
}
