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
	dir := t.TempDir()
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
	address := peer.Snmpsimd(t, dir, "deltaups")
	var port int
	_, digits, _ := strings.Cut(address, ":")
	_, _ = fmt.Sscan(digits, &port)
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
