package ui_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestDevicesInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	root := b.Listen(tech)
	browser.Goto(t, root+"/devices", uitest.Look{}).Tour("devices")
	browser.Goto(t, root+"/devices?group=kind", uitest.Look{}).Glance("devices-kind")
	browser.Goto(t, root+"/devices?q=nowhere", uitest.Look{}).Glance("devices-none")
	browser.Goto(t, b.Listen(appliance.RoleKeyUser)+"/devices?group=place", uitest.Look{}).Glance("devices-keyuser")
}

func TestDevicesForEachLanguageAndRole(t *testing.T) {
	app := apptest.New()
	b := apptest.ServerOf(t, app)
	for _, lang := range []string{"en", "de", "nl"} {
		app.Speak(lang)
		for _, role := range appliance.Roles {
			w := b.Get(role, "/devices?group=place")
			body := w.Body.String()
			if w.Code != http.StatusOK || strings.Count(body, "<tr data-href=") != 11 || !strings.Contains(body, "sw-core") {
				t.Errorf("%s %s: %d, %d rows", lang, role, w.Code, strings.Count(body, "<tr data-href="))
			}
			technical := role == appliance.RoleTechnician || role == appliance.RoleAdministrator
			for _, secret := range []string{"192.0.2.2", `href="/devices/new"`} {
				if strings.Contains(body, secret) != technical {
					t.Errorf("%s %s: shows %s: %v", lang, role, secret, !technical)
				}
			}
		}
	}
}

func TestDevicesFilterSortAndCSV(t *testing.T) {
	b := apptest.Server(t)
	for _, c := range []struct{ query, rows string }{
		{"?kind=switch&sort=name", "sw-core sw-empfang"},
		{"?kind=switch&sort=-name", "sw-empfang sw-core"},
		{"?q=Brother", "drucker-empfang"},
		{"?q=192.0.2.1&sort=address", "srv-praxis srv-files"},
		{"?state=critical&sort=-problems", "sw-empfang sw-core"},
		{"?q=nothing+like+this", ""},
	} {
		w := b.Get(appliance.RoleTechnician, "/devices.csv"+c.query)
		rows, err := csv.NewReader(w.Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range rows[1:] {
			names = append(names, r[1])
		}
		if got := strings.Join(names, " "); got != c.rows {
			t.Errorf("%s: %q, want %q", c.query, got, c.rows)
		}
		page := b.Get(appliance.RoleTechnician, "/devices"+c.query, "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#list").Body.String()
		if strings.Contains(page, "<html") || strings.Count(page, "<tr data-href=") != len(names) {
			t.Errorf("%s: the fragment has other rows than the file", c.query)
		}
	}
}

func TestDevicesShowMore(t *testing.T) {
	app := apptest.New()
	for i := range 240 {
		d := appliance.Device{Name: fmt.Sprintf("pc-%03d", i), Kind: appliance.KindOther, Address: fmt.Sprintf("198.51.100.%d", i)}
		if err := app.AddDevice(t.Context(), appliance.Actor{}, &d, nil); err != nil {
			t.Fatal(err)
		}
	}
	b := apptest.ServerOf(t, app)
	for path, want := range map[string]int{"/devices": 100, "/devices?page=2": 200, "/devices?page=3": 251} {
		w := b.Get(appliance.RoleTechnician, path)
		if n := strings.Count(w.Body.String(), "<tr data-href="); n != want {
			t.Errorf("%s: %d rows, want %d", path, n, want)
		}
		if more := strings.Contains(w.Body.String(), "page="); more != (want < 251) {
			t.Errorf("%s: offers more: %v", path, more)
		}
	}
	w := b.Get(appliance.RoleTechnician, "/devices")
	again := b.Get(appliance.RoleTechnician, "/devices", "If-None-Match", w.Header().Get("ETag"))
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("the same list again: %d with %d bytes", again.Code, again.Body.Len())
	}
}

func TestDevicesHostile(t *testing.T) {
	app := apptest.New()
	app.MakeHostile()
	b := apptest.ServerOf(t, app)
	for _, path := range []string{"/devices", "/devices?group=place"} {
		body := b.Get(appliance.RoleTechnician, path).Body.String()
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") || !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("%s: a device's text is not escaped", path)
		}
	}
}

func TestNoDevicesYet(t *testing.T) {
	app := apptest.New()
	devices, err := app.Devices(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if err := app.DeleteDevice(t.Context(), appliance.Actor{}, d.ID); err != nil {
			t.Fatal(err)
		}
	}
	b := apptest.ServerOf(t, app)
	if body := b.Get(appliance.RoleTechnician, "/devices").Body.String(); !strings.Contains(body, `btn-primary" href="/discover"`) || !strings.Contains(body, `href="/devices/new"`) || strings.Contains(body, "<table") {
		t.Error("an empty site does not offer to find its first devices, or to add one by hand")
	}
	if body := b.Get(appliance.RoleViewer, "/devices").Body.String(); strings.Contains(body, "/devices/new") || strings.Contains(body, "/discover") {
		t.Error("a viewer is offered what he may not do")
	}
}

func BenchmarkDevices200(b *testing.B) {
	app := apptest.New()
	for i := range 190 {
		d := appliance.Device{Name: fmt.Sprintf("pc-%03d", i), Kind: appliance.KindOther, Address: fmt.Sprintf("198.51.100.%d", i)}
		if err := app.AddDevice(b.Context(), appliance.Actor{}, &d, nil); err != nil {
			b.Fatal(err)
		}
	}
	bench := apptest.ServerOf(b, app)
	for b.Loop() {
		if w := bench.Get(appliance.RoleTechnician, "/devices?page=2"); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
