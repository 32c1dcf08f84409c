package daemon_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// TestOpenRuns follows a log that is read while its runs are at work, with a restart between any two readings: a run is running
// while its log grows, closed when its end arrives, incomplete when the log falls silent or the next run begins.
func TestOpenRuns(t *testing.T) {
	data, logs := t.TempDir(), t.TempDir()
	log := filepath.Join(logs, "borg.log")
	now := time.Now().Truncate(time.Second)
	var src appliance.Source
	look := func(check func(s *site, runs []appliance.Run)) {
		t.Helper()
		s, err := open(t, data, func(o *daemon.Options) { o.Logs, o.Now = []string{logs}, func() time.Time { return now } })
		ok(t, err)
		defer s.Close()
		if src.ID == 0 {
			s.settle()
			src = s.addSource(appliance.Source{Name: "borg", Kind: appliance.SourceFiles, TimeZone: "UTC", Files: &appliance.FilesSettings{Paths: []string{log}}})
		}
		ok(t, daemon.ReadSource(s.Daemon, t.Context(), src.ID))
		runs, err := s.Store().Runs(time.Time{}, time.Time{}, 0)
		ok(t, err)
		check(s, runs)
	}
	write := func(text string) {
		t.Helper()
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		ok(t, err)
		_, err = fmt.Fprintf(f, "%s %s\n", now.UTC().Format("2006-01-02 15:04:05"), text)
		ok(t, err)
		ok(t, f.Close())
		ok(t, os.Chtimes(log, now, now))
	}
	statuses := func(want ...appliance.RunStatus) {
		t.Helper()
		look(func(_ *site, runs []appliance.Run) {
			var got []appliance.RunStatus
			for _, r := range runs {
				got = append(got, r.Status)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("runs are %v, want %v", got, want)
			}
		})
	}
	lastGood := func() (at time.Time) {
		look(func(s *site, _ []appliance.Run) {
			jobs, err := s.BackupJobs(t.Context())
			ok(t, err)
			if len(jobs) != 1 {
				t.Fatalf("%d jobs", len(jobs))
			}
			at = jobs[0].Standing.LastGood
		})
		return at
	}

	write(`Creating archive at "/srv/repo::praxis"`)
	statuses(appliance.RunRunning)
	now = now.Add(time.Hour)
	statuses(appliance.RunRunning)
	write("terminating with success status, rc 0")
	statuses(appliance.RunSuccess)
	if at := lastGood(); !at.IsZero() {
		t.Errorf("a verdict counts at once, though the next line may take it back: %v", at)
	}
	now = now.Add(15 * time.Minute)
	if at := lastGood(); at.IsZero() {
		t.Error("a success is none until the next night begins")
	}

	now = now.Add(23 * time.Hour)
	write(`Creating archive at "/srv/repo::praxis"`)
	statuses(appliance.RunSuccess, appliance.RunRunning)
	now = now.Add(11 * time.Hour)
	write("/srv/a: file changed while we backed it up")
	now = now.Add(11 * time.Hour) // it works for 22 hours, and wrote something half of them ago
	statuses(appliance.RunSuccess, appliance.RunRunning)
	now = now.Add(2 * time.Hour)
	statuses(appliance.RunSuccess, appliance.RunIncomplete)

	write(`Creating archive at "/srv/repo::praxis"`)
	statuses(appliance.RunSuccess, appliance.RunIncomplete, appliance.RunRunning)
	now = now.Add(time.Minute)
	write("terminating with error status, rc 2")
	statuses(appliance.RunSuccess, appliance.RunIncomplete, appliance.RunFailed)
	now = now.Add(time.Hour)
	statuses(appliance.RunSuccess, appliance.RunIncomplete, appliance.RunFailed)
}
