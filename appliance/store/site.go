package store

import (
	"errors"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// Site is the customer's place, or CodeNotFound before set-up.
func (tx *Tx) Site() (appliance.Site, error) {
	var v appliance.Site
	err := tx.getJSON([]byte{famSite}, &v)
	if errors.Is(err, badger.ErrKeyNotFound) {
		err = appliance.ErrNotFound
	}
	return v, err
}

// PutSite stores the site.
func (tx *Tx) PutSite(v appliance.Site) error { return tx.setJSON([]byte{famSite}, v) }
