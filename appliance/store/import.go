package store

import (
	"time"

	"siteward/appliance"
	"siteward/appliance/series"
)

// Import adds a history to a series, which is registered when it is new. Numbers that are there already stay. It is
// meant for a demo's past and for moving in from elsewhere; it is on the disk after Sync.
func (s *Store) Import(info appliance.SeriesInfo, c appliance.Column) error {
	one := []appliance.SeriesInfo{info}
	if err := s.SeriesFor(one); err != nil {
		return err
	}
	step := series.StepSeconds(c.Step)
	first := series.Slot(c.Start, step)
	numbers := make([]float64, len(c.Number))
	for i, x := range c.Number {
		numbers[i] = series.Round(x)
	}
	all := series.Run{Step: step, First: first, Numbers: numbers}
	_, err := s.commit(func(tx *Tx) error {
		m := &s.samples
		m.mu.Lock()
		defer m.mu.Unlock()
		for len(all.Numbers) > 0 {
			part := all.TakeUntil(tx.partEnd(all.Start()))
			if part.Empty() {
				continue
			}
			if err := tx.recordLate(one[0].ID, part); err != nil {
				return err
			}
		}
		last := &m.infos[one[0].ID].Last
		if end := c.Start.Add(time.Duration(len(c.Number)-1) * c.Step); end.After(*last) {
			*last = end.UTC()
		}
		return nil
	})
	return err
}

// partEnd is where the chunk ends that a time falls into.
func (tx *Tx) partEnd(unix int64) int64 {
	if unix < tx.s.samples.span.Merging+daySeconds {
		return unix - unix%daySeconds + daySeconds
	}
	return unix - unix%windowSeconds + windowSeconds
}
