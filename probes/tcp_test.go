package probes

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// listen serves each connection with handle until the test ends, and waits for all of them.
func listen(tb testing.TB, l net.Listener, handle func(net.Conn)) int {
	tb.Helper()
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				stop := make(chan struct{})
				go func() {
					select {
					case <-done:
						c.Close()
					case <-stop:
					}
				}()
				handle(c)
				close(stop)
				c.Close()
			})
		}
	})
	tb.Cleanup(func() { close(done); l.Close(); wg.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

func loopback(tb testing.TB) net.Listener {
	tb.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func silent(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func endless(c net.Conn) {
	for {
		if _, err := io.WriteString(c, strings.Repeat("never the word ", 100)); err != nil {
			return
		}
	}
}

func mail(c net.Conn) {
	_, _ = io.WriteString(c, "220 mail.example")
	_, _ = io.WriteString(c, " ESMTP\r\n")
	if line, _ := bufio.NewReader(c).ReadString('\n'); line == "QUIT\r\n" {
		_, _ = io.WriteString(c, "221 Bye\r\n")
	}
}

func tcpTarget(port int, set appliance.TCPSettings) Target {
	set.Port = port
	return Target{Device: appliance.Device{Address: "127.0.0.1"}, Check: appliance.Check{ID: 1, Probe: appliance.ProbeTCP, TCP: &set}}
}

func TestTCP(t *testing.T) {
	for _, c := range []struct {
		name   string
		handle func(net.Conn)
		set    appliance.TCPSettings
		reason appliance.Reason
		detail string
	}{
		{name: "connect only", handle: silent},
		{name: "greeting", handle: mail, set: appliance.TCPSettings{Expect: "ESMTP"}},
		{name: "send and expect", handle: mail, set: appliance.TCPSettings{Send: "QUIT\r\n", Expect: "221"}},
		{name: "another greeting", handle: mail, set: appliance.TCPSettings{Send: "QUIT\r\n", Expect: "IMAP"}, reason: appliance.ReasonUnexpected, detail: `"IMAP" is not in the answer`},
		{name: "nothing is said", handle: silent, set: appliance.TCPSettings{Expect: "220"}, reason: appliance.ReasonTimeout},
		{name: "closed at once", handle: func(net.Conn) {}, set: appliance.TCPSettings{Expect: "220"}, reason: appliance.ReasonUnexpected, detail: "answer of 0 bytes"},
		{name: "reset", handle: reset, set: appliance.TCPSettings{Expect: "220"}, reason: appliance.ReasonProtocol, detail: "reset"},
		{name: "talks without end", handle: endless, set: appliance.TCPSettings{Expect: "220"}, reason: appliance.ReasonUnexpected, detail: "4096 bytes"},
		{name: "no TLS there", handle: func(c net.Conn) { _, _ = io.WriteString(c, "220 mail.example ESMTP\r\n"); silent(c) }, set: appliance.TCPSettings{TLS: true}, reason: appliance.ReasonProtocol, detail: "does not speak TLS"},
		{name: "silent TLS", handle: silent, set: appliance.TCPSettings{TLS: true}, reason: appliance.ReasonTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			port := listen(t, loopback(t), c.handle)
			r := Guard(TCP, slog.Default())(within(t, 300*time.Millisecond), tcpTarget(port, c.set), nil)
			wantFailure(t, r, c.reason, c.detail)
			if _, ok := number(r, "tcp.connect"); !ok && c.name != "reset" { // a reset may come before connect returns
				t.Errorf("values = %+v", r.Values)
			}
		})
	}
}

func wantFailure(tb testing.TB, r appliance.Reading, reason appliance.Reason, detail string) {
	tb.Helper()
	switch {
	case reason == "" && r.Failure != nil:
		tb.Errorf("failure = %+v, want none\n%s", r.Failure, logText(r))
	case reason != "" && r.Failure == nil:
		tb.Errorf("no failure, want %s\n%s", reason, logText(r))
	case reason != "" && (r.Failure.Reason != reason || !strings.Contains(r.Failure.Detail, detail) || r.Failure.Ours):
		tb.Errorf("failure = %+v, want %s with %q\n%s", r.Failure, reason, detail, logText(r))
	case reason != "" && len(r.Log) == 0:
		tb.Error("the run's log says nothing")
	}
}

func TestTCPRefused(t *testing.T) {
	_, port, _ := net.SplitHostPort(peer.FreeTCP(t))
	ap := netip.MustParseAddrPort("127.0.0.1:" + port)
	r := Guard(TCP, slog.Default())(within(t, time.Second), tcpTarget(int(ap.Port()), appliance.TCPSettings{}), nil)
	wantFailure(t, r, appliance.ReasonRefused, "connection refused")
}

func TestTCPCertificate(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range certificateCases {
		t.Run(c.name, func(t *testing.T) {
			config := &tls.Config{Certificates: []tls.Certificate{ca.issue(t, c.left, c.hosts...)}}
			port := listen(t, tls.NewListener(loopback(t), config), func(conn net.Conn) { _, _ = io.WriteString(conn, "* OK IMAP\r\n"); silent(conn) })
			a := asker{lookup: systemLookup, roots: x509.NewCertPool()}
			if c.trusted {
				a.roots = ca.pool
			}
			set := appliance.TCPSettings{TLS: true, SkipVerify: c.skip, Expect: "IMAP"}
			r := Guard(a.tcp, slog.Default())(within(t, time.Second), tcpTarget(port, set), nil)
			wantFailure(t, r, reasonIf(c.detail, appliance.ReasonCertificate), c.detail)
			if d, ok := number(r, "certificate.days"); !ok || math.Abs(d-c.days) > 0.1 {
				t.Errorf("certificate.days = %v, want %v", d, c.days)
			}
			if len(r.Texts) < 5 {
				t.Errorf("texts = %+v", r.Texts)
			}
		})
	}
}

func reasonIf(detail string, reason appliance.Reason) appliance.Reason {
	if detail == "" {
		return ""
	}
	return reason
}

// A name has several addresses: the one that answers is found although the first refuses and the second is silent.
func TestTCPTriesAllAddresses(t *testing.T) {
	port := listen(t, loopback(t), silent)
	a := asker{lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.9"), netip.MustParseAddr("127.0.0.1")}, nil
	}}
	target := tcpTarget(port, appliance.TCPSettings{})
	target.Device.Address = "three.example"
	r := Guard(a.tcp, slog.Default())(within(t, 2*time.Second), target, nil)
	wantFailure(t, r, "", "")
	if !strings.Contains(logText(r), "127.0.0.9") {
		t.Errorf("the log does not name the address that refused:\n%s", logText(r))
	}
}

func TestInterleave(t *testing.T) {
	var in []netip.Addr
	for _, s := range []string{"2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "::ffff:192.0.2.2"} {
		in = append(in, netip.MustParseAddr(s))
	}
	var got []string
	for _, a := range interleave(in) {
		got = append(got, a.String())
	}
	if s := strings.Join(got, " "); s != "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 2001:db8::3" {
		t.Errorf("got %s", s)
	}
}
