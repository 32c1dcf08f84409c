package peer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Prometheus is Debian's, with its receiver of remote-write. It scrapes nothing, and may be stopped and started.
type Prometheus struct {
	Address string
	tb      testing.TB
	args    []string
	program string
	running *exec.Cmd
}

// NewPrometheus prepares one that does not run yet.
func NewPrometheus(tb testing.TB) *Prometheus {
	tb.Helper()
	p := &Prometheus{tb: tb, program: Need(tb, "prometheus"), Address: FreeTCP(tb)}
	dir := tb.TempDir()
	conf := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(conf, []byte("global: {scrape_interval: 1h}\n"), 0o600); err != nil {
		tb.Fatal(err)
	}
	p.args = []string{"--config.file=" + conf, "--storage.tsdb.path=" + filepath.Join(dir, "data"), "--web.listen-address=" + p.Address,
		"--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=10y", "--log.level=error"}
	return p
}

// Start lets it take numbers.
func (p *Prometheus) Start() {
	p.tb.Helper()
	p.running = Start(p.tb, p.program, p.args...)
	Until(p.tb, time.Minute, "prometheus", p.ready)
}

// Stop ends it.
func (p *Prometheus) Stop() {
	p.tb.Helper()
	if err := syscall.Kill(-p.running.Process.Pid, syscall.SIGTERM); err != nil {
		p.tb.Log(err)
	}
	Until(p.tb, time.Minute, "the end of prometheus", func() bool { return !p.ready() })
}

func (p *Prometheus) ready() bool {
	res, err := http.Get("http://" + p.Address + "/-/ready")
	if err == nil {
		_ = res.Body.Close()
	}
	return err == nil && res.StatusCode == http.StatusOK
}

// Series is one that a query gives, with all of its numbers as Prometheus writes them, by seconds since 1970.
type Series struct {
	Metric map[string]string
	Values [][2]any
}

// Query asks for all numbers of a selector at a time and as far back as is said.
func (p *Prometheus) Query(selector, back string, at time.Time) []Series {
	p.tb.Helper()
	v := url.Values{"query": {selector + "[" + back + "]"}, "time": {at.UTC().Format(time.RFC3339)}}
	res, err := http.Get("http://" + p.Address + "/api/v1/query?" + v.Encode())
	if err != nil {
		p.tb.Fatal(err)
	}
	defer res.Body.Close()
	var out struct {
		Status, Error string
		Data          struct{ Result []Series }
	}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out.Status != "success" {
		p.tb.Fatalf("query %s: %v %s", selector, err, out.Error)
	}
	return out.Data.Result
}
