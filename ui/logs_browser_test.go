package ui_test

import (
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// TestLogPagesInChromium looks at where logs come from and at what servers and devices write, by day and night, on a desktop and a phone.
func TestLogPagesInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	at := b.Listen(appliance.RoleTechnician)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{
		{"sources", "/settings/sources", "de"}, {"source", "/settings/sources/2", "nl"}, {"source-new", "/settings/sources/new?kind=files", "de"},
		{"eventchecks", "/eventchecks", "de"}, {"spotcheck", "/eventchecks/spot", "de"}, {"spotcheck-signed", "/eventchecks/spot/1", "nl"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}
