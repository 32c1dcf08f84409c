package daemon

import (
	"siteward/appliance/access"
	"siteward/appliance/store"
)

// gateStore shows the store to access in the shape it asks for.
type gateStore struct{ *store.Store }

// Write is access.Storage.Write.
func (g gateStore) Write(change func(access.Writer) error) error {
	return g.Update(func(tx *store.Tx) error { return change(tx) })
}

var _ access.Storage = gateStore{}
