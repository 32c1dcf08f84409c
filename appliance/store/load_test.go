package store

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siteward/appliance"
)

// TestTablesNeverGatherUnderLoad writes sixty megabytes as fast as it goes. Badger has no compactors here, and
// would read slower with each table on level 0.
func TestTablesNeverGatherUnderLoad(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	most := 0
	value := make([]byte, 500<<10)
	rnd := rand.NewChaCha8([32]byte{1})
	for i := range 120 {
		_, _ = rnd.Read(value)
		_, err := s.commit(func(tx *Tx) error { return tx.PutMeta(fmt.Sprint(i%40), bytes.Clone(value)) })
		must(t, err)
		most = max(most, s.level0())
	}
	if most >= mergeFirst {
		t.Errorf("%d tables gathered on level 0", most)
	}
	must(t, s.compact())
	if n := s.level0(); n > flattenAt {
		t.Errorf("%d tables are left on level 0", n)
	}
	if b, err := s.Meta("39"); err != nil || !bytes.Equal(b, value) {
		t.Errorf("the last value is not what was written: %v", err)
	}
}

// TestMergingDeletionsIsNoLoss deletes last of all and merges tables until the deletion itself is gone.
func TestMergingDeletionsIsNoLoss(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		s := mustOpen(t, dir, at(noon))
		must(t, s.PutMeta("a", []byte("1")))
		must(t, s.PutMeta("a", nil))
		must(t, s.flatten())
		must(t, s.Close())
	}
	s := mustOpen(t, dir, at(noon))
	r, err := s.Verify(t.Context())
	must(t, err)
	if len(r.Damage) > 0 {
		t.Errorf("damage: %v", r.Damage)
	}
}

// TestAnyFlippedBitInATableIsSurvived flips bits all over a table. Badger panics over some kinds of damage.
func TestAnyFlippedBitInATableIsSurvived(t *testing.T) {
	dir := seeded(t)
	table := filepath.Base(files(t, dir, ".sst")[0])
	good, err := os.ReadFile(filepath.Join(dir, "db", table))
	must(t, err)
	noticed, n := 0, 0
	for i := 0; i < len(good); i += len(good)/20 + 1 {
		bad := filepath.Join(t.TempDir(), "store")
		must(t, os.CopyFS(bad, os.DirFS(dir)))
		b := bytes.Clone(good)
		b[i] ^= 0x10
		must(t, os.WriteFile(filepath.Join(bad, "db", table), b, 0o600))
		n++
		s, err := Open(context.Background(), bad, Options{SkipVerify: true, Now: at(noon).Now})
		if err != nil {
			noticed++
			continue
		}
		r, err := s.Verify(t.Context())
		if err != nil || len(r.Damage) > 0 {
			noticed++
		} else {
			t.Errorf("flipped bit in byte %d of %d was not noticed", i, len(good))
		}
		_, _ = s.Devices()
		_, _ = s.Events(EventFilter{})
		_ = s.Close()
	}
	t.Logf("%d of %d flipped bits were noticed", noticed, n)
}

func TestNumbersThatJSONCannotHoldAreKept(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, at(noon))
	d := appliance.Device{Name: "a"}
	must(t, s.PutDevice(&d))
	c := appliance.Check{Device: d.ID, Name: "snmp"}
	must(t, s.PutCheck(&c))
	nan, inf := math.NaN(), math.Inf(1)
	must(t, s.PutSnapshot(c.ID, appliance.Reading{At: noon, Values: []appliance.Value{{Metric: "a", Number: 1}, {Metric: "b", Number: nan}}}))
	evidence := appliance.Evidence{Number: &nan, Limit: &inf, At: noon}
	must(t, s.Record(Batch{At: noon,
		States: []appliance.StateRecord{{StateKey: appliance.StateKey{Check: c.ID, Item: "answer"}, Evidence: evidence}},
		Events: []appliance.Event{{At: noon, Kind: appliance.EventState, Evidence: &evidence}},
	}))
	must(t, s.Record(Batch{At: noon.Add(time.Minute),
		States: []appliance.StateRecord{{StateKey: appliance.StateKey{Check: c.ID, Item: "answer"}, Evidence: evidence, Seen: noon}}}))
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon))
	r, err := s.Snapshot(c.ID)
	must(t, err)
	if r.Values[0].Number != 1 || !math.IsNaN(r.Values[1].Number) {
		t.Errorf("values %+v", r.Values)
	}
	if st, err := s.States(); err != nil || len(st) != 1 || !st[0].Seen.Equal(noon) {
		t.Errorf("states %+v, %v", st, err)
	}
}
