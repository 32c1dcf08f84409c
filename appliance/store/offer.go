package store

import (
	"slices"

	"siteward/appliance"
)

// offerRecord is how the provider's offers are kept, with what became of them.
var offerRecord = record[appliance.ProviderOffer]{
	family: nounOffer, word: "offer",
	id:      func(v *appliance.ProviderOffer) *appliance.ID { return &v.ID },
	version: func(v *appliance.ProviderOffer) *uint64 { return &v.Version },
}

// Offers lists all offers, the newest first.
func (s *Store) Offers() ([]appliance.ProviderOffer, error) {
	all, err := view(s, offerRecord.list)
	slices.Reverse(all)
	return all, err
}

// Offer finds one offer, or fails with CodeNotFound.
func (s *Store) Offer(id appliance.ID) (appliance.ProviderOffer, error) {
	return view(s, func(tx *Tx) (appliance.ProviderOffer, error) { return offerRecord.get(tx, id) })
}

// Offer finds one offer, or fails with CodeNotFound.
func (tx *Tx) Offer(id appliance.ID) (appliance.ProviderOffer, error) { return offerRecord.get(tx, id) }

// PutOffer stores an offer, as PutDevice does a device.
func (tx *Tx) PutOffer(v *appliance.ProviderOffer) error { return offerRecord.put(tx, v) }

// OfferPolicy says which offers are accepted without asking; none when nobody said so.
func (s *Store) OfferPolicy() (p appliance.OfferPolicy, err error) {
	err = s.View(func(tx *Tx) error {
		err := tx.getJSON([]byte(nounPolicy), &p)
		if isMissing(err) {
			return nil
		}
		return err
	})
	return p, err
}

// PutOfferPolicy stores it.
func (tx *Tx) PutOfferPolicy(p appliance.OfferPolicy) error {
	return tx.setJSON([]byte(nounPolicy), p)
}

// Offers lists all offers by number.
func (tx *Tx) Offers() ([]appliance.ProviderOffer, error) { return offerRecord.list(tx) }
