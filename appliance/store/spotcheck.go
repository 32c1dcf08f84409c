package store

import "siteward/appliance"

// spotRecord is how signed spot checks are kept. They stay: what was signed is evidence.
var spotRecord = record[appliance.SpotCheck]{
	family: nounSpot, word: "spot check",
	id:      func(v *appliance.SpotCheck) *appliance.ID { return &v.ID },
	version: func(v *appliance.SpotCheck) *uint64 { return &v.Version },
}

// SpotCheck finds one spot check, or fails with CodeNotFound.
func (s *Store) SpotCheck(id appliance.ID) (appliance.SpotCheck, error) {
	return view(s, func(tx *Tx) (appliance.SpotCheck, error) { return spotRecord.get(tx, id) })
}

// PutSpotCheck stores a spot check, as PutDevice does a device.
func (tx *Tx) PutSpotCheck(v *appliance.SpotCheck) error { return spotRecord.put(tx, v) }

// SpotChecks lists spot checks, newest first.
func (s *Store) SpotChecks(limit int) ([]appliance.SpotCheck, error) {
	return view(s, func(tx *Tx) ([]appliance.SpotCheck, error) { return tx.SpotChecks(limit) })
}

// SpotChecks lists spot checks, newest first.
func (tx *Tx) SpotChecks(limit int) (out []appliance.SpotCheck, err error) {
	err = tx.scanBackFrom([]byte(nounSpot), keyNoun(nounSpot, 1<<63-1), func(key, value []byte) error {
		var v appliance.SpotCheck
		if err := decodeJSON(value, &v); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		if out = append(out, v); len(out) >= limit {
			return errStop
		}
		return nil
	})
	return out, err
}
