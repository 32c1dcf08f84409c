package daemon

import (
	"context"
	"time"

	"siteward/appliance/message"
	"siteward/appliance/store"
	"siteward/appliance/uplink"
)

// Note is something to be told the provider, of a time.
type Note struct {
	Data    message.Data
	Subject string
	At      time.Time
}

// AddReports puts notes into the outbox of the provider, as what happens at a site does.
func (d *Daemon) AddReports(notes []Note) error {
	e, err := d.Provider(context.Background())
	if err != nil {
		return err
	}
	return d.store.Update(func(tx *store.Tx) error {
		st, err := tx.UplinkState(e.ID)
		if err != nil {
			return err
		}
		for _, n := range notes {
			if err := uplink.Append(tx, &st, e.Site, n.Data, n.Subject, n.At); err != nil {
				return err
			}
		}
		return tx.PutUplinkState(st)
	})
}

// PlantSession signs somebody in.
func (d *Daemon) PlantSession(token string, until time.Time) error {
	return d.store.Commit(token, []byte("who"), until)
}
