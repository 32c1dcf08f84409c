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

// Inventory finds what a device is made of.
func (s *Store) Inventory(device appliance.ID) (appliance.Inventory, error) {
	return view(s, func(tx *Tx) (appliance.Inventory, error) { return tx.Inventory(device) })
}

// Inventories gives what all devices are made of that told it.
func (s *Store) Inventories() (map[appliance.ID]appliance.Inventory, error) {
	return view(s, func(tx *Tx) (map[appliance.ID]appliance.Inventory, error) {
		return byDevice[appliance.Inventory](tx, nounInventory)
	})
}
