package store

import (
	"time"

	"siteward/appliance"
	"siteward/appliance/series"
)

// Read gives the samples of a series from from (inclusive) to to (exclusive), one number each step, NaN where there
// is none; the newest ones included. Where raw samples are gone each hour has its mean. It fails with CodeNotFound
// for an unknown series, and with CodeTooLarge for more than a million steps: use ReadThinned for these.
func (s *Store) Read(id uint32, from, to time.Time) (appliance.Column, error) {
	info, err := s.SeriesInfo(id)
	if err != nil {
		return appliance.Column{}, err
	}
	step := series.StepSeconds(info.Step)
	if to.Unix()-from.Unix() > maxSteps*step {
		return appliance.Column{}, appliance.Errorf(appliance.CodeTooLarge, "that is more than %d samples; ask for fewer points", maxSteps)
	}
	c := series.NewColumn(from, to, step)
	err = s.runs(id, from, to, func(r series.Run) { series.Fill(&c, r) }, func(hours [3]series.Run) { series.Fill(&c, hours[0]) })
	return c, err
}

const maxSteps = 1 << 20

// ReadThinned is Read with at most points steps: each has the mean, the least and the greatest of what falls into
// it. When there are no more samples than points it is the same as Read.
func (s *Store) ReadThinned(id uint32, from, to time.Time, points int) (appliance.Column, error) {
	info, err := s.SeriesInfo(id)
	if err != nil {
		return appliance.Column{}, err
	}
	t := series.NewThinner(from, to, info.Step, points)
	if t == nil {
		return s.Read(id, from, to)
	}
	err = s.runs(id, from, to, t.Add, func(hours [3]series.Run) { t.AddHours(hours[0], hours[1], hours[2]) })
	return t.Column(), err
}

// runs visits everything there is of a series in a time, oldest first; what comes later replaces what came before.
// A run may reach beyond the time and is good until visit returns. Hours are mean, least and greatest.
func (s *Store) runs(id uint32, from, to time.Time, visit func(series.Run), hours func([3]series.Run)) error {
	span, newest, heads := s.samples.ends(id)
	a, b := max(0, from.Unix()), min(to.Unix(), max(newest, s.opt.Now().Unix())+daySeconds, maxUnix)
	var d series.Decoder
	err := s.View(func(tx *Tx) error {
		read := func(key []byte, use func(v []byte) error) error {
			err := tx.get(key, func(v []byte) error {
				if err := use(v); err != nil {
					s.damaged(key, err)
				}
				return nil
			})
			if isMissing(err) {
				return nil
			}
			return err
		}
		raw := func(v []byte) error { return d.Each(v, visit) }
		for month := monthStart(a); month < min(b, span.Rolling); month = nextMonth(month) {
			if err := read(keyChunk(month, chunkHourly, id), func(v []byte) error { return eachHours(v, hours) }); err != nil {
				return err
			}
		}
		windows := span.Merged + daySeconds // from here on
		day := max(a, span.Rolled)
		for day -= day % daySeconds; day < b && day < max(windows, span.Merging+daySeconds); day += daySeconds {
			if err := read(keyChunk(day, chunkDay, id), raw); err != nil {
				return err
			}
		}
		for w := max(a-a%windowSeconds, windows); w < b; w += windowSeconds {
			if err := read(keyChunk(w, chunkWindow, id), raw); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range heads {
		if r := heads[i].run(); err == nil && r.Start() < b && r.End() > a {
			visit(r)
		}
	}
	return err
}

// ends gives what the heads of a series hold. It is asked before the disk is looked at: what goes to the disk in
// between is seen twice, which does no harm.
func (m *samples) ends(id uint32) (span span, newest int64, heads []head) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for i := range m.waiting[id] {
		heads = append(heads, m.waiting[id][i].head)
	}
	if h := &m.heads[id]; !h.Empty() {
		heads = append(heads, head{Head: h.Snapshot(), window: h.window, step: h.step})
	}
	return m.span, m.newest, heads
}

// eachHours takes a chunk of hours apart: its runs come by three.
func eachHours(v []byte, visit func([3]series.Run)) error {
	runs, err := series.Decode(v)
	if err != nil {
		return err
	}
	if len(runs)%3 != 0 {
		return series.ErrDamaged
	}
	for i := 0; i < len(runs); i += 3 {
		visit([3]series.Run(runs[i : i+3]))
	}
	return nil
}

func monthStart(unix int64) int64 {
	t := time.Unix(unix, 0).UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC).Unix()
}

func nextMonth(unix int64) int64 {
	t := time.Unix(unix, 0).UTC()
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC).Unix()
}
