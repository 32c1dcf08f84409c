package uplink_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance/message"
	"siteward/appliance/uplink"
	"siteward/internal/peer"
)

// cable is a link between the site and its provider, two networks on one machine.
type cable struct {
	t     *testing.T
	far   *peer.Namespace
	url   string
	srv   *http.Server
	bytes atomic.Int64 // of bodies that arrived whole
	gone  chan struct{}
}

func newCable(t *testing.T, in http.Handler) *cable {
	t.Helper()
	c := &cable{t: t, far: peer.NewNamespace(t)}
	peer.Run(t, "ip", "link", "set", "lo", "up")
	peer.Run(t, "ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", strconv.Itoa(c.far.TID))
	peer.Run(t, "ip", "addr", "add", "10.98.0.1/24", "dev", "near")
	peer.Run(t, "ip", "link", "set", "near", "up")
	c.far.Do(func() {
		peer.Run(t, "ip", "addr", "add", "10.98.0.2/24", "dev", "far")
		peer.Run(t, "ip", "link", "set", "far", "up")
		peer.Run(t, "nft", "add table ip line; add chain ip line in { type filter hook input priority 0; }; add chain ip line out { type filter hook output priority 0; }")
	})
	c.serve(in)
	t.Cleanup(func() { _ = c.srv.Close(); <-c.gone })
	return c
}

// serve lets the provider answer.
func (c *cable) serve(in http.Handler) {
	c.far.Do(func() {
		l, err := net.Listen("tcp4", "10.98.0.2:8443")
		if err != nil {
			c.t.Error(err)
			return
		}
		c.url = "http://" + l.Addr().String()
		c.srv, c.gone = &http.Server{Handler: in, ReadHeaderTimeout: time.Minute}, make(chan struct{}) //nolint:gosec // of a test
		srv, gone := c.srv, c.gone
		go func() { _ = srv.Serve(l); close(gone) }()
	})
}

// rules sets what is lost on the way in either direction, as nftables says it.
func (c *cable) rules(rule string) {
	c.far.Do(func() {
		peer.Run(c.t, "nft", "flush table ip line")
		if rule != "" {
			peer.Run(c.t, "nft", "add rule ip line in "+rule+"; add rule ip line out "+rule)
		}
	})
}

// TestTheLineIsBad: over a real link that loses a fifth of all packets, is as slow as 1 Mbit/s, swallows everything, or whose other end
// vanishes with the connection open, everything arrives once and in order, and reporting goes on by itself.
func TestTheLineIsBad(t *testing.T) {
	for _, tool := range []string{"ip", "tc", "nft"} {
		peer.Need(t, tool)
	}
	if !peer.OwnNetwork(t) {
		return
	}
	w := newWorld(t)
	c := newCable(t, w.in)
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, IdleConnTimeout: time.Minute}
	defer transport.CloseIdleConnections()
	limit := 3 * time.Second // of one request
	w.way = func(r *http.Request, _ http.Handler) (*http.Response, error) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		out, err := http.NewRequestWithContext(ctx, r.Method, c.url+r.URL.Path, r.Body)
		if err != nil {
			cancel()
			return nil, err
		}
		out.Header, out.ContentLength, out.GetBody = r.Header, r.ContentLength, r.GetBody
		res, err := transport.RoundTrip(out)
		if err != nil {
			cancel()
			return nil, err
		}
		c.bytes.Add(r.ContentLength)
		res.Body = &closing{res.Body, cancel}
		return res, nil
	}
	n := 0
	some := func(k int) {
		for range k {
			n++
			w.add(n, w.clock.Now())
		}
	}
	check := func(what string) {
		t.Helper()
		w.all()
		if got := w.arrived(); !slices.Equal(got, count(n)) {
			t.Fatalf("%s: %d of %d arrived, or not in order", what, len(got), n)
		}
		t.Logf("%s: %d arrived, each once and in order", what, n)
	}
	failing := func(what string) {
		t.Helper()
		if _, failed := w.send.Deliver(t.Context()); !failed {
			t.Errorf("%s: it is said that everything has arrived", what)
		}
	}
	some(50)
	check("a good line")

	c.rules("numgen random mod 100 < 20 drop")
	limit = 20 * time.Second
	for range 5 {
		some(100)
		w.all()
	}
	check("a fifth of the packets lost")
	c.rules("")

	peer.Run(t, "tc", "qdisc", "replace", "dev", "near", "root", "tbf", "rate", "1mbit", "burst", "16kb", "latency", "400ms")
	began, before := time.Now(), c.bytes.Load()
	noise(w, slow())
	check("1 Mbit/s")
	sent, took := c.bytes.Load()-before, time.Since(began)
	t.Logf("%d bytes in %s: %.2f Mbit/s; what a month brings is counted by TestAMonthWithoutCentral", sent, took.Round(time.Millisecond), float64(sent)*8/1e6/took.Seconds())
	peer.Run(t, "tc", "qdisc", "del", "dev", "near", "root")

	limit = 2 * time.Second
	c.rules("drop")
	some(20)
	failing("everything is swallowed")
	c.rules("")
	check("after the black hole")

	// The provider's machine loses its power while the connection is open: nobody says good-bye, and the one that comes back knows nothing of it.
	c.rules("drop")
	_ = c.srv.Close()
	<-c.gone
	some(20)
	failing("the other end is gone")
	c.rules("")
	c.serve(w.in)
	check("after the other end came back")
}

// closing ends the context of a request with its body.
type closing struct {
	io.ReadCloser
	end context.CancelFunc
}

func (c *closing) Close() error { defer c.end(); return c.ReadCloser.Close() }

// slow is how many kilobytes go over the slow line: SITEWARD_UPLINK_KB.
func slow() int {
	if n, err := strconv.Atoi(os.Getenv("SITEWARD_UPLINK_KB")); err == nil {
		return n
	}
	return 100
}

// noise puts so many kilobytes into the outbox that cannot be packed.
func noise(w *world, kilobytes int) {
	w.Helper()
	r := rand.New(rand.NewPCG(9, 9)) //nolint:gosec // no secret
	for range kilobytes {
		st := w.mem.st
		text := make([]byte, 0, 1400)
		for range 87 {
			text = fmt.Appendf(text, "%016x", r.Uint64())
		}
		v := &message.Stopping{Reason: "restart", Text: string(text)}
		if err := uplink.Append(w.mem, &st, string(w.site.ID), v, "", w.clock.Now()); err != nil {
			w.Fatal(err)
		}
		w.mem.st = st
	}
}
