package daemon_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
		{message.Answer{}, "Acknowledged Copy Cosigned Offers Outbox Received"},
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
		func() (any, error) { return d.BackupJobs(ctx) }, func() (any, error) { return d.Contract(ctx) }, func() (any, error) { return d.MailRelay(ctx) },
		func() (any, error) { return d.Receivers(ctx) }, func() (any, error) { return d.StatusLinks(ctx) }, func() (any, error) { return d.Tickets(ctx, appliance.TicketFilter{}) },
		func() (any, error) { return settings(d.Consumers(ctx)) },
	} {
		put(ask())
	}
	// What lies beside the store: keys, profiles, releases. The store itself writes what it likes.
	err = filepath.WalkDir(d.Data, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(d.Data, path)
		if err != nil || e.IsDir() {
			return err
		}
		if top, _, below := strings.Cut(name, string(filepath.Separator)); below && top != "profiles" && top != "releases" || !below && !strings.HasSuffix(name, ".key") {
			return nil
		}
		text, err := os.ReadFile(path)
		b.WriteString(name + " " + string(text) + "\n")
		return err
	})
	put(nil, err)
	return b.Bytes()
}

// settings leave out how far each consumer is.
func settings(list []appliance.ConsumerView, err error) ([]appliance.Consumer, error) {
	out := make([]appliance.Consumer, len(list))
	for i, v := range list {
		out[i] = v.Consumer
	}
	return out, err
}

// reported makes an answer to a report: numbers out of nowhere, names that nobody gave, commands between the fields, refusals that ask for
// anything but an end of the connection, which is the one thing that central may say.
func (h *hostile) reported(w http.ResponseWriter) {
	numbers := []uint64{0, 1, 2, 7, 1 << 40, 1<<64 - 1, h.rnd.Uint64()}
	outboxes := []string{"", "o", "../../etc/passwd", string(h.bytes())}
	n, outbox := numbers[h.rnd.IntN(len(numbers))], outboxes[h.rnd.IntN(len(outboxes))]
	var out []byte
	status := http.StatusOK
	switch h.rnd.IntN(5) {
	case 0:
		out, status = h.bytes(), []int{200, 204, 301, 500, 429}[h.rnd.IntN(5)]
	case 1:
		code := []message.Code{message.CodeGap, message.CodeBehind, message.CodeSchema, message.CodeTooLarge, message.CodeInvalid, message.CodeSlowDown, message.CodeUnknownSite, "configure", "run"}[h.rnd.IntN(9)]
		status = code.Status()
		w.Header().Set("Content-Type", message.ContentTypeProblem)
		out, _ = json.Marshal(map[string]any{"code": code, "status": status, "detail": string(h.bytes()), "expected": n, "outbox": outbox, "retry_after": h.rnd.IntN(1e9), "set": map[string]string{"site": "evil"}})
	default:
		list := []any{}
		for range h.rnd.IntN(4) {
			list = append(list, h.offer())
		}
		out, _ = json.Marshal(map[string]any{"acknowledged": n, "outbox": outbox, "received": time.Now(), "offers": list, "cosigned": string(h.bytes()), "command": "reboot", "policy": map[string]any{"off": []string{}, "texts": true}})
		if h.rnd.IntN(6) == 0 {
			out = out[:len(out)/2]
		}
	}
	w.Header().Set("Location", "http://127.0.0.1:1/")
	w.WriteHeader(status)
	_, _ = w.Write(out)
}

func TestAHostileCentralChangesNothing(t *testing.T) {
	t.Parallel()
	home := newPlace(t, "Weber IT")
	d := opened(t, t.TempDir())
	defer func() { _ = d.Close() }()
	ctx := t.Context()
	h := &hostile{key: home.Key(), rnd: rand.New(rand.NewPCG(6, 2026))} //nolint:gosec // no secret
	good := home.Handler(nil)
	evil, revoke := false, false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if !evil {
			good.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/ingest/") {
			if revoke {
				w.Header().Set("Content-Type", message.ContentTypeProblem)
				w.WriteHeader(http.StatusUnauthorized)
				_ = json.NewEncoder(w).Encode(message.Refuse(message.CodeKeyRevoked, "go away"))
				return
			}
			h.reported(w)
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
		report(t, d)
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
	st, err := d.UplinkState(ctx)
	if err != nil || st.Acked > st.Offered || st.Offered > st.Last {
		t.Errorf("acknowledged %d of %d that left and %d that there are: %v", st.Acked, st.Offered, st.Last, err)
	}
	t.Logf("%d offers came in 300 answers: %v; %d events, %d acknowledged", held, states, st.Last, st.Acked)
	// The one thing that central may say: it takes nothing more of this site. Nothing else changes by that.
	h.mu.Lock()
	revoke = true
	h.mu.Unlock()
	report(t, d)
	if _, err := d.Provider(ctx); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("revoked, and still connected: %v", err)
	}
	was, is := bytes.Split(before, []byte("\n")), bytes.Split(configured(t, d), []byte("\n"))
	other := 0
	for i := range was {
		if len(was) != len(is) || !bytes.Equal(was[i], is[i]) {
			other++
		}
	}
	if other != 1 {
		t.Errorf("%d things are different after the key was revoked, and not the connection alone", other)
	}
}
