package web

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance/message"
	"siteward/embed"
	"siteward/ui"
)

// TestASiteIsReadInTheReadersLanguage: a sentence of a site is said in the language of who reads it, with times of his clock; one that this
// program does not know, or that is hostile, stays as the site wrote it.
func TestASiteIsReadInTheReadersLanguage(t *testing.T) {
	now := time.Date(2026, 11, 29, 7, 41, 0, 0, time.UTC)
	words := ui.OpenWords(embed.Locales, func() *time.Location { return time.UTC }, func() time.Time { return now })
	w := &message.Words{Key: "event.absent", Args: map[string]any{"from": now.Add(-time.Hour).Format(time.RFC3339), "to": now.Format(time.RFC3339)}}
	if got := spoken(words.In("de"), w, "english"); !strings.Contains(got, "von 06:41 bis 07:41.") {
		t.Errorf("%q", got)
	}
	for _, w := range []*message.Words{nil, {Key: "of.a.later.version"}, {Key: strings.Repeat("k", 1000)}, {Key: "event.absent", Args: map[string]any{"from": strings.Repeat("x", 9000)}}} {
		if got := spoken(words.In("nl"), w, "as it was written"); got != "as it was written" {
			t.Errorf("%+v: %q", w, got)
		}
	}
}
