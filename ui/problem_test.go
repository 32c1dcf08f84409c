package ui_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"siteward/ui/apptest"
)

// TestProgramsGetProblems: whatever below /api is refused, by us or by the API behind, is one kind of document.
func TestProgramsGetProblems(t *testing.T) {
	b := apptest.Server(t)
	for path, want := range map[string]int{"/api/v1/devices": http.StatusNotFound, "/api/nowhere": http.StatusNotFound} {
		w := b.Get("", path)
		var p struct {
			Status int
			Code   string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != want || p.Status != want || p.Code != "not_found" {
			t.Errorf("%s: %d %s (%v)", path, w.Code, w.Body, err)
		}
		if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("%s: Content-Type %s", path, ct)
		}
	}
	if w := b.Get("", "/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("healthz: %d %q", w.Code, w.Body)
	}
}
