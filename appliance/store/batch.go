package store

import (
	"math"
	"time"

	"siteward/appliance"
	"siteward/appliance/series"
)

// Batch is what one poll leads to; it is stored as a whole or not at all.
type Batch struct {
	At      time.Time // when the poll was due: the slot of the samples
	Samples []appliance.Sample
	States  []appliance.StateRecord
	Gone    []appliance.StateKey // states of items that are no longer there
	Events  []appliance.Event    // get their Seq
}

// Record stores what a poll led to. A process killed after Record returned loses none of it. With events it is on the
// disk when Record returns, samples and states alone are at most syncEvery later.
//
// Left out are NaN, a second number for the same slot, and numbers of series that are not registered.
func (s *Store) Record(b Batch) error {
	wait, err := s.Accept(b)
	if err != nil {
		return err
	}
	return wait()
}

// Accept stores a batch as Record does, and leaves the waiting for the disk to the caller: everybody sees the change at once, and wait
// returns when it is on the disk. Batches that wait at the same time share one sync. A process that is killed in between loses nothing,
// a machine without power may.
func (s *Store) Accept(b Batch) (wait func() error, err error) {
	n, err := s.commit(func(tx *Tx) error {
		for _, v := range b.States {
			if err := tx.recordState(v); err != nil {
				return err
			}
		}
		for _, k := range b.Gone {
			if err := tx.DeleteState(k); err != nil {
				return err
			}
		}
		if err := tx.Append(b.Events); err != nil {
			return err
		}
		return tx.recordSamples(b.At.Unix(), b.Samples)
	})
	if err != nil {
		return nil, err
	}
	if len(b.Events) == 0 {
		return func() error { return nil }, nil
	}
	return func() error { return s.durable(n) }, nil
}

// windowSeconds is how much of a series goes into one chunk before its day is over, and daySeconds after that.
const (
	windowSeconds = 2 * 3600
	daySeconds    = 24 * 3600
	// maxUnix is the last second a key can hold, in 2106.
	maxUnix = math.MaxUint32
)

// head is the open end of a series within one window.
type head struct {
	series.Head
	window int64
	step   int64
}

// closedHead is a head that is complete and whose chunk is still to be written.
type closedHead struct {
	head
	series uint32
}

type undoHead struct {
	series uint32
	head   head
	closed bool // it was moved to waiting
}

func (tx *Tx) recordSamples(at int64, in []appliance.Sample) error {
	if len(in) == 0 || at <= 0 || at > maxUnix {
		return nil
	}
	m := &tx.s.samples
	m.mu.Lock()
	defer m.mu.Unlock()
	m.undo = m.undo[:0]
	tx.failed = append(tx.failed, m.revert)
	for _, sample := range in {
		if sample.Series == 0 || int(sample.Series) >= len(m.infos) || m.infos[sample.Series].ID == 0 || math.IsNaN(sample.Number) {
			continue
		}
		if err := tx.recordSample(at, sample.Series, series.Round(sample.Number)); err != nil {
			return err
		}
	}
	for i := range m.logs {
		if err := tx.writeLog(i, at); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) recordSample(at int64, id uint32, x float64) error {
	m := &tx.s.samples
	step := series.StepSeconds(m.infos[id].Step)
	slot := at / step
	w := slot * step / windowSeconds
	h := &m.heads[id]
	if !h.Empty() && h.step == step && slot == h.Last() {
		return nil
	}
	if w <= m.span.Cut || !h.Empty() && (w < h.window || slot < h.Last() && h.step == step) {
		return tx.recordLate(id, series.Run{Step: step, First: slot, Numbers: []float64{x}})
	}
	u := undoHead{series: id, head: head{Head: h.Snapshot(), window: h.window, step: h.step}}
	u.closed = m.follow(id, w, step)
	m.undo = append(m.undo, u)
	log := &m.logs[w&1]
	log.begin(id, step, w)
	log.tokens, _ = h.Append(log.tokens, slot, x)
	m.newest = max(m.newest, slot*step)
	return nil
}

// follow makes the head of a series ready for a window and step; what it held for another one waits to be written.
func (m *samples) follow(id uint32, window, step int64) (closed bool) {
	h := &m.heads[id]
	if !h.Empty() && (window != h.window || step != h.step) {
		if window == h.window { // two chunks for one window
			m.span.MergeTo = max(m.span.MergeTo, window)
		}
		m.waiting[id] = append(m.waiting[id], closedHead{head: *h, series: id})
		*h = head{}
		closed = true
	}
	h.window, h.step = window, step
	return closed
}

// revert takes back what a batch did to the heads, when it could not be written.
func (m *samples) revert() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := len(m.undo) - 1; i >= 0; i-- {
		u := m.undo[i]
		if u.closed {
			m.waiting[u.series] = m.waiting[u.series][:len(m.waiting[u.series])-1]
		}
		m.heads[u.series] = u.head
	}
	m.undo = m.undo[:0]
	for i := range m.logs {
		m.logs[i].reset()
	}
}

// recordLate puts numbers into the chunk they belong to, because the head of their series is past them: a late
// poll, a clock that was set back, a step longer than a window. What the chunk has already stays.
func (tx *Tx) recordLate(id uint32, r series.Run) error {
	m := &tx.s.samples
	start := r.Start()
	if start < m.span.Rolling || start < 0 || start > maxUnix {
		return nil
	}
	key := keyChunk(start-start%windowSeconds, chunkWindow, id)
	if start < m.span.Merging+daySeconds {
		key = keyChunk(start-start%daySeconds, chunkDay, id)
	} else {
		m.span.MergeTo = max(m.span.MergeTo, start/windowSeconds)
	}
	m.newest = max(m.newest, r.End()-r.Step)
	runs, err := tx.chunk(key)
	if err != nil {
		return err
	}
	return tx.set(key, series.Encode(nil, series.Merge(append([]series.Run{r}, runs...)...)...))
}

// chunk reads the runs of a chunk, none when it does not exist or is damaged.
func (tx *Tx) chunk(key []byte) (runs []series.Run, err error) {
	err = tx.get(key, func(v []byte) error {
		if runs, err = series.Decode(v); err != nil {
			tx.s.damaged(key, err)
		}
		return nil
	})
	if isMissing(err) {
		err = nil
	}
	return runs, err
}
