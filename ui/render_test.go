package ui_test

import (
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"siteward/ui/view"
)

func get(t *testing.T, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	server(renderer(t)).ServeHTTP(rec, req)
	return rec
}

func TestEachPageInEachLanguage(t *testing.T) {
	h := server(renderer(t))
	for name := range sample {
		for _, lang := range []string{"en", "de", "nl"} {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest("GET", "/"+name+"?lang="+lang, nil))
			if rec.Code != 200 {
				t.Errorf("%s in %s: %d %s", name, lang, rec.Code, rec.Body)
			}
			for _, inline := range []string{"<script>", " style=", " onclick=", "hx-on", "javascript:"} {
				if strings.Contains(rec.Body.String(), inline) {
					t.Errorf("%s in %s has %s, which the policy forbids", name, lang, inline)
				}
			}
		}
	}
}

func TestEveryPageCallsWhatIsThere(t *testing.T) {
	if err := renderer(t).Check(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct{ page, want string }{
		"no word":     {`{{define "main"}}{{T "no.such.word"}}{{end}}`, "no words for"},
		"no template": {`{{define "main"}}{{template "nobody"}}{{end}}`, "nobody"},
		"no main":     {`{{define "other"}}{{end}}`, "defines no main"},
		"no HTML":     {`{{define "main"}}{{if}}{{end}}`, "bad.html"},
	} {
		t.Run(name, func(t *testing.T) {
			pages := shipped(t)
			pages["pages/bad.html"] = &fstest.MapFile{Data: []byte(c.page)}
			r := rendererFor(t, pages, func() *time.Location { return time.UTC }, time.Now)
			if err := r.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want it to say %q", err, c.want)
			}
		})
	}
}

func TestWholePageOrFragment(t *testing.T) {
	for name, c := range map[string]struct {
		header []string
		whole  bool
	}{
		"no script":               {nil, true},
		"fragment by its target":  {[]string{"HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#list"}, false},
		"boosted link":            {[]string{"HX-Request", "true", "HX-Request-Type", "full", "HX-Target", "body"}, true},
		"back button":             {[]string{"HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#list", "HX-History-Restore-Request", "true"}, true},
		"target without template": {[]string{"HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#other"}, true},
		"target named layout":     {[]string{"HX-Request", "true", "HX-Request-Type", "partial", "HX-Target", "div#layout"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			rec := get(t, "/gallery", c.header...)
			if got := strings.HasPrefix(rec.Body.String(), "<!doctype html>"); got != c.whole {
				t.Errorf("whole page: %v, want %v", got, c.whole)
			}
			if !strings.Contains(rec.Header().Get("Vary"), "HX-Request") {
				t.Error("without Vary a cache would mix both")
			}
		})
	}
}

func TestHostileTextIsText(t *testing.T) {
	body := get(t, "/gallery").Body.String()
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "javascript:alert") {
		t.Error("a device's text runs")
	}
	if !strings.Contains(body, "&lt;script&gt;alert(1)") {
		t.Error("a device's text is lost")
	}
}

func TestUnchangedPageIsNotSentAgain(t *testing.T) {
	h := server(renderer(t))
	ask := func(tag string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		req := httptest.NewRequest("GET", "/menu", nil)
		req.Header.Set("If-None-Match", tag)
		h.ServeHTTP(rec, req)
		return rec
	}
	first := ask("")
	if again := ask(first.Header().Get("ETag")); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("%d, %d bytes", again.Code, again.Body.Len())
	}
	if other := ask(`W/"1"`); other.Code != 200 {
		t.Errorf("another tag gives %d", other.Code)
	}
}

func TestFragmentIsRenderedOncePerChange(t *testing.T) {
	r := renderer(t)
	row := func(key, stamp, text string) string {
		if _, err := r.Fragment("en", "gallery", "nothing", key, stamp, view.Note{Text: text}); err == nil {
			t.Fatal("a part that is not there was rendered")
		}
		html, err := r.Fragment("en", "gallery", "note", key, stamp, view.Note{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return string(html)
	}
	if got := row("1", "a", "one <b>"); !strings.Contains(got, "one &lt;b&gt;") {
		t.Errorf("text is not escaped: %s", got)
	}
	if got := row("1", "a", "two"); !strings.Contains(got, "one") {
		t.Errorf("rendered again without a change: %s", got)
	}
	if got := row("1", "b", "two"); !strings.Contains(got, "two") {
		t.Errorf("not rendered after a change: %s", got)
	}
	if got := row("2", "b", "three"); !strings.Contains(got, "three") {
		t.Errorf("another row's: %s", got)
	}
}

// BenchmarkRow is what a row costs when its template runs and when it is prepared (NUMBERS, section 1).
func BenchmarkRow(b *testing.B) {
	r := renderer(b)
	tile := gallery().Tiles[0]
	b.Run("template", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := r.Fragment("en", "gallery", "tile", "k", strconv.Itoa(i), tile); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("prepared", func(b *testing.B) {
		for b.Loop() {
			if _, err := r.Fragment("en", "gallery", "tile", "k", "same", tile); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestEachPartIsShown keeps parts from being written and never seen: one that no page, no handler and not the gallery calls is
// executed by no test.
func TestEachPartIsShown(t *testing.T) {
	var all strings.Builder
	for _, text := range sources(t) {
		all.WriteString(text)
	}
	all.WriteString(read(t, "ui/testdata/gallery.html"))
	for path, text := range sources(t) {
		for _, m := range regexp.MustCompile(`\{\{define "([^"]+)"`).FindAllStringSubmatch(text, -1) {
			called := strings.Contains(all.String(), `{{template "`+m[1]+`"`) || strings.Contains(all.String(), `, "`+m[1]+`", `)
			if strings.HasPrefix(path, "embed/templates/parts/") && !called {
				t.Errorf("%s: nobody calls %s", path, m[1])
			}
		}
	}
}
