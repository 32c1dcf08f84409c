package daemon

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"siteward/appliance"
)

// TestViewsAreAsIfMadeAnew changes a site at random and holds what is kept against what would be made from nothing.
func TestViewsAreAsIfMadeAnew(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		l := newLive()
		devices := []appliance.Device{{ID: 1, Name: "c"}, {ID: 2, Name: "a"}, {ID: 3, Name: "b"}}
		checks := []appliance.Check{{ID: 10, Device: 1, Name: "ping"}, {ID: 11, Device: 1, Name: "snmp"}, {ID: 20, Device: 2, Name: "ping"}, {ID: 30, Device: 3, Name: "ping"}}
		l.configure(nil, devices, checks)
		var held [][]appliance.DeviceView
		var copies [][]appliance.DeviceView
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				n := rapid.IntRange(0, 3).Draw(t, "devices")
				l.configure(nil, devices[:n], checks)
			case 1, 2:
				c := rapid.SampledFrom(checks).Draw(t, "check")
				s := appliance.StateRecord{StateKey: appliance.StateKey{Check: c.ID, Item: appliance.ItemAnswer}, Device: c.Device,
					State: rapid.SampledFrom([]appliance.State{appliance.StateOK, appliance.StateCritical}).Draw(t, "state"), Since: noon}
				l.settle(c.ID, []appliance.StateRecord{s}, &appliance.Reading{Check: c.ID, At: noon.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "at")) * time.Second)})
			case 3:
				v := l.deviceViews()
				held = append(held, v)
				copies = append(copies, slices.Clone(v))
			}
			got := l.deviceViews()
			l.mu.Lock()
			l.views.made = nil
			l.mu.Unlock()
			if want := l.deviceViews(); !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v\nwant %+v", got, want)
			}
			n := 0
			for _, states := range l.states {
				n += len(states)
			}
			if flat := l.allStates(); len(flat) != n {
				t.Fatalf("%d states in a row, %d by check", len(flat), n)
			}
		}
		if !reflect.DeepEqual(held, copies) {
			t.Fatal("what a reader held has changed")
		}
	})
}
