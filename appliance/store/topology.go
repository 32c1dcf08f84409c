package store

import (
	"siteward/appliance"
)

// Marks gives by what each device is recognised, as far as that was found out.
func (tx *Tx) Marks() (map[appliance.ID]appliance.Marks, error) {
	return byDevice[appliance.Marks](tx, nounMarks)
}

// PutMarks stores by what a device is recognised.
func (tx *Tx) PutMarks(device appliance.ID, m appliance.Marks) error {
	return tx.setJSON(keyNoun(nounMarks, device), m)
}

// Marks gives by what each device is recognised.
func (s *Store) Marks() (map[appliance.ID]appliance.Marks, error) { return view(s, (*Tx).Marks) }

// Neighbours gives the tables of all devices that told any.
func (s *Store) Neighbours() (map[appliance.ID]appliance.NeighbourTables, error) {
	return view(s, func(tx *Tx) (map[appliance.ID]appliance.NeighbourTables, error) {
		return byDevice[appliance.NeighbourTables](tx, nounTables)
	})
}

// PutNeighbours stores the tables of a device in place of those before. A device that is gone meanwhile is passed over.
func (s *Store) PutNeighbours(t appliance.NeighbourTables) error {
	return s.Update(func(tx *Tx) error { return tx.PutNeighbours(t) })
}

// PutNeighbours stores the tables of a device in place of those before. A device that is gone meanwhile is passed over.
func (tx *Tx) PutNeighbours(t appliance.NeighbourTables) error {
	if _, err := deviceRecord.get(tx, t.Device); err != nil {
		if appliance.CodeOf(err) == appliance.CodeNotFound {
			return nil
		}
		return err
	}
	return tx.setJSON(keyNoun(nounTables, t.Device), t)
}

// byDevice reads what is kept once for each device. A damaged record is left out and reported.
func byDevice[T any](tx *Tx, family string) (map[appliance.ID]T, error) {
	out := map[appliance.ID]T{}
	err := tx.scan([]byte(family), func(key, value []byte) error {
		var v T
		if err := decodeJSON(value, &v); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		out[idOfKey(key[len(family)-1:])] = v
		return nil
	})
	return out, err
}
