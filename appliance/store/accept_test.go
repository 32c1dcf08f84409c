package store

import (
	"sync/atomic"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

func TestChangesThatWaitTogetherShareOneSync(t *testing.T) {
	var syncs atomic.Int64
	o := at(noon)
	o.sync = func(db *badger.DB) error { syncs.Add(1); return db.Sync() }
	s := mustOpen(t, t.TempDir(), o)
	before := syncs.Load()
	var waits []func() error
	for range 1000 {
		wait, err := s.Accept(Batch{At: noon, Events: []appliance.Event{{At: noon, Kind: appliance.EventMonitor}}})
		must(t, err)
		waits = append(waits, wait)
	}
	for _, wait := range waits {
		must(t, wait())
	}
	if n := syncs.Load() - before; n < 1 || n > 10 { // the keeper may have its own in between
		t.Errorf("%d syncs for 1,000 changes that waited together", n)
	}
	events, err := s.Events(EventFilter{Limit: 2000})
	must(t, err)
	if len(events) != 1000 {
		t.Errorf("%d of 1,000 lines are there", len(events))
	}
}
