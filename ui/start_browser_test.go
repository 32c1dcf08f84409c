package ui_test

import (
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func sampleSite(testing.TB) *apptest.App { return apptest.New() }

func hostile(testing.TB) *apptest.App {
	app := apptest.New()
	app.MakeHostile()
	return app
}

// TestStartInChromium looks at the first page of each role and the list, by day and night, on a desktop and a phone.
// SITEWARD_SHOTS names a folder for the pictures.
func TestStartInChromium(t *testing.T) {
	t.Parallel()
	browser := uitest.Open(t)
	shots := os.Getenv("SITEWARD_SHOTS")
	for _, c := range []struct {
		name string
		role appliance.Role
		lang string
		path string
		app  func(testing.TB) *apptest.App
		more bool // looked at for its picture only
	}{
		{"start-keyuser", appliance.RoleKeyUser, "de", "/", sampleSite, false},
		{"start-keyuser-fine", appliance.RoleKeyUser, "de", "/", calm, false},
		{"start-keyuser-hostile", appliance.RoleKeyUser, "nl", "/", hostile, false},
		{"start-technician", appliance.RoleTechnician, "en", "/", sampleSite, false},
		{"start-technician-fine", appliance.RoleTechnician, "de", "/", calm, true},
		{"start-technician-bare", appliance.RoleTechnician, "nl", "/", bare, true},
		{"start-viewer", appliance.RoleViewer, "nl", "/", sampleSite, false},
		{"start-viewer-fine", appliance.RoleViewer, "de", "/", calm, true},
		{"problems-technician", appliance.RoleTechnician, "de", "/problems", sampleSite, false},
		{"problems-evidence", appliance.RoleTechnician, "nl", "/problems?evidence=51:ups", sampleSite, false},
		{"problems-hostile", appliance.RoleTechnician, "de", "/problems", hostile, false},
		{"problems-keyuser", appliance.RoleKeyUser, "nl", "/problems", sampleSite, true},
		{"problems-none", appliance.RoleKeyUser, "de", "/problems", calm, true},
	} {
		if c.more && shots == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			app := c.app(t)
			app.Speak(c.lang)
			browser.Goto(t, apptest.ServerOf(t, app).Listen(c.role)+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}

// TestTakingCareByKeyboard presses a in the list: the row changes where it stands, and the message appears.
func TestTakingCareByKeyboard(t *testing.T) {
	b := apptest.Server(t)
	p := uitest.Open(t).Goto(t, b.Listen(appliance.RoleTechnician)+"/problems?state=warning", uitest.Look{})
	p.Do(chromedp.KeyEvent("j"))
	p.Until(`document.querySelector("tr[data-current]") !== null`)
	p.Do(chromedp.KeyEvent("x"))
	p.Until(`document.querySelectorAll("input[name=key]:checked").length === 1`)
	p.Do(chromedp.KeyEvent("a"))
	p.Until(`document.querySelector("#answer .note-ok") !== null && document.title.startsWith("6 problems, 4 not taken yet")`)
	if n := uitest.Eval[int](p, `document.querySelectorAll("[data-key=a]").length`); n != 2 {
		t.Errorf("%d problems can be taken, want 2", n)
	}
	if at := uitest.Eval[string](p, "location.pathname + location.search"); at != "/problems?state=warning" {
		t.Errorf("the page is %s now", at)
	}
	// Evidence opens beside the list and closes again.
	p.Do(chromedp.Click("#list tbody a.ev"))
	p.Until(`document.querySelector("#drawer .drawer-in") !== null`)
	p.Do(chromedp.KeyEvent(kb.Escape))
	p.Until(`document.querySelector("#drawer .drawer-in") === null && location.search === "?state=warning"`)
	// A change elsewhere comes by the event stream: the list is fetched anew, the number in the navigation too.
	if err := b.App.Acknowledge(t.Context(), appliance.Actor{Name: "m.muster"}, appliance.StateKey{Check: b.App.CheckOf("srv-praxis", "snmp"), Item: "storage/36"}, "Cleaning up"); err != nil {
		t.Fatal(err)
	}
	p.Until(`document.querySelector("#list").textContent.includes("M. Muster")`)
	// The answer to what the person did is not swept away by that.
	p.Until(`document.querySelector("#answer .note-ok") !== null`)
	if c := p.Console(); len(c) > 0 {
		t.Errorf("console: %v", c)
	}
}

// TestTakingCareWithoutScript sends the forms themselves.
func TestTakingCareWithoutScript(t *testing.T) {
	b := apptest.Server(t)
	p := uitest.Open(t).Goto(t, b.Listen(appliance.RoleKeyUser)+"/", uitest.Look{NoJS: true})
	p.Do(chromedp.Click("article button"))
	p.Until(`document.querySelector(".note-ok") !== null`)
	if done := b.App.Done(); len(done) != 1 {
		t.Error(done)
	}
}
