package api

import (
	"context"
	"strings"
	"testing"

	"siteward/appliance"
)

func (f *fake) Enrolments(context.Context) ([]appliance.Enrolment, error) {
	e := appliance.Enrolment{ID: 2, Provider: hostile, URL: "https://central.example.org", Site: "s-1", State: appliance.EnrolmentActive, Since: start, Central: make([]byte, 32), Key: []byte("key")}
	if !f.onDevice {
		e.State, e.Ended, e.Why = appliance.EnrolmentLeft, start, "moved"
	}
	return []appliance.Enrolment{e}, f.broken
}

func (f *fake) LookAtProvider(_ context.Context, by appliance.Actor, url string) (appliance.ProviderIdentity, error) {
	f.by = append(f.by, by)
	if !strings.HasPrefix(url, "https://") {
		return appliance.ProviderIdentity{}, appliance.Invalid("url", "provider.error.url", "write the address with https://", nil)
	}
	return appliance.ProviderIdentity{URL: url, Name: "Weber IT", Fingerprint: "AAAA BBBB"}, f.broken
}

func (f *fake) Connect(_ context.Context, by appliance.Actor, r appliance.ConnectRequest) (appliance.Enrolment, error) {
	f.by = append(f.by, by)
	if r.Fingerprint != "AAAA BBBB" {
		return appliance.Enrolment{}, appliance.Invalid("fingerprint", "provider.error.fingerprint", "another key answers there", nil)
	}
	f.onDevice = true
	return appliance.Enrolment{}, f.broken
}

func (f *fake) RotateKey(_ context.Context, by appliance.Actor) error {
	f.by = append(f.by, by)
	return f.broken
}

func (f *fake) Disconnect(_ context.Context, by appliance.Actor, reason string) error {
	f.by = append(f.by, by)
	if reason == "" {
		return appliance.Invalid("reason", "provider.error.reason", "say why", nil)
	}
	f.onDevice = false
	return f.broken
}

func (f *fake) Offers(context.Context) ([]appliance.ProviderOffer, error) {
	o := appliance.ProviderOffer{ID: 4, N: 7, Kind: "profile", Name: "switch", Notes: hostile, Body: []byte("profile: switch\n"), State: appliance.OfferHeld}
	if f.offer != "" {
		o.State = f.offer
	}
	return []appliance.ProviderOffer{o}, f.broken
}

func (f *fake) OfferChanges(context.Context, appliance.ID) ([]string, error) {
	return []string{"+ profile: switch"}, f.broken
}

func (f *fake) decide(by appliance.Actor, id appliance.ID, to appliance.OfferState) error {
	f.by = append(f.by, by)
	if id != 4 {
		return appliance.ErrNotFound
	}
	f.offer = to
	return f.broken
}

func (f *fake) AcceptOffer(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return f.decide(by, id, appliance.OfferAccepted)
}

func (f *fake) UndoOffer(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return f.decide(by, id, appliance.OfferUndone)
}

func (f *fake) RefuseOffer(_ context.Context, by appliance.Actor, id appliance.ID, reason string) error {
	if reason == "" {
		return appliance.Invalid("reason", "offer.error.reason", "say why", nil)
	}
	return f.decide(by, id, appliance.OfferRefused)
}

func (f *fake) FetchOffers(context.Context) (int, error) { return 0, f.broken }

func (f *fake) OfferPolicy(context.Context) (appliance.OfferPolicy, error) {
	return appliance.OfferPolicy{Automatic: []string{"profile"}}, f.broken
}

func (f *fake) SaveOfferPolicy(_ context.Context, by appliance.Actor, _ appliance.OfferPolicy) error {
	f.by = append(f.by, by)
	return f.broken
}

func TestTheConnectionByMachine(t *testing.T) {
	b := newBench(t)
	admin := []string{"Authorization", "Bearer " + b.tokens[appliance.RoleAdministrator]}
	if p := decode[Provider](t, b.send("GET", "/api/v1/provider", "", admin...), 200); p.Connected || p.Enrolments[0].Why != "moved" || len(p.Enrolments[0].Fingerprint) < 32 {
		t.Errorf("%+v", p)
	}
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{"look", `{"url":"nonsense"}`, 422},
		{"look", `{"url":"https://central.example.org"}`, 200},
		{"connect", `{"url":"https://central.example.org","code":"ABCDE"}`, 422},
		{"connect", `{"url":"https://central.example.org","code":"ABCDE","fingerprint":"AAAA BBBB"}`, 200},
		{"rotate", "", 200},
		{"disconnect", `{}`, 422},
		{"disconnect", `{"reason":"another provider"}`, 200},
	} {
		if w := b.send("POST", "/api/v1/provider/"+c.path, c.body, admin...); w.Code != c.want {
			t.Errorf("%s %s: %d %s", c.path, c.body, w.Code, w.Body)
		}
		if w := b.send("POST", "/api/v1/provider/"+c.path, c.body); w.Code != 403 {
			t.Errorf("a technician does %s: %d", c.path, w.Code)
		}
	}
	for _, by := range b.app.by {
		if by.Via != "api" || by.Role != appliance.RoleAdministrator {
			t.Errorf("done by %+v", by)
		}
	}
}

func TestOffersByMachine(t *testing.T) {
	b := newBench(t)
	admin := []string{"Authorization", "Bearer " + b.tokens[appliance.RoleAdministrator]}
	w := b.send("GET", "/api/v1/offers", "", admin...)
	if l := decode[OfferList](t, w, 200); len(l.Items) != 1 || l.Items[0].File != "" || l.Automatic[0] != "profile" || strings.Contains(w.Body.String(), "<script") {
		t.Errorf("%s", w.Body)
	}
	if o := decode[Offer](t, b.send("GET", "/api/v1/offers/4", "", admin...), 200); o.File != "profile: switch\n" || o.Changes[0] != "+ profile: switch" {
		t.Errorf("%+v", o)
	}
	for body, want := range map[string]string{`{"do":"accept"}`: "accepted", `{"do":"undo"}`: "undone", `{"do":"decline","reason":"not now"}`: "refused"} {
		if o := decode[Offer](t, b.send("POST", "/api/v1/offers/4", body, admin...), 200); o.State != want {
			t.Errorf("%s: %s", body, o.State)
		}
	}
	for path, c := range map[string]struct {
		body string
		want int
	}{"/offers/4": {`{"do":"decline"}`, 422}, "/offers/9": {`{"do":"accept"}`, 404}, "/offers/5": {`{"do":"run"}`, 422}, "/offers/fetch": {"", 200}} {
		if w := b.send("POST", "/api/v1"+path, c.body, admin...); w.Code != c.want {
			t.Errorf("%s %s: %d %s", path, c.body, w.Code, w.Body)
		}
		if w := b.send("POST", "/api/v1"+path, c.body); w.Code != 403 {
			t.Errorf("a technician decides: %s %d", path, w.Code)
		}
	}
	if w := b.send("PUT", "/api/v1/offers/policy", `{"automatic":["profile"]}`, admin...); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
