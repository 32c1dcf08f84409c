package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/series"
)

// Retained says what a retention run did.
type Retained struct {
	Days     int // of raw samples that became hours
	Chunks   int // of hours that were removed
	Events   int
	Power    int // events and outages of UPSes
	Sessions int
	Runs     int // of backup jobs
	Told     int // notices and incidents
	Series   int // that had no check and no samples any more
}

// Retain removes what is older than the store keeps: raw samples become hours after Options.RawDays, by whole months
// so that old tables are rewritten once a month only; hours go after Options.Hourly days, events after
// Options.EventDays, of UPSes after twice as long. It fails with CodeUnavailable and removes nothing while now is not plausible (clock.go).
func (s *Store) Retain(ctx context.Context, now time.Time) (Retained, error) {
	var r Retained
	if err := s.trustClock(now); err != nil {
		return r, err
	}
	steps := []func(context.Context, time.Time, *Retained) error{s.rollUp, s.dropHours, s.dropEvents, s.dropPower, s.dropRuns, s.dropRunTexts, s.dropTold, s.dropSeries}
	for _, step := range steps {
		if err := step(ctx, now, &r); err != nil {
			return r, fmt.Errorf("retention: %w", err)
		}
	}
	n, err := s.DropExpired(now)
	r.Sessions = n
	return r, err
}

// rollUp turns the raw samples of months that are over into hours, a month at a time.
func (s *Store) rollUp(ctx context.Context, now time.Time, r *Retained) error {
	limit := monthStart(now.AddDate(0, 0, -s.opt.RawDays).Unix())
	for ctx.Err() == nil {
		first, found, err := s.firstRaw()
		if err != nil || !found {
			return err
		}
		month := monthStart(first)
		s.samples.mu.RLock()
		merged := s.samples.span.Merged
		s.samples.mu.RUnlock()
		if end := nextMonth(month); end > limit || end > merged+daySeconds {
			return nil
		}
		if err := s.rollUpMonth(ctx, month, r); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// firstRaw is the start of the oldest raw samples.
func (s *Store) firstRaw() (start int64, found bool, err error) {
	err = s.View(func(tx *Tx) error {
		return tx.scan([]byte{famSamples}, func(key, _ []byte) error {
			at, kind, _, ok := parseChunkKey(key)
			if !ok || kind == chunkHourly {
				return nil
			}
			start, found = at, true
			return errStop
		})
	})
	return start, found, err
}

// rollUpMonth writes the hours of all series for a month and removes its raw samples. Interrupted, it goes on where
// it was: a series either has its hours or its samples.
func (s *Store) rollUpMonth(ctx context.Context, month int64, r *Retained) error {
	end := nextMonth(month)
	if err := s.setRolled(month, end); err != nil { // hours are looked for from now on, late samples refused
		return err
	}
	for part := range slices.Chunk(s.samples.seriesIDs(), 64) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		_, err := s.commit(func(tx *Tx) error {
			for _, id := range part {
				n, err := tx.rollUpSeries(id, month, end)
				if err != nil {
					return err
				}
				r.Days += n
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := s.dropRaw(ctx, month, end); err != nil {
		return err
	}
	return s.setRolled(end, end)
}

func (tx *Tx) rollUpSeries(id uint32, month, end int64) (days int, err error) {
	var raw []series.Run
	for day := month; day < end; day += daySeconds {
		key := keyChunk(day, chunkDay, id)
		runs, err := tx.chunk(key)
		if err != nil {
			return 0, err
		}
		if len(runs) == 0 {
			continue
		}
		days++
		raw = append(raw, runs...)
		if err := tx.delete(key); err != nil {
			return 0, err
		}
	}
	if len(raw) == 0 {
		return 0, nil
	}
	mean, least, greatest := series.RollUp(month, end, raw...)
	return days, tx.set(keyChunk(month, chunkHourly, id), series.Encode(nil, mean, least, greatest))
}

// dropRaw removes the raw chunks of a month that no registered series owns.
func (s *Store) dropRaw(ctx context.Context, from, to int64) error {
	return s.dropWhile(ctx, keyChunk(from, 0, 0), func(key []byte) (drop, end bool) {
		start, kind, _, ok := parseChunkKey(key)
		return ok && kind != chunkHourly && start < to, ok && start >= to
	}, nil)
}

// dropHours removes the hours that are too old.
func (s *Store) dropHours(ctx context.Context, now time.Time, r *Retained) error {
	limit := monthStart(now.AddDate(0, 0, -s.opt.RawDays-s.opt.Hourly).Unix())
	return s.dropWhile(ctx, []byte{famSamples}, func(key []byte) (drop, end bool) {
		start, kind, _, ok := parseChunkKey(key)
		return ok && kind == chunkHourly && start < limit, ok && start >= limit
	}, &r.Chunks)
}

// dropWhile removes the chosen keys of the family of from, in their order from there until end, some at once.
func (s *Store) dropWhile(ctx context.Context, from []byte, choose func(key []byte) (drop, end bool), count *int) error {
	for {
		var keys [][]byte
		more := false
		err := s.View(func(tx *Tx) error {
			return tx.scanFrom(from[:1], from, func(key, _ []byte) error {
				drop, end := choose(key)
				if end {
					return errStop
				}
				if drop {
					keys = append(keys, bytes.Clone(key))
				}
				if more = len(keys) >= chunksAtOnce; more {
					from = bytes.Clone(key)
					return errStop
				}
				return ctx.Err()
			})
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		if _, err := s.commit(func(tx *Tx) error { return tx.deleteAll(keys) }); err != nil {
			return err
		}
		if count != nil {
			*count += len(keys)
		}
		if !more {
			return nil
		}
	}
}

func (tx *Tx) deleteAll(keys [][]byte) error {
	for _, k := range keys {
		if err := tx.delete(k); err != nil {
			return err
		}
	}
	return nil
}

// metaFirstEvent is the number of the oldest event that is kept, so that a missing one is told from a removed one.
const metaFirstEvent = "events/first"

// dropEvents removes the oldest events, up to the first that is young enough: numbers stay without a gap even when
// the clock was wrong at times.
func (s *Store) dropEvents(ctx context.Context, now time.Time, r *Retained) error {
	limit := now.AddDate(0, 0, -s.opt.EventDays)
	for ctx.Err() == nil {
		old, err := s.oldEvents(limit, 1000)
		if err != nil || len(old) == 0 {
			return err
		}
		_, err = s.commit(func(tx *Tx) error {
			for _, e := range old {
				if err := tx.delete(keyEvent(e.Seq)); err != nil {
					return err
				}
				if e.Device != 0 {
					if err := tx.delete(keyEventOf(e.Device, e.Seq)); err != nil {
						return err
					}
				}
			}
			return tx.putMeta(metaFirstEvent, []byte(fmt.Sprint(old[len(old)-1].Seq+1)))
		})
		if err != nil {
			return err
		}
		r.Events += len(old)
	}
	return ctx.Err()
}

// oldEvents lists the oldest events, by number, up to the first that is not before limit.
func (s *Store) oldEvents(limit time.Time, n int) (old []appliance.Event, err error) {
	err = s.View(func(tx *Tx) error {
		return tx.scanBack([]byte{famEvent}, func(key, value []byte) error {
			e := appliance.Event{Seq: seqOfKey(key)}
			if err := decodeJSON(value, &e); err != nil {
				tx.s.damaged(key, err)
				return errStop // its age is unknown
			}
			if !e.At.Before(limit) || len(old) >= n {
				return errStop
			}
			old = append(old, e)
			return nil
		})
	})
	return old, err
}

// dropSeries forgets the series of checks that are gone once they have no samples left.
func (s *Store) dropSeries(ctx context.Context, _ time.Time, r *Retained) error {
	checks, err := s.Checks()
	if err != nil {
		return err
	}
	alive := map[appliance.ID]bool{}
	for _, c := range checks {
		alive[c.ID] = true
	}
	var orphans []uint32
	for _, id := range s.samples.seriesIDs() {
		if info, err := s.SeriesInfo(id); err == nil && !alive[info.Check] {
			orphans = append(orphans, id)
		}
	}
	if len(orphans) == 0 {
		return nil
	}
	used, err := s.usedSeries(ctx)
	if err != nil {
		return err
	}
	_, err = s.commit(func(tx *Tx) error {
		for _, id := range orphans {
			if used[id] || !s.samples.idle(id) {
				continue
			}
			r.Series++
			tx.after = append(tx.after, func() { s.samples.remove(id) })
			if err := tx.delete(keySeries(id)); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// usedSeries says which series have chunks.
func (s *Store) usedSeries(ctx context.Context) (map[uint32]bool, error) {
	used := map[uint32]bool{}
	err := s.View(func(tx *Tx) error {
		return tx.scan([]byte{famSamples}, func(key, _ []byte) error {
			if _, _, id, ok := parseChunkKey(key); ok {
				used[id] = true
			}
			return ctx.Err()
		})
	})
	return used, err
}

func (s *Store) setRolled(rolled, rolling int64) error {
	m := &s.samples
	_, err := s.commit(func(tx *Tx) error {
		next := m.span
		next.Rolled, next.Rolling = max(next.Rolled, rolled), max(next.Rolling, rolling)
		tx.after = append(tx.after, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.span.Rolled, m.span.Rolling = next.Rolled, next.Rolling
		})
		return tx.putSpan(next)
	})
	return err
}
