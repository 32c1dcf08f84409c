package ui_test

import (
	"strings"
	"testing"

	"siteward/ui/apptest"
)

func TestTextOfARunIsPlain(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	id := b.App.StoreText()
	w := b.Get(tech, "/backups/runs/"+id.String()+"/text")
	if h := w.Header(); w.Code != 200 || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", w.Code, h)
	}
	if w := b.Get(tech, "/backups/runs/999999/text"); w.Code != 404 {
		t.Errorf("a run that is not there: %d", w.Code)
	}
}
