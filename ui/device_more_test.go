package ui_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

// TestDevicesMaySayAnything: names, places, ports and logs are foreign text on every page and in every file.
func TestDevicesMaySayAnything(t *testing.T) {
	b := apptest.Server(t)
	b.App.MakeHostile()
	for _, path := range append(deviceAddresses(t, b.App), "/devices/1/interfaces.csv", "/devices/1/chart?chart=traffic&instance=25", "/journal.csv") {
		w := b.Get(appliance.RoleTechnician, path)
		body := w.Body.String()
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && (strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x")) {
			t.Errorf("%s: a device's text became markup", path)
		}
	}
}

func rows(t *testing.T, b *apptest.Bench, path string) [][]string {
	t.Helper()
	w := b.Get(appliance.RoleKeyUser, path)
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	out, err := csv.NewReader(w.Body).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

func TestDeviceFiles(t *testing.T) {
	b := apptest.Server(t)
	for path, want := range map[string]struct {
		rows int
		line []string // some row begins with it
	}{
		"/devices/1/interfaces.csv":              {28, []string{"10", "10", "sw-empfang, reception desk 2", "ethernetCsmacd", "important", "up", "down", "critical"}},
		"/devices/2/storages.csv":                {4, []string{"/var", "480000000000", "438720000000", "91.4", "warning"}},
		"/devices/6/supplies.csv":                {5, []string{"Black Toner Cartridge", "Toner", "8", "warning"}},
		"/devices/2/states.csv":                  {14, []string{"21", "storage/36", "/var", "warning"}},
		"/devices/2/states.csv?states=attention": {2, []string{"21", "storage/36", "/var", "warning"}},
		"/checks/20/values.csv":                  {3, nil},
	} {
		got := rows(t, b, path)
		if len(got) != want.rows {
			t.Errorf("%s: %d rows, want %d", path, len(got), want.rows)
		}
		if want.line != nil && !slices.ContainsFunc(got, func(r []string) bool { return slices.Equal(r[:len(want.line)], want.line) }) {
			t.Errorf("%s: no row %q in %q", path, want.line, got)
		}
	}
	if got := rows(t, b, "/devices/5/chart.csv?chart=runtime&range=1d"); len(got) < 1400 || got[0][1] != "ups.runtime" {
		t.Errorf("chart: %d rows, head %q", len(got), got[0])
	}
}

// TestAuditIsForTechnicians: the journal of a key user names no changes of people.
func TestAuditIsForTechnicians(t *testing.T) {
	b := apptest.Server(t)
	for _, path := range []string{"/journal", "/journal.csv", "/devices/1", "/devices/1/events.csv", "/journal?kind=audit"} {
		if strings.Contains(b.Get(appliance.RoleKeyUser, path).Body.String(), "m.muster") {
			t.Errorf("%s tells a key user who changed what", path)
		}
		if !strings.Contains(b.Get(appliance.RoleTechnician, path).Body.String(), "m.muster") {
			t.Errorf("%s does not tell a technician who changed what", path)
		}
	}
}

// TestVerdicts holds the sentences below the names.
func TestVerdicts(t *testing.T) {
	b := apptest.Server(t)
	for name, want := range map[string]string{
		"sw-core": "One port is down that should be up. One port needs a look.</strong> 19 of 26 ports carry a link.",
		"ups-1":   "The battery must be replaced.</strong> On mains.", "srv-files": "Everything is in order.</strong> The fullest storage is /var",
		"sw-empfang": "This device does not answer.</strong> Last answer: 08:1", "ap-empfang": "Nothing is known of this device while sw-empfang does not answer.",
		"kamera-eingang": "This device is not being watched at the moment.", "scanner-1": "This device has never answered.",
		"drucker-empfang": "Black Toner Cartridge: 8\u202f% left, limit 10\u202f%.</strong>",
	} {
		if body := b.Get(appliance.RoleKeyUser, "/devices/"+b.App.Find(name).String()).Body.String(); !strings.Contains(body, want) {
			_, rest, _ := strings.Cut(body, `id="verdict"`)
			t.Errorf("%s: no %q in %.200s", name, want, rest)
		}
	}
}

// TestGapsSayTheirCause: the journal knows why numbers are missing.
func TestGapsSayTheirCause(t *testing.T) {
	b := apptest.Server(t)
	for path, want := range map[string]string{
		"/devices/5":          "No data Thu 19 Nov, 16:00–17:50: Siteward was not running.",
		"/devices/7?range=1h": "the device did not answer.",
		"/devices/8?range=1h": "another device on the way did not answer.",
		"/devices/5?range=1y": "Recorded since Wed 19 Aug",
	} {
		if body := b.Get(appliance.RoleViewer, path).Body.String(); !strings.Contains(body, want) {
			_, rest, _ := strings.Cut(body, `id="charts"`)
			t.Errorf("%s: no %q in %.900s", path, want, rest)
		}
	}
}

func TestChartAnswersItsScript(t *testing.T) {
	b := apptest.Server(t)
	w := b.Get(appliance.RoleViewer, "/devices/1/chart?chart=traffic&instance=25&range=7d")
	var c struct {
		T      []int64
		Series []struct {
			Name, Unit string
			V          []*float64
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil || len(c.Series) != 2 || len(c.T) < 300 || c.Series[0].Unit != "bit/s" {
		t.Fatalf("%v: %d series, %d times", err, len(c.Series), len(c.T))
	}
	if !slices.Contains(c.Series[0].V, nil) {
		t.Error("the afternoon without Siteward is no gap")
	}
	if w := b.Get(appliance.RoleViewer, "/devices/11/chart"); w.Code != http.StatusNotFound {
		t.Errorf("a device without numbers: %d", w.Code)
	}
}

func TestDeviceActions(t *testing.T) {
	b := apptest.Server(t)
	post := func(path string, form url.Values, status int) string {
		t.Helper()
		w := b.Post(appliance.RoleTechnician, path, form)
		if w.Code != status {
			t.Errorf("%s: %d, want %d", path, w.Code, status)
		}
		return w.Body.String()
	}
	post("/devices/2/run", nil, http.StatusSeeOther)
	if body := post("/devices/3/pause", url.Values{"until": {"4h"}}, http.StatusUnprocessableEntity); !strings.Contains(body, `href="#reason"`) {
		t.Error("the missing reason is not named")
	}
	post("/devices/3/pause", url.Values{"until": {"tomorrow"}, "reason": {"new disks"}}, http.StatusSeeOther)
	post("/devices/3/resume", nil, http.StatusSeeOther)
	post("/devices/2/takeover", nil, http.StatusSeeOther)
	post("/devices/1/ports", url.Values{"port:3": {"important"}, "port:10": {""}, "port:4": {""}}, http.StatusSeeOther)
	post("/devices/1/ports", url.Values{"port:3": {"nonsense"}}, http.StatusUnprocessableEntity)
	post("/checks/21/pause", url.Values{"until": {"open"}, "reason": {"new disks"}}, http.StatusSeeOther)
	post("/checks/21/resume", nil, http.StatusSeeOther)
	post("/checks/21/run", nil, http.StatusSeeOther)
	want := []string{"run check 20", "run check 21", "run check 22", "pause device 3", "resume device 3", "take over device 2", "save device sw-core", "pause check 21", "resume check 21", "run check 21"}
	if got := b.App.Done(); !slices.Equal(got, want) {
		t.Errorf("done: %q", got)
	}
	d, err := b.App.Device(t.Context(), 1)
	if err != nil || d.Ports["3"] != appliance.PortImportant || d.Ports["10"] != "" || d.Ports["25"] != appliance.PortUplink {
		t.Errorf("marks: %v %v", d.Ports, err)
	}
}

// TestUnknownThingsAreNotFound: an address that somebody made up is a page that does not exist, or the page without it.
func TestUnknownThingsAreNotFound(t *testing.T) {
	b := apptest.Server(t)
	for path, want := range map[string]int{"/devices/999": 404, "/devices/x": 404, "/checks/999": 404, "/devices/1/events.csv?device=2": 200,
		"/devices/1?evidence=99:answer": 200, "/devices/1?evidence=%00": 200, "/devices/1?chart=none&range=none&ports=none&states=none": 200, "/journal?before=x&device=-1": 200} {
		if w := b.Get(appliance.RoleTechnician, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// TestEvidenceIsAFragment: the link opens the drawer only, and the same address is a whole page without script.
func TestEvidenceIsAFragment(t *testing.T) {
	b := apptest.Server(t)
	path := "/devices/2?evidence=21%3Astorage%2F36"
	part := b.Get(appliance.RoleKeyUser, path, "HX-Request", "true", "HX-Target", "aside#drawer").Body.String()
	if !strings.HasPrefix(part, `<div class="drawer-in">`) || !strings.Contains(part, "storage.used_percent[36]") || strings.Contains(part, "/checks/") {
		t.Errorf("drawer of a key user: %s", part)
	}
	if whole := b.Get(appliance.RoleTechnician, path).Body.String(); !strings.Contains(whole, "<html") || !strings.Contains(whole, part[:60]) || !strings.Contains(whole, `href="/checks/21"`) {
		t.Error("the page has no evidence")
	}
}

// TestTwoDevicesWithOneSerialNumber are explained on the pages of both.
func TestTwoDevicesWithOneSerialNumber(t *testing.T) {
	b := apptest.Server(t)
	sw := b.App.Find("sw-core")
	v, err := b.App.Device(t.Context(), sw)
	if err != nil {
		t.Fatal(err)
	}
	again := b.App.Find("nas-1")
	b.App.Identify(again, v.Identity)
	for id, other := range map[appliance.ID]string{sw: "nas-1", again: "sw-core"} {
		body := b.Get(tech, "/devices/"+id.String()).Body.String()
		if !strings.Contains(body, other+" tells the same serial number") || !strings.Contains(body, v.Identity.Serial) {
			t.Errorf("the page of %d does not speak of %s", id, other)
		}
		if body := b.Get(appliance.RoleViewer, "/devices/"+id.String()).Body.String(); strings.Contains(body, "same serial number") {
			t.Error("a viewer is bothered with it")
		}
	}
}
