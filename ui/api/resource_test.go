package api

import (
	"slices"
	"strings"
	"testing"

	"siteward/appliance"
)

func TestDevices(t *testing.T) {
	b := newBench(t)
	for query, want := range map[string]string{
		"":                        hostile + "|sw-core|UPS",
		"?sort=-name":             "UPS|sw-core|" + hostile,
		"?sort=-state&limit=1":    "sw-core",
		"?limit=1&offset=1":       "sw-core",
		"?offset=99":              "",
		"?kind=ups":               "UPS",
		"?place=CELLAR":           "sw-core|UPS",
		"?q=192.0.2.2":            hostile,
		"?state=critical":         "sw-core",
		"?kind=ups&place=nowhere": "",
	} {
		p := decode[Page[Device]](t, b.send("GET", "/api/v1/devices"+query, ""), 200)
		var names []string
		for _, d := range p.Items {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, "|"); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// Names come from devices and people: they must not become markup, wherever the answer is put.
func TestHostileNamesAreEscaped(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/api/v1/devices", "/api/v1/devices/2", "/api/v1/states", "/api/v1/checks/4/reading", "/api/v1/series?check=4",
		"/api/v1/samples?check=4", "/api/v1/devices?sort=%3Cscript%3E", "/api/v1/%3Cscript%3E", "/api/v1/events?kind=%3Cscript%3E"} {
		w := b.send("GET", path, "")
		if strings.Contains(w.Body.String(), "<script") || w.Header().Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(w.Header().Get("Content-Type"), "application/") {
			t.Errorf("%s: %s %s", path, w.Header(), w.Body)
		}
	}
	if d := decode[Device](t, b.send("GET", "/api/v1/devices/2", ""), 200); d.Name != hostile {
		t.Errorf("the name comes back as %q", d.Name)
	}
}

func TestDeviceLife(t *testing.T) {
	b := newBench(t)
	w := b.send("POST", "/api/v1/devices", `{"name":"nas-1","kind":"nas","address":"nas.lan","parents":[1],"ports":{"eth0":"uplink"}}`)
	d := decode[Device](t, w, 201)
	if w.Header().Get("Location") != "/api/v1/devices/"+d.ID.String() || w.Header().Get("ETag") != `"1"` || d.Ports["eth0"] != appliance.PortUplink {
		t.Errorf("%v %+v", w.Header(), d)
	}
	path := w.Header().Get("Location")
	change := `{"name":"nas-2","kind":"nas","address":"nas.lan"`
	for _, c := range []struct {
		name, body string
		header     []string
		status     int
	}{
		{"without a version", change + "}", nil, 428},
		{"of another version", change + "}", []string{"If-Match", `"7"`}, 412},
		{"of another version in the body", change + `,"version":7}`, nil, 412},
		{"of this version", change + "}", []string{"If-Match", `"1"`}, 200},
		{"sent again", change + "}", []string{"If-Match", `"1"`}, 412},
		{"of this version in the body", change + `,"version":2}`, nil, 200},
		{"of any version", change + "}", []string{"If-Match", "*"}, 200},
	} {
		if w := b.send("PUT", path, c.body, c.header...); w.Code != c.status {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
	}
	d = decode[Device](t, b.send("GET", path, ""), 200)
	if d.Name != "nas-2" || len(d.Parents) != 0 || len(d.Ports) != 0 || d.Version != 4 {
		t.Errorf("a PUT replaces all: %+v", d)
	}
	if w := b.send("POST", path+"/pause", `{"reason":"move"}`); decode[Device](t, w, 200).Paused.By != "token test technician" {
		t.Errorf("%s", w.Body)
	}
	if w := b.send("DELETE", path+"/pause", ""); decode[Device](t, w, 200).Paused != nil {
		t.Errorf("%s", w.Body)
	}
	if w := b.send("DELETE", path, "", "If-Match", `"1"`); w.Code != 412 {
		t.Errorf("delete another version: %d", w.Code)
	}
	if w := b.send("DELETE", path, ""); w.Code != 204 {
		t.Errorf("delete: %d %s", w.Code, w.Body)
	}
	if w := b.send("GET", path, ""); w.Code != 404 {
		t.Errorf("after delete: %d", w.Code)
	}
	for _, by := range b.app.by {
		if by.Name != "token test technician" || by.Via != "api" || by.Address != "192.0.2.1" || by.Role != appliance.RoleTechnician {
			t.Errorf("done by %+v", by)
		}
	}
}

func TestCheckLife(t *testing.T) {
	b := newBench(t)
	w := b.send("POST", "/api/v1/checks", `{"device":1,"name":"web","probe":"http","interval":"5m","timeout":"10s","http":{"url":"https://192.0.2.1/"},
		"limits":[{"metric":"http.certificate_days","below":true,"warning":21,"critical":7}]}`)
	c := decode[Check](t, w, 201)
	if c.Interval.String() != "5m" || c.HTTP == nil || *c.Limits[0].Warning != 21 || c.Limits[0].Hysteresis != 0 {
		t.Errorf("%s", w.Body)
	}
	path := w.Header().Get("Location")
	body := `{"device":1,"name":"web2","probe":"ping","interval":"1m","timeout":"5s","version":1}`
	if c := decode[Check](t, b.send("PUT", path, body), 200); c.HTTP != nil || c.Name != "web2" || c.Version != 2 {
		t.Errorf("%+v", c)
	}
	if w := b.send("PUT", path, body); w.Code != 412 {
		t.Errorf("an old version: %d", w.Code)
	}
	r := decode[Reading](t, b.send("POST", path+"/run", ""), 200)
	if r.Seconds != 1.5 || *r.Values[0].Number != 8000 || r.Values[1].Number != nil || r.Statuses[0].Severity != "critical" {
		t.Errorf("%+v", r)
	}
	for _, m := range []string{"POST", "DELETE"} {
		if w := b.send(m, path+"/pause", `{"reason":"noise"}`); w.Code != 200 {
			t.Errorf("%s pause: %d %s", m, w.Code, w.Body)
		}
	}
	if p := decode[Page[Check]](t, b.send("GET", "/api/v1/checks?device=1&probe=ping", ""), 200); p.Total != 1 || p.Items[0].ID != c.ID {
		t.Errorf("%+v", p)
	}
	if w := b.send("DELETE", path, ""); w.Code != 204 {
		t.Errorf("delete: %d", w.Code)
	}
}

func TestStates(t *testing.T) {
	b := newBench(t)
	p := decode[Page[State]](t, b.send("GET", "/api/v1/states?problems=true", ""), 200)
	if p.Total != 1 || p.Items[0].DeviceName != "sw-core" || p.Items[0].State != "critical" || p.Items[0].Evidence.Number != nil {
		t.Errorf("%+v", p)
	}
	if p := decode[Page[State]](t, b.send("GET", "/api/v1/states", ""), 200); p.Total != 2 || p.Items[0].State != "critical" {
		t.Errorf("not worst first: %+v", p)
	}
	if w := b.send("POST", "/api/v1/states/4/if%2F10/ack", `{"reason":"cable is coming"}`); w.Code != 204 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	key := appliance.StateKey{Check: 4, Item: "if/10"}
	if b.app.acked[key] != "cable is coming" {
		t.Errorf("%v", b.app.acked)
	}
	if w := b.send("DELETE", "/api/v1/states/4/if%2F10/ack", ""); w.Code != 204 || len(b.app.acked) != 0 {
		t.Errorf("%d %v", w.Code, b.app.acked)
	}
}

func TestSamples(t *testing.T) {
	b := newBench(t)
	w := b.send("GET", "/api/v1/samples?check=4&metric=if.in&instance=10&points=3", "")
	if !strings.Contains(w.Body.String(), `"numbers":[1,null,2.5]`) || strings.Contains(w.Body.String(), `"min"`) {
		t.Errorf("%s", w.Body)
	}
	c := decode[map[string]any](t, w, 200)
	if c["from"] != "2026-11-19T08:41:00Z" || c["to"] != "2026-11-20T08:41:00Z" {
		t.Errorf("%v %v", c["from"], c["to"])
	}
	if p := decode[Page[Series]](t, b.send("GET", "/api/v1/series?check=4", ""), 200); p.Total != 3 || p.Items[0].Seconds != 60 {
		t.Errorf("%+v", p)
	}
	for range maxColumns {
		b.app.values = append(b.app.values, b.app.values[0])
	}
	if w := b.send("GET", "/api/v1/samples?check=4", ""); w.Code != 413 {
		t.Errorf("%d columns: %d", len(b.app.values), w.Code)
	}
}

func TestEventsHideTheAudit(t *testing.T) {
	b := newBench(t)
	as := func(role appliance.Role, query string) int {
		return b.send("GET", "/api/v1/events"+query, "", "Authorization", "Bearer "+b.tokens[role]).Code
	}
	if as(appliance.RoleViewer, "?kind=audit") != 403 || as(appliance.RoleViewer, "?kind=state,audit") != 403 {
		t.Error("a viewer gets the audit by name")
	}
	if as(appliance.RoleViewer, "") != 200 || len(b.app.asked.Kinds) == 0 || slices.Contains(b.app.asked.Kinds, appliance.EventAudit) {
		t.Errorf("a viewer asks for %v", b.app.asked.Kinds)
	}
	if as(appliance.RoleTechnician, "?before=9&device=1&limit=2") != 200 || b.app.asked.Kinds != nil || b.app.asked.Before != 9 || b.app.asked.Device != 1 {
		t.Errorf("a technician asks for %+v", b.app.asked)
	}
	e := decode[Events](t, b.send("GET", "/api/v1/events?limit=2", ""), 200)
	if e.Items[0].To != "critical" || e.Items[1].To != "" || e.Before != 1 {
		t.Errorf("%+v", e)
	}
}

func TestTokens(t *testing.T) {
	b := newBench(t)
	admin := []string{"Authorization", "Bearer " + b.tokens[appliance.RoleAdministrator]}
	made := decode[NewToken](t, b.send("POST", "/api/v1/tokens", `{"name":"grafana","role":"viewer","expires":"2027-11-20T00:00:00Z"}`, admin...), 201)
	if w := b.send("GET", "/api/v1/site", "", "Authorization", "Bearer "+made.Secret); decode[Site](t, w, 200).Name != "Bäckerei Lindner" {
		t.Errorf("%s", w.Body)
	}
	w := b.send("GET", "/api/v1/tokens", "", admin...)
	if strings.Contains(w.Body.String(), "hash") || strings.Contains(w.Body.String(), made.Secret) {
		t.Errorf("secrets in the list: %s", w.Body)
	}
	list := decode[Page[Token]](t, w, 200)
	if w := b.send("DELETE", "/api/v1/tokens/"+list.Items[0].ID.String(), "", admin...); list.Items[0].Name != "grafana" || w.Code != 204 {
		t.Errorf("%+v, %d", list.Items[0], w.Code)
	}
	if w := b.send("GET", "/api/v1/site", "", "Authorization", "Bearer "+made.Secret); w.Code != 401 {
		t.Errorf("a deleted token: %d", w.Code)
	}
	if w := b.send("POST", "/api/v1/tokens", `{"name":"x","role":"viewer","expires":"2020-01-01T00:00:00Z"}`, admin...); w.Code != 422 {
		t.Errorf("expired at birth: %d", w.Code)
	}
}
