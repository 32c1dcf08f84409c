package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

func (f *fake) job() appliance.BackupJobView {
	size := int64(512e9)
	run := appliance.Run{ID: 9, Product: "borg", Job: "files", Status: appliance.RunSuccess, Started: start.Add(-time.Hour), Bytes: &size}
	return appliance.BackupJobView{BackupJob: appliance.BackupJob{ID: 1, Name: "Files", Status: appliance.JobAccepted, Product: "borg", Version: 3},
		State:    &appliance.StateRecord{State: appliance.StateOK},
		Standing: appliance.JobStanding{Last: &run, LastGood: run.Started, Night: appliance.VerdictSuccess, Usual: appliance.Schedule{Kind: appliance.ScheduleDaily}}}
}

func (f *fake) BackupJobs(context.Context) ([]appliance.BackupJobView, error) {
	return []appliance.BackupJobView{f.job()}, nil
}

func (f *fake) BackupJob(_ context.Context, id appliance.ID) (appliance.BackupJobView, error) {
	if id != 1 {
		return appliance.BackupJobView{}, appliance.ErrNotFound
	}
	return f.job(), nil
}

func (f *fake) SaveBackupJob(_ context.Context, by appliance.Actor, _ *appliance.BackupJob) error {
	f.did(by)
	return nil
}

func (f *fake) BackupRuns(context.Context, appliance.RunFilter) ([]appliance.Run, error) {
	return []appliance.Run{*f.job().Standing.Last}, nil
}

func TestBackups(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]string{
		"/api/v1/backup-jobs": `"night":"success"`, "/api/v1/backup-jobs/1": `"name":"Files"`, "/api/v1/backup-runs?job=1": `"status":"success"`,
	} {
		if w := b.send("GET", path, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, %s is missing", path, w.Code, want)
		}
	}
	if _, text := b.scrape(t, b.tokens[appliance.RoleViewer]); !strings.Contains(text, `siteward_backup_status{job="Files",site="Bäckerei Lindner"} 0`) {
		t.Error("the metrics say nothing of backups")
	}
}
