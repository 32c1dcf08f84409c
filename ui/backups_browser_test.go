package ui_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// TestBackupsInChromium looks at the calendar, a receipt, a job and its form by day and night, on a desktop and a phone, and walks
// through the calendar by keyboard.
func TestBackupsInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	b.App.AddBackups()
	j := job(t, b, "File server")
	id := j.ID.String()
	at := b.Listen(appliance.RoleTechnician)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{
		{"backups", "/backups", "de"}, {"backups-31", "/backups?days=31", "en"}, {"backups-cell", "/backups?job=" + id + "&day=2026-11-19", "en"},
		{"backup", "/backups/" + id, "de"}, {"backup-form", "/backups/" + id + "/edit", "nl"}, {"backup-proposed", "/backups/" + job(t, b, "Accounting").ID.String(), "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
	t.Run("keyboard", func(t *testing.T) {
		b.App.Speak("en")
		p := browser.Goto(t, at+"/backups", uitest.Look{Width: 1280})
		uitest.Eval[bool](p, `(document.querySelector("table.cal tbody tr:nth-child(2) td:last-of-type a").focus(), true)`)
		press := func(key string) string {
			return uitest.Eval[string](p, `(document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "`+key+`", bubbles: true, cancelable: true})), document.activeElement.getAttribute("aria-label") || "")`)
		}
		first := press("ArrowLeft")
		if !strings.Contains(first, "18 Nov") {
			t.Errorf("left leads to %q", first)
		}
		if next := press("ArrowDown"); !strings.Contains(next, "Practice database, 18 Nov") {
			t.Errorf("down leads to %q", next)
		}
		p.Do(chromedp.KeyEvent("\r"))
		p.Until(`document.querySelector("#drawer h2") !== null`)
	})
}
