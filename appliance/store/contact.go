package store

import "siteward/appliance"

var (
	contactRecord = record[appliance.Contact]{
		family: nounContact, word: "contact",
		id:      func(v *appliance.Contact) *appliance.ID { return &v.ID },
		version: func(v *appliance.Contact) *uint64 { return &v.Version },
		name:    func(v *appliance.Contact) string { return v.Name },
	}
	routeRecord = record[appliance.Route]{
		family: nounRoute, word: "route",
		id:      func(v *appliance.Route) *appliance.ID { return &v.ID },
		version: func(v *appliance.Route) *uint64 { return &v.Version },
		name:    func(v *appliance.Route) string { return v.Name },
	}
)

func init() { contactRecord.removed = (*Tx).contactRemoved }

// Contacts lists all contacts by number.
func (tx *Tx) Contacts() ([]appliance.Contact, error) { return contactRecord.list(tx) }

// Contact finds one contact, or fails with CodeNotFound.
func (tx *Tx) Contact(id appliance.ID) (appliance.Contact, error) { return contactRecord.get(tx, id) }

// PutContact stores a contact, as PutDevice does a device.
func (tx *Tx) PutContact(v *appliance.Contact) error { return contactRecord.put(tx, v) }

// DeleteContact removes a contact, also from the steps of routes.
func (tx *Tx) DeleteContact(id appliance.ID) error { return contactRecord.remove(tx, id) }

func (tx *Tx) contactRemoved(c *appliance.Contact) error {
	routes, err := tx.Routes()
	if err != nil {
		return err
	}
	for _, r := range routes {
		found := false
		for i := range r.Steps {
			found = without(&r.Steps[i].Contacts, c.ID) || found
		}
		if !found {
			continue
		}
		if err := routeRecord.put(tx, &r); err != nil {
			return err
		}
	}
	return nil
}

// Contact finds one contact, or fails with CodeNotFound.
func (s *Store) Contact(id appliance.ID) (appliance.Contact, error) {
	return view(s, func(tx *Tx) (appliance.Contact, error) { return tx.Contact(id) })
}

// Contacts lists all contacts by number.
func (s *Store) Contacts() ([]appliance.Contact, error) { return view(s, (*Tx).Contacts) }

// Routes lists all routes by number.
func (tx *Tx) Routes() ([]appliance.Route, error) { return routeRecord.list(tx) }

// Route finds one route, or fails with CodeNotFound.
func (tx *Tx) Route(id appliance.ID) (appliance.Route, error) { return routeRecord.get(tx, id) }

// PutRoute stores a route, as PutDevice does a device.
func (tx *Tx) PutRoute(v *appliance.Route) error { return routeRecord.put(tx, v) }

// DeleteRoute removes a route.
func (tx *Tx) DeleteRoute(id appliance.ID) error { return routeRecord.remove(tx, id) }

// Routes lists all routes by number.
func (s *Store) Routes() ([]appliance.Route, error) { return view(s, (*Tx).Routes) }

// MailRelay is the server that mails are handed to, the zero one when there is none.
func (tx *Tx) MailRelay() (appliance.MailRelay, error) {
	var v appliance.MailRelay
	err := tx.getJSON([]byte(nounRelay), &v)
	if isMissing(err) {
		err = nil
	}
	return v, err
}

// PutMailRelay stores the server that mails are handed to.
func (tx *Tx) PutMailRelay(v appliance.MailRelay) error { return tx.setJSON([]byte(nounRelay), v) }

// MailRelay is the server that mails are handed to, the zero one when there is none.
func (s *Store) MailRelay() (appliance.MailRelay, error) { return view(s, (*Tx).MailRelay) }
