package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/ingest"
	"siteward/central/store/badger"
	"siteward/central/store/postgres"
	"siteward/internal/peer"
)

// TestMain is also the central that the tests kill: with these variables set it serves until it is stopped.
func TestMain(m *testing.M) {
	if os.Getenv("CENTRAL_TEST_LISTEN") == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := openStore(ctx, os.Getenv("CENTRAL_TEST_STORE"))
	if err == nil {
		err = errors.Join(Run(ctx, Config{Store: s, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Listen: os.Getenv("CENTRAL_TEST_LISTEN"), PerSecond: 10_000, Burst: 10_000}), s.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func openStore(ctx context.Context, where string) (central.Store, error) {
	if filepath.IsAbs(where) {
		return badger.Open(where, badger.Options{Log: slog.New(slog.DiscardHandler)})
	}
	return postgres.Open(ctx, where, postgres.Options{})
}

// process is a central that can be killed and started again.
type process struct {
	t             *testing.T
	store, listen string
	cmd           *exec.Cmd
}

func (p *process) start() {
	p.t.Helper()
	p.cmd = exec.Command(os.Args[0]) //nolint:gosec // this very test
	p.cmd.Env = append(os.Environ(), "CENTRAL_TEST_STORE="+p.store, "CENTRAL_TEST_LISTEN="+p.listen)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *process) ready() {
	p.t.Helper()
	peer.Until(p.t, time.Minute, "central answers", func() bool {
		res, err := http.Get("http://" + p.listen + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// site sends its events in order until all are acknowledged, whatever happens on the way.
type site struct {
	t      *testing.T
	id     central.SiteID
	key    ed25519.PrivateKey
	events []message.Event
	acked  atomic.Uint64
	sent   atomic.Int64 // requests
}

func addSites(t *testing.T, s central.Store, n, events int) (out []*site) {
	t.Helper()
	for i := range n {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		v := central.Site{ID: central.NewSiteID(), Name: fmt.Sprint("site ", i), Keys: []central.SiteKey{{Public: public}}}
		if err := s.PutSite(t.Context(), &v); err != nil {
			t.Fatal(err)
		}
		one := &site{t: t, id: v.ID, key: private}
		for n := range events {
			e, err := message.New(string(v.ID), &message.Incident{ID: appliance.ID(n + 1)}, fmt.Sprint("incident/", n+1), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			e.ID, e.Sequence, e.Outbox = fmt.Sprint("e", n+1), uint64(n)+1, "o1"
			one.events = append(one.events, e)
		}
		out = append(out, one)
	}
	return out
}

var client = &http.Client{Timeout: 30 * time.Second}

// run sends everything; one of five batches is sent twice, and one of five answers is lost.
func (s *site) run(ctx context.Context, url string) {
	for int(s.acked.Load()) < len(s.events) && ctx.Err() == nil {
		from := int(s.acked.Load())
		to := min(len(s.events), from+1+rand.IntN(5))
		if rand.IntN(5) == 0 {
			_, _ = s.post(ctx, url, s.events[from:to]) // nobody reads the answer
		}
		n, err := s.post(ctx, url, s.events[from:to])
		switch {
		case err != nil:
			select { // central is away: nothing else to wait for
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
		case n < uint64(from):
			s.t.Errorf("%s: %d were acknowledged, and now only %d", s.id, from, n)
			return
		default:
			s.acked.Store(n)
		}
	}
}

func (s *site) post(ctx context.Context, url string, events []message.Event) (uint64, error) {
	s.sent.Add(1)
	body, err := message.Encode(events, message.Zstd)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+ingest.Path+string(s.id), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", message.ContentType)
	req.Header.Set("Content-Encoding", message.Zstd)
	message.Sign(req.Header, s.key, events[0].ID, time.Now(), body)
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s %s", res.Status, b)
	}
	var a message.Answer
	err = json.Unmarshal(b, &a)
	return a.Acknowledged, err
}

// once fails the test unless each event of each site is there once and in order.
func once(t *testing.T, s central.Store, sites []*site) {
	t.Helper()
	for _, one := range sites {
		list, err := s.Events(t.Context(), central.EventFilter{Site: one.id, Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != len(one.events) {
			t.Errorf("%s: %d events of %d", one.id, len(list), len(one.events))
		}
		for i, e := range list {
			if want := uint64(len(one.events) - i); e.Seq != want || e.N != want {
				t.Fatalf("%s: event %d has number %d", one.id, want, e.Seq)
			}
		}
	}
}

func count(t *testing.T, name string, least int) int {
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		return least
	}
	t.Logf("%s=%d", name, n)
	return n
}

// TestNothingIsLostWhenCentralIsKilled kills central while sites send: SITEWARD_KILLS says how often.
func TestNothingIsLostWhenCentralIsKilled(t *testing.T) {
	kills := count(t, "SITEWARD_KILLS", 3)
	dir := t.TempDir()
	s, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	sites := addSites(t, s, 8, min(9_000, 100*kills))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, store: dir, listen: peer.FreeTCP(t)}
	var wg sync.WaitGroup
	p.start()
	t.Cleanup(func() { p.kill() })
	for _, one := range sites {
		wg.Go(func() { one.run(t.Context(), "http://"+p.listen) })
	}
	total := func() (n uint64) {
		for _, one := range sites {
			n += one.acked.Load()
		}
		return n
	}
	all := uint64(len(sites) * len(sites[0].events))
	for i := range kills {
		// The next death comes when a share of the events is through, in the middle of others.
		share := all * uint64(i+1) / uint64(kills+1)
		peer.Until(t, 2*time.Minute, "events are taken", func() bool { return total() >= share })
		p.kill()
		p.start()
	}
	wg.Wait()
	p.kill()
	if s, err = openStore(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	once(t, s, sites)
	requests := int64(0)
	for _, one := range sites {
		requests += one.sent.Load()
	}
	t.Logf("%d kills, %d events in %d requests, 0 lost", kills, all, requests)
}

// TestTwoProcessesBehindHAProxyOnOneDatabase lets two centrals share PostgreSQL behind Debian's haproxy; one of them is killed while
// sites send, and comes back.
func TestTwoProcessesBehindHAProxyOnOneDatabase(t *testing.T) {
	haproxy := peer.Need(t, "haproxy")
	database := peer.Postgres(t)
	s, err := openStore(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sites := addSites(t, s, 8, 60)
	a, b := &process{t: t, store: database, listen: peer.FreeTCP(t)}, &process{t: t, store: database, listen: peer.FreeTCP(t)}
	for _, p := range []*process{a, b} {
		p.start()
		t.Cleanup(func() { p.kill() })
		p.ready()
	}
	front := peer.FreeTCP(t)
	config := filepath.Join(t.TempDir(), "haproxy.cfg")
	text := fmt.Sprintf(`global
	maxconn 200
defaults
	mode http
	timeout connect 2s
	timeout client 30s
	timeout server 30s
	option redispatch
	retries 3
frontend sites
	bind %s
	default_backend centrals
backend centrals
	balance roundrobin
	option httpchk GET /readyz
	default-server check inter 200ms fall 2 rise 1
	server a %s
	server b %s
`, front, a.listen, b.listen)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	peer.Start(t, haproxy, "-db", "-f", config)
	peer.Until(t, time.Minute, "haproxy answers", func() bool {
		c, err := net.Dial("tcp", front)
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
	var wg sync.WaitGroup
	for _, one := range sites {
		wg.Go(func() { one.run(t.Context(), "http://"+front) })
	}
	share := func(part uint64) func() bool {
		return func() bool {
			var n uint64
			for _, one := range sites {
				n += one.acked.Load()
			}
			return n*3 >= part*uint64(len(sites)*len(sites[0].events))
		}
	}
	peer.Until(t, 2*time.Minute, "a third is taken", share(1))
	b.kill()
	peer.Until(t, 2*time.Minute, "two thirds are taken by one alone", share(2))
	b.start()
	wg.Wait()
	once(t, s, sites)
	if f, err := s.Fleet(t.Context(), central.FleetFilter{Total: true}); err != nil || f.Silent[central.Speaking] != len(sites) {
		t.Errorf("%v, %v", f.Silent, err)
	}
}
