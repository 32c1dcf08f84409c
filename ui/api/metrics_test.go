package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"siteward/appliance"
)

func (b *bench) scrape(t *testing.T, token string) (int, string) {
	t.Helper()
	r := httptest.NewRequest("GET", "/metrics", nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	Metrics(b.app, b.gate, slog.New(slog.NewTextHandler(b.log, nil))).ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	b.app.withStates()
	b.app.values = append(b.app.values, appliance.Value{Metric: "IF-in", Instance: "10", Unit: "bit/s", Number: 1}) // the same name once mapped
	if status, _ := b.scrape(t, ""); status != http.StatusUnauthorized {
		t.Errorf("nobody: %d", status)
	}
	if status, _ := b.scrape(t, "sw_wrong"); status != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", status)
	}
	status, body := b.scrape(t, b.tokens[appliance.RoleViewer])
	if status != http.StatusOK || b.log.Len() > 0 {
		t.Fatalf("%d %s %s", status, body, b.log)
	}
	for _, want := range []string{
		`siteward_state{check="snmp",device="sw-core",item="if/10",label="<script>alert(\"x\")</script> & \"sw\"",site="Bäckerei Lindner"} 2`,
		`siteward_state{check="snmp",device="sw-core",item="answer",label="",site="Bäckerei Lindner"} 0`,
		`siteward_if_in_bytes_per_second{check="snmp",device="sw-core",instance="10",label="Port 10",site="Bäckerei Lindner"} 1000`,
		`siteward_storage_used_ratio{check="snmp",device="sw-core",instance="1",label="<script>alert(\"x\")</script> & \"sw\"",site="Bäckerei Lindner"} 0.91`,
		`siteward_poll_duration_seconds{check="snmp",device="sw-core",site="Bäckerei Lindner"} 1.5`,
		`siteward_build_info{commit="abc",version="1.2.3"} 1`,
		"siteward_checks_missed_total 3", "siteward_store_size_bytes 4096", "siteward_store_read_only 1", "go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(body, "Port 11") {
		t.Error("a rate that is not known yet is sent")
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatalf("promlint cannot read it: %v", err)
	}
	for _, p := range problems {
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
}

func TestMetricsAreBounded(t *testing.T) {
	b := newBench(t)
	for i := range 50 {
		b.app.values = append(b.app.values, appliance.Value{Metric: "if.errors", Instance: fmt.Sprint(i), Number: 1})
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&siteCollector{app: b.app, log: slog.New(slog.DiscardHandler), limit: 20})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	lines, dropped := 0, 0.0
	for _, f := range families {
		lines += len(f.Metric)
		if f.GetName() == "siteward_metrics_dropped" {
			dropped = f.Metric[0].GetGauge().GetValue()
		}
	}
	if lines > 40 || dropped < 30 {
		t.Errorf("%d lines, %g dropped", lines, dropped)
	}
}

func TestMetricsBeforeSetUp(t *testing.T) {
	b := newBench(t)
	b.app.broken = appliance.ErrNotFound
	if status, body := b.scrape(t, b.tokens[appliance.RoleViewer]); status != 200 || !strings.Contains(body, "siteward_build_info") {
		t.Errorf("%d %s", status, body)
	}
}

func TestAlive(t *testing.T) {
	w := httptest.NewRecorder()
	Alive().ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
	if w.Code != 200 || w.Body.String() != "ok\n" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func BenchmarkScrape(b *testing.B) {
	c := &siteCollector{app: &wide{}, log: slog.New(slog.DiscardHandler), limit: maxLines}
	registry := prometheus.NewRegistry()
	registry.MustRegister(c)
	for b.Loop() {
		if _, err := registry.Gather(); err != nil {
			b.Fatal(err)
		}
	}
}

// wide is a site of 500 devices with 50 numbers each.
type wide struct{ fake }

func (w *wide) Devices(context.Context) ([]appliance.DeviceView, error) {
	list := make([]appliance.DeviceView, 500)
	for i := range list {
		list[i] = appliance.DeviceView{Device: appliance.Device{Name: fmt.Sprint("device ", i)}, Checks: []appliance.Check{{ID: appliance.ID(i + 1), Name: "snmp"}}}
	}
	return list, nil
}

func (w *wide) LastReading(_ context.Context, id appliance.ID) (appliance.Reading, error) {
	r := appliance.Reading{Check: id, At: start}
	for i := range 50 {
		r.Values = append(r.Values, appliance.Value{Metric: "if.in", Unit: "bit/s", Instance: fmt.Sprint(i), Label: fmt.Sprint("Port ", i), Number: float64(i)})
	}
	return r, nil
}
