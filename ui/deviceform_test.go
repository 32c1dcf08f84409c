package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

const tech = appliance.RoleTechnician

// deviceForm is a form of a new device that can be stored, with some fields changed.
func deviceForm(pairs ...string) url.Values {
	f := url.Values{"name": {"sw-neu"}, "address": {"192.0.2.77"}, "kind": {"switch"}, "ask": {"snmp"}, "credential": {"new-2c"}, "community": {"s3cret-c0mmunity"},
		"auth_protocol": {"SHA-256"}, "priv_protocol": {"AES-128"}, "version": {"1"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

func TestDeviceFormsForEachLanguageAndRole(t *testing.T) {
	app := apptest.New()
	b := apptest.ServerOf(t, app)
	for _, lang := range []string{"en", "de", "nl"} {
		app.Speak(lang)
		for _, role := range appliance.Roles {
			want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[role == tech || role == appliance.RoleAdministrator]
			for _, path := range []string{"/devices/new", "/devices/1/edit", "/devices/2/edit", "/devices/1/checks/new", "/checks/10/edit", "/checks/11/edit", "/checks/90/edit"} {
				w := b.Get(role, path)
				if w.Code != want {
					t.Errorf("%s %s %s: %d, want %d", lang, role, path, w.Code, want)
				}
				if strings.Contains(w.Body.String(), "not for your eyes") {
					t.Errorf("%s shows a secret", path)
				}
			}
			before := len(app.Done())
			for _, path := range []string{"/devices/new", "/devices/try", "/devices/1/edit", "/devices/1/delete?sure=1", "/devices/1/checks/new", "/checks/10/edit", "/checks/10/delete?sure=1"} {
				if role != tech && role != appliance.RoleAdministrator && b.Post(role, path, deviceForm("confirm", "sw-core")).Code != http.StatusForbidden {
					t.Errorf("%s may post to %s", role, path)
				}
			}
			if role != tech && role != appliance.RoleAdministrator && len(app.Done()) != before {
				t.Errorf("%s changed something", role)
			}
		}
	}
}

func TestAddDeviceWithTypedCredential(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(tech, "/devices/new", deviceForm())
	id := b.App.Find("sw-neu")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/devices/"+id.String() {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	v, err := b.App.Device(t.Context(), id)
	if err != nil || len(v.Checks) != 2 || v.Checks[0].Probe != appliance.ProbePing || v.Checks[1].SNMP == nil || v.Checks[1].SNMP.Credential == 0 {
		t.Fatalf("checks %+v, %v", v.Checks, err)
	}
	b.Post(tech, "/devices/new", deviceForm("name", "sw-neu-2"))
	second, _ := b.App.Device(t.Context(), b.App.Find("sw-neu-2"))
	if second.Checks[1].SNMP.Credential != v.Checks[1].SNMP.Credential {
		t.Error("the same community became a second credential")
	}
	all, _ := b.App.Credentials(t.Context())
	if n := len(all); n != 4 || all[n-1].Name != "SNMP v2c" || all[n-1].Community.Value != "s3cret-c0mmunity" {
		t.Errorf("%d credentials, the last is %q", n, all[n-1].Name)
	}
}

func TestAddDeviceLeavesNoCredentialBehind(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(tech, "/devices/new", deviceForm("name", "sw-core"))
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#name"`) {
		t.Errorf("a taken name: %d", w.Code)
	}
	if all, _ := b.App.Credentials(t.Context()); len(all) != 3 {
		t.Errorf("%d credentials after a refusal, want 3", len(all))
	}
}

func TestAddDeviceByEachWayOfAsking(t *testing.T) {
	b := apptest.Server(t)
	for _, c := range []struct {
		name   string
		form   url.Values
		kind   appliance.Kind
		checks string
	}{
		{"ping only", deviceForm("ask", "ping", "kind", ""), appliance.KindOther, "ping"},
		{"web page without address", deviceForm("ask", "http", "kind", "", "address", "", "url", "https://intranet.example/status"), appliance.KindService, "http"},
		{"web page of a server", deviceForm("ask", "http", "kind", "server"), appliance.KindServer, "ping http"},
		{"port", deviceForm("ask", "tcp", "kind", "", "port", "993", "tls", "1"), appliance.KindService, "tcp"},
		{"stored credential", deviceForm("credential", "1"), appliance.KindSwitch, "ping snmp"},
		{"version 3", deviceForm("credential", "new-3", "user", "siteward", "auth", "long enough 1", "priv", "long enough 2"), appliance.KindSwitch, "ping snmp"},
		{"kind by asking", deviceForm("kind", ""), appliance.KindServer, "ping snmp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.form.Set("name", c.name)
			if w := b.Post(tech, "/devices/new", c.form); w.Code != http.StatusSeeOther {
				t.Fatalf("%d %s", w.Code, problemsIn(w.Body.String()))
			}
			v, err := b.App.Device(t.Context(), b.App.Find(c.name))
			if err != nil {
				t.Fatal(err)
			}
			var probes []string
			for _, check := range v.Checks {
				probes = append(probes, string(check.Probe))
			}
			if got := strings.Join(probes, " "); got != c.checks || v.Device.Kind != c.kind {
				t.Errorf("a %s with %s, want a %s with %s", v.Device.Kind, got, c.kind, c.checks)
			}
		})
	}
}

// problemsIn is the error summary of a page, for messages of tests.
func problemsIn(body string) string {
	_, rest, _ := strings.Cut(body, `id="errors"`)
	summary, _, _ := strings.Cut(rest, "</section>")
	return summary
}

func TestDeviceFormSaysEachMistake(t *testing.T) {
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	for _, c := range []struct {
		field string
		form  url.Values
		says  string
	}{
		{"name", deviceForm("name", ""), "Tragen Sie einen Namen ein"},
		{"name", deviceForm("name", "sw-core"), "sw-core"},
		{"address", deviceForm("address", ""), "Tragen Sie die IP-Adresse"},
		{"address", deviceForm("address", "http://192.0.2.1/"), "Adresse: ist eine URL"},
		{"address", deviceForm("address", "192.0.2.1:161"), "enthält einen Port"},
		{"address", deviceForm("address", "192.0.2.0/24"), "ganzes Netz"},
		{"address", deviceForm("address", "192.168.1.300"), "192.168.1.300"},
		{"kind", deviceForm("kind", "toaster"), "Art:"},
		{"place", deviceForm("place", strings.Repeat("x", 101)), "Ort:"},
		{"purpose", deviceForm("purpose", strings.Repeat("x", 201)), "länger als 200 Zeichen"},
		{"community", deviceForm("community", ""), "Tragen Sie die Community ein"},
		{"user", deviceForm("credential", "new-3", "auth", "long enough 1", "priv", "long enough 2"), "Tragen Sie den Benutzer ein"},
		{"auth", deviceForm("credential", "new-3", "user", "u", "auth", "short", "priv", "long enough 2"), "kürzer als 8 Zeichen"},
		{"priv", deviceForm("credential", "new-3", "user", "u", "auth", "long enough 1", "priv", ""), "Verfahren und Passwort"},
		{"auth", deviceForm("credential", "new-3", "user", "u", "auth_protocol", "", "priv", "long enough 2"), "fehlt"},
		{"credential", deviceForm("credential", "nothing"), "Wählen Sie Zugangsdaten"},
		{"url", deviceForm("ask", "http", "url", "ftp://x.example/"), "Adresse der Seite:"},
		{"port", deviceForm("ask", "tcp", "port", "0"), "1 bis 65535"},
	} {
		w := b.Post(tech, "/devices/new", c.form)
		body := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `<a href="#`+c.field+`">`) || !strings.Contains(body, `id="`+c.field+`-error"`) || !strings.Contains(problemsIn(body), c.says) {
			t.Errorf("%s: %d, want %q at the field, got %s", c.field, w.Code, c.says, problemsIn(body))
		}
		if strings.Contains(body, "long enough") || strings.Contains(body, "s3cret") {
			t.Errorf("%s: the page holds what was typed as a secret", c.field)
		}
		if c.form.Get("place") != "" && !strings.Contains(body, c.form.Get("place")) {
			t.Error("what was typed is lost")
		}
	}
}

func TestDeviceInACircle(t *testing.T) {
	b := apptest.Server(t)
	v, _ := b.App.Device(t.Context(), 1)
	w := b.Post(tech, "/devices/1/edit", url.Values{"name": {v.Name}, "address": {v.Address}, "kind": {"switch"}, "version": {"1"}, "parents": {"8"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `<a href="#parents">`) || !strings.Contains(w.Body.String(), "ap-empfang → sw-empfang → sw-core → ap-empfang") {
		t.Errorf("%d %s", w.Code, problemsIn(w.Body.String()))
	}
}

// TestTryKeepsSecretsOutOfThePage is the way of somebody without script: test, then save the page that came back. The name that the
// device proposes is taken, so it gets a number.
func TestTryKeepsSecretsOutOfThePage(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(tech, "/devices/try", deviceForm("name", "", "kind", ""))
	body := w.Body.String()
	for _, want := range []string{"<html", "Answers to ping", "Answers to SNMP", "ProLiant ML350 Gen10", `value="srv-praxis 2"`, `value="server" selected`, `value="192.0.2.77"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if w.Code != http.StatusOK || strings.Contains(body, "s3cret") {
		t.Errorf("%d, or the community stands in the page", w.Code)
	}
	kept := valueOf(body, "kept")
	if kept == "" {
		t.Fatal("nothing was kept")
	}
	form := deviceForm("name", "nach dem test", "community", "", "kept", kept)
	if w := b.Post(appliance.RoleAdministrator, "/devices/new", form); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("somebody else used what one person typed: %d", w.Code)
	}
	if w := b.Post(tech, "/devices/new", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, problemsIn(w.Body.String()))
	}
	all, _ := b.App.Credentials(t.Context())
	if all[len(all)-1].Community.Value != "s3cret-c0mmunity" {
		t.Error("another community was stored")
	}
}

// valueOf is the value of an input of a page.
func valueOf(body, name string) string {
	_, rest, _ := strings.Cut(body, `name="`+name+`" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

func TestTryFragmentAndSilence(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(tech, "/devices/try", deviceForm("address", "192.0.2.99"), "HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#device-form")
	body := w.Body.String()
	if w.Code != http.StatusOK || strings.Contains(body, "<html") || !strings.HasPrefix(strings.TrimSpace(body), `<div id="device-form"`) {
		t.Errorf("%d, no fragment: %.80s", w.Code, body)
	}
	for _, want := range []string{"Does not answer to ping", "Does not answer to SNMP", "SNMP is switched on", "no answer within 5s, asked 3 times"} {
		if !strings.Contains(body, want) {
			t.Errorf("silence does not say %q", want)
		}
	}
	for _, d := range b.App.Done() {
		t.Errorf("a test stored something: %s", d)
	}
	if w := b.Post(tech, "/devices/try", deviceForm("address", "")); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a test without address: %d", w.Code)
	}
}

func TestTryHostileDevice(t *testing.T) {
	app := apptest.New()
	app.MakeHostile()
	b := apptest.ServerOf(t, app)
	for _, w := range []string{b.Post(tech, "/devices/try", deviceForm("name", "")).Body.String(), b.Get(tech, "/devices/1/edit").Body.String(), b.Get(tech, "/checks/11/edit").Body.String(),
		b.Post(tech, "/devices/1/delete", nil).Body.String()} {
		if strings.Contains(w, "<script>alert") || strings.Contains(w, "<img src=x") || !strings.Contains(w, "&lt;script&gt;") {
			t.Error("a device's text is not escaped")
		}
	}
}

func TestEditDeviceOvertaken(t *testing.T) {
	b := apptest.Server(t)
	v, _ := b.App.Device(t.Context(), 4)
	d := v.Device
	d.Place = "Cellar"
	if err := b.App.SaveDevice(t.Context(), appliance.Actor{}, &d); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"name": {"nas-1"}, "address": {"192.0.2.20"}, "kind": {"nas"}, "place": {"Attic"}, "version": {"1"}, "parents": {"1"}}
	w := b.Post(tech, "/devices/4/edit", form)
	body := w.Body.String()
	if w.Code != http.StatusConflict || !strings.Contains(body, `value="Attic"`) || !strings.Contains(body, "now stored is “Cellar”") {
		t.Fatalf("%d %s", w.Code, problemsIn(body))
	}
	form.Set("version", valueOf(body, "version"))
	if w := b.Post(tech, "/devices/4/edit", form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, problemsIn(w.Body.String()))
	}
	if v, _ := b.App.Device(t.Context(), 4); v.Place != "Attic" || len(v.Parents) != 1 || len(v.Checks) != 2 {
		t.Errorf("stored %+v", v.Device)
	}
}

func TestFileOwnedDeviceIsReadOnly(t *testing.T) {
	b := apptest.Server(t)
	body := b.Get(tech, "/devices/2/edit").Body.String()
	if !strings.Contains(body, "declared in site.yaml") || !strings.Contains(body, `action="/devices/2/takeover"`) || strings.Contains(body, `action="/devices/2/delete"`) || strings.Count(body, " disabled>") == 0 {
		t.Error("the form of a device of the site file can be changed")
	}
	if w := b.Post(tech, "/devices/2/edit", deviceForm("name", "other", "version", "1")); w.Code != http.StatusConflict || b.App.Find("other") != 0 {
		t.Errorf("it was stored: %d", w.Code)
	}
}

func TestDeleteDeviceAsksForItsName(t *testing.T) {
	b := apptest.Server(t)
	w := b.Post(tech, "/devices/1/delete", nil)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "series of readings") || b.App.Find("sw-core") == 0 {
		t.Errorf("%d, no question", w.Code)
	}
	if w := b.Post(tech, "/devices/1/delete?sure=1", url.Values{"confirm": {"sw-cor"}}); w.Code != http.StatusUnprocessableEntity || b.App.Find("sw-core") == 0 {
		t.Errorf("a wrong name: %d", w.Code)
	}
	if w := b.Post(tech, "/devices/1/delete?sure=1", url.Values{"confirm": {"sw-core"}}); w.Code != http.StatusSeeOther || b.App.Find("sw-core") != 0 {
		t.Errorf("the right name: %d", w.Code)
	}
	if w := b.Post(tech, "/devices/11/delete", nil); strings.Contains(w.Body.String(), `id="confirm"`) {
		t.Error("a device without history asks for its name")
	}
}

func TestDeviceFormInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	root := b.Listen(tech)
	browser.Goto(t, root+"/devices/new", uitest.Look{}).Tour("device-new")
	browser.Goto(t, root+"/devices/1/edit", uitest.Look{}).Glance("device-edit")
	browser.Goto(t, root+"/devices/2/edit", uitest.Look{}).Glance("device-file")
}
