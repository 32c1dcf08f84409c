package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
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
	send := func(role appliance.Role, want int, pairs ...string) string {
		t.Helper()
		form := url.Values{"day": {"2026-11-20"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		w := b.Post(role, "/eventchecks/spot", form)
		if w.Code != want {
			t.Fatalf("%v: %d, want %d", pairs, w.Code, want)
		}
		return w.Body.String()
	}
	send(appliance.RoleKeyUser, http.StatusForbidden, "spot-4", "nothing")
	// One reads two messages and leaves; another goes on where he stopped.
	if body := send(appliance.RoleTechnician, http.StatusOK, "spot-4", "nothing", "spot-3", "ticket", "note-3", "A wrong password in a script"); !strings.Contains(body, "2 of 4 read") {
		t.Error("what was judged so far is not kept")
	}
	said := []string{"spot-4", "nothing", "was-4", "nothing", "spot-3", "ticket", "was-3", "ticket", "note-3", "A wrong password in a script", "wasnote-3", "A wrong password in a script"}
	if body := send(appliance.RoleTechnician, http.StatusUnprocessableEntity, append(said, "do", "sign")...); !strings.Contains(body, "Judge this message first.") {
		t.Error("it is signed unread")
	}
	said = append(said, "spot-2", "nothing", "spot-1", "note")
	if body := send(appliance.RoleTechnician, http.StatusUnprocessableEntity, append(said, "do", "sign")...); !strings.Contains(body, "Write what this message is about.") {
		t.Error("a note is missing")
	}
	// A page that is older than a colleague's judgement does not take it back.
	send(appliance.RoleTechnician, http.StatusOK, "spot-2", "nothing", "was-2", "nothing")
	send(appliance.RoleTechnician, http.StatusSeeOther, "spot-1", "note", "was-1", "note", "note-1", "Announced", "do", "sign")
	body := b.Get(appliance.RoleTechnician, "/eventchecks/spot").Body.String()
	for _, want := range []string{"A wrong password in a script", "Fingerprint", "Signed spot checks", "seen.json"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing once it is signed", want)
		}
	}
	if csv := b.Get(appliance.RoleTechnician, "/eventchecks/spot.csv").Body.String(); strings.Count(csv, "\n") != 5 || !strings.Contains(csv, "ticket,A wrong password in a script,m.muster") || strings.Contains(csv, ",=cmd") {
		t.Errorf("the sample as a table:\n%s", csv)
	}
}

// TestSpotCheckByKeyboard: three keys judge, and every judgement is kept at once.
func TestSpotCheckByKeyboard(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	p := uitest.Open(t).Goto(t, b.Listen(appliance.RoleTechnician)+"/eventchecks/spot", uitest.Look{})
	p.Until(`document.readyState === "complete"`)
	for !uitest.Eval[bool](p, `document.querySelector("[data-point] input:checked") !== null`) { // a key that comes before the page listens is lost
		p.Do(chromedp.KeyEvent("1"))
	}
	p.Until(`document.querySelector("#spot").textContent.includes("1 of 4 read")`)
	p.Do(chromedp.KeyEvent("n"))
	p.Do(chromedp.KeyEvent("3"))
	p.Until(`document.querySelector("#spot").textContent.includes("2 of 4 read") && document.querySelectorAll(".odd-note textarea").values().filter(e => e.checkVisibility()).toArray().length === 1`)
	if s, err := b.App.SpotCheck(t.Context()); err != nil || s.Judged() != 2 || s.Messages[1].Judgement != appliance.SpotTicket {
		t.Errorf("%+v %v", s.Messages, err)
	}
	if c := p.Console(); len(c) > 0 {
		t.Errorf("console: %v", c)
	}
}

func TestSpotCheckAsksForNothingWithoutMessages(t *testing.T) {
	b := apptest.Server(t)
	b.App.Silence()
	if body := b.Get(appliance.RoleTechnician, "/eventchecks/spot").Body.String(); !strings.Contains(body, "nothing to sign") || strings.Contains(body, "Sign as") {
		t.Error("a signature is asked for, and nobody sends messages")
	}
}
