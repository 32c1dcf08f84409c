package ui_test

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func TestRoundPagesInAllLanguages(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		for _, path := range []string{"/round", "/rounds", "/rounds/1", "/rounds/2", "/rounds/3", "/rounds/1/seen.json"} {
			for _, role := range appliance.Roles {
				if w := b.Get(role, path); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<script>alert") {
					t.Errorf("%s as %s: %d", path, role, w.Code)
				}
			}
		}
		if w := b.Get(appliance.RoleAdministrator, "/rounds/settings"); w.Code != http.StatusOK {
			t.Errorf("settings: %d", w.Code)
		}
		if w := b.Get(appliance.RoleViewer, "/rounds/9"); w.Code != http.StatusNotFound {
			t.Errorf("a round that is not there: %d", w.Code)
		}
	}
}

// TestNoLinkOfARoundIsRefused: a point may stand on a page that the reader's role does not open. Its evidence is shown, not its link.
func TestNoLinkOfARoundIsRefused(t *testing.T) {
	b := apptest.Server(t)
	href := regexp.MustCompile(`<li[^>]*>.*?<a href="(/[^"]*)"><strong>`)
	for _, role := range appliance.Roles {
		for _, m := range href.FindAllStringSubmatch(b.Get(role, "/round").Body.String(), -1) {
			if w := b.Get(role, html.UnescapeString(m[1])); w.Code == http.StatusForbidden {
				t.Errorf("%s is led to %s and refused", role, m[1])
			}
		}
	}
}

// judged is the form of today's round with all points judged.
func judged() url.Values {
	form := url.Values{"do": {"sign"}, "made": {"2026-11-20T07:30:00+01:00"}, "comment": {"All read."}}
	for _, key := range appliance.RoundPoints {
		form.Set("was-"+key, "unread")
		form.Set("point-"+key, "nothing")
	}
	form.Set("was-power", "nothing")
	return form
}

func TestARoundIsJudgedAndSigned(t *testing.T) {
	b := apptest.Server(t)
	form := judged()
	form.Del("point-storage")
	form.Set("point-backups", "conspicuous")
	w := b.Post(appliance.RoleTechnician, "/rounds/3", form)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#note-backups"`) {
		t.Fatalf("a note is missing: %d %s", w.Code, w.Body)
	}
	form.Set("was-backups", "conspicuous")
	form.Set("note-backups", "Service restarted, ticket 215")
	w = b.Post(appliance.RoleTechnician, "/rounds/3", form)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#point-storage"`) {
		t.Fatalf("a point is missing: %d", w.Code)
	}
	r, err := b.App.Round(t.Context(), 3)
	if err != nil || r.Judged() != 4 || r.Points[0].Note != "Service restarted, ticket 215" {
		t.Fatalf("what was judged is kept: %+v %v", r, err)
	}
	form.Set("point-storage", "nothing")
	for _, key := range []string{"problems", "self"} {
		form.Set("was-"+key, "nothing")
	}
	form.Set("wasnote-backups", "Service restarted, ticket 215")
	if w = b.Post(appliance.RoleKeyUser, "/rounds/3", form); w.Code != http.StatusSeeOther {
		t.Fatalf("signing: %d %s", w.Code, w.Body)
	}
	r, err = b.App.Round(t.Context(), 3)
	seen := b.Get(appliance.RoleViewer, "/rounds/3/seen.json").Body.Bytes()
	if sum := sha256.Sum256(seen); err != nil || r.Signed.IsZero() || r.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("signed: %+v %v", r, err)
	}
	if w := b.Post(appliance.RoleViewer, "/rounds/3", form); w.Code != http.StatusForbidden {
		t.Errorf("a viewer signs: %d", w.Code)
	}
}

// TestTwoReadAtOnce: what the other one said meanwhile is not overwritten.
func TestTwoReadAtOnce(t *testing.T) {
	b := apptest.Server(t)
	form := url.Values{"was-power": {"unread"}, "point-power": {"conspicuous"}, "note-power": {"Something"}} // as the page was before the other one judged
	w := b.Post(appliance.RoleTechnician, "/rounds/3", form)
	r, err := b.App.Round(t.Context(), 3)
	if err != nil || w.Code != http.StatusUnprocessableEntity || r.Points[1].Judgement != appliance.RoundNothing || !strings.Contains(w.Body.String(), "k.empfang judged") {
		t.Errorf("%d %+v %v", w.Code, r.Points[1], err)
	}
}

func TestRoundInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	at := b.Listen(appliance.RoleTechnician)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{
		{"round", "/round", "de"}, {"round-signed", "/rounds/1", "nl"}, {"rounds", "/rounds", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
	p := browser.Goto(t, at+"/round", uitest.Look{})
	p.Do(chromedp.KeyEvent("1"))
	p.Until(`document.querySelector("#round").textContent.includes("2 of 5 read")`)
	p.Do(chromedp.KeyEvent("n"))
	p.Do(chromedp.KeyEvent("2"))
	p.Until(`document.querySelector("#round").textContent.includes("3 of 5 read") && document.querySelector("#note-problems").checkVisibility()`)
	if c := p.Console(); len(c) > 0 {
		t.Errorf("console: %v", c)
	}
}
