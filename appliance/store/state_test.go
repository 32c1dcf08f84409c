package store

import (
	"testing"
	"time"

	"siteward/appliance"
)

// A doubt waits in memory, with what has only got older. Once it is on the disk it is taken back there when it is dispelled, and a change
// of the state is always stored.
func TestADoubtIsStoredWithTheRestAndTakenBackAtOnce(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	v := appliance.StateRecord{StateKey: appliance.StateKey{Check: 1, Item: "answer"}, State: appliance.StateOK, Since: noon, Seen: noon}
	record := func() {
		t.Helper()
		v.Seen = v.Seen.Add(time.Minute)
		must(t, s.Record(Batch{At: noon, States: []appliance.StateRecord{v}}))
	}
	stored := func() (r appliance.StateRecord) {
		must(t, s.View(func(tx *Tx) error { return tx.getJSON(keyState(v.StateKey), &r) }))
		return r
	}
	doubt := func(count int) {
		v.Pending, v.Count, v.PendingSince = appliance.StateCritical, count, noon.Add(time.Minute)
		record()
	}
	settled := func() {
		v.Pending, v.Count, v.PendingSince = appliance.StateOK, 0, time.Time{}
		record()
	}
	record()
	doubt(1)
	if r := stored(); r.Count != 0 || !r.Seen.Equal(noon.Add(time.Minute)) {
		t.Errorf("a doubt was stored: %+v", r)
	}
	settled()
	if r := stored(); !r.Seen.Equal(noon.Add(time.Minute)) {
		t.Errorf("a dispelled doubt was stored: %+v", r)
	}
	doubt(1)
	must(t, s.flushLive(noon.Add(time.Minute)))
	doubt(2)
	if r := stored(); r.Count != 2 {
		t.Errorf("a stored doubt did not grow: %+v", r)
	}
	settled()
	if r := stored(); r.Count != 0 || !r.PendingSince.IsZero() {
		t.Errorf("a stored doubt stayed: %+v", r)
	}
	doubt(1)
	v.State, v.Since = appliance.StateCritical, noon
	settled()
	if r := stored(); r.State != appliance.StateCritical || r.Count != 0 {
		t.Errorf("a change was not stored: %+v", r)
	}
}
