package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

// measurePage gives figure 16: the list of 200 devices, each of which is polled each minute, against a server that
// only has to send the same bytes. The list is told in pages of 100 rows, so both of them are fetched. In turn, one
// connection.
func measurePage(ctx context.Context, e *env) (map[int]outcome, error) {
	a, err := e.serveSite(ctx, site{pings: 200, interval: time.Minute})
	if err != nil {
		return nil, err
	}
	defer a.stop()
	client, err := signIn(ctx, a.url)
	if err != nil {
		return nil, err
	}
	if err := wait(ctx, settled); err != nil { // all were polled once
		return nil, err
	}
	pages := []string{a.url + "/devices", a.url + "/devices?page=2"}
	var body []byte
	for _, url := range pages {
		b, err := get(ctx, client, url)
		if err != nil {
			return nil, err
		}
		body = append(body, b...)
	}
	if rows := len(hostRow.FindAll(body, -1)); rows < 200 {
		return nil, fmt.Errorf("the pages show %d devices, not 200", rows)
	}
	static, url, err := e.startStatic(ctx, body)
	if err != nil {
		return nil, err
	}
	defer static.stop()
	requests := choose(e, 400, 150)
	var ours, theirs []float64
	for range choose(e, 5, 3) {
		v, err := a.cpuWhile(func() error { return getMany(ctx, client, requests, pages...) })
		if err != nil {
			return nil, err
		}
		ours = append(ours, v/float64(requests))
		many := requests * 10 // it takes little, and CPU is told in steps of 10 ms
		if v, err = static.cpuWhile(func() error { return getMany(ctx, http.DefaultClient, many, url) }); err != nil {
			return nil, err
		}
		theirs = append(theirs, v/float64(many))
	}
	x, y := median(ours), median(theirs)
	return map[int]outcome{16: {values: []float64{x / y}, detail: fmt.Sprintf("%d rows, %.0f kB: siteward %.0f µs a page, static %.0f µs; medians of %d rounds of %d",
		200, float64(len(body))/1e3, x*1e6, y*1e6, len(ours), requests)}}, nil
}

// staticMain is the helper that serves one file as a page, from memory.
func staticMain(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: static FILE ADDRESS")
	}
	page, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})}
	return srv.Serve(l)
}

func (e *env) startStatic(ctx context.Context, page []byte) (*process, string, error) {
	file, err := e.file("page.html", string(page))
	if err != nil {
		return nil, "", err
	}
	listen, err := freePort()
	if err != nil {
		return nil, "", err
	}
	p, err := e.start("static", nil, e.self, "static", file, listen)
	if err != nil {
		return nil, "", err
	}
	if err := p.ready(ctx, "http://"+listen+"/"); err != nil {
		p.stop()
		return nil, "", err
	}
	return p, "http://" + listen + "/", nil
}

var hostRow = regexp.MustCompile(`>\s*host-\d{4}\s*<`)

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// signIn gives a client that is signed in as the administrator of the made-up site.
func signIn(ctx context.Context, base string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar}
	form, err := get(ctx, client, base+"/signin")
	if err != nil {
		return nil, err
	}
	token := csrfField.FindSubmatch(form)
	if token == nil {
		return nil, errors.New("the sign-in page has no form token")
	}
	values := url.Values{"name": {userName}, "password": {userPassword}, "csrf": {string(token[1])}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/signin", strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || strings.HasSuffix(resp.Request.URL.Path, "/signin") {
		return nil, fmt.Errorf("signing in ends at %s with %s", resp.Request.URL, resp.Status)
	}
	return client, nil
}

func get(ctx context.Context, c *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return io.ReadAll(resp.Body)
}

func getMany(ctx context.Context, c *http.Client, n int, urls ...string) error {
	for i := range n * len(urls) {
		if _, err := get(ctx, c, urls[i%len(urls)]); err != nil {
			return err
		}
	}
	return nil
}
