package daemon

import (
	"context"

	"siteward/appliance"
	"siteward/appliance/notify"
	"siteward/appliance/store"
)

// tell puts a notice into the queue. It is on the disk when tell returns, and will be told or shown as failed. This is the only way
// to tell anybody anything.
func (d *Daemon) tell(_ context.Context, n appliance.Notice) error {
	err := d.store.Update(func(tx *store.Tx) error { return d.tellIn(tx, &n) })
	if err == nil {
		d.told()
	}
	return err
}

// tellIn is tell as a part of another change, so that a thing and the word about it are one step. Call told when it is stored.
func (d *Daemon) tellIn(tx *store.Tx, n *appliance.Notice) error {
	if n.At.IsZero() {
		n.At = d.now()
	}
	size := 0
	for _, f := range n.Files {
		size += len(f.Data)
	}
	if size > appliance.MaxNoticeFiles {
		return appliance.Errorf(appliance.CodeTooLarge, "the files of a notice are larger than %d MB; leave one out", appliance.MaxNoticeFiles>>20)
	}
	contacts, err := tx.Contacts()
	if err != nil {
		return err
	}
	return tx.AddNotice(n, notify.Deliveries(*n, contacts))
}
