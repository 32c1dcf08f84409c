package demo_test

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"siteward/appliance"
	"siteward/appliance/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// days of history: as many as have everything in them that the test looks for.
const days = 15

// openGoal is how soon the demo's pages are there, on two cores without the race detector.
const openGoal = 5 * time.Second

type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

func TestTheDemoIsThereSoonAndGoesWithoutATrace(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	began := time.Now()
	out := &output{}
	d, err := demo.Open(t.Context(), demo.Options{Listen: "127.0.0.1:0", Out: out, Days: days})
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != "" {
		t.Error("it greets before anything is served")
	}
	t.Logf("open after %s, goal %s", time.Since(began), openGoal)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	end := time.Now().Add(10 * time.Second)
	for !strings.Contains(out.String(), "http://"+d.Address) {
		if time.Now().After(end) {
			t.Fatalf("no greeting: %s", out)
		}
		<-time.After(5 * time.Millisecond)
	}
	served(t, "http://"+d.Address)
	hasPast(t, d)
	hasJournal(t, d)
	hasPeople(t, d)
	cancel() // as SIGINT does
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func served(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	res, err := client.Get(url + "/signin")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(demo.Password)) {
		t.Errorf("the sign-in page: %s, or it does not tell the password", res.Status)
	}
}

// hasPast looks for numbers of the past in which the gaps and the outages stand.
func hasPast(t *testing.T, d *demo.Demo) {
	t.Helper()
	now := time.Now()
	devices, _ := d.Daemon.Devices(t.Context())
	if len(devices) < 10 {
		t.Fatalf("%d devices", len(devices))
	}
	found := map[string]bool{}
	for _, dev := range devices {
		for _, c := range dev.Checks {
			infos, _ := d.Daemon.Series(t.Context(), c.ID)
			for _, info := range infos {
				if info.Metric != "ups.input_voltage" && info.Metric != "cpu.load_percent" {
					continue
				}
				col, err := d.Daemon.Samples(t.Context(), info.ID, now.Add(-days*24*time.Hour), now, 10000)
				if err != nil {
					t.Fatal(err)
				}
				gaps, zeros, known := counted(col)
				if known < 2500 {
					t.Errorf("%s of %s: %d numbers in 15 days", info.Metric, dev.Name, known)
				}
				found["gap"] = found["gap"] || gaps > 5
				found["outage"] = found["outage"] || info.Metric == "ups.input_voltage" && zeros > 0
			}
		}
	}
	if !found["gap"] || !found["outage"] {
		t.Errorf("in the past are: %v, want a gap and an outage of the mains", found)
	}
}

func counted(c appliance.Column) (gaps, zeros, known int) {
	for i, x := range c.Number {
		if math.IsNaN(x) {
			gaps++
			continue
		}
		known++
		if x == 0 || len(c.Min) > i && c.Min[i] == 0 {
			zeros++
		}
	}
	return gaps, zeros, known
}

func hasJournal(t *testing.T, d *demo.Demo) {
	t.Helper()
	events, err := d.Daemon.Events(t.Context(), appliance.EventFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for i, e := range events {
		keys[e.Message.Key] = true
		if i > 0 && e.At.After(events[i-1].At.Add(time.Second)) {
			t.Errorf("the journal is out of order: %s at %s after %s", e.Message.Key, e.At, events[i-1].At)
		}
	}
	for _, want := range []string{"demo.on_battery", "demo.on_mains", "demo.silent", "demo.answers", "event.absent", "event.started"} {
		if !keys[want] {
			t.Errorf("the journal does not tell %s", want)
		}
	}
}

// hasPeople looks whether there is somebody to tell, something to work on and something to come.
func hasPeople(t *testing.T, d *demo.Demo) {
	t.Helper()
	contacts, err := d.Daemon.Contacts(t.Context())
	if err != nil || len(contacts) != 3 {
		t.Errorf("contacts: %d %v", len(contacts), err)
	}
	if routes, err := d.Daemon.Routes(t.Context()); err != nil || len(routes) != 2 {
		t.Errorf("routes: %d %v", len(routes), err)
	}
	windows, err := d.Daemon.Windows(t.Context())
	if err != nil || len(windows) != 2 || windows[0].State != appliance.WindowAnnounced || windows[0].Short {
		t.Errorf("windows: %+v %v", windows, err)
	}
	if told, err := d.Daemon.Deliveries(t.Context(), appliance.DeliveryFilter{}); err != nil || len(told) == 0 {
		t.Errorf("nobody was told of the window: %v", err)
	}
	tickets, err := d.Daemon.Tickets(t.Context(), appliance.TicketFilter{})
	if err != nil || len(tickets) < 4 {
		t.Errorf("tickets: %d %v", len(tickets), err)
	}
	if c, err := d.Daemon.Contract(t.Context()); err != nil || !c.Agreed() {
		t.Errorf("no contract: %v", err)
	}
}

func TestADemoThatCannotOpenLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := demo.Open(ctx, demo.Options{Listen: "127.0.0.1:0"}); err == nil {
		_ = d.Close()
	}
	if _, err := demo.Open(t.Context(), demo.Options{Listen: "nonsense"}); err == nil {
		t.Error("it opens at nonsense")
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
