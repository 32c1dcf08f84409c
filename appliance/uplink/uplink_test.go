package uplink_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/uplink"
	"siteward/central"
	"siteward/central/ingest"
	"siteward/central/store/badger"
	"siteward/central/store/storetest"
)

// memory is a store that keeps nothing on a disk. A step that fails changes nothing.
type memory struct {
	st     appliance.UplinkState
	events map[uint64][]byte
	sent   []appliance.Sent
	list   appliance.UplinkPolicy
	reads  int
}

func (m *memory) UplinkState(id appliance.ID) (appliance.UplinkState, error) {
	m.st.Enrolment = id
	return m.st, nil
}

func (m *memory) UplinkPolicy() (appliance.UplinkPolicy, error) { return m.list, nil }

func (m *memory) PutUplinkState(v appliance.UplinkState) error { m.st = v; return nil }

func (m *memory) PutOutbox(_ appliance.ID, n uint64, b []byte) error { m.events[n] = b; return nil }

func (m *memory) DeleteOutbox(_ appliance.ID, n uint64) error { delete(m.events, n); return nil }

func (m *memory) Outbox(_ appliance.ID, from uint64, visit func(uint64, []byte) bool) error {
	var keys []uint64
	for n := range m.events {
		if n >= from {
			keys = append(keys, n)
		}
	}
	slices.Sort(keys)
	for _, n := range keys {
		m.reads++
		if !visit(n, m.events[n]) {
			return nil
		}
	}
	return nil
}

func (m *memory) PutSent(v *appliance.Sent) error {
	if v.ID == 0 {
		v.ID = appliance.ID(len(m.sent) + 1)
		m.sent = append(m.sent, *v)
		return nil
	}
	m.sent[v.ID-1] = *v
	return nil
}

// world is a site, the way to its provider, and the provider.
type world struct {
	*testing.T
	clock *storetest.Clock
	mem   *memory
	store central.Store
	site  central.Site
	send  *uplink.Sender
	key   ed25519.PrivateKey
	way   func(r *http.Request, next http.Handler) (*http.Response, error) // nil: straight
	in    http.Handler
	name  int
}

func newWorld(t *testing.T) *world {
	w := newBareWorld(t)
	w.central()
	return w
}

// newBareWorld has no provider.
func newBareWorld(t *testing.T) *world {
	w := &world{T: t, clock: storetest.NewClock(), mem: &memory{events: map[uint64][]byte{}}}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.key = private
	w.site = central.Site{ID: central.NewSiteID(), Name: "Muster", Keys: []central.SiteKey{{Public: public, From: w.clock.Now()}}}
	w.start()
	return w
}

// central begins a new central system that knows the site.
func (w *world) central() {
	w.Helper()
	s, err := badger.Open(w.TempDir(), badger.Options{Now: w.clock.Now, NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = s.Close() })
	v := w.site
	v.Version = 0
	if err := s.PutSite(w.Context(), &v); err != nil {
		w.Fatal(err)
	}
	w.store = s
	w.in = ingest.New(ingest.Config{Store: s, Log: slog.New(slog.DiscardHandler), Now: w.clock.Now, PerSecond: 1e6, Burst: 1e6})
}

// start starts the sender anew, as after a kill.
func (w *world) start() {
	w.send = uplink.New(uplink.Config{
		Update: func(step func(uplink.Tx) error) error {
			before := *w.mem
			before.events, before.sent = maps.Clone(w.mem.events), slices.Clone(w.mem.sent)
			err := step(w.mem)
			if err != nil {
				*w.mem = before
			}
			return err
		},
		Target: func() (uplink.Target, error) {
			return uplink.Target{Enrolment: 1, URL: "https://central.test", Site: string(w.site.ID), Outbox: "o", Key: w.key}, nil
		},
		Live: func(context.Context, *appliance.UplinkState) (*message.Summary, error) {
			return &message.Summary{At: w.clock.Now(), Outbox: message.SummaryOutbox{Last: w.mem.st.Last}}, nil
		},
		HTTP: &http.Client{Transport: w}, Log: slog.New(slog.DiscardHandler), Now: w.clock.Now,
		Name: func() string { w.name++; return "o" + strconv.Itoa(w.name) },
	})
}

// RoundTrip hands a request to the provider.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.way != nil {
		return w.way(r, w.in)
	}
	return straight(r, w.in)
}

func straight(r *http.Request, next http.Handler) (*http.Response, error) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	return rec.Result(), nil
}

func (w *world) add(n int, at time.Time) {
	w.Helper()
	st, _ := w.mem.UplinkState(1)
	if st.Outbox == "" {
		st.Outbox = "o"
	}
	v := &message.Incident{ID: appliance.ID(n), Title: "t", Opened: at}
	if err := uplink.Append(w.mem, &st, string(w.site.ID), v, fmt.Sprint("incident/", n), at); err != nil {
		w.Fatal(err)
	}
	w.mem.st = st
}

func (w *world) tidy(l uplink.Limits) {
	w.Helper()
	for more := true; more; {
		st := w.mem.st
		var err error
		if more, err = uplink.Tidy(w.mem, &st, string(w.site.ID), l, w.clock.Now()); err != nil {
			w.Fatal(err)
		}
		w.mem.st = st
	}
}

// all delivers until nothing waits.
func (w *world) all() {
	w.Helper()
	for range 20_000 {
		wait, failed := w.send.Deliver(w.Context())
		if !failed && w.mem.st.Waiting() == 0 {
			return
		}
		w.clock.Add(wait)
	}
	w.Fatalf("still waiting: %+v", w.mem.st)
}

// arrived gives the numbers of the incidents that the provider has, in the order in which it took them.
func (w *world) arrived() (ids []int) {
	w.Helper()
	f := central.EventFilter{Site: w.site.ID, Limit: 10_000, Types: []string{message.TypeIncident}}
	for {
		page, err := w.store.Events(w.Context(), f)
		if err != nil {
			w.Fatal(err)
		}
		for _, e := range page {
			var v message.Incident
			if err := json.Unmarshal(e.Data, &v); err != nil {
				w.Fatal(err)
			}
			ids = append(ids, int(v.ID))
		}
		if len(page) < f.Limit {
			slices.Reverse(ids)
			return ids
		}
		f.Before = page[len(page)-1].N
	}
}

func count(n int) (ids []int) {
	for i := range n {
		ids = append(ids, i+1)
	}
	return ids
}

// TestMessagesThroughABadLine: SITEWARD_UPLINK_MESSAGES sets how many, 2,000 when it is not set.
func TestMessagesThroughABadLine(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SITEWARD_UPLINK_MESSAGES"))
	if err != nil {
		n = 2000
	}
	w := newWorld(t)
	r := rand.New(rand.NewPCG(1, 2))
	var late []*http.Request // requests that arrive later, again or for the first time
	requests := 0
	w.way = func(q *http.Request, next http.Handler) (*http.Response, error) {
		requests++
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return nil, err
		}
		again := func() *http.Request {
			c := q.Clone(context.WithoutCancel(q.Context()))
			c.Body = io.NopCloser(bytes.NewReader(body))
			return c
		}
		dice := r.IntN(100)
		if dice < 20 || dice >= 90 { // it comes again, or late
			late = append(late, again())
		}
		for len(late) > 0 && r.IntN(3) == 0 {
			i := r.IntN(len(late))
			_, _ = straight(late[i], next)
			late = slices.Delete(late, i, i+1)
		}
		switch {
		case dice >= 90 || dice >= 60 && dice < 70: // lost on the way there
			return nil, errors.New("no answer")
		case dice >= 50 && dice < 60: // on the way back
			_, _ = straight(again(), next)
			return nil, errors.New("no answer")
		}
		return straight(again(), next)
	}
	for i := 1; i <= n; {
		for range r.IntN(8) {
			if i <= n {
				w.add(i, w.clock.Now())
				i++
			}
		}
		wait, _ := w.send.Deliver(t.Context())
		w.clock.Add(min(wait, time.Minute))
		if r.IntN(50) == 0 {
			w.start()
		}
	}
	w.all()
	if got := w.arrived(); !slices.Equal(got, count(n)) {
		t.Errorf("%d of %d arrived", len(got), n)
	}
	t.Logf("%d messages in %d requests, each arrived once and in order", n, requests)
}

func TestThePresentComesBeforeAMonthOfHistory(t *testing.T) {
	w := newWorld(t)
	const n = 6000
	for i := range n {
		w.add(i+1, w.clock.Now())
		w.clock.Add(30 * 24 * time.Hour / n)
	}
	w.mem.reads = 0
	var order []bool
	bytes := 0
	w.way = func(r *http.Request, next http.Handler) (*http.Response, error) {
		order, bytes = append(order, strings.Contains(r.Header.Get(message.HeaderID), "-live-")), bytes+int(r.ContentLength)
		return straight(r, next)
	}
	w.all()
	if len(order) < 3 || !order[0] || slices.Contains(order[1:], true) {
		t.Errorf("order of requests: %v", order)
	}
	if got := w.arrived(); !slices.Equal(got, count(n)) {
		t.Errorf("%d arrived", len(got))
	}
	t.Logf("%d events in %d requests and %d bytes", n, len(order), bytes)
}

func TestWhatIsGivenUpIsReported(t *testing.T) {
	for _, l := range []uplink.Limits{{Bytes: 20_000, Age: 1000 * time.Hour}, {Bytes: 1 << 30, Age: 50 * time.Minute}} {
		w := newWorld(t)
		for i := range 300 {
			w.add(i+1, w.clock.Now())
			w.clock.Add(time.Minute)
			if i%7 == 0 {
				w.tidy(l)
			}
		}
		w.tidy(l)
		if w.mem.st.Bytes > l.Bytes || len(w.mem.events) > 120 {
			t.Errorf("%d events of %d bytes are kept", len(w.mem.events), w.mem.st.Bytes)
		}
		w.all()
		got, lost := w.arrived(), int(w.mem.st.Lost)
		if lost == 0 || len(got)+lost != 300 || got[len(got)-1] != 300 {
			t.Errorf("%d arrived and %d were given up, of 300", len(got), lost)
		}
		row, err := w.store.Site(t.Context(), w.site.ID)
		if err != nil || int(row.Status.Lost) != lost { //nolint:gosec // few
			t.Errorf("the provider knows of %d: %v", row.Status.Lost, err)
		}
	}
}

func TestAnEntryOfTheLogbookIsNeverGivenUp(t *testing.T) {
	w := newWorld(t)
	l := uplink.Limits{Bytes: 1 << 30, Age: time.Hour}
	for i := range 60 {
		w.add(i+1, w.clock.Now())
		if i%10 == 5 {
			st := w.mem.st
			if err := uplink.Append(w.mem, &st, string(w.site.ID), &message.LogbookEntry{Seq: uint64(i/10 + 1), Record: "r", Signature: make([]byte, 68)}, "", w.clock.Now()); err != nil {
				t.Fatal(err)
			}
			w.mem.st = st
		}
	}
	w.clock.Add(3 * time.Hour)
	w.tidy(l)
	kinds := map[string]int{}
	for _, b := range w.mem.events {
		var e message.Event
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatal(err)
		}
		kinds[e.Type]++
	}
	if kinds[message.TypeLogbook] != 6 || kinds[message.TypeGap] != 7 || kinds[message.TypeIncident] != 0 || w.mem.st.Lost != 60 {
		t.Errorf("%v, lost %d", kinds, w.mem.st.Lost)
	}
	w.all()
}

func TestAProviderRestoredFromABackupIsToldAgain(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.add(i+1, w.clock.Now())
	}
	w.all()
	w.central() // it has lost everything
	w.add(51, w.clock.Now())
	w.all()
	if got := w.arrived(); !slices.Equal(got, count(51)) {
		t.Errorf("arrived again: %v", got)
	}
	// and again, when what had arrived is not kept any more
	w.clock.Add(10 * 24 * time.Hour)
	w.tidy(uplink.DefaultLimits)
	if len(w.mem.events) != 0 {
		t.Errorf("%d events are kept that arrived ten days ago", len(w.mem.events))
	}
	w.central()
	w.add(52, w.clock.Now())
	w.all()
	if got := w.arrived(); !slices.Equal(got, []int{52}) || w.mem.st.Lost != 51 {
		t.Errorf("arrived: %v, lost %d", got, w.mem.st.Lost)
	}
}

func TestASiteRestoredFromABackupUsesNoNumberTwice(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.add(i+1, w.clock.Now())
	}
	w.all()
	backup := *w.mem
	backup.events, backup.sent = maps.Clone(w.mem.events), slices.Clone(w.mem.sent)
	for i := range 10 {
		w.add(100+i, w.clock.Now())
	}
	w.all()
	*w.mem = backup
	w.start()
	for i := range 15 { // more than the backup is behind
		w.add(200+i, w.clock.Now())
	}
	w.all()
	got := w.arrived()
	for i := range 15 {
		if !slices.Contains(got, 200+i) {
			t.Fatalf("%d has not arrived: %v", 200+i, got)
		}
	}
	if len(got) != 45 || w.mem.st.Outbox == "o" {
		t.Errorf("%d arrived under %s", len(got), w.mem.st.Outbox)
	}
}

func TestAnEventThatNoReceiverTakesDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		w.add(i+1, w.clock.Now())
	}
	w.way = func(r *http.Request, next http.Handler) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		events, err := message.Decode(body, message.Zstd)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if e.Subject == "incident/5" {
				rec := httptest.NewRecorder()
				p := message.Refuse(message.CodeInvalid, "no")
				rec.Header().Set("Content-Type", message.ContentTypeProblem)
				rec.WriteHeader(p.Status)
				_ = json.NewEncoder(rec).Encode(p)
				return rec.Result(), nil
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return straight(r, next)
	}
	w.all()
	if got := w.arrived(); !slices.Equal(got, []int{1, 2, 3, 4, 6, 7, 8, 9}) {
		t.Errorf("arrived: %v", got)
	}
}

func TestAHostileReceiverIsBounded(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter){
		"redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://169.254.169.254/")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"endless": func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 4<<20)) },
		"nothing": func(http.ResponseWriter) {},
		"ahead": func(w http.ResponseWriter) {
			_ = json.NewEncoder(w).Encode(message.Answer{Acknowledged: 1 << 60, Outbox: "o", Received: time.Now()})
		},
		"gap": func(w http.ResponseWriter) {
			p := message.Refuse(message.CodeGap, "x")
			p.Expected = 1 << 60
			w.Header().Set("Content-Type", message.ContentTypeProblem)
			w.WriteHeader(p.Status)
			_ = json.NewEncoder(w).Encode(p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.add(1, w.clock.Now())
			calls := 0
			w.send.HTTP.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			w.way = func(r *http.Request, _ http.Handler) (*http.Response, error) {
				if calls++; calls > 30 {
					return nil, errors.New("it is asked without end")
				}
				return straight(r, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }))
			}
			for range 10 {
				w.send.Deliver(t.Context())
			}
			if calls > 30 {
				t.Error("a hostile receiver is asked without end")
			}
			if len(w.mem.events) == 0 {
				t.Error("the event is gone")
			}
		})
	}
}

func TestWhatIsSwitchedOffLeavesNoMoreEvenWhenItWaits(t *testing.T) {
	m := &memory{events: map[uint64][]byte{}, st: appliance.UplinkState{Outbox: "a"}}
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	for n := range 3 {
		v := message.Data(&message.Incident{ID: appliance.ID(n + 1), Title: "told"})
		if n == 1 {
			v = &message.Outage{Device: 1, Name: "kept back"}
		}
		if err := uplink.Append(m, &m.st, "s", v, "", now); err != nil {
			t.Fatal(err)
		}
	}
	m.list.Off = []string{"outage"}
	events, changed, err := uplink.Next(m, &m.st, "s", 10, 1<<20, now)
	if err != nil || !changed || len(events) != 3 {
		t.Fatalf("%d events, changed %v, %v", len(events), changed, err)
	}
	var g message.Gap
	if err := message.Read(events[1], &g); err != nil || g.Why != message.Withheld || events[1].Sequence != 2 {
		t.Errorf("in its place stands %s %s", events[1].Type, events[1].Data)
	}
	for _, b := range m.events {
		if strings.Contains(string(b), "kept back") {
			t.Errorf("it still waits: %s", b)
		}
	}
	if m.st.Lost != 0 {
		t.Errorf("%d are lost, but nothing is", m.st.Lost)
	}
}
