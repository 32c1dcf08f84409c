package store

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"siteward/appliance"
)

type liveReading struct {
	reading appliance.Reading
	dirty   bool
}

// maxReading bounds a stored reading; Badger holds values up to this size in its tables.
const maxReading = 700 << 10

// PutSnapshot keeps the last reading of a check: its texts, words and numbers as the device page shows them. It is
// written every few minutes and at Close; after a crash an older one is found.
func (s *Store) PutSnapshot(check appliance.ID, r appliance.Reading) error {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	s.live.readings[check] = &liveReading{reading: r, dirty: true}
	return nil
}

// Snapshot gives the last reading of a check, or fails with CodeNotFound. It is shared: do not change it.
func (s *Store) Snapshot(check appliance.ID) (appliance.Reading, error) {
	s.live.mu.RLock()
	known, ok := s.live.readings[check]
	s.live.mu.RUnlock()
	if ok {
		return known.reading, nil
	}
	r, err := view(s, func(tx *Tx) (appliance.Reading, error) {
		var v storedReading
		err := tx.getJSON(keyID(famSnapshot, check), &v)
		return v.reading(), err
	})
	if isMissing(err) {
		return r, notFound("reading of check", check.String())
	}
	if err != nil {
		return r, err
	}
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if newer, ok := s.live.readings[check]; ok {
		return newer.reading, nil
	}
	s.live.readings[check] = &liveReading{reading: r}
	return r, nil
}

// storedReading is a reading as JSON can hold it: without NaN, which a counter's first number is.
type storedReading struct {
	appliance.Reading
	Unknown []int `json:"unknown,omitempty"` // indexes of Values
}

func storeReading(r appliance.Reading) storedReading {
	v := storedReading{Reading: r}
	for i := range r.Values {
		if finite(r.Values[i].Number) {
			continue
		}
		if v.Unknown == nil {
			v.Values = slices.Clone(r.Values)
		}
		v.Values[i].Number = 0
		v.Unknown = append(v.Unknown, i)
	}
	return v
}

func (v storedReading) reading() appliance.Reading {
	for _, i := range v.Unknown {
		if i >= 0 && i < len(v.Values) {
			v.Values[i].Number = math.NaN()
		}
	}
	return v.Reading
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// storable is evidence without numbers that JSON cannot hold.
func storable(e appliance.Evidence) appliance.Evidence {
	if e.Number != nil && !finite(*e.Number) {
		e.Number = nil
	}
	if e.Limit != nil && !finite(*e.Limit) {
		e.Limit = nil
	}
	return e
}

// PutIdentity keeps what a device says it is. Only Seen being newer is not worth a write more than once an hour.
func (s *Store) PutIdentity(device appliance.ID, v appliance.Identity) error {
	s.live.mu.RLock()
	old, known := s.live.identities[device]
	s.live.mu.RUnlock()
	if known && sameIdentity(old, v) && v.Seen.Sub(old.Seen) < time.Hour {
		return nil
	}
	_, err := s.commit(func(tx *Tx) error {
		tx.after = append(tx.after, func() {
			s.live.mu.Lock()
			defer s.live.mu.Unlock()
			s.live.identities[device] = v
		})
		return tx.setJSON(keyID(famIdentity, device), v)
	})
	return err
}

func sameIdentity(a, b appliance.Identity) bool {
	ap, bp := a.Profiles, b.Profiles
	a.Seen, b.Seen, a.Profiles, b.Profiles = time.Time{}, time.Time{}, nil, nil
	return slices.Equal(ap, bp) && fmt.Sprint(a) == fmt.Sprint(b)
}

// Identities gives what the devices say they are, by device.
func (s *Store) Identities() (map[appliance.ID]appliance.Identity, error) {
	s.live.mu.RLock()
	defer s.live.mu.RUnlock()
	return maps.Clone(s.live.identities), nil
}

// flushLive writes what is newer in memory than on the disk, until the deadline.
func (s *Store) flushLive(deadline time.Time) error {
	const atOnce = 200
	states := s.live.dirtyStates()
	for part := range slices.Chunk(states, atOnce) {
		_, err := s.commit(func(tx *Tx) error {
			for _, v := range part {
				v.Evidence = storable(v.Evidence)
				if err := tx.setJSON(keyState(v.StateKey), v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		s.live.cleanStates(part)
	}
	for check, l := range s.live.dirtyReadings() {
		if s.opt.Now().After(deadline) {
			return nil
		}
		if err := s.writeReading(check, l); err != nil {
			return err
		}
	}
	return nil
}

func (l *live) cleanStates(written []appliance.StateRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range written {
		if st, ok := l.states[v.StateKey]; ok && st.record.Seen.Equal(v.Seen) {
			st.dirty, st.doubt = false, !v.PendingSince.IsZero()
		}
	}
}

func (l *live) dirtyReadings() map[appliance.ID]*liveReading {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := map[appliance.ID]*liveReading{}
	for check, r := range l.readings {
		if r.dirty {
			out[check] = r
		}
	}
	return out
}

func (s *Store) writeReading(check appliance.ID, l *liveReading) error {
	b, err := encodeJSON(storeReading(l.reading))
	if err != nil {
		return err
	}
	if len(b) > maxReading { // a device with tens of thousands of values: its last reading lives in memory only
		s.log.Debug("reading is too large to be kept", "check", check, "bytes", len(b))
		b = nil
	}
	_, err = s.commit(func(tx *Tx) error {
		_, err := tx.Check(check)
		if b == nil || appliance.CodeOf(err) == appliance.CodeNotFound {
			return nil // the check was removed meanwhile
		}
		if err != nil {
			return err
		}
		return tx.set(keyID(famSnapshot, check), b)
	})
	if err != nil {
		return err
	}
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	l.dirty = false
	return nil
}
