package peer

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// ownNetwork marks the process that runs in a network of its own.
const ownNetwork = "SITEWARD_TEST_NETWORK"

// OwnNetwork runs the test again in a network namespace of its own and says false, or says true when it is that one: then it goes on.
// Only root may; for others the test is skipped, in CI it fails.
func OwnNetwork(t *testing.T) bool {
	t.Helper()
	if os.Getenv(ownNetwork) != "" {
		return true
	}
	if os.Geteuid() != 0 {
		missing(t, "a network namespace needs root")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1") //nolint:gosec // this very test
	cmd.Env = append(os.Environ(), ownNetwork+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // Pdeathsig belongs to the thread
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in the namespace: %v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
	return false
}

// Namespace is a network that a thread holds until the test ends.
type Namespace struct {
	TID  int
	tb   testing.TB
	work chan func()
}

// NewNamespace makes one, with its loopback up.
func NewNamespace(tb testing.TB) *Namespace {
	tb.Helper()
	h := &Namespace{tb: tb, work: make(chan func())}
	ready, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with its namespace
		h.TID = unix.Gettid()
		ready <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range h.work {
			f()
		}
	}()
	if err := <-ready; err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { close(h.work); <-done })
	h.Do(func() { Run(tb, "ip", "link", "set", "lo", "up") })
	return h
}

// Do does something in it. Sockets that are opened there stay there, whoever uses them.
func (h *Namespace) Do(f func()) {
	done := make(chan struct{})
	h.work <- func() { defer close(done); f() }
	<-done
}

// Run runs a program to its end, in the namespace of the calling thread, and fails the test when it fails.
func Run(tb testing.TB, name string, args ...string) {
	tb.Helper()
	if out, err := exec.Command(Need(tb, name), args...).CombinedOutput(); err != nil { //nolint:gosec // of a test
		tb.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
