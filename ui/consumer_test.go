package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/ui/apptest"
)

func TestTheCustomerDecidesWhoElseIsTold(t *testing.T) {
	b := apptest.Server(t)
	form := url.Values{"kind": {"samples"}, "name": {"metrics"}, "url": {"https://metrics.example.org/api/v1/write"}, "site": {"muster"}, "user": {"site"}, "secret": {"kastanie-im-hof"}}
	for _, role := range []appliance.Role{appliance.RoleViewer, appliance.RoleTechnician} {
		if w := b.Post(role, "/sent/others", form); w.Code != http.StatusForbidden {
			t.Errorf("%s enters one: %d", role, w.Code)
		}
	}
	if w := b.Post(appliance.RoleKeyUser, "/sent/others", url.Values{"kind": {"reports"}, "name": {"PSA"}, "url": {"https://x.example.org"}, "site": {"m"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a secret: %d", w.Code)
	}
	if w := b.Post(appliance.RoleKeyUser, "/sent/others", form); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sent/others/1" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	b.App.ConsumerStands(1, appliance.UplinkState{Lost: 3, Good: b.App.Now(), Code: "refused", Why: "out of <order>", Failed: 1, Next: b.App.Now().Add(time.Minute),
		Samples: &appliance.SampleState{Sent: 12_345, Until: b.App.Now(), GivenUp: b.App.Now()}})
	for _, lang := range appliance.Languages {
		b.App.Speak(lang)
		for _, path := range []string{"/sent", "/sent/others/new", "/sent/others/1"} {
			w := b.Get(appliance.RoleKeyUser, path)
			if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "kastanie") || strings.Contains(w.Body.String(), "<order>") {
				t.Errorf("%s %s: %d", lang, path, w.Code)
			}
		}
	}
	if w := b.Get(appliance.RoleTechnician, "/sent/others/1"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "name=\"secret\"") {
		t.Errorf("a technician reads it: %d", w.Code)
	}
	if w := b.Post(appliance.RoleKeyUser, "/sent/others/1/test", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "HTTP 401") {
		t.Errorf("tried: %d", w.Code)
	}
	form.Set("off", "1")
	form.Set("version", "1")
	if w := b.Post(appliance.RoleKeyUser, "/sent/others/1", form); w.Code != http.StatusSeeOther {
		t.Errorf("switched off: %d", w.Code)
	}
	if body := b.Get(appliance.RoleKeyUser, "/sent/others/1").Body.String(); strings.Contains(body, "others/1/test") || strings.Contains(body, "Next try") || strings.Contains(body, "Nächster Versuch") {
		t.Error("one that is off is tried again")
	}
	if w := b.Post(appliance.RoleKeyUser, "/sent/others/1/delete", nil); w.Code != http.StatusSeeOther || b.Get(appliance.RoleKeyUser, "/sent/others/1").Code != http.StatusNotFound {
		t.Errorf("deleted: %d", w.Code)
	}
}
