package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestSpotCheckIsJudgedAndSigned(t *testing.T) {
	for lang, words := range map[string]string{"en": "Spot check of today", "de": "Stichprobe von heute", "nl": "Steekproef van vandaag"} {
		b := apptest.Server(t)
		b.App.Speak(lang)
		if body := b.Get(appliance.RoleTechnician, "/eventchecks").Body.String(); !strings.Contains(body, words) {
			t.Errorf("%s: event checks do not lead to the spot check", lang)
		}
		for _, path := range []string{"/eventchecks/spot", "/eventchecks/spot/1"} {
			if w := b.Get(appliance.RoleTechnician, path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<script>alert") || strings.Contains(w.Body.String(), "spotcheck.") {
				t.Errorf("%s %s: %d", lang, path, w.Code)
			}
		}
	}
	b := apptest.Server(t)
	form := url.Values{"day": {"2026-11-20"}, "spot-4": {"nothing"}, "spot-3": {"conspicuous"}, "spot-2": {"nothing"}}
	for _, step := range []struct{ field, value, want string }{
		{"spot-1", "note", "Write what this message is about."}, // of message 3
		{"note-3", "A wrong password in a script", "Write what this message is about."},
	} {
		form.Set(step.field, step.value)
		w := b.Post(appliance.RoleTechnician, "/eventchecks/spot", form)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), step.want) {
			t.Fatalf("%s: %d", step.field, w.Code)
		}
	}
	form.Set("note-1", "Announced")
	if w := b.Post(appliance.RoleKeyUser, "/eventchecks/spot", form); w.Code != http.StatusForbidden {
		t.Errorf("a key user signs: %d", w.Code)
	}
	if w := b.Post(appliance.RoleTechnician, "/eventchecks/spot", form); w.Code != http.StatusSeeOther {
		t.Fatalf("it cannot be signed: %d", w.Code)
	}
	body := b.Get(appliance.RoleTechnician, "/eventchecks/spot").Body.String()
	for _, want := range []string{"A wrong password in a script", "Fingerprint", "Signed spot checks"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing once it is signed", want)
		}
	}
}

func TestSpotCheckAsksForNothingWithoutMessages(t *testing.T) {
	b := apptest.Server(t)
	b.App.Silence()
	if body := b.Get(appliance.RoleTechnician, "/eventchecks/spot").Body.String(); !strings.Contains(body, "nothing to sign") || strings.Contains(body, "Sign as") {
		t.Error("a signature is asked for, and nobody sends messages")
	}
}
