package daemon

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// Checks is App.Checks.
func (d *Daemon) Checks(context.Context) ([]appliance.Check, error) { return d.live.allChecks(), nil }

// Check is App.Check.
func (d *Daemon) Check(_ context.Context, id appliance.ID) (appliance.Check, error) {
	c, _, ok := d.live.check(id)
	if !ok {
		return c, appliance.ErrNotFound
	}
	return c, nil
}

// SaveCheck is App.SaveCheck.
func (d *Daemon) SaveCheck(_ context.Context, by appliance.Actor, c *appliance.Check) error {
	if err := first(config.ValidateCheck(*c)); err != nil {
		return err
	}
	return d.change(by, verb(c.ID, "check"), "check", d.checkName(*c), func(tx *store.Tx) error {
		if c.ID == 0 {
			c.Created = d.now()
			return tx.PutCheck(c)
		}
		old, err := tx.Check(c.ID)
		if err != nil {
			return err
		}
		if err := ownedByFile(old.Owner); err != nil {
			return err
		}
		c.Created, c.Owner, c.Device = old.Created, old.Owner, old.Device
		return tx.PutCheck(c)
	})
}

func (d *Daemon) checkName(c appliance.Check) string {
	dev, _ := d.live.device(c.Device)
	return dev.Name + " / " + c.Name
}

// DeleteCheck is App.DeleteCheck.
func (d *Daemon) DeleteCheck(_ context.Context, by appliance.Actor, id appliance.ID) error {
	c, _, ok := d.live.check(id)
	if !ok {
		return appliance.ErrNotFound
	}
	if err := ownedByFile(c.Owner); err != nil {
		return err
	}
	return d.change(by, "audit.check_deleted", "check", d.checkName(c), func(tx *store.Tx) error { return tx.DeleteCheck(id) })
}

// PauseCheck is App.PauseCheck.
func (d *Daemon) PauseCheck(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	p, err := d.pause(by, reason, until)
	if err != nil {
		return err
	}
	return d.setCheckPause(by, id, p, "audit.check_paused")
}

// ResumeCheck is App.ResumeCheck.
func (d *Daemon) ResumeCheck(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return d.setCheckPause(by, id, nil, "audit.check_resumed")
}

func (d *Daemon) setCheckPause(by appliance.Actor, id appliance.ID, p *appliance.Pause, key string) error {
	old, _, ok := d.live.check(id)
	if !ok {
		return appliance.ErrNotFound
	}
	return d.change(by, key, "check", d.checkName(old), func(tx *store.Tx) error {
		c, err := tx.Check(id)
		if err != nil {
			return err
		}
		c.Paused = p
		return tx.PutCheck(&c)
	})
}
