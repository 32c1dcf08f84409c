//go:build central

package cli

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/control"
)

// TestAReleaseOfTheProviderWithRealPrograms: central offers a signed release ring by ring, somebody at the site accepts it, and central
// hears that it stayed, or that it was taken back.
func TestAReleaseOfTheProviderWithRealPrograms(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	files := httptest.NewTLSServer(http.FileServer(http.Dir(t.TempDir())))
	t.Cleanup(files.Close)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: files.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	m.env, m.base = []string{"SSL_CERT_FILE=" + authority}, files.URL

	c := newCentralProgram(t, m.packaged)
	c.run("site", "add", "Muster GmbH")
	made := c.run("code", "Muster GmbH")
	word := func(name string) string {
		return strings.TrimSpace(regexp.MustCompile(name + " +(.+)").FindStringSubmatch(made)[1])
	}
	stop, _ := m.boot()
	defer stop()
	m.until("it runs and is connected", func(ops control.Ops, s appliance.UpdateState) bool {
		if s.Running != "1.0.0" {
			return false
		}
		_, err := ops.Connect(t.Context(), appliance.ConnectRequest{URL: c.url, Code: word("code"), Fingerprint: word("fingerprint")})
		return err == nil
	})
	take := func(number, mark string) {
		dir := m.release(mark)
		files.Config.Handler = http.FileServer(http.Dir(dir))
		c.run("offer", "add", "release", "siteward", dir)
		c.run("offer", "reach", number, "test")
		m.until("the last ring is given nothing", func(ops control.Ops, _ appliance.UpdateState) bool {
			n, err := ops.FetchOffers(t.Context())
			return err == nil && n == 0
		})
		c.run("offer", "reach", number, "all")
		m.until("it is offered and accepted", func(ops control.Ops, _ appliance.UpdateState) bool {
			_, _ = ops.FetchOffers(t.Context()) // what was announced is fetched by itself too
			all, err := ops.Offers(t.Context())
			if err != nil || len(all) == 0 || all[0].State != appliance.OfferHeld {
				return false
			}
			return ops.DecideOffer(t.Context(), control.OfferDecision{ID: all[0].ID, Do: "accept"}) == nil
		})
	}
	take("1", "1.1.0")
	m.until("the good version stays", func(_ control.Ops, s appliance.UpdateState) bool { return s.Running == "1.1.0" && s.Trial == "" })
	c.until("1", "installed")
	take("2", "1.2.0 crashes")
	m.until("the one that crashes is taken back", func(_ control.Ops, s appliance.UpdateState) bool {
		return s.Running == "1.1.0" && len(s.Failed) == 1 && s.Failed[0].Version == "1.2.0"
	})
	c.until("2", "reverted")
}

// centralProgram is a central that runs.
type centralProgram struct {
	t                  *testing.T
	program, data, url string
}

func newCentralProgram(t *testing.T, program string) *centralProgram {
	t.Helper()
	c := &centralProgram{t: t, program: program, data: filepath.Join(t.TempDir(), "central")}
	l := httptest.NewServer(nil)
	address := l.Listener.Addr().String()
	l.Close()
	c.url = "http://" + address
	cmd := exec.Command(program, "central", "serve", "--data", c.data, "--listen", address, "--provider", "IT Nord")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	c.wait("central runs", func() bool { _, err := c.try("health", "--url", c.url); return err == nil })
	return c
}

func (c *centralProgram) wait(what string, is func() bool) {
	c.t.Helper()
	for end := time.Now().Add(ready); !is(); <-time.After(100 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("never: " + what)
		}
	}
}

func (c *centralProgram) try(args ...string) (string, error) {
	out, err := exec.Command(c.program, append(append([]string{"central"}, args...), "--data", c.data)...).CombinedOutput()
	return string(out), err
}

func (c *centralProgram) run(args ...string) string {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func (c *centralProgram) until(number, state string) {
	c.t.Helper()
	c.wait("central hears that offer "+number+" is "+state, func() bool { return strings.Contains(c.run("offer", "answers", number), state) })
}
