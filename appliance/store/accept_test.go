package store

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// A log that becomes full while the disk is being synced is synced, too: what was acknowledged may stand in it.
func TestALogThatBecomesFullDuringASyncIsSynced(t *testing.T) {
	var s *Store
	var during atomic.Bool
	var synced []string
	o := at(noon)
	o.sync = func(db *badger.DB) error {
		if during.CompareAndSwap(true, false) {
			first := s.logFiles()
			for i := 0; slices.Equal(first, s.logFiles()); i++ { // others write until it is full
				note := strings.Repeat(strconv.Itoa(i), 100<<10)[:100<<10]
				_, err := s.commit(func(tx *Tx) error { return tx.PutMeta("filler"+strconv.Itoa(i), []byte(note)) })
				must(t, err)
			}
		}
		return db.Sync()
	}
	o.syncLog = func(path string) error { synced = append(synced, filepath.Base(path)); return syncLog(path) }
	s = mustOpen(t, t.TempDir(), o)
	before := filepath.Base(s.logFiles()[0])
	during.Store(true)
	must(t, s.Append([]appliance.Event{{At: noon, Kind: appliance.EventMonitor}}))
	_, err := os.Stat(filepath.Join(s.dbDir(), before))
	if err == nil && !slices.Contains(synced, before) { // it may be a table already, which Badger has synced
		t.Errorf("%s was left out: %v were synced", before, synced)
	}
}
