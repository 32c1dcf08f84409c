package uplink_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/uplink"
	"siteward/internal/peer"
)

// documented is the program of docs/sync.md.
func documented(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(peer.Root(), "docs", "sync.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(b), "```python\n")
	code, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("docs/sync.md has no receiver in Python")
	}
	lines := 0
	for line := range strings.Lines(code) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	if lines > 60 {
		t.Errorf("the receiver of the documents has %d lines", lines)
	}
	path := filepath.Join(t.TempDir(), "receiver.py")
	if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lossy loses each third answer and sends each fifth request twice.
type lossy struct{ n int }

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	l.n++
	if l.n%5 == 0 {
		again := r.Clone(r.Context())
		again.Body, _ = r.GetBody() //nolint:errcheck // of bytes
		if res, err := http.DefaultTransport.RoundTrip(again); err == nil {
			_ = res.Body.Close()
		}
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && l.n%3 == 0 {
		_ = res.Body.Close()
		return nil, errors.New("the answer was lost")
	}
	return res, err
}

// TestTheReceiverOfTheDocuments: it runs, is killed in between with half a line on its disk, and has each event once and in order.
func TestTheReceiverOfTheDocuments(t *testing.T) {
	python, code := peer.Need(t, "python3"), documented(t)
	kept := filepath.Join(t.TempDir(), "events.jsonl")
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret of both sides, 32 bytes"))
	at := peer.FreeTCP(t)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	run := func() func() {
		cmd := peer.Start(t, "/usr/bin/env", "SECRET="+secret, python, code, port, kept)
		peer.Until(t, time.Minute, "the receiver listens", func() bool {
			c, err := net.Dial("tcp", at)
			if err == nil {
				_ = c.Close()
			}
			return err == nil
		})
		return func() {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			peer.Until(t, time.Minute, "the receiver is gone", func() bool {
				c, err := net.Dial("tcp", at)
				if err == nil {
					_ = c.Close()
				}
				return err != nil
			})
		}
	}
	mem, now := &memory{events: map[uint64][]byte{}}, time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)
	target := uplink.Target{Enrolment: 1, URL: "http://" + at + "/anything", Site: "muster", Outbox: "o", Secret: secret}
	send := uplink.New(uplink.Config{
		Update: func(step func(uplink.Tx) error) error { return step(mem) },
		Target: func() (uplink.Target, error) { return target, nil },
		Live: func(context.Context, *appliance.UplinkState) (*message.Summary, error) {
			return &message.Summary{At: now}, nil
		},
		HTTP: &http.Client{Transport: &lossy{}}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, Name: func() string { return "again" }, Agent: "Siteward/test",
	})
	put := func(n int) {
		for range n {
			st := mem.st
			st.Outbox = "o"
			if err := uplink.Append(mem, &st, "muster", &message.Incident{ID: appliance.ID(st.Last + 1), Title: "Düse", Opened: now}, "", now); err != nil {
				t.Fatal(err)
			}
			mem.st = st
		}
	}
	stop := run()
	for round := range 12 {
		put(700)
		if round == 5 {
			stop()
			if _, failed := send.Deliver(t.Context()); !failed {
				t.Error("nobody was there and took it")
			}
			f, err := os.OpenFile(kept, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteString(`{"half": "of a li`)
			if err = errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			run()
		}
		for range 40 {
			if _, failed := send.Deliver(t.Context()); !failed {
				break
			}
		}
	}
	if mem.st.Acked != 12*700 {
		t.Errorf("acknowledged %d", mem.st.Acked)
	}
	b, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	for line := range strings.Lines(string(b)) {
		var e message.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Sequence > 0 {
			got = append(got, e.Sequence)
		}
	}
	if len(got) != 12*700 || !slices.IsSorted(got) || got[0] != 1 || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("%d numbered events, from %d to %d", len(got), got[0], got[len(got)-1])
	}
	target.Secret = "another"
	put(1)
	var said []string
	for range 3 { // one of three answers is lost
		send.Deliver(t.Context())
		said = append(said, mem.st.Code)
	}
	if !slices.Contains(said, string(message.CodeBadSignature)) || mem.st.Acked != 12*700 {
		t.Errorf("with another secret: %v", said)
	}
}

// TestAnyAddressThatAnswersGoodAcknowledges: receivers that know nothing of numbers get each batch once, in order, as plain JSON.
func TestAnyAddressThatAnswersGoodAcknowledges(t *testing.T) {
	w := newWorld(t)
	away := true
	var ids []uint64
	w.way = func(r *http.Request, _ http.Handler) (*http.Response, error) {
		return straight(r, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if away {
				rw.Header().Set("Retry-After", "1800")
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			if r.URL.Path != "/hook" || r.Header.Get("Content-Encoding") != "" {
				t.Errorf("%s %v", r.URL, r.Header)
			}
			var events []message.Event
			if err := json.NewDecoder(r.Body).Decode(&events); err != nil {
				t.Error(err)
			}
			for _, e := range events {
				if !e.Live {
					ids = append(ids, e.Sequence)
				}
			}
			rw.WriteHeader(http.StatusNoContent)
		}))
	}
	w.send.Target = func() (uplink.Target, error) {
		return uplink.Target{Enrolment: 1, URL: "https://elsewhere.test/hook", Site: "muster", Outbox: "o", Secret: "s"}, nil
	}
	for i := range 30 {
		w.add(i+1, w.clock.Now())
	}
	if wait, failed := w.send.Deliver(t.Context()); !failed || wait != 30*time.Minute {
		t.Errorf("asked again after %s", wait)
	}
	away = false
	w.all()
	if len(ids) != 30 || !slices.IsSorted(ids) || w.mem.st.Acked != 30 {
		t.Errorf("%v, %+v", ids, w.mem.st)
	}
}

func targetOf(t uplink.Target) func() (uplink.Target, error) {
	return func() (uplink.Target, error) { return t, nil }
}
