package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/embed"
	"siteward/probes/backuplog"
)

// logFormats are the formats that logs are read with: those that ship and the site's own. They are compiled when they are first
// needed.
type logFormats struct {
	mu  sync.Mutex
	set *backuplog.Set
}

var shippedFormats = sync.OnceValues(func() (*backuplog.Set, error) { return backuplog.Load(embed.Formats) })

// formats gives all formats. One of the site's own that cannot be used any more is left out and logged: the others go on.
func (d *Daemon) formats() (*backuplog.Set, error) {
	d.logFormats.mu.Lock()
	defer d.logFormats.mu.Unlock()
	if d.logFormats.set != nil {
		return d.logFormats.set, nil
	}
	set, err := shippedFormats()
	if err != nil {
		return nil, fmt.Errorf("read the log formats: %w", err)
	}
	own, err := d.store.LogFormats()
	if err != nil {
		return nil, fmt.Errorf("read the site's log formats: %w", err)
	}
	var good []*backuplog.Format
	for _, f := range own {
		c, err := backuplog.CompileFormat([]byte(f.Text))
		if err != nil {
			d.log.Error("a log format of the site is not used", "format", f.Name, "err", err)
			continue
		}
		good = append(good, c)
	}
	if len(good) > 0 {
		set = set.With(good...)
	}
	d.logFormats.set = set
	return set, nil
}

// LogFormats is App.LogFormats.
func (d *Daemon) LogFormats(context.Context) ([]appliance.LogFormat, error) {
	shipped, err := shippedFormats()
	if err != nil {
		return nil, err
	}
	list, err := d.store.LogFormats()
	if err != nil {
		return nil, err
	}
	for _, f := range shipped.Formats() {
		text, err := fs.ReadFile(embed.Formats, f.Name+".yaml")
		if err != nil {
			return nil, fmt.Errorf("read a log format: %w", err)
		}
		list = append(list, appliance.LogFormat{Name: f.Name, Title: f.Title, Product: f.Product, Text: string(text)})
	}
	slices.SortStableFunc(list, func(a, b appliance.LogFormat) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// TryLog is App.TryLog.
func (d *Daemon) TryLog(ctx context.Context, format string, log []byte) (appliance.LogVerdict, error) {
	set, err := d.formats()
	if err != nil {
		return appliance.LogVerdict{}, err
	}
	var own *backuplog.Format
	if strings.TrimSpace(format) != "" {
		if own, err = compileFormat(format); err != nil {
			return appliance.LogVerdict{}, err
		}
	}
	res, err := backuplog.Try(ctx, set, own, string(log), d.location(), d.now())
	return appliance.LogVerdict{Product: res.Product, Runs: res.Runs, Events: res.Events}, err
}

// compileFormat says what is wrong with a format as an error about the field that it was typed into.
func compileFormat(text string) (*backuplog.Format, error) {
	f, err := backuplog.CompileFormat([]byte(text))
	if err == nil {
		return f, nil
	}
	if e, ok := errors.AsType[*appliance.Error](err); ok {
		wrong := *e
		wrong.Field = "text"
		return nil, &wrong
	}
	return nil, err
}

// SaveLogFormat is App.SaveLogFormat.
func (d *Daemon) SaveLogFormat(_ context.Context, by appliance.Actor, f *appliance.LogFormat) error {
	c, err := compileFormat(f.Text)
	if err != nil {
		return err
	}
	f.Name, f.Title, f.Product, f.By, f.Saved = c.Name, c.Title, c.Product, by.Name, d.now()
	err = d.change(by, verb(f.ID, "log_format"), "log format", f.Name, func(tx *store.Tx) error { return tx.PutLogFormat(f) })
	d.forgetFormats()
	return err
}

// DeleteLogFormat is App.DeleteLogFormat.
func (d *Daemon) DeleteLogFormat(_ context.Context, by appliance.Actor, id appliance.ID) error {
	own, err := d.store.LogFormats()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(f appliance.LogFormat) bool { return f.ID == id })
	if i < 0 {
		return appliance.ErrNotFound
	}
	err = d.change(by, "audit.log_format_deleted", "log format", own[i].Name, func(tx *store.Tx) error { return tx.DeleteLogFormat(id) })
	d.forgetFormats()
	return err
}

func (d *Daemon) forgetFormats() {
	d.logFormats.mu.Lock()
	d.logFormats.set = nil
	d.logFormats.mu.Unlock()
}
