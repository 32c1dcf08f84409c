package store

import (
	"time"

	"siteward/appliance/series"
)

// graceSeconds is how long after a window its last polls may still come in.
const graceSeconds = 180

// chunksAtOnce bounds one change of the store, so that polls get their turn in between.
const chunksAtOnce = 512

// cutWindows writes the chunks of all windows up to one and lets their log records be written over.
func (s *Store) cutWindows(upTo int64) error {
	m := &s.samples
	if !s.closeHeads(upTo) {
		return nil
	}
	for {
		batch := m.nextWaiting(upTo, chunksAtOnce)
		if len(batch) == 0 {
			break
		}
		if _, err := s.commit(func(tx *Tx) error { return tx.writeChunks(batch) }); err != nil {
			return err
		}
	}
	_, err := s.commit(func(tx *Tx) error {
		next, lanes := m.span, m.lanes
		for i := range lanes {
			if lanes[i].window <= upTo {
				next.LaneCut[i] = max(next.LaneCut[i], lanes[i].last)
				lanes[i].n = 0
			}
		}
		tx.after = append(tx.after, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.span.LaneCut, m.lanes = next.LaneCut, lanes
		})
		return tx.putSpan(next)
	})
	return err
}

// closeHeads moves the heads of windows that are over to waiting. From here on, samples of these windows are late.
func (s *Store) closeHeads(upTo int64) (any bool) {
	s.write.Lock()
	defer s.write.Unlock()
	m := &s.samples
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.heads {
		if h := &m.heads[id]; !h.Empty() && h.window <= upTo {
			m.waiting[uint32(id)] = append(m.waiting[uint32(id)], closedHead{head: *h, series: uint32(id)})
			*h = head{}
		}
	}
	any = upTo > m.span.Cut || len(m.waiting) > 0
	m.span.Cut = max(m.span.Cut, upTo)
	return any
}

// nextWaiting picks some heads whose chunks are to be written, all of a series together.
func (m *samples) nextWaiting(upTo int64, n int) (batch []closedHead) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, closed := range m.waiting {
		for _, c := range closed {
			if c.window <= upTo {
				batch = append(batch, c)
			}
		}
		if len(batch) >= n {
			break
		}
	}
	return batch
}

// writeChunks writes the chunks of heads and takes the heads off waiting once that is done.
func (tx *Tx) writeChunks(batch []closedHead) error {
	m := &tx.s.samples
	for i := range batch {
		c := &batch[i]
		key := keyChunk(c.window*windowSeconds, chunkWindow, c.series)
		runs := []series.Run{c.run()}
		if c.window <= m.span.MergeTo {
			before, err := tx.chunk(key)
			if err != nil {
				return err
			}
			if len(before) > 0 {
				runs = series.Merge(append(before, runs...)...)
			}
		}
		if err := tx.set(key, series.Encode(nil, runs...)); err != nil {
			return err
		}
	}
	tx.after = append(tx.after, func() { m.written(batch) })
	return nil
}

func (m *samples) written(batch []closedHead) {
	m.mu.Lock()
	defer m.mu.Unlock()
	done := map[uint32]int{}
	for i := range batch {
		done[batch[i].series] = max(done[batch[i].series], int(batch[i].window))
	}
	for id, upTo := range done {
		var left []closedHead
		for _, c := range m.waiting[id] {
			if c.window > int64(upTo) {
				left = append(left, c)
			}
		}
		if m.infos[id].Last = lastOf(m.waiting[id]); len(left) == 0 {
			delete(m.waiting, id)
		} else {
			m.waiting[id] = left
		}
	}
}

func lastOf(closed []closedHead) time.Time {
	if len(closed) == 0 {
		return time.Time{}
	}
	c := &closed[len(closed)-1]
	return time.Unix(c.Last()*c.step, 0).UTC()
}

// cutDue cuts the windows that are over, by the clock or by the samples, whichever is ahead.
func (s *Store) cutDue() error {
	m := &s.samples
	m.mu.RLock()
	at := max(s.opt.Now().Unix(), m.newest)
	done := m.span.Cut
	m.mu.RUnlock()
	if over := (at-graceSeconds)/windowSeconds - 1; over > done {
		return s.cutWindows(over)
	}
	return nil
}

// cutAll writes all heads into chunks, also those of windows that go on.
func (s *Store) cutAll() error {
	m := &s.samples
	m.mu.RLock()
	open := m.newest / windowSeconds
	cut := m.span.Cut
	m.mu.RUnlock()
	if err := s.cutWindows(max(open, cut)); err != nil {
		return err
	}
	// The window goes on: its samples are not late, and its next chunk is merged with this one.
	_, err := s.commit(func(tx *Tx) error {
		next := m.span
		next.Cut, next.MergeTo = min(cut, next.Cut), max(next.MergeTo, open)
		tx.after = append(tx.after, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.span.Cut, m.span.MergeTo = next.Cut, next.MergeTo
		})
		return tx.putSpan(next)
	})
	return err
}
