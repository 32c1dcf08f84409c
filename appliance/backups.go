package appliance

import (
	"context"
	"time"
)

// Backups is what the appliance does with backup jobs and their runs, for its front ends.
type Backups interface {
	// BackupJobs lists all jobs by name, ignored ones too.
	BackupJobs(ctx context.Context) ([]BackupJobView, error)
	BackupJob(ctx context.Context, id ID) (BackupJobView, error)
	// SaveBackupJob changes a job, and accepts or ignores it by its Status. Jobs are made by their runs; ID 0 makes one that waits
	// for its first.
	SaveBackupJob(ctx context.Context, by Actor, j *BackupJob) error
	// MergeBackupJobs gives the runs of one job to another, and removes the first.
	MergeBackupJobs(ctx context.Context, by Actor, from, into ID) error
	// DeleteBackupJob forgets a job; its runs stay, and the next one proposes it again.
	DeleteBackupJob(ctx context.Context, by Actor, id ID) error
	PauseBackupJob(ctx context.Context, by Actor, id ID, reason string, until time.Time) error
	ResumeBackupJob(ctx context.Context, by Actor, id ID) error
	// TellRestoreTest notes that somebody has read a backup back.
	TellRestoreTest(ctx context.Context, by Actor, job ID, t RestoreTest) error
	// BackupRuns lists runs, oldest first.
	BackupRuns(ctx context.Context, f RunFilter) ([]Run, error)
	BackupRun(ctx context.Context, id ID) (Run, error)
	// BackupText is what a run was read from, when it came as a push or a mail. ErrNotFound: it lies only at the source, or is no longer kept.
	BackupText(ctx context.Context, id ID) (RunText, error)
	// BackupDays gives the verdict of each job for each business day of a span, oldest day first.
	BackupDays(ctx context.Context, from, to time.Time) ([]JobDays, error)
}

// RunFilter chooses runs. Zero fields choose all.
type RunFilter struct {
	Job   ID // backup job
	From  time.Time
	To    time.Time
	Limit int // 0 = 10,000; the newest are given
}

// JobDays is the row of one job in the calendar.
type JobDays struct {
	Job  ID       `json:"job"`
	Days []JobDay `json:"days"`
}

// JobDay is the worst that is known of a job on one business day.
type JobDay struct {
	Day     string    `json:"day"` // 2026-11-20, the day on which it began
	Verdict Verdict   `json:"verdict,omitempty"`
	Run     ID        `json:"run,omitempty"`  // that decided; 0 when none came
	Due     time.Time `json:"due,omitzero"`   // when it was expected
	Runs    []ID      `json:"runs,omitempty"` // of the day, oldest first
}
