package ui_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// A key user's matters by hand: a fault is reported from the first page with two clicks, a sentence and a picture, and says before it is
// sent when somebody answers and what is left of the contingent; the ticket shows its clock; maintenance is confirmed, moved, refused.
func TestAKeyUserTakesCareInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	for _, w := range []struct{ lang, left, hears, begun, confirmed, moved, refused string }{
		{"de", "Im Kontingent sind noch", "Sie hören bis", "Begonnen bis", "Bestätigt", "Anderer Termin", "Abgelehnt"},
		{"en", "are left in the contingent", "You hear from us by", "Begun by", "Confirmed", "Another", "Refused"},
	} {
		t.Run(w.lang, func(t *testing.T) {
			b := apptest.Server(t)
			b.App.Speak(w.lang)
			p := browser.Goto(t, b.Listen(appliance.RoleKeyUser)+"/", uitest.Look{Width: 390})
			see := func(name string) {
				t.Helper()
				if os.Getenv("SITEWARD_SHOTS") != "" {
					p.Tour("keyuser-" + name + "-" + w.lang)
					p.See(uitest.Look{Width: 390})
				}
			}
			at := func(path string) {
				t.Helper()
				p.Until(`location.pathname.startsWith("` + path + `") && document.readyState === "complete"`)
			}
			says := func(selector, text string) {
				t.Helper()
				p.Until("document.querySelector(`" + selector + "`)?.textContent.includes(`" + text + "`) === true")
			}
			p.Do(chromedp.Click(`a.btn-primary[href="/tickets/new"]`)) // the first click
			at("/tickets/new")
			says("#promise", w.hears)
			says("#promise", w.left)
			p.Do(chromedp.SendKeys(`#text`, "Am Empfang druckt nichts mehr."), chromedp.SetUploadFiles(`#files`, []string{picturePNG(t)}))
			see("report")
			p.Do(chromedp.Click(`#report button.btn-primary`)) // the second
			p.Until(`/^\/tickets\/\d+$/.test(location.pathname) && document.readyState === "complete"`)
			says("main", w.begun)
			says("main", "printer.png")
			see("ticket")
			p.Do(chromedp.SendKeys(`#text`, "Auch der Scanner."), chromedp.Click(`form[data-answer] button.btn-primary`))
			says("main", "Auch der Scanner.")
			home := uitest.Eval[string](p, `location.origin`)
			p.Do(chromedp.Navigate(home + "/maintenance/1"))
			at("/maintenance/1")
			see("window")
			p.Do(chromedp.Click(`form[action$="/answer"] button.btn-primary`))
			says("main", w.confirmed)
			see("window-confirmed")
			p.Do(chromedp.Click(`details:has(#note_moved) > summary`), chromedp.SendKeys(`#note_moved`, "Samstag 20 Uhr"), chromedp.Click(`details:has(#note_moved) button`))
			says("main", w.moved)
			see("window-moved")
			p.Do(chromedp.Click(`details:has(#note_refused) > summary`), chromedp.Click(`details:has(#note_refused) button`))
			p.Until(`document.querySelector("#note_refused")?.getAttribute("aria-invalid") === "true"`) // without a reason it is not refused
			p.Do(chromedp.SendKeys(`#note_refused`, "Inventur"), chromedp.Click(`details:has(#note_refused) button`))
			says("main", w.refused)
			see("window-refused")
			v, err := b.App.Window(t.Context(), 1)
			if err != nil || v.State != appliance.WindowRefused || len(v.History) < 4 {
				t.Errorf("%s %v", v.State, err)
			}
		})
	}
}

// picturePNG is the smallest picture there is, as a file.
func picturePNG(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "printer.png")
	if err := os.WriteFile(file, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
