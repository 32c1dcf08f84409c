package ui_test

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	files "siteward/embed"
	"siteward/ui"
)

func TestAssets(t *testing.T) {
	a, err := ui.OpenAssets(files.Assets)
	if err != nil {
		t.Fatal(err)
	}
	url, err := a.URL("app.css")
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("GET", url, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	a.ServeHTTP(rec, req)
	if rec.Code != 200 || rec.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	z, err := gzip.NewReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	if css, err := io.ReadAll(z); err != nil || !strings.Contains(string(css), "next.woff2") {
		t.Errorf("stylesheet does not ask for its font: %v", err)
	}
	for path, want := range map[string]int{"/assets/0123456789ab/app.css": 200, "/assets/x/../../go.mod": 404, "/assets/": 404, url + "x": 404} {
		rec := httptest.NewRecorder()
		a.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		if rec.Code != want || strings.Contains(rec.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v, want %d", path, rec.Code, rec.Header(), want)
		}
	}
	if _, err := a.URL("other.css"); err == nil {
		t.Error("an asset that was not built has an address")
	}
}

func TestMissingAssetsNameTheCommand(t *testing.T) {
	_, err := ui.OpenAssets(fstest.MapFS{})
	if err == nil || !strings.Contains(err.Error(), "npm run build") {
		t.Errorf("%v", err)
	}
	_, err = ui.OpenAssets(fstest.MapFS{"app.exe": {}})
	if err == nil {
		t.Error("any file is served")
	}
}

// TestDarkTokensAreEqual holds the dark list of the system and the one of the person's choice together.
func TestDarkTokensAreEqual(t *testing.T) {
	lists := regexp.MustCompile(`(?s)(?:not\(\[data-theme="day"\]\)|data-theme="night"\]) \{(.*?)\n\}`).FindAllStringSubmatch(read(t, "embed/web/tokens.css"), -1)
	if len(lists) != 2 {
		t.Fatalf("%d dark lists in tokens.css, want 2", len(lists))
	}
	if a, b := strings.TrimSpace(lists[0][1]), strings.TrimSpace(lists[1][1]); a != b {
		t.Errorf("the dark tokens differ:\n%s\n%s", a, b)
	}
}
