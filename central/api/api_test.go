package api

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/store/badger"
	"siteward/central/store/storetest"
)

type world struct {
	*testing.T
	clock *storetest.Clock
	store central.Store
	api   *API
}

// otherCodes is what these tests do not ask.
type otherCodes interface{ Codes }

type fakeCodes struct {
	otherCodes

	made, revoked central.SiteID
}

func (f *fakeCodes) NewCode(_ context.Context, site central.SiteID, _ string, _ time.Duration) (string, time.Time, error) {
	f.made = site
	return "CODE", time.Time{}, nil
}

func (f *fakeCodes) Revoke(_ context.Context, site central.SiteID, _, _ string) error {
	f.revoked = site
	return nil
}
func (f *fakeCodes) Fingerprint() string { return "FINGER" }

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: storetest.NewClock()}
	s, err := badger.Open(t.TempDir(), badger.Options{Now: w.clock.Now, NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.store = s
	if w.api, err = New(s, &fakeCodes{}, slog.New(slog.NewTextHandler(io.Discard, nil)), w.clock.Now, "test"); err != nil {
		t.Fatal(err)
	}
	return w
}

// ask asks with a token; "" is the command line.
func (w *world) ask(token, method, path, body string, want int, out any) {
	w.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	h := http.Handler(w.api)
	if token == "" {
		h = Local(h)
	} else {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	if rec.Code != want {
		w.Fatalf("%s %s: %d %s, want %d", method, path, rec.Code, rec.Body, want)
	}
	if out != nil {
		if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
			w.Fatal(err)
		}
	}
}

func TestSitesThroughTheAPI(t *testing.T) {
	w := newWorld(t)
	var r central.Row
	w.ask("", "POST", "/sites", `{"name":"Praxis","every":"1h","group":3}`, 200, &r)
	w.ask("", "POST", "/sites", `{"name":"praxis"}`, 409, nil)
	w.ask("", "POST", "/sites", `{"name":"x","every":"1s"}`, 422, nil)
	w.ask("", "POST", "/sites", `{"name":"x","unknown":1}`, 422, nil)
	id := string(r.Site.ID)
	var plain map[string]map[string]any
	w.ask("", "GET", "/sites/"+id, "", 200, &plain)
	if plain["site"]["every"] != "1h" {
		t.Errorf("taken as 1h and given as %v", plain["site"]["every"])
	}
	r = central.Row{}
	w.ask("", "PUT", "/sites/"+id, `{"name":"Praxis Nord","paused":"closed"}`, 200, &r)
	if r.Site.Name != "Praxis Nord" || r.Site.Every != 0 || r.Site.Paused != "closed" {
		t.Errorf("%+v", r.Site)
	}
	var fleet struct {
		Items  []central.Row
		Total  int
		States map[string]int
	}
	w.ask("", "GET", "/sites?text=nord&state=nodata&silent=never", "", 200, &fleet)
	if fleet.Total != 1 || fleet.States["nodata"] != 1 || fleet.Items[0].Site.ID != r.Site.ID {
		t.Errorf("%+v", fleet)
	}
	w.ask("", "GET", "/sites?txt=nord", "", 422, nil)
	w.ask("", "GET", "/sites/"+id+"/report", "", 404, nil)
	if err := w.store.Take(t.Context(), r.Site.ID, func(k *central.Taking) error {
		k.Events = []central.Event{{Seq: 1, ID: "e", Type: message.TypeTicket, Subject: "ticket/1", Received: w.clock.Now(), Data: json.RawMessage(`{}`)}}
		if err := central.Keep(k, central.Reports, id, central.Report{Site: r.Site.ID, Data: json.RawMessage(`{"at":1}`)}); err != nil {
			return err
		}
		if err := central.Keep(k, central.Current, central.CurrentKey(r.Site.ID, message.TypeTicket, "ticket/1"), k.Events[0]); err != nil {
			return err
		}
		return central.NewAlarm(central.AlarmLost, &k.Site, w.clock.Now()).Open(k)
	}); err != nil {
		t.Fatal(err)
	}
	var items struct{ Items []json.RawMessage }
	for path, want := range map[string]int{"/sites/" + id + "/events?type=" + message.TypeTicket: 1, "/sites/" + id + "/current?type=" + message.TypeTicket: 1,
		"/alarms": 1, "/alarms/past": 0, "/turns": 0, "/groups": 0, "/hooks": 0, "/tokens": 0} {
		w.ask("", "GET", path, "", 200, &items)
		if len(items.Items) != want {
			t.Errorf("%s: %d, want %d", path, len(items.Items), want)
		}
	}
	w.ask("", "GET", "/sites/"+id+"/report", "", 200, nil)
	w.ask("", "POST", "/alarms/lost/"+id+"/acknowledge", `{"reason":"known"}`, 200, nil)
	w.ask("", "POST", "/alarms/ours/-/acknowledge", `{}`, 404, nil)
	if err := central.Alarms.Put(t.Context(), w.store, central.AlarmKey(central.AlarmOurs, ""), central.NewAlarm(central.AlarmOurs, nil, w.clock.Now()), 0); err != nil {
		t.Fatal(err)
	}
	var taken central.Alarm
	if w.ask("", "POST", "/alarms/ours/-/acknowledge", `{"reason":"our line"}`, 200, &taken); taken.Ack == nil || taken.Ack.Reason != "our line" {
		t.Errorf("%+v", taken)
	}
	w.ask("", "POST", "/alarms/lost/"+id+"/close", "", 204, nil)
	var code struct{ Code, Fingerprint string }
	w.ask("", "POST", "/sites/"+id+"/code", `{}`, 200, &code)
	w.ask("", "POST", "/sites/"+id+"/revoke", `{"why":"stolen"}`, 204, nil)
	if f := w.api.codes.(*fakeCodes); code.Code != "CODE" || string(f.made) != id || string(f.revoked) != id {
		t.Errorf("%+v %+v", code, f)
	}
	w.ask("", "DELETE", "/sites/"+id, "", 204, nil)
	w.ask("", "GET", "/sites/"+id, "", 404, nil)
}

func TestTokensOfTheAPI(t *testing.T) {
	w := newWorld(t)
	token := func(body string) string {
		t.Helper()
		var v struct{ Secret string }
		w.ask("", "POST", "/tokens", body, 200, &v)
		return v.Secret
	}
	var a, b central.Row
	w.ask("", "POST", "/sites", `{"name":"a","group":1}`, 200, &a)
	w.ask("", "POST", "/sites", `{"name":"b","group":2}`, 200, &b)
	read, write := token(`{"name":"r","days":1}`), token(`{"name":"w","write":true}`)
	some := token(`{"name":"s","write":true,"groups":[1]}`)
	w.ask("swc_none", "GET", "/sites", "", 401, nil)
	w.ask(read, "GET", "/sites", "", 200, nil)
	w.ask(read, "POST", "/sites", `{"name":"c"}`, 403, nil)
	w.ask(write, "POST", "/sites", `{"name":"c"}`, 200, nil)
	w.ask(write, "GET", "/backup", "", 403, nil)
	var fleet struct{ Items []central.Row }
	for _, q := range []string{"", "?group=1&group=2", "?group=2"} {
		w.ask(some, "GET", "/sites"+q, "", 200, &fleet)
		for _, r := range fleet.Items {
			if r.Site.Group != appliance.ID(1) {
				t.Errorf("%s shows %s", q, r.Site.Name)
			}
		}
	}
	w.ask(some, "GET", "/sites/"+string(a.Site.ID), "", 200, nil)
	w.ask(some, "GET", "/sites/"+string(b.Site.ID), "", 404, nil)
	w.ask(some, "GET", "/sites/"+string(b.Site.ID)+"/events", "", 404, nil)
	w.ask(some, "POST", "/alarms/lost/"+string(b.Site.ID)+"/close", "", 404, nil)
	w.ask(some, "POST", "/tokens", `{"name":"x"}`, 403, nil)
	w.ask(some, "DELETE", "/sites/"+string(a.Site.ID), "", 403, nil)
	w.clock.Add(25 * time.Hour)
	w.ask(read, "GET", "/sites", "", 401, nil)
	w.ask("", "POST", "/hooks", `{"name":"h","url":"https://example.org/x","secret":"whsec_c2VjcmV0"}`, 200, nil)
	w.ask("", "POST", "/hooks", `{"name":"h","url":"file:///etc/passwd"}`, 422, nil)
	var hooks struct{ Items []central.Hook }
	w.ask(write, "GET", "/hooks", "", 200, &hooks)
	if len(hooks.Items) != 1 || strings.Contains(hooks.Items[0].Secret, "whsec") {
		t.Errorf("%+v", hooks)
	}
	w.ask(write, "DELETE", "/hooks/1", "", 204, nil)
}
