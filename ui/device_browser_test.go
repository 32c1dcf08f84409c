package ui_test

import (
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// devicePages are looked at in Chromium: one of each kind of page, in the language that is hardest for it. Variants of a page are
// looked at in two ways only, unless pictures are wanted.
var devicePages = []struct {
	name, lang, path string
	variant          bool
}{
	{"device-ups", "en", "/devices/5", false}, {"device-switch", "en", "/devices/1", false}, {"device-switch-ports", "de", "/devices/1?ports=mark&range=7d", false},
	{"device-switch-poe", "de", "/devices/1?panel=poe&ports=all", true}, {"device-switch-vlan", "nl", "/devices/1?panel=vlan", true}, {"device-switch-traffic", "en", "/devices/1?panel=traffic", true},
	{"device-server", "en", "/devices/2", false}, {"device-printer", "de", "/devices/6?range=30d", false}, {"device-silent", "nl", "/devices/7?range=1h", true},
	{"device-cut-off", "de", "/devices/8", true}, {"device-paused", "nl", "/devices/10", true}, {"device-new", "de", "/devices/11", true}, {"device-service", "nl", "/devices/9?range=1y", true},
	{"device-evidence", "en", "/devices/2?evidence=21%3Astorage%2F36", false}, {"device-pause", "de", "/devices/3?pause=1", true},
	{"check", "en", "/checks/21", false}, {"check-silent", "de", "/checks/71", true}, {"journal", "de", "/journal", false},
}

func TestDevicePagesInChromium(t *testing.T) {
	t.Parallel()
	b := uitest.Open(t)
	bench := apptest.Server(t)
	url := bench.Listen(appliance.RoleTechnician)
	for _, page := range devicePages {
		t.Run(page.name, func(t *testing.T) {
			bench.App.Speak(page.lang)
			p := b.Goto(t, url+page.path, uitest.Look{})
			if uitest.Eval[bool](p, `document.querySelector("[data-chart]") !== null`) {
				p.Until(`document.querySelector("[data-ready]") !== null`)
			}
			if page.variant {
				p.Glance(page.name)
			} else {
				p.Tour(page.name)
			}
		})
	}
}
