package daemon

import (
	"context"
	"fmt"
	"time"

	"siteward/appliance/jobs"
)

// newJobs builds the table of everything that is done regularly. The store joins its own tables.
func (d *Daemon) newJobs() (*jobs.Jobs, error) {
	table := jobs.Household(jobs.Work{
		Tick:  func(context.Context) error { d.engine.Tick(); return nil },
		Judge: d.tickAll,
		Sessions: func(context.Context) error {
			_, err := d.store.DropExpired(d.now())
			return err
		},
		Retention: func(ctx context.Context) error { _, err := d.store.Retain(ctx, d.now()); return err },
		Backup:    func(ctx context.Context) error { _, err := d.store.BackupNightly(ctx, d.now()); return err },
		Verify:    d.verify,
	})
	table = append(table, jobs.Job{Name: "alive", Schedule: jobs.Every(aliveEvery), Quiet: true,
		Func: func(context.Context) error { return d.keepAlive() }})
	return jobs.New(jobs.Options{Recorder: d.store, Location: d.location, Now: d.now, Logger: d.log}, table)
}

func (d *Daemon) verify(ctx context.Context) error {
	r, err := d.store.Verify(ctx)
	if err != nil {
		return err
	}
	if n := len(r.Damage); n > 0 {
		return fmt.Errorf("%d records or files are damaged; siteward verify names them", n)
	}
	return nil
}

func (d *Daemon) location() *time.Location {
	s, err := d.Site(context.Background())
	if err != nil {
		return time.UTC
	}
	return s.Location()
}
