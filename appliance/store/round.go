package store

import (
	"encoding/binary"

	"siteward/appliance"
)

// roundRecord is how daily rounds are kept. They stay: what was signed is evidence.
var roundRecord = record[appliance.Round]{
	family: nounRound, word: "daily round",
	id:      func(v *appliance.Round) *appliance.ID { return &v.ID },
	version: func(v *appliance.Round) *uint64 { return &v.Version },
}

// Round finds one daily round, or fails with CodeNotFound.
func (tx *Tx) Round(id appliance.ID) (appliance.Round, error) { return roundRecord.get(tx, id) }

// PutRound stores a daily round, as PutDevice does a device.
func (tx *Tx) PutRound(v *appliance.Round) error { return roundRecord.put(tx, v) }

// Round finds one daily round, or fails with CodeNotFound.
func (s *Store) Round(id appliance.ID) (appliance.Round, error) {
	return view(s, func(tx *Tx) (appliance.Round, error) { return tx.Round(id) })
}

// Rounds lists daily rounds, newest first, with a lower number than before when it is not 0.
func (s *Store) Rounds(before appliance.ID, limit int) ([]appliance.Round, error) {
	return view(s, func(tx *Tx) ([]appliance.Round, error) { return tx.Rounds(before, limit) })
}

// Rounds lists daily rounds, newest first, with a lower number than before when it is not 0.
func (tx *Tx) Rounds(before appliance.ID, limit int) (out []appliance.Round, err error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	err = tx.scanBackFrom([]byte(nounRound), keyNoun(nounRound, before-1), func(key, value []byte) error {
		var r appliance.Round
		if err := decodeJSON(value, &r); err != nil || len(key) != len(nounRound)+8 || appliance.ID(binary.BigEndian.Uint64(key[len(nounRound):])) != r.ID {
			tx.s.damaged(key, err)
			return nil
		}
		if out = append(out, r); len(out) >= limit {
			return errStop
		}
		return nil
	})
	return out, err
}
