package ui_test

import (
	"testing"

	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestInventoryInChromium(t *testing.T) {
	browser := uitest.Open(t)
	app := apptest.New()
	app.Speak("de")
	root := apptest.ServerOf(t, app).Listen(tech)
	accept(t, browser.Goto(t, root+"/inventory", uitest.Look{}), "inventory")
	acceptBriefly(t, browser.Goto(t, root+"/inventory?q=nowhere", uitest.Look{}), "inventory-none")
	acceptBriefly(t, browser.Goto(t, root+"/devices/2/inventory", uitest.Look{}), "inventory-server")
	acceptBriefly(t, browser.Goto(t, root+"/devices/4/inventory", uitest.Look{}), "inventory-nas")
	acceptBriefly(t, browser.Goto(t, root+"/devices/11/inventory", uitest.Look{}), "inventory-empty")
}
