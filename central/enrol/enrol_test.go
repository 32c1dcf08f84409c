package enrol

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"siteward/appliance"
	wire "siteward/appliance/enrol"
	"siteward/appliance/offer"
	"siteward/central"
	"siteward/central/store/badger"
)

type place struct {
	*Enrolment
	store central.Store
	url   string
	now   time.Time
}

func newPlace(t *testing.T, sites ...string) *place {
	t.Helper()
	p := &place{now: time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)}
	s, err := badger.Open(t.TempDir(), badger.Options{Now: func() time.Time { return p.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p.store = s
	for _, id := range sites {
		if err := s.PutSite(t.Context(), &central.Site{ID: central.SiteID(id), Name: "Site " + id}); err != nil {
			t.Fatal(err)
		}
	}
	if p.Enrolment, err = Open(t.Context(), s, Options{Name: "Provider", Now: func() time.Time { return p.now }}); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(p.Handler(nil))
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

func (p *place) client() wire.Client { return wire.Client{HTTP: http.DefaultClient, URL: p.url} }

func (p *place) code(t *testing.T, site string) string {
	t.Helper()
	code, _, err := p.NewCode(t.Context(), central.SiteID(site), "anna", 0)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (p *place) good(t *testing.T, site string) []ed25519.PublicKey {
	t.Helper()
	row, err := p.store.Site(t.Context(), central.SiteID(site))
	if err != nil {
		t.Fatal(err)
	}
	return row.Site.GoodKeys(p.now)
}

func TestACodeIsGoodOnceForOneKey(t *testing.T) {
	p := newPlace(t, "site-a", "site-b")
	id, err := p.client().Identity(t.Context())
	if err != nil || id.Name != "Provider" || wire.Fingerprint(id.Key) != p.Fingerprint() {
		t.Fatalf("%+v %v", id, err)
	}
	key, code := newKey(t), p.code(t, "site-a")
	for range 2 { // the answer may be lost
		got, err := p.client().Enrol(t.Context(), id.Key, key, wire.Request{Code: code, Outbox: "o"})
		if err != nil || got.Site != "site-a" || got.Name != "Site site-a" {
			t.Fatalf("%+v %v", got, err)
		}
	}
	if n := len(p.good(t, "site-a")); n != 1 {
		t.Errorf("%d keys", n)
	}
	if _, err := p.client().Enrol(t.Context(), id.Key, newKey(t), wire.Request{Code: code}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a used code with another key: %v", err)
	}
	old := p.code(t, "site-b")
	p.now = p.now.Add(CodeLife)
	if _, err := p.client().Enrol(t.Context(), id.Key, newKey(t), wire.Request{Code: old}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("an expired code: %v", err)
	}
	// A new code for the same place takes the old key away.
	again := newKey(t)
	if _, err := p.client().Enrol(t.Context(), id.Key, again, wire.Request{Code: p.code(t, "site-a")}); err != nil {
		t.Fatal(err)
	}
	if keys := p.good(t, "site-a"); len(keys) != 1 || !keys[0].Equal(again.Public()) {
		t.Errorf("keys after connecting anew: %v", keys)
	}
	if err := p.client().Leave(t.Context(), "site-a", "x", key); appliance.CodeOf(err) != appliance.CodeForbidden {
		t.Errorf("the old key is still believed: %v", err)
	}
}

func TestGuessingIsThrottledAndForgedRequestsAreRefused(t *testing.T) {
	p := newPlace(t, "site-a")
	key := newKey(t)
	other := newKey(t).Public().(ed25519.PublicKey)
	if _, err := p.client().Enrol(t.Context(), other, key, wire.Request{Code: p.code(t, "site-a")}); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a request that confirmed another central: %v", err)
	}
	// A key that somebody else has: the signature does not fit.
	s, err := wire.Seal(key, wire.PurposeEnrol, wire.Request{Code: p.code(t, "site-a"), Key: other, Central: p.public()})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := p.takeRequest(w, httptest.NewRequest(http.MethodPost, wire.Path, nil), s); !errors.Is(err, errSignature) {
		t.Errorf("forged: %v", err)
	}
	// What was signed for one purpose is nothing for another.
	s, _ = wire.Seal(key, wire.PurposeLeave, wire.Request{Code: p.code(t, "site-a"), Key: key.Public().(ed25519.PublicKey), Central: p.public()})
	if err := p.takeRequest(w, httptest.NewRequest(http.MethodPost, wire.Path, nil), s); !errors.Is(err, errSignature) {
		t.Errorf("for another purpose: %v", err)
	}
	for range maxAttempts {
		_, err = p.client().Enrol(t.Context(), p.public(), key, wire.Request{Code: "00000-00000-00000-00000"})
	}
	if appliance.CodeOf(err) != appliance.CodeTooMany {
		t.Errorf("guesses are not counted: %v", err)
	}
	p.now = p.now.Add(attemptsOver)
	if _, err := p.client().Enrol(t.Context(), p.public(), key, wire.Request{Code: p.code(t, "site-a")}); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestKeysRotateLeaveAndAreRevoked(t *testing.T) {
	p := newPlace(t, "site-a")
	first, second := newKey(t), newKey(t)
	if _, err := p.client().Enrol(t.Context(), p.public(), first, wire.Request{Code: p.code(t, "site-a")}); err != nil {
		t.Fatal(err)
	}
	if err := p.client().Rotate(t.Context(), "site-a", newKey(t), second); appliance.CodeOf(err) != appliance.CodeForbidden {
		t.Errorf("a stranger rotates: %v", err)
	}
	for range 2 {
		if err := p.client().Rotate(t.Context(), "site-a", first, second); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.good(t, "site-a")); n != 2 {
		t.Errorf("%d keys while the old one overlaps", n)
	}
	p.now = p.now.Add(Overlap)
	if keys := p.good(t, "site-a"); len(keys) != 1 || !keys[0].Equal(second.Public()) {
		t.Errorf("after the overlap: %v", keys)
	}
	if err := p.Revoke(t.Context(), "site-a", "anna", "stolen"); err != nil {
		t.Fatal(err)
	}
	_, err := p.client().Offers(t.Context(), "site-a", nil, second)
	if e := err; appliance.CodeOf(e) != appliance.CodeForbidden {
		t.Errorf("a revoked key: %v", err)
	}
	third := newKey(t)
	if _, err := p.client().Enrol(t.Context(), p.public(), third, wire.Request{Code: p.code(t, "site-a")}); err != nil {
		t.Fatal(err)
	}
	if err := p.client().Leave(t.Context(), "site-a", "moved", third); err != nil {
		t.Fatal(err)
	}
	row, err := p.store.Site(t.Context(), "site-a")
	if err != nil || row.Site.Paused == "" || len(p.good(t, "site-a")) != 0 {
		t.Errorf("after it left: %+v %v", row.Site, err)
	}
}

func TestOffersGoOutInRings(t *testing.T) {
	p := newPlace(t, "site-a")
	key := newKey(t)
	if _, err := p.client().Enrol(t.Context(), p.public(), key, wire.Request{Code: p.code(t, "site-a")}); err != nil {
		t.Fatal(err)
	}
	kept, err := p.Offer(t.Context(), "anna", offer.Offer{Kind: offer.KindFormat, Name: "robocopy", Body: []byte("name: robocopy\n")})
	if err != nil {
		t.Fatal(err)
	}
	for ring, want := range map[string]int{"": 0, "test": 0, "early": 0, "all": 1} {
		if err := p.Reach(t.Context(), kept.N, ring, false); err != nil {
			t.Fatal(err)
		}
		list, err := p.client().Offers(t.Context(), "site-a", nil, key)
		if err != nil || len(list) != want {
			t.Errorf("ring %q: %d offers, %v", ring, len(list), err)
		}
		if want == 1 {
			o, err := offer.Open(p.public(), list[0])
			if err != nil || o.Name != "robocopy" {
				t.Errorf("%+v %v", o, err)
			}
		}
	}
	if list, err := p.client().Offers(t.Context(), "site-a", []uint64{kept.N}, key); err != nil || len(list) != 0 {
		t.Errorf("what it has already: %d, %v", len(list), err)
	}
	if _, err := p.Offer(t.Context(), "anna", offer.Offer{Kind: "command", Name: "x", Body: []byte("rm")}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a kind that nobody knows: %v", err)
	}
}
