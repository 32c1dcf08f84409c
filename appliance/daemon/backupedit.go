package daemon

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// What is kept of a job's past.
const (
	maxPlans    = 20
	maxRestores = 100
)

// editJob changes one job, its line in the audit with it, and judges anew.
func (d *Daemon) editJob(by appliance.Actor, key string, id appliance.ID, edit func(*appliance.BackupJob) error) error {
	old, ok := d.backups.job(id)
	if !ok {
		return appliance.ErrNotFound
	}
	err := d.change(by, key, "backup job "+old.Name, func(tx *store.Tx) error {
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
	err := d.change(by, verb(j.ID, "backup_job"), "backup job "+j.Name, func(tx *store.Tx) error {
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
		j.Plans = planned(old, *j, now)
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

// planned are the plans after a change: what was expected stays in the past, the new expectation begins now.
func planned(old, j appliance.BackupJob, now time.Time) []appliance.JobPlan {
	plans := slices.Clone(old.Plans)
	if old.Status != appliance.JobAccepted {
		plans = nil // nothing was expected yet
	}
	if j.Status != appliance.JobAccepted {
		return append(plans[:0:0], j.Plans...)
	}
	if len(plans) > 0 && sameSchedule(plans[len(plans)-1].Schedule, j.Plan()) {
		return plans
	}
	if len(plans) > 0 && now.Sub(plans[len(plans)-1].From) < time.Hour { // a slip of the pen is no history
		plans[len(plans)-1].Schedule = j.Plan()
		return plans
	}
	plans = append(plans, appliance.JobPlan{From: now, Schedule: j.Plan()})
	return plans[max(0, len(plans)-maxPlans):]
}

func sameSchedule(a, b appliance.Schedule) bool {
	return a.Kind == b.Kind && a.At == b.At && slices.Equal(a.Days, b.Days) && a.Hours == b.Hours && a.Text == b.Text &&
		a.Grace == b.Grace && a.SkipHolidays == b.SkipHolidays
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
	err := d.change(by, "audit.backup_job_merged", "backup job "+gone.Name, func(tx *store.Tx) error {
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
	err := d.change(by, "audit.backup_job_deleted", "backup job "+j.Name, func(tx *store.Tx) error { return tx.DeleteBackupJob(id) })
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
