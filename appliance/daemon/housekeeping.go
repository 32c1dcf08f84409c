package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"siteward/appliance/jobs"
)

// newJobs builds the table of everything that is done regularly. The store joins its own tables.
func (d *Daemon) newJobs() (*jobs.Jobs, error) {
	table := jobs.Household(jobs.Work{
		Tick:  func(context.Context) error { d.engine.Tick(); return nil },
		Judge: d.judgeTime,
		Sessions: func(context.Context) error {
			_, err := d.store.DropExpired(d.now())
			return err
		},
		Retention: d.retain,
		Backup:    func(ctx context.Context) error { _, err := d.store.BackupNightly(ctx, d.now()); return err },
		Verify:    d.verify,
	})
	table = append(table, jobs.Job{Name: "alive", Schedule: jobs.Every(aliveEvery), Quiet: true,
		Func: func(context.Context) error { return d.keepAlive() }},
		jobs.Job{Name: "neighbours", Schedule: jobs.Every(neighboursEvery), Func: d.lookAround, Apart: true},
		jobs.Job{Name: "newcomers", Schedule: jobs.Every(newcomerLook), Func: d.meetNewcomers, Apart: true, Quiet: true},
		jobs.Job{Name: "inventory", Schedule: jobs.Every(inventoryLook), Func: d.takeStock, Apart: true},
		jobs.Job{Name: "discovery", Schedule: jobs.DailyWhen(d.discoveryTime), Func: d.discoverByItself, Apart: true},
		jobs.Job{Name: "backups", Schedule: jobs.Every(time.Minute), Quiet: true, Func: func(context.Context) error { return d.lookAtBackups() }},
		jobs.Job{Name: "batteries", Schedule: jobs.Every(upsLook), Func: d.lookAtUPSes},
		jobs.Job{Name: "round", Schedule: jobs.Every(time.Minute), Quiet: true, Func: d.watchRound},
		jobs.Job{Name: "windows", Schedule: jobs.Every(windowsEvery), Quiet: true, Func: d.watchWindows},
		jobs.Job{Name: "tickets", Schedule: jobs.Every(time.Minute), Quiet: true, Func: d.watchTickets},
		jobs.Job{Name: "sources", Schedule: jobs.Every(sourcesEvery), Quiet: true, Func: d.readDue},
		jobs.Job{Name: "daily", Schedule: jobs.Every(time.Minute), Quiet: true, Func: d.tellDaily},
		jobs.Job{Name: "offers", Schedule: jobs.Every(time.Hour), Func: d.fetchOffersByItself, Apart: true},
		jobs.Job{Name: "mode", Schedule: jobs.Every(modeEvery), Quiet: true, Func: d.watchMode})
	return jobs.New(jobs.Options{Recorder: d.store, Location: d.location, Now: d.now, Logger: d.log, StopWait: stopWait}, table)
}

func (d *Daemon) retain(ctx context.Context) error {
	_, err := d.store.Retain(ctx, d.now())
	_, bad := d.inbox.log.Retain(d.now())
	err = errors.Join(err, bad, d.dropTraps(ctx))
	d.judging.Lock()
	defer d.judging.Unlock()
	d.shapes.forgetAll()
	return err
}

func (d *Daemon) verify(ctx context.Context) error {
	r, err := d.store.Verify(ctx)
	if err != nil {
		return err
	}
	book, err := d.store.VerifyLogbook(ctx)
	if err != nil {
		return err
	}
	if n := len(r.Damage); n > 0 {
		return fmt.Errorf("%d records or files are damaged; siteward verify names them", n)
	}
	if !book.Fits() {
		return fmt.Errorf("the logbook does not fit from entry %d on: %s", book.Bad, book.Fault)
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
