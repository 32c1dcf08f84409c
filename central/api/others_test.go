package api

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
)

// bodies are what operations that read one are sent, so that it is not the body which they refuse.
var bodies = map[string]string{
	"add-site": `{"name":"x"}`, "change-site": `{"name":"x"}`, "begin-copy": `{"why":"x"}`, "acknowledge-alarm": `{}`, "close-alarm": "", "add-hook": `{"name":"x","url":"https://x.example"}`, "change-hook": `{"name":"x","url":"https://x.example"}`, "test-hook": "",
	"add-token": `{"name":"x"}`, "add-group": `{"name":"x"}`, "add-code": `{}`, "revoke-site": `{"why":"x"}`, "add-offer": `{"kind":"profile","name":"x","file":"eA=="}`, "reach-offer": `{"ring":"all"}`,
}

// TestATokenOfOneGroupSeesNothingOfOthers asks every operation with a token that may write, of another group.
func TestATokenOfOneGroupSeesNothingOfOthers(t *testing.T) {
	w := newWorld(t)
	for id, name := range map[appliance.ID]string{1: "Geheimgruppe", 2: "Others"} {
		if err := central.Groups.Put(t.Context(), w.store, central.NumberKey(uint64(id)), central.Group{ID: id, Name: name}, 0); err != nil {
			t.Fatal(err)
		}
	}
	site := central.Site{ID: "s-secret", Name: "Geheimpraxis", Group: 1}
	if err := w.store.PutSite(t.Context(), &site); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Take(t.Context(), site.ID, func(k *central.Taking) error {
		e := central.Event{Seq: 1, ID: "e", Type: message.TypeTicket, Subject: "ticket/1", Received: w.clock.Now(), Data: json.RawMessage(`{"title":"Geheim"}`)}
		k.Events = []central.Event{e}
		turn := central.Turn{Site: site.ID, Name: site.Name, Group: 1, At: w.clock.Now(), Why: "Geheim"}
		for _, kind := range []central.AlarmKind{central.AlarmSilent, central.AlarmLost} {
			if err := central.NewAlarm(kind, &k.Site, w.clock.Now()).Open(k); err != nil {
				return err
			}
		}
		return errors.Join(central.Keep(k, central.Turns, central.TurnKey(turn), turn), central.Keep(k, central.Current, central.CurrentKey(site.ID, e.Type, e.Subject), e),
			central.Keep(k, central.Reports, string(site.ID), central.Report{Site: site.ID, Data: json.RawMessage(`{"at":"Geheim"}`)}))
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Take(t.Context(), site.ID, func(k *central.Taking) error { return central.CloseAlarm(k, central.AlarmLost, w.clock.Now()) }); err != nil {
		t.Fatal(err)
	}
	ours := central.NewAlarm(central.AlarmOurs, nil, w.clock.Now())
	ours.Names = []string{"Geheimpraxis"}
	if err := central.Alarms.Put(t.Context(), w.store, central.AlarmKey(central.AlarmOurs, ""), ours, 0); err != nil {
		t.Fatal(err)
	}
	w.ask("", "POST", "/hooks", `{"name":"Geheim","url":"https://geheim.example"}`, 200, nil)
	w.ask("", "POST", "/tokens", `{"name":"Geheim"}`, 200, nil)
	var token struct{ Secret string }
	w.ask("", "POST", "/tokens", `{"name":"two","write":true,"groups":[2]}`, 200, &token)
	values := map[string]string{"{id}": "s-secret", "{kind}": "silent", "{site}": "s-secret", "{code}": "abcdef", "{n}": "1"}
	before := w.all()
	operations := 0
	for path, item := range w.api.huma.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete, "PATCH": item.Patch} {
			if op == nil {
				continue
			}
			operations++
			body, known := bodies[op.OperationID]
			if !known && method != "GET" && method != "DELETE" {
				t.Errorf("%s %s: what does %s read?", method, path, op.OperationID)
			}
			at := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllStringFunc(path, func(p string) string {
				if values[p] == "" {
					t.Errorf("%s: what stands for %s?", path, p)
				}
				if p == "{id}" && strings.Contains(path, "/hooks/") {
					return "1"
				}
				return values[p]
			})
			if op.OperationID == "list-current" {
				at += "?type=" + message.TypeTicket
			}
			r := httptest.NewRequest(method, "/api/v1"+strings.TrimPrefix(at, "/api/v1"), strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token.Secret)
			rec := httptest.NewRecorder()
			w.api.ServeHTTP(rec, r)
			if strings.Contains(strings.ToLower(rec.Body.String()), "geheim") {
				t.Errorf("%s %s tells of others: %s", method, at, rec.Body)
			}
			if (method != "GET" || strings.Contains(path, "{")) && rec.Code != 403 && rec.Code != 404 || rec.Code >= 500 {
				t.Errorf("%s %s: %d %s", method, at, rec.Code, rec.Body)
			}
		}
	}
	r := httptest.NewRequest("POST", "/api/v1/alarms/ours/-/acknowledge", strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token.Secret)
	rec := httptest.NewRecorder()
	if w.api.ServeHTTP(rec, r); rec.Code != 404 {
		t.Errorf("the alarm about all sites: %d", rec.Code)
	}
	if after := w.all(); before != after {
		t.Errorf("something was changed:\n%s\n%s", before, after)
	}
	if operations < 25 {
		t.Errorf("%d operations", operations)
	}
}

// all is everything that the store holds.
func (w *world) all() string {
	w.Helper()
	var out strings.Builder
	e := json.NewEncoder(&out)
	if err := w.store.Dump(w.Context(), func(row *central.Row, event *central.Event, record *central.Record) error {
		return e.Encode([]any{row, event, record})
	}); err != nil {
		w.Fatal(err)
	}
	return out.String()
}
