package web_test

import (
	"net/url"
	"strings"
	"testing"

	"siteward/central"
	"siteward/central/people"
)

// TestWhoElseIsTold: a recipient is added, refused with words beside the field, changed without losing its secret, tried and deleted.
func TestWhoElseIsTold(t *testing.T) {
	b := newBench(t, nil)
	b.people()
	admin := people.Administrator
	if page := b.get(admin, "/settings/hooks"); page.Code != 200 || !strings.Contains(page.Body.String(), "Nobody else is told yet") {
		t.Fatalf("%d %s", page.Code, page.Body)
	}
	form := url.Values{"name": {"Tickets"}, "url": {"tickets.example.org"}, "language": {"de"}, "kind": {"alarm", "siteward.ticket.v1"}, "secret": {"whsec_c2VjcmV0"}}
	if page := b.post(admin, "/settings/hooks/new", form); page.Code != 422 || !strings.Contains(page.Body.String(), "begins with https://") || !strings.Contains(page.Body.String(), `value="tickets.example.org"`) || strings.Contains(page.Body.String(), "whsec_c2") {
		t.Errorf("a wrong address: %d %s", page.Code, page.Body)
	}
	form.Set("url", "https://tickets.example.org/hook")
	if page := b.post(admin, "/settings/hooks/new", form); page.Code != 303 {
		t.Fatalf("%d %s", page.Code, page.Body)
	}
	h, _, err := central.Hooks.Find(t.Context(), b.Store, "1")
	if err != nil || h.Lang != "de" || len(h.Kinds) != 3 || h.Secret != "whsec_c2VjcmV0" {
		t.Fatalf("%+v %v", h, err)
	}
	form = url.Values{"name": {"On call"}, "url": {"night@example.org"}, "kind": {"alarm"}, "paused": {"1"}, "language": {""}}
	if page := b.post(admin, "/settings/hooks/1", form); page.Code != 303 {
		t.Fatalf("%d %s", page.Code, page.Body)
	}
	if h, _, err = central.Hooks.Find(t.Context(), b.Store, "1"); err != nil || h.URL != "mailto:night@example.org" || !h.Paused || h.Secret == "" || h.Lang != "" {
		t.Errorf("%+v %v", h, err)
	}
	for _, wrong := range []url.Values{{"name": {"x"}, "url": {"night@example.org"}}, {"name": {"x"}, "url": {"mailto:nobody"}, "kind": {"alarm"}}, {"name": {"x"}, "url": {"night@example.org"}, "kind": {"alarm"}, "language": {"fr"}},
		{"name": {""}, "url": {"night@example.org"}, "kind": {"alarm"}}, {"name": {"x"}, "url": {"night@example.org"}, "kind": {"all of it"}}, {"name": {"x"}, "url": {"night@example.org"}, "kind": {"alarm"}, "secret": {"whsec_c2VjcmV"}}} {
		if page := b.post(admin, "/settings/hooks/1", wrong); page.Code != 422 || strings.Contains(page.Body.String(), "[error.") {
			t.Errorf("%v: %d", wrong, page.Code)
		}
	}
	if page := b.post(admin, "/settings/hooks/1/test", nil); page.Code != 303 {
		t.Errorf("a test: %d", page.Code)
	}
	if waiting, err := central.Deliveries.List(t.Context(), b.Store, central.RecordRange{}); err != nil || len(waiting) != 1 || waiting[0].Kind != central.HookTest || waiting[0].Words == nil {
		t.Errorf("%+v %v", waiting, err)
	}
	if page := b.get(admin, "/settings/hooks"); !strings.Contains(page.Body.String(), "night@example.org") || !strings.Contains(page.Body.String(), "Paused") {
		t.Errorf("%s", page.Body)
	}
	if page := b.post(admin, "/settings/hooks/1/delete", nil); page.Code != 303 {
		t.Errorf("deleted: %d", page.Code)
	}
	if page := b.get(admin, "/settings/hooks/1"); page.Code != 404 {
		t.Errorf("after that: %d", page.Code)
	}
}
