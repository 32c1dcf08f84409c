package snmp

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
	"siteward/probes/snmp/mib"
)

// snmpdUsers are the protocols that Debian's net-snmp speaks, with its names for them.
var (
	snmpdAuth = map[string]string{"MD5": "MD5", "SHA-1": "SHA", "SHA-224": "SHA-224", "SHA-256": "SHA-256", "SHA-384": "SHA-384", "SHA-512": "SHA-512"}
	snmpdPriv = map[string]string{"DES": "DES", "AES-128": "AES", "AES-192": "AES-192", "AES-256": "AES-256", "AES-192C": "AES-192-C", "AES-256C": "AES-256-C"}
)

// mustSnmpd starts Debian's snmpd with one user for each pair of protocols.
func mustSnmpd(tb testing.TB, credentials []appliance.Credential) (port int) {
	tb.Helper()
	bin := peer.Need(tb, "snmpd")
	address := peer.FreeUDP(tb)
	dir := tb.TempDir()
	conf := []string{
		"agentAddress udp:" + address, "rocommunity public", "sysLocation Rack <1>", "sysServices 72",
		"sysContact it@example.org", "master no",
	}
	for _, c := range credentials {
		line := "createUser " + c.User
		level := "noauth"
		if c.AuthProtocol != "" {
			line += fmt.Sprintf(" %s %q", snmpdAuth[c.AuthProtocol], c.Auth.Value)
			level = "auth"
		}
		if c.PrivProtocol != "" {
			line += fmt.Sprintf(" %s %q", snmpdPriv[c.PrivProtocol], c.Priv.Value)
			level = "priv"
		}
		conf = append(conf, line, "rouser "+c.User+" "+level)
	}
	file := filepath.Join(dir, "snmpd.conf")
	if err := os.WriteFile(file, []byte(strings.Join(conf, "\n")+"\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	tb.Setenv("SNMP_PERSISTENT_DIR", dir)
	peer.Start(tb, bin, "-f", "-Lo", "-C", "-c", file, "-p", filepath.Join(dir, "pid"), "-I", "-smux")
	_, digits, _ := strings.Cut(address, ":")
	_, _ = fmt.Sscan(digits, &port)
	peer.Until(tb, 15*time.Second, "snmpd answers", func() bool {
		ask, done, err := New(nil, Options{}).Open(within(tb, 300*time.Millisecond), target(port, community("1", "public")), newQuietLog())
		if err != nil {
			return false
		}
		defer done()
		_, err = ask.Get(within(tb, 300*time.Millisecond), []mib.OID{sysDescr})
		return err == nil
	})
	return port
}

func TestSnmpd(t *testing.T) {
	credentials := []appliance.Credential{v3("", "")}
	for _, auth := range appliance.AuthProtocols {
		credentials = append(credentials, v3(auth, ""))
		for _, priv := range appliance.PrivProtocols {
			credentials = append(credentials, v3(auth, priv))
		}
	}
	for i := range credentials {
		credentials[i].User = fmt.Sprintf("user%d", i)
	}
	port := mustSnmpd(t, credentials)
	credentials = append(credentials, community("1", "public"), community("2c", "public"))
	for _, c := range credentials {
		t.Run(strings.TrimSpace("v"+c.SNMPVersion+" "+c.AuthProtocol+" "+c.PrivProtocol), func(t *testing.T) {
			ctx := within(t, 8*time.Second)
			ask := mustOpen(t, ctx, target(port, c), newLog(t))
			got, err := ask.Get(ctx, []mib.OID{"1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.1.99.0", "1.3.6.1.2.1.1.7.0"})
			if err != nil || string(got[0].Bytes) != "Rack <1>" || got[1].Exists() || got[2].Int() != 72 {
				t.Fatalf("get: %v, %v", got, err)
			}
			walked, err := ask.Walk(ctx, []mib.OID{"1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.1.9.1.3"})
			if err != nil || len(walked) < 3 || string(walked[0].Bytes) != "lo" {
				t.Errorf("walk: %v, %v", walked, err)
			}
		})
	}
}
