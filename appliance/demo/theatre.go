package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"time"

	"siteward/embed"
	"siteward/probes/probetest/agent"
)

// theatre plays the devices: an SNMP agent for each recording on an address of its own where the system allows that
// (127.77.0.x on Linux), else on ports of 127.0.0.1.
type theatre struct {
	agents map[string]*agent.Running
	hosts  map[string]string
	web    *httptest.Server
	post   *post
}

func openTheatre() (*theatre, error) {
	t := &theatre{agents: map[string]*agent.Running{}, hosts: map[string]string{}}
	for i, thing := range things {
		if err := t.add(thing.name, net.IPv4(127, 77, 0, byte(10+i)).String()); err != nil {
			t.close()
			return nil, err
		}
	}
	var err error
	if t.post, err = openPost(); err != nil {
		t.close()
		return nil, err
	}
	t.web = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!doctype html><title>Praxis am Markt</title><h1>Termine</h1>")
	}))
	t.web.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.web.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	t.web.StartTLS()
	return t, nil
}

func (t *theatre) add(name, address string) error {
	f, err := embed.Demo.Open(path.Join(name + agent.Suffix))
	if err != nil {
		return err
	}
	defer f.Close()
	rec, err := agent.Parse(name, f)
	if err != nil {
		return err
	}
	o := agent.Options{Moving: true, Seed: 7}
	run, err := agent.Start(net.JoinHostPort(address, "0"), o, rec)
	if err != nil {
		if run, err = agent.Start("127.0.0.1:0", o, rec); err != nil {
			return err
		}
	}
	t.agents[name], t.hosts[name] = run, run.Addr.Addr().String()
	return nil
}

func (t *theatre) host(name string) string { return t.hosts[name] }

func (t *theatre) port(name string) int { return int(t.agents[name].Addr.Port()) }

func (t *theatre) webURL() string { return t.web.URL + "/" }

func (t *theatre) webHost() string {
	host, _, _ := net.SplitHostPort(strings.TrimPrefix(t.web.URL, "https://"))
	return host
}

func (t *theatre) close() {
	for _, a := range t.agents {
		a.Close()
	}
	if t.web != nil {
		t.web.Close()
	}
	if t.post != nil {
		t.post.close()
	}
}

// silentDevice is the one that stops answering now and then.
const silentDevice = "ap-behandlung"

// The play: the mains fail for two minutes, then an access point is silent for four.
const (
	overture = 90 * time.Second
	outage   = 2 * time.Minute
	interval = 5 * time.Minute
	silence  = 4 * time.Minute
)

// play repeats the same scenes until ctx ends.
func (t *theatre) play(ctx context.Context) error {
	for wait := overture; ; wait = interval {
		scenes := []struct {
			after time.Duration
			act   func()
		}{
			{wait, func() { t.battery(true) }}, {outage, func() { t.battery(false) }},
			{interval, func() { t.agents[silentDevice].Device(silentDevice).Silence(true) }},
			{silence, func() { t.agents[silentDevice].Device(silentDevice).Silence(false) }},
		}
		for _, s := range scenes {
			if err := pass(ctx, s.after); err != nil {
				return nil //nolint:nilerr // the demo ends
			}
			s.act()
		}
	}
}

func pass(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return errors.New("the demo ends")
	case <-timer.C:
		return nil
	}
}

// Objects of the UPS-MIB (RFC 1628) that change on battery.
var (
	upsSecondsOnBattery = agent.MustOID("1.3.6.1.2.1.33.1.2.2.0")
	upsMinutes          = agent.MustOID("1.3.6.1.2.1.33.1.2.3.0")
	upsCharge           = agent.MustOID("1.3.6.1.2.1.33.1.2.4.0")
	upsInputVoltage     = agent.MustOID("1.3.6.1.2.1.33.1.3.3.1.3.1")
	upsOutputSource     = agent.MustOID("1.3.6.1.2.1.33.1.4.1.0")
)

func (t *theatre) battery(on bool) {
	ups := t.agents["ups-1"].Device("ups-1")
	values := map[agent.OID]int32{upsSecondsOnBattery: 0, upsMinutes: 38, upsCharge: 100, upsInputVoltage: 231, upsOutputSource: 3}
	if on {
		values = map[agent.OID]int32{upsSecondsOnBattery: 45, upsMinutes: 31, upsCharge: 84, upsInputVoltage: 0, upsOutputSource: 5}
	}
	for oid, v := range values {
		ups.Set(oid, agent.Integer(v))
	}
}
