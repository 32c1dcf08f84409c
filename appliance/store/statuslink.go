package store

import "siteward/appliance"

// statusLinkRecord is how links for people without an account are kept.
var statusLinkRecord = record[appliance.StatusLink]{
	family: nounStatusLink, word: "status link",
	id:      func(v *appliance.StatusLink) *appliance.ID { return &v.ID },
	version: func(v *appliance.StatusLink) *uint64 { return &v.Version },
	name:    func(v *appliance.StatusLink) string { return v.Name },
}

// StatusLinks lists all status links by number.
func (s *Store) StatusLinks() ([]appliance.StatusLink, error) { return view(s, statusLinkRecord.list) }

// PutStatusLink stores a status link, as PutDevice does a device.
func (tx *Tx) PutStatusLink(v *appliance.StatusLink) error { return statusLinkRecord.put(tx, v) }

// DeleteStatusLink revokes a status link.
func (tx *Tx) DeleteStatusLink(id appliance.ID) error { return statusLinkRecord.remove(tx, id) }
