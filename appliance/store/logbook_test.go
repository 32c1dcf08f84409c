package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"siteward/appliance"
	"siteward/appliance/logbook"
)

func mustLog(tb testing.TB, s *Store, text string) appliance.LogbookEntry {
	tb.Helper()
	e := appliance.LogbookEntry{By: "anna", Kind: appliance.LogbookWork, Text: text}
	must(tb, s.Update(func(tx *Tx) error { return tx.AppendLogbook(&e) }))
	return e
}

func mustFit(tb testing.TB, s *Store, entries int64) {
	tb.Helper()
	r, err := s.VerifyLogbook(tb.Context())
	must(tb, err)
	if !r.Fits() || r.Entries != entries {
		tb.Errorf("want %d entries that fit: %+v", entries, r)
	}
}

func TestTheLogbookIsKeptAndVerifies(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := mustOpen(t, dir, at(noon))
	mustFit(t, s, 0)
	if head, keys, err := s.LogbookHead(); err != nil || head != "" || len(keys) != 0 {
		t.Errorf("an empty logbook has a head: %q %v %v", head, keys, err)
	}
	must(t, s.PutUser(&appliance.User{Name: "Anna", Role: appliance.RoleTechnician}))
	for i := range 40 {
		e := mustLog(t, s, fmt.Sprintf("work %d", i+1))
		if e.Seq != uint64(i+1) || !e.At.Equal(noon) || e.Party != appliance.PartyProvider {
			t.Fatalf("%+v", e)
		}
	}
	must(t, s.Append([]appliance.Event{{At: noon, Kind: appliance.EventAudit, By: "anna", Object: "device a", Message: appliance.Message{Key: "audit.device_added"}},
		{At: noon, Kind: appliance.EventState, Device: 1}}))
	mustFit(t, s, 41)
	st, err := os.Stat(filepath.Join(dir, logbookKeyFile))
	must(t, err)
	if st.Mode().Perm() != 0o600 {
		t.Errorf("the key has mode %v", st.Mode())
	}
	page, err := s.LogbookEntries(appliance.LogbookFilter{Limit: 3, Before: 30})
	must(t, err)
	if len(page) != 3 || page[0].Seq != 29 || page[2].Seq != 27 {
		t.Errorf("a page: %+v", page)
	}
	if changes, err := s.LogbookEntries(appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookChange}}); err != nil || len(changes) != 1 || changes[0].Subject != "device a" {
		t.Errorf("what the journal told: %+v, %v", changes, err)
	}
	p, err := s.LogbookProof(17)
	must(t, err)
	if p.Fault != "" || p.Size != 41 || p.Entry.Text != "work 17" {
		t.Errorf("%+v", p)
	}
	if _, err := s.LogbookProof(42); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("an entry that is not there: %v", err)
	}
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon))
	if e := mustLog(t, s, "after the restart"); e.Seq != 42 {
		t.Errorf("%+v", e)
	}
	mustFit(t, s, 42)
}

func TestAChangeThatFailsLeavesNoEntry(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	mustLog(t, s, "one")
	failed := fmt.Errorf("no")
	for range 2 {
		err := s.Update(func(tx *Tx) error {
			e := appliance.LogbookEntry{Text: "never"}
			if err := tx.AppendLogbook(&e); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
	}
	if e := mustLog(t, s, "two"); e.Seq != 2 {
		t.Errorf("%+v", e)
	}
	mustFit(t, s, 2)
}

// TestTamperingWithTheStoreIsFound changes what is kept as somebody could who has the disk but not the key. Each change is looked
// at from within and then undone.
func TestTamperingWithTheStoreIsFound(t *testing.T) {
	const n = 12
	s, undo := mustOpen(t, t.TempDir(), at(noon)), errors.New("undo")
	for i := range n {
		mustLog(t, s, fmt.Sprintf("work %d", i+1))
	}
	rapid.Check(t, func(rt *rapid.T) {
		i := rapid.Uint64Range(1, n).Draw(rt, "entry")
		j := rapid.Uint64Range(1, n).Filter(func(j uint64) bool { return j != i }).Draw(rt, "other")
		how, want := rapid.SampledFrom([]string{"edit", "delete", "swap", "cut", "hash"}).Draw(rt, "how"), i
		var r appliance.LogbookReport
		err := s.Update(func(tx *Tx) error {
			line, err := tx.logbookLine(i)
			if err != nil {
				return err
			}
			switch key := logKey(i); how {
			case "edit":
				line.Record = bytes.Replace(line.Record, []byte("anna"), []byte("otto"), 1)
				err = tx.set(key, encodeLine(line))
			case "delete":
				err = tx.delete(key)
			case "swap":
				want = min(i, j)
				other, err2 := tx.logbookLine(j)
				err = errors.Join(err2, tx.set(key, encodeLine(other)), tx.set(logKey(j), encodeLine(line)))
			case "cut":
				for k := i; k <= n && err == nil; k++ {
					err = tx.delete(logKey(k))
				}
			case "hash":
				want = 1
				err = tx.set(keyNoun(nounLogHash, 0), encodeBytes(make([]byte, 32)))
			}
			return errors.Join(err, tx.verifyLogbook(t.Context(), &r), undo)
		})
		if r.Bad != want {
			rt.Fatalf("%s: want entry %d: %+v, %v", how, want, r, err)
		}
	})
	mustFit(t, s, n)
}

func logKey(seq uint64) []byte { return keyNoun(nounLogEntry, appliance.ID(seq)) }

func TestTheLogbookGoesOnAfterARestore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := mustOpen(t, dir, at(noon))
	mustLog(t, s, "one")
	mustLog(t, s, "two")
	var backup bytes.Buffer
	must(t, s.Backup(t.Context(), &backup))
	old := filepath.Join(t.TempDir(), "restored")
	must(t, Restore(t.Context(), bytes.NewReader(backup.Bytes()), old))
	r := mustOpen(t, old, at(noon))
	mustFit(t, r, 2)
	if e := mustLog(t, r, "three"); e.Seq != 4 {
		t.Errorf("the entry about the new key comes before: %+v", e)
	}
	mustFit(t, r, 4)
	_, keys, err := r.LogbookHead()
	must(t, err)
	if len(keys) != 2 || keys[1].From != 3 || originOf(keys[:1]) != originOf(keys[1:]) {
		t.Errorf("keys: %+v", keys)
	}
	var export bytes.Buffer
	must(t, r.ExportLogbook(&export))
	if report, err := logbook.Verify(strings.NewReader(export.String()), logbook.Noted{}, noon); err != nil || !report.Fits() || report.Entries != 4 {
		t.Errorf("the export: %+v, %v\n%s", report, err, export.String())
	}
}

func TestAKeyOfAnotherLogbookIsRefused(t *testing.T) {
	dir, other := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	for _, d := range []string{dir, other} {
		s := mustOpen(t, d, at(noon))
		mustLog(t, s, "one")
		must(t, s.Close())
	}
	must(t, os.Rename(filepath.Join(other, logbookKeyFile), filepath.Join(dir, logbookKeyFile)))
	s := mustOpen(t, dir, at(noon))
	if err := s.Append([]appliance.Event{{At: noon, Kind: appliance.EventAudit, By: "anna"}}); err == nil || !strings.Contains(err.Error(), "another logbook") {
		t.Errorf("got %v", err)
	}
}
