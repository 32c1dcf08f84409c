package apptest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/config"
	"siteward/appliance/expect"
)

// backupSample are the backup jobs of the sample site; there are none before AddBackups.
type backupSample struct {
	jobs []appliance.BackupJob
	runs []appliance.Run
}

// AddBackups gives the site six backup jobs with a month of runs, and two that are only proposed: last night the files began and
// never ended, the virtual machines failed on Sunday, the mail archive missed a weekend.
func (a *App) AddBackups() {
	a.mu.Lock()
	defer a.mu.Unlock()
	day := func(back int, hour, minute int) time.Time {
		d := Present.AddDate(0, 0, -back)
		return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 7, 0, berlin())
	}
	add := func(name, product string, s appliance.Schedule, places []appliance.CopyPlace, run func(back int, r *appliance.Run) bool) {
		j := appliance.BackupJob{ID: a.next(), Name: name, Status: appliance.JobAccepted, Product: product, Places: places, RestoreEvery: 12,
			Origins: []appliance.RunOrigin{{Source: 1, Product: product, Job: name}}, Created: day(40, 12, 0), Accepted: day(35, 12, 0), Version: 1,
			Plans: []appliance.JobPlan{{From: day(35, 12, 0), Schedule: s}}}
		if s.Kind == appliance.ScheduleNone {
			j.Status, j.Plans, j.Accepted = appliance.JobProposed, nil, time.Time{}
		}
		for back := 33; back >= 0; back-- {
			began := day(back, s.At/60, s.At%60)
			if wd := began.Weekday(); s.Kind == appliance.ScheduleWeekdays && (wd == 0 || wd == 6) || began.After(Present) {
				continue
			}
			size := int64(500+back%5) << 30
			r := appliance.Run{ID: a.next(), Source: 1, Job: name, Product: product, Status: appliance.RunSuccess, Started: began, Finished: began.Add(45*time.Minute + time.Duration(back%7)*time.Minute),
				Bytes: &size, BytesKind: "source", Message: "backup completed", Read: began.Add(time.Hour),
				Evidence: appliance.RunEvidence{Name: "/var/log/backup/" + product + ".log", Offset: int64(back) * 900, Length: 890, Line: "02:45:07 backup completed"}}
			if run == nil || run(back, &r) {
				a.backups.runs = append(a.backups.runs, r)
			}
		}
		a.backups.jobs = append(a.backups.jobs, j)
	}
	nightly := func(at int) appliance.Schedule {
		return appliance.Schedule{Kind: appliance.ScheduleDaily, At: at, Grace: appliance.Duration(90 * time.Minute)}
	}
	weekdays := appliance.Schedule{Kind: appliance.ScheduleWeekdays, At: 60, Grace: appliance.Duration(90 * time.Minute)}
	both := []appliance.CopyPlace{appliance.CopyLocal, appliance.CopyOffsite}
	add("Practice database", "pgdump", nightly(90), both, nil)
	add("File server", "borg", nightly(120), []appliance.CopyPlace{appliance.CopyLocal}, func(back int, r *appliance.Run) bool {
		if back == 0 {
			r.Status, r.Finished, r.Open = appliance.RunIncomplete, time.Time{}, true
			r.Evidence.Line, r.Message = "02:31:55 copied 512.4 GB", ""
		}
		if back == 8 {
			r.Status, r.Evidence.Line = appliance.RunWarning, "3 files could not be read"
		}
		return true
	})
	add("Mail archive", "restic", nightly(60), both, func(back int, _ *appliance.Run) bool { return back != 11 && back != 12 })
	add("Virtual machines", "veeam", nightly(150), []appliance.CopyPlace{appliance.CopyLocal, appliance.CopySecond}, func(back int, r *appliance.Run) bool {
		if back == 5 {
			r.Status, r.Evidence.Line = appliance.RunFailed, "Error: no space left on target"
		}
		return true
	})
	add("X-ray images", "rsync", weekdays, []appliance.CopyPlace{appliance.CopyLocal}, nil)
	add("Switch settings", "tar", weekdays, nil, nil)
	add("Accounting", "duplicati", appliance.Schedule{At: 30}, nil, func(back int, _ *appliance.Run) bool { return back < 9 })
	add("archive-2", "rclone", appliance.Schedule{At: 200}, nil, func(back int, _ *appliance.Run) bool { return back == 2 })
	for i := range a.backups.jobs {
		if j := &a.backups.jobs[i]; j.Name == "Practice database" {
			j.Restores = []appliance.RestoreTest{{At: day(47, 10, 0), By: "technician", OK: true, Proof: "Database of the 3rd restored, 412 tables compared"}}
		}
	}
	a.judgeBackups()
	a.generation++
}

// judgeBackups settles the states of all jobs. The lock is held.
func (a *App) judgeBackups() {
	var states []appliance.StateRecord
	for _, j := range a.backups.jobs {
		if j.Status != appliance.JobAccepted {
			continue
		}
		v := a.look(j)
		old := slices.IndexFunc(a.states[0], func(r appliance.StateRecord) bool { return r.Item == "backup/"+j.ID.String() })
		r := appliance.StateRecord{StateKey: appliance.StateKey{Item: "backup/" + j.ID.String()}, Device: j.Device, Label: j.Name, State: v.State, Since: v.Evidence.At, Seen: a.now, Evidence: v.Evidence}
		if old >= 0 && a.states[0][old].State == r.State {
			r.Ack = a.states[0][old].Ack
		}
		states = append(states, r)
		if state, e, ok := expect.Restore(j, a.now); ok {
			states = append(states, appliance.StateRecord{StateKey: appliance.StateKey{Item: "restore/" + j.ID.String()}, Label: j.Name, State: state, Since: e.At, Seen: a.now, Evidence: e})
		}
	}
	a.states[0] = states
}

func (a *App) look(j appliance.BackupJob) expect.Verdict {
	return expect.Look(expect.Input{Job: j, Calendar: calendar.Of(a.site), Runs: a.runsOf(j), Now: a.now, Heard: a.now})
}

func (a *App) runsOf(j appliance.BackupJob) (out []appliance.Run) {
	for _, r := range a.backups.runs {
		if j.Has(r.Origin()) {
			out = append(out, r)
		}
	}
	return out
}

// BackupJobs lists the jobs by name.
func (a *App) BackupJobs(context.Context) ([]appliance.BackupJobView, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []appliance.BackupJobView
	for _, j := range a.backups.jobs {
		v := appliance.BackupJobView{BackupJob: j, Standing: a.look(j).Standing}
		for _, r := range a.states[0] {
			switch r.Item {
			case "backup/" + j.ID.String():
				v.State = &r
			case "restore/" + j.ID.String():
				v.Restore = &r
			}
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(x, y appliance.BackupJobView) int {
		return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	return out, nil
}

// BackupJob gives one job.
func (a *App) BackupJob(ctx context.Context, id appliance.ID) (appliance.BackupJobView, error) {
	all, err := a.BackupJobs(ctx)
	if err != nil {
		return appliance.BackupJobView{}, err
	}
	for _, v := range all {
		if v.ID == id {
			return v, nil
		}
	}
	return appliance.BackupJobView{}, appliance.ErrNotFound
}

func (a *App) editJob(what string, id appliance.ID, edit func(j *appliance.BackupJob) error) error {
	return a.change(fmt.Sprintf("%s backup job %d", what, id), appliance.Change{Config: true}, func() error {
		i := slices.IndexFunc(a.backups.jobs, func(j appliance.BackupJob) bool { return j.ID == id })
		if i < 0 {
			return appliance.ErrNotFound
		}
		if err := edit(&a.backups.jobs[i]); err != nil {
			return err
		}
		a.judgeBackups()
		return nil
	})
}

// SaveBackupJob stores a job.
func (a *App) SaveBackupJob(_ context.Context, _ appliance.Actor, j *appliance.BackupJob) error {
	if problems := config.ValidateBackupJob(*j); len(problems) > 0 {
		return problems[0]
	}
	if j.ID == 0 {
		return a.change("add backup job "+j.Name, appliance.Change{Config: true}, func() error {
			j.ID, j.Version, j.Created = a.next(), 1, a.now
			a.backups.jobs = append(a.backups.jobs, *j)
			a.judgeBackups()
			return nil
		})
	}
	return a.editJob("save", j.ID, func(old *appliance.BackupJob) error {
		if old.Version != j.Version {
			return overtaken()
		}
		if n := len(j.Plans); n > 0 && j.Plans[n-1].From.IsZero() {
			j.Plans[n-1].From = a.now
		}
		if j.Status == appliance.JobAccepted && j.Accepted.IsZero() {
			j.Accepted = a.now
		}
		j.Version++
		*old = *j
		return nil
	})
}

// MergeBackupJobs gives the runs of one job to another.
func (a *App) MergeBackupJobs(_ context.Context, _ appliance.Actor, from, into appliance.ID) error {
	return a.editJob("merge", into, func(j *appliance.BackupJob) error {
		i := slices.IndexFunc(a.backups.jobs, func(j appliance.BackupJob) bool { return j.ID == from })
		if i < 0 {
			return appliance.ErrNotFound
		}
		j.Origins = append(j.Origins, a.backups.jobs[i].Origins...)
		a.backups.jobs = slices.Delete(slices.Clone(a.backups.jobs), i, i+1)
		return nil
	})
}

// DeleteBackupJob forgets a job.
func (a *App) DeleteBackupJob(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.editJob("delete", id, func(*appliance.BackupJob) error {
		a.backups.jobs = slices.DeleteFunc(slices.Clone(a.backups.jobs), func(j appliance.BackupJob) bool { return j.ID == id })
		return nil
	})
}

// PauseBackupJob pauses a job.
func (a *App) PauseBackupJob(_ context.Context, by appliance.Actor, id appliance.ID, reason string, until time.Time) error {
	return a.editJob("pause", id, func(j *appliance.BackupJob) error {
		j.Paused = &appliance.Pause{By: by.Name, Reason: reason, Since: a.now, Until: until}
		return nil
	})
}

// ResumeBackupJob ends a job's pause.
func (a *App) ResumeBackupJob(_ context.Context, _ appliance.Actor, id appliance.ID) error {
	return a.editJob("resume", id, func(j *appliance.BackupJob) error { j.Paused = nil; return nil })
}

// TellRestoreTest notes a restore test.
func (a *App) TellRestoreTest(_ context.Context, by appliance.Actor, id appliance.ID, t appliance.RestoreTest) error {
	t.By = cmp.Or(t.By, by.Name)
	if problems := config.ValidateRestoreTest(t, a.now); len(problems) > 0 {
		return problems[0]
	}
	return a.editJob("restore test of", id, func(j *appliance.BackupJob) error {
		j.Restores = append(slices.Clone(j.Restores), t)
		return nil
	})
}

// BackupRuns lists runs, oldest first.
func (a *App) BackupRuns(_ context.Context, f appliance.RunFilter) ([]appliance.Run, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var job appliance.BackupJob
	for _, j := range a.backups.jobs {
		if j.ID == f.Job {
			job = j
		}
	}
	if f.Job != 0 && job.ID == 0 {
		return nil, appliance.ErrNotFound
	}
	var out []appliance.Run
	for _, r := range a.backups.runs {
		if (f.Job == 0 || job.Has(r.Origin())) && !r.At().Before(f.From) && (f.To.IsZero() || r.At().Before(f.To)) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(x, y appliance.Run) int { return x.At().Compare(y.At()) })
	return out[max(0, len(out)-cmp.Or(f.Limit, 10_000)):], nil
}

// StoreText keeps what the newest run was read from, and gives that run.
func (a *App) StoreText() appliance.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := &a.backups.runs[len(a.backups.runs)-1]
	r.Evidence.Stored = "0123"
	return r.ID
}

// BackupText is known of runs that were pushed.
func (a *App) BackupText(ctx context.Context, id appliance.ID) (appliance.RunText, error) {
	r, err := a.BackupRun(ctx, id)
	if err != nil || r.Evidence.Stored == "" {
		return appliance.RunText{}, appliance.ErrNotFound
	}
	return appliance.RunText{Name: r.Evidence.Name, At: r.At(), Text: []byte("<script>alert(1)</script>\nbackup done\n")}, nil
}

// BackupRun gives one run.
func (a *App) BackupRun(_ context.Context, id appliance.ID) (appliance.Run, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.backups.runs {
		if r.ID == id {
			return r, nil
		}
	}
	return appliance.Run{}, appliance.ErrNotFound
}

// BackupDays gives the calendar.
func (a *App) BackupDays(_ context.Context, from, to time.Time) ([]appliance.JobDays, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	cal := calendar.Of(a.site)
	first, last := cal.DayOf(from), cal.DayOf(to)
	var out []appliance.JobDays
	for _, j := range a.backups.jobs {
		if j.Status != appliance.JobAccepted {
			continue
		}
		runs := a.runsOf(j)
		outcomes := expect.Outcomes(j.Plans, cal, runs, nil, cal.Start(first), min2(cal.End(last), a.now), a.now, a.now)
		out = append(out, appliance.JobDays{Job: j.ID, Days: expect.Days(outcomes, cal, runs, first, last)})
	}
	return out, nil
}

func min2(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
