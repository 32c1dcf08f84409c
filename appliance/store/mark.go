package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"context"
)

// A mark is how far the store was when it was last synced. It is kept beside Badger, because Badger cuts a damaged
// log off at the damage without a word: a store that is older than its mark has lost something.
type mark struct {
	version uint64 // Badger's number of the last change
	seq     uint64 // of the last event of the journal
}

const markSize = 8 + 8 + 4

func (s *Store) markPath() string { return filepath.Join(s.dir, "mark") }

// version is the number of the last change and of the last event that are in the store now.
func (s *Store) version() (version, seq uint64) {
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	tx := &Tx{s: s, txn: txn}
	return txn.ReadTs(), tx.lastEvent()
}

// writeMark is not synced itself: an older mark only notices less.
func (s *Store) writeMark(m mark) {
	b := binary.BigEndian.AppendUint64(nil, m.version)
	b = binary.BigEndian.AppendUint64(b, m.seq)
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	f, err := os.OpenFile(s.markPath(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		s.log.Warn("cannot note how far the store is", "error", err)
		return
	}
	defer f.Close()
	if _, err := f.WriteAt(b, 0); err != nil {
		s.log.Warn("cannot note how far the store is", "error", err)
	}
}

func (s *Store) readMark() (m mark, ok bool) {
	b, err := os.ReadFile(s.markPath())
	if err != nil || len(b) != markSize || crc32.Checksum(b[:16], castagnoli) != binary.BigEndian.Uint32(b[16:]) {
		return mark{}, false
	}
	return mark{version: binary.BigEndian.Uint64(b), seq: binary.BigEndian.Uint64(b[8:])}, true
}

// checkMark compares what is there with what was there when the store was last synced.
func (s *Store) checkMark(context.Context) error {
	m, ok := s.readMark()
	if !ok {
		return nil
	}
	version, seq := s.version()
	if version >= m.version && seq >= m.seq {
		return nil
	}
	what := fmt.Sprintf("the last %d changes before the stop are missing: a write-ahead log (*.mem) or the list of tables was damaged", m.version-min(m.version, version))
	if seq < m.seq {
		what += fmt.Sprintf("; of the journal, events %d to %d", seq+1, m.seq)
	}
	s.health.add(Damage{Where: "db", What: what})
	s.log.Error("the store lost changes", "detail", what)
	return nil
}
