package ui_test

import (
	"net/http"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestAvailabilityPage(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		for _, path := range []string{"/availability", "/availability?month=2026-10", "/availability?month=nonsense", "/availability?month=1900-01", "/availability.csv"} {
			if w := b.Get(appliance.RoleViewer, path); w.Code != http.StatusOK {
				t.Errorf("%s %s: %d\n%s", lang, path, w.Code, w.Body)
			}
		}
	}
	b := apptest.Server(t)
	b.App.Speak("en")
	page := b.Get(appliance.RoleKeyUser, "/availability").Body.String()
	for _, want := range []string{"November 2026: one device did not answer", "guaranteed", "÷", `href="/incidents/3"`} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if file := b.Get(appliance.RoleKeyUser, "/availability.csv").Body.String(); !strings.Contains(file, ",10800,") {
		t.Errorf("file:\n%s", file)
	}
}
