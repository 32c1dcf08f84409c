package daemon

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// Now is App.Now.
func (d *Daemon) Now() time.Time { return d.now() }

// About is App.About.
func (d *Daemon) About() appliance.About { return d.about }

// Generation is App.Generation.
func (d *Daemon) Generation() uint64 { return d.live.generation.Load() }

// Site is App.Site.
func (d *Daemon) Site(context.Context) (appliance.Site, error) {
	d.live.mu.RLock()
	defer d.live.mu.RUnlock()
	if d.live.site == nil {
		return appliance.Site{}, appliance.ErrNotFound
	}
	return *d.live.site, nil
}

// SaveSite is App.SaveSite.
func (d *Daemon) SaveSite(ctx context.Context, by appliance.Actor, s appliance.Site) error {
	if err := first(config.ValidateSite(s)); err != nil {
		return err
	}
	old, err := d.Site(ctx)
	if err == nil {
		if err := ownedByFile(config.SiteOwner(old, s)); err != nil {
			return err
		}
		s.Created, s.Owned = old.Created, old.Owned
	}
	if s.Created.IsZero() {
		s.Created = d.now()
	}
	return d.change(by, "audit.site_changed", "site", s.Name, func(tx *store.Tx) error {
		if err := tx.PutSite(s); err != nil {
			return err
		}
		return tx.Append(d.switched(by, old, s))
	})
}

// TakeOverSite is App.TakeOverSite: the fields of the site belong to people from now on.
func (d *Daemon) TakeOverSite(ctx context.Context, by appliance.Actor) error {
	s, err := d.Site(ctx)
	if err != nil || len(s.Owned) == 0 {
		return err
	}
	s.Owned = nil
	return d.change(by, "audit.site_taken_over", "site", s.Name, func(tx *store.Tx) error { return tx.PutSite(s) })
}

// Events is App.Events.
func (d *Daemon) Events(_ context.Context, f appliance.EventFilter) ([]appliance.Event, error) {
	return d.store.Events(store.EventFilter{Kinds: f.Kinds, Device: f.Device, Check: f.Check, Since: f.Since, Before: f.Before, After: f.After, Limit: f.Limit})
}

// Series is App.Series.
func (d *Daemon) Series(_ context.Context, check appliance.ID) ([]appliance.SeriesInfo, error) {
	return d.store.Series(check)
}

// Samples is App.Samples.
func (d *Daemon) Samples(_ context.Context, series uint32, from, to time.Time, points int) (appliance.Column, error) {
	return d.store.ReadThinned(series, from, to, points)
}

// Jobs is App.Jobs.
func (d *Daemon) Jobs(context.Context) ([]appliance.JobRun, error) { return d.jobs.Runs(), nil }

// Changes is App.Changes.
func (d *Daemon) Changes(ctx context.Context) <-chan appliance.Change {
	return d.changes.subscribe(ctx)
}
