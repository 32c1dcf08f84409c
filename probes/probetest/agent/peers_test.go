package agent

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"siteward/internal/peer"
)

// run starts a net-snmp tool and returns what it printed, errors included.
func run(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, peer.Need(tb, name), args...)
	cmd.Env = append(os.Environ(), "MIBS=", "SNMPCONFPATH="+tb.TempDir(), "SNMP_PERSISTENT_DIR="+tb.TempDir())
	out, _ := cmd.CombinedOutput()
	var kept strings.Builder
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "Created directory: ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// TestCorpusAsSnmpsimd serves all recordings of the corpus by snmpsimd and by us: net-snmp's walk of both is the same
// to the octet, and so are single answers about what is there, what is not, and what lies behind the end.
func TestCorpusAsSnmpsimd(t *testing.T) {
	dir := peer.Corpus(t, "snmp")
	recs, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := peer.Snmpsimd(t, dir, recs[0].Name), mustStart(t, Options{}, recs...).Addr.String()
	work := make(chan *Recording)
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for r := range work {
				compareWalks(t, r, theirs, ours)
			}
		})
	}
	for _, r := range recs {
		work <- r
	}
	close(work)
	group.Wait()
	compareSingles(t, theirs, ours)
}

func compareWalks(t *testing.T, r *Recording, theirs, ours string) {
	for _, root := range []string{"1.3.6.1", "1.0.8802"} { // the second is where LLDP-MIB lives
		objects := 0
		for range r.Walk(MustOID(root)) {
			objects++
		}
		if objects == 0 {
			continue
		}
		args := []string{"-v2c", "-c", r.Name, "-On", "-Cc", "-Cr50", "-t", "20", "-r", "0"}
		want := run(t, "snmpbulkwalk", append(args, theirs, root)...)
		got := run(t, "snmpbulkwalk", append(args, ours, root)...)
		if got != want {
			t.Errorf("%s: %s", r.Name, firstDifference(got, want))
		}
		if n := strings.Count("\n"+got, "\n."); n < objects {
			t.Errorf("%s: the walk of %s has %d of %d objects", r.Name, root, n, objects)
		}
	}
}

func compareSingles(t *testing.T, theirs, ours string) {
	const c = "edgeos"
	for _, args := range [][]string{
		{"snmpwalk", "-v1", "-c", "hwg-ste2", "-On"},
		{"snmpwalk", "-v1", "-c", "cyberpower", "-On"},
		{"snmpwalk", "-v1", "-c", c, "-On"}, // with Counter64 between
		{"snmpget", "-v2c", "-c", c, "-On", "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.1", "1.3.6.1.2.1.1.77.0", "1.3.6.1.9.9"},
		{"snmpget", "-v1", "-c", c, "-On", "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.77.0"},
		{"snmpget", "-v1", "-c", c, "-On", "1.3.6.1.2.1.31.1.1.1.6.1"},
		{"snmpgetnext", "-v2c", "-c", c, "-On", "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.77.0", "1.3.6.1.9.9"},
		{"snmpgetnext", "-v1", "-c", c, "-On", "1.3.6.1.2.1.1.1.0", "1.3.6.1.9.9"},
		{"snmpbulkget", "-v2c", "-c", c, "-On", "-Cn1", "-Cr4", "1.3.6.1.2.1.1.1", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.9.9"},
		{"snmpget", "-v2c", "-c", "nobody", "-t", "0.2", "-r", "0", "1.3.6.1.2.1.1.1.0"},
	} {
		var oids []string
		for len(args) > 0 && strings.HasPrefix(args[len(args)-1], "1.3.") {
			oids, args = append([]string{args[len(args)-1]}, oids...), args[:len(args)-1]
		}
		want := run(t, args[0], append(append(args[1:len(args):len(args)], theirs), oids...)...)
		got := run(t, args[0], append(append(args[1:len(args):len(args)], ours), oids...)...)
		want = strings.ReplaceAll(want, theirs, ours)
		if got != want || got == "" {
			t.Errorf("%v: %s", args, firstDifference(got, want))
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n ours   %s\n theirs %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, theirs %d", len(g), len(w))
}

// TestNetSnmpV3 asks with net-snmp's tools and every protocol they know, and makes the mistakes of a user.
func TestNetSnmpV3(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	auths := map[string]string{"MD5": "MD5", "SHA": "SHA", "SHA224": "SHA-224", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512"}
	for auth, theirAuth := range auths {
		for _, priv := range PrivNames() { // net-snmp names them alike
			t.Run(auth+"+"+priv, func(t *testing.T) {
				r := mustStart(t, Options{User: &User{"caretaker", auth, authPhrase, priv, privPhrase}}, rec)
				out := run(t, "snmpbulkwalk", "-v3", "-u", "caretaker", "-l", "authPriv", "-n", "switch", "-a", theirAuth, "-A", authPhrase,
					"-x", priv, "-X", privPhrase, "-On", "-t", "5", "-r", "0", r.Addr.String(), "1.3.6.1")
				if n := strings.Count(out, "\n"); n < rec.Len() {
					t.Errorf("%d lines:\n%s", n, out)
				}
			})
		}
	}
}

func TestNetSnmpV3Refusals(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	r := mustStart(t, Options{Boots: 7, User: &User{"caretaker", "SHA256", authPhrase, "AES", privPhrase}}, rec, MustParse("other", "1.3.6.1|2|1"))
	right := map[string]string{"-u": "caretaker", "-l": "authPriv", "-n": "switch", "-a": "SHA-256", "-A": authPhrase, "-x": "AES", "-X": privPhrase}
	for name, c := range map[string]struct{ option, value, want string }{
		"right":    {"-l", "authPriv", `STRING: "switch-1"`},
		"user":     {"-u", "nobody", "Unknown user name"},
		"digest":   {"-A", "another phrase", "Authentication failure"},
		"privacy":  {"-X", "another phrase", "Decryption error"},
		"context":  {"-n", "nobody", "Bad context specified"},
		"level":    {"-l", "authNoPriv", "authorizationError"},
		"no level": {"-l", "noAuthNoPriv", "authorizationError"},
		"clock":    {"-Z", "1,900000", `STRING: "switch-1"`}, // it is told the time and asks again
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"-v3", "-On", "-t", "3", "-r", "1"}
			for option, value := range right {
				if option == c.option {
					value = c.value
				}
				args = append(args, option, value)
			}
			if _, known := right[c.option]; !known {
				args = append(args, c.option, c.value)
			}
			if out := run(t, "snmpget", append(args, r.Addr.String(), "1.3.6.1.2.1.1.5.0")...); !strings.Contains(out, c.want) {
				t.Errorf("want %q, got %q", c.want, out)
			}
		})
	}
}

// TestNetSnmpSeesTheSame walks our own recording with net-snmp and writes what it saw as a recording again.
func TestNetSnmpSeesTheSame(t *testing.T) {
	rec := mustOpen(t, "testdata/switch.snmprec")
	r := mustStart(t, Options{}, rec)
	out := run(t, "snmpbulkwalk", "-v2c", "-c", "switch", "-OnUe", r.Addr.String(), "1.3.6.1")
	for _, want := range []string{
		".1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 02 00 00 00 00 A1 ",
		".1.3.6.1.2.1.4.20.1.1.192.0.2.200 = IpAddress: 192.0.2.200",
		".1.3.6.1.2.1.31.1.1.1.6.2 = Counter64: 18446744073709551615",
		".1.3.6.1.4.1.32473.1.1.0 = INTEGER: -40",
		".1.3.6.1.4.1.32473.1.3.0 = Opaque: Float: 62.750000",
		".1.3.6.1.4.1.32473.1.4.0 = NULL",
	} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("the walk has no line %q:\n%s", want, out)
		}
	}
	if !bytes.HasSuffix([]byte(out), []byte("past the end of the MIB tree)\n")) {
		t.Errorf("it ends in %q", out[max(0, len(out)-100):])
	}
}
