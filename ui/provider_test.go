package ui_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"siteward/appliance"
	"siteward/appliance/enrol"
	"siteward/ui/apptest"
	"siteward/ui/uitest"
)

// connected connects the sample site.
func connected(t *testing.T, b *apptest.Bench) {
	t.Helper()
	by := appliance.Actor{Name: "m.muster", Role: appliance.RoleKeyUser}
	id, err := b.App.LookAtProvider(t.Context(), by, apptest.ProviderURL)
	if err == nil {
		_, err = b.App.Connect(t.Context(), by, appliance.ConnectRequest{URL: apptest.ProviderURL, Code: apptest.ProviderCode, Fingerprint: id.Fingerprint})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestProviderIsConnectedInTwoSteps(t *testing.T) {
	b := apptest.Server(t)
	const at = "/settings/provider"
	must(t, b.Get(appliance.RoleKeyUser, at), 200, "This site is not connected to an IT provider", `name="code"`)
	if body := must(t, b.Get(appliance.RoleTechnician, at), 200, "Not everybody may connect"); strings.Contains(body, `name="code"`) {
		t.Error("a technician may not connect")
	}
	fill := func(u, code, finger string) url.Values {
		return url.Values{"url": {u}, "code": {code}, "fingerprint": {finger}}
	}
	must(t, b.Post(appliance.RoleKeyUser, at+"/connect", fill(apptest.ProviderURL, "12345", "")), 422, "The code has 20 letters and digits", `value="12345"`)
	must(t, b.Post(appliance.RoleKeyUser, at+"/connect", fill("http://192.0.2.1", apptest.ProviderCode, "")), 422, "it begins with https://")
	must(t, b.Post(appliance.RoleKeyUser, at+"/connect", fill("https://nobody.example.org", apptest.ProviderCode, "")), 422, "cannot be reached")

	// The first step asks who answers and tells nothing.
	done := len(b.App.Done())
	body := must(t, b.Post(appliance.RoleKeyUser, at+"/connect", fill(apptest.ProviderURL, apptest.ProviderCode, "")), 200, "Is this Weber IT?", "It is the same: connect")
	if len(b.App.Done()) != done {
		t.Errorf("the first step did something: %v", b.App.Done())
	}
	id, err := b.App.LookAtProvider(t.Context(), appliance.Actor{}, apptest.ProviderURL)
	if err != nil {
		t.Fatal(err)
	}
	for group := range strings.FieldsSeq(id.Fingerprint) {
		if !strings.Contains(body, "<span>"+group+"</span>") {
			t.Errorf("the fingerprint lacks %s", group)
		}
	}
	// Somebody else answers between the steps.
	must(t, b.Post(appliance.RoleKeyUser, at+"/connect", fill(apptest.ProviderURL, apptest.ProviderCode, enrol.Fingerprint([]byte("another")))), 422, "That is not the fingerprint")
	must(t, b.Post(appliance.RoleKeyUser, at+"/connect", fill(apptest.ProviderURL, "00000-00000-00000-00000", id.Fingerprint)), 422, "This code is not taken")
	if w := b.Post(appliance.RoleTechnician, at+"/connect", fill(apptest.ProviderURL, apptest.ProviderCode, id.Fingerprint)); w.Code != http.StatusForbidden {
		t.Errorf("a technician connects: %d", w.Code)
	}
	if w := b.Post(appliance.RoleKeyUser, at+"/connect", fill(apptest.ProviderURL, apptest.ProviderCode, id.Fingerprint)); w.Code != http.StatusSeeOther {
		t.Fatalf("connect: %d %s", w.Code, w.Body)
	}
	must(t, b.Get(appliance.RoleTechnician, at), 200, "Weber IT receives the reports of this site", "Muster GmbH", "confirmed by", `<a href="/sent">What we sent</a>`)

	if w := b.Post(appliance.RoleKeyUser, at+"/rotate", nil); w.Code != http.StatusSeeOther {
		t.Errorf("rotate: %d", w.Code)
	}
	must(t, b.Get(appliance.RoleKeyUser, at+"/connect"), 200, "Weber IT will be left")
	must(t, b.Post(appliance.RoleKeyUser, at+"/disconnect", url.Values{"reason": {""}}), 422, "it stands in the logbook")
	if w := b.Post(appliance.RoleKeyUser, at+"/disconnect", url.Values{"reason": {"contract ended"}}); w.Code != http.StatusSeeOther {
		t.Errorf("disconnect: %d", w.Code)
	}
	must(t, b.Get(appliance.RoleKeyUser, at), 200, "not connected", "Earlier connections", "contract ended")
	if w := b.Get(appliance.RoleKeyUser, at+"/disconnect"); w.Code != http.StatusNotFound {
		t.Errorf("disconnect without a connection: %d", w.Code)
	}
}

func TestProviderSaysThatReportsDoNotArrive(t *testing.T) {
	b := apptest.Server(t)
	connected(t, b)
	st := appliance.UplinkState{Last: 30, Acked: 10, Good: apptest.Present.Add(-3 * time.Hour), Tried: apptest.Present, Failed: 9, Code: "unreachable", Next: apptest.Present.Add(time.Minute)}
	b.App.SetUplinkState(st)
	must(t, b.Get(appliance.RoleKeyUser, "/settings/provider"), 200, "Reports do not reach Weber IT", "cannot be reached", "20 messages")
	must(t, b.Get(appliance.RoleAdministrator, "/settings"), 200, "Reports do not arrive")
	st.Good, st.Code = time.Time{}, "schema"
	b.App.SetUplinkState(st)
	must(t, b.Get(appliance.RoleKeyUser, "/settings/provider"), 200, "none yet", "older than this Siteward")
}

func TestProviderInChromium(t *testing.T) {
	t.Parallel()
	b := apptest.Server(t)
	at := b.Listen(appliance.RoleKeyUser)
	browser := uitest.Open(t)
	b.App.Speak("de")
	browser.Goto(t, at+"/settings/provider", uitest.Look{}).Tour("provider-none")
	p := browser.Goto(t, at+"/settings/provider", uitest.Look{})
	p.Do(chromedp.SetValue("#url", apptest.ProviderURL), chromedp.SetValue("#code", apptest.ProviderCode), chromedp.Click("main form .btn-primary"))
	p.Until(`document.querySelector("input[name=fingerprint]") !== null`)
	p.Tour("provider-compare")
	p.Do(chromedp.Click("main form .btn-primary"))
	p.Until(`document.querySelector("a[href='/settings/provider/disconnect']") !== null`)
	p.Tour("provider")
	browser.Goto(t, at+"/settings/provider/disconnect", uitest.Look{}).Tour("provider-leave")
}
