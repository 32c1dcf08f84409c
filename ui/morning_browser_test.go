package ui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"siteward/appliance"
	"siteward/internal/peer"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// A technician's morning without a mouse: problems first, one is taken, a ticket is opened about its device, the device goes into
// maintenance, and the tickets are two keys away.
func TestAMorningByKeyboardInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	b.App.Speak("de")
	home := b.Listen(appliance.RoleTechnician)
	p := uitest.Open(t).Goto(t, home+"/", uitest.Look{Width: 1280})
	done := func(what string) bool {
		return slices.ContainsFunc(b.App.Done(), func(s string) bool { return strings.HasPrefix(s, what) })
	}
	keys := func(list ...string) {
		for _, k := range list {
			p.Do(chromedp.KeyEvent(k))
		}
	}
	at := func(path string) {
		p.Until(`location.pathname.startsWith("` + path + `") && document.readyState === "complete"`)
	}
	// tabTo goes on with the tab key until the focus is where it should be.
	tabTo := func(selector string) {
		t.Helper()
		for range 120 {
			if uitest.Eval[bool](p, `document.activeElement.matches(`+"`"+selector+"`"+`)`) {
				return
			}
			keys(kb.Tab)
		}
		t.Fatalf("the tab key does not lead to %s", selector)
	}
	// until presses keys until something holds: a key that comes while a page is still loading is lost, as it is for people.
	until := func(what string, list ...string) func(js string) {
		return func(js string) {
			t.Helper()
			peer.Until(t, time.Minute, what, func() bool {
				if uitest.Eval[bool](p, js) {
					return true
				}
				keys(list...)
				return false
			})
		}
	}
	keys("g", "p")
	at("/problems")
	keys("j", "a")
	p.Until(`document.querySelectorAll("#list tr[data-href] [data-key=a]").length < ` + uitest.Eval[string](p, `String(document.querySelectorAll("#list tr[data-href]").length)`))
	if !done("acknowledge") {
		t.Fatalf("nothing was taken: %v", b.App.Done())
	}
	device := home + "/devices/" + b.App.Find("srv-files").String()
	p.Do(chromedp.Navigate(device))
	keys("t")
	at("/tickets/new")
	tabTo("#text")
	keys("Die Platte ist bald voll.")
	tabTo("#report button.btn-primary")
	keys(kb.Enter)
	p.Until(`/^\/tickets\/\d+$/.test(location.pathname) && document.readyState === "complete"`)
	until("the answer of the ticket", "e")(`document.activeElement.id === "text"`)
	p.Do(chromedp.Navigate(device))
	keys("m")
	peer.Until(t, time.Minute, "the maintenance of the device", func() bool { return done("save window") })
	until("the tickets", "g", "t")(`location.pathname === "/tickets"`)
}
