package ui_test

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	files "siteward/embed"
	"siteward/ui"
)

// What a device or a person calls something is text in a mail, also in what came before. Package channel keeps the subject on one line.
func TestHostileTextInALetter(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC) }
	words := ui.OpenWords(files.Locales, func() *time.Location { return time.UTC }, now)
	const hostile = "<script>alert(1)</script>\r\nBcc: all@example.com"
	name := appliance.Message{English: hostile}
	for _, lang := range appliance.Languages {
		w := words.In(lang).Write(ui.Letter{Site: hostile, Base: "https://siteward.example", Hotline: hostile, Parts: []ui.LetterPart{
			{State: appliance.StateCritical, Title: name, Lines: []appliance.Message{name}, Link: "/incidents/1", Earlier: []ui.LetterLine{{At: now(), Text: name}}}}})
		if strings.Contains(w.HTML, "<script") || !strings.Contains(w.HTML, "&lt;script&gt;") {
			t.Errorf("%s: HTML:\n%s", lang, w.HTML)
		}
		if !strings.Contains(w.Text, "https://siteward.example/incidents/1") || w.Link != "https://siteward.example/incidents/1" {
			t.Errorf("%s: %q\n%s", lang, w.Link, w.Text)
		}
	}
}
