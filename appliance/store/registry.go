package store

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/series"
)

// samples is the part of the store that deals with numbers over time: the registry of series, their open heads and
// the log that protects these. See record.go, window.go, day.go and read.go.
type samples struct {
	mu      sync.RWMutex           // guards what readers look at; writers hold Store.write too
	infos   []appliance.SeriesInfo // by series number; 0 is not used
	ids     map[appliance.SeriesKey]uint32
	byCheck map[appliance.ID][]uint32
	heads   []head                  // by series number
	waiting map[uint32][]closedHead // by series number

	span   span
	newest int64 // latest sample, unix seconds

	lanes  [2]lane
	logged uint64 // number of the last log record
	logs   [2]logWriter
	undo   []undoHead
}

// span says which chunks hold which time. It is written with what changes it.
type span struct {
	Cut     int64     `json:"cut"`      // windows up to this one are in chunks as a whole
	MergeTo int64     `json:"-"`        // up to this one, a chunk may be on the disk before its window is cut
	Merged  int64     `json:"merged"`   // days up to this one (unix seconds of its start) are in day chunks only
	Merging int64     `json:"-"`        // a day after Merged while its windows are put together, else Merged
	Rolled  int64     `json:"rolled"`   // raw samples before this time are gone, their hours are kept
	Rolling int64     `json:"rolling"`  // hours are kept up to this time; after Rolled while a month is rolled up
	LaneCut [2]uint64 `json:"lane_cut"` // log records up to these numbers are in chunks
}

// Series lists the series of a check, by number. Last is the time of the newest sample that is known.
func (s *Store) Series(check appliance.ID) ([]appliance.SeriesInfo, error) {
	m := &s.samples
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make([]appliance.SeriesInfo, 0, len(m.byCheck[check]))
	for _, id := range m.byCheck[check] {
		out = append(out, m.infoOf(id))
	}
	return out, nil
}

// SeriesInfo finds one series by its number, or fails with CodeNotFound.
func (s *Store) SeriesInfo(id uint32) (appliance.SeriesInfo, error) {
	m := &s.samples
	m.mu.RLock()
	defer m.mu.RUnlock()
	if id == 0 || int(id) >= len(m.infos) || m.infos[id].ID == 0 {
		return appliance.SeriesInfo{}, notFound("series", appliance.ID(id).String())
	}
	return m.infoOf(id), nil
}

func (m *samples) infoOf(id uint32) appliance.SeriesInfo {
	info := m.infos[id]
	if h := &m.heads[id]; !h.Empty() {
		info.Last = time.Unix(h.Last()*h.step, 0).UTC()
	} else if w := m.waiting[id]; len(w) > 0 {
		l := &w[len(w)-1]
		info.Last = time.Unix(l.Last()*l.step, 0).UTC()
	}
	return info
}

// SeriesFor sets the ID of each series, giving new ones a number, and keeps label, unit and step when they changed.
// When nothing is new it costs a look-up each.
func (s *Store) SeriesFor(infos []appliance.SeriesInfo) error {
	if s.samples.known(infos) {
		return nil
	}
	return s.Update(func(tx *Tx) error {
		last, err := tx.getID(keyCounter(string(famSeries)))
		if err != nil {
			return err
		}
		first := last
		fresh := map[appliance.SeriesKey]uint32{}
		for i := range infos {
			info := &infos[i]
			old, ok := s.samples.find(info.SeriesKey)
			if id, twice := fresh[info.SeriesKey]; twice {
				old, ok = appliance.SeriesInfo{ID: id}, true
			}
			if !ok {
				last++
				old.ID = uint32(last)
				fresh[info.SeriesKey] = old.ID
			}
			info.ID = old.ID
			if ok && old.Label == info.Label && old.Unit == info.Unit && old.Step == info.Step {
				continue
			}
			if err := tx.set(keySeries(info.ID), encodeBytes(encodeSeries(nil, *info))); err != nil {
				return err
			}
			stored := *info
			tx.after = append(tx.after, func() { s.samples.add(stored) })
		}
		if last == first {
			return nil
		}
		return tx.set(keyCounter(string(famSeries)), encodeBytes(binary.BigEndian.AppendUint64(nil, uint64(last))))
	})
}

// known sets the IDs of series that all are registered as they are.
func (m *samples) known(infos []appliance.SeriesInfo) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for i := range infos {
		info := &infos[i]
		id, ok := m.ids[info.SeriesKey]
		if !ok {
			return false
		}
		old := &m.infos[id]
		if old.Label != info.Label || old.Unit != info.Unit || old.Step != info.Step {
			return false
		}
		info.ID = id
	}
	return true
}

func (m *samples) find(k appliance.SeriesKey) (appliance.SeriesInfo, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	id, ok := m.ids[k]
	if !ok {
		return appliance.SeriesInfo{}, false
	}
	return m.infos[id], true
}

func (m *samples) add(info appliance.SeriesInfo) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for int(info.ID) >= len(m.infos) {
		m.infos = append(m.infos, appliance.SeriesInfo{})
		m.heads = append(m.heads, head{})
	}
	if m.infos[info.ID].ID == 0 {
		m.byCheck[info.Check] = append(m.byCheck[info.Check], info.ID)
	}
	m.infos[info.ID] = info
	m.ids[info.SeriesKey] = info.ID
}

// loadSeries reads the registry at the start.
func (s *Store) loadSeries(context.Context) error {
	m := &s.samples
	m.ids, m.byCheck = map[appliance.SeriesKey]uint32{}, map[appliance.ID][]uint32{}
	m.waiting = map[uint32][]closedHead{}
	return s.View(func(tx *Tx) error {
		return tx.scan([]byte{famSeries}, func(key, value []byte) error {
			b, err := decodeBytes(value)
			if err == nil && len(key) == 5 {
				var info appliance.SeriesInfo
				if info, err = decodeSeries(b); err == nil {
					info.ID = binary.BigEndian.Uint32(key[1:])
					m.add(info)
					return nil
				}
			}
			s.damaged(key, err)
			return nil
		})
	})
}

// encodeSeries appends check, step in seconds, and metric, instance, label and unit with their lengths.
func encodeSeries(b []byte, i appliance.SeriesInfo) []byte {
	b = binary.AppendUvarint(b, uint64(i.Check))
	b = binary.AppendUvarint(b, uint64(series.StepSeconds(i.Step)))
	for _, text := range []string{i.Metric, i.Instance, i.Label, i.Unit} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return b
}

func decodeSeries(b []byte) (i appliance.SeriesInfo, err error) {
	bad := false
	uvarint := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			return 0
		}
		b = b[n:]
		return v
	}
	text := func() string {
		n := uvarint()
		if bad || n > uint64(len(b)) {
			bad = true
			return ""
		}
		t := string(b[:n])
		b = b[n:]
		return t
	}
	i.Check = appliance.ID(uvarint())
	step := uvarint()
	i.Step = time.Duration(min(step, maxStep)) * time.Second
	i.Metric, i.Instance, i.Label, i.Unit = text(), text(), text(), text()
	if bad || len(b) > 0 || step == 0 || step > maxStep {
		return appliance.SeriesInfo{}, errDamaged
	}
	return i, nil
}

// maxStep is the longest distance of two samples: a year.
const maxStep = 366 * 24 * 3600

// seriesIDs lists the numbers of all series.
func (m *samples) seriesIDs() []uint32 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	ids := make([]uint32, 0, len(m.ids))
	for _, id := range m.ids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// idle says that nothing of a series is in memory.
func (m *samples) idle(id uint32) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.heads[id].Empty() && len(m.waiting[id]) == 0
}

// remove forgets a series. Its number stays used.
func (m *samples) remove(id uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	info := m.infos[id]
	delete(m.ids, info.SeriesKey)
	m.byCheck[info.Check] = slices.DeleteFunc(m.byCheck[info.Check], func(other uint32) bool { return other == id })
	m.infos[id] = appliance.SeriesInfo{}
}
