package ui_test

import (
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestDiscoveryInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	b := apptest.ServerOf(t, app)
	root := b.Listen(tech)
	browser.Goto(t, root+"/discover", uitest.Look{}).Tour("discover")
	browser.Goto(t, root+"/map", uitest.Look{}).Tour("map")
	browser.Goto(t, root+"/proposals/1", uitest.Look{}).Glance("proposal")
	if err := app.Discover(t.Context(), appliance.Actor{Name: "s.techniker"}, appliance.DiscoveryRequest{Ranges: []string{"192.168.10.0/24"}}); err != nil {
		t.Fatal(err)
	}
	browser.Goto(t, root+"/discover", uitest.Look{}).Glance("discover-running")
}
