package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// appliance is a running siteward.
type appliance struct {
	*process
	data, url string
}

// site is what a made-up site consists of.
type site struct {
	switches int           // asked over SNMP, at the addresses of the fleet
	first    string        // address of the first switch; fleetFirst when empty
	port     int           // the fleet's
	pings    int           // addresses of loopback, each sent one echo, as blackbox_exporter does
	interval time.Duration // of all checks
}

const (
	userName     = "figures"
	userPassword = "seventeen grey herons count ladders"
	secretName   = "SITEWARD_SECRET_FLEET"
)

var secretEnv = []string{secretName + "=" + community}

// text is the site file.
func (s site) text() string {
	var b strings.Builder
	b.WriteString("siteward: 1\nsite: {name: Figures, language: en, time_zone: UTC}\n")
	if s.switches > 0 {
		fmt.Fprintf(&b, "credentials:\n  - {name: fleet, snmp_version: \"2c\", community_env: %s}\n", secretName)
	}
	b.WriteString("devices:\n")
	first := s.first
	if first == "" {
		first = fleetFirst
	}
	for i := range s.switches {
		fmt.Fprintf(&b, "  - {name: sw-%04d, kind: switch, address: %s, credential: fleet, checks: [{probe: snmp, interval: %s, snmp: {port: %d}}]}\n",
			i+1, following(first, i), s.interval, s.port)
	}
	for i := range s.pings {
		fmt.Fprintf(&b, "  - {name: host-%04d, kind: server, address: %s, checks: [{probe: ping, interval: %s, ping: {count: 1}}]}\n", i+1, following(pingFirst, i), s.interval)
	}
	if s.switches+s.pings == 0 {
		return strings.TrimSuffix(b.String(), "devices:\n")
	}
	return b.String()
}

// newStore makes the store of a site, with an administrator: a copy of the used one, which the site file is applied to.
func (e *env) newStore(ctx context.Context, s site) (data string, err error) {
	used, err := e.used.wait(ctx)
	if err != nil {
		return "", err
	}
	dir, err := e.folder("site")
	if err != nil {
		return "", err
	}
	data = filepath.Join(dir, "store")
	if err := copyStore(data, used); err != nil {
		return "", err
	}
	file, err := e.file("figures.yaml", s.text())
	if err != nil {
		return "", err
	}
	_, err = e.command(ctx, e.dir, secretEnv, "", e.siteward, "apply", "-f", file, "--data", data)
	return data, err
}

func copyStore(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return os.Chmod(to, 0o700)
}

// serve starts siteward on a store and waits until it is ready.
func (e *env) serve(ctx context.Context, data string) (*appliance, error) {
	listen, err := freePort()
	if err != nil {
		return nil, err
	}
	a := &appliance{data: data, url: "http://" + listen}
	if a.process, err = e.start("siteward", secretEnv, e.siteward, "serve", "--data", data, "--listen", listen, "--log-level", "warn"); err != nil {
		return nil, err
	}
	if err := a.ready(ctx, a.url+"/readyz"); err != nil {
		a.stop()
		return nil, err
	}
	return a, nil
}

// begin is newStore and serve.
func (e *env) serveSite(ctx context.Context, s site) (*appliance, error) {
	data, err := e.newStore(ctx, s)
	if err != nil {
		return nil, err
	}
	return e.serve(ctx, data)
}

// ready waits for a process to answer with 200.
func (p *process) ready(ctx context.Context, url string) error {
	return until(ctx, 60*time.Second, func() error {
		if err := p.alive(); err != nil {
			return err
		}
		return answers(ctx, http.DefaultClient, url)
	})
}

// answers is an error unless a page is there.
func answers(ctx context.Context, c *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(url + " answers " + resp.Status)
	}
	return nil
}
