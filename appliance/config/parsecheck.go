package config

import (
	"errors"

	"siteward/appliance"
)

func (p *reader) check(n *node, path string, d *FileDevice, credential string) {
	before := len(p.problems)
	c := FileCheck{At: n.at}
	f := fields{
		"name":       p.text(&c.Name),
		"probe":      p.text((*string)(&c.Probe)),
		"interval":   p.duration(&c.Interval),
		"timeout":    p.duration(&c.Timeout),
		"attempts":   p.whole(&c.Attempts),
		"recoveries": p.whole(&c.Recoveries),
		"ping":       p.pingSettings(&c),
		"snmp":       p.snmpSettings(&c),
		"tcp":        p.tcpSettings(&c),
		"http":       p.httpSettings(&c),
		"nut":        p.nutSettings(&c),
		"apcupsd":    p.apcupsdSettings(&c),
		"limits":     p.list(func(n *node, path string) { p.limit(n, path, &c) }),
	}
	p.mapping(n, path, f)
	if n.kind != isMap {
		return
	}
	c.complete(credential)
	judged := c.Check
	if c.SNMP != nil && c.CredentialName != "" { // whether it exists is for Plan to say
		snmp := *c.SNMP
		snmp.Credential = 1
		judged.SNMP = &snmp
	}
	p.rules(path, before, ValidateCheck(judged))
	d.Checks = append(d.Checks, c)
}

// complete fills in what may be left out: the name and times of the probe, the device's credential.
func (c *FileCheck) complete(credential string) {
	if c.Name == "" {
		c.Name = string(c.Probe)
	}
	if c.Interval == 0 {
		c.Interval = DefaultInterval
	}
	if c.Timeout == 0 {
		c.Timeout = min(TimeoutOf(c.Probe), c.Interval/2)
	}
	if c.Probe == appliance.ProbeSNMP {
		if c.SNMP == nil {
			c.SNMP = &appliance.SNMPSettings{}
		}
		if c.CredentialName == "" {
			c.CredentialName = credential
		}
	}
}

func (p *reader) pingSettings(c *FileCheck) func(*node, string) {
	return func(n *node, path string) {
		c.Ping = &appliance.PingSettings{}
		p.mapping(n, path, fields{"count": p.whole(&c.Ping.Count), "size": p.whole(&c.Ping.Size)})
	}
}

func (p *reader) snmpSettings(c *FileCheck) func(*node, string) {
	return func(n *node, path string) {
		s := &appliance.SNMPSettings{}
		c.SNMP = s
		p.mapping(n, path, fields{"credential": p.text(&c.CredentialName), "port": p.whole(&s.Port), "context": p.text(&s.Context), "profile": p.text(&s.Profile)})
	}
}

func (p *reader) tcpSettings(c *FileCheck) func(*node, string) {
	return func(n *node, path string) {
		s := &appliance.TCPSettings{}
		c.TCP = s
		p.mapping(n, path, fields{"port": p.whole(&s.Port), "tls": p.flag(&s.TLS), "skip_verify": p.flag(&s.SkipVerify), "send": p.text(&s.Send), "expect": p.text(&s.Expect)})
	}
}

func (p *reader) httpSettings(c *FileCheck) func(*node, string) {
	return func(n *node, path string) {
		s := &appliance.HTTPSettings{}
		c.HTTP = s
		p.mapping(n, path, fields{
			"url": p.text(&s.URL), "method": p.text(&s.Method), "status": p.wholes(&s.Status), "match": p.text(&s.Match),
			"match_not": p.text(&s.MatchNot), "skip_verify": p.flag(&s.SkipVerify), "redirects": p.whole(&s.Redirects),
		})
	}
}

func (p *reader) nutSettings(c *FileCheck) func(*node, string) {
	return func(n *node, path string) {
		s := &appliance.NUTSettings{}
		c.NUT = s
		p.mapping(n, path, fields{"credential": p.text(&c.CredentialName), "port": p.whole(&s.Port), "ups": p.text(&s.UPS), "tls": p.flag(&s.TLS), "skip_verify": p.flag(&s.SkipVerify)})
	}
}

func (p *reader) apcupsdSettings(c *FileCheck) func(*node, string) {
	return func(n *node, path string) {
		c.Apcupsd = &appliance.ApcupsdSettings{}
		p.mapping(n, path, fields{"port": p.whole(&c.Apcupsd.Port)})
	}
}

func (p *reader) limit(n *node, path string, c *FileCheck) {
	var l appliance.Limit
	var below, hysteresis, warning, critical *node
	keep := func(to **node) func(*node, string) { return func(n *node, _ string) { *to = n } }
	p.mapping(n, path, fields{
		"metric": p.text(&l.Metric), "instance": p.text(&l.Instance), "of": p.text(&l.Of), "off": p.flag(&l.Off),
		"below": keep(&below), "hysteresis": keep(&hysteresis), "warning": keep(&warning), "critical": keep(&critical),
	})
	l.Below = badWhenLow[l.Metric]
	if below != nil {
		p.flag(&l.Below)(below, join(path, "below"))
	}
	l.Warning = p.measure(warning, join(path, "warning"), l)
	l.Critical = p.measure(critical, join(path, "critical"), l)
	if h := p.measure(hysteresis, join(path, "hysteresis"), l); h != nil {
		l.Hysteresis = *h
	}
	c.Limits = append(c.Limits, l)
}

// measure is a number in the unit of the limit's metric, with or without its unit. Units are known once all keys of
// the limit have been read.
func (p *reader) measure(n *node, path string, l appliance.Limit) *float64 {
	if n == nil {
		return nil
	}
	if n.kind != isText {
		p.wrong(n, path, "must be a number")
		return nil
	}
	unit := UnitOf(l.Metric)
	if l.Of != "" {
		unit = "%"
	}
	v, err := inUnit(n.text, unit)
	switch {
	case errors.Is(err, errUnit):
		p.wrong(n, path, "%s", english("unit", map[string]any{"metric": clip(l.Metric), "unit": unit, "value": clip(n.text)}))
		return nil
	case err != nil:
		p.wrong(n, path, "%s", english("unit_malformed", map[string]any{"value": clip(n.text)}))
		return nil
	}
	return &v
}
