package probes

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

func httpTarget(set appliance.HTTPSettings) Target {
	return Target{Check: appliance.Check{ID: 1, Probe: appliance.ProbeHTTP, HTTP: &set}}
}

// site answers one path per kind of page.
func site(tb testing.TB) *httptest.Server {
	tb.Helper()
	done := make(chan struct{})
	mux := http.NewServeMux()
	page := func(path string, f http.HandlerFunc) { mux.HandleFunc(path, f) }
	page("/ok", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<h1>Welcome</h1>") })
	page("/500", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "database down", http.StatusInternalServerError)
	})
	page("/401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	page("/to-ok", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	page("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	page("/gopher", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "gopher://device.example/")
		w.WriteHeader(http.StatusFound)
	})
	page("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	})
	page("/drip", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "slow")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	page("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for chunk := bytes.Repeat([]byte("a"), 1<<16); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	page("/late", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(append(bytes.Repeat([]byte("a"), maxBody), "Welcome"...))
	})
	page("/header", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*maxHeader))
	})
	page("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "half")
	})
	page("/reset", func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			reset(c)
		}
	})
	page("/garbage", func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(c, "\x00\x01\x02 not HTTP\r\n\r\n")
			_ = c.Close()
		}
	})
	s := httptest.NewServer(mux)
	tb.Cleanup(func() { close(done); s.Close() })
	return s
}

func TestHTTP(t *testing.T) {
	s := site(t)
	for _, c := range []struct {
		name, path string
		set        appliance.HTTPSettings
		reason     appliance.Reason
		detail     string
	}{
		{name: "ok", path: "/ok"},
		{name: "status", path: "/500", reason: appliance.ReasonUnexpected, detail: "status 500 Internal Server Error, wanted 200 to 299"},
		{name: "status wanted", path: "/401", set: appliance.HTTPSettings{Status: []int{200, 401}}},
		{name: "status not wanted", path: "/ok", set: appliance.HTTPSettings{Status: []int{204}}, reason: appliance.ReasonUnexpected, detail: "wanted [204]"},
		{name: "head", path: "/ok", set: appliance.HTTPSettings{Method: "HEAD"}},
		{name: "match", path: "/ok", set: appliance.HTTPSettings{Match: `<h1>\s*Wel`}},
		{name: "no match", path: "/ok", set: appliance.HTTPSettings{Match: "Goodbye"}, reason: appliance.ReasonUnexpected, detail: `matches "Goodbye"`},
		{name: "forbidden match", path: "/ok", set: appliance.HTTPSettings{MatchNot: "(?i)welcome"}, reason: appliance.ReasonUnexpected, detail: `holds "Welcome"`},
		{name: "match after the first MiB", path: "/late", set: appliance.HTTPSettings{Match: "Welcome"}, reason: appliance.ReasonUnexpected, detail: "first MiB"},
		{name: "redirect not followed", path: "/to-ok", reason: appliance.ReasonUnexpected, detail: "status 302"},
		{name: "redirect followed", path: "/to-ok", set: appliance.HTTPSettings{Redirects: 1, Match: "Welcome"}},
		{name: "redirect loop", path: "/loop", set: appliance.HTTPSettings{Redirects: 10}, reason: appliance.ReasonUnexpected, detail: "status 302"},
		{name: "redirect elsewhere", path: "/gopher", set: appliance.HTTPSettings{Redirects: 3}, reason: appliance.ReasonProtocol, detail: "gopher"},
		{name: "never answers", path: "/slow", reason: appliance.ReasonTimeout},
		{name: "never ends", path: "/drip", reason: appliance.ReasonTimeout},
		{name: "endless page", path: "/endless"},
		{name: "endless header", path: "/header", reason: appliance.ReasonProtocol, detail: "exceeded"},
		{name: "cut short", path: "/cut", reason: appliance.ReasonProtocol, detail: "before its answer was complete"},
		{name: "reset", path: "/reset", reason: appliance.ReasonProtocol, detail: "reset"},
		{name: "not HTTP", path: "/garbage", reason: appliance.ReasonProtocol, detail: "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.set.URL = s.URL + c.path
			r := Guard(HTTP, slog.Default())(within(t, 500*time.Millisecond), httpTarget(c.set), nil)
			wantFailure(t, r, c.reason, c.detail)
			if _, ok := number(r, "http.duration"); c.reason == "" && !ok {
				t.Errorf("values = %+v", r.Values)
			}
		})
	}
}

func TestHTTPValues(t *testing.T) {
	s := site(t)
	r := Guard(HTTP, slog.Default())(within(t, time.Second), httpTarget(appliance.HTTPSettings{URL: s.URL + "/to-ok", Redirects: 2}), nil)
	for metric, want := range map[string]float64{"http.status": 200, "http.size": 16} {
		if got, _ := number(r, metric); got != want {
			t.Errorf("%s = %v, want %v", metric, got, want)
		}
	}
	duration, _ := number(r, "http.duration")
	for _, metric := range []string{"http.connect", "http.wait"} {
		if got, ok := number(r, metric); !ok || got <= 0 || got > duration {
			t.Errorf("%s = %v of %v", metric, got, duration)
		}
	}
	if log := logText(r); !strings.Contains(log, "redirect to "+s.URL+"/ok") {
		t.Errorf("log:\n%s", log)
	}
}

func TestHTTPCertificate(t *testing.T) {
	ca := newAuthority(t)
	for _, c := range certificateCases {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
			s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, c.left, c.hosts...)}}
			s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			s.StartTLS()
			defer s.Close()
			a := asker{lookup: systemLookup, roots: x509.NewCertPool()}
			if c.trusted {
				a.roots = ca.pool
			}
			r := Guard(a.http, slog.Default())(within(t, time.Second), httpTarget(appliance.HTTPSettings{URL: s.URL, SkipVerify: c.skip}), nil)
			wantFailure(t, r, reasonIf(c.detail, appliance.ReasonCertificate), c.detail)
			if d, ok := number(r, "certificate.days"); !ok || math.Abs(d-c.days) > 0.1 {
				t.Errorf("certificate.days = %v, want %v", d, c.days)
			}
		})
	}
}

// A page of a stranger must not send us to what only the appliance itself can reach.
func TestHTTPRedirectToOurselves(t *testing.T) {
	s := site(t)
	a := asker{lookup: func(_ context.Context, host string) ([]netip.Addr, error) {
		if host == "inner.example" {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("198.51.100.7")}, nil
	}}
	v := a.newVisit(appliance.HTTPSettings{}, nil)
	v.first = "device.example"
	_, err := v.dial(t.Context(), "tcp", "inner.example:"+s.URL[strings.LastIndex(s.URL, ":")+1:])
	if err == nil || Classify(err).Reason != appliance.ReasonUnexpected {
		t.Errorf("err = %v, want a refusal", err)
	}
	v.first = "inner.example"
	conn, err := v.dial(t.Context(), "tcp", "127.0.0.1:"+s.URL[strings.LastIndex(s.URL, ":")+1:])
	if err != nil {
		t.Fatalf("from loopback to loopback: %v", err)
	}
	conn.Close()
}

func TestHTTPSetupFaults(t *testing.T) {
	for name, set := range map[string]appliance.HTTPSettings{
		"pattern": {URL: "http://127.0.0.1/", Match: "("},
		"method":  {URL: "http://127.0.0.1/", Method: "DELETE"},
		"url":     {URL: "://"},
		"no host": {URL: "/status"},
		"port":    {URL: "http://127.0.0.1:99999/"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Guard(HTTP, slog.Default())(within(t, time.Second), httpTarget(set), nil)
			if r.Failure == nil || name != "port" && !r.Failure.Ours {
				t.Errorf("failure = %+v, want our own", r.Failure)
			}
		})
	}
}

// The environment's proxy is for browsers; a check that went through it would judge the proxy.
func TestHTTPIgnoresProxy(t *testing.T) {
	s := site(t)
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	r := Guard(HTTP, slog.Default())(within(t, time.Second), httpTarget(appliance.HTTPSettings{URL: s.URL + "/ok"}), nil)
	wantFailure(t, r, "", "")
}
