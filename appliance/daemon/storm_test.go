package daemon_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
)

// In one minute 5,000 checks change their state, evenly, each after the three attempts that make it sure, and incidents are looked at
// every five seconds. It reports the CPU of such a minute, kernel included.
func BenchmarkFiveThousandChanges(b *testing.B) {
	const parts = int(time.Minute / daemon.SyncSoon)
	c := &clock{}
	d, err := daemon.Open(b.Context(), daemon.Options{Data: b.TempDir(), Now: c.now, PasswordCost: cheap, Store: store.Options{SkipVerify: true}})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := daemon.AddDevices(d, 5000); err != nil {
		b.Fatal(err)
	}
	minute := func(state appliance.State) {
		for part := range parts {
			if err := daemon.ChangeSome(d, part, parts, state); err != nil {
				b.Fatal(err)
			}
			c.advance(daemon.SyncSoon)
			if part%5 != 4 {
				continue
			}
			if err := daemon.JudgeIncidents(d, b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	minute(appliance.StateOK)
	c.advance(time.Hour)
	used := cpu()
	bad, minutes := false, 0
	for b.Loop() {
		if bad = !bad; bad {
			minute(appliance.StateCritical)
		} else {
			minute(appliance.StateOK)
		}
		c.advance(time.Hour)
		minutes++
	}
	b.ReportMetric(float64((cpu()-used).Milliseconds())/float64(minutes), "cpu-ms/minute")
}

// cpu is what the process has used.
func cpu() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(unix.TimevalToNsec(u.Utime) + unix.TimevalToNsec(u.Stime))
}
