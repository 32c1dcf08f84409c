package store

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/goleak"

	"siteward/appliance"
)

// TestKeeperDoesItsDutiesInTime lets a virtual day and three hours pass: samples are synced within five seconds, windows become
// chunks and days day chunks, states and readings that only got older are written, all by itself.
func TestKeeperDoesItsDutiesInTime(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		synced := newClock(time.Now())
		s, err := Open(t.Context(), dir, Options{SkipVerify: true, sync: func(db *badger.DB) error {
			synced.set(time.Now())
			return db.Sync()
		}})
		must(t, err)
		d := appliance.Device{Name: "a"}
		must(t, s.PutDevice(&d))
		c := appliance.Check{Device: d.ID, Name: "ping"}
		must(t, s.PutCheck(&c))
		infos := []appliance.SeriesInfo{{SeriesKey: appliance.SeriesKey{Check: c.ID, Metric: "m"}, Step: time.Minute}}
		must(t, s.SeriesFor(infos))
		state := appliance.StateRecord{StateKey: appliance.StateKey{Check: c.ID, Item: "answer"}, Since: time.Now()}
		<-time.After(2 * time.Second) // not at the same moment as the keeper
		start := time.Now()
		for i := range 27 * 60 {
			now := time.Now()
			state.Seen = now
			must(t, s.Record(Batch{At: now, Samples: []appliance.Sample{{Series: 1, Number: float64(i)}}, States: []appliance.StateRecord{state}}))
			must(t, s.PutSnapshot(c.ID, appliance.Reading{Check: c.ID, At: now}))
			<-time.After(7 * time.Second)
			if late := synced.now().Sub(now); late <= 0 || late > syncEvery {
				t.Fatalf("the sample of %v was synced after %v", now, late)
			}
			<-time.After(53 * time.Second)
		}
		must(t, s.View(func(tx *Tx) error {
			kinds := map[byte]int{}
			must(t, tx.scan([]byte{famSamples}, func(key, _ []byte) error { kinds[key[5]]++; return nil }))
			if kinds[chunkDay] == 0 || kinds[chunkWindow] == 0 {
				t.Errorf("chunks by kind: %v", kinds)
			}
			var stored appliance.StateRecord
			must(t, tx.getJSON(keyState(state.StateKey), &stored))
			var reading appliance.Reading
			must(t, tx.getJSON(keyID(famSnapshot, c.ID), &reading))
			for what, at := range map[string]time.Time{"state": stored.Seen, "reading": reading.At} {
				if age := time.Since(at); age > lazyEvery+2*time.Minute {
					t.Errorf("the %s on the disk is %v old", what, age)
				}
			}
			return nil
		}))
		got, err := s.Read(1, start, time.Now())
		must(t, err)
		for i := range 27 * 60 {
			if got.Number[i] != float64(i) {
				t.Fatalf("minute %d is %v", i, got.Number[i])
			}
		}
		must(t, s.Healthy(t.Context()))
		must(t, s.Close())
	})
}

// TestClosingLeavesNothingBehind also closes while others read and write.
func TestClosingLeavesNothingBehind(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	s, err := Open(t.Context(), t.TempDir(), Options{})
	must(t, err)
	busy := make(chan struct{})
	done := make(chan error, 2)
	go func() {
		close(busy)
		for {
			if err := s.PutMeta("x", []byte("y")); err != nil {
				done <- err
				return
			}
		}
	}()
	go func() {
		for {
			if _, err := s.Devices(); err != nil {
				done <- err
				return
			}
		}
	}()
	<-busy
	must(t, s.Close())
	for range 2 {
		if err := <-done; appliance.CodeOf(err) != appliance.CodeUnavailable {
			t.Errorf("after Close: %v", err)
		}
	}
	must(t, s.Close())
	if err := goleak.Find(leaks); err != nil {
		t.Error(err)
	}
}

// TestDiskFullComesBackByItself drives the guard with a made-up disk.
func TestDiskFullComesBackByItself(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var free atomic.Uint64
		free.Store(1 << 30)
		s, err := Open(t.Context(), dir, Options{SkipVerify: true, free: func(string) (uint64, error) { return free.Load(), nil }})
		must(t, err)
		must(t, s.PutMeta("a", []byte("1")))
		for _, step := range []struct {
			free     uint64
			readOnly bool
		}{{minFree - 1, true}, {minFree + 1, true}, {enoughFree, false}, {minFree + 1, false}, {0, true}, {1 << 30, false}} {
			free.Store(step.free)
			<-time.After(syncEvery + time.Second) // the keeper notices without being asked
			if got, why := s.Mode(); got != step.readOnly {
				t.Errorf("%d MiB free: read-only %v (%s)", step.free>>20, got, why.English)
			}
			if err := s.PutMeta("b", []byte("2")); (err != nil) != step.readOnly {
				t.Errorf("%d MiB free: write: %v", step.free>>20, err)
			}
		}
		<-time.After(lookAfter + 1) // the fake clock's: what was free a moment ago is believed for that moment
		free.Store(0)
		if err := s.PutMeta("c", []byte("3")); appliance.CodeOf(err) != appliance.CodeReadOnly {
			t.Errorf("nothing free: %v", err)
		}
		free.Store(1 << 30)
		must(t, s.PutMeta("c", []byte("3"))) // a full disk is not believed to be so
		must(t, s.Close())
	})
}
