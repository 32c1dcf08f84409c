package store

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// live holds what changes with every poll and is looked at all the time: states, last readings, identities. It is
// written at once when something a person would notice changed, else by the keeper every lazyEvery and at Close.
type live struct {
	mu         sync.RWMutex
	states     map[appliance.StateKey]*liveState
	readings   map[appliance.ID]*liveReading
	identities map[appliance.ID]appliance.Identity
}

type liveState struct {
	record appliance.StateRecord
	dirty  bool
	doubt  bool // what is on the disk has a Pending
}

// States lists all states, by check and item.
func (s *Store) States() ([]appliance.StateRecord, error) {
	s.live.mu.RLock()
	out := make([]appliance.StateRecord, 0, len(s.live.states))
	for _, l := range s.live.states {
		out = append(out, l.record)
	}
	s.live.mu.RUnlock()
	slices.SortFunc(out, func(a, b appliance.StateRecord) int { return compareStates(a.StateKey, b.StateKey) })
	return out, nil
}

func compareStates(a, b appliance.StateKey) int {
	if a.Check != b.Check {
		return int(int64(a.Check) - int64(b.Check))
	}
	switch {
	case a.Item < b.Item:
		return -1
	case a.Item > b.Item:
		return 1
	}
	return 0
}

// PutState keeps a state that a person changed (acknowledged, ended a pause). It is on the disk when it returns.
func (s *Store) PutState(v appliance.StateRecord) error {
	return s.Update(func(tx *Tx) error { return tx.PutState(v) })
}

// PutState keeps a state.
func (tx *Tx) PutState(v appliance.StateRecord) error {
	v.Evidence = storable(v.Evidence)
	if err := tx.setJSON(keyState(v.StateKey), v); err != nil {
		return err
	}
	tx.after = append(tx.after, func() { tx.s.live.setState(v, false) })
	return nil
}

// DeleteState forgets a state, for instance of an interface that is no longer there.
func (tx *Tx) DeleteState(k appliance.StateKey) error {
	tx.after = append(tx.after, func() { tx.s.live.dropState(k) })
	return tx.delete(keyState(k))
}

// recordState keeps the state a poll led to. When only the time, the numbers of its evidence or the doubt about it are new it is kept
// in memory for now: a doubt that a killed process has forgotten comes up again with the next reading.
func (tx *Tx) recordState(v appliance.StateRecord) error {
	tx.touchAbsent(&v)
	if tx.s.live.sameState(&v) {
		tx.after = append(tx.after, func() { tx.s.live.setState(v, true) })
		return nil
	}
	return tx.PutState(v)
}

func (l *live) setState(v appliance.StateRecord, dirty bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	doubt := !v.PendingSince.IsZero()
	if was, ok := l.states[v.StateKey]; ok && dirty {
		doubt = was.doubt
	}
	l.states[v.StateKey] = &liveState{record: v, dirty: dirty, doubt: doubt}
}

func (l *live) dropState(k appliance.StateKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.states, k)
}

// sameState says whether v differs from what is stored only in Seen, in its evidence, and in a doubt that is not stored. One that is
// stored and dispelled is a difference: after a kill the next bad reading would seem to confirm it.
func (l *live) sameState(v *appliance.StateRecord) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	known, ok := l.states[v.StateKey]
	if !ok {
		return false
	}
	o := &known.record
	return o.State == v.State && o.Since.Equal(v.Since) && (!known.doubt || sameDoubt(o, v)) && o.Stale == v.Stale && o.UnreachableBy == v.UnreachableBy &&
		o.Device == v.Device && o.Label == v.Label && sameAck(o.Ack, v.Ack)
}

func sameDoubt(a, b *appliance.StateRecord) bool {
	return a.Pending == b.Pending && a.Count == b.Count && a.PendingSince.Equal(b.PendingSince)
}

func sameAck(a, b *appliance.Ack) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.By == b.By && a.Reason == b.Reason && a.At.Equal(b.At)
}

// dirtyStates gives the states that are newer in memory than on the disk.
func (l *live) dirtyStates() (out []appliance.StateRecord) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, st := range l.states {
		if st.dirty {
			out = append(out, st.record)
		}
	}
	return out
}

// forgetCheck drops what is kept in memory of a check that was removed.
func (s *Store) forgetCheck(id appliance.ID) {
	l := &s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.states {
		if k.Check == id {
			delete(l.states, k)
		}
	}
	delete(l.readings, id)
}

// loadLive reads the states and identities at the start. Readings are read when they are asked for.
func (s *Store) loadLive(context.Context) error {
	l := &s.live
	l.states, l.readings, l.identities = map[appliance.StateKey]*liveState{}, map[appliance.ID]*liveReading{}, map[appliance.ID]appliance.Identity{}
	return s.View(func(tx *Tx) error {
		err := tx.scan([]byte{famState}, func(key, value []byte) error {
			var v appliance.StateRecord
			if err := decodeJSON(value, &v); err != nil {
				s.damaged(key, err)
				return nil
			}
			l.states[v.StateKey] = &liveState{record: v, doubt: !v.PendingSince.IsZero()}
			return nil
		})
		if err != nil {
			return err
		}
		return tx.scan([]byte{famIdentity}, func(key, value []byte) error {
			var v appliance.Identity
			if err := decodeJSON(value, &v); err != nil || len(key) != 9 {
				s.damaged(key, errors.Join(err, errDamaged))
				return nil
			}
			l.identities[idOfKey(key)] = v
			return nil
		})
	})
}

// isMissing says that Badger has no such key.
func isMissing(err error) bool { return errors.Is(err, badger.ErrKeyNotFound) }
