package daemon_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
)

func withSyslog(o *daemon.Options) { o.Syslog = []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"} }

func (s *site) syslogAt(via string) string {
	s.t.Helper()
	for _, a := range s.LogReceiver(s.t.Context()).Addresses {
		if at, ok := strings.CutPrefix(a, via+" "); ok {
			return at
		}
	}
	s.t.Fatalf("nothing listens for %s", via)
	return ""
}

func (s *site) logged(f appliance.LogFilter) []appliance.LogMessage {
	s.t.Helper()
	ms, err := s.LogMessages(s.t.Context(), f)
	if err != nil {
		s.t.Fatal(err)
	}
	return ms
}

func TestJournalOfThisMachine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	s := settled(t, func(o *daemon.Options) { o.Syslog = []string{"unix://" + path} })
	logger := peer.Need(t, "logger")
	if out, err := exec.Command(logger, "--socket", path, "--tag", "borg", "--priority", "daemon.err", "hello from this machine").CombinedOutput(); err != nil {
		t.Fatalf("%s", out)
	}
	var got []appliance.LogMessage
	until(t, "the message is kept", func() bool { got = s.logged(appliance.LogFilter{Word: "hello from this machine"}); return len(got) > 0 })
	host, _ := os.Hostname()
	if m := got[0]; m.App != "borg" || m.Host != host || m.Source != "local" || m.Level != 3 || m.Text != "hello from this machine" {
		t.Errorf("%+v", m)
	}
}

func TestRealSendersOfSyslog(t *testing.T) {
	t.Parallel()
	s := settled(t, withSyslog)
	logger := peer.Need(t, "logger")
	for _, c := range [][]string{{"--udp"}, {"--tcp"}, {"--tcp", "--octet-count"}, {"--udp", "--rfc3164"}} {
		via := strings.TrimPrefix(c[0], "--")
		host, port, err := net.SplitHostPort(s.syslogAt(via))
		if err != nil {
			t.Fatal(err)
		}
		text := "hello from logger " + strings.Join(c, " ")
		args := append(append([]string{}, c...), "--server", host, "--port", port, "--tag", "tester", "--priority", "auth.warning", text)
		if out, err := exec.Command(logger, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", c, out)
		}
		var got []appliance.LogMessage
		until(t, "the message is kept", func() bool { got = s.logged(appliance.LogFilter{Word: text}); return len(got) > 0 })
		if m := got[0]; m.Text != text || m.App != "tester" || m.Facility != 4 || m.Level != 4 || m.Via != via || m.Stamp.IsZero() {
			t.Errorf("%v: %+v", c, m)
		}
	}
	s.rsyslog("tcp", "sshd", "")
}

func TestRealSendersOfSyslogOverTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	peer.Certificate(t, cert, key, 1)
	s := settled(t, func(o *daemon.Options) {
		o.Syslog, o.Certificate, o.CertificateKey = []string{"tls://127.0.0.1:0"}, cert, key
	})
	for _, driver := range []string{"gtls", "ossl"} {
		s.rsyslog("tls", "sshd-"+driver, fmt.Sprintf("StreamDriver=%q StreamDriverMode=\"1\" StreamDriverAuthMode=\"x509/certvalid\"", driver)+"\x00"+cert)
	}
}

// rsyslog sends as a server of the site would. tls are the settings of its driver, and behind a NUL the certificate that it trusts.
func (s *site) rsyslog(via, tag, tls string) {
	s.t.Helper()
	dir := s.t.TempDir()
	driver, trusted, _ := strings.Cut(tls, "\x00")
	global := ""
	if trusted != "" {
		global = fmt.Sprintf(" DefaultNetstreamDriverCAFile=%q", trusted)
	}
	conf := filepath.Join(dir, "rsyslog.conf")
	host, port, err := net.SplitHostPort(s.syslogAt(via))
	if err != nil {
		s.t.Fatal(err)
	}
	in := filepath.Join(dir, "in.log")
	if err := os.WriteFile(in, []byte("Failed password for root from 192.0.2.9 port 22 ssh2\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	text := fmt.Sprintf("global(workDirectory=%q%s)\nmodule(load=\"imfile\" mode=\"polling\" pollingInterval=\"1\")\ninput(type=\"imfile\" file=%q tag=%q)\n"+
		"action(type=\"omfwd\" target=%q port=%q protocol=\"tcp\" TCP_Framing=\"octet-counted\" template=\"RSYSLOG_SyslogProtocol23Format\" %s)\n", dir, global, in, tag, host, port, driver)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	peer.Start(s.t, peer.Need(s.t, "rsyslogd"), "-n", "-f", conf, "-i", filepath.Join(dir, "pid"))
	until(s.t, "rsyslog's message is recognised", func() bool {
		ms := s.logged(appliance.LogFilter{Rule: "signin_failed"})
		return len(ms) > 0 && ms[0].App == tag && ms[0].Host != "" && ms[0].Via == via
	})
}

// TestAStormOfSyslogIsFoldedAndNothingIsLost sends as fast as the receiver takes it; SITEWARD_MESSAGES says how many (1200000 are
// 20,000 a second for a minute, which SITEWARD_PACE=20000 then takes). What it costs is told as a rate for each second of a processor, the sender's share included.
func TestAStormOfSyslogIsFoldedAndNothingIsLost(t *testing.T) {
	t.Parallel()
	n := 60_000
	if v, err := strconv.Atoi(os.Getenv("SITEWARD_MESSAGES")); err == nil {
		n = v
	}
	pace, _ := strconv.Atoi(os.Getenv("SITEWARD_PACE")) // messages a second, 0 = as fast as they are taken
	tick := time.NewTicker(time.Second / 50)
	defer tick.Stop()
	dir := t.TempDir()
	s := restart(t, dir, withSyslog)
	s.settle()
	conn, err := net.Dial("tcp", s.syslogAt("tcp"))
	if err != nil {
		t.Fatal(err)
	}
	began, spent := time.Now(), cpuSeconds(t)
	var out strings.Builder
	for i := range n {
		if i%3 == 0 {
			fmt.Fprintf(&out, "<30>Nov 28 21:00:00 srv app[%d]: request %d served in 3 ms\n", i, i)
		} else {
			out.WriteString("<30>Nov 28 21:00:00 srv app: the same again and again\n")
		}
		if paced := pace > 0 && (i+1)%(pace/50) == 0; paced || out.Len() > 64<<10 || i == n-1 {
			if _, err := conn.Write([]byte(out.String())); err != nil {
				t.Fatal(err)
			}
			out.Reset()
			if paced {
				<-tick.C
			}
		}
	}
	conn.Close()
	until(t, "all have arrived", func() bool { return s.LogReceiver(t.Context()).Received == uint64(n) })
	spent = cpuSeconds(t) - spent
	t.Logf("%d messages in %v, %.1f s of a processor: %.0f a second of it; most memory %d MB", n, time.Since(began).Round(time.Millisecond), spent, float64(n)/spent, mostMemory(t)>>20)
	if dropped := s.LogReceiver(t.Context()).Dropped; dropped != 0 {
		t.Errorf("%d are lost", dropped)
	}
	var sum, rows uint64
	until(t, "all are kept", func() bool {
		sum, rows = 0, 0
		for before := uint64(0); ; {
			ms := s.logged(appliance.LogFilter{Limit: 10_000, Before: before})
			if len(ms) == 0 {
				return sum == uint64(n)
			}
			for _, m := range ms {
				sum, rows = sum+m.Count, rows+1
			}
			before = ms[len(ms)-1].ID
		}
	})
	if rows > uint64(n)/3+uint64(n)/300 {
		t.Errorf("%d rows of %d messages: the same was not folded", rows, n)
	}
	if err := s.SeenLog(t.Context(), byTest, "127.0.0.1", 5); err != nil {
		t.Fatal(err)
	}
	s.stop()
	s = restart(t, dir, withSyslog)
	if ms := s.logged(appliance.LogFilter{Limit: 1}); len(ms) != 1 || ms[0].ID != rows {
		t.Errorf("after a restart %+v, want number %d", ms, rows)
	}
	if seen, err := s.SeenUntil(t.Context()); err != nil || seen["127.0.0.1"] != 5 {
		t.Errorf("seen %v, %v", seen, err)
	}
	agents := appliance.Source{Name: "agents", Kind: appliance.SourceEvents}
	if err := s.SaveSource(t.Context(), byTest, &agents); err != nil {
		t.Fatal(err)
	}
	token, err := s.NewPushToken(t.Context(), byTest, agents.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Push(t.Context(), token, appliance.Push{From: "192.0.2.7"}); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("the address of an agent takes results of backups: %v", err)
	}
	sent := appliance.EventPush{From: "192.0.2.7", Body: []byte(`{"EventID":4625,"Channel":"Security","Computer":"srv-dc01","Message":"An account failed to log on."}`)}
	if n, err := s.PushEvents(t.Context(), token, sent); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := s.PushEvents(t.Context(), "p_guessed", sent); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("a guessed address: %v", err)
	}
	until(t, "the pushed one is kept", func() bool {
		ms := s.logged(appliance.LogFilter{Source: "192.0.2.7"})
		return len(ms) == 1 && slices.Contains(ms[0].Rules, "signin_failed")
	})
	sample, err := s.LogSample(t.Context(), s.Now(), 10)
	if err != nil || len(sample.Hits) != 1 || len(sample.Drawn) != 10 {
		t.Errorf("sample: %d hits and %d drawn of %d, %v", len(sample.Hits), len(sample.Drawn), sample.All, err)
	}
}

// cpuSeconds is what this process has used of the processors.
func cpuSeconds(t *testing.T) float64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// mostMemory is the most that this process ever had in memory.
func mostMemory(t *testing.T) int64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u.Maxrss << 10
}
