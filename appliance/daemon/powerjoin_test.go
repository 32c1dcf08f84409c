package daemon_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// TestOneOutageOfFourTellersIsOne has two UPSes of one office. The first is asked, sends a trap, writes the file of apcupsd and
// sends it to syslog from two computers; the second is upsmon's and asked through a NUT server under another name than ours.
func TestOneOutageOfFourTellersIsOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := settled(t, func(o *daemon.Options) { o.Logs = []string{dir} })
	add := func(name, address string, check appliance.Check) appliance.Device {
		dev := appliance.Device{Name: name, Kind: appliance.KindUPS, Address: address}
		check.Interval, check.Timeout = appliance.Duration(time.Hour), appliance.Duration(5*time.Second)
		s.must(s.AddDevice(t.Context(), byTest, &dev, []appliance.Check{check}))
		s.must(s.PauseDevice(t.Context(), byTest, dev.ID, "nobody answers in a test", time.Time{}))
		return dev
	}
	server := add("USV Serverraum", "192.0.2.10", appliance.Check{Name: "apcupsd", Probe: appliance.ProbeApcupsd, Apcupsd: &appliance.ApcupsdSettings{}})
	desk := add("USV Empfang", "192.0.2.11", appliance.Check{Name: "nut", Probe: appliance.ProbeNUT, NUT: &appliance.NUTSettings{UPS: "usv2"}})
	machine := appliance.Device{Name: "srv1", Kind: appliance.KindServer, Address: "192.0.2.10"}
	s.must(s.SaveDevice(t.Context(), byTest, &machine))

	begin := s.Now().Add(-time.Hour).Truncate(time.Second)
	events := filepath.Join(dir, "apcupsd.events")
	var file strings.Builder
	line := func(after time.Duration, text string) {
		fmt.Fprintf(&file, "%s  %s\n", begin.Add(after).Format("2006-01-02 15:04:05 -0700"), text)
	}
	line(0, "Power failure.")
	line(6*time.Second, "Running on UPS batteries.")
	line(400*time.Second, "Mains returned. No longer on UPS batteries.")
	line(400*time.Second, "Power is back. UPS running on mains.")
	line(1800*time.Second, "Power failure.")
	line(1806*time.Second, "Running on UPS batteries.")
	line(1825*time.Second, "Mains returned. No longer on UPS batteries.")
	s.must(os.WriteFile(events, []byte(file.String()), 0o600))

	// the reading and the trap come first, each with its delay
	s.must(daemon.TakeUPSEvents(s.Daemon, []appliance.UPSEvent{
		{Device: server.ID, Kind: appliance.UPSOnBattery, At: begin.Add(50 * time.Second), Text: "STATUS = ONBATT", Told: []string{"poll"}},
		{Device: server.ID, Kind: appliance.UPSOnBattery, At: begin.Add(7 * time.Second), Text: "upsOnBattery", Told: []string{"trap"}},
		{Device: server.ID, Kind: appliance.UPSOnLine, At: begin.Add(470 * time.Second), Text: "STATUS = ONLINE", Told: []string{"poll"}},
		{Device: desk.ID, Kind: appliance.UPSOnBattery, At: begin.Add(40 * time.Second), Text: "ups.status = OB", Told: []string{"poll"}},
		{Device: desk.ID, Kind: appliance.UPSOnLine, At: begin.Add(460 * time.Second), Text: "ups.status = OL", Told: []string{"poll"}},
	}))
	// then syslog of two computers on the first and of upsmon on the second
	src := s.addSource(appliance.Source{Name: "syslog", Kind: appliance.SourceSyslog, Syslog: &appliance.SyslogSettings{Programs: []string{"apcupsd", "upsmon"}}})
	for _, l := range []struct {
		after                time.Duration
		sender, app, message string
	}{
		{6500 * time.Millisecond, "192.0.2.10", "apcupsd", "Running on UPS batteries."}, {8200 * time.Millisecond, "192.0.2.10", "apcupsd", "Running on UPS batteries."},
		{8 * time.Second, "192.0.2.99", "upsmon", "UPS usv2@192.0.2.11 on battery"}, {9 * time.Second, "192.0.2.98", "upsmon", "UPS usv2@localhost on battery"},
		{400500 * time.Millisecond, "192.0.2.10", "apcupsd", "Mains returned. No longer on UPS batteries."},
		{401 * time.Second, "192.0.2.99", "upsmon", "UPS usv2@192.0.2.11 on line power"}, {402 * time.Second, "192.0.2.98", "upsmon", "UPS usv2@localhost on line power"},
	} {
		daemon.HeardLine(s.Daemon, begin.Add(l.after), l.sender, l.sender, l.app, l.message)
	}
	daemon.FlushHeard(s.Daemon)
	until(t, "syslog is read", func() bool { return s.source(src.ID).Status.Events >= 7 })
	// and at last the file, whose source names the server that it lies on
	of := s.addSource(appliance.Source{Name: "apcupsd", Kind: appliance.SourceFiles, Device: machine.ID, Files: &appliance.FilesSettings{Paths: []string{events}}})
	until(t, "the file is read", func() bool { return s.source(of.ID).Status.Events >= 7 })

	look := func() string {
		var out []string
		all, err := s.UPSOutages(t.Context(), appliance.UPSFilter{})
		s.must(err)
		for _, o := range slices.Backward(all) {
			out = append(out, fmt.Sprintf("%d %s after %s for %s by %d", o.Device, o.Kind, o.Start.Sub(begin).Round(time.Second), o.Length(s.Now()).Round(time.Second), len(o.Told)))
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	want := fmt.Sprintf("%[1]d outage after 0s for 6m40s by 4\n%[1]d outage after 30m0s for 25s by 1\n%[2]d outage after 8s for 6m33s by 2", server.ID, desk.ID)
	if got := look(); got != want {
		t.Errorf("outages\n%s\nwant\n%s", got, want)
	}
	// what is told again changes nothing
	s.must(os.Rename(events, events+".1"))
	s.must(os.WriteFile(events, []byte(file.String()+begin.Add(50*time.Minute).Format("2006-01-02 15:04:05 -0700")+"  UPS Self Test switch to battery.\n"), 0o600))
	_, err := s.ReadSource(t.Context(), byTest, of.ID)
	s.must(err)
	all, err := s.UPSEvents(t.Context(), appliance.UPSFilter{Device: server.ID})
	s.must(err)
	onBattery := 0
	for _, e := range all {
		if e.Kind == appliance.UPSOnBattery {
			onBattery++
		}
	}
	if got := look(); !strings.HasPrefix(got, strings.Split(want, "\n")[0]) || onBattery != 2 {
		t.Errorf("after it was read again, %d times on battery:\n%s", onBattery, got)
	}
}
