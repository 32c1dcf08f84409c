package daemon_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	wire "siteward/appliance/enrol"
	"siteward/appliance/message"
	"siteward/appliance/offer"
)

// TestWhatCentralMaySayHoldsNoCommand holds every field of everything that central says to a site. A new one has to be entered here by
// somebody who has asked what it could make a site do.
func TestWhatCentralMaySayHoldsNoCommand(t *testing.T) {
	for _, c := range []struct {
		v      any
		fields string
	}{
		{message.Answer{}, "Acknowledged Cosigned Offers Outbox Received"},
		{message.Problem{}, "After Code Detail Expected Outbox Status Title Type"},
		{wire.Identity{}, "Key Name Nonce"},
		{wire.Enrolled{}, "Key Name Nonce Site"},
		{wire.Problem{}, "Code Status Title Type"},
		{wire.Sealed{}, "Payload Signature"},
		{offer.Offer{}, "Body Kind Made N Name Notes"},
	} {
		var got []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(c.v)) {
			got = append(got, f.Name)
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != c.fields {
			t.Errorf("%T has the fields %q, known are %q", c.v, s, c.fields)
		}
	}
}

// hostile is a central with the confirmed key that answers whatever it likes.
type hostile struct {
	mu  sync.Mutex
	key ed25519.PrivateKey
	rnd *rand.Rand
}

func (h *hostile) bytes() []byte {
	b := make([]byte, h.rnd.IntN(400))
	for i := range b {
		b[i] = byte(h.rnd.Uint32())
	}
	return b
}

func (h *hostile) offer() any {
	kinds := []offer.Kind{offer.KindProfile, offer.KindFormat, offer.KindSettings, offer.KindRelease, "command", "shell", ""}
	bodies := []string{"siteward: 1\ndevices:\n  - name: evil\n    kind: server\n    address: 192.0.2.9\n", "version: 1\nusers: []\n", "format: borg\n", "profile: evil\n", `{"run":"rm -rf /"}`, string(h.bytes())}
	o := offer.Offer{N: uint64(h.rnd.IntN(50)), Kind: kinds[h.rnd.IntN(len(kinds))], Name: []string{"evil", "borg", "../../etc/passwd", "siteward", ""}[h.rnd.IntN(5)],
		Notes: string(h.bytes()), Made: time.Unix(h.rnd.Int64N(1<<33), 0), Body: []byte(bodies[h.rnd.IntN(len(bodies))])}
	if h.rnd.IntN(4) == 0 {
		return map[string]any{"command": "reboot", "payload": h.bytes()}
	}
	s, err := wire.Seal(h.key, []wire.Purpose{wire.PurposeOffer, wire.PurposeOffer, wire.PurposeEnrolled}[h.rnd.IntN(3)], o)
	if err != nil {
		return nil
	}
	if h.rnd.IntN(8) == 0 {
		s.Signature = h.bytes()
	}
	return s
}

// answer makes an answer to anything: offers, nonsense, refusals, cut JSON.
func (h *hostile) answer(w http.ResponseWriter) {
	status := []int{200, 200, 200, 200, 204, 301, 401, 409, 429, 500}[h.rnd.IntN(10)]
	var out []byte
	switch h.rnd.IntN(4) {
	case 0:
		out = h.bytes()
	case 1:
		out, _ = json.Marshal(map[string]any{"code": []string{"key_revoked", "unknown_code", "run", "configure"}[h.rnd.IntN(4)], "set": map[string]string{"site": "evil"}, "status": status})
	default:
		list := []any{}
		for range h.rnd.IntN(9) {
			list = append(list, h.offer())
		}
		out, _ = json.Marshal(list)
		if h.rnd.IntN(6) == 0 {
			out = out[:len(out)/2]
		}
	}
	w.Header().Set("Location", "http://127.0.0.1:1/")
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

// configured is everything that people at the site have set, as bytes.
func configured(t *testing.T, d *daemon.Daemon) []byte {
	t.Helper()
	ctx := t.Context()
	var b bytes.Buffer
	put := func(v any, err error) {
		if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
			t.Fatal(err)
		}
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	file, err := d.Ops().Export(ctx)
	put(string(file), err)
	for _, ask := range []func() (any, error){
		func() (any, error) { return d.Devices(ctx) }, func() (any, error) { return d.Checks(ctx) }, func() (any, error) { return d.Credentials(ctx) },
		func() (any, error) { return d.Users(ctx) }, func() (any, error) { return d.Tokens(ctx) }, func() (any, error) { return d.LogFormats(ctx) },
		func() (any, error) { return d.Contacts(ctx) }, func() (any, error) { return d.Routes(ctx) }, func() (any, error) { return d.Sources(ctx) },
		func() (any, error) { return d.Windows(ctx) }, func() (any, error) { return d.OfferPolicy(ctx) }, func() (any, error) { return d.UplinkPolicy(ctx) },
		func() (any, error) { return d.Provider(ctx) }, func() (any, error) { return d.Site(ctx) },
	} {
		put(ask())
	}
	return b.Bytes()
}

func TestAHostileCentralChangesNothing(t *testing.T) {
	home := newPlace(t, "Weber IT")
	d := openDaemon(t)
	ctx := t.Context()
	h := &hostile{key: home.Key(), rnd: rand.New(rand.NewPCG(6, 2026))} //nolint:gosec // no secret
	good := home.Handler(nil)
	evil := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if !evil {
			good.ServeHTTP(w, r)
			return
		}
		h.answer(w)
	}))
	t.Cleanup(srv.Close)
	if _, err := d.Connect(ctx, admin, appliance.ConnectRequest{URL: srv.URL, Code: home.code(t), Fingerprint: home.Fingerprint()}); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	evil = true
	h.mu.Unlock()
	before := configured(t, d)
	held := 0
	for i := range 300 {
		n, _ := d.FetchOffers(ctx)
		held += n
		if i%10 == 0 {
			_, _ = d.LookAtProvider(ctx, admin, srv.URL)
			_, _ = d.Connect(ctx, admin, appliance.ConnectRequest{URL: srv.URL, Code: home.code(t), Fingerprint: home.Fingerprint()})
		}
	}
	if after := configured(t, d); !bytes.Equal(before, after) {
		t.Errorf("what people have set became\n%.3000s\nfrom\n%.3000s", after, before)
	}
	all, err := d.Offers(ctx)
	if err != nil {
		t.Fatal(err)
	}
	states := map[appliance.OfferState]int{}
	for _, o := range all {
		states[o.State]++
	}
	if held == 0 || states[appliance.OfferAccepted] > 0 {
		t.Errorf("%d came, of them %v", held, states)
	}
	t.Logf("%d offers came in 300 answers: %v", held, states)
}
