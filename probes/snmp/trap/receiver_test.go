package trap_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
	"siteward/probes/listen"
	"siteward/probes/snmp/trap"
)

const engineID = "\x80\x00\x7e\xd9\x05receiver"

// receiver is one on a loopback socket, and what it took.
type receiver struct {
	*trap.Receiver
	port  int
	mu    sync.Mutex
	taken []trap.Message
	fail  error
}

var secret = func(s string) appliance.Secret { return appliance.Secret{Value: s} }

var credentials = []appliance.Credential{
	{ID: 1, SNMPVersion: "2c", Community: secret("public")},
	{ID: 2, SNMPVersion: "3", User: "watcher", AuthProtocol: "SHA-256", Auth: secret("authentic words"), PrivProtocol: "AES-128", Priv: secret("private words")},
	{ID: 3, SNMPVersion: "3", User: "signer", AuthProtocol: "SHA-1", Auth: secret("authentic words")},
	{ID: 4, SNMPVersion: "3", User: "old", AuthProtocol: "MD5", Auth: secret("authentic words"), PrivProtocol: "DES", Priv: secret("private words")},
}

func receive(t *testing.T, change ...func(*trap.Options)) *receiver {
	t.Helper()
	conn, err := listen.UDP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	lost, err := listen.Drops(conn)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{}
	o := trap.Options{EngineID: engineID, Boots: 7, Now: time.Now, Lost: lost,
		Credentials: func() []appliance.Credential { return credentials },
		Known:       func(netip.Addr) bool { return true }, On: func() bool { return true }, Take: r.take}
	for _, f := range change {
		f(&o)
	}
	r.Receiver, r.port = trap.New(conn, o), conn.LocalAddr().(*net.UDPAddr).Port
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *receiver) take(_ context.Context, m []trap.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	for i := range m {
		m[i].Vars = append(m[i].Vars[:0:0], m[i].Vars...)
		r.taken = append(r.taken, m[i])
	}
	return nil
}

func (r *receiver) messages() []trap.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]trap.Message(nil), r.taken...)
}

// next waits for the nth message.
func (r *receiver) next(t *testing.T, n int) trap.Message {
	t.Helper()
	peer.Until(t, 5*time.Second, "a message arrives", func() bool { return len(r.messages()) > n })
	return r.messages()[n]
}

// tell runs one of net-snmp's senders against the receiver.
func (r *receiver) tell(t *testing.T, program string, args ...string) error {
	t.Helper()
	cmd := exec.Command(peer.Need(t, program), args...)
	cmd.Env = []string{"MIBS=", "SNMP_PERSISTENT_DIR=" + t.TempDir(), "SNMPCONFPATH=/nonexistent", "PATH=/usr/bin:/bin"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return errors.New(string(out))
	}
	return nil
}

func (r *receiver) at() string { return "127.0.0.1:" + strconv.Itoa(r.port) }

var linkDown = []string{"", "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1.3", "i", "3", "1.3.6.1.2.1.2.2.1.2.3", "s", "Port 3"}

func TestRealTrapsOfAllVersions(t *testing.T) {
	r := receive(t)
	v3 := func(user string, more ...string) []string {
		return append([]string{"-v3", "-e", "0x8000000001020304", "-u", user}, more...)
	}
	full := []string{"-l", "authPriv", "-a", "SHA-256", "-A", "authentic words", "-x", "AES", "-X", "private words"}
	for i, c := range []struct {
		name    string
		args    []string
		version string
		oid     string
		cred    appliance.ID
		why     appliance.TrapRefusal
	}{
		{"v1 generic", []string{"-v1", "-c", "public", r.at(), "1.3.6.1.4.1.318", "192.0.2.9", "2", "0", "5000", "1.3.6.1.2.1.2.2.1.1.3", "i", "3"}, "1", "1.3.6.1.6.3.1.1.5.3", 1, ""},
		{"v1 specific", []string{"-v1", "-c", "public", r.at(), "1.3.6.1.4.1.318", "192.0.2.9", "6", "5", "5000"}, "1", "1.3.6.1.4.1.318.0.5", 1, ""},
		{"v2c", append([]string{"-v2c", "-c", "public", r.at()}, linkDown...), "2c", "1.3.6.1.6.3.1.1.5.3", 1, ""},
		{"v2c other community", append([]string{"-v2c", "-c", "guess", r.at()}, linkDown...), "2c", "1.3.6.1.6.3.1.1.5.3", 0, appliance.TrapCommunity},
		{"v3", append(append(v3("watcher", full...), r.at()), linkDown...), "3", "1.3.6.1.6.3.1.1.5.3", 2, ""},
		{"v3 signed only", append(v3("signer", "-l", "authNoPriv", "-a", "SHA", "-A", "authentic words", r.at()), linkDown...), "3", "1.3.6.1.6.3.1.1.5.3", 3, ""},
		{"v3 md5 des", append(v3("old", "-l", "authPriv", "-a", "MD5", "-A", "authentic words", "-x", "DES", "-X", "private words", r.at()), linkDown...), "3", "1.3.6.1.6.3.1.1.5.3", 4, ""},
		{"v3 wrong key", append(v3("signer", "-l", "authNoPriv", "-a", "SHA", "-A", "other words entirely", r.at()), linkDown...), "3", "", 0, appliance.TrapKey},
		{"v3 wrong privacy", append(v3("watcher", "-l", "authPriv", "-a", "SHA-256", "-A", "authentic words", "-x", "AES", "-X", "other words", r.at()), linkDown...), "3", "", 2, appliance.TrapPrivacy},
		{"v3 unknown user", append(v3("nobody", "-l", "authNoPriv", "-a", "SHA", "-A", "authentic words", r.at()), linkDown...), "3", "", 0, appliance.TrapUser},
		{"v3 unsigned", append(v3("watcher", "-l", "noAuthNoPriv", r.at()), linkDown...), "3", "1.3.6.1.6.3.1.1.5.3", 0, appliance.TrapNoAuth},
		{"v3 from the past", append(append(v3("watcher", append(full, "-Z", "1,5")...), r.at()), linkDown...), "3", "", 2, appliance.TrapWindow},
		{"v3 restarted", append(append(v3("watcher", append(full, "-Z", "5,100")...), r.at()), linkDown...), "3", linkDown[1], 2, ""},
		{"v3 fewer restarts", append(append(v3("watcher", append(full, "-Z", "3,200")...), r.at()), linkDown...), "3", "", 2, appliance.TrapReboots},
	} {
		if err := r.tell(t, "snmptrap", c.args...); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		m := r.next(t, i)
		if m.Version != c.version || string(m.OID) != c.oid || m.Why != c.why {
			t.Errorf("%s: version %s, OID %s, why %q (%s)", c.name, m.Version, m.OID, m.Why, m.Detail)
		}
		if c.cred != 0 && (len(m.Credentials) != 1 || m.Credentials[0] != c.cred) || c.cred == 0 && len(m.Credentials) != 0 {
			t.Errorf("%s: credentials %v", c.name, m.Credentials)
		}
	}
	if m := r.messages()[2]; len(m.Vars) != 2 || m.Vars[0].Int() != 3 || string(m.Vars[1].Bytes) != "Port 3" {
		t.Errorf("variables %+v", m.Vars)
	}
}

func TestRealInformsAreAnswered(t *testing.T) {
	r := receive(t)
	for i, c := range []struct {
		name string
		args []string
	}{
		{"v2c", []string{"-v2c", "-c", "public"}},
		{"v3", []string{"-v3", "-u", "watcher", "-l", "authPriv", "-a", "SHA-256", "-A", "authentic words", "-x", "AES", "-X", "private words"}},
		{"v3 signed only", []string{"-v3", "-u", "signer", "-l", "authNoPriv", "-a", "SHA", "-A", "authentic words"}},
		{"v3 md5 des", []string{"-v3", "-u", "old", "-l", "authPriv", "-a", "MD5", "-A", "authentic words", "-x", "DES", "-X", "private words"}},
	} {
		args := append(append(c.args, "-r", "1", "-t", "2", r.at()), linkDown...)
		if err := r.tell(t, "snmpinform", args...); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if m := r.next(t, i); !m.Inform || m.Why != "" || string(m.OID) != linkDown[1] {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
	if n := r.Totals().Answered; n != 4 {
		t.Errorf("%d answers, want 4", n)
	}
	if err := r.tell(t, "snmpinform", append([]string{"-v3", "-u", "signer", "-l", "authNoPriv", "-a", "SHA", "-A", "not the words", "-r", "0", "-t", "1", r.at()}, linkDown...)...); err == nil {
		t.Error("an inform with a wrong key was answered")
	}
	if m := r.next(t, 4); m.Why != appliance.TrapKey {
		t.Errorf("wrong key: %+v", m)
	}
}

func TestAnInformThatCannotBeKeptIsNotAnswered(t *testing.T) {
	r := receive(t)
	r.mu.Lock()
	r.fail = errors.New("the disk is full")
	r.mu.Unlock()
	if err := r.tell(t, "snmpinform", append([]string{"-v2c", "-c", "public", "-r", "0", "-t", "1", r.at()}, linkDown...)...); err == nil {
		t.Error("it was answered")
	}
}

func TestABurstIsBoundedAndCounted(t *testing.T) {
	r := receive(t)
	conn, err := net.Dial("udp", r.at())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const n = 10_000
	for range n {
		if _, err := conn.Write(coldStart); err != nil {
			t.Fatal(err)
		}
	}
	count := func() (kept, dropped uint64) {
		for _, m := range r.messages() {
			if m.Dropped() {
				dropped += m.Count
			} else {
				kept++
			}
		}
		return kept, dropped
	}
	peer.Until(t, 10*time.Second, "all are accounted for", func() bool { kept, dropped := count(); return kept+dropped >= n })
	kept, dropped := count()
	if kept+dropped != n || kept < 100 || kept > 400 {
		t.Errorf("%d kept and %d dropped of %d", kept, dropped, n)
	}
	if total := r.Totals(); total.Received != n || total.Dropped != dropped {
		t.Errorf("totals %+v", total)
	}
	if rows := len(r.messages()); rows > int(kept)+20 {
		t.Errorf("%d rows for %d kept", rows, kept)
	}
}

func TestOneSendersStormLeavesRoomForOthers(t *testing.T) {
	now := time.Now()
	storm, ups := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	refused := trap.Storm(now, storm, 100_000)
	if refused < 99_000 {
		t.Errorf("%d refused", refused)
	}
	if why := trap.AfterStorm(now, storm, ups, true); why != "" {
		t.Errorf("the UPS's trap is refused: %s", why)
	}
	if why := trap.AfterInvention(now, ups); why != "" {
		t.Errorf("after 100,000 invented senders the UPS's trap is refused: %s", why)
	}
}

func TestGarbageIsToldAndNothingElse(t *testing.T) {
	r := receive(t)
	conn, err := net.Dial("udp", r.at())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	huge := append([]byte{0x30, 0x82, 0xff, 0x00}, make([]byte, 60_000)...)
	for i, b := range [][]byte{{0}, []byte("GET / HTTP/1.1"), coldStart[:20], huge, {0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, {0x30, 0x80, 2, 1, 1}} {
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
		if m := r.next(t, i); m.Why != appliance.TrapGarbled {
			t.Errorf("%x: %+v", b[:min(20, len(b))], m)
		}
	}
}

// coldStart is a trap of version 2c, community public.
var coldStart = []byte{
	0x30, 0x3b, 2, 1, 1, 4, 6, 'p', 'u', 'b', 'l', 'i', 'c', 0xa7, 0x2e, 2, 1, 9, 2, 1, 0, 2, 1, 0, 0x30, 0x23,
	0x30, 0x0e, 6, 8, 0x2b, 6, 1, 2, 1, 1, 3, 0, 0x43, 2, 1, 0,
	0x30, 0x11, 6, 0x0a, 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0, 6, 3, 0x2b, 6, 1,
}
