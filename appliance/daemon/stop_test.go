package daemon_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/daemon"
)

// stopGoal is the promise of the unit file; the race detector makes everything several times slower, so it has room here.
const stopGoal = 2 * time.Second

func TestStopIsQuickAndLosesNothing(t *testing.T) {
	s := settled(t)
	s.signIn(appliance.RoleTechnician)
	dev := s.device("ups-1", recording(t, "ups-1"))
	s.ask(dev.snmp, 1)
	s.stream() // a page is open

	hanging, accepted := tarpit(t)
	web := appliance.Device{Name: "web", Kind: appliance.KindService, Address: "127.0.0.1"}
	c := config.NewCheck(appliance.ProbeHTTP)
	c.Interval, c.Timeout = appliance.Duration(time.Hour), appliance.Duration(time.Minute)
	c.HTTP = &appliance.HTTPSettings{URL: "http://" + hanging + "/"}
	if err := s.AddDevice(t.Context(), byTest, &web, []appliance.Check{c}); err != nil {
		t.Fatal(err)
	}
	view, _ := s.Device(t.Context(), web.ID)
	asked := make(chan error, 1)
	go func() {
		_, err := s.RunNow(context.Background(), byTest, view.Checks[0].ID)
		asked <- err
	}()
	<-accepted // a probe hangs
	copying := make(chan error, 1)
	go func() { copying <- s.Ops().Backup(context.Background(), slow{}) }()

	states, _ := s.States(t.Context())
	if took := s.stop(); took > stopGoal {
		t.Errorf("stopping took %s, want less than %s", took, stopGoal)
	}
	if err := <-asked; appliance.CodeOf(err) != appliance.CodeUnavailable {
		t.Errorf("a run that was broken off: %v", err)
	}
	<-copying

	again := restart(t, s.dir)
	again.client.Jar = move(s.client.Jar, s.url, again.url)
	if status, _ := again.page("/devices"); status != http.StatusOK {
		t.Errorf("the session did not outlive the restart: %d", status)
	}
	after, _ := again.States(t.Context())
	if len(after) != len(states) || after[0].State != states[0].State || !after[0].Seen.Equal(states[0].Seen) {
		t.Errorf("%d states after the restart, want %d as they were", len(after), len(states))
	}
	if n := again.samples(dev.snmp); n != 1 {
		t.Errorf("%d samples of a series after the restart, want 1", n)
	}
	if r, err := again.LastReading(t.Context(), dev.snmp); err != nil || len(r.Texts) == 0 {
		t.Errorf("the last reading is lost: %v", err)
	}
	events := again.journal(appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventMonitor}})
	if want := []string{"event.started", "event.stopped", "event.started"}; !slices.Equal(events, want) {
		t.Errorf("journal %v, want %v", events, want)
	}
}

// slow is a reader of a backup who takes his time.
type slow struct{}

func (slow) Write(p []byte) (int, error) { <-time.After(50 * time.Millisecond); return len(p), nil }

// tarpit accepts connections and never answers.
func tarpit(t *testing.T) (address string, accepted chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted = make(chan struct{}, 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var open []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				for _, c := range open {
					_ = c.Close()
				}
				return
			}
			open = append(open, c)
			accepted <- struct{}{}
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String(), accepted
}

func TestASecondApplianceIsRefused(t *testing.T) {
	s := settled(t)
	_, err := open(t, s.dir)
	if err == nil {
		t.Fatal("two appliances share a store")
	}
	if code := appliance.CodeOf(err); code != appliance.CodeUnavailable && code != appliance.CodeConflict {
		t.Errorf("code %q: %v", code, err)
	}
}

func TestAPortThatIsTakenIsSaid(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d, err := daemon.Open(t.Context(), daemon.Options{Data: filepath.Join(t.TempDir(), "x"), Listen: l.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RunAndClose(t.Context()); err == nil {
		t.Error("it runs without a port")
	}
	if _, err := os.Stat(filepath.Join(d.Data, "control.sock")); err == nil {
		t.Error("the socket stays behind")
	}
}
