package store

import (
	"context"
	"encoding/binary"
	"time"

	"siteward/appliance"
)

var incidentRecord = record[appliance.Incident]{
	family: nounIncident, word: "incident",
	id:      func(v *appliance.Incident) *appliance.ID { return &v.ID },
	version: func(v *appliance.Incident) *uint64 { return &v.Version },
	stored:  (*Tx).incidentStored,
}

func (tx *Tx) incidentStored(i *appliance.Incident) error {
	key := keyNoun(nounIncidentOpen, i.ID)
	if i.Open() {
		return tx.set(key, encodeBytes(nil))
	}
	return tx.delete(key)
}

// PutIncident stores an incident, as PutDevice does a device.
func (tx *Tx) PutIncident(v *appliance.Incident) error { return incidentRecord.put(tx, v) }

// Incident finds one incident, or fails with CodeNotFound.
func (tx *Tx) Incident(id appliance.ID) (appliance.Incident, error) {
	return incidentRecord.get(tx, id)
}

// Incident finds one incident, or fails with CodeNotFound.
func (s *Store) Incident(id appliance.ID) (appliance.Incident, error) {
	return view(s, func(tx *Tx) (appliance.Incident, error) { return tx.Incident(id) })
}

// OpenIncidents lists those that are open, oldest first.
func (s *Store) OpenIncidents() ([]appliance.Incident, error) {
	return view(s, func(tx *Tx) (out []appliance.Incident, err error) {
		keys, err := tx.keys([]byte(nounIncidentOpen))
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			i, err := tx.Incident(appliance.ID(binary.BigEndian.Uint64(k[len(k)-8:])))
			if err != nil {
				tx.s.damaged(k, err)
				continue
			}
			out = append(out, i)
		}
		return out, nil
	})
}

// EachIncident visits incidents, newest first, with a lower number than before when it is not 0, until visit says that it has enough.
func (s *Store) EachIncident(before appliance.ID, visit func(appliance.Incident) bool) error {
	return s.View(func(tx *Tx) error {
		return tx.scanBackFrom([]byte(nounIncident), keyNoun(nounIncident, before-1), func(key, value []byte) error {
			var i appliance.Incident
			if err := decodeJSON(value, &i); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			if !visit(i) {
				return errStop
			}
			return nil
		})
	})
}

// dropTold removes notices that are older than the journal is kept, and incidents after three times as long. What is still to be
// told, and what is open, stays.
func (s *Store) dropTold(ctx context.Context, now time.Time, r *Retained) error {
	limit := now.AddDate(0, 0, -s.opt.EventDays)
	for ctx.Err() == nil {
		n, err := s.dropNotices(limit)
		r.Told += n
		if err != nil || n == 0 {
			break
		}
	}
	for ctx.Err() == nil {
		n, err := s.dropIncidents(now.AddDate(0, 0, -3*s.opt.EventDays))
		r.Told += n
		if err != nil || n == 0 {
			return err
		}
	}
	return ctx.Err()
}

const dropAtOnce = 200

func (s *Store) dropNotices(limit time.Time) (n int, err error) {
	_, err = s.commit(func(tx *Tx) error {
		var old []appliance.Notice
		err := tx.scan([]byte(nounNotice), func(key, value []byte) error {
			var v appliance.Notice
			if err := decodeJSON(value, &v); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			if !v.At.Before(limit) || len(old) >= dropAtOnce {
				return errStop
			}
			old = append(old, v)
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range old {
			if open, err := tx.keys(keyNoun(nounDelivery, v.ID)); err != nil || len(open) > 0 {
				return err
			}
			if err := tx.clear(keyNoun(nounDelivered, v.ID)); err != nil {
				return err
			}
			keys := [][]byte{keyNoun(nounNotice, v.ID)}
			if v.About.Incident != 0 {
				keys = append(keys, keyNoticeOf(v.About.Incident, v.ID))
			}
			if err := tx.deleteAll(keys); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (s *Store) dropIncidents(limit time.Time) (n int, err error) {
	_, err = s.commit(func(tx *Tx) error {
		var old [][]byte
		err := tx.scan([]byte(nounIncident), func(key, value []byte) error {
			var i appliance.Incident
			if err := decodeJSON(value, &i); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			if !i.Opened.Before(limit) || len(old) >= dropAtOnce {
				return errStop
			}
			if !i.Open() {
				old = append(old, append([]byte(nil), key...))
			}
			return nil
		})
		n = len(old)
		if err != nil {
			return err
		}
		return tx.deleteAll(old)
	})
	return n, err
}
