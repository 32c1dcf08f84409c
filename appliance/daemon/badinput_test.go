package daemon_test

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/probes/probetest/agent"
)

// TestBadInputIsExplainedOnTheDevicePage gives devices that answer what cannot be used. The page of each says in the reader's language
// what is wrong and what to do.
func TestBadInputIsExplainedOnTheDevicePage(t *testing.T) {
	t.Parallel()
	s := settled(t)
	s.community() // the first credential is that of all devices that ask for none
	good := agent.User{Name: "siteward", Auth: "SHA256", AuthPhrase: "authentic-secret", Priv: "AES", PrivPhrase: "private-secret"}
	credential := appliance.Credential{SNMPVersion: "3", User: good.Name, AuthProtocol: "SHA-256", Auth: appliance.Secret{Value: good.AuthPhrase}, PrivProtocol: "AES-128", Priv: appliance.Secret{Value: good.PrivPhrase}}
	add := func(name string, o agent.Options, change func(*appliance.Credential)) device {
		o.User = &good
		run, err := agent.Start("127.0.0.1:0", o, recording(t, "sw-core"))
		must(t, err)
		t.Cleanup(run.Close)
		c := credential
		c.Name = name
		change(&c)
		must(t, s.SaveCredential(t.Context(), byTest, &c))
		return s.device(name, recording(t, "sw-core"), func(_ *appliance.Device, check *appliance.Check) {
			check.SNMP = &appliance.SNMPSettings{Port: int(run.Addr.Port()), Credential: c.ID, Context: "public"}
		})
	}
	as := func(*appliance.Credential) {}
	var leaps atomic.Int64
	begun := time.Now()
	devices := []struct {
		device
		says [3]string // en, de, nl
	}{
		{add("unknown user", agent.Options{}, func(c *appliance.Credential) { c.User = "nobody" }), [3]string{"does not know the SNMPv3 user", "kennt den SNMPv3-Benutzer nicht", "kent de SNMPv3-gebruiker niet"}},
		{add("wrong key", agent.Options{}, func(c *appliance.Credential) { c.Auth.Value = "another-secret" }), [3]string{"password or the procedure for authentication", "Passwort oder Verfahren der Authentifizierung", "methode voor authenticatie"}},
		{add("wrong privacy", agent.Options{}, func(c *appliance.Credential) { c.Priv.Value = "another-secret" }), [3]string{"cannot decrypt", "nicht entschlüsseln", "niet ontsleutelen"}},
		{add("no privacy", agent.Options{}, func(c *appliance.Credential) { c.PrivProtocol, c.Priv.Value = "", "" }), [3]string{"security level", "Sicherheitsstufe", "beveiligingsniveau"}},
		{add("wild clock", agent.Options{Now: func() time.Time { return begun.Add(time.Duration(leaps.Add(1)) * time.Hour) }}, as), [3]string{"too late or too early", "zu spät oder zu früh", "te laat of te vroeg"}},
		{s.hangingNUT("hanging"), [3]string{"stopped in the middle", "mitten in einer Zeile", "stopte halverwege"}},
	}
	for _, d := range devices {
		s.ask(d.snmp, 3)
	}
	patient := func(_ *appliance.Device, c *appliance.Check) { c.Timeout = appliance.Duration(20 * time.Second) }
	twin := s.device("twin", recording(t, "nas-1"), patient) // tells the serial number of the next one
	s.ask(twin.snmp, 1)
	s.ask(s.device("original", recording(t, "nas-1"), patient).snmp, 1)
	twins := [3]string{"original tells the same serial number", "original nennt dieselbe Seriennummer", "original noemt hetzelfde serienummer"}
	for i, lang := range []string{"en", "de", "nl"} {
		must(t, s.Ops().AddUser(t.Context(), appliance.User{Name: "reader-" + lang, Role: appliance.RoleTechnician, Language: lang}, password))
		s.client.Jar = emptyJar()
		s.signIn(appliance.Role("reader-" + lang))
		for _, d := range devices {
			code, page := s.page("/devices/" + d.ID.String())
			_, verdict, _ := strings.Cut(page, `id="verdict"`)
			verdict, _, _ = strings.Cut(verdict, "</p>")
			if code != http.StatusOK || !strings.Contains(verdict, d.says[i]) {
				t.Errorf("%s, %s: %q is not in %q", d.Name, lang, d.says[i], verdict)
			}
		}
		if _, page := s.page("/devices/" + twin.ID.String()); !strings.Contains(page, twins[i]) {
			t.Errorf("%s: %q is not on the page", lang, twins[i])
		}
	}
}

// hangingNUT is a UPS whose server stops in the middle of a line.
func (s *site) hangingNUT(name string) device {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(s.t, err)
	s.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.t.Cleanup(func() { _ = c.Close() })
			_, _ = c.Write([]byte("BEGIN LIST UPS\nUPS us"))
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	number, _ := strconv.Atoi(port)
	dev := appliance.Device{Name: name, Kind: appliance.KindUPS, Address: "127.0.0.1"}
	c := appliance.Check{Name: "nut", Probe: appliance.ProbeNUT, Interval: appliance.Duration(time.Hour), Timeout: appliance.Duration(time.Second), NUT: &appliance.NUTSettings{Port: number}}
	must(s.t, s.AddDevice(s.t.Context(), byTest, &dev, []appliance.Check{c}))
	v, err := s.Device(s.t.Context(), dev.ID)
	must(s.t, err)
	return device{Device: dev, snmp: v.Checks[0].ID}
}
