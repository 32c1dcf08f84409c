package probes

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"siteward/appliance"
)

// Bounds of an HTTP run, beside its deadline.
const (
	maxBody      = 1 << 20
	maxHeader    = 64 << 10
	maxRedirects = 10
)

// HTTP asks for a page and looks at status, body and certificate. Values: http.status, http.duration (s, to the end of
// the body or its first MiB), its phases http.resolve, http.connect, http.tls, http.wait and http.transfer (s), http.size
// (B), certificate.days (d). Environment proxies are not used: the check is about the device, not about the proxy.
func HTTP(ctx context.Context, t Target, log *Log) appliance.Reading {
	return asker{lookup: systemLookup}.http(ctx, t, log)
}

func (a asker) http(ctx context.Context, t Target, log *Log) appliance.Reading {
	if t.Check.HTTP == nil {
		return Failed(OurFault("the check says no URL"))
	}
	set := *t.Check.HTTP
	want, err := newWanted(set)
	if err != nil {
		return Failed(OurFault(err.Error()))
	}
	v := a.newVisit(set, log)
	defer v.transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(v.phases.trace(ctx), want.method, set.URL, nil)
	if err != nil || req.URL.Host == "" {
		return Failed(OurFault("the check's URL cannot be used: " + clean(set.URL, 100)))
	}
	req.Header.Set("User-Agent", "Siteward")
	v.first = req.URL.Hostname()
	log.Printf("%s %s", want.method, req.URL.Redacted())

	began := time.Now()
	answer, err := v.client.Do(req)
	if err != nil {
		return fail(v.reading(), withoutURL(err), log)
	}
	defer answer.Body.Close()
	log.Printf("answer %s after %s, %s", clean(answer.Status, 100), shown(time.Since(began)), answer.Proto)
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	took := time.Since(began)
	v.phases.end()

	r := v.reading()
	r.Values = append(r.Values,
		appliance.Value{Metric: "http.status", Number: float64(answer.StatusCode)},
		appliance.Value{Metric: "http.size", Unit: "B", Number: float64(min(len(body), maxBody))})
	r.Texts = append(r.Texts, text("http.url", answer.Request.URL.Redacted()), text("http.status", answer.Status))
	if server := answer.Header.Get("Server"); server != "" {
		r.Texts = append(r.Texts, text("http.server", server))
	}
	if err != nil {
		return fail(r, err, log)
	}
	r.Values = append(r.Values, seconds("http.duration", took))
	r.Failure = want.judge(answer, body, log)
	return r
}

// visit is one run's client: its own connections, closed at its end, so that each run sees what a new visitor sees.
type visit struct {
	asker
	log       *Log
	first     string // host of the URL asked for
	certs     *certificates
	phases    *phases
	transport *http.Transport
	client    *http.Client
}

func (a asker) newVisit(set appliance.HTTPSettings, log *Log) *visit {
	v := &visit{asker: a, log: log, phases: &phases{}}
	v.certs = &certificates{roots: a.roots, skip: set.SkipVerify, now: time.Now(), log: log}
	v.transport = &http.Transport{
		DialContext:            v.dial,
		DialTLSContext:         v.dialTLS,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxHeader,
	}
	follow := min(max(set.Redirects, 0), maxRedirects)
	v.client = &http.Client{Transport: v.transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > follow {
			log.Printf("redirect to %s not followed, the check allows %d", clean(req.URL.Redacted(), 200), follow)
			return http.ErrUseLastResponse
		}
		log.Printf("redirect to %s", clean(req.URL.Redacted(), 200))
		return nil
	}}
	return v
}

func (v *visit) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, _ := strconv.Atoi(port)
	began := time.Now()
	addrs, err := resolve(ctx, v.lookup, host, v.log)
	if err != nil {
		return nil, err
	}
	if _, err := netip.ParseAddr(host); err != nil {
		v.phases.add(&v.phases.resolve, time.Since(began))
	}
	if host != v.first {
		if err := v.allowed(ctx, addrs); err != nil {
			return nil, err
		}
	}
	if number < 1 || number > 65535 {
		return nil, failf(appliance.ReasonUnexpected, "%s is no port", port)
	}
	conn, took, err := dialAny(ctx, addrs, uint16(number), v.log)
	if err != nil {
		return nil, err
	}
	v.phases.add(&v.phases.connect, took)
	return conn, nil
}

// dialTLS knows the host in full, where the transport's own way loses an IP address that is not sent as server name.
func (v *visit) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := v.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(address)
	began := time.Now()
	client := tls.Client(conn, v.certs.config(host))
	if err := client.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	v.phases.add(&v.phases.tls, time.Since(began))
	return client, nil
}

// allowed keeps a hostile page from sending us to services that only the appliance itself can reach.
func (v *visit) allowed(ctx context.Context, addrs []netip.Addr) error {
	for _, to := range addrs {
		if !private(to) {
			continue
		}
		own, err := resolve(ctx, v.lookup, v.first, nil)
		if err != nil || !private(own[0]) {
			return failf(appliance.ReasonUnexpected, "the page redirects to %s, an address of the appliance itself; not followed", to)
		}
	}
	return nil
}

func private(a netip.Addr) bool {
	return a.IsLoopback() || a.IsUnspecified() || a.IsLinkLocalUnicast()
}

func (v *visit) reading() appliance.Reading {
	return appliance.Reading{Values: append(v.phases.values(), v.certs.values()...), Texts: v.certs.texts()}
}

// withoutURL takes off the client's own frame, which repeats the URL with whatever the redirects put into it.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
