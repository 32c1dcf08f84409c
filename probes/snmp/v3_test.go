package snmp

import (
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
	"siteward/probes/probetest/agent"
	"siteward/probes/snmp/mib"
)

func v3(auth, priv string) appliance.Credential {
	c := appliance.Credential{SNMPVersion: "3", User: "siteward", AuthProtocol: auth, PrivProtocol: priv}
	if auth != "" {
		c.Auth.Value = "authentic-secret"
	}
	if priv != "" {
		c.Priv.Value = "private-secret"
	}
	return c
}

// agentUser is the credential as the test agent takes it.
func agentUser(c appliance.Credential) *agent.User {
	plain := func(s string) string {
		if s == "SHA-1" || s == "AES-128" {
			s, _, _ = strings.Cut(s, "-")
		}
		return strings.ReplaceAll(s, "-", "")
	}
	return &agent.User{Name: c.User, Auth: plain(c.AuthProtocol), AuthPhrase: c.Auth.Value, Priv: plain(c.PrivProtocol), PrivPhrase: c.Priv.Value}
}

func TestV3EveryProtocol(t *testing.T) {
	kinds := [][2]string{{"", ""}}
	for _, auth := range appliance.AuthProtocols {
		kinds = append(kinds, [2]string{auth, ""})
		for _, priv := range appliance.PrivProtocols {
			kinds = append(kinds, [2]string{auth, priv})
		}
	}
	for _, k := range kinds {
		t.Run("auth "+k[0]+" priv "+k[1], func(t *testing.T) {
			t.Parallel()
			c := v3(k[0], k[1])
			a := mustStart(t, agent.Options{User: agentUser(c)}, switchRecording("sw"))
			ctx := within(t, 10*time.Second)
			tgt := target(int(a.Addr.Port()), c)
			tgt.Check.SNMP.Context = "sw"
			ask := mustOpen(t, ctx, tgt, newLog(t))
			got, err := ask.Get(ctx, []mib.OID{sysDescr})
			if err != nil || !strings.HasPrefix(string(got[0].Bytes), "Example") {
				t.Fatalf("get: %v, %v", got, err)
			}
			if got, err := ask.Walk(ctx, portColumns[:3]); err != nil || len(got) != 3*ports {
				t.Errorf("walk: %d objects, %v", len(got), err)
			}
			if n := a.Counters().Reports; n > 2 {
				t.Errorf("%d reports: the engine is discovered again and again", n)
			}
		})
	}
}

func TestV3RefusalsAreExplained(t *testing.T) {
	good := v3("SHA-256", "AES-128")
	for name, c := range map[string]struct {
		change func(*appliance.Credential)
		want   string
	}{
		"unknown user":   {func(c *appliance.Credential) { c.User = "nobody" }, `does not know the SNMPv3 user "nobody"`},
		"auth password":  {func(c *appliance.Credential) { c.Auth.Value = "another-secret" }, "wrong password or wrong authentication protocol"},
		"auth protocol":  {func(c *appliance.Credential) { c.AuthProtocol = "SHA-512" }, "authentication protocol"},
		"priv password":  {func(c *appliance.Credential) { c.Priv.Value = "another-secret" }, "privacy password"},
		"priv protocol":  {func(c *appliance.Credential) { c.PrivProtocol = "AES-256" }, "privacy"},
		"no encryption":  {func(c *appliance.Credential) { c.PrivProtocol, c.Priv.Value = "", "" }, "security level"},
		"no credentials": {func(c *appliance.Credential) { *c = v3("", "") }, "security level"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := mustStart(t, agent.Options{User: agentUser(good)}, switchRecording("sw"))
			bad := good
			c.change(&bad)
			tgt := target(int(a.Addr.Port()), bad)
			tgt.Check.SNMP.Context = "sw"
			reading := New(nil, Options{}).Probe(within(t, 3*time.Second), tgt, newLog(t))
			if f := reading.Failure; f == nil || f.Reason != appliance.ReasonDenied || !strings.Contains(f.Detail, c.want) {
				t.Errorf("%+v, want denied with %q", f, c.want)
			}
		})
	}
}

// TestV3EngineIsKept holds that a later run begins with its request, and survives a long pause and another engine.
func TestV3EngineIsKept(t *testing.T) {
	c := v3("SHA-256", "AES-128")
	a := mustStart(t, agent.Options{User: agentUser(c)}, switchRecording("sw"))
	r := New(nil, Options{})
	tgt := target(int(a.Addr.Port()), c)
	sec, err := secure(tgt.Credential, "sw")
	if err != nil {
		t.Fatal(err)
	}
	mem, eng := newMemory(&sec), newEngine(sec)
	visit := func(address string) (reports uint64) {
		t.Helper()
		before := a.Counters().Reports
		ctx := within(t, 5*time.Second)
		run, err := r.begin(ctx, address, &sec, mem, eng, newLog(t))
		if err != nil {
			t.Fatal(err)
		}
		defer run.end()
		if got, err := run.Get(ctx, []mib.OID{sysDescr}); err != nil || !got[0].Exists() {
			t.Fatalf("%v, %v", got, err)
		}
		return a.Counters().Reports - before
	}
	visit(a.Addr.String())
	if n := visit(a.Addr.String()); n != 0 {
		t.Errorf("%d reports in the second run", n)
	}
	boots, at := eng.usm.AuthoritativeEngineBoots, eng.usm.AuthoritativeEngineTime
	eng.seen = eng.seen.Add(-300 * time.Second)
	eng.advance(time.Now())
	if got := eng.usm.AuthoritativeEngineTime - at; got < 299 || got > 302 || eng.usm.AuthoritativeEngineBoots != boots {
		t.Errorf("the engine's time went on by %d s in 300 s", got)
	}
	eng.usm.AuthoritativeEngineTime = at
	other := mustStart(t, agent.Options{User: agentUser(c)}, switchRecording("sw")) // the device was replaced
	visit(other.Addr.String())
}

// TestV3EngineReboots holds that a device which was restarted is read on at once, and one that has forgotten how often it was (cheap
// agents count from 1 again) as well. Its clock that runs wild between two requests ends in a readable answer, not in silence.
func TestV3EngineReboots(t *testing.T) {
	c := v3("SHA-256", "AES-128")
	const id = "\x80\x00\x7e\xd9\x05rebooted"
	engines := map[string]*agent.Running{}
	for name, boots := range map[string]uint32{"before": 4, "restarted": 5, "forgotten": 1} {
		engines[name] = mustStart(t, agent.Options{User: agentUser(c), EngineID: id, Boots: boots}, switchRecording("sw"))
	}
	r := New(nil, Options{})
	sec, err := secure(new(c), "sw")
	if err != nil {
		t.Fatal(err)
	}
	mem, eng := newMemory(&sec), newEngine(sec)
	for _, name := range []string{"before", "restarted", "forgotten", "forgotten"} {
		a := engines[name]
		ctx := within(t, 5*time.Second)
		run, err := r.begin(ctx, a.Addr.String(), &sec, mem, eng, newLog(t))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err := run.Get(ctx, []mib.OID{sysDescr}); err != nil || !got[0].Exists() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		run.end()
		if n := a.Counters().Reports; n > 2 {
			t.Errorf("%s: %d reports", name, n)
		}
	}
}

// TestV3SaltBeginsAtRandom: two engines of one user must not encrypt with the same vectors.
func TestV3SaltBeginsAtRandom(t *testing.T) {
	sec, err := secure(new(v3("SHA-256", "AES-128")), "")
	if err != nil {
		t.Fatal(err)
	}
	salt := func() string {
		e := newEngine(sec)
		p := &gosnmp.SnmpPacket{MsgFlags: gosnmp.AuthPriv, SecurityParameters: e.usm}
		if err := e.usm.InitPacket(p); err != nil {
			t.Fatal(err)
		}
		return string(e.usm.PrivacyParameters)
	}
	if a, b := salt(), salt(); a == b || len(a) != 8 {
		t.Errorf("salts %x and %x", a, b)
	}
}
