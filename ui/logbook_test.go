package ui_test

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func entries(tb testing.TB, app *apptest.App) []appliance.LogbookEntry {
	tb.Helper()
	out, err := app.LogbookEntries(tb.Context(), appliance.LogbookFilter{})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestLogbookPagesInAllLanguages(t *testing.T) {
	for _, lang := range appliance.Languages {
		b := apptest.Server(t)
		b.App.Speak(lang)
		for _, path := range []string{"/logbook", "/logbook?of=people", "/logbook?q=nothing+like+this", "/logbook?device=4", "/logbook/1", "/logbook/4", "/logbook.csv"} {
			for _, role := range appliance.Roles {
				if w := b.Get(role, path); w.Code != http.StatusOK {
					t.Errorf("%s as %s: %d", path, role, w.Code)
				}
			}
		}
		for _, path := range []string{"/logbook/0", "/logbook/9999", "/logbook/x"} {
			if w := b.Get(appliance.RoleViewer, path); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	}
}

func TestTheLogbookIsSearchedInWhatIsSeen(t *testing.T) {
	b := apptest.Server(t)
	b.App.Speak("de")
	for q, want := range map[string]int{"Rücksicherungstest": 1, "nas-1 files": 1, "battery brandt": 1, "self-test": 1, "battery nowhere": 0} {
		body := b.Get(appliance.RoleViewer, "/logbook.csv?q="+url.QueryEscape(q)).Body.String()
		if n := strings.Count(body, "\n") - 1; !strings.Contains(body, "entry,") || n < want || want == 0 && n != 0 {
			t.Errorf("%q finds %d entries, want %d:\n%s", q, n, want, body)
		}
	}
}

func TestAnEntryIsWrittenOnce(t *testing.T) {
	b := apptest.Server(t)
	before := len(entries(t, b.App))
	form := url.Values{"kind": {"battery"}, "at": {"2026-11-20T08:15"}, "text": {"Battery replaced"}, "device": {"5"}, "minutes": {"25"}, "party": {"other"}, "firm": {"Elektro Brandt"}, "once": {"abc"}}
	for range 2 {
		if w := b.Post(appliance.RoleKeyUser, "/logbook/new", form); w.Code != http.StatusSeeOther {
			t.Fatalf("%d: %s", w.Code, w.Body)
		}
	}
	got := entries(t, b.App)
	e := got[0]
	want := time.Date(2026, 11, 20, 8, 15, 0, 0, apptest.Present.Location())
	if len(got) != before+1 || e.Kind != appliance.LogbookBattery || e.Party != "Elektro Brandt" || e.Minutes != 25 || !e.At.Equal(want) || len(e.Devices) != 1 {
		t.Errorf("%d entries more: %+v", len(got)-before, e)
	}
	for field, value := range map[string]string{"kind": "round", "at": "yesterday", "text": "", "minutes": "many", "device": "x", "firm": ""} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		bad.Set(field, value)
		bad.Set("once", field)
		if w := b.Post(appliance.RoleTechnician, "/logbook/new", bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="`+field+`-error"`) {
			t.Errorf("%s %q: %d", field, value, w.Code)
		}
	}
	if w := b.Post(appliance.RoleViewer, "/logbook/new", form); w.Code != http.StatusForbidden {
		t.Errorf("a viewer writes: %d", w.Code)
	}
}

// TestAFileIsNotedByItsHash sends a file with an entry: its name, size and hash are kept, also when something else was missing at first.
func TestAFileIsNotedByItsHash(t *testing.T) {
	b := apptest.Server(t)
	fields := url.Values{"kind": {"work"}, "at": {"2026-11-20T08:15"}, "text": {""}, "party": {"provider"}, "once": {"f"}}
	w := send(t, b, appliance.RoleTechnician, "/logbook/new", fields, map[string]io.Reader{`C:\\reports\\report.pdf`: strings.NewReader("measured and good")})
	_, taken, _ := strings.Cut(w.Body.String(), `name="taken" value="`)
	taken, _, _ = strings.Cut(taken, `"`)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "<strong>report.pdf</strong>") || taken == "" {
		t.Fatalf("%d %q", w.Code, taken)
	}
	fields.Set("text", "Insulation measured")
	fields.Set("taken", html.UnescapeString(taken))
	if w := send(t, b, appliance.RoleTechnician, "/logbook/new", fields, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	e := entries(t, b.App)[0]
	sum := sha256.Sum256([]byte("measured and good"))
	if len(e.Files) != 1 || e.Files[0] != (appliance.LogbookFileRef{Name: "report.pdf", SHA256: hex.EncodeToString(sum[:]), Bytes: 17}) {
		t.Fatalf("%+v", e.Files)
	}
	if body := b.Get(appliance.RoleViewer, "/logbook/"+strconv.FormatUint(e.Seq, 10)).Body.String(); !strings.Contains(body, e.Files[0].SHA256) {
		t.Error("the entry does not show its file")
	}
	found, err := logbook.Naming(b.Get(appliance.RoleViewer, "/logbook/export").Body, e.Files[0].SHA256)
	if err != nil || len(found) != 1 || found[0] != e.Seq {
		t.Errorf("the export names it in %v, %v", found, err)
	}
}

func TestTheExportOfThePageVerifies(t *testing.T) {
	b := apptest.Server(t)
	w := b.Get(appliance.RoleViewer, "/logbook/export")
	r, err := logbook.Verify(w.Body, logbook.Noted{}, apptest.Present)
	if err != nil || !r.Fits() || r.Entries != int64(len(entries(t, b.App))) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestLogbookInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	battery := ""
	for _, e := range entries(t, b.App) {
		if e.Kind == appliance.LogbookRestore {
			battery = strconv.FormatUint(e.Seq, 10)
		}
	}
	at := b.Listen(appliance.RoleTechnician)
	browser := uitest.Open(t)
	for _, c := range []struct{ name, path, lang string }{
		{"logbook", "/logbook", "de"}, {"logbook-entry", "/logbook/" + battery, "en"}, {"logbook-form", "/logbook/new?corrects=3", "nl"}, {"logbook-none", "/logbook?q=nowhere", "de"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.App.Speak(c.lang)
			browser.Goto(t, at+c.path, uitest.Look{}).Tour(c.name)
		})
	}
}
