package daemon_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/daemon"
	wire "siteward/appliance/enrol"
	"siteward/central"
	"siteward/central/enrol"
	"siteward/central/store/badger"
)

// place is a provider's central system on a socket.
type place struct {
	*enrol.Enrolment
	store central.Store
	url   string
}

func newPlace(t *testing.T, name string) *place {
	t.Helper()
	s, err := badger.Open(t.TempDir(), badger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.PutSite(t.Context(), &central.Site{ID: "site-one", Name: "Muster"}); err != nil {
		t.Fatal(err)
	}
	e, err := enrol.Open(t.Context(), s, enrol.Options{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(e.Handler(nil))
	t.Cleanup(srv.Close)
	return &place{Enrolment: e, store: s, url: srv.URL}
}

func (p *place) code(t *testing.T) string {
	t.Helper()
	code, _, err := p.NewCode(t.Context(), "site-one", "anna", 0)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (p *place) keys(t *testing.T) int {
	t.Helper()
	row, err := p.store.Site(t.Context(), "site-one")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, k := range row.Site.Keys {
		if k.Revoked.IsZero() {
			n++
		}
	}
	return n
}

func openDaemon(t *testing.T) *daemon.Daemon {
	t.Helper()
	d, err := daemon.Open(t.Context(), daemon.Options{Data: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

var admin = appliance.Actor{Name: "anna", Role: appliance.RoleAdministrator, Via: "web"}

func TestASiteConnectsRotatesMovesAndLeaves(t *testing.T) {
	first, second := newPlace(t, "Weber IT"), newPlace(t, "Other IT")
	d := openDaemon(t)
	ctx := t.Context()
	ask := appliance.ConnectRequest{URL: first.url, Code: first.code(t), Fingerprint: second.Fingerprint()}
	if _, err := d.Connect(ctx, admin, ask); appliance.CodeOf(err) != appliance.CodeInvalid || first.keys(t) != 0 {
		t.Fatalf("another fingerprint than the one confirmed: %v", err)
	}
	ask.Fingerprint = strings.ToUpper(strings.ReplaceAll(first.Fingerprint(), " ", "-"))
	e, err := d.Connect(ctx, admin, ask)
	if err != nil || e.Site != "site-one" || e.Provider != "Weber IT" {
		t.Fatalf("%+v %v", e, err)
	}
	if err := d.RotateKey(ctx, admin); err != nil {
		t.Fatal(err)
	}
	after, err := d.Provider(ctx)
	if err != nil || string(after.Key) == string(e.Key) || after.Outbox != e.Outbox {
		t.Errorf("after a rotation: %+v %v", after, err)
	}
	moved, err := d.Connect(ctx, admin, appliance.ConnectRequest{URL: second.url, Code: second.code(t), Fingerprint: second.Fingerprint()})
	if err != nil || moved.Outbox == e.Outbox {
		t.Fatalf("%+v %v", moved, err)
	}
	row, err := first.store.Site(ctx, "site-one")
	if err != nil || row.Site.Paused == "" || len(row.Site.GoodKeys(d.Now())) != 0 {
		t.Errorf("the provider before was not told: %+v %v", row.Site, err)
	}
	if err := d.Disconnect(ctx, admin, ""); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.Disconnect(ctx, admin, "contract over"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Provider(ctx); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("still connected: %v", err)
	}
	all, err := d.Enrolments(ctx)
	if err != nil || len(all) != 2 || !all[0].Told || !all[1].Told {
		t.Errorf("%+v %v", all, err)
	}
	entries, err := d.LogbookEntries(ctx, appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookChange}})
	if err != nil || len(entries) != 5 {
		t.Errorf("%d entries of the logbook, %v", len(entries), err)
	}
	events, err := d.Events(ctx, appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}})
	if err != nil || len(events) != 5 || events[0].By != "anna" {
		t.Errorf("%d lines of the journal, %v", len(events), err)
	}
}

// TestASiteMovesToAnotherPlaceAtItsProvider: the place before is left as at any other provider, and can be taken up again.
func TestASiteMovesToAnotherPlaceAtItsProvider(t *testing.T) {
	p, d, ctx := newPlace(t, "Weber IT"), openDaemon(t), t.Context()
	must(t, p.store.PutSite(ctx, &central.Site{ID: "site-two", Name: "Muster Nord"}))
	connect := func(site central.SiteID) {
		t.Helper()
		code, _, err := p.NewCode(ctx, site, "anna", 0)
		must(t, err)
		if _, err := d.Connect(ctx, admin, appliance.ConnectRequest{URL: p.url, Code: code, Fingerprint: p.Fingerprint()}); err != nil {
			t.Fatal(err)
		}
	}
	paused := func(site central.SiteID) string {
		t.Helper()
		row, err := p.store.Site(ctx, site)
		must(t, err)
		return row.Site.Paused
	}
	connect("site-one")
	connect("site-one")
	if why := paused("site-one"); why != "" {
		t.Errorf("connected anew to the same place, it has left: %q", why)
	}
	connect("site-two")
	if why := paused("site-one"); !strings.Contains(why, "Muster Nord") {
		t.Errorf("the place before says %q", why)
	}
	connect("site-one")
	if why, other := paused("site-one"), paused("site-two"); why != "" || !strings.Contains(other, "Muster") {
		t.Errorf("back at the first: %q and %q", why, other)
	}
}

func TestARestoredStoreIsAnotherMachineAndConnectsAnew(t *testing.T) {
	p := newPlace(t, "Weber IT")
	d := openDaemon(t)
	ask := appliance.ConnectRequest{URL: p.url, Code: p.code(t), Fingerprint: p.Fingerprint()}
	if _, err := d.Connect(t.Context(), admin, ask); err != nil {
		t.Fatal(err)
	}
	// A backup holds no private key.
	if err := os.Remove(filepath.Join(d.Data, "provider.key")); err != nil {
		t.Fatal(err)
	}
	if err := d.RotateKey(t.Context(), admin); appliance.CodeOf(err) != appliance.CodeUnavailable {
		t.Errorf("without the key: %v", err)
	}
	ask.Code = p.code(t)
	if _, err := d.Connect(t.Context(), admin, ask); err != nil || p.keys(t) != 1 {
		t.Errorf("%v, %d good keys", err, p.keys(t))
	}
	info, err := os.Stat(filepath.Join(d.Data, "provider.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestAHostileCentralLearnsAndGetsNothing(t *testing.T) {
	p := newPlace(t, "Weber IT")
	d := openDaemon(t)
	for name, url := range map[string]string{"plain http": "http://central.example.org", "a user": "https://a:b@central.example.org", "nonsense": "://", "a query": "https://x/?a=b"} {
		if _, err := d.LookAtProvider(t.Context(), admin, url); appliance.CodeOf(err) != appliance.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Connect(t.Context(), admin, appliance.ConnectRequest{URL: p.url, Code: "short", Fingerprint: p.Fingerprint()}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a short code: %v", err)
	}
	if !wire.SameFingerprint([]byte("x"), wire.Fingerprint([]byte("x"))) || wire.SameFingerprint([]byte("x"), "") {
		t.Error("fingerprints are compared wrongly")
	}
}
