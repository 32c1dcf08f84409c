package api

import (
	"context"
	"math"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/metric"
)

func (f *fake) Provider(context.Context) (appliance.Enrolment, error) {
	if !f.onDevice {
		return appliance.Enrolment{}, appliance.ErrNotFound
	}
	return appliance.Enrolment{ID: 1, Provider: hostile, URL: "https://central.example.org", Site: "s-1", Key: []byte("key")}, f.broken
}

func (f *fake) UplinkState(context.Context) (appliance.UplinkState, error) {
	return appliance.UplinkState{Last: 9, Acked: 7, Good: start}, f.broken
}

func (f *fake) UplinkPolicy(context.Context) (appliance.UplinkPolicy, error) {
	return appliance.UplinkPolicy{Off: []string{"ticket"}, Version: 3}, f.broken
}

func (f *fake) SaveUplinkPolicy(_ context.Context, by appliance.Actor, p appliance.UplinkPolicy) error {
	f.by = append(f.by, by)
	if p.Version != 3 {
		return appliance.Errorf(appliance.CodeConflict, "changed meanwhile")
	}
	return f.broken
}

func (f *fake) SentReports(_ context.Context, q appliance.SentFilter) ([]appliance.Sent, error) {
	if q.Failed {
		return nil, f.broken
	}
	if q.Kind == appliance.ConsumerSamples {
		return []appliance.Sent{{ID: 7, Kind: q.Kind, To: hostile, Samples: 2, Status: 204}, {ID: 4, Kind: q.Kind, Folded: 60, Samples: 120, Until: start}}, f.broken
	}
	return []appliance.Sent{{ID: 5, To: hostile, Events: 1, Status: 200}}, f.broken
}

func (f *fake) SentReport(_ context.Context, id appliance.ID) (appliance.Sent, error) {
	if id == 7 {
		body := metric.Pack(metric.Append(metric.Append(nil, metric.Labels(metric.Label{Name: "device", Value: hostile}), 1000, 0.5), nil, 2000, math.NaN()))
		return appliance.Sent{ID: 7, Kind: appliance.ConsumerSamples, Encoding: metric.ContentEncoding, Body: body, Samples: 2}, nil
	}
	if id != 5 {
		return appliance.Sent{}, appliance.ErrNotFound
	}
	e, err := message.New("s-1", &message.Stopping{Reason: hostile}, "", start)
	if err != nil {
		return appliance.Sent{}, err
	}
	e.ID, e.Sequence, e.Outbox = "o-1", 1, "o"
	body, err := message.Encode([]message.Event{e}, message.Gzip)
	return appliance.Sent{ID: 5, Encoding: message.Gzip, Body: body}, err
}

func (f *fake) Consumers(context.Context) ([]appliance.ConsumerView, error) {
	return []appliance.ConsumerView{{Consumer: appliance.Consumer{ID: 1, Name: "PSA"}}}, f.broken
}

func (f *fake) SaveConsumer(_ context.Context, _ appliance.Actor, r *appliance.Consumer) error {
	if r.Secret.Value == "" {
		return appliance.Invalid("secret", "consumer.error.secret", "no secret", nil)
	}
	return f.broken
}

func (f *fake) TestConsumer(_ context.Context, _ appliance.Actor, id appliance.ID) (appliance.ConsumerTest, error) {
	if id != 1 {
		return appliance.ConsumerTest{}, appliance.ErrNotFound
	}
	return appliance.ConsumerTest{Status: 401, Code: "denied", Why: hostile}, f.broken
}

func (f *fake) DeleteConsumer(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	if id != 1 {
		return appliance.ErrNotFound
	}
	return f.broken
}

func TestWhatWasSentIsReadByMachines(t *testing.T) {
	b := newBench(t)
	if u := decode[Uplink](t, b.send("GET", "/api/v1/uplink", ""), 200); u.Connected || u.State != nil || len(u.Kinds) == 0 {
		t.Errorf("%+v", u)
	}
	b.app.onDevice = true
	if u := decode[Uplink](t, b.send("GET", "/api/v1/uplink", ""), 200); !u.Connected || u.State.Acked != 7 || u.Policy.Leaves("ticket") || u.Provider != hostile {
		t.Errorf("%+v", u)
	}
	if l := decode[SentList](t, b.send("GET", "/api/v1/uplink/sent?limit=5&from=2026-11-01T00:00:00Z", ""), 200); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	if l := decode[SentList](t, b.send("GET", "/api/v1/uplink/sent?failed=true", ""), 200); l.Items == nil || len(l.Items) != 0 {
		t.Errorf("%+v", l)
	}
	w := b.send("GET", "/api/v1/uplink/sent/5", "")
	if one := decode[SentBody](t, w, 200); len(one.Events) != 1 || len(one.Body) == 0 || strings.Contains(w.Body.String(), "<script") {
		t.Errorf("%s", w.Body)
	}
	if l := decode[SentList](t, b.send("GET", "/api/v1/uplink/sent?kind=samples", ""), 200); len(l.Items) != 2 || l.Items[1].Folded != 60 {
		t.Errorf("%+v", l)
	}
	w = b.send("GET", "/api/v1/uplink/sent/7", "")
	if one := decode[SentBody](t, w, 200); len(one.Numbers) != 2 || *one.Numbers[0].Value != 0.5 || one.Numbers[0].Labels["device"] != hostile || one.Numbers[1].Value != nil || len(one.Events) != 0 || len(one.Body) == 0 {
		t.Errorf("%s", w.Body)
	}
	if w := b.send("GET", "/api/v1/uplink/sent?kind=x", ""); w.Code != 422 {
		t.Errorf("%d", w.Code)
	}
	if w := b.send("GET", "/api/v1/uplink/sent/6", ""); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
	admin := []string{"Authorization", "Bearer " + b.tokens[appliance.RoleAdministrator]}
	if w := b.send("PUT", "/api/v1/uplink/policy", `{"off":["ticket"],"version":3}`, admin...); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := b.send("PUT", "/api/v1/uplink/policy", `{"version":1}`, admin...); w.Code != 409 && w.Code != 412 {
		t.Errorf("over another's change: %d", w.Code)
	}
	for body, want := range map[string]int{`{"name":"PSA","url":"https://psa.example.org","site":"x","secret":"s"}`: 200, `{"name":"PSA","url":"https://psa.example.org","site":"x"}`: 422} {
		if w := b.send("POST", "/api/v1/uplink/consumers", body, admin...); w.Code != want {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	for path, want := range map[string]int{"/api/v1/uplink/consumers/1": 204, "/api/v1/uplink/consumers/2": 404} {
		if w := b.send("DELETE", path, "", admin...); w.Code != want {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
	if l := decode[ConsumerList](t, b.send("GET", "/api/v1/uplink/consumers", ""), 200); len(l.Items) != 1 {
		t.Errorf("%+v", l)
	}
	if w := b.send("PUT", "/api/v1/uplink/policy", `{"version":3}`); w.Code != 403 {
		t.Errorf("a technician decides what leaves: %d", w.Code)
	}
}
