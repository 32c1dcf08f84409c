package daemon

import (
	"fmt"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/store"
)

// benched is an appliance with switches of 48 ports that have answered once.
func benched(b *testing.B, devices int) (*Daemon, []appliance.Check) {
	b.Helper()
	d, err := Open(b.Context(), Options{Data: b.TempDir(), Store: store.Options{SkipVerify: true}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	by := appliance.Actor{Name: "bench"}
	err = d.edit(func(tx *store.Tx) error {
		for i := range devices {
			dev := appliance.Device{Name: fmt.Sprintf("sw-%d", i), Kind: appliance.KindSwitch, Address: "192.0.2.7",
				Ports: map[string]appliance.PortRole{"Port 1": appliance.PortUplink, "Port 2": appliance.PortImportant}}
			if err := tx.PutDevice(&dev); err != nil {
				return err
			}
			c := appliance.Check{Device: dev.ID, Name: "snmp", Probe: appliance.ProbeSNMP, Interval: appliance.Duration(time.Minute),
				Timeout: appliance.Duration(5 * time.Second), Created: d.now(), SNMP: &appliance.SNMPSettings{}}
			if err := tx.PutCheck(&c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err, by)
	}
	checks := d.live.allChecks()
	for i := range checks {
		if err := d.take(switchReading(checks[i].ID, d.now(), 0), d.now(), false); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return d, checks
}

// switchReading is what a switch of 48 ports tells: 8 numbers and 2 words of each.
func switchReading(check appliance.ID, at time.Time, round uint64) appliance.Reading {
	r := appliance.Reading{Check: check, At: at, Took: 20 * time.Millisecond, UpSince: at.Add(-24 * time.Hour)}
	for port := range 48 {
		instance, label := instances[port], labels[port]
		for _, m := range []string{"if.in", "if.out", "if.in_errors", "if.out_errors", "if.in_discards", "if.out_discards"} {
			r.Values = append(r.Values, appliance.Value{Metric: m, Instance: instance, Label: label, Unit: "bit/s", Kind: appliance.Counter64,
				Raw: 1_000_000*uint64(port) + 1000*round, Scale: 8, Source: "1.3.6.1.2.1.31.1.1.1.6.1"})
		}
		r.Values = append(r.Values, appliance.Value{Metric: "if.speed", Instance: instance, Label: label, Unit: "bit/s", Number: 1e9})
		for _, name := range []string{"if.oper_status", "if.admin_status"} {
			r.Statuses = append(r.Statuses, appliance.Status{Name: name, Instance: instance, Label: label, Raw: "1", Word: "up"})
		}
		r.Texts = append(r.Texts, appliance.Text{Name: "if.name", Instance: instance, Value: label})
	}
	return r
}

var instances, labels = numbered("%d"), numbered("Port %d")

func numbered(format string) (out [48]string) {
	for i := range out {
		out[i] = fmt.Sprintf(format, i+1)
	}
	return out
}

func BenchmarkTake48Ports(b *testing.B) {
	d, checks := benched(b, 1)
	slot := d.now()
	readings := make([]appliance.Reading, 64)
	for i := range b.N {
		if i%len(readings) == 0 {
			b.StopTimer()
			for j := range readings {
				readings[j] = switchReading(checks[0].ID, slot.Add(time.Duration(j+1)*time.Minute), uint64(i+j))
			}
			b.StartTimer()
		}
		slot = slot.Add(time.Minute)
		if err := d.take(readings[i%len(readings)], slot, false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJudgeTime1000(b *testing.B) {
	d, _ := benched(b, 1000)
	for range b.N {
		if err := d.judgeTime(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkViewAfterAReading1000(b *testing.B) {
	d, checks := benched(b, 1000)
	d.live.deviceViews()
	for i := range b.N {
		c := checks[i%len(checks)]
		d.live.settle(c.ID, d.live.statesOf(c.ID), nil)
		d.live.deviceViews()
	}
}

// BenchmarkSummary is what looking costs whether the row of the fleet is out of date.
func BenchmarkSummary(b *testing.B) {
	d, _ := benched(b, 200)
	for range b.N {
		s, err := d.summary(b.Context(), nil)
		if err != nil || s.Shown() == 0 {
			b.Fatal(err)
		}
	}
}
