package daemon_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// nut is Debian's upsd with the driver dummy-ups: what the UPS says is a file.
type nut struct {
	t      *testing.T
	dir    string
	port   int
	told   int // times
	driver *exec.Cmd
}

func startNUT(t *testing.T) *nut {
	t.Helper()
	return startNUTAt(t, peer.FreeTCP(t))
}

// startNUTAt is one that listens at an address.
func startNUTAt(t *testing.T, address string) *nut {
	t.Helper()
	driver, upsd := peer.Need(t, "/lib/nut/dummy-ups"), peer.Need(t, "/lib/nut/upsd") // Debian's /usr/sbin/upsd looks at /etc/nut first
	n := &nut{t: t, dir: t.TempDir()}
	host, port, _ := net.SplitHostPort(address)
	n.port, _ = strconv.Atoi(port)
	n.write("ups.conf", "maxretry = 1\npollinterval = 1\n[usv1]\n driver = dummy-ups\n port = "+filepath.Join(n.dir, "usv1.dev")+"\n mode = dummy-once\n desc = \"Server room\"\n")
	n.write("upsd.conf", "LISTEN "+host+" "+port+"\nMAXAGE 4\n")
	n.write("upsd.users", "")
	n.says("OL CHRG", 100, 2340)
	t.Setenv("NUT_CONFPATH", n.dir)
	t.Setenv("NUT_STATEPATH", n.dir)
	t.Setenv("NUT_ALTPIDPATH", n.dir)
	if err := os.Chmod(n.dir, 0o777); err != nil { //nolint:gosec // the driver may run as another user
		t.Fatal(err)
	}
	n.driver = peer.Start(t, driver, "-a", "usv1", "-u", "root", "-FF")
	peer.Until(t, 20*time.Second, "the driver's socket", func() bool { _, err := os.Stat(filepath.Join(n.dir, "dummy-ups-usv1")); return err == nil })
	peer.Start(t, upsd, "-u", "root", "-F")
	peer.Until(t, 20*time.Second, "upsd", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return n
}

func (n *nut) write(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(filepath.Join(n.dir, name), []byte(text), 0o640); err != nil { //nolint:gosec // read by upsd
		n.t.Fatal(err)
	}
}

// says changes what the UPS tells.
func (n *nut) says(status string, charge, runtime int) {
	n.write("usv1.dev", fmt.Sprintf("ups.status: %s\nbattery.charge: %d\nbattery.runtime: %d\nups.load: 27\nups.mfr: EATON\nups.model: 5P 650\n", status, charge, runtime))
	n.told++ // the driver looks at the second of the change
	later := time.Now().Add(time.Duration(n.told) * time.Second)
	must(n.t, os.Chtimes(filepath.Join(n.dir, "usv1.dev"), later, later))
}

// TestAnOutageOfARealNUTServer plays an outage: it becomes one outage of the right length and one problem.
func TestAnOutageOfARealNUTServer(t *testing.T) {
	n := startNUT(t)
	s, err := open(t, t.TempDir()) // without its engine: the clock of this test runs in steps
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	dev := appliance.Device{Name: "usv1", Kind: appliance.KindUPS, Address: "127.0.0.1"}
	check := appliance.Check{Name: "nut", Probe: appliance.ProbeNUT, Interval: appliance.Duration(time.Hour), Timeout: appliance.Duration(5 * time.Second), NUT: &appliance.NUTSettings{Port: n.port}}
	if err := s.AddDevice(t.Context(), byTest, &dev, []appliance.Check{check}); err != nil {
		t.Fatal(err)
	}
	views, err := s.Devices(t.Context())
	if err != nil || len(views) != 1 || len(views[0].Checks) != 1 {
		t.Fatal(views, err)
	}
	id := views[0].Checks[0].ID
	read := func() string {
		r, err := s.RunNow(t.Context(), byTest, id)
		if err != nil || r.Failure != nil {
			t.Fatalf("read: %v %+v", err, r.Failure)
		}
		for _, w := range r.Statuses {
			if w.Name == "ups.output_source" {
				return w.Raw
			}
		}
		return ""
	}
	play := func(status string, charge, runtime int) {
		n.says(status, charge, runtime)
		peer.Until(t, 30*time.Second, status, func() bool { return read() == status })
		s.clock.advance(time.Minute)
		read()
		s.clock.advance(time.Minute)
	}
	play("OL", 100, 2340)
	play("OB DISCHRG", 88, 1500)
	play("OB LB", 14, 95)
	play("OL CHRG", 15, 100)
	list, err := s.UPSOutages(t.Context(), appliance.UPSFilter{})
	if err != nil || len(list) != 1 {
		t.Fatalf("outages %+v %v", list, err)
	}
	o := list[0]
	length := o.Length(s.Now())
	if o.Open || length < 4*time.Minute || length > 5*time.Minute || o.LowestCharge == nil || *o.LowestCharge != 14 || !o.Low || o.Announced == nil || *o.Announced != 2340 {
		t.Errorf("outage of %s: %+v", length, o)
	}
	events, err := s.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}, Device: dev.ID})
	if err != nil {
		t.Fatal(err)
	}
	began := 0
	for _, e := range events {
		if e.Item == "ups" && e.From == appliance.StateOK && e.To.Problem() {
			began++
		}
	}
	if began != 1 {
		t.Errorf("%d problems began: %+v", began, events)
	}
	play("OL RB", 100, 1200)
	told := func(kind appliance.UPSEventKind) (times int) {
		all, err := s.UPSEvents(t.Context(), appliance.UPSFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if e.Kind == kind {
				times++
			}
		}
		return times
	}
	if n := told(appliance.UPSReplaceBattery); n != 1 {
		t.Errorf("the battery must be replaced: told %d times", n)
	}
	// the driver goes: upsd knows old numbers and says that they are stale; that is told once, and is no outage
	if err := n.driver.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	lost := func() bool {
		r, err := s.RunNow(t.Context(), byTest, id)
		return err == nil && r.Failure != nil && r.Failure.Reason == appliance.ReasonLost
	}
	peer.Until(t, 60*time.Second, "a stale driver", lost)
	for range 4 {
		s.clock.advance(time.Minute)
		if !lost() {
			t.Fatal("the driver is back by itself")
		}
	}
	if list, err = s.UPSOutages(t.Context(), appliance.UPSFilter{}); err != nil || len(list) != 1 || told(appliance.UPSCommLost) != 1 {
		t.Errorf("outages %+v %v, communication lost is told %d times", list, err, told(appliance.UPSCommLost))
	}
}
