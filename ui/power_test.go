package ui_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestPowerPage(t *testing.T) {
	b := apptest.Server(t)
	for lang, want := range map[string][]string{
		"en": {"on mains, the UPS needs attention", "38 min", "Replace the battery", "Self-test passed", "4 min 12 s", "Battery fell to 86", "next"},
		"de": {"Notstrom", "Batterie tauschen", "Stromausfall", "Selbsttest bestanden", "Kalibrierung"},
		"nl": {"Noodstroom", "Accu vervangen", "Stroomuitval"},
	} {
		b.App.Speak(lang)
		page := b.Get(appliance.RoleKeyUser, "/power")
		if page.Code != http.StatusOK {
			t.Fatalf("%s: status %d", lang, page.Code)
		}
		for _, w := range want {
			if w != "next" && !strings.Contains(strings.ReplaceAll(page.Body.String(), "\u202f", " "), w) {
				t.Errorf("%s: %q is not on the page", lang, w)
			}
		}
	}
	b.App.Speak("en")
	only := b.Get(appliance.RoleViewer, "/power?outages=test").Body.String()
	if strings.Contains(only, ">Power outage<") || !strings.Contains(only, "Calibration") {
		t.Error("the filter shows the wrong rows")
	}
	rows, err := csv.NewReader(b.Get(appliance.RoleKeyUser, "/power/outages.csv").Body).ReadAll()
	if err != nil || len(rows) != 4 || rows[2][1] != "outage" || rows[2][4] != "252" {
		t.Errorf("csv %v %v", rows, err)
	}
	if rows, err := csv.NewReader(b.Get(appliance.RoleKeyUser, "/power.csv").Body).ReadAll(); err != nil || len(rows) != 2 || rows[1][3] != "mains" {
		t.Errorf("csv %v %v", rows, err)
	}
}

func TestBatteryOfAUPS(t *testing.T) {
	b := apptest.Server(t)
	page := b.Get(appliance.RoleTechnician, "/devices/5").Body.String()
	for _, want := range []string{"Last real outage", "Outages and tests", "Battery: what is known", "worked out from the fall"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(b.Get(appliance.RoleKeyUser, "/devices/5").Body.String(), "Battery: what is known") {
		t.Error("a key user is offered the form")
	}
	if strings.Contains(b.Get(appliance.RoleTechnician, "/devices/2").Body.String(), "Outages and tests") {
		t.Error("a server has outages")
	}
	if got := b.Post(appliance.RoleTechnician, "/devices/5/battery", url.Values{"installed": {"2026-10-01"}, "replace_by": {"2030-10-01"}, "test_every": {"30"}}); got.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.Code, got.Body)
	}
	if page := b.Get(appliance.RoleTechnician, "/devices/5").Body.String(); !strings.Contains(page, "1 Oct 2030") || !strings.Contains(page, "next by 17 Dec 2026") {
		t.Error("what was entered is not shown")
	}
}

func TestPowerInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	site := apptest.ServerOf(t, app)
	browser.Goto(t, site.Listen(appliance.RoleKeyUser)+"/power", uitest.Look{}).Tour("power-keyuser")
	app.Speak("en")
	browser.Goto(t, site.Listen(appliance.RoleTechnician)+"/devices/5", uitest.Look{}).Glance("power-device")
}

// The row of an outage leads to the incident that tells of it, and the incident to the ticket about it.
func TestAnOutageLeadsToItsIncident(t *testing.T) {
	b := apptest.Server(t)
	start := apptest.Present.Add(-2 * time.Hour)
	b.App.SetOutages([]appliance.UPSOutage{{Device: 5, UPS: "ups-1", Kind: appliance.UPSOutageReal, Start: start, End: start.Add(4 * time.Minute)},
		{Device: 5, UPS: "ups-1", Kind: appliance.UPSOutageReal, Start: start.Add(-72 * time.Hour), End: start.Add(-71 * time.Hour)}})
	b.App.AddIncident(appliance.Incident{ID: 90, Kind: appliance.IncidentPower, Opened: start.Add(time.Minute), Over: start.Add(4 * time.Minute), Closed: start.Add(5 * time.Minute), Worst: appliance.StateCritical,
		Device: 5, Name: "ups-1", Causes: []appliance.IncidentCause{{StateKey: appliance.StateKey{Check: 51, Item: "ups"}, Device: 5, Name: "ups-1"}}})
	for _, path := range []string{"/power", "/devices/5"} {
		if n := strings.Count(b.Get(appliance.RoleKeyUser, path).Body.String(), `href="/incidents/90"`); n != 1 {
			t.Errorf("%s leads to the incident %d times", path, n)
		}
	}
	page := b.Get(appliance.RoleTechnician, "/incidents/90").Body.String()
	if !strings.Contains(page, "about=incident-90") || !strings.Contains(page, `href="/power"`) {
		t.Error("no way from the incident to a ticket or to the outages")
	}
	w := b.Post(appliance.RoleTechnician, "/tickets/new", url.Values{"text": {"The battery is old."}, "category": {"error"}, "impact": {"one"}, "about": {"incident-90"}, "once": {"x"}})
	if w.Code != http.StatusSeeOther || !strings.Contains(b.Get(appliance.RoleKeyUser, "/incidents/90").Body.String(), w.Header().Get("Location")) {
		t.Errorf("%d: the incident does not name its ticket", w.Code)
	}
	if page := b.Get(appliance.RoleKeyUser, w.Header().Get("Location")).Body.String(); !strings.Contains(page, `href="/incidents/90"`) {
		t.Error("the ticket does not name the incident")
	}
}
