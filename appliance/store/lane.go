package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance/series"
)

// The heads of series live in memory. What protects them is a log: each batch writes one record, and when the chunks
// of a window are on the disk its records are no longer needed. They are not deleted but written over: a lane is a
// ring of keys, and the windows take turns in two lanes.
type lane struct {
	n      uint32 // records in use
	last   uint64 // number of the newest record
	window int64  // newest window that has a record here
}

// A log record is
//
//	form:1, number:8, time of the batch, unix seconds:8
//	per stretch of series that follow each other: step, series - last series of the stretch before (zigzag),
//	count, then count tokens of series.Head
//	CRC-32C of all that:4
const logForm = 0x01

// logWriter gathers the record of one lane.
type logWriter struct {
	body   []byte // complete stretches
	tokens []byte // of the stretch under way
	step   int64
	last   uint32 // series
	before uint32 // last series of the stretch before
	count  uint64
	window int64
}

// begin makes room for the token of a series, in a new stretch when it does not follow.
func (l *logWriter) begin(id uint32, step, window int64) {
	if l.count > 0 && (id != l.last+1 || step != l.step) {
		l.end()
	}
	l.last, l.step, l.window = id, step, max(l.window, window)
	l.count++
}

func (l *logWriter) end() {
	if l.count == 0 {
		return
	}
	first := l.last - uint32(l.count) + 1
	l.body = binary.AppendUvarint(l.body, uint64(l.step))
	l.body = binary.AppendVarint(l.body, int64(first)-int64(l.before))
	l.body = binary.AppendUvarint(l.body, l.count)
	l.body = append(l.body, l.tokens...)
	l.before, l.count, l.tokens = l.last, 0, l.tokens[:0]
}

func (l *logWriter) reset() { *l = logWriter{body: l.body[:0], tokens: l.tokens[:0]} }

// writeLog writes the record of a lane, if there is something in it.
func (tx *Tx) writeLog(i int, at int64) error {
	m := &tx.s.samples
	l, w := &m.lanes[i], &m.logs[i]
	w.end()
	if len(w.body) == 0 {
		return nil
	}
	number := m.logged + 1
	if i == 1 && m.lanes[0].last == number { // both lanes got a record of this batch
		number++
	}
	b := make([]byte, 0, len(w.body)+24)
	b = binary.BigEndian.AppendUint64(append(b, logForm), number)
	b = binary.BigEndian.AppendUint64(b, uint64(at))
	b = append(b, w.body...)
	b = binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	before := *l
	tx.failed = append(tx.failed, func() { *l = before })
	tx.after = append(tx.after, func() { m.logged = number })
	key := keyLog(byte(i), l.n)
	*l = lane{n: l.n + 1, last: number, window: max(l.window, w.window)}
	w.reset()
	return tx.set(key, b)
}

// laneReader reads the records of a lane that are not in chunks yet, in their order.
type laneReader struct {
	it     *badger.Iterator
	lane   byte
	n      uint32
	cut    uint64
	number uint64 // of the record it stands on
	at     int64
	body   []byte
	broken error
}

// next goes to the next record and says whether there is one.
func (r *laneReader) next() bool {
	r.body = nil
	if !r.it.Valid() || r.broken != nil {
		return false
	}
	item := r.it.Item()
	b, err := item.ValueCopy(nil)
	if err != nil || len(b) < 21 || b[0] != logForm || crc32.Checksum(b[:len(b)-4], castagnoli) != binary.BigEndian.Uint32(b[len(b)-4:]) {
		r.broken = errDamaged
		return false
	}
	number := binary.BigEndian.Uint64(b[1:])
	if number <= r.cut || number <= r.number {
		return false // from the lane's last turn
	}
	if string(item.Key()) != string(keyLog(r.lane, r.n)) {
		r.broken = fmt.Errorf("record %d of the log of samples is missing", r.n)
		return false
	}
	r.n++
	r.number, r.at, r.body = number, int64(binary.BigEndian.Uint64(b[9:])), b[17:len(b)-4]
	r.it.Next()
	return true
}

// loadSamples repeats the log into the heads.
func (s *Store) loadSamples(context.Context) error {
	if err := s.loadSpan(); err != nil {
		return err
	}
	m := &s.samples
	return s.View(func(tx *Tx) error {
		var readers [2]*laneReader
		var more [2]bool
		for i := range readers {
			o := badger.DefaultIteratorOptions
			o.Prefix, o.PrefetchValues = []byte{famLog, byte(i)}, false
			it := tx.txn.NewIterator(o)
			defer it.Close()
			it.Rewind()
			readers[i] = &laneReader{it: it, lane: byte(i), cut: m.span.LaneCut[i]}
			more[i] = readers[i].next()
		}
		for more[0] || more[1] {
			i := 0
			if !more[0] || more[1] && readers[1].number < readers[0].number {
				i = 1
			}
			r := readers[i]
			m.repeat(r, &m.lanes[i])
			more[i] = r.next()
		}
		for i, r := range readers {
			if r.broken != nil {
				s.damaged(keyLog(byte(i), r.n), r.broken)
			}
		}
		return nil
	})
}

// repeat puts the samples of one record into the heads.
func (m *samples) repeat(r *laneReader, l *lane) {
	*l = lane{n: r.n, last: r.number, window: l.window}
	m.logged = max(m.logged, r.number)
	b := r.body
	var id uint32
	for len(b) > 0 {
		step, n1 := binary.Uvarint(b)
		skip, n2 := binary.Varint(b[max(n1, 0):])
		count, n3 := binary.Uvarint(b[max(n1, 0)+max(n2, 0):])
		if n1 <= 0 || n2 <= 0 || n3 <= 0 || step == 0 || step > maxStep {
			r.broken = errDamaged
			return
		}
		b = b[n1+n2+n3:]
		first := int64(id) + skip
		for i := range int64(count) {
			var ok bool
			if b, ok = m.repeatSample(first+i, int64(step), r.at, b); !ok {
				r.broken = errDamaged
				return
			}
		}
		id = uint32(first + int64(count) - 1)
	}
	if w := r.at / windowSeconds; w > l.window {
		l.window = w
	}
}

func (m *samples) repeatSample(id, step, at int64, b []byte) ([]byte, bool) {
	if id <= 0 || id >= int64(len(m.heads)) || m.infos[id].ID == 0 {
		return nil, false
	}
	slot := at / step
	w := slot * step / windowSeconds
	m.follow(uint32(id), w, step)
	m.span.MergeTo = max(m.span.MergeTo, w) // its chunk may have been written just before the crash
	m.newest = max(m.newest, slot*step)
	return m.heads[id].Replay(b, slot)
}

// metaSpan is where span is kept.
const metaSpan = "samples"

func (s *Store) loadSpan() error {
	m := &s.samples
	now := s.opt.Now().Unix()
	err := s.View(func(tx *Tx) error { return tx.getJSON(keyText(famMeta, metaSpan), &m.span) })
	if isMissing(err) { // a new store: what is imported into past days goes into day chunks at once
		m.span = span{Cut: -1, Merged: max(0, now-now%daySeconds-daySeconds)}
		err = nil
		if !s.opt.ReadOnly {
			err = s.Update(func(tx *Tx) error { return tx.putSpan(m.span) })
		}
	}
	m.span.Merging = m.span.Merged
	m.logged = max(m.span.LaneCut[0], m.span.LaneCut[1]) // numbers go on where they were
	// A clean stop writes chunks of windows that go on afterwards.
	m.span.MergeTo = max(m.span.MergeTo, now/windowSeconds, m.span.Cut)
	m.newest = m.span.Cut * windowSeconds
	return err
}

func (tx *Tx) putSpan(v span) error { return tx.setJSON(keyText(famMeta, metaSpan), v) }

// run gives the numbers of a head.
func (h *head) run() series.Run { return h.Head.Run(h.step) }
