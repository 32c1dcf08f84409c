package ui_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"siteward/appliance"
	files "siteward/embed"
	"siteward/internal/peer"
	"siteward/ui"
)

func words(tb testing.TB) *ui.Words {
	tb.Helper()
	return ui.OpenWords(files.Locales, func() *time.Location { return present.Location() }, func() time.Time { return present })
}

// sources is the text of every Go file that may hold a key, tests left out, and of every template, by path.
func sources(tb testing.TB) map[string]string {
	tb.Helper()
	out := map[string]string{}
	for _, dir := range []string{"ui", "appliance", "central", "probes", "embed/templates"} {
		root := filepath.Join(peer.Root(), dir)
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err == nil && (d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test")) { // a helper of tests speaks no language
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || !slices.Contains([]string{".go", ".html"}, filepath.Ext(path)) {
				return err
			}
			b, err := os.ReadFile(path)
			rel, _ := filepath.Rel(peer.Root(), path)
			out[rel] = string(b)
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

var (
	anyKey  = regexp.MustCompile("[\"`]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)*\\.?)[\"`]")
	askedBy = regexp.MustCompile(`(?:\bT\(|\bT |\bText\(|\bKey: +)"([a-z][a-z0-9_]*\.[a-z0-9_.]*)"`)
)

// unspoken are keys that never reach a page, with the reason.
var unspoken = map[string]string{
	"store.error.": "the store does not open, so there is no page; the command line speaks English",
}

func TestNoWordIsMissing(t *testing.T) {
	keys := words(t).In("en").Keys()
	for path, text := range sources(t) {
		for _, m := range askedBy.FindAllStringSubmatch(text, -1) {
			if isUnspoken(m[1]) {
				continue
			}
			if !slices.ContainsFunc(keys, func(k string) bool { return k == m[1] || begins(m[1]) && strings.HasPrefix(k, m[1]) }) {
				t.Errorf("%s asks for %q, which no language has", path, m[1])
			}
		}
	}
}

// begins tells a text that is the beginning of keys: "nav." or "event.identity_".
func begins(key string) bool {
	return strings.HasSuffix(key, ".") || strings.HasSuffix(key, "_") && strings.Contains(key, ".")
}

func isUnspoken(key string) bool {
	for prefix := range unspoken {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func TestNoWordIsUnused(t *testing.T) {
	used := map[string]bool{}
	var prefixes []string
	for _, text := range sources(t) {
		for _, m := range anyKey.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
			if begins(m[1]) {
				prefixes = append(prefixes, m[1])
			}
		}
	}
	for _, k := range words(t).In("en").Keys() {
		if !used[k] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k, p) }) {
			t.Errorf("nobody says %q; take it out of embed/locales", k)
		}
	}
}

// spoken are the texts a template may hold itself: names, which are never translated.
var spoken = []string{"Siteward", "CSV"}

// TestNoWordIsThereTwice: of two the last one would win, and the page that means the first says it.
func TestNoWordIsThereTwice(t *testing.T) {
	names, err := fs.Glob(files.Locales, "*/*.json")
	if err != nil || len(names) < 100 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(files.Locales, name)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^\s*"([^"]+)": `).FindAllSubmatch(b, -1) {
			if key := string(m[1]); seen[key] {
				t.Errorf("%s: %s", name, key)
			} else {
				seen[key] = true
			}
		}
	}
}

func TestNoBareTextInTemplates(t *testing.T) {
	for path, text := range sources(t) {
		if filepath.Ext(path) != ".html" {
			continue
		}
		for _, bare := range bareTexts(text) {
			t.Errorf("%s: %q is no word of the locales", path, bare)
		}
	}
}

var action = regexp.MustCompile("(?s)\\{\\{(?:[^{}\"`]|\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)*\\}\\}")

// attribute is what stands outside a tag in a template that is called inside one.
var attribute = regexp.MustCompile(`\b[a-z-]+="[^"]*"|\b(?:autofocus|readonly|checked|selected|disabled)\b`)

func bareTexts(text string) []string {
	var out []string
	add := func(s string) {
		s = strings.TrimSpace(attribute.ReplaceAllString(s, ""))
		if strings.ContainsFunc(s, unicode.IsLetter) && !slices.Contains(spoken, strings.Trim(s, " ·–,.:")) {
			out = append(out, s)
		}
	}
	z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(text, " ")))
	inKey := false
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return out
		case html.TextToken:
			if !inKey {
				add(string(z.Raw()))
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			if tok.Data == "kbd" {
				inKey = kind == html.StartTagToken
			}
			for _, a := range tok.Attr {
				if slices.Contains([]string{"aria-label", "placeholder", "title", "alt", "aria-description", "data-l"}, a.Key) {
					add(a.Val)
				}
			}
		}
	}
}

func TestBareTextIsFound(t *testing.T) {
	got := bareTexts(`<p title="hint">{{T "a.b" "n" (len .X)}} rows</p><kbd>Enter</kbd><b>Siteward</b><i aria-label="{{T "x.y"}}"></i>`)
	if !slices.Equal(got, []string{"hint", "rows"}) {
		t.Errorf("found %q", got)
	}
}

func TestPluralsAndParameters(t *testing.T) {
	w := words(t)
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{{"en", 1, "1 day"}, {"en", 0, "0 days"}, {"en", 1284, "1,284 days"}, {"de", 1, "1 Tag"}, {"de", 2, "2 Tage"}, {"nl", 1284, "1.284 dagen"}} {
		if got := w.In(c.lang).T("unit.days", "n", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
	l := w.In("de")
	if _, err := l.Text("no.such"); err == nil {
		t.Error("a missing key is no error")
	}
	if _, err := l.Text("page.provider"); err == nil {
		t.Error("a missing parameter is no error")
	}
	if got := l.T("no.such"); got != "[no.such]" {
		t.Errorf("missing key shows as %q", got)
	}
	if got := l.Say(appliance.Message{Key: "no.such", English: "as it is"}); got != "as it is" {
		t.Errorf("a message without words shows as %q", got)
	}
	if got := l.Say(appliance.Message{Key: "chart.limit", Args: map[string]any{"value": 90.5, "unit": "%"}}); got != "Grenzwert 91\u202f%" && got != "Grenzwert 90\u202f%" {
		t.Errorf("a number of a message shows as %q", got)
	}
}

func TestSayAfterTheStore(t *testing.T) {
	b, err := json.Marshal(appliance.Message{Key: "event.absent", Args: map[string]any{"from": present.Add(-time.Hour), "to": present}})
	if err != nil {
		t.Fatal(err)
	}
	var m appliance.Message
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	if got := words(t).In("de").Say(m); !strings.Contains(got, "von 07:41 bis 08:41.") {
		t.Errorf("%q", got)
	}
	m = appliance.Message{Key: "event.suspended", Args: map[string]any{"from": present, "to": present, "why": "event.why_back"}}
	if got := words(t).In("nl").Say(m); !strings.Contains(got, ": de klok is teruggezet.") {
		t.Errorf("%q", got)
	}
	m = appliance.Message{Key: "unit.days", Args: map[string]any{"n": 1.0}}
	if got := words(t).In("en").Say(m); got != "1 day" {
		t.Errorf("%q", got)
	}
}

func TestMatchesTheBrowsersLanguage(t *testing.T) {
	w := words(t)
	for header, want := range map[string]string{"": "en", "de-AT,de;q=0.9,en;q=0.5": "de", "nl-BE": "nl", "fr-FR,fr": "en", "fr,nl;q=0.3": "nl", ";;;": "en"} {
		if got := w.Match(header).Tag; got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
