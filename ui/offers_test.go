package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

func offered(b *apptest.Bench) {
	b.App.Offer(appliance.ProviderOffer{N: 7, Kind: "log_format", Name: "borg", Notes: "Reads the new line of Borg 2 <script>alert(1)</script>.", Made: apptest.Present.AddDate(0, 0, -1), Body: []byte("x")})
	b.App.Offer(appliance.ProviderOffer{N: 8, Kind: "release", Name: "siteward", Notes: "Version 1.5.0", Made: apptest.Present, Body: []byte("x")})
}

func TestOffersAreDecidedByTheCustomer(t *testing.T) {
	b := apptest.Server(t)
	const at = "/settings/provider/offers"
	must(t, b.Get(appliance.RoleKeyUser, at), 200, "Nothing has been offered yet")
	connected(t, b)
	offered(b)
	body := must(t, b.Get(appliance.RoleKeyUser, at), 200, "2 offers wait for your decision", "Reads the new line", "Ask now")
	if strings.Contains(body, "<script>alert") {
		t.Error("what the provider wrote is not escaped")
	}
	must(t, b.Get(appliance.RoleTechnician, at), 200, "only after a decision")
	must(t, b.Get(appliance.RoleKeyUser, at+"/1"), 200, "title: BorgBackup", "Accept", "Decline", "Decide later")
	if body := must(t, b.Get(appliance.RoleTechnician, at+"/1"), 200, "title: BorgBackup"); strings.Contains(body, "/accept") {
		t.Error("a technician of the provider may accept")
	}
	for _, step := range []string{"/1/accept", "/1/refuse", "/1/undo", "/policy", "/fetch"} {
		if w := b.Post(appliance.RoleTechnician, at+step, nil); w.Code != http.StatusForbidden {
			t.Errorf("%s as a technician: %d", step, w.Code)
		}
	}
	must(t, b.Post(appliance.RoleKeyUser, at+"/2/refuse", url.Values{"reason": {""}}), 422, "it stands in the logbook")
	for _, step := range []struct{ path, says string }{{"/2/refuse", "Declined"}, {"/1/accept", "Accepted"}, {"/1/undo", "Taken back"}, {"/1/accept", "Accepted"}} {
		if w := b.Post(appliance.RoleKeyUser, at+step.path, url.Values{"reason": {"not now"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.path, w.Code, w.Body)
		}
		must(t, b.Get(appliance.RoleKeyUser, at), 200, step.says)
	}
	must(t, b.Get(appliance.RoleKeyUser, at), 200, "No offer waits for a decision")
	if w := b.Post(appliance.RoleKeyUser, at+"/policy", url.Values{"kind_profile": {"1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("policy: %d", w.Code)
	}
	p, err := b.App.OfferPolicy(t.Context())
	if err != nil || len(p.Automatic) != 1 || p.Automatic[0] != "profile" {
		t.Errorf("policy: %v %v", p, err)
	}
	if w := b.Get(appliance.RoleKeyUser, at+"/99"); w.Code != http.StatusNotFound {
		t.Errorf("no such offer: %d", w.Code)
	}
}

func TestOffersInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	connected(t, b)
	offered(b)
	b.App.Offer(appliance.ProviderOffer{N: 9, Kind: "profile", Name: "procurve", Made: apptest.Present, Body: []byte("x")})
	if err := b.App.AcceptOffer(t.Context(), appliance.Actor{Name: "m.muster"}, 3); err != nil {
		t.Fatal(err)
	}
	b.App.Speak("de")
	at := b.Listen(appliance.RoleKeyUser)
	browser := uitest.Open(t)
	for name, path := range map[string]string{"offers": "", "offer": "/1"} {
		browser.Goto(t, at+"/settings/provider/offers"+path, uitest.Look{}).Tour(name)
	}
}
