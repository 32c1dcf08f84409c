package ui

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
	"siteward/ui/view"
)

// sourceFields are the fields of a source with their words, named as the domain names them.
var sourceFields = map[string]string{ //nolint:gosec // words, no secrets
	"name": "source.name", "product": "source.product", "time_zone": "source.time_zone", "interval": "source.interval",
	"credential": "source.credential", "paths": "source.paths", "host": "source.host", "port": "source.port", "host_key": "source.host_key",
	"command": "source.command", "mailbox": "source.mailbox", "senders": "source.senders", "hosts": "source.hosts", "programs": "source.programs"}

var sourceTyped = []string{"name", "version", "device", "product", "time_zone", "interval", "credential", "paths", "host", "port", "host_key", "command",
	"mailbox", "senders", "hosts", "programs"}

func sourceKind(c echo.Context) appliance.SourceKind {
	if k := appliance.SourceKind(c.FormValue("kind")); slices.Contains(appliance.SourceKinds, k) {
		return k
	}
	return appliance.SourceFiles
}

func (s *Server) newSource(c echo.Context) error {
	return s.showSourceForm(c, http.StatusOK, appliance.Source{Kind: sourceKind(c)}, view.Form{Values: map[string]string{}}, nil)
}

func (s *Server) editSource(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	return s.showSourceForm(c, http.StatusOK, v.Source, sourceForm(v.Source), nil)
}

// sourceForm is what a form shows of a source.
func sourceForm(v appliance.Source) view.Form {
	f := view.Form{Values: map[string]string{"name": v.Name, "version": strconv.FormatUint(v.Version, 10), "product": v.Product, "time_zone": v.TimeZone,
		"device": numberOf(v.Device), "credential": numberOf(v.Credential)}}
	if v.Interval != 0 {
		f.Values["interval"] = strconv.Itoa(int(time.Duration(v.Interval) / time.Minute))
	}
	if server := serverOf(v); server != nil {
		f.Values["host"], f.Values["host_key"] = server.Host, server.HostKey
		if server.Port != 0 {
			f.Values["port"] = strconv.Itoa(server.Port)
		}
	}
	switch {
	case v.Files != nil:
		f.Values["paths"] = strings.Join(v.Files.Paths, "\n")
	case v.SFTP != nil:
		f.Values["paths"] = strings.Join(v.SFTP.Paths, "\n")
	case v.Command != nil:
		f.Values["command"] = v.Command.Command
	case v.Mail != nil:
		f.Values["mailbox"], f.Values["senders"] = v.Mail.Mailbox, strings.Join(v.Mail.Senders, "\n")
	case v.Syslog != nil:
		f.Values["hosts"], f.Values["programs"] = strings.Join(v.Syslog.Hosts, "\n"), strings.Join(v.Syslog.Programs, "\n")
	}
	return f
}

func numberOf(id appliance.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

// readSource takes a source from the form; old is what is stored, with the kind alone for a new one.
func (s *Server) readSource(c echo.Context, old appliance.Source) (appliance.Source, view.Form) {
	form := formOf(c, sourceTyped...)
	_, l := s.settingsFrame(c)
	v := appliance.Source{ID: old.ID, Kind: old.Kind, Owner: old.Owner, Name: form.Value("name"), Product: form.Value("product"), TimeZone: form.Value("time_zone"), Push: old.Push}
	v.Version, _ = strconv.ParseUint(form.Value("version"), 10, 64) // what is no number was changed meanwhile
	number := func(field string, label string) int {
		if form.Value(field) == "" {
			return 0
		}
		n, err := strconv.Atoi(form.Value(field))
		if err != nil || n < 0 {
			form.Fail(field, l.T("settings.about_field", "field", l.T(label), "text", l.T("validate.not_a_number")))
		}
		return n
	}
	v.Interval = appliance.Duration(time.Duration(number("interval", "source.interval")) * time.Minute)
	if id, err := appliance.ParseID(form.Value("device")); err == nil {
		v.Device = id
	}
	server := appliance.Server{Host: form.Value("host"), HostKey: form.Value("host_key")}
	if c.FormValue("accept") == "1" {
		server.HostKey = strings.TrimSpace(c.FormValue("shown_key"))
		form.Values["host_key"] = server.HostKey
	}
	switch v.Kind {
	case appliance.SourceFiles:
		v.Files = &appliance.FilesSettings{Paths: linesOf(form.Value("paths"))}
	case appliance.SourceMail:
		v.Mail = &appliance.MailSettings{Mailbox: strings.ToLower(form.Value("mailbox")), Senders: linesOf(strings.ToLower(form.Value("senders")))}
	case appliance.SourceSyslog:
		v.Syslog = &appliance.SyslogSettings{Hosts: linesOf(form.Value("hosts")), Programs: linesOf(form.Value("programs"))}
	case appliance.SourceSFTP, appliance.SourceCommand:
		server.Port = number("port", "source.port")
		if id, err := appliance.ParseID(form.Value("credential")); err == nil {
			v.Credential = id
		}
		if v.Kind == appliance.SourceSFTP {
			v.SFTP = &appliance.SFTPSettings{Server: server, Paths: linesOf(form.Value("paths"))}
		} else {
			v.Command = &appliance.CommandSettings{Server: server, Command: form.Value("command")}
		}
	}
	return v, form
}

func linesOf(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (s *Server) createSource(c echo.Context) error {
	return s.takeSource(c, appliance.Source{Kind: sourceKind(c)})
}

func (s *Server) saveSource(c echo.Context) error {
	v, err := s.sourceParam(c)
	if err != nil {
		return err
	}
	return s.takeSource(c, v.Source)
}

func (s *Server) takeSource(c echo.Context, old appliance.Source) error {
	_, l := s.settingsFrame(c)
	v, form := s.readSource(c, old)
	if !form.OK() {
		return s.showSourceForm(c, http.StatusUnprocessableEntity, v, form, nil)
	}
	err := s.App.SaveSource(c.Request().Context(), actor(c), &v)
	if err == nil {
		return s.done(c, "/settings/sources/"+v.ID.String(), l.T("source.saved", "name", v.Name))
	}
	if !s.refuseSource(&form, l, err) {
		return err
	}
	return s.showSourceForm(c, http.StatusUnprocessableEntity, v, form, nil)
}

var indexed = lazyregexp.New(`\[\d+\]$`)

// refuseSource puts what is wrong beside its field; what is wrong with one of many lines stands at the lines.
func (s *Server) refuseSource(form *view.Form, l *Lang, err error) bool {
	if e, ok := err.(*appliance.Error); ok { //nolint:errorlint // a copy with another field
		short := *e
		short.Field = strings.TrimPrefix(indexed.ReplaceAllString(e.Field, ""), "files.")
		err = &short
	}
	return s.refuse(form, l, err, sourceFields)
}

// trySource is the test button: nothing is stored, the same form comes back with what was found.
func (s *Server) trySource(c echo.Context) error {
	old := appliance.Source{Kind: sourceKind(c)}
	if id, err := appliance.ParseID(c.FormValue("id")); err == nil {
		v, err := s.App.Source(c.Request().Context(), id)
		if err != nil {
			return err
		}
		old = v.Source
	}
	_, l := s.settingsFrame(c)
	v, form := s.readSource(c, old)
	if v.Name == "" {
		v.Name = "new" // a test needs none
	}
	if !form.OK() {
		return s.showSourceForm(c, http.StatusUnprocessableEntity, v, form, nil)
	}
	trial, err := s.App.TrySource(c.Request().Context(), actor(c), v)
	if err != nil {
		if !s.refuseSource(&form, l, err) {
			return err
		}
		return s.showSourceForm(c, http.StatusUnprocessableEntity, v, form, nil)
	}
	return s.showSourceForm(c, http.StatusOK, v, form, l.sourceTried(trial))
}

func (l *Lang) sourceTried(t appliance.SourceTrial) *view.SourceTried {
	out := &view.SourceTried{State: "ok", Lines: t.Lines, HostKey: t.HostKey, Print: t.Fingerprint}
	switch {
	case t.HostKey != "":
		out.State, out.Title, out.KeyText = "warning", l.T("source.key_new"), l.T("source.key_new_text")
		if t.KeyChanged {
			out.State, out.Title, out.KeyText = "critical", l.T("source.key_changed"), l.T("source.key_changed_text")
		}
	case t.Error != nil:
		out.State, out.Title, out.Text = "critical", l.T("source.try_failed"), l.Say(*t.Error)
	case t.RunCount+t.EventCount > 0:
		out.Title = l.T("source.try_runs", "n", t.RunCount)
		if t.RunCount == 0 {
			out.Title = l.T("source.try_events", "n", t.EventCount)
		}
		out.Text = l.T("source.try_product", "product", t.Product)
	case t.Found == 0 && len(t.Lines) == 0:
		out.State, out.Title, out.Text = "nodata", l.T("source.try_nothing"), l.T("source.try_nothing_text")
	default:
		out.State, out.Title, out.Text = "nodata", l.T("source.try_unknown"), l.T("source.try_unknown_text")
	}
	if t.Found > 0 {
		out.FilesText = l.T("source.try_files", "n", t.Found)
	}
	for _, f := range t.Files {
		out.Files = append(out.Files, view.SourceTriedFile{Name: f.Name, Size: float64(f.Size), Modified: f.Modified})
	}
	for _, r := range t.Runs {
		row := view.SourceTriedRun{State: runColour(r.Status), Word: l.T("source.run_" + string(r.Status)), Job: r.Job, Product: r.Product, Started: r.At(), Bytes: math.NaN(), Message: r.Message, Evidence: r.Evidence.Line}
		if r.Bytes != nil {
			row.Bytes = float64(*r.Bytes)
		}
		out.Runs = append(out.Runs, row)
	}
	return out
}

// runColour is the state whose colour a verdict has.
func runColour(s appliance.RunStatus) string {
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

func (s *Server) showSourceForm(c echo.Context, status int, v appliance.Source, form view.Form, tried *view.SourceTried) error {
	frame, l := s.settingsFrame(c)
	page := view.SourceForm{Form: form, Kind: string(v.Kind), Comes: v.Kind.Comes(), KindText: l.T("source.about_" + string(v.Kind)), Action: "/settings/sources/new", Tried: tried,
		Folders: strings.Join(s.App.LogFolders(), ", "), MailDomain: s.App.MailDomain()}
	frame.Title = l.T("source.new")
	if v.ID != 0 {
		page.ID = v.ID.String()
		page.Action = "/settings/sources/" + page.ID + "/edit"
		frame.Title = l.T("source.of", "name", v.Name)
	} else {
		for _, k := range appliance.SourceKinds {
			page.Kinds = append(page.Kinds, view.ChartChoice{Label: l.T("source.kind_" + string(k)), Href: "/settings/sources/new?kind=" + string(k), Current: k == v.Kind})
		}
	}
	page.Print = appliance.Server{HostKey: form.Value("host_key")}.Fingerprint()
	devices, err := s.App.Devices(c.Request().Context())
	if err != nil {
		return err
	}
	page.Devices = []view.Option{{Label: l.T("source.no_device")}}
	for _, d := range devices {
		page.Devices = append(page.Devices, view.Option{Value: d.ID.String(), Label: d.Name})
	}
	credentials, err := s.App.Credentials(c.Request().Context())
	if err != nil {
		return err
	}
	page.Credentials = []view.Option{{Label: l.T("source.no_credential")}}
	for _, k := range credentials {
		if k.Kind == appliance.CredentialSSH {
			page.Credentials = append(page.Credentials, view.Option{Value: k.ID.String(), Label: k.Name})
		}
	}
	return s.render.Page(c, status, "settings-sourceform", frame, page)
}
