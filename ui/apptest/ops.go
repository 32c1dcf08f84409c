package apptest

import (
	"bytes"
	"context"
	"errors"
	"io"
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
		tx := newSiteTx(o.app)
		if changes, _, err = config.Apply(tx, f, opt.TakeOver, o.app.now); err != nil {
			return err
		}
		if opt.DryRun {
			return errDryRun
		}
		o.app.devices, o.app.checks, o.app.credentials, o.app.site = tx.devices, tx.checks, tx.credentials, tx.site
		o.app.sources, o.app.backups.jobs = tx.sources, tx.jobs
		o.app.relay, o.app.contacts, o.app.routes, o.app.windows = tx.relay, tx.contacts, tx.routes, tx.windows
		o.app.keepConsumers(tx.consumers)
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
	inv, err := config.ReadInventory(newSiteTx(o.app))
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
