package store

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// Each process that is killed leaves a log, which the next one makes a table of level 0. After 66 that did not live long enough to
// merge them the store still opens, with what the last one wrote, and merges them.
func TestTheStoreOpensAfterManyKills(t *testing.T) {
	dir, killed := t.TempDir(), t.TempDir()
	s := mustOpen(t, dir, Options{})
	raw := s.badgerOptions().WithMemTableSize(64 << 10).WithValueThreshold(8 << 10)
	must(t, s.Close())
	db, err := badger.Open(raw)
	must(t, err)
	write := func(n int) {
		must(t, db.Update(func(txn *badger.Txn) error {
			return txn.Set(keyText(famMeta, metaUser+"kill"), encodeBytes(binary.BigEndian.AppendUint32(bytes.Repeat([]byte("x"), 4<<10), uint32(n))))
		}))
	}
	n := 0
	for ; db.Levels()[0].NumTables < 66; n++ {
		write(n)
	}
	must(t, db.Close())
	db, err = badger.Open(raw)
	must(t, err)
	write(n)
	must(t, os.CopyFS(killed, os.DirFS(dir))) // as it is when the process is killed now
	must(t, db.Close())

	s = mustOpen(t, killed, Options{})
	if got := s.level0(); got >= flattenAt {
		t.Errorf("%d tables of level 0 are left", got)
	}
	v, err := s.Meta("kill")
	if err != nil || len(v) < 4 || binary.BigEndian.Uint32(v[len(v)-4:]) != uint32(n) {
		t.Errorf("the last write is lost: %d bytes, %v", len(v), err)
	}
}
