package config

import (
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

// Bounds of a check's times.
const (
	minInterval = 10 * time.Second
	maxInterval = 24 * time.Hour
	minTimeout  = 100 * time.Millisecond
)

// ValidateCheck says what cannot be right about a check by itself. Whether its device and its credential exist is for
// the store to say. Fields: name, probe, interval, timeout, attempts, recoveries, ping.count, snmp.credential, tcp.port,
// http.url …, limits[0].warning ….
func ValidateCheck(c appliance.Check) []*appliance.Error {
	var p problems
	p.name(c.Name)
	choice(&p, "probe", c.Probe, appliance.ProbeKinds)
	interval, timeout := time.Duration(c.Interval), time.Duration(c.Timeout)
	p.must(interval >= minInterval && interval <= maxInterval, "interval", "interval")
	p.must(timeout >= minTimeout, "timeout", "timeout_short")
	p.must(timeout < interval || interval < minInterval, "timeout", "timeout_long", "interval", c.Interval.String())
	p.upTo("attempts", c.Attempts, 20)
	p.upTo("recoveries", c.Recoveries, 20)
	p.settings(c)
	p.limits(c.Limits)
	return p
}

// settings must be those of the check's probe.
func (p *problems) settings(c appliance.Check) {
	for _, s := range []struct {
		probe    appliance.ProbeKind
		set      bool
		needed   bool
		validate func()
	}{
		{appliance.ProbePing, c.Ping != nil, false, func() { p.ping(*c.Ping) }},
		{appliance.ProbeSNMP, c.SNMP != nil, true, func() { p.snmp(*c.SNMP) }},
		{appliance.ProbeTCP, c.TCP != nil, true, func() { p.tcp(*c.TCP) }},
		{appliance.ProbeHTTP, c.HTTP != nil, true, func() { p.http(*c.HTTP) }},
		{appliance.ProbeNUT, c.NUT != nil, false, func() { p.nut(*c.NUT) }},
		{appliance.ProbeApcupsd, c.Apcupsd != nil, false, func() { p.must(c.Apcupsd.Port >= 0 && c.Apcupsd.Port <= 65535, "apcupsd.port", "port") }},
	} {
		field := string(s.probe)
		switch {
		case s.set && s.probe != c.Probe:
			p.add(field, "other_probe", "probe", field)
		case s.set:
			s.validate()
		case s.needed && s.probe == c.Probe:
			p.add(field, "settings")
		}
	}
}

func (p *problems) ping(s appliance.PingSettings) {
	p.upTo("ping.count", s.Count, 20)
	p.must(s.Size == 0 || s.Size >= 24 && s.Size <= 1400, "ping.size", "ping_size")
}

var profileName = lazyregexp.New(`^[a-z0-9][a-z0-9._-]{0,99}$`)

func (p *problems) snmp(s appliance.SNMPSettings) {
	p.must(s.Port >= 0 && s.Port <= 65535, "snmp.port", "port")
	p.must(s.Credential != 0, "snmp.credential", "no_credential")
	p.word("snmp.context", s.Context, maxWord)
	p.must(s.Profile == "" || profileName.MatchString(s.Profile), "snmp.profile", "profile", "value", clip(s.Profile))
}

func (p *problems) tcp(s appliance.TCPSettings) {
	p.must(s.Port >= 1 && s.Port <= 65535, "tcp.port", "port")
	p.must(s.TLS || !s.SkipVerify, "tcp.skip_verify", "without_tls")
	p.sent("tcp.send", s.Send, 4096)
	p.sent("tcp.expect", s.Expect, 1000)
}

// upsName is how NUT names a UPS in ups.conf.
var upsName = lazyregexp.New(`^[A-Za-z0-9._-]{1,100}$`)

func (p *problems) nut(s appliance.NUTSettings) {
	p.must(s.Port >= 0 && s.Port <= 65535, "nut.port", "port")
	p.must(s.UPS == "" || upsName.MatchString(s.UPS), "nut.ups", "ups_name", "value", clip(s.UPS))
	p.must(s.TLS || !s.SkipVerify, "nut.skip_verify", "without_tls")
}

// sent is text for the wire, which may hold line ends.
func (p *problems) sent(field, value string, limit int) {
	p.must(utf8.ValidString(value), field, "control")
	p.must(len(value) <= limit, field, "too_long", "max", limit)
}

func (p *problems) http(s appliance.HTTPSettings) {
	p.url("http.url", s.URL)
	p.must(slices.Contains([]string{"", "GET", "HEAD"}, s.Method), "http.method", "method", "value", clip(s.Method))
	p.must(len(s.Status) <= 50, "http.status", "too_many", "max", 50)
	for _, code := range s.Status {
		p.must(code >= 100 && code <= 599, "http.status", "status", "value", code)
	}
	p.pattern("http.match", s.Match, s.Method)
	p.pattern("http.match_not", s.MatchNot, s.Method)
	p.upTo("http.redirects", s.Redirects, 10)
}

func (p *problems) url(field, value string) {
	if !p.must(value != "", field, "empty") || !p.must(len(value) <= 2000, field, "too_long", "max", 2000) {
		return
	}
	u, err := url.Parse(value)
	switch {
	case err != nil:
		p.add(field, "url_malformed")
	case u.User != nil:
		p.add(field, "url_secret")
	case u.Scheme != "http" && u.Scheme != "https" && u.Host != "":
		p.add(field, "url_scheme", "value", clip(u.Scheme))
	case u.Host == "" || u.Hostname() == "":
		p.add(field, "url_malformed")
	case u.Port() != "" && !validPort(u.Port()):
		p.add(field, "port")
	}
}

func validPort(s string) bool {
	n := 0
	for _, r := range s {
		if n = n*10 + int(r-'0'); n > 65535 {
			return false
		}
	}
	return n > 0
}

func (p *problems) pattern(field, value, method string) {
	if value == "" || !p.must(len(value) <= 1000, field, "too_long", "max", 1000) ||
		!p.must(utf8.ValidString(value), field, "control") || !p.must(method != "HEAD", field, "pattern_head") {
		return
	}
	if _, err := regexp.Compile(value); err != nil {
		p.add(field, "pattern", "why", clip(err.Error()))
	}
}
