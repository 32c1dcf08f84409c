package daemon

import (
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/poll"
	"siteward/appliance/store"
)

func TestMissedRunsAreToldOnceAnHour(t *testing.T) {
	var ahead atomic.Int64
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon.Add(time.Duration(ahead.Load())) }
	d, err := Open(t.Context(), Options{Data: t.TempDir(), Now: now, Store: store.Options{SkipVerify: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	dev := appliance.Device{Name: "sw-core", Kind: appliance.KindSwitch, Address: "192.0.2.7"}
	checks := make([]appliance.Check, missedLines+1)
	for i := range checks {
		checks[i] = appliance.Check{Name: string(rune('a' + i)), Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(time.Second)}
	}
	if err := d.AddDevice(t.Context(), appliance.Actor{Name: "test"}, &dev, checks); err != nil {
		t.Fatal(err)
	}
	miss := func(why poll.Why, n int) {
		for _, c := range checks[:n] {
			d.misses.add(poll.Miss{Check: c.ID, Slot: now(), Count: 2, Why: why})
		}
	}
	told := func() (keys []string, last appliance.Event) {
		if err := d.tellMisses(t.Context()); err != nil {
			t.Fatal(err)
		}
		events, _ := d.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventMonitor}})
		for _, e := range events {
			keys = append(keys, e.Message.Key)
		}
		if len(events) > 0 {
			last = events[0]
		}
		return keys, last
	}
	miss(poll.WhyLate, 1)
	if keys, _ := told(); len(keys) != 0 {
		t.Errorf("a late run did happen, but the journal says %v", keys)
	}
	miss(poll.WhyWaiting, 1)
	if keys, e := told(); len(keys) != 1 || e.Message.Args["n"] != 2 && e.Message.Args["n"] != 2.0 || e.Check != checks[0].ID {
		t.Errorf("journal %v, %+v", keys, e)
	}
	ahead.Add(int64(10 * time.Minute))
	miss(poll.WhyWaiting, 1)
	if keys, _ := told(); len(keys) != 1 {
		t.Errorf("told again within the hour: %v", keys)
	}
	ahead.Add(int64(time.Hour))
	if keys, e := told(); len(keys) != 2 || e.Message.Args["n"] != 2 && e.Message.Args["n"] != 2.0 {
		t.Errorf("what waited is not told: %v, %+v", keys, e)
	}
	ahead.Add(int64(2 * time.Hour))
	miss(poll.WhySkipped, len(checks))
	if keys, e := told(); len(keys) != 3 || e.Message.Key != "event.missed_many" {
		t.Errorf("many at once: %v, %+v", keys, e)
	}
}
