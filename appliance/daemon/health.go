package daemon

import (
	"context"
	"slices"

	"siteward/appliance"
	"siteward/appliance/store"
)

// Health is App.Health.
func (d *Daemon) Health(ctx context.Context) appliance.Health {
	size := d.store.Size()
	report := d.store.LastReport()
	h := appliance.Health{
		Store: appliance.StoreHealth{
			Bytes: size.Database + size.Backups + size.Ballast, FreeBytes: size.Free, Schema: store.Schema(),
			Verified: report.Began,
		},
		Checks: len(d.live.allChecks()), WatchdogOK: d.store.Healthy(ctx) == nil,
	}
	if backups, err := d.store.Backups(); err == nil {
		for _, b := range backups {
			h.Store.BackedUp = later(h.Store.BackedUp, b.Made)
		}
	}
	h.Store.ReadOnly, h.Store.Why = d.store.Mode()
	for _, x := range report.Damage {
		h.Store.Damage = append(h.Store.Damage, x.Where+": "+x.What)
	}
	mode, note := d.pingMode()
	h.Ping, h.PingNote = string(mode), note
	h.Notes = d.notes
	if note, bad := d.providerNote(ctx); bad {
		h.Notes = append(slices.Clone(h.Notes), note)
	}
	stats := d.engine.Stats()
	h.Running, h.Late, h.Missed, h.LastRun = stats.Running, stats.Late, stats.Missed, stats.LastRun
	return h
}
