package web_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/logbook"
	"siteward/appliance/message"
	"siteward/appliance/offer"
	"siteward/central"
	"siteward/central/people"
)

// secretSite puts a site of group 1 into the bench with every noun, each with the word "Geheim" in it.
func secretSite(t *testing.T, b *bench) {
	t.Helper()
	for id, name := range map[appliance.ID]string{1: "Geheimgruppe", 2: "Others"} {
		if err := central.Groups.Put(t.Context(), b.Store, central.NumberKey(uint64(id)), central.Group{ID: id, Name: name}, 0); err != nil {
			t.Fatal(err)
		}
	}
	sum := message.Summary{At: b.now, State: appliance.StateCritical, Devices: []message.SummaryDevice{{ID: 1, Name: "Geheimgerät", State: appliance.StateCritical, Why: "Geheim"}}}
	st := central.Status{Seen: b.now, Silent: central.Lost, Facts: central.Facts{State: appliance.StateCritical, Worst: "Geheim", Version: "Geheim", More: map[string]int{"Geheim": 1}}}
	b.site("s-secret", "Geheimpraxis", 1, st, sum)
	b.site("s-ours", "Ours", 2, central.Status{Seen: b.now}, nil)
	b.tell("s-secret", &message.Incident{ID: 1, Title: "Geheim", Worst: appliance.StateCritical, Opened: b.now, Device: 1, Name: "Geheim"}, "incident/1", b.now, b.now)
	book, err := logbook.NewBook()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Append(appliance.LogbookEntry{At: b.now, Written: b.now, By: "Geheim", Kind: appliance.LogbookNote, Text: "Geheim"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Store.Take(t.Context(), "s-secret", func(k *central.Taking) error {
		for _, kind := range []central.AlarmKind{central.AlarmSilent, central.AlarmOverdue, central.AlarmLogbook, central.AlarmForged, central.AlarmLost} {
			a := central.NewAlarm(kind, &k.Site, b.now)
			a.Why = "Geheim"
			if err := a.Open(k); err != nil {
				return err
			}
		}
		if err := central.Keep(k, central.LogbookLines, central.LogbookKey("s-secret", 0, 1), central.LogbookLine{Record: book.Lines[0].Record}); err != nil {
			return err
		}
		if err := central.Keep(k, central.OfferAnswers, central.OfferAnswerKey(1, "s-secret"), central.OfferAnswer{N: 1, Site: "s-secret", Name: "Geheimpraxis", State: "refused", Reason: "Geheim", By: "Geheim"}); err != nil {
			return err
		}
		return central.Keep(k, central.Logbooks, "s-secret", central.LogbookCopy{Site: "s-secret", Size: 1, Have: 1, Keys: book.Keys, Fault: "Geheim"})
	}); err != nil {
		t.Fatal(err)
	}
	ours := central.NewAlarm(central.AlarmOurs, nil, b.now)
	ours.Sites, ours.Names = 7, []string{"Geheimpraxis"}
	if err := central.Alarms.Put(t.Context(), b.Store, central.AlarmKey(central.AlarmOurs, ""), ours, 0); err != nil {
		t.Fatal(err)
	}
	for i := range 12 { // together
		v := central.Turn{Site: "s-secret", Name: "Geheimpraxis", Group: 1, At: b.now.Add(-1), To: appliance.StateCritical, Why: "Geheim"}
		v.Site += central.SiteID(strings.Repeat("x", i))
		if err := central.Turns.Put(t.Context(), b.Store, central.TurnKey(v), v, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Server.Enrol.Offer(t.Context(), "anna", offer.Offer{Kind: offer.KindProfile, Name: "procurve", Body: []byte("profile: procurve\n")}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Server.Enrol.NewCode(t.Context(), "s-secret", "anna", 0); err != nil {
		t.Fatal(err)
	}
	if err := central.Tokens.Put(t.Context(), b.Store, "geheim", central.Token{ID: "geheim", Name: "Geheimtoken", Groups: []appliance.ID{1}}, 0); err != nil {
		t.Fatal(err)
	}
}

// params are what stands in an address for the site of the other group. A route with another one has to be thought of here.
var params = map[string]string{":site": "s-secret", ":month": "2026-11", ":kind": "silent", ":code": "abcdef123456", ":n": "1", ":id": "1", "*": "none.js"}

// TestSitesOfOthersDoNotExist asks every route as somebody who sees another group only, with every query and form that names a site or a
// group: nothing of the site is in any answer, and nothing of it changes.
func TestSitesOfOthersDoNotExist(t *testing.T) {
	b := newBench(t, nil)
	b.people()
	secretSite(t, b)
	for _, role := range []appliance.Role{people.Reader, people.Dispatcher} {
		u, err := b.Gate.Users.Find(string(role))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Server.People.PutExtra(t.Context(), u.ID, people.Extra{Groups: []appliance.ID{2}}, 0); err != nil {
			t.Fatal(err)
		}
	}
	b.get(people.Administrator, "/") // signs in
	before, alarms := secrets(t, b)
	form := url.Values{"site": {"s-secret"}, "group": {"1"}, "name": {"x"}, "why": {"x"}, "q": {"g"}, "ring": {"all"}, "version": {"1"}, "days": {"30"}}
	param := regexp.MustCompile(`:[a-z]+|\*`)
	asked := 0
	for _, r := range b.Server.Pages() {
		path := param.ReplaceAllStringFunc(r.Path, func(p string) string {
			v, ok := params[p]
			if !ok {
				t.Errorf("%s: what stands for %s?", r.Path, p)
			}
			return v
		})
		if r.Path == "/signout" || strings.HasPrefix(r.Path, "/profile/sessions") || r.Path == "/profile/password" {
			continue // end the session
		}
		for _, role := range []appliance.Role{people.Reader, people.Dispatcher} {
			for _, query := range []string{"", "?" + form.Encode(), "?q=Geheim&group=2&state=silent&days=1", "?before=zzzz&copy=1&page=1"} {
				w := b.do(role, httptest.NewRequest("GET", path+query, nil))
				if r.Method == "POST" {
					w = b.post(role, path+query, form)
				}
				asked++
				if got := strings.ToLower(w.Body.String() + w.Header().Get("Location")); strings.Contains(strings.ReplaceAll(got, "q=geheim", ""), "geheim") && !strings.Contains(got, `value="geheim"`) {
					t.Errorf("%s %s%s as %s tells of the site of others: %d", r.Method, path, query, role, w.Code)
				}
				if w.Code >= 500 {
					t.Errorf("%s %s%s as %s: %d", r.Method, path, query, role, w.Code)
				}
				if strings.Contains(r.Path, ":site") && w.Code != 404 && w.Code != 403 && w.Code != 405 {
					t.Errorf("%s %s%s as %s: %d", r.Method, path, query, role, w.Code)
				}
			}
		}
	}
	if after, list := secrets(t, b); !reflect.DeepEqual(before, after) || !reflect.DeepEqual(alarms, list) {
		t.Errorf("the site of others was changed: %+v, %+v", after, list)
	}
	for _, role := range []appliance.Role{people.Reader, people.Dispatcher} {
		if w := b.get(role, "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "Ours") {
			t.Errorf("%s is no longer signed in: what was asked says nothing", role)
		}
	}
	t.Logf("%d requests", asked)
	// The walk sees what there is to see: an administrator finds it at these addresses.
	for _, path := range []string{"/", "/fleet.csv", "/search?q=Geheim", "/together", "/sites/s-secret", "/sites/s-secret/logbook", "/sites/s-secret/month/2026-11", "/offers/1", "/settings/groups", "/settings/tokens"} {
		if w := b.get(people.Administrator, path); !strings.Contains(w.Body.String(), "Geheim") {
			t.Errorf("%s does not tell an administrator either", path)
		}
	}
}

// TestAlarmsFollowTheirSite: a site goes to another customer, and so do its alarms.
func TestAlarmsFollowTheirSite(t *testing.T) {
	b := newBench(t, nil)
	b.people()
	secretSite(t, b)
	sees := func(role appliance.Role, want bool) {
		t.Helper()
		if got := strings.Contains(b.get(role, "/").Body.String(), "/alarms/silent/s-secret/acknowledge"); got != want {
			t.Errorf("the %s sees the alarm: %t", role, got)
		}
	}
	u, err := b.Gate.Users.Find("dispatcher")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Server.People.PutExtra(t.Context(), u.ID, people.Extra{Groups: []appliance.ID{1}}, 0); err != nil {
		t.Fatal(err)
	}
	sees(people.Dispatcher, true)
	row, err := b.Store.Site(t.Context(), "s-secret")
	if err != nil {
		t.Fatal(err)
	}
	if w := b.post(people.Administrator, "/sites/s-secret/edit", url.Values{"name": {"Moved"}, "group": {"2"}, "version": {strconv.FormatUint(row.Site.Version, 10)}}); w.Code != 303 {
		t.Fatal(w.Code)
	}
	sees(people.Dispatcher, false)
	sees(people.Administrator, true)
}

// secrets is what is kept of the site and of its alarms.
func secrets(t *testing.T, b *bench) (string, []central.Alarm) {
	t.Helper()
	row, err := b.Store.Site(t.Context(), "s-secret")
	if err != nil {
		t.Fatal(err)
	}
	codes, err := b.Server.Enrol.Codes(t.Context(), "s-secret")
	if err != nil {
		t.Fatal(err)
	}
	book, _, err := central.Logbooks.Find(t.Context(), b.Store, "s-secret")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal([]any{row, codes, book})
	if err != nil {
		t.Fatal(err)
	}
	list, err := central.Alarms.List(t.Context(), b.Store, central.RecordRange{Prefix: "silent/"})
	if err != nil {
		t.Fatal(err)
	}
	return string(text), list
}
