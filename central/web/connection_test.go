package web_test

import (
	"bytes"
	"crypto/ed25519"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	wire "siteward/appliance/enrol"
	"siteward/central"
	"siteward/central/people"
)

func TestASiteIsAddedAndConnectedFromThePages(t *testing.T) {
	b := newBench(t, nil)
	b.people()
	if w := b.post(people.Reader, "/sites/new", url.Values{"name": {"Praxis"}}); w.Code != http.StatusForbidden {
		t.Errorf("a reader adds a site: %d", w.Code)
	}
	if w := b.post(people.Administrator, "/sites/new", url.Values{"name": {""}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a name: %d", w.Code)
	}
	w := b.post(people.Administrator, "/sites/new", url.Values{"name": {"Praxis Müller"}, "group": {"0"}})
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasSuffix(at, "/connection") {
		t.Fatalf("%d %s %s", w.Code, at, w.Body)
	}
	if w := b.get(people.Reader, at); w.Code != http.StatusForbidden {
		t.Errorf("a reader sees codes: %d", w.Code)
	}
	body := b.post(people.Administrator, at+"/code", url.Values{"hours": {"24"}}).Body.String()
	code := regexp.MustCompile(`[0-9A-Z]{5}(-[0-9A-Z]{5}){3}`).FindString(body)
	if code == "" || !strings.Contains(body, "siteward connect http://127.0.0.1 "+code) || !strings.Contains(body, b.Server.Enrol.Fingerprint()) {
		t.Fatalf("the code, its command or the fingerprint is missing: %.3000s", body)
	}
	if again := b.get(people.Administrator, at).Body.String(); strings.Contains(again, code) {
		t.Error("the code is shown again")
	} else if !strings.Contains(again, "/revoke\"") {
		t.Error("the open code cannot be taken back")
	}
	site := central.SiteID(strings.Split(at, "/")[2])
	codes, err := b.Server.Enrol.Codes(t.Context(), site)
	if err != nil || len(codes) != 1 {
		t.Fatalf("%v %v", codes, err)
	}
	if w := b.post(people.Administrator, at+"/code/"+codes[0].ID+"/revoke", nil); w.Code != http.StatusSeeOther {
		t.Errorf("take a code back: %d", w.Code)
	}
	key := ed25519Key(t)
	server := httptest.NewServer(b.Server.Enrol.Handler(nil))
	t.Cleanup(server.Close)
	client := wire.Client{HTTP: http.DefaultClient, URL: server.URL}
	id, err := client.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Enrol(t.Context(), id.Key, key, wire.Request{Code: code}); err == nil {
		t.Error("a code that was taken back is good")
	}
	made, _, err := b.Server.Enrol.NewCode(t.Context(), site, "test", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Enrol(t.Context(), id.Key, key, wire.Request{Code: made}); err != nil {
		t.Fatal(err)
	}
	if w := b.post(people.Administrator, at+"/revoke", url.Values{"why": {""}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("revoked without a reason: %d", w.Code)
	}
	if w := b.post(people.Administrator, at+"/revoke", url.Values{"why": {"stolen"}}); w.Code != http.StatusSeeOther {
		t.Errorf("revoke: %d", w.Code)
	}
	if page := b.get(people.Administrator, at).Body.String(); !strings.Contains(page, "stolen") {
		t.Error("the reason is not told")
	}
	if _, err := client.Offers(t.Context(), string(site), nil, key); err == nil {
		t.Error("a revoked key is believed")
	}
}

func TestOffersArePutUpAndGoOutInRings(t *testing.T) {
	b := newBench(t, nil)
	b.people()
	b.site("s-one", "One", 0, central.Status{Seen: present}, nil)
	up := func(fields map[string]string, file string) *httptest.ResponseRecorder {
		var buf bytes.Buffer
		m := multipart.NewWriter(&buf)
		for k, v := range fields {
			_ = m.WriteField(k, v)
		}
		if file != "" {
			f, _ := m.CreateFormFile("file", "x.yaml")
			_, _ = f.Write([]byte(file))
		}
		_ = m.Close()
		r := httptest.NewRequest("POST", "/offers", &buf)
		r.Header.Set("Content-Type", m.FormDataContentType())
		return b.do(people.Administrator, r)
	}
	if w := up(map[string]string{"kind": "profile", "name": "procurve"}, ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a file: %d", w.Code)
	}
	if w := up(map[string]string{"kind": "command", "name": "procurve"}, "x"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a kind that nobody knows: %d", w.Code)
	}
	if w := up(map[string]string{"kind": "profile", "name": "procurve", "notes": "better"}, "profile: procurve\n"); w.Code != http.StatusSeeOther {
		t.Fatalf("put up: %d %s", w.Code, w.Body)
	}
	if w := b.post(people.Dispatcher, "/offers/1/reach", url.Values{"ring": {"all"}}); w.Code != http.StatusForbidden {
		t.Errorf("a dispatcher lets it out: %d", w.Code)
	}
	for _, step := range []struct {
		form url.Values
		want int
	}{{url.Values{"ring": {"test"}}, 0}, {url.Values{"ring": {"all"}}, 1}, {url.Values{"ring": {"all"}, "pause": {"1"}}, 0}, {url.Values{"ring": {"all"}}, 1}} {
		if w := b.post(people.Administrator, "/offers/1/reach", step.form); w.Code != http.StatusSeeOther {
			t.Fatalf("%v: %d", step.form, w.Code)
		}
		list, err := b.Server.Enrol.For(t.Context(), "")
		if err != nil || len(list) != step.want {
			t.Errorf("%v: %d offers, %v", step.form, len(list), err)
		}
	}
	err := central.OfferAnswers.Put(t.Context(), b.Store, central.OfferAnswerKey(1, "s-one"), central.OfferAnswer{N: 1, Site: "s-one", Name: "One", State: "refused", Reason: "not <b>now</b>", At: present}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.get(people.Dispatcher, "/offers/1").Body.String(), "not &lt;b&gt;now") {
		t.Error("a dispatcher of no group reads what a site said")
	}
	body := b.get(people.Administrator, "/offers/1").Body.String()
	if !strings.Contains(body, "Declined") || !strings.Contains(body, "not &lt;b&gt;now") || !strings.Contains(body, "profile: procurve") {
		t.Errorf("what a site did is not told: %.2000s", body)
	}
}

func ed25519Key(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
