package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestInventoryInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	root := apptest.ServerOf(t, app).Listen(tech)
	browser.Goto(t, root+"/inventory", uitest.Look{}).Tour("inventory")
	browser.Goto(t, root+"/inventory?q=nowhere", uitest.Look{}).Glance("inventory-none")
	browser.Goto(t, root+"/devices/2/inventory", uitest.Look{}).Glance("inventory-server")
	browser.Goto(t, root+"/devices/4/inventory", uitest.Look{}).Glance("inventory-nas")
	browser.Goto(t, root+"/devices/11/inventory", uitest.Look{}).Glance("inventory-empty")
}

func TestAnEndDateIsChanged(t *testing.T) {
	b := apptest.Server(t)
	body := b.Get(tech, "/devices/2/inventory?end=1").Body.String()
	if !strings.Contains(body, `name="entry" value="1"`) || !strings.Contains(body, `value="2027-01-10"`) || !strings.Contains(body, "5523-118") {
		t.Error("the form is not filled with what stands there")
	}
	form := url.Values{"entry": {"1"}, "kind": {"support"}, "until": {"2028-01-10"}, "name": {"Next business day"}, "reference": {"5523-119"}, "warn": {""}}
	if w := b.Post(tech, "/devices/2/coverage", form); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	inv, err := b.App.Inventory(t.Context(), 2)
	if err != nil || len(inv.Coverage) != 2 {
		t.Fatalf("%+v, %v", inv.Coverage, err)
	}
	if c := inv.Coverage[0]; c.ID != 1 || c.Until != "2028-01-10" || c.Reference != "5523-119" {
		t.Errorf("%+v", c)
	}
	form.Set("entry", "77")
	if w := b.Post(tech, "/devices/2/coverage", form); w.Code != http.StatusNotFound {
		t.Errorf("an end date that is gone: %d", w.Code)
	}
	for word, found := range map[string]bool{"postgresql": true, "5523-119": true, "ZW62C3D4": true, "nowhere": false} {
		csv := b.Get(tech, "/inventory.csv?q="+word).Body.String()
		if lines := strings.Count(csv, "\n"); (lines == 2) != found {
			t.Errorf("%s: %d lines", word, lines)
		}
	}
}
