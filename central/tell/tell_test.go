package tell

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/store/badger"
	"siteward/central/store/storetest"
)

// receiver is another system: it takes notices, unless it is broken.
type receiver struct {
	mu     sync.Mutex
	broken bool
	got    []string
	t      *testing.T
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b, _ := io.ReadAll(req.Body)
	h := http.Header{}
	at, _ := strconv.ParseInt(req.Header.Get(message.HeaderTimestamp), 10, 64)
	message.SignShared(h, "whsec_c2VjcmV0", req.Header.Get(message.HeaderID), time.Unix(at, 0), b)
	if h.Get(message.HeaderSignature) != req.Header.Get(message.HeaderSignature) {
		r.t.Errorf("signature %q", req.Header.Get(message.HeaderSignature))
	}
	if r.broken {
		http.Error(w, "broken", http.StatusBadGateway)
		return
	}
	var v struct {
		Type string
		Data struct{ ID string }
	}
	if err := json.Unmarshal(b, &v); err != nil || v.Data.ID != req.Header.Get(message.HeaderID) {
		r.t.Errorf("%s: %v", b, err)
	}
	r.got = append(r.got, v.Type)
}

func (r *receiver) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

func TestNoticesReachWhoWantsThem(t *testing.T) {
	clock := storetest.NewClock()
	s, err := badger.Open(t.TempDir(), badger.Options{Now: clock.Now, NoSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ctx := t.Context()
	alarms, tickets, other := &receiver{t: t}, &receiver{t: t}, &receiver{t: t}
	for i, r := range []*receiver{alarms, tickets, other} {
		srv := httptest.NewServer(r)
		t.Cleanup(srv.Close)
		h := central.Hook{ID: appliance.ID(i + 1), Name: "h", URL: srv.URL, Secret: "whsec_c2VjcmV0"}
		switch r {
		case tickets:
			h.Kinds = []central.NoticeKind{message.TypeTicket}
		case other:
			h.Groups = []appliance.ID{9}
		}
		if err := central.Hooks.Put(ctx, s, h.ID.String(), h, 0); err != nil {
			t.Fatal(err)
		}
	}
	teller := New(s, slog.New(slog.DiscardHandler), clock.Now, channel.Relay{}, nil)
	if !teller.Wanted(message.TypeTicket) || teller.Wanted(message.TypeIncident) {
		t.Error("what is wanted is not known")
	}
	put := func(kind central.NoticeKind) {
		t.Helper()
		n := central.NewNotice(kind, clock.Now(), "text")
		if strings.HasPrefix(string(kind), "alarm") {
			n.Alarm = &central.Alarm{}
		}
		if err := central.Notices.Put(ctx, s, central.NoticeKey(n), n, 0); err != nil {
			t.Fatal(err)
		}
		clock.Add(time.Millisecond)
	}
	look := func() {
		t.Helper()
		if err := teller.Look(ctx); err != nil {
			t.Fatal(err)
		}
	}
	put(central.AlarmOpened)
	put(message.TypeTicket)
	look()
	opened, closed := "siteward.alarm.opened.v1", "siteward.alarm.closed.v1"
	if got := alarms.take(); !slices.Equal(got, []string{opened}) {
		t.Errorf("alarms: %v", got)
	}
	if got := tickets.take(); !slices.Equal(got, []string{message.TypeTicket}) {
		t.Errorf("tickets: %v", got)
	}
	alarms.broken = true
	put(central.AlarmOpened)
	put(message.TypeTicket)
	put(central.AlarmClosed)
	look()
	look()
	if got := tickets.take(); len(got) != 1 {
		t.Errorf("one that is broken holds up others: %v", got)
	}
	st, _, err := central.HookStates.Find(ctx, s, "1")
	if err != nil || st.Failed != 1 || st.Waiting != 2 || !strings.Contains(st.Error, "502") || st.ErrorIn == nil || st.ErrorIn.Key != "central.hook_answered" {
		t.Errorf("%+v, %v", st, err)
	}
	alarms.broken = false
	clock.Add(time.Minute)
	look()
	look()
	if got := alarms.take(); !slices.Equal(got, []string{opened, closed}) {
		t.Errorf("alarms afterwards: %v", got)
	}
	alarms.broken = true
	put(central.AlarmOpened)
	for range 100 { // it stays broken, and is given up
		look()
		clock.Add(time.Hour)
	}
	if st, _, _ = central.HookStates.Find(ctx, s, "1"); st.Waiting != 0 || st.Given != 1 {
		t.Errorf("%+v", st)
	}
	if got := other.take(); got != nil {
		t.Errorf("another group: %v", got)
	}
}
