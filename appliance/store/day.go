package store

import (
	"bytes"
	"encoding/binary"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance/series"
)

// mergeDays puts the windows of each day that is over into one chunk a series, so that a year takes 365 reads.
func (s *Store) mergeDays() error {
	m := &s.samples
	for {
		m.mu.RLock()
		from, cut := m.span.Merged+daySeconds, m.span.Cut
		m.mu.RUnlock()
		last := ((cut+1)*windowSeconds)/daySeconds*daySeconds - daySeconds // the last day whose windows are all cut
		if from > last {
			return nil
		}
		day, found, err := s.firstWindow(from)
		if err != nil {
			return err
		}
		if day = day - day%daySeconds; !found || day > last {
			return s.setMerged(last)
		}
		if err := s.mergeDay(day); err != nil {
			return err
		}
	}
}

// firstWindow finds the start of the first chunk of a window from a time on.
func (s *Store) firstWindow(from int64) (start int64, found bool, err error) {
	err = s.View(func(tx *Tx) error {
		return tx.scanFrom([]byte{famSamples}, keyChunk(from, 0, 0), func(key, _ []byte) error {
			at, kind, _, ok := parseChunkKey(key)
			if !ok || kind != chunkWindow {
				return nil
			}
			start, found = at, true
			return errStop
		})
	})
	return start, found, err
}

func (s *Store) setMerged(day int64) error {
	m := &s.samples
	_, err := s.commit(func(tx *Tx) error {
		next := m.span
		next.Merged, next.Merging = max(next.Merged, day), max(next.Merging, day)
		tx.after = append(tx.after, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.span.Merged, m.span.Merging = next.Merged, next.Merging
		})
		return tx.putSpan(next)
	})
	return err
}

// mergeDay puts the windows of one day together. Interrupted, it is simply done again.
func (s *Store) mergeDay(day int64) error {
	m := &s.samples
	s.write.Lock() // from here on, late samples of the day go to its day chunks
	m.mu.Lock()
	m.span.Merging = day
	m.mu.Unlock()
	s.write.Unlock()

	txn := s.snapshot()
	defer txn.Discard()
	merge := newMerger(txn, day)
	defer merge.close()
	for merge.more() {
		var batch []mergedSeries
		for len(batch) < chunksAtOnce && merge.more() {
			batch = append(batch, merge.next(s))
		}
		if _, err := s.commit(func(tx *Tx) error { return tx.writeDay(day, batch) }); err != nil {
			return err
		}
	}
	return s.setMerged(day)
}

// mergedSeries are the runs of a day of one series and the keys they came from.
type mergedSeries struct {
	series uint32
	runs   []series.Run
	from   [][]byte
}

func (tx *Tx) writeDay(day int64, batch []mergedSeries) error {
	for _, b := range batch {
		key := keyChunk(day, chunkDay, b.series)
		before, err := tx.chunk(key)
		if err != nil {
			return err
		}
		runs := b.runs
		if len(before) > 0 {
			runs = series.Merge(append(before, runs...)...)
		}
		if len(runs) > 0 {
			if err := tx.set(key, series.Encode(nil, runs...)); err != nil {
				return err
			}
		}
		for _, k := range b.from {
			if err := tx.delete(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// merger walks through the windows of a day side by side, series by series.
type merger struct {
	windows []*badger.Iterator
}

func newMerger(txn *badger.Txn, day int64) *merger {
	m := &merger{}
	for start := day; start < day+daySeconds; start += windowSeconds {
		o := badger.DefaultIteratorOptions
		o.PrefetchValues = false
		o.Prefix = keyChunk(start, chunkWindow, 0)[:6]
		it := txn.NewIterator(o)
		it.Rewind()
		m.windows = append(m.windows, it)
	}
	return m
}

func (m *merger) close() {
	for _, it := range m.windows {
		it.Close()
	}
}

func (m *merger) more() bool {
	for _, it := range m.windows {
		if it.Valid() {
			return true
		}
	}
	return false
}

// next takes the least series that is left.
func (m *merger) next(s *Store) (out mergedSeries) {
	var least []byte
	for _, it := range m.windows {
		if it.Valid() {
			if id := it.Item().Key()[6:]; least == nil || bytes.Compare(id, least) < 0 {
				least = bytes.Clone(id)
			}
		}
	}
	out.series = binary.BigEndian.Uint32(least)
	var runs []series.Run
	for _, it := range m.windows {
		if !it.Valid() || !bytes.Equal(it.Item().Key()[6:], least) {
			continue
		}
		key := it.Item().KeyCopy(nil)
		_ = it.Item().Value(func(v []byte) error {
			got, err := series.Decode(v)
			if err != nil {
				s.damaged(key, err)
				return nil
			}
			runs = append(runs, got...)
			return nil
		})
		out.from = append(out.from, key)
		it.Next()
	}
	out.runs = series.Merge(runs...)
	return out
}
