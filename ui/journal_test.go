package ui_test

import (
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

// TestEveryKindOfEventHasAWord looks at the chips of the journal: one without a word shows its key in brackets.
func TestEveryKindOfEventHasAWord(t *testing.T) {
	b := apptest.Server(t)
	for _, lang := range []string{"en", "de", "nl"} {
		b.App.Speak(lang)
		body := b.Get(appliance.RoleAdministrator, "/journal").Body.String()
		for _, k := range []appliance.EventKind{appliance.EventState, appliance.EventDevice, appliance.EventTrap, appliance.EventMonitor, appliance.EventAudit} {
			if !strings.Contains(body, "kind="+string(k)) {
				t.Errorf("%s: events %q cannot be chosen", lang, k)
			}
		}
		if strings.Contains(body, "[journal.") {
			t.Errorf("%s: a word is missing: %s", lang, body[strings.Index(body, "[journal."):][:40])
		}
	}
}
