package daemon

import (
	"context"

	"siteward/appliance"
	"siteward/appliance/store"
)

// takeRuns keeps what was read from a source, and in the same step of the store whatever also writes: how far the source has
// been read. So a run is neither lost nor doubled, wherever the process is killed. Runs of a job that is not known yet propose
// it. It gives how many runs were new or have a new verdict.
func (d *Daemon) takeRuns(_ context.Context, source appliance.ID, runs []appliance.Run, also func(*store.Tx) error) (fresh int, err error) {
	now := d.now()
	err = d.store.Update(func(tx *store.Tx) error {
		fresh = 0
		var news []appliance.Run
		for i := range runs {
			r := &runs[i]
			r.Source, r.Read = source, now
			was, err := tx.TakeRun(r)
			if err != nil {
				return err
			}
			if was {
				fresh++
				news = append(news, *r)
			}
		}
		if err := d.learnJobs(tx, news); err != nil {
			return err
		}
		if also == nil {
			return nil
		}
		return also(tx)
	})
	if err != nil {
		return 0, err
	}
	if fresh > 0 {
		d.backupsChanged()
	}
	return fresh, nil
}

// BackupRuns is App.BackupRuns.
func (d *Daemon) BackupRuns(_ context.Context, f appliance.RunFilter) ([]appliance.Run, error) {
	const most = 10_000
	limit := f.Limit
	if limit <= 0 || limit > most {
		limit = most
	}
	var runs []appliance.Run
	var err error
	if f.Job == 0 {
		runs, err = d.store.Runs(f.From, f.To, 0)
	} else {
		j, found := d.backups.job(f.Job)
		if !found {
			return nil, appliance.ErrNotFound
		}
		runs, err = d.store.RunsOf(j.Origins, f.From, f.To)
	}
	return runs[max(0, len(runs)-limit):], err
}

// BackupText is App.BackupText.
func (d *Daemon) BackupText(ctx context.Context, id appliance.ID) (appliance.RunText, error) {
	r, err := d.BackupRun(ctx, id)
	if err != nil {
		return appliance.RunText{}, err
	}
	return d.store.RunText(r.Evidence.Stored)
}

// BackupRun is App.BackupRun.
func (d *Daemon) BackupRun(_ context.Context, id appliance.ID) (appliance.Run, error) {
	return d.store.Run(id)
}
