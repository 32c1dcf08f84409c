package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"siteward/appliance"
)

// EventFilter chooses events of the journal. Zero fields choose all.
type EventFilter struct {
	Kinds         []appliance.EventKind
	Device        appliance.ID
	Check         appliance.ID
	Before, After uint64 // sequence numbers, both exclusive: Before pages to older events, After asks for newer ones
	Since         time.Time
	Limit         int // 0 = 100
}

// Append adds events to the journal and sets their Seq. They are on the disk when it returns.
func (s *Store) Append(events []appliance.Event) error {
	return s.Update(func(tx *Tx) error { return tx.Append(events) })
}

// Append adds events to the journal and sets their Seq.
func (tx *Tx) Append(events []appliance.Event) error {
	for i := range events {
		e := &events[i]
		tx.seq++
		e.Seq = tx.seq
		if e.Evidence != nil {
			evidence := storable(*e.Evidence)
			e.Evidence = &evidence
		}
		if err := tx.setJSON(keyEvent(e.Seq), e); err != nil {
			return err
		}
		if e.Kind == appliance.EventDevice && tx.s.reporting.Load() {
			tx.touch(keyEvent(e.Seq))
		}
		if err := tx.logWork(*e); err != nil {
			return err
		}
		if e.Device == 0 {
			continue
		}
		if err := tx.set(keyEventOf(e.Device, e.Seq), encodeBytes(nil)); err != nil {
			return err
		}
	}
	return nil
}

// Events lists events, newest first.
func (s *Store) Events(f EventFilter) ([]appliance.Event, error) {
	return view(s, func(tx *Tx) ([]appliance.Event, error) { return tx.Events(f) })
}

// Events lists events, newest first.
func (tx *Tx) Events(f EventFilter) ([]appliance.Event, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	if f.Device == 0 && f.Check != 0 {
		if c, err := tx.Check(f.Check); err == nil {
			f.Device = c.Device // so that the index by device can be used
		}
	}
	var out []appliance.Event
	take := func(key, value []byte) error {
		var e appliance.Event
		if err := decodeJSON(value, &e); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		if !f.Since.IsZero() && e.At.Before(f.Since) {
			return nil
		}
		if f.chooses(&e) {
			out = append(out, e)
		}
		if len(out) >= f.Limit {
			return errStop
		}
		return nil
	}
	prefix := []byte{famEvent}
	if f.Device != 0 {
		prefix = keyID(famEventOf, f.Device)
	}
	from := bytes.Clone(prefix)
	if f.Before > 0 {
		from = binary.BigEndian.AppendUint64(from, ^f.Before+1)
	}
	err := tx.scanFrom(prefix, from, func(key, value []byte) error {
		seq := seqOfKey(key)
		if seq <= f.After {
			return errStop
		}
		if f.Device == 0 {
			return take(key, value)
		}
		event := keyEvent(seq)
		if err := tx.get(event, func(v []byte) error { return take(event, v) }); err != nil {
			if errors.Is(err, errStop) {
				return err
			}
			tx.s.damaged(event, err)
		}
		return nil
	})
	return out, err
}

func (f *EventFilter) chooses(e *appliance.Event) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) &&
		(f.Device == 0 || e.Device == f.Device) && (f.Check == 0 || e.Check == f.Check)
}

// lastEvent is the number of the journal's newest event, 0 when it is empty.
func (tx *Tx) lastEvent() (seq uint64) {
	_ = tx.scan([]byte{famEvent}, func(key, _ []byte) error {
		seq = seqOfKey(key)
		return errStop
	})
	return seq
}

func (s *Store) loadEvents(context.Context) error {
	return s.View(func(tx *Tx) error {
		s.seq = tx.lastEvent()
		last, err := tx.lastLogEntry()
		s.entries = last
		return err
	})
}
