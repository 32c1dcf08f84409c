package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

// Somebody without an account answers by the link of his mail: looking changes nothing, and nothing else is shown.
func TestAWindowIsAnsweredWithoutAnAccount(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		windows, err := b.App.Windows(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		id, at := windows[0].ID, "/status/answer/ask-"+windows[0].ID.String()
		w := b.Get("", at)
		page := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Set-Cookie") != "" || w.Header().Get("Referrer-Policy") != "no-referrer" || !strings.Contains(page, "boss@example.org") {
			t.Fatalf("%s: %d %v", lang, w.Code, w.Header())
		}
		for _, secret := range []string{"/devices/", "/tickets", "csrf", "192.0.2."} {
			if strings.Contains(page, secret) {
				t.Errorf("%s: the page tells of %s", lang, secret)
			}
		}
		before, _ := b.App.Window(t.Context(), id)
		if w := b.Post("", at, url.Values{"state": {"refused"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
			t.Errorf("%s: refused without a word: %d", lang, w.Code)
		}
		if v, _ := b.App.Window(t.Context(), id); v.State != before.State {
			t.Errorf("%s: it was answered by looking", lang)
		}
		if w := b.Post("", at, url.Values{"state": {"moved"}, "note_moved": {"<script>Sunday</script>"}}); w.Code != http.StatusSeeOther {
			t.Errorf("%s: another time: %d", lang, w.Code)
		}
		if v, _ := b.App.Window(t.Context(), id); v.State != appliance.WindowMoved {
			t.Errorf("%s: %s", lang, v.State)
		}
		if got := b.Get("", at).Body.String(); strings.Contains(got, "<script>Sunday") {
			t.Errorf("%s: hostile words", lang)
		}
		for _, path := range []string{"/status/answer/nobody", "/status/answer/ask-9999"} {
			if w := b.Get("", path); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
			if w := b.Post("", path, url.Values{"state": {"confirmed"}}); w.Code != http.StatusNotFound {
				t.Errorf("post %s: %d", path, w.Code)
			}
		}
	}
}
