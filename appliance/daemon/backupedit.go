package daemon

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/expect"
	"siteward/appliance/store"
)

// What is kept of a job's past.
const (
	maxRestores = 100
)

// editJob changes one job, its line in the audit with it, and judges anew.
func (d *Daemon) editJob(by appliance.Actor, key string, id appliance.ID, edit func(*appliance.BackupJob) error) error {
	old, ok := d.backups.job(id)
	if !ok {
		return appliance.ErrNotFound
	}
	err := d.change(by, key, "backup job", old.Name, func(tx *store.Tx) error {
		j, err := tx.BackupJob(id)
		if err != nil {
			return err
		}
		if err := edit(&j); err != nil {
			return err
		}
		return tx.PutBackupJob(&j)
	})
	if err == nil {
		d.backupsChanged()
	}
	return err
}

// SaveBackupJob is App.SaveBackupJob.
func (d *Daemon) SaveBackupJob(_ context.Context, by appliance.Actor, j *appliance.BackupJob) error {
	if err := first(config.ValidateBackupJob(*j)); err != nil {
		return err
	}
	now := d.now()
	err := d.change(by, verb(j.ID, "backup_job"), "backup job", j.Name, func(tx *store.Tx) error {
		old := appliance.BackupJob{Created: now, Status: appliance.JobProposed}
		if j.ID != 0 {
			var err error
			if old, err = tx.BackupJob(j.ID); err != nil {
				return err
			}
			if err := ownedByFile(old.Owner); err != nil {
				return err
			}
			j.Origins = old.Origins // what runs belong to a job is changed by merging
		}
		if j.Device != 0 {
			if _, err := tx.Device(j.Device); err != nil {
				return err
			}
		}
		j.Created, j.Owner, j.Restores, j.Paused, j.Accepted = old.Created, old.Owner, old.Restores, old.Paused, old.Accepted
		j.Plans = expect.Planned(old, *j, now)
		if j.Status == appliance.JobAccepted && old.Status != appliance.JobAccepted {
			j.Accepted = now
		}
		return tx.PutBackupJob(j)
	})
	if err == nil {
		d.backupsChanged()
	}
	return err
}

// MergeBackupJobs is App.MergeBackupJobs.
func (d *Daemon) MergeBackupJobs(_ context.Context, by appliance.Actor, from, into appliance.ID) error {
	if from == into {
		return appliance.Invalid("into", "error.merge_same", "choose another job", nil)
	}
	gone, ok := d.backups.job(from)
	if !ok {
		return appliance.ErrNotFound
	}
	if err := ownedByFile(gone.Owner); err != nil {
		return err
	}
	return d.editJobTx(by, into, gone)
}

func (d *Daemon) editJobTx(by appliance.Actor, into appliance.ID, gone appliance.BackupJob) error {
	err := d.change(by, "audit.backup_job_merged", "backup job", gone.Name, func(tx *store.Tx) error {
		from, err := tx.BackupJob(gone.ID)
		if err != nil {
			return err
		}
		j, err := tx.BackupJob(into)
		if err != nil {
			return err
		}
		j.Origins = append(slices.Clone(j.Origins), from.Origins...)
		j.Restores = append(slices.Clone(j.Restores), from.Restores...)
		if err := tx.DeleteBackupJob(gone.ID); err != nil {
			return err
		}
		return tx.PutBackupJob(&j)
	})
	if err == nil {
		d.backupsChanged()
	}
	return err
}

// DeleteBackupJob is App.DeleteBackupJob.
func (d *Daemon) DeleteBackupJob(_ context.Context, by appliance.Actor, id appliance.ID) error {
	j, ok := d.backups.job(id)
	if !ok {
		return appliance.ErrNotFound
	}
	if err := ownedByFile(j.Owner); err != nil {
		return err
	}
	err := d.change(by, "audit.backup_job_deleted", "backup job", j.Name, func(tx *store.Tx) error { return tx.DeleteBackupJob(id) })
	if err == nil {
		d.backupsChanged()
	}
	return err
}

// PauseBackupJob is App.PauseBackupJob.
func (d *Daemon) PauseBackupJob(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	p, err := d.pause(by, reason, until)
	if err != nil {
		return err
	}
	return d.editJob(by, "audit.backup_job_paused", id, func(j *appliance.BackupJob) error { j.Paused = p; return nil })
}

// ResumeBackupJob is App.ResumeBackupJob.
func (d *Daemon) ResumeBackupJob(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return d.editJob(by, "audit.backup_job_resumed", id, func(j *appliance.BackupJob) error { j.Paused = nil; return nil })
}

// TellRestoreTest is App.TellRestoreTest.
func (d *Daemon) TellRestoreTest(_ context.Context, by appliance.Actor, id appliance.ID, t appliance.RestoreTest) error {
	if t.By == "" {
		t.By = by.Name
	}
	if err := first(config.ValidateRestoreTest(t, d.now())); err != nil {
		return err
	}
	return d.editJob(by, "audit.restore_test", id, func(j *appliance.BackupJob) error {
		j.Restores = append(slices.Clone(j.Restores), t)
		j.Restores = j.Restores[max(0, len(j.Restores)-maxRestores):]
		return nil
	})
}
