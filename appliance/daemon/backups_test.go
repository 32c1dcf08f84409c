package daemon_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
)

// night is 02:00 at the site, some days after a Monday.
func night(days int) time.Time {
	loc, _ := time.LoadLocation("Europe/Berlin")
	return time.Date(2026, 11, 2+days, 2, 0, 0, 0, loc)
}

func backupRun(job string, began time.Time, status appliance.RunStatus) appliance.Run {
	size := int64(1e11)
	r := appliance.Run{Product: "borg", Job: job, Status: status, Started: began, Finished: began.Add(30 * time.Minute), Bytes: &size, BytesKind: "source",
		Evidence: appliance.RunEvidence{Name: "/var/log/borg.log", Line: "terminating with " + string(status)}}
	return r
}

func (s *site) job(name string) appliance.BackupJobView {
	s.t.Helper()
	jobs, err := s.BackupJobs(s.t.Context())
	s.must(err)
	for _, j := range jobs {
		if j.Name == name {
			return j
		}
	}
	s.t.Fatalf("there is no job %q among %d", name, len(jobs))
	return appliance.BackupJobView{}
}

func (s *site) accept(name string) appliance.BackupJobView {
	s.t.Helper()
	j := s.job(name)
	j.Status = appliance.JobAccepted
	j.Plans = []appliance.JobPlan{{Schedule: j.Standing.Usual}}
	s.must(s.SaveBackupJob(s.t.Context(), byTest, &j.BackupJob))
	return s.job(name)
}

// TestBackupJobsAtTheStart: what is watched is known as soon as pages are served, not only when it is judged for the first time.
func TestBackupJobsAtTheStart(t *testing.T) {
	s := settled(t)
	s.clock.set(night(7).Add(6 * time.Hour))
	var runs []appliance.Run
	for i := range 8 {
		runs = append(runs, backupRun("files", night(i), appliance.RunSuccess))
	}
	_, err := daemon.TakeRuns(s.Daemon, 0, runs, nil)
	s.must(err)
	s.accept("files")
	s.stop()
	s = restart(t, s.dir, at(s.clock, 0))
	if j := s.job("files"); j.Standing.Last == nil || j.Standing.LastGood.IsZero() {
		t.Errorf("after the start nothing is known of the runs: %+v", j.Standing)
	}
}

// TestABackupJobsLife learns a job, accepts it, misses a night, fails, restarts, and succeeds.
func TestABackupJobsLife(t *testing.T) {
	s := settled(t)
	s.clock.set(night(7).Add(6 * time.Hour))
	var runs []appliance.Run
	for i := range 8 {
		runs = append(runs, backupRun("files", night(i), appliance.RunSuccess))
	}
	_, err := daemon.TakeRuns(s.Daemon, 0, runs, nil)
	s.must(err)
	j := s.job("files")
	if j.Status != appliance.JobProposed || j.Standing.Usual.Kind != appliance.ScheduleDaily || j.Standing.Usual.At != 120 || j.Standing.Confidence < 0.8 || j.State != nil {
		t.Fatalf("proposed: %+v", j)
	}
	j = s.accept("files")
	if j.State == nil || j.State.State != appliance.StateOK || !j.Standing.Next.Equal(night(8)) {
		t.Fatalf("accepted: %+v, next %s", j.State, j.Standing.Next)
	}
	look := func(at time.Time, want appliance.State) {
		t.Helper()
		s.clock.set(at)
		s.must(daemon.LookAtBackups(s.Daemon))
		if r, _ := s.expected("backup/" + j.ID.String()); r.State != want {
			t.Errorf("%s: %s (%s), want %s", at, r.State, r.Evidence.Why.English, want)
		}
	}
	look(night(8).Add(time.Minute), appliance.StateOK)
	look(night(8).Add(6*time.Hour), appliance.StateNoData) // missed
	_, err = daemon.TakeRuns(s.Daemon, 0, []appliance.Run{backupRun("files", night(9), appliance.RunFailed)}, nil)
	s.must(err)
	look(night(9).Add(6*time.Hour), appliance.StateCritical)
	s.stop()
	s = restart(t, s.dir)
	look(night(9).Add(20*time.Hour), appliance.StateCritical)  // a restart forgets nothing
	look(night(9).Add(-26*time.Hour), appliance.StateCritical) // and neither does a clock that jumps
	_, err = daemon.TakeRuns(s.Daemon, 0, []appliance.Run{backupRun("files", night(10), appliance.RunSuccess)}, nil)
	s.must(err)
	look(night(10).Add(6*time.Hour), appliance.StateOK)
	days, err := s.BackupDays(t.Context(), night(7), night(10).Add(6*time.Hour))
	s.must(err)
	var got []string
	for _, d := range days[0].Days {
		got = append(got, fmt.Sprintf("%s %s", d.Day[8:], d.Verdict))
	}
	if s := strings.Join(got, ", "); s != "08 success, 09 no_result, 10 failed, 11 success" {
		t.Error(s)
	}
}

func TestTwoJobsWithOneName(t *testing.T) {
	s := settled(t)
	s.clock.set(night(1))
	for source := appliance.ID(1); source <= 2; source++ {
		_, err := daemon.TakeRuns(s.Daemon, source, []appliance.Run{backupRun("files", night(0), appliance.RunSuccess)}, nil)
		s.must(err)
	}
	a, b := s.job("files"), s.job("files 2")
	if a.ID == b.ID || a.Standing.Runs != 1 || b.Standing.Runs != 1 {
		t.Fatalf("%+v %+v", a.BackupJob, b.BackupJob)
	}
	s.must(s.MergeBackupJobs(t.Context(), byTest, b.ID, a.ID))
	if a = s.job("files"); a.Standing.Runs != 2 || len(a.Origins) != 2 {
		t.Errorf("merged: %+v", a)
	}
	if err := s.MergeBackupJobs(t.Context(), byTest, a.ID, a.ID); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Error(err)
	}
	// What has gone is proposed again by its next run, and an ignored one is not.
	s.must(s.DeleteBackupJob(t.Context(), byTest, a.ID))
	_, err := daemon.TakeRuns(s.Daemon, 1, []appliance.Run{backupRun("files", night(1), appliance.RunSuccess), {Product: "borg", Job: "files", Kind: appliance.RunPrune, Status: appliance.RunSuccess, Started: night(1)}}, nil)
	s.must(err)
	j := s.job("files")
	j.Status = appliance.JobIgnored
	s.must(s.SaveBackupJob(t.Context(), byTest, &j.BackupJob))
	_, err = daemon.TakeRuns(s.Daemon, 1, []appliance.Run{backupRun("files", night(2), appliance.RunFailed)}, nil)
	s.must(err)
	if _, found := s.expected("backup/" + j.ID.String()); found || s.job("files").Status != appliance.JobIgnored {
		t.Error("an ignored job is judged")
	}
}

// TestNobodyReadTheLog has a source that is read from files, and an appliance that was off overnight.
func TestNobodyReadTheLog(t *testing.T) {
	s := settled(t)
	s.clock.set(night(7).Add(4 * time.Hour))
	src := appliance.Source{Name: "borg log", Kind: appliance.SourceFiles, Files: &appliance.FilesSettings{Paths: []string{"/nowhere"}}}
	s.must(s.Store().Update(func(tx *store.Tx) error { return tx.PutSource(&src) }))
	read := func(at time.Time) {
		s.must(s.Store().Update(func(tx *store.Tx) error {
			return tx.PutSourceStatus(appliance.SourceStatus{Source: src.ID, Read: at})
		}))
	}
	read(s.Now())
	var runs []appliance.Run
	for i := range 8 {
		runs = append(runs, backupRun("files", night(i), appliance.RunSuccess))
	}
	_, err := daemon.TakeRuns(s.Daemon, src.ID, runs, nil)
	s.must(err)
	j := s.accept("files")
	s.clock.set(night(8).Add(7 * time.Hour))
	s.must(daemon.LookAtBackups(s.Daemon))
	r, _ := s.expected("backup/" + j.ID.String())
	if r.Evidence.Why.Key == "backup.no_result" || r.State == appliance.StateOK {
		t.Errorf("nobody has read the log, and it says %s: %s", r.State, r.Evidence.Why.English)
	}
	read(s.Now())
	s.must(daemon.LookAtBackups(s.Daemon))
	if r, _ = s.expected("backup/" + j.ID.String()); r.Evidence.Why.Key != "backup.no_result" {
		t.Errorf("the log was read: %s", r.Evidence.Why.English)
	}
}

func TestHostileJobNames(t *testing.T) {
	s := settled(t)
	s.clock.set(night(1))
	for i, name := range []string{"<script>alert(1)</script>", "a\x00b\r\nc", strings.Repeat("x", 5000), "\xff\xfe", "=cmd()"} {
		_, err := daemon.TakeRuns(s.Daemon, 0, []appliance.Run{backupRun(name, night(0).Add(time.Duration(i)*time.Hour), appliance.RunSuccess)}, nil)
		s.must(err)
	}
	jobs, err := s.BackupJobs(t.Context())
	s.must(err)
	if len(jobs) != 5 {
		t.Fatalf("%d jobs", len(jobs))
	}
	for _, j := range jobs {
		j.Status, j.Plans = appliance.JobAccepted, []appliance.JobPlan{{Schedule: j.Standing.Usual}}
		s.must(s.SaveBackupJob(t.Context(), byTest, &j.BackupJob))
	}
}
