package store

import "siteward/appliance"

// Inventory finds what a device is made of. A device that told nothing yet has an empty one.
func (tx *Tx) Inventory(device appliance.ID) (appliance.Inventory, error) {
	inv := appliance.Inventory{Device: device}
	err := tx.getJSON(keyNoun(nounInventory, device), &inv)
	if isMissing(err) {
		err = nil
	}
	return inv, err
}

// PutInventory stores what a device is made of. A device that is gone meanwhile is passed over.
func (tx *Tx) PutInventory(inv appliance.Inventory) error {
	if _, err := deviceRecord.get(tx, inv.Device); err != nil {
		if appliance.CodeOf(err) == appliance.CodeNotFound {
			return nil
		}
		return err
	}
	return tx.setJSON(keyNoun(nounInventory, inv.Device), inv)
}

// EachInventory hands out what devices are made of, by number, one at a time: lists of programs are long.
func (tx *Tx) EachInventory(visit func(appliance.Inventory) error) error {
	return tx.scan([]byte(nounInventory), func(key, value []byte) error {
		var inv appliance.Inventory
		if err := decodeJSON(value, &inv); err != nil {
			tx.s.damaged(key, err)
			return nil
		}
		inv.Device = idOfKey(key[len(nounInventory)-1:])
		return visit(inv)
	})
}

// Coverage is what ends, by device.
func (tx *Tx) Coverage() (map[appliance.ID][]appliance.Coverage, error) {
	out := map[appliance.ID][]appliance.Coverage{}
	return out, tx.EachInventory(func(inv appliance.Inventory) error {
		if len(inv.Coverage) > 0 {
			out[inv.Device] = inv.Coverage
		}
		return nil
	})
}

// PutCoverage replaces what ends of a device.
func (tx *Tx) PutCoverage(device appliance.ID, list []appliance.Coverage) error {
	inv, err := tx.Inventory(device)
	if err != nil {
		return err
	}
	inv.Coverage = list
	return tx.PutInventory(inv)
}

// Inventory finds what a device is made of.
func (s *Store) Inventory(device appliance.ID) (appliance.Inventory, error) {
	return view(s, func(tx *Tx) (appliance.Inventory, error) { return tx.Inventory(device) })
}

// EachInventory hands out what all devices are made of that told it, one at a time.
func (s *Store) EachInventory(visit func(appliance.Inventory) error) error {
	return s.View(func(tx *Tx) error { return tx.EachInventory(visit) })
}
