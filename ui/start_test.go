package ui_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui"
	"siteward/ui/apptest"
)

// partial are the headers of a script that asks for the list.
var partial = []string{"HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#list"}

// calm is the sample site with only devices that are in order.
func calm(tb testing.TB) *apptest.App {
	tb.Helper()
	return emptied(tb, func(d appliance.DeviceView) bool { return d.Worst != appliance.StateOK })
}

// bare is a site before its first device.
func bare(tb testing.TB) *apptest.App {
	tb.Helper()
	return emptied(tb, func(appliance.DeviceView) bool { return true })
}

func emptied(tb testing.TB, without func(appliance.DeviceView) bool) *apptest.App {
	tb.Helper()
	app := apptest.New()
	devices, err := app.Devices(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, d := range devices {
		if !without(d) {
			continue
		}
		if err := app.DeleteDevice(tb.Context(), appliance.Actor{Name: "test"}, d.ID); err != nil {
			tb.Fatal(err)
		}
	}
	return app
}

func TestStartAndProblemsForEverybody(t *testing.T) {
	for name, site := range map[string]func(testing.TB) *apptest.App{"troubled": func(testing.TB) *apptest.App { return apptest.New() }, "calm": calm, "bare": bare} {
		b := apptest.ServerOf(t, site(t))
		for _, lang := range ui.Languages {
			b.App.Speak(lang)
			for _, role := range appliance.Roles {
				for _, path := range []string{"/", "/problems", "/problems?state=critical&q=zz", "/?evidence=51:ups", "/problems?evidence=71:answer"} {
					w := b.Get(role, path)
					holdPage(t, fmt.Sprintf("%s %s %s %s", name, lang, role, path), w.Body.String(), w.Code)
				}
			}
		}
	}
}

func holdPage(t *testing.T, name, body string, code int) {
	t.Helper()
	if code != http.StatusOK || !strings.HasPrefix(body, "<!doctype html>") {
		t.Fatalf("%s: %d %.300s", name, code, body)
	}
	for _, bad := range []string{"<script>", " style=", "hx-on", "javascript:", "[start.", "[problem", "ZgotmplZ", "&lt;nil&gt;", "0001-01-01"} {
		if strings.Contains(body, bad) {
			t.Errorf("%s holds %s", name, bad)
		}
	}
}

func TestStartByRole(t *testing.T) {
	b := apptest.Server(t)
	b.App.Speak("de")
	for role, c := range map[appliance.Role]struct{ has, not []string }{
		appliance.RoleKeyUser: {[]string{"Sechs Probleme. Eines ist in Arbeit.", "Der Netzwerkverteiler sw-empfang antwortet nicht.", "Was geht nicht?", "The computers and the WLAN at the reception", "Noch niemand.",
			"Ich kümmere mich darum", "Zuletzt geprüft um 08:41", "7 von 11", "tel:030%20555%200100", "Ein Gerät deswegen nicht erreichbar", "ap-empfang", "Notstrom"}, []string{"Siteward selbst", `"/settings"`}},
		appliance.RoleTechnician: {[]string{"6 Probleme, 5 noch nicht übernommen", "Übernehmen", "Übernommen und ruhig: 1 zur Kenntnis genommen, 1 angehalten", "The entrance is being rebuilt", "In den letzten 24 Stunden geändert",
			"Siteward selbst", "214", "Kopiert und geprüft: 03:10"}, []string{"Was geht nicht?"}},
		appliance.RoleViewer: {[]string{"Sechs Probleme.", "Wenn diese Zeit stehen bleibt"}, []string{"Ich kümmere mich", "Übernehmen", "S. Techniker", "Siteward selbst", "/acknowledge"}},
	} {
		body := b.Get(role, "/").Body.String()
		for _, s := range c.has {
			if !strings.Contains(body, s) {
				t.Errorf("%s: %q is missing", role, s)
			}
		}
		for _, s := range c.not {
			if strings.Contains(body, s) {
				t.Errorf("%s: %q should not be there", role, s)
			}
		}
	}
}

// TestStripOfThirtyDays: each day is as bad as the worst on it, and the exceptions lead to what happened.
func TestStripOfThirtyDays(t *testing.T) {
	b := apptest.Server(t)
	b.App.Speak("en")
	body := b.Get(appliance.RoleKeyUser, "/").Body.String()
	for _, want := range []string{"The last 30 days", "with a problem", `id="hatch-strip"`, `class="f-crit"`, `href="/incidents/`, "22 Oct"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(body, `<span>22 Oct</span><span>today</span>`); n != 1 {
		t.Errorf("%d strips", n)
	}
	if strings.Contains(b.Get(appliance.RoleTechnician, "/").Body.String(), "The last 30 days") {
		t.Error("it is the key user's")
	}
}

func TestStartWithoutDevices(t *testing.T) {
	b := apptest.ServerOf(t, bare(t))
	if body := b.Get(appliance.RoleTechnician, "/").Body.String(); !strings.Contains(body, `class="btn btn-primary" href="/devices/new"`) {
		t.Error("the technician is not led to the first device")
	}
	if body := b.Get(appliance.RoleKeyUser, "/").Body.String(); strings.Contains(body, "/devices/new") || !strings.Contains(body, "Your IT provider adds devices.") {
		t.Error("the key user is not told who adds devices")
	}
}

// TestStartOfASiteWithBackupsAlone: what belongs to no device is not hidden behind the first one that is missing.
func TestStartOfASiteWithBackupsAlone(t *testing.T) {
	app := bare(t)
	app.AddBackups()
	app.Speak("en")
	b := apptest.ServerOf(t, app)
	for role, wants := range map[appliance.Role][]string{
		appliance.RoleKeyUser:    {"problem", `href="/backups"`, "of 6"},
		appliance.RoleTechnician: {`href="/backups"`, "of 6", `href="/devices/new"`, "No devices yet"},
		appliance.RoleViewer:     {"of 6"},
	} {
		body := b.Get(role, "/").Body.String()
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not see %q", role, want)
			}
		}
		if strings.Contains(body, "0 of 0") || role != appliance.RoleTechnician && strings.Contains(body, "No devices yet") {
			t.Errorf("%s is told of devices", role)
		}
	}
}

func TestStartSaysWhatTheApplianceCannotDo(t *testing.T) {
	b := apptest.Server(t)
	h := b.App.Health(t.Context())
	h.Store.ReadOnly, h.Store.Why = true, appliance.Message{Key: "store.read_only.full", English: "full"}
	b.App.SetHealth(h)
	if body := b.Get(appliance.RoleTechnician, "/").Body.String(); strings.Count(body, "The disk is full.") != 1 || !strings.Contains(body, "stores nothing") {
		t.Error("the technician does not read that nothing is stored")
	}
	body := b.Get(appliance.RoleKeyUser, "/devices").Body.String()
	if strings.Contains(body, "The disk is full.") || !strings.Contains(body, "Tell your IT provider.") {
		t.Error("the key user reads of the disk, or not what it means")
	}
}

func TestHostileNames(t *testing.T) {
	b := apptest.Server(t)
	b.App.MakeHostile()
	for _, role := range appliance.Roles {
		for _, path := range []string{"/", "/problems", "/problems?q=%3Cscript%3E", "/?evidence=51:ups"} {
			body := b.Get(role, path).Body.String()
			if strings.Contains(body, "<script>alert") || strings.Contains(body, "<img src=x") {
				t.Errorf("%s %s runs a device's name", role, path)
			}
			if strings.Count(body, "&lt;script&gt;") == 0 && role != appliance.RoleViewer {
				t.Errorf("%s %s does not show the name", role, path)
			}
		}
	}
}

func TestListFragmentCarriesItsTitle(t *testing.T) {
	b := apptest.Server(t)
	for _, path := range []string{"/", "/problems"} {
		body := b.Get(appliance.RoleTechnician, path, partial...).Body.String()
		if !strings.HasPrefix(strings.TrimSpace(body), `<div id="list">`) || !strings.Contains(body, "<title>6 problems, 5 not taken yet – Praxis am Markt</title>") {
			t.Errorf("%s: %.200s", path, body)
		}
		if whole := b.Get(appliance.RoleTechnician, path).Body.String(); strings.Count(whole, "<title>") != 1 {
			t.Errorf("%s: a whole page has its title once", path)
		}
	}
}

func TestSamePageIsNotSentTwice(t *testing.T) {
	b := apptest.Server(t)
	first := b.Get(appliance.RoleViewer, "/problems")
	again := b.Get(appliance.RoleViewer, "/problems", "If-None-Match", first.Header().Get("ETag"))
	if first.Header().Get("ETag") == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("%q, then %d with %d bytes", first.Header().Get("ETag"), again.Code, again.Body.Len())
	}
}
