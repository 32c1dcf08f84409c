package ui_test

import (
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestIncidentsInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	at := b.Listen(appliance.RoleAdministrator)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{
		{"incidents", "/incidents", "de"}, {"incident-over", "/incidents/3", "en"}, {"incident-open", "/incidents/10", "de"}, {"incidents-none", "/incidents?device=9999", "nl"},
		{"contacts", "/settings/contacts", "de"}, {"contact", "/settings/contacts/1", "nl"}, {"route", "/settings/routes/1", "de"}, {"mail", "/settings/mail", "de"}, {"told", "/settings/told", "de"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}
