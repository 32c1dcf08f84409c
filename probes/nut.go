package probes

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"siteward/appliance"
)

// NUTPort is upsd's (IANA: nut).
const NUTPort = 3493

// NUT asks a server of Network UPS Tools for one UPS, with login and STARTTLS where the check says so. A server that has lost the
// UPS (driver gone, "Data stale") answers with ReasonLost.
func NUT(ctx context.Context, t Target, log *Log) appliance.Reading {
	return asker{lookup: systemLookup}.nut(ctx, t, log)
}

func (a asker) nut(ctx context.Context, t Target, log *Log) appliance.Reading {
	set := appliance.NUTSettings{}
	if t.Check.NUT != nil {
		set = *t.Check.NUT
	}
	if set.Port == 0 {
		set.Port = NUTPort
	}
	conn, _, err := connect(ctx, a.lookup, t.Device.Address, set.Port, log)
	if err != nil {
		return Failed(Classify(err))
	}
	defer endWith(ctx, conn)()
	r := appliance.Reading{}
	talk := newNUTConn(conn)
	if set.TLS {
		certs := &certificates{roots: a.roots, skip: set.SkipVerify, now: time.Now(), log: log}
		talk, err = startTLS(ctx, talk, conn, certs.config(t.Device.Address))
		r.Values, r.Texts = append(r.Values, certs.values()...), append(r.Texts, certs.texts()...)
		if err != nil {
			return fail(r, nutFailure(err, set.UPS), log)
		}
	}
	vars, name, desc, err := nutRead(talk, set.UPS, t.Credential, log)
	if err != nil {
		return fail(r, nutFailure(err, name), log)
	}
	told := tellNUT(vars, log.Began().Add(log.Elapsed()))
	r.Values, r.Texts = append(told.Values, r.Values...), append(told.Texts, r.Texts...)
	r.Statuses, r.Identity = told.Statuses, told.Identity
	r.Texts = append(r.Texts, text("ups.name", name), text("ups.description", desc))
	return r
}

func startTLS(ctx context.Context, c *nutConn, conn net.Conn, config *tls.Config) (*nutConn, error) {
	line, err := c.ask("STARTTLS")
	if err != nil {
		return c, err
	}
	if !strings.HasPrefix(line, "OK") {
		return c, failf(appliance.ReasonProtocol, "%q is no answer of a NUT server to STARTTLS", clean(line, 100))
	}
	client := tls.Client(conn, config)
	if err := client.HandshakeContext(ctx); err != nil {
		return c, err
	}
	return newNUTConn(client), nil
}

// nutRead logs in when there is something to log in with, finds the UPS and reads its variables.
func nutRead(c *nutConn, ups string, login *appliance.Credential, log *Log) (vars map[string]string, name, desc string, err error) {
	if login != nil {
		for _, words := range [][2]string{{"USERNAME", login.User}, {"PASSWORD", login.Auth.Value}} {
			if _, err := c.ask(words[0], nutQuoted(words[1])); err != nil {
				return nil, ups, "", err
			}
		}
	}
	list, err := c.list("UPS")
	if err != nil {
		return nil, ups, "", err
	}
	name, desc, err = chooseUPS(list, ups, log)
	if err != nil {
		return nil, name, "", err
	}
	if login != nil { // upsd looks at user and password only now
		if _, err := c.ask("LOGIN", nutQuoted(name)); err != nil {
			return nil, name, desc, err
		}
	}
	rows, err := c.list("VAR " + name)
	if err != nil {
		return nil, name, desc, err
	}
	vars = make(map[string]string, len(rows))
	for _, row := range rows {
		if len(row) >= 2 {
			vars[row[0]] = row[1]
		}
	}
	log.Printf("UPS %s of %d on this server told %d variables", name, len(list), len(vars))
	_, _ = c.ask("LOGOUT") // else upsd counts us among those who wait for the shutdown until it finds out
	if len(vars) == 0 {
		return nil, name, desc, &nutError{"DATA-STALE"}
	}
	return vars, name, desc, nil
}

// chooseUPS finds the one that is meant. Nothing said and one there is that one.
func chooseUPS(list [][]string, want string, log *Log) (name, desc string, err error) {
	var names []string
	for _, row := range list {
		if len(row) == 0 || strings.ContainsAny(row[0], " \"\\") || len(names) >= 50 {
			continue
		}
		names = append(names, row[0])
		if row[0] == want || want == "" {
			name = row[0]
			if desc = ""; len(row) > 1 && row[1] != "Description unavailable" {
				desc = row[1]
			}
		}
	}
	log.Printf("the server has %d UPS: %s", len(names), strings.Join(names, ", "))
	switch {
	case len(names) == 0:
		return want, "", failf(appliance.ReasonUnexpected, "the NUT server knows no UPS at all; ups.conf there is empty")
	case want == "" && len(names) > 1:
		return "", "", failf(appliance.ReasonUnexpected, "the NUT server has several UPSes; the check must say which one: %s", strings.Join(names, ", "))
	case name == "":
		return want, "", failf(appliance.ReasonUnexpected, "the NUT server has no UPS %q; it has: %s", want, strings.Join(names, ", "))
	}
	return name, desc, nil
}

// nutErrors is what the codes of upsd mean (docs/net-protocol.txt of NUT, "Error responses").
var nutErrors = map[string]struct {
	reason appliance.Reason
	detail string
}{
	"DATA-STALE":             {appliance.ReasonLost, "the NUT server has lost the UPS (Data stale): its driver gets no answer; look at the cable and the driver there"},
	"DRIVER-NOT-CONNECTED":   {appliance.ReasonLost, "the NUT server has lost the UPS: its driver does not run; start it there"},
	"ACCESS-DENIED":          {appliance.ReasonDenied, "the NUT server refuses user and password, or this user may not log in (upsd.users: upsmon secondary)"},
	"INVALID-USERNAME":       {appliance.ReasonDenied, "the NUT server does not take this user name"},
	"INVALID-PASSWORD":       {appliance.ReasonDenied, "the NUT server does not take this password"},
	"USERNAME-REQUIRED":      {appliance.ReasonDenied, "the NUT server wants a user name"},
	"PASSWORD-REQUIRED":      {appliance.ReasonDenied, "the NUT server wants a password"},
	"UNKNOWN-UPS":            {appliance.ReasonUnexpected, "the NUT server does not know the UPS %s"},
	"FEATURE-NOT-CONFIGURED": {appliance.ReasonUnexpected, "the NUT server has no certificate to speak TLS with; give it one there or switch TLS off in the check"},
	"FEATURE-NOT-SUPPORTED":  {appliance.ReasonUnexpected, "this NUT server cannot speak TLS; switch TLS off in the check"},
	"TLS-ALREADY-ENABLED":    {appliance.ReasonProtocol, "the NUT server says that TLS is on already"},
	"TLS-NOT-ENABLED":        {appliance.ReasonUnexpected, "the NUT server wants TLS; switch it on in the check"},
	"UNKNOWN-COMMAND":        {appliance.ReasonProtocol, "the server does not know a command of NUT; is it one?"},
}

func nutFailure(err error, ups string) error {
	e, ok := errors.AsType[*nutError](err)
	if !ok {
		return err
	}
	known, ok := nutErrors[e.code]
	if !ok {
		return failf(appliance.ReasonUnexpected, "the NUT server answers %q", clean(e.Error(), 100))
	}
	return failf(known.reason, "%s", strings.ReplaceAll(known.detail, "%s", ups))
}
