package cli

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"aead.dev/minisign"

	"siteward/appliance"
	"siteward/appliance/control"
	"siteward/appliance/daemon"
	"siteward/appliance/update"
)

// released marks the end of a copy of this test's program: what follows is its version and how it behaves.
const released = "\nSITEWARD-RELEASE "

// actAsRelease makes a marked copy of this program the version it is marked as.
func actAsRelease() {
	own, err := os.Executable()
	if err != nil {
		return
	}
	f, err := os.Open(own)
	if err != nil {
		return
	}
	defer f.Close()
	end := make([]byte, 64)
	if _, err := f.Seek(-64, io.SeekEnd); err != nil {
		return
	}
	if _, err := io.ReadFull(f, end); err != nil {
		return
	}
	_, mark, ok := strings.Cut(string(end), released)
	if !ok {
		return
	}
	words := strings.Fields(mark)
	version = words[0]
	if len(words) > 1 && words[1] == "crashes" && len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(7)
	}
	if len(words) > 1 && words[1] == "unwell" {
		alterServe = func(o *daemon.Options) { o.Listener = deaf{make(chan struct{})} }
	}
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// deaf is a listener that nobody gets through to.
type deaf struct{ closed chan struct{} }

func (d deaf) Accept() (net.Conn, error) { <-d.closed; return nil, net.ErrClosed }
func (d deaf) Close() error              { close(d.closed); return nil }
func (d deaf) Addr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9} }

// machine is a computer with Siteward installed, and a service manager that starts it again whenever it ends.
type machine struct {
	t                                    *testing.T
	packaged, data, releases, keys, port string
	private                              minisign.PrivateKey
	log                                  bytes.Buffer
	env                                  []string // of the appliance, beside what all programs have
	base                                 string   // of releases that are offered
}

func marked(t *testing.T, to, mark string) []byte {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	program = append(program, released+mark...)
	program = append(program, bytes.Repeat([]byte(" "), 8)...)
	if err := os.WriteFile(to, program, 0o700); err != nil {
		t.Fatal(err)
	}
	return program
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	dir := t.TempDir()
	m := &machine{t: t, packaged: filepath.Join(dir, "siteward"), data: filepath.Join(dir, "data"), releases: filepath.Join(dir, "releases"), keys: filepath.Join(dir, "keys")}
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m.private = private
	text, err := public.MarshalText()
	if err == nil {
		err = errors.Join(os.Mkdir(m.keys, 0o700), os.WriteFile(filepath.Join(m.keys, "provider.pub"), text, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	marked(t, m.packaged, "1.0.0")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = l.Addr().String()
	_ = l.Close()
	return m
}

func (m *machine) release(mark string) string {
	m.t.Helper()
	dir := m.t.TempDir()
	program := marked(m.t, filepath.Join(dir, "program"), mark)
	sum := sha256.Sum256(program)
	text, err := json.Marshal(update.Manifest{Form: 1, Product: "siteward", Version: strings.Fields(mark)[0], Base: m.base,
		Files: []update.File{{OS: runtime.GOOS, Arch: runtime.GOARCH, Name: "program", Bytes: int64(len(program)), SHA256: hex.EncodeToString(sum[:])}}})
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(dir, update.ManifestName), text, 0o600), os.WriteFile(filepath.Join(dir, update.SignatureName), minisign.Sign(m.private, text), 0o600))
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return dir
}

// boot lets the service manager run, in the manner of siteward.service, until the test ends.
func (m *machine) boot(extra ...string) (stop func(), kill func()) {
	m.t.Helper()
	quit, gone := make(chan struct{}), make(chan struct{})
	running := make(chan *os.Process, 1)
	go func() {
		defer close(gone)
		for {
			pre := exec.Command(m.packaged, "update", "settle", "--releases", m.releases, "--release-keys", m.keys)
			pre.Stderr = &m.log
			_ = pre.Run()
			main := exec.Command(filepath.Join(m.releases, "current"), append([]string{"serve", "--data", m.data, "--releases", m.releases, "--release-keys", m.keys, "--listen", m.port, "--update-trial", "400ms"}, extra...)...)
			main.Stderr = &m.log
			main.Env = append(os.Environ(), m.env...)
			if err := main.Start(); err != nil {
				return
			}
			select {
			case <-running:
			default:
			}
			running <- main.Process
			ended := make(chan struct{})
			go func() { _ = main.Wait(); close(ended) }()
			select {
			case <-ended:
			case <-quit:
				_ = main.Process.Signal(syscall.SIGTERM)
				<-ended
				return
			}
		}
	}()
	stop = func() { close(quit); <-gone }
	kill = func() {
		p := <-running
		_ = p.Kill()
	}
	return stop, kill
}

// until waits for something that the running appliance says.
func (m *machine) until(what string, is func(control.Ops, appliance.UpdateState) bool) {
	m.t.Helper()
	end := time.Now().Add(ready)
	for time.Now().Before(end) {
		if c, err := control.Dial(m.t.Context(), m.data); err == nil {
			if s, err := c.UpdateState(m.t.Context()); err == nil && is(c, s) {
				return
			}
		}
		<-time.After(30 * time.Millisecond)
	}
	m.t.Fatalf("never: %s\n%s", what, m.log.String())
}

func (m *machine) install(dir string, again bool) {
	m.t.Helper()
	c, err := control.Dial(m.t.Context(), m.data)
	if err == nil {
		_, err = c.Update(m.t.Context(), appliance.UpdateRequest{Source: dir, Again: again})
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// TestUpdatesWithRealPrograms runs an appliance as its unit does, through a good version, one that crashes, one that is not healthy,
// and one that is killed while it is on trial.
func TestUpdatesWithRealPrograms(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	stop, kill := m.boot()
	runs := func(version string) func(control.Ops, appliance.UpdateState) bool {
		return func(_ control.Ops, s appliance.UpdateState) bool { return s.Running == version && s.Trial == "" }
	}
	m.until("the packaged version runs", runs("1.0.0"))
	m.install(m.release("1.1.0"), false)
	m.until("the good version stays", runs("1.1.0"))
	m.install(m.release("1.2.0 crashes"), false)
	m.until("the one that crashes is taken back", func(_ control.Ops, s appliance.UpdateState) bool {
		return s.Running == "1.1.0" && len(s.Failed) == 1 && s.Failed[0].Version == "1.2.0"
	})
	m.install(m.release("1.3.0"), false)
	m.until("the next one is on trial", func(_ control.Ops, s appliance.UpdateState) bool { return s.Running == "1.3.0" })
	kill()
	m.until("it stays although it was killed once", runs("1.3.0"))
	want := []string{"update.log.staged", "update.log.confirmed", "update.log.staged", "update.log.reverted", "update.log.staged", "update.log.confirmed"}
	m.until("all of it stands in the logbook", func(ops control.Ops, _ appliance.UpdateState) bool {
		lines, err := ops.Logbook(t.Context(), []appliance.LogbookKind{appliance.LogbookChange}, 100)
		lines = slices.DeleteFunc(lines, func(l control.LogbookLine) bool { return !strings.HasPrefix(l.Message.Key, "update.") })
		if err != nil || len(lines) != len(want) {
			return false
		}
		for i, l := range lines {
			if l.Message.Key != want[len(want)-1-i] {
				return false
			}
		}
		return true
	})
	stop()
	if left, _ := filepath.Glob(filepath.Join(m.releases, "1.2.0")); len(left) > 0 {
		t.Error("the version that was taken back is still there")
	}
}

// TestAVersionThatIsNotHealthyTakesItselfBack: it runs, and its pages cannot be reached, because what is asked never answers.
func TestAVersionThatIsNotHealthyTakesItselfBack(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	stop, _ := m.boot()
	m.until("it runs", func(_ control.Ops, s appliance.UpdateState) bool { return s.Running == "1.0.0" })
	m.install(m.release("1.1.0 unwell"), false)
	m.until("it is taken back", func(_ control.Ops, s appliance.UpdateState) bool {
		return s.Running == "1.0.0" && len(s.Failed) == 1 && strings.Contains(s.Failed[0].Why, "pages")
	})
	stop()
}
