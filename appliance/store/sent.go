package store

import "siteward/appliance"

// Bounds of what is kept of deliveries.
const (
	sentDays  = 31
	sentCount = 5000
	sentBytes = 64 << 20 // of bodies
)

// PutSent keeps a delivery. ID 0 makes a new one and sets ID; the oldest go.
func (tx *Tx) PutSent(v *appliance.Sent) (err error) {
	if v.ID == 0 {
		if v.ID, err = tx.nextID(nounSent); err != nil {
			return err
		}
		var last appliance.Sent
		if err := tx.getJSON(keyNoun(nounSent, v.ID-1), &last); err != nil && !isMissing(err) {
			return err
		}
		v.Sum = last.Sum + int64(len(v.Body))
		if err := tx.dropSent(v); err != nil {
			return err
		}
	}
	return tx.setJSON(keyNoun(nounSent, v.ID), v)
}

// dropSent removes what is too old, a few at a time: one comes, so a few go.
func (tx *Tx) dropSent(newest *appliance.Sent) error {
	before := newest.At.AddDate(0, 0, -sentDays)
	var old [][]byte
	err := tx.scan([]byte(nounSent), func(key, value []byte) error {
		var v appliance.Sent
		keep := decodeJSON(value, &v) == nil && !v.At.Before(before) && v.ID+sentCount > newest.ID && newest.Sum-v.Sum <= sentBytes
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
	err = s.View(func(tx *Tx) error {
		return tx.scanBackFrom([]byte(nounSent), keyNoun(nounSent, f.Before-1), func(key, value []byte) error {
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
			v.Bytes, v.Body = len(v.Body), nil
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
			err = notFound("delivery", id.String())
		}
		v.Bytes = len(v.Body)
		return err
	})
	return v, err
}
