package apptest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"sync"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/config"
	"siteward/appliance/control"
)

// Ops are the operations that the settings share with the command line, over the sample site. Site files are planned and applied by
// appliance/config. Who asked is noted in By.
type Ops struct {
	control.Ops // the rest belongs to the command line
	app         *App

	mu       sync.Mutex
	by       []string
	damage   []string
	verify   chan struct{} // when set, a verification waits for it
	backup   []byte
	breakOff error
}

// NewOps makes the operations over an App.
func NewOps(app *App) *Ops {
	return &Ops{app: app, backup: bytes.Repeat([]byte("siteward backup "), 4096)}
}

// By lists who asked for which operation: "apply administrator", "backup administrator".
func (o *Ops) By() []string { o.mu.Lock(); defer o.mu.Unlock(); return append([]string(nil), o.by...) }

// Hold makes verifications wait until the channel is closed, and find damage then.
func (o *Ops) Hold(until chan struct{}, damage ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.verify, o.damage = until, damage
}

// BreakOff makes backups end with an error after half of them, or at once without any.
func (o *Ops) BreakOff(err error, half bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.breakOff = err
	if !half {
		o.backup = nil
	}
}

func (o *Ops) note(ctx context.Context, what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.by = append(o.by, what+" "+access.Who(ctx).Name)
}

var errDryRun = errors.New("dry run")

// Apply plans and applies a site file.
func (o *Ops) Apply(ctx context.Context, file []byte, opt control.ApplyOptions) (control.Applied, error) {
	f, err := config.Parse(bytes.NewReader(file), opt.Name)
	if err != nil {
		return control.Applied{}, err
	}
	var changes config.Changes
	err = o.app.change("apply "+opt.Name, appliance.Change{Config: true}, func() error {
		tx := &siteTx{App: o.app, devices: maps.Clone(o.app.devices), checks: maps.Clone(o.app.checks), credentials: maps.Clone(o.app.credentials), site: o.app.site}
		if changes, err = config.Apply(tx, f, opt.TakeOver, o.app.now); err != nil {
			return err
		}
		if opt.DryRun {
			return errDryRun
		}
		o.app.devices, o.app.checks, o.app.credentials, o.app.site = tx.devices, tx.checks, tx.credentials, tx.site
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return control.Applied{}, err
	}
	if !opt.DryRun {
		o.note(ctx, "apply")
	}
	return control.Applied{Diff: changes.String(), Changes: len(changes)}, nil
}

// Export gives the sample site as a file.
func (o *Ops) Export(ctx context.Context) ([]byte, error) {
	o.app.mu.Lock()
	defer o.app.mu.Unlock()
	inv, err := config.ReadInventory(&siteTx{App: o.app, devices: o.app.devices, checks: o.app.checks, credentials: o.app.credentials, site: o.app.site})
	return config.Format(inv.Export()), err
}

// Backup writes something that is none.
func (o *Ops) Backup(ctx context.Context, w io.Writer) error {
	o.note(ctx, "backup")
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.breakOff != nil && len(o.backup) == 0 {
		return o.breakOff
	}
	if _, err := w.Write(o.backup[:len(o.backup)/2]); err != nil {
		return err
	}
	if o.breakOff != nil {
		return o.breakOff
	}
	_, err := w.Write(o.backup[len(o.backup)/2:])
	return err
}

// Verify finds what Hold said.
func (o *Ops) Verify(ctx context.Context) (control.Verified, error) {
	o.note(ctx, "verify")
	o.mu.Lock()
	wait, out := o.verify, control.Verified{Records: 48_211, Damage: o.damage}
	o.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return control.Verified{}, ctx.Err()
		}
	}
	return out, nil
}

// siteTx is one step of an Apply: it changes copies. The App's lock is held by the caller.
type siteTx struct {
	*App
	site        appliance.Site
	devices     map[appliance.ID]appliance.Device
	checks      map[appliance.ID]appliance.Check
	credentials map[appliance.ID]appliance.Credential
}

func (t *siteTx) Site() (appliance.Site, error)                { return t.site, nil }
func (t *siteTx) Devices() ([]appliance.Device, error)         { return values(t.devices), nil }
func (t *siteTx) Checks() ([]appliance.Check, error)           { return values(t.checks), nil }
func (t *siteTx) Credentials() ([]appliance.Credential, error) { return values(t.credentials), nil }
func (t *siteTx) Coverage() (map[appliance.ID][]appliance.Coverage, error) {
	out := map[appliance.ID][]appliance.Coverage{}
	for id, inv := range t.stock {
		if len(inv.Coverage) > 0 {
			out[id] = inv.Coverage
		}
	}
	return out, nil
}
func (t *siteTx) PutCoverage(device appliance.ID, list []appliance.Coverage) error {
	inv := t.stock[device]
	inv.Device, inv.Coverage = device, list
	t.stock[device] = inv
	return nil
}
func (t *siteTx) Contract() (appliance.Contract, error) {
	if !t.desk.contract.Agreed() {
		return appliance.Contract{}, appliance.ErrNotFound
	}
	return t.desk.contract, nil
}
func (t *siteTx) PutContract(c *appliance.Contract) error {
	c.Version++
	t.desk.contract = *c
	return nil
}
func (t *siteTx) PutSite(s appliance.Site) error         { t.site = s; return nil }
func (t *siteTx) DeleteDevice(id appliance.ID) error     { delete(t.devices, id); return nil }
func (t *siteTx) DeleteCheck(id appliance.ID) error      { delete(t.checks, id); return nil }
func (t *siteTx) DeleteCredential(id appliance.ID) error { delete(t.credentials, id); return nil }
func (t *siteTx) PutDevice(d *appliance.Device) error {
	t.number(&d.ID, &d.Version)
	t.devices[d.ID] = *d
	return nil
}
func (t *siteTx) PutCheck(c *appliance.Check) error {
	t.number(&c.ID, &c.Version)
	t.checks[c.ID] = *c
	return nil
}
func (t *siteTx) PutCredential(c *appliance.Credential) error {
	t.number(&c.ID, &c.Version)
	t.credentials[c.ID] = *c
	return nil
}

func (t *siteTx) number(id *appliance.ID, version *uint64) {
	if *id == 0 {
		*id = t.next()
	}
	*version++
}
