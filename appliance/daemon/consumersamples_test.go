package daemon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/metric"
	"siteward/internal/peer"
)

// TestNumbersReachPrometheus: the series of a site stand in a real engine under the names of /metrics, each once and without a hole, after an
// engine that was away, a proxy that loses answers, and an appliance that was killed in between.
func TestNumbersReachPrometheus(t *testing.T) {
	engine := peer.NewPrometheus(t)
	engine.Start()
	deaf := 0 // answers that are still lost
	target, err := url.Parse("http://" + engine.Address)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	line := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "site" || password != "kastanie" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if deaf > 0 { // it arrives, and nobody hears of it
			deaf--
			forward.ServeHTTP(httptest.NewRecorder(), r)
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	defer line.Close()
	began := time.Now().UTC().Truncate(time.Hour).Add(-3 * time.Hour)
	c := &clock{}
	c.set(began)
	ctx, dir := t.Context(), filepath.Join(t.TempDir(), "store")
	o := func(o *daemon.Options) { o.Now = c.now }
	d := opened(t, dir, o)
	defer func() { _ = d.Close() }()
	dev := appliance.Device{Name: "sw-core", Kind: appliance.KindSwitch, Address: "192.0.2.7"}
	must(t, d.SaveDevice(ctx, admin, &dev))
	check := appliance.Check{Device: dev.ID, Name: "ping", Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(time.Second), Ping: &appliance.PingSettings{Count: 1}}
	must(t, d.SaveCheck(ctx, admin, &check))
	slow := appliance.Check{Device: dev.ID, Name: "tcp", Probe: appliance.ProbeTCP, Interval: appliance.Duration(5 * time.Minute), Timeout: appliance.Duration(time.Second), TCP: &appliance.TCPSettings{Port: 80}}
	must(t, d.SaveCheck(ctx, admin, &slow))
	r := appliance.Consumer{Kind: appliance.ConsumerSamples, Name: "metrics", URL: line.URL + "/api/v1/write", Site: "muster", User: "site", Secret: appliance.Secret{Value: "wrong"}}
	must(t, d.SaveConsumer(ctx, admin, &r))
	minutes := 0
	pass := func(n int) {
		t.Helper()
		for range n {
			at := c.now()
			values := []appliance.Value{{Metric: "ping.rtt", Unit: "ms", Number: float64(minutes)}, {Metric: "storage.used_percent", Instance: "1", Label: "C:\\ \xff", Unit: "%", Number: 50}}
			must(t, daemon.Take(d, appliance.Reading{Check: check.ID, At: at, Values: values}, at))
			if minutes%5 == 0 {
				must(t, daemon.Take(d, appliance.Reading{Check: slow.ID, At: at, Values: []appliance.Value{{Metric: "tcp.connect", Unit: "s", Number: 0.25}}}, at))
			}
			minutes++
			c.advance(time.Minute)
		}
	}
	state := func() appliance.UplinkState {
		t.Helper()
		all, err := d.Consumers(ctx)
		if err != nil || len(all) != 1 || all[0].Secret.Value != "" {
			t.Fatalf("%+v %v", all, err)
		}
		return all[0].State
	}
	s := d.Sampling(r.ID)
	pass(10)
	s.Deliver(ctx)
	if st := state(); st.Code != "denied" || st.Lost != 0 || st.Next.IsZero() {
		t.Errorf("with a wrong password: %+v", st)
	}
	r.Secret = appliance.Secret{Value: "kastanie"}
	must(t, d.SaveConsumer(ctx, admin, &r))
	if v, err := d.TestConsumer(ctx, admin, r.ID); err != nil || !v.OK {
		t.Errorf("a try: %+v %v", v, err)
	}
	s.Deliver(ctx)
	if st := state(); st.Code != "" || st.Samples == nil || st.Samples.Sent < 20 {
		t.Errorf("with the right password: %+v %+v", st, st.Samples)
	}
	pass(10)
	deaf = 1
	if rest := s.Deliver(ctx); rest < time.Minute {
		t.Errorf("asked to wait a minute, it waits %s", rest)
	}
	must(t, d.Close()) // killed before it hears that they have arrived
	d = opened(t, dir, o)
	s = d.Sampling(r.ID)
	pass(1)
	s.Deliver(ctx)
	r.Off = true
	must(t, d.SaveConsumer(ctx, admin, &r))
	if _, err := d.TestConsumer(ctx, admin, r.ID); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("one that is off is tried: %v", err)
	}
	r.Off = false
	must(t, d.SaveConsumer(ctx, admin, &r))
	engine.Stop()
	pass(60)
	s.Deliver(ctx)
	if st := state(); st.Failed == 0 || st.Lost != 0 {
		t.Errorf("while it is away: %+v", st)
	}
	engine.Start()
	s.Deliver(ctx)
	c.advance(10 * time.Minute)
	s.Deliver(ctx)
	st := state()
	t.Logf("%d minutes: %d numbers taken, up to %s, %d refused", minutes, st.Samples.Sent, st.Samples.Until, st.Lost)
	if st.Lost != 0 || st.Failed != 0 {
		t.Errorf("in the end: %+v", st)
	}
	left := sentNumbers(t, d)
	for name, want := range map[string]int{"siteward_ping_rtt_ms": minutes, "siteward_storage_used_ratio": minutes, "siteward_tcp_connect_seconds": (minutes + 4) / 5, "siteward_test": 1} {
		got := engine.Query(name+`{site="muster"}`, "1d", c.now())
		if len(got) != 1 || len(got[0].Values) != want || name != "siteward_test" && (got[0].Metric["device"] != "sw-core" || got[0].Metric["check"] == "") {
			t.Errorf("%s: %d series, want one of %d numbers: %.300v", name, len(got), want, got)
			continue
		}
		for _, v := range got[0].Values {
			key := fmt.Sprint(name, got[0].Metric["device"], got[0].Metric["instance"], int64(v[0].(float64)))
			if x, ok := left[key]; !ok || strconv.FormatFloat(x, 'f', -1, 64) != v[1] && name != "siteward_test" {
				t.Fatalf("%s is %v at the engine and %v in what was sent", key, v[1], x)
			}
			delete(left, key)
		}
		if name == "siteward_ping_rtt_ms" {
			for i, v := range got[0].Values {
				if at := time.Unix(int64(v[0].(float64)), 0).UTC(); v[1] != strconv.Itoa(i) || !at.Equal(began.Add(time.Duration(i)*time.Minute)) {
					t.Fatalf("number %d is %v of %s", i, v[1], at)
				}
			}
		}
	}
	if len(left) != 0 {
		t.Errorf("%d numbers left and are nowhere: %.300v", len(left), left)
	}
}

// sentNumbers are the numbers in the exact bytes of the deliveries that were taken, by name, device, instance and second.
func sentNumbers(t *testing.T, d *daemon.Daemon) map[string]float64 {
	t.Helper()
	out, codes := map[string]float64{}, map[string]int{}
	list, err := d.SentReports(t.Context(), appliance.SentFilter{Limit: 5000, Kind: appliance.ConsumerSamples})
	must(t, err)
	for _, row := range list {
		v, err := d.SentReport(t.Context(), row.ID)
		must(t, err)
		numbers, err := metric.Read(v.Body)
		if err != nil || len(numbers) != row.Samples || len(v.Body) != row.Bytes || row.To != "metrics" {
			t.Fatalf("%+v: %d numbers, %v", row, len(numbers), err)
		}
		if headers := strings.Join(v.Headers, "\n"); !strings.Contains(headers, "authorization: Basic (a secret") {
			t.Errorf("%s", headers)
		}
		codes[row.Code]++
		for i := range numbers {
			if n := &numbers[i]; row.Taken() {
				out[fmt.Sprint(n.Label("__name__"), n.Label("device"), n.Label("instance"), n.At/1000)] = n.Number
			}
		}
	}
	if codes["denied"] == 0 || codes["unavailable"] == 0 || codes["unreachable"]+codes["unavailable"] < 2 || codes[""] < 60 {
		t.Errorf("what came of them: %v", codes)
	}
	t.Logf("what came of %d deliveries: %v", len(list), codes)
	return out
}
