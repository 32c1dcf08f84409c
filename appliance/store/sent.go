package store

import (
	"bytes"
	"cmp"
	"slices"

	"siteward/appliance"
)

// Bounds of what is kept of deliveries.
const (
	sentDays  = 31
	sentCount = 5000
	sentBytes = 64 << 20 // of bodies
)

// PutSent keeps a delivery. ID 0 makes a new one and sets ID; the oldest go. Deliveries of both kinds share their numbers.
func (tx *Tx) PutSent(v *appliance.Sent) (err error) {
	if v.Kind == appliance.ConsumerSamples {
		return tx.putSamplesSent(v)
	}
	if v.ID == 0 {
		if v.ID, err = tx.countSent(nounSent, v, len(v.Body)); err != nil {
			return err
		}
		if err := tx.dropSent(v); err != nil {
			return err
		}
	}
	return tx.setJSON(keyNoun(nounSent, v.ID), v)
}

// countSent gives the next number, and says in v how many of its family and how many bytes there were.
func (tx *Tx) countSent(family string, v *appliance.Sent, bytes int) (appliance.ID, error) {
	last, err := tx.lastSent(family)
	if err != nil {
		return 0, err
	}
	v.Nth, v.Sum = nthSent(&last)+1, last.Sum+int64(bytes)
	return tx.nextID(nounSent)
}

// nthSent is Sent.Nth. Before there were measured values, the ID was the same.
func nthSent(v *appliance.Sent) uint64 { return cmp.Or(v.Nth, uint64(v.ID)) }

// lastSent is the newest of a family, with those of this step; the zero value when there is none.
func (tx *Tx) lastSent(family string) (v appliance.Sent, err error) {
	var key []byte
	if own := tx.written([]byte(family), []byte(family)); len(own) > 0 && tx.writes[own[len(own)-1]] != nil {
		key = []byte(own[len(own)-1])
	} else {
		err = tx.scanBack([]byte(family), func(k, _ []byte) error { key = bytes.Clone(k); return errStop })
	}
	if err == nil && key != nil && tx.getJSON(key, &v) != nil { // damaged, which is noted; it must not stop what leaves
		v = appliance.Sent{}
	}
	return v, err
}

// dropSent removes what is too old, a few at a time: one comes, so a few go.
func (tx *Tx) dropSent(newest *appliance.Sent) error {
	before := newest.At.AddDate(0, 0, -sentDays)
	var old [][]byte
	err := tx.scan([]byte(nounSent), func(key, value []byte) error {
		var v appliance.Sent
		keep := decodeJSON(value, &v) == nil && !v.At.Before(before) && nthSent(&v)+sentCount > newest.Nth && newest.Sum-v.Sum <= sentBytes
		if keep || len(old) >= 4 {
			return errStop
		}
		old = append(old, append([]byte(nil), key...))
		return nil
	})
	if err != nil {
		return err
	}
	return tx.deleteAll(old)
}

// Sent lists deliveries, newest first, without their bodies.
func (s *Store) Sent(f appliance.SentFilter) (out []appliance.Sent, err error) {
	if f.Before == 0 {
		f.Before = 1<<63 - 1
	}
	for kind, family := range map[appliance.ConsumerKind]string{appliance.ConsumerReports: nounSent, appliance.ConsumerSamples: nounSentLine} {
		if f.Kind != "" && f.Kind != kind {
			continue
		}
		list, err := s.sentOf(family, f)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b appliance.Sent) int { return cmp.Compare(b.ID, a.ID) })
	return out[:min(len(out), f.Limit)], nil
}

func (s *Store) sentOf(family string, f appliance.SentFilter) (out []appliance.Sent, err error) {
	err = s.View(func(tx *Tx) error {
		return tx.scanBackFrom([]byte(family), keyNoun(family, f.Before-1), func(key, value []byte) error {
			var v appliance.Sent
			if err := decodeJSON(value, &v); err != nil {
				tx.s.damaged(key, err)
				return nil
			}
			if v.At.Before(f.From) {
				return errStop
			}
			if !f.Wants(&v) {
				return nil
			}
			v.Bytes, v.Body = max(v.Bytes, len(v.Body)), nil
			if out = append(out, v); len(out) >= f.Limit {
				return errStop
			}
			return nil
		})
	})
	return out, err
}

// SentOne finds one delivery, or fails with CodeNotFound.
func (s *Store) SentOne(id appliance.ID) (v appliance.Sent, err error) {
	err = s.View(func(tx *Tx) error {
		err := tx.getJSON(keyNoun(nounSent, id), &v)
		if isMissing(err) {
			return tx.samplesSent(id, &v)
		}
		v.Bytes = len(v.Body)
		return err
	})
	return v, err
}
