// Package peer finds the real programs and the corpora that tests hold Siteward against.
// A missing one skips the test on a developer's machine and fails it in CI, so that nothing is quietly untested there.
package peer

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Need returns the path of the first of the named programs that is installed, looking in the sbin folders too.
func Need(tb testing.TB, names ...string) string {
	tb.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
		for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
			if p := filepath.Join(dir, n); executable(p) {
				return p
			}
		}
	}
	missing(tb, fmt.Sprintf("none of %s is installed", strings.Join(names, ", ")))
	return ""
}

// Corpus returns the path of a folder or file of the shared corpora, for instance Corpus(t, "snmp").
// The corpora stand beside the checkout in ../shared, or where SITEWARD_CORPUS says.
func Corpus(tb testing.TB, elem ...string) string {
	tb.Helper()
	root := os.Getenv("SITEWARD_CORPUS")
	if root == "" {
		root = filepath.Join(Root(), "..", "shared")
	}
	p := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		missing(tb, "the corpus "+strings.Join(elem, "/")+" is not there; set SITEWARD_CORPUS")
	}
	return p
}

// Root is the folder of the checkout: tests run in the folder of their package, and go.mod stands above it. Where a source was
// compiled says nothing, because paths may be trimmed.
func Root() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}

// Start runs a program until the test ends, stopping it by its pid. Its output goes to the test's log on failure.
func Start(tb testing.TB, name string, args ...string) *exec.Cmd {
	tb.Helper()
	out, err := os.CreateTemp(tb.TempDir(), "peer")
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	// Pdeathsig fires when the thread that started the child ends, so the child is started from a locked one.
	started := make(chan error)
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		<-done
	}()
	if err := <-started; err != nil {
		close(done)
		tb.Fatalf("start %s: %v", name, err)
	}
	tb.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		gone := make(chan struct{})
		go func() { _ = cmd.Wait(); close(gone) }()
		select {
		case <-gone:
		case <-time.After(3 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-gone
		}
		close(done)
		if tb.Failed() {
			tb.Logf("output of %s:\n%s", filepath.Base(name), tail(out.Name(), 40))
		}
		_ = out.Close()
	})
	return cmd
}

// Until asks ready every 50 ms until it says true, and fails the test when it has not within limit.
func Until(tb testing.TB, limit time.Duration, what string, ready func() bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-ctx.Done():
			tb.Fatalf("%s: not within %s", what, limit)
		case <-tick.C:
		}
	}
}

// NeedRoot skips the test for anybody but root; in CI it fails.
func NeedRoot(tb testing.TB, why string) {
	tb.Helper()
	if os.Getuid() != 0 {
		missing(tb, "only root may "+why)
	}
}

// FreeUDP returns a loopback address whose UDP port was free a moment ago.
func FreeUDP(tb testing.TB) string {
	tb.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// FreeTCP returns a loopback address whose TCP port was free a moment ago.
func FreeTCP(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func missing(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s, and CI needs it", why)
	}
	tb.Skip(why)
}

func executable(p string) bool {
	st, err := os.Stat(p)
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}

func tail(path string, n int) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
		if len(lines) > n {
			lines = lines[1:]
		}
	}
	return strings.Join(lines, "\n")
}
