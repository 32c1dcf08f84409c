package ui_test

import (
	"io/fs"
	"math"
	"net/http"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	files "siteward/embed"
	"siteward/ui"
	"siteward/ui/view"
)

var present = time.Date(2026, 11, 20, 8, 41, 20, 0, time.FixedZone("CET", 3600))

// renderer is the product's, with the gallery as one more page.
func renderer(tb testing.TB) *ui.Renderer {
	tb.Helper()
	templates := shipped(tb)
	b, err := os.ReadFile("testdata/gallery.html")
	if err != nil {
		tb.Fatal(err)
	}
	templates["pages/gallery.html"] = &fstest.MapFile{Data: b}
	return rendererFor(tb, templates, func() *time.Location { return present.Location() }, func() time.Time { return present })
}

// shipped are the product's templates, to which a test may add its own.
func shipped(tb testing.TB) fstest.MapFS {
	tb.Helper()
	templates := fstest.MapFS{}
	err := fs.WalkDir(files.Templates, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files.Templates, path)
		templates[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return templates
}

func rendererFor(tb testing.TB, templates fs.FS, zone func() *time.Location, now func() time.Time) *ui.Renderer {
	tb.Helper()
	r, err := ui.New(ui.Options{Templates: templates, Locales: files.Locales, Assets: files.Assets, Zone: zone, Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// sample is every page with data, by the name of its template.
var sample = map[string]any{
	"signin":  view.SignIn{Next: "/devices", Form: view.Form{Values: map[string]string{"name": "m"}, Errors: []view.FieldError{{Field: "name", Text: "Name and password do not belong together. Check both and the Caps Lock key."}}}},
	"setup":   setup(),
	"menu":    view.Menu{Form: view.Form{Values: map[string]string{"language": "de", "theme": ""}}, Languages: languages, Themes: []view.Option{{Value: "", Label: "As the computer is set"}, {Value: "day", Label: "Light"}, {Value: "night", Label: "Dark"}}},
	"error":   view.Failure{Status: 404, Title: "This page does not exist", Unchanged: "The address is wrong, or what stood here was removed.", Next: "Choose a page in the menu.", Code: "E-not_found", RequestID: "7f3a", Href: "/", Link: "Go to Start"},
	"confirm": view.Confirm{Title: "Delete sw-core?", Text: "Its 212 days of readings are deleted with it. The logbook keeps the fact. This cannot be undone.", Action: "/devices/3/delete", Button: "Delete sw-core", Back: "/devices/3", BackLabel: "Keep it", Type: "sw-core"},
}

var languages = []view.Option{{Value: "en", Label: "English"}, {Value: "de", Label: "Deutsch"}, {Value: "nl", Label: "Nederlands"}}

func setup() view.Setup {
	s := view.Setup{Languages: languages, Zones: []view.Option{{Value: "Europe/Berlin"}, {Value: "Europe/Amsterdam"}}, Regions: []view.Option{{Value: "DE-BE", Label: "Berlin"}, {Value: "NL", Label: "Nederland"}}}
	s.Form.Values = map[string]string{"site": "", "language": "de", "zone": "Europe/Berlin", "region": "DE-BE", "name": "m.muster"}
	s.Form.Fail("site", "Enter the name of the site, for example the name on the door.")
	s.Form.Fail("password", "Enter a password of at least 12 characters.")
	return s
}

func frame(name string) view.Frame {
	f := view.Frame{
		Lang: "en", Site: "Praxis am Markt", Title: "4 problems", AsOf: present, User: view.User{Name: "M.", Role: appliance.RoleTechnician}, Nav: name,
		Counts: map[string]int{"problems": 4}, CSRF: "token", Hotline: "030 555 0100", Provider: "Nordlicht IT", Version: "1.4.2",
	}
	if name == "signin" || name == "setup" {
		f.User = view.User{}
	}
	return f
}

// parts is the gallery's own page: every partial with data, as a page would call it.
type parts struct {
	Sentence     view.Sentence
	Tiles        []view.Tile
	Notes        []view.Note
	Empty        []view.Empty
	Chart, Small view.Chart
	Days         []string
	Panel        view.PortPanel
	List         view.List
	Chips        []view.Chip
	Evidence     view.Evidence
	Form         view.Form
	Options      []view.Option
	Hostile      string
}

func gallery() parts {
	l := view.NewList("/gallery", map[string][]string{"state": {"critical"}}, "name")
	return parts{
		Sentence: view.Sentence{State: "critical", Text: "Two problems. One is being worked on.", More: "Everything else is in order. Your IT provider has been told.", AsOf: present, Href: "/?evidence=all"},
		Tiles: []view.Tile{
			{Icon: "server", Title: "Devices", Value: "13 of 14", State: "critical", Word: "1 does not answer", Handled: true, Text: "The print server.", Href: "/devices", Link: "See all devices"},
			{Icon: "archive", Title: "Backups", Value: "6 of 6", State: "ok", Word: "succeeded last night", Text: "Read by technician M. at 08:12.", Href: "/backups?evidence=1", Link: "See the logs", Evidence: true},
			{Icon: "battery-charging", Title: "UPS", Value: "38 minutes", State: "ok", Word: "on mains"},
			{Icon: "hourglass", Title: "Contract hours", Value: "6 h 20 min", Text: "left of 10 h in November."},
		},
		Notes: []view.Note{{Level: "ok", Title: "Saved", Text: "sw-core is now checked every 60 seconds.", Href: "/undo", Link: "Undo"}, {Level: "critical", Title: "This did not work", Text: "sw-core did not answer within 5 seconds. Nothing was changed."}},
		Empty: []view.Empty{{Icon: "archive", Title: "No devices yet", Text: "Siteward asks each device every minute and tells you when one is silent.", Href: "/devices/new", Link: "Add the first device", Button: true}, {Good: true, Title: "No problems", Text: "188 checks at 08:41. Last problem: 12 Nov, 18 min.", Href: "/events", Link: "See it"}},
		Chart: load(), Small: traffic(), Days: []string{"ok", "ok", "nodata", "ok", "warning", "ok", "critical", "ok", "maintenance", "paused", "ok"},
		Panel: panel(), List: l, Chips: []view.Chip{l.Chip("state", "", "All", "", 14), l.Chip("state", "critical", "Critical", "critical", 1)},
		Evidence: view.Evidence{Title: "91 % used, limit 90 %", State: "warning", Source: "SNMP 1.3.6.1.2.1.25.2.3.1.6.31", At: present, Judged: []string{"Limit for warning: 90 %.", "Three readings in a row were above it."}, BackURL: "/devices/3",
			Lines: []view.EvidenceLine{{{Text: "hrStorageUsed.31 = "}, {Text: "912", Mark: "bad"}}, {{Text: "<script>alert(1)</script>"}}}},
		Form: view.Form{Values: map[string]string{"on": "1", "kind": "snmp"}, Errors: []view.FieldError{{Field: "kind", Text: "Choose how to ask the device."}}}, Options: []view.Option{{Value: "ping", Label: "Does it answer?", Hint: "every minute"}, {Value: "snmp", Label: "Ask it for details"}},
		Hostile: "<script>alert(1)</script>",
	}
}

func load() view.Chart {
	c := view.Chart{ID: "load", Label: "Load in percent over 24 hours, 15 to 40, with a gap of 2 hours", Unit: "%", From: present.Add(-24 * time.Hour), To: present, Limits: []view.Limit{{Value: 80, Level: "critical"}}, DataURL: "/chart.json"}
	v := []float64{}
	for i := range 288 {
		x := 25 + 8*math.Sin(float64(i)/20)
		if i > 96 && i < 120 {
			x = math.NaN()
		}
		c.T, v = append(c.T, c.From.Add(time.Duration(i)*5*time.Minute).Unix()), append(v, x)
	}
	c.Series = []view.Series{{Name: "Load", V: v}}
	c.Windows = []view.Span{{From: present.Add(-6 * time.Hour), To: present.Add(-3 * time.Hour)}}
	return c
}

func traffic() view.Chart {
	c := load()
	c.ID, c.Unit, c.DataURL, c.Limits, c.Windows = "traffic", "bit/s", "", nil, nil
	out := make([]float64, len(c.T))
	for i := range out {
		out[i] = 212e6 + 80e6*math.Cos(float64(i)/9)
		c.Series[0].V[i] *= 3e6
	}
	c.Series = append(c.Series, view.Series{Name: "Out", V: out})
	return c
}

func panel() view.PortPanel {
	p := view.PortPanel{Label: "Front panel. The table below has the same content.", Uplinks: "10G uplinks"}
	kinds := []string{"link", "slow", "errors", "down", "off", "nodata", "none"}
	for i := range 24 {
		p.Ports = append(p.Ports, view.Port{Name: string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10)), State: kinds[i%7], Word: kinds[i%7], Href: "#p1", PoE: i%7 == 0})
	}
	p.Links = []view.Port{{Name: "X1", State: "link", Word: "up, 10 Gbit/s", Href: "#x1"}, {Name: "X2", State: "down", Word: "down, should be up", Href: "javascript:alert(1)"}}
	return p
}

// server shows the gallery as a browser sees it, with the policy the product sends.
func server(r *ui.Renderer) http.Handler {
	e := echo.New()
	e.GET("/assets/*", echo.WrapHandler(r.Assets))
	e.GET("/chart.json", func(c echo.Context) error {
		b, err := r.Lang("en").ChartJSON(load())
		if err != nil {
			return err
		}
		return c.JSONBlob(http.StatusOK, b)
	})
	e.GET("/events", events)
	e.GET("/broken", func(c echo.Context) error {
		return r.Page(c, http.StatusInternalServerError, "error", frame("error"), sample["error"])
	})
	e.GET("/search", func(c echo.Context) error {
		return c.JSON(http.StatusOK, []map[string]string{{"title": "sw-core", "href": "/devices/3", "kind": "switch"}, {"title": "leads away", "href": "//example.org"}})
	})
	e.GET("/:page", func(c echo.Context) error {
		c.Response().Header().Set("Content-Security-Policy", ui.ContentSecurityPolicy)
		name := c.Param("page")
		f := frame(name)
		if l := c.QueryParam("lang"); l != "" {
			f.Lang = l
		}
		if c.Request().Header.Get("HX-Target") == "div#list" {
			f.AsOf = present.Add(-5 * time.Minute) // so that a test can tell the second rendering
		}
		page, ok := sample[name]
		if name == "gallery" {
			page, ok, f.Live = gallery(), true, true
		}
		if !ok {
			return echo.ErrNotFound
		}
		return r.Page(c, http.StatusOK, name, f, page)
	})
	return e
}

// events sends one badge and one named event, as docs/ui.md describes, and keeps the line open.
func events(c echo.Context) error {
	w := c.Response()
	w.Header().Set(echo.HeaderContentType, "text/event-stream")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write([]byte(`data: <hx-partial hx-target="#st-3-ping" hx-swap="outerHTML"><span id="st-3-ping" class="st st-ok">live</span></hx-partial>` + "\n\n" +
		`data: <hx-partial hx-target="#not-here" hx-swap="outerHTML"><b>lost</b></hx-partial>` + "\n\nevent: reload\ndata: list\n\n"))
	w.Flush()
	<-c.Request().Context().Done()
	return err
}
