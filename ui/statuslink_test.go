package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestPeopleWithoutAnAccountSeeTheTrafficLight(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		first := b.App.Find("srv-files")
		w := b.Post(appliance.RoleAdministrator, "/maintenance/links", url.Values{"name": {"board"}, "expires": {"2027-01-01"}, "device_" + first.String(): {"1"}})
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "/status/board") {
			t.Fatalf("%s: %d", lang, w.Code)
		}
		w = b.Get("", "/status/board")
		if w.Code != http.StatusOK || w.Header().Get("X-Robots-Tag") == "" || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%s: %d %v", lang, w.Code, w.Header())
		}
		page := w.Body.String()
		for _, secret := range []string{"/devices/", "/maintenance/", "csrf", "192.0.2.", "127.0.0.1", "sw-core"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s: the page tells of %s", lang, secret)
			}
		}
		if !strings.Contains(page, "Neue Firmware") || !strings.Contains(page, "noindex") {
			t.Errorf("%s: the window is missing", lang)
		}
		if w := b.Get("", "/status/board/calendar.ics"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "BEGIN:VEVENT") {
			t.Errorf("%s: calendar %d", lang, w.Code)
		}
	}
}

func TestAStatusLinkThatIsUnknownOrRevokedOpensNothing(t *testing.T) {
	b := apptest.Server(t)
	for _, path := range []string{"/status/nobody", "/status/nobody/calendar.ics"} {
		if w := b.Get("", path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	form := url.Values{"name": {"board"}, "expires": {"2027-01-01"}}
	for _, role := range []appliance.Role{appliance.RoleViewer, appliance.RoleKeyUser, appliance.RoleTechnician} {
		if w := b.Post(role, "/maintenance/links", form); w.Code != http.StatusForbidden {
			t.Errorf("%s makes one: %d", role, w.Code)
		}
	}
	b.Post(appliance.RoleAdministrator, "/maintenance/links", form)
	if w := b.Get("", "/status/board"); w.Code != http.StatusOK {
		t.Errorf("open: %d", w.Code)
	}
	b.Post(appliance.RoleAdministrator, "/maintenance/links/1/delete", nil)
	if w := b.Get("", "/status/board"); w.Code != http.StatusNotFound {
		t.Errorf("revoked: %d", w.Code)
	}
	if w := b.Post(appliance.RoleAdministrator, "/maintenance/links", url.Values{"name": {""}, "expires": {"2026-01-01"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a name: %d", w.Code)
	}
}
