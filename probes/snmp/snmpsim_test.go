package snmp

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/internal/peer"
	"siteward/probes/snmp/mib"
)

// TestSnmpsimd reads recordings of real devices as snmpsimd serves them.
func TestSnmpsimd(t *testing.T) {
	t.Parallel()
	bin := peer.Need(t, "snmpsimd", "snmpsim-command-responder")
	dir, err := os.MkdirTemp("", "snmpsim") // not TempDir: snmpsimd gives up root and must be able to enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cache := filepath.Join(dir, "cache")
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(cache, 0o777); err != nil {
		t.Fatal(err)
	}
	_ = os.Chmod(cache, 0o777)
	lines := map[string]int{}
	for _, name := range []string{"deltaups", "edgeswitch_us-8"} {
		b, err := os.ReadFile(peer.Corpus(t, "snmp", name+".snmprec"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".snmprec"), b, 0o644); err != nil {
			t.Fatal(err)
		}
		lines[name] = bytes.Count(b, []byte("\n"))
	}
	address := peer.FreeUDP(t)
	peer.Start(t, bin, "--data-dir="+dir, "--cache-dir="+cache, "--process-user=nobody", "--process-group=nogroup",
		"--logging-method=null", "--agent-udpv4-endpoint="+address)
	var port int
	_, digits, _ := strings.Cut(address, ":")
	_, _ = fmt.Sscan(digits, &port)
	r := New(mustProfiles(t), Options{})
	peer.Until(t, 60*time.Second, "snmpsimd answers", func() bool {
		ask, done, err := r.Open(within(t, time.Second), target(port, community("2c", "deltaups")), newQuietLog())
		if err != nil {
			return false
		}
		defer done()
		_, err = ask.Get(within(t, 500*time.Millisecond), []mib.OID{sysDescr})
		return err == nil
	})
	for name, want := range lines {
		ctx := within(t, 30*time.Second)
		ask := mustOpen(t, ctx, target(port, community("2c", name)), newLog(t))
		got, err := ask.Walk(ctx, []mib.OID{"1.0.8802", "1.3.6.1"}) // the first is LLDP
		if err != nil || len(got) != want {
			t.Errorf("%s: %d objects, %v, want %d", name, len(got), err, want)
		}
	}
	ask := mustOpen(t, within(t, 10*time.Second), target(port, community("2c", "deltaups")), newLog(t))
	got, err := ask.Get(within(t, 10*time.Second), []mib.OID{"1.3.6.1.2.1.33.1.2.1.0", "1.3.6.1.2.1.33.1.2.4.0"})
	if err != nil || !got[0].Exists() || !got[1].Exists() {
		t.Errorf("scalars without their .0: %v, %v", got, err)
	}
}
