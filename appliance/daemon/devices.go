package daemon

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// Devices is App.Devices.
func (d *Daemon) Devices(context.Context) ([]appliance.DeviceView, error) {
	return d.live.deviceViews(), nil
}

// Device is App.Device.
func (d *Daemon) Device(_ context.Context, id appliance.ID) (appliance.DeviceView, error) {
	v, ok := d.live.deviceView(id)
	if !ok {
		return v, appliance.ErrNotFound
	}
	return v, nil
}

// SaveDevice is App.SaveDevice.
func (d *Daemon) SaveDevice(_ context.Context, by appliance.Actor, dev *appliance.Device) error {
	return d.AddDevice(context.Background(), by, dev, nil)
}

// AddDevice is App.AddDevice: the device and its first checks, or nothing.
func (d *Daemon) AddDevice(_ context.Context, by appliance.Actor, dev *appliance.Device, checks []appliance.Check) error {
	if err := first(config.ValidateDevice(*dev)); err != nil {
		return err
	}
	return d.change(by, verb(dev.ID, "device"), "device", dev.Name, func(tx *store.Tx) error {
		if err := d.keepOwner(tx, dev); err != nil {
			return err
		}
		if err := tx.PutDevice(dev); err != nil {
			return err
		}
		for i := range checks {
			checks[i].Device = dev.ID
			checks[i].Created = d.now()
			if err := first(config.ValidateCheck(checks[i])); err != nil {
				return err
			}
			if err := tx.PutCheck(&checks[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepOwner lets nobody edit what a site file declares, and keeps fields that forms do not carry.
func (d *Daemon) keepOwner(tx *store.Tx, dev *appliance.Device) error {
	if dev.ID == 0 {
		dev.Created = d.now()
		return nil
	}
	old, err := tx.Device(dev.ID)
	if err != nil {
		return err
	}
	dev.Created, dev.Owner, dev.UPS = old.Created, old.Owner, old.UPS
	return ownedByFile(old.Owner)
}

// DeleteDevice is App.DeleteDevice.
func (d *Daemon) DeleteDevice(_ context.Context, by appliance.Actor, id appliance.ID) error {
	old, ok := d.live.device(id)
	if !ok {
		return appliance.ErrNotFound
	}
	if err := ownedByFile(old.Owner); err != nil {
		return err
	}
	return d.change(by, "audit.device_deleted", "device", old.Name, func(tx *store.Tx) error {
		if err := dropParent(tx, id); err != nil {
			return err
		}
		return tx.DeleteDevice(id)
	})
}

// dropParent takes a device that goes out of the parents of those behind it.
func dropParent(tx *store.Tx, id appliance.ID) error {
	devices, err := tx.Devices()
	if err != nil {
		return err
	}
	for _, dev := range devices {
		kept := without(dev.Parents, id)
		if len(kept) == len(dev.Parents) {
			continue
		}
		dev.Parents = kept
		if err := tx.PutDevice(&dev); err != nil {
			return err
		}
	}
	return nil
}

func without(ids []appliance.ID, gone appliance.ID) []appliance.ID {
	var kept []appliance.ID
	for _, id := range ids {
		if id != gone {
			kept = append(kept, id)
		}
	}
	return kept
}

// PauseDevice is App.PauseDevice.
func (d *Daemon) PauseDevice(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	p, err := d.pause(by, reason, until)
	if err != nil {
		return err
	}
	return d.setDevicePause(by, id, p, "audit.device_paused")
}

// ResumeDevice is App.ResumeDevice.
func (d *Daemon) ResumeDevice(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return d.setDevicePause(by, id, nil, "audit.device_resumed")
}

// setDevicePause works on devices of the site file too: pausing is what people do, not what the file declares.
func (d *Daemon) setDevicePause(by appliance.Actor, id appliance.ID, p *appliance.Pause, key string) error {
	old, ok := d.live.device(id)
	if !ok {
		return appliance.ErrNotFound
	}
	return d.change(by, key, "device", old.Name, func(tx *store.Tx) error {
		dev, err := tx.Device(id)
		if err != nil {
			return err
		}
		dev.Paused = p
		return tx.PutDevice(&dev)
	})
}

// pause checks what a person entered for a pause.
func (d *Daemon) pause(by appliance.Actor, reason string, until time.Time) (*appliance.Pause, error) {
	if reason == "" {
		return nil, appliance.Invalid("reason", "validate.pause_reason", "say why it is paused, so that others know", nil)
	}
	if !until.IsZero() && !until.After(d.now()) {
		return nil, appliance.Invalid("until", "validate.pause_until", "the end of the pause lies in the past; leave it empty for a pause without end", nil)
	}
	return &appliance.Pause{By: by.Name, Reason: reason, Since: d.now(), Until: until}, nil
}

// TakeOver is App.TakeOver: the device and its checks belong to people from now on.
func (d *Daemon) TakeOver(_ context.Context, by appliance.Actor, id appliance.ID) error {
	old, ok := d.live.device(id)
	if !ok {
		return appliance.ErrNotFound
	}
	return d.change(by, "audit.device_taken_over", "device", old.Name, func(tx *store.Tx) error {
		dev, err := tx.Device(id)
		if err != nil {
			return err
		}
		dev.Owner = ""
		if err := tx.PutDevice(&dev); err != nil {
			return err
		}
		checks, err := tx.ChecksOf(id)
		if err != nil {
			return err
		}
		for _, c := range checks {
			c.Owner = ""
			if err := tx.PutCheck(&c); err != nil {
				return err
			}
		}
		return nil
	})
}

// ownedByFile is the refusal to edit what a site file declares.
func ownedByFile(owner string) error {
	if owner == "" {
		return nil
	}
	return &appliance.Error{Code: appliance.CodeOwnedByFile, Message: appliance.Message{
		Key: "errors.owned_by_file.text", Args: map[string]any{"file": owner},
		English: "this is declared in " + owner + "; change it there and apply the file, or take it over first",
	}}
}

// first gives the first of a list of errors, as an error.
func first(errs []*appliance.Error) error {
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}

// verb is the audit key of saving something: made when it has no number yet, changed otherwise.
func verb(id appliance.ID, noun string) string {
	if id == 0 {
		return "audit." + noun + "_added"
	}
	return "audit." + noun + "_changed"
}
