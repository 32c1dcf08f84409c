package ui_test

import (
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestALogIsTriedWhileItIsTyped(t *testing.T) {
	b := apptest.Server(t)
	tech := appliance.RoleTechnician
	form := url.Values{"log": {"terminating with success status, rc 0 <script>alert(1)</script>"}}
	part := must(t, b.Post(tech, "/settings/formats/try", form, "HX-Request", "true", "HX-Target", "section#tried"), 200)
	for _, want := range []string{`id="tried"`, "Recognised as borg", "Success", "srv-file01", "rc 0 &lt;script&gt;"} {
		if !strings.Contains(part, want) {
			t.Errorf("the fragment lacks %q:\n%s", want, part)
		}
	}
	if strings.Contains(part, "<html") || strings.Contains(part, "<script>") {
		t.Error("not a fragment, or a log became a part of the page")
	}
	must(t, b.Post(tech, "/settings/formats/try", form), 200) // without a script: the whole page
	must(t, b.Post(tech, "/settings/formats/try", url.Values{"log": {"x"}}), 200)
	form.Set("text", "wrong: 1")
	if body := must(t, b.Post(tech, "/settings/formats/try", form), 200); !strings.Contains(body, "there is no key wrong") {
		t.Error("a mistake in the format is not said")
	}
	if body := must(t, b.Post(tech, "/settings/formats/new", form), 422); !strings.Contains(body, "there is no key wrong") || !strings.Contains(body, "wrong: 1") {
		t.Error("a format with a mistake is refused with what was typed")
	}
	must(t, b.Post(appliance.RoleKeyUser, "/settings/formats/try", form), 403)
}

func TestALogFormatIsSavedChangedAndDeleted(t *testing.T) {
	b := apptest.Server(t)
	tech := appliance.RoleTechnician
	if body := must(t, b.Get(tech, "/settings/formats/new?from=borg"), 200); !strings.Contains(body, "format: borg") {
		t.Error("a shipped format is not copied")
	}
	if w := b.Get(tech, "/settings/formats/new?from=nothing"); w.Code != 404 {
		t.Errorf("a format that does not exist: %d", w.Code)
	}
	must(t, b.Post(tech, "/settings/formats/new", url.Values{"text": {"format: own"}}), 303)
	if body := must(t, b.Get(tech, "/settings/formats"), 200); !strings.Contains(body, "Own format") || !strings.Contains(body, "BorgBackup") {
		t.Error("the list lacks a format")
	}
	must(t, b.Get(tech, "/settings/formats/7"), 200)
	must(t, b.Post(tech, "/settings/formats/7", url.Values{"text": {"format: own2"}, "version": {"1"}}), 303)
	must(t, b.Get(tech, "/settings/formats/7/delete"), 200)
	must(t, b.Post(tech, "/settings/formats/7/delete", nil), 303)
	if w := b.Get(tech, "/settings/formats/7"); w.Code != 404 {
		t.Errorf("a deleted format: %d", w.Code)
	}
	if got := strings.Join(b.App.Done(), ","); got != "save log format,save log format,delete log format" {
		t.Errorf("done: %s", got)
	}
}
