package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"siteward/appliance"
)

// BackupJob is a backup that should happen again and again, with what follows from its runs.
type BackupJob struct {
	ID           ID                     `json:"id"`
	Name         string                 `json:"name"`
	Status       string                 `json:"status" enum:"proposed,accepted,ignored"`
	Product      string                 `json:"product,omitempty"`
	Device       ID                     `json:"device,omitempty"`
	DataSet      string                 `json:"data_set"`
	Places       []string               `json:"places" nullable:"false" doc:"Where copies lie: local, second, offsite."`
	Schedule     appliance.Schedule     `json:"schedule" doc:"What is expected; an empty kind expects nothing."`
	Usual        appliance.Schedule     `json:"usual" doc:"As learned from the runs."`
	Confidence   float64                `json:"confidence" doc:"Of usual, 0 to 1."`
	State        string                 `json:"state,omitempty" enum:"ok,paused,maintenance,nodata,warning,critical" doc:"Left out before the job is accepted."`
	LastGood     *time.Time             `json:"last_good,omitempty"`
	Next         *time.Time             `json:"next,omitempty"`
	Deadline     *time.Time             `json:"deadline,omitempty"`
	Night        string                 `json:"night,omitempty" doc:"Verdict of the last time that a result was due: success, warning, failed, no_result."`
	LastRun      *appliance.Run         `json:"last_run,omitempty"`
	LastRestore  *appliance.RestoreTest `json:"last_restore,omitempty"`
	RestoreEvery int                    `json:"restore_every" doc:"Months between restore tests, 0 for none."`
	Version      uint64                 `json:"version"`
}

// BackupRuns are runs of backup jobs, oldest first.
type BackupRuns struct {
	Items []appliance.Run `json:"items" nullable:"false"`
}

func (a *API) backupRoutes() {
	register(a, operation("GET", "/backup-jobs", "listBackupJobs", "List backup jobs"), a.listBackupJobs)
	register(a, operation("GET", "/backup-jobs/{id}", "getBackupJob", "One backup job", 404), a.getBackupJob)
	registerBody(a, operation("POST", "/backup-jobs/{id}/accept", "acceptBackupJob", "Watch a proposed job from now on, with the schedule that was learned or another one", 404, 409, 422), a.acceptBackupJob)
	register(a, operation("GET", "/backup-runs", "listBackupRuns", "Runs of backup jobs, oldest first", 404), a.listBackupRuns)
}

func (a *API) listBackupJobs(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Items []BackupJob `json:"items" nullable:"false"`
	}
}, error) {
	jobs, err := a.app.BackupJobs(ctx)
	if err != nil {
		return nil, a.fail("listBackupJobs", err)
	}
	out := &struct {
		Body struct {
			Items []BackupJob `json:"items" nullable:"false"`
		}
	}{}
	out.Body.Items = []BackupJob{}
	for _, j := range jobs {
		out.Body.Items = append(out.Body.Items, backupJobOf(j))
	}
	return out, nil
}

func backupJobOf(v appliance.BackupJobView) BackupJob {
	st := v.Standing
	j := BackupJob{ID: v.ID, Name: v.Name, Status: string(v.Status), Product: v.Product, Device: v.Device, DataSet: v.Data(), Places: []string{}, Schedule: v.Plan(),
		Usual: st.Usual, Confidence: st.Confidence, LastGood: when(st.LastGood), Next: when(st.Next), Deadline: when(st.Deadline), Night: string(st.Night),
		LastRun: st.Last, RestoreEvery: v.RestoreEvery, Version: v.Version}
	for _, p := range v.Places {
		j.Places = append(j.Places, string(p))
	}
	if v.State != nil {
		j.State = v.State.State.String()
	}
	if last := v.LastRestore(); !last.At.IsZero() {
		j.LastRestore = &last
	}
	return j
}

func (a *API) getBackupJob(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body BackupJob }, error) {
	v, err := a.app.BackupJob(ctx, in.ID)
	if err != nil {
		return nil, a.fail("getBackupJob", err)
	}
	return &struct{ Body BackupJob }{backupJobOf(v)}, nil
}

func (a *API) acceptBackupJob(ctx context.Context, in *struct {
	ID   ID `path:"id" minimum:"1"`
	Body struct {
		Schedule *appliance.Schedule `json:"schedule,omitempty" doc:"Left out: as learned."`
	}
}) (*struct{ Body BackupJob }, error) {
	v, err := a.app.BackupJob(ctx, in.ID)
	if err != nil {
		return nil, a.fail("acceptBackupJob", err)
	}
	s := v.Standing.Usual
	if in.Body.Schedule != nil {
		s = *in.Body.Schedule
	}
	v.Status, v.Plans = appliance.JobAccepted, []appliance.JobPlan{{Schedule: s}}
	if err := a.app.SaveBackupJob(ctx, actor(ctx), &v.BackupJob); err != nil {
		return nil, a.fail("acceptBackupJob", err)
	}
	return a.getBackupJob(ctx, &struct {
		ID ID `path:"id" minimum:"1"`
	}{in.ID})
}

func (a *API) listBackupRuns(ctx context.Context, in *struct {
	Job   ID        `query:"job" doc:"Number of a backup job; left out: all."`
	Since time.Time `query:"since"`
	Until time.Time `query:"until"`
	Limit int       `query:"limit" minimum:"1" maximum:"10000" default:"1000" doc:"The newest are given."`
}) (*struct{ Body BackupRuns }, error) {
	runs, err := a.app.BackupRuns(ctx, appliance.RunFilter{Job: in.Job, From: in.Since, To: in.Until, Limit: in.Limit})
	if err != nil {
		return nil, a.fail("listBackupRuns", err)
	}
	return &struct{ Body BackupRuns }{BackupRuns{Items: append([]appliance.Run{}, runs...)}}, nil
}

// backups are the numbers of backup jobs that are watched. Two jobs never have one name.
func (c *siteCollector) backups(ctx context.Context, out *scrape, site string) {
	jobs, err := c.app.BackupJobs(ctx)
	if err != nil {
		c.log.Warn("backups not in the metrics", "err", err)
		return
	}
	verdicts := []appliance.Verdict{appliance.VerdictSuccess, appliance.VerdictWarning, appliance.VerdictFailed, appliance.VerdictNoResult}
	for _, j := range slices.SortedFunc(slices.Values(jobs), func(x, y appliance.BackupJobView) int { return cmp.Compare(x.ID, y.ID) }) {
		if j.Status != appliance.JobAccepted {
			continue
		}
		out.line("siteward_backup_last_success_timestamp_seconds", "When the last good run of a backup job began.", backupLabels, seconds(j.Standing.LastGood), site, j.Name)
		if i := slices.Index(verdicts, j.Standing.Night); i >= 0 {
			out.line("siteward_backup_status", "Verdict of the last time that a backup was due: 0 success, 1 warning, 2 failed, 3 no result.", backupLabels, float64(i), site, j.Name)
		}
		if last := j.Standing.Last; last != nil && last.Bytes != nil {
			out.line("siteward_backup_size_bytes", "Size that the last run of a backup job told.", backupLabels, float64(*last.Bytes), site, j.Name)
		}
	}
}

var backupLabels = []string{"site", "job"}
