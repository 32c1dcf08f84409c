package expect

import (
	"slices"
	"testing"
	"time"

	"siteward/appliance"
)

// story is a job that runs every night at 02:00 and is told day by day.
type story struct {
	*testing.T
	in    Input
	night time.Time
}

func begin(t *testing.T) *story {
	now := time.Date(2026, 11, 1, 2, 0, 0, 0, berlin(t))
	j := appliance.BackupJob{ID: 1, Name: "Files", Status: appliance.JobAccepted, Accepted: now.Add(-14 * time.Hour),
		Plans: []appliance.JobPlan{{From: now.Add(-14 * time.Hour), Schedule: appliance.Schedule{Kind: appliance.ScheduleDaily, At: 120, Grace: appliance.Duration(90 * time.Minute)}}}}
	return &story{t, Input{Job: j, Calendar: site(t)}, now}
}

// run tells of a run of tonight.
func (s *story) run(status appliance.RunStatus, change ...func(*appliance.Run)) *story {
	size := int64(500<<30) + int64(len(s.in.Runs))<<26
	r := appliance.Run{ID: appliance.ID(len(s.in.Runs) + 1), Product: "borg", Status: status, Started: s.night.Add(7 * time.Second), Bytes: &size, BytesKind: "source"}
	if r.Final() {
		r.Finished = r.Started.Add(45 * time.Minute)
	}
	for _, f := range change {
		f(&r)
	}
	s.in.Runs = append(s.in.Runs, r)
	return s
}

// next is the night after.
func (s *story) next() *story { s.night = s.night.AddDate(0, 0, 1); return s }

func (s *story) nights(n int) *story {
	for range n {
		s.run(appliance.RunSuccess).next()
	}
	return s
}

// is looks some time after 02:00 of tonight.
func (s *story) is(after time.Duration, state appliance.State, key string) Verdict {
	s.Helper()
	s.in.Now = s.night.Add(after)
	if s.in.Heard.IsZero() {
		s.in.Heard = s.in.Now
	}
	v := Look(s.in)
	if v.State != state || v.Evidence.Why.Key != key {
		s.Errorf("night of %s, %s after: %s %s (%s), want %s %s", s.night.Format(time.DateOnly), after, v.State, v.Evidence.Why.Key, v.Evidence.Why.English, state, key)
	}
	s.in.Heard = time.Time{}
	return v
}

const (
	ok, warning, critical, nodata = appliance.StateOK, appliance.StateWarning, appliance.StateCritical, appliance.StateNoData
	morning                       = 7 * time.Hour
)

func TestNoResultIsAVerdictWithADeadline(t *testing.T) {
	s := begin(t).nights(10)
	s.is(time.Hour, ok, "backup.ok") // not due yet
	v := s.is(91*time.Minute, nodata, "backup.no_result")
	if v.Standing.Night != appliance.VerdictNoResult || !v.Evidence.At.Equal(s.night.Add(90*time.Minute)) {
		t.Errorf("%+v", v.Standing)
	}
	s.next().is(morning, nodata, "backup.no_result")
	s.next().is(morning, critical, "backup.no_result") // three nights
	s.run(appliance.RunSuccess).is(morning, ok, "backup.ok")
}

func TestARunThatNeverEndedIsNoSuccess(t *testing.T) {
	for _, status := range []appliance.RunStatus{appliance.RunRunning, appliance.RunIncomplete} {
		s := begin(t).nights(10).run(status)
		if v := s.is(time.Hour, ok, "backup.ok"); v.Outcomes[len(v.Outcomes)-1].Verdict != appliance.VerdictRunning {
			t.Errorf("%s before the deadline: %s", status, v.Outcomes[len(v.Outcomes)-1].Verdict)
		}
		s.is(2*time.Hour, nodata, "backup.no_end")
	}
}

func TestFailureStaysUntilASuccess(t *testing.T) {
	s := begin(t).nights(10).run(appliance.RunFailed)
	s.is(time.Hour, critical, "backup.failed")
	s.next().is(time.Minute, critical, "backup.failed") // the next is not due yet
	s.run(appliance.RunRunning).is(time.Hour, critical, "backup.failed")
	s.is(3*time.Hour, critical, "backup.failed") // no result does not hide the failure
	s.run(appliance.RunSuccess, func(r *appliance.Run) { r.Started = s.night.Add(4 * time.Hour) }).is(morning, ok, "backup.ok")
}

func TestARepeatedRunMendsAFailedOne(t *testing.T) {
	s := begin(t).nights(10).run(appliance.RunFailed)
	s.run(appliance.RunSuccess, func(r *appliance.Run) { r.Started = r.Started.Add(8 * time.Hour) }).is(9*time.Hour, ok, "backup.ok")
	v := Look(s.in)
	days := Days(v.Outcomes, s.in.Calendar, s.in.Runs, s.in.Calendar.DayOf(s.night).Add(-1), s.in.Calendar.DayOf(s.night))
	if len(days) != 2 || days[0].Verdict != appliance.VerdictSuccess || days[1].Verdict != appliance.VerdictFailed || len(days[1].Runs) != 2 {
		t.Errorf("the calendar shows the worst of a day: %+v", days)
	}
}

// TestALogFromNextYear has a machine whose clock is a year ahead, for one night and for good.
func TestALogFromNextYear(t *testing.T) {
	nextYear := func(r *appliance.Run) {
		r.Read, r.Started, r.Finished = r.Finished, r.Started.AddDate(1, 0, 0), r.Finished.AddDate(1, 0, 0)
	}
	s := begin(t).nights(10)
	s.run(appliance.RunSuccess, nextYear)
	if v := s.is(morning, nodata, "backup.ahead"); v.Standing.LastGood.After(s.in.Now) || v.Standing.Last.At().After(s.in.Now) {
		t.Errorf("the last good backup is yet to come: %+v", v.Standing)
	}
	sortRuns := func() {
		slices.SortStableFunc(s.in.Runs, func(a, b appliance.Run) int { return a.At().Compare(b.At()) })
	}
	s.next().run(appliance.RunFailed)
	sortRuns()
	s.is(morning, critical, "backup.failed")
	s.next().run(appliance.RunSuccess)
	sortRuns()
	s.is(morning, ok, "backup.ok")
	s.next().is(morning, nodata, "backup.no_result")

	s = begin(t).run(appliance.RunSuccess, nextYear)
	s.is(time.Minute, nodata, "backup.ahead")
}

// TestAClockInAnotherZone has a log whose times are hours off: a run counts for the night it belongs to.
func TestAClockInAnotherZone(t *testing.T) {
	for _, off := range []time.Duration{-time.Hour, time.Hour, 9 * time.Hour} {
		s := begin(t)
		for range 10 {
			s.run(appliance.RunSuccess, func(r *appliance.Run) { r.Started, r.Finished = r.Started.Add(off), r.Finished.Add(off) }).next()
		}
		s.night = s.night.AddDate(0, 0, -1)
		s.is(morning+off.Abs(), ok, "backup.ok")
		s.next().is(morning+off.Abs(), nodata, "backup.no_result")
	}
}

func TestFailuresInARow(t *testing.T) {
	s := begin(t)
	s.in.Job.Rules.Failures = 2
	s.nights(8).run(appliance.RunFailed).is(morning, warning, "backup.failed")
	s.next().run(appliance.RunFailed).is(morning, critical, "backup.failed")
}

func TestOlderThan(t *testing.T) {
	s := begin(t)
	s.in.Job.Rules.OlderThan = 30
	s.nights(8).is(time.Hour, ok, "backup.ok")
	s.is(morning, critical, "backup.no_result") // 31 h
	s.in.Job.Plans = nil
	s.is(morning, critical, "backup.old")
}

func TestSizeAndDurationAgainstTheirOwnHistory(t *testing.T) {
	shrink := func(r *appliance.Run) { *r.Bytes = *r.Bytes * 3 / 100 }
	grow := func(r *appliance.Run) { *r.Bytes *= 5 }
	long := func(r *appliance.Run) { r.Finished = r.Started.Add(9 * time.Hour) }
	begin(t).nights(10).run(appliance.RunSuccess, shrink).is(10*time.Hour, warning, "backup.shrunk")
	begin(t).nights(10).run(appliance.RunSuccess, grow).is(10*time.Hour, warning, "backup.grown")
	begin(t).nights(10).run(appliance.RunSuccess, long).is(10*time.Hour, warning, "backup.long")
	begin(t).nights(3).run(appliance.RunSuccess, shrink).is(10*time.Hour, ok, "backup.ok") // too few to know
	s := begin(t)
	s.in.Job.Rules = appliance.JobRules{Size: -1, Longer: -1, Unchanged: -1}
	s.nights(10).run(appliance.RunSuccess, shrink, long).is(10*time.Hour, ok, "backup.ok")
	s = begin(t)
	for i := range 12 { // what is added every night swings by itself
		s.run(appliance.RunSuccess, func(r *appliance.Run) { *r.Bytes, r.BytesKind = int64(1+i*i%7)<<30, "added" }).next()
	}
	s.run(appliance.RunSuccess, func(r *appliance.Run) { *r.Bytes, r.BytesKind = 200<<20, "added" }).is(morning, ok, "backup.ok")
	s = begin(t)
	for range 12 {
		s.run(appliance.RunSuccess, func(r *appliance.Run) { *r.Bytes = 7 << 30 }).next()
	}
	s.is(0, warning, "backup.unchanged")
}

func TestWarningsAreUsableBackups(t *testing.T) {
	begin(t).nights(5).run(appliance.RunWarning).is(morning, warning, "backup.warning")
}

func TestOnlyBackupsAnswer(t *testing.T) {
	for _, kind := range []appliance.RunKind{appliance.RunCheck, appliance.RunPrune, appliance.RunGC, appliance.RunRestore, appliance.RunList} {
		s := begin(t).nights(5).run(appliance.RunSuccess, func(r *appliance.Run) { r.Kind = kind })
		s.is(morning, nodata, "backup.no_result")
	}
}

// TestOurOwnAbsenceIsNoMissingBackup has an appliance that was off during the night and has not read the log since.
func TestOurOwnAbsenceIsNoMissingBackup(t *testing.T) {
	s := begin(t).nights(10)
	s.in.Heard = s.night.Add(-time.Hour)
	s.is(100*time.Minute, ok, "backup.ok")
	s.in.Heard = s.night.Add(-time.Hour)
	v := s.is(morning, nodata, "backup.unread")
	if v.Standing.Night != appliance.VerdictSuccess {
		t.Errorf("last settled: %s", v.Standing.Night)
	}
	s.run(appliance.RunSuccess).is(morning, ok, "backup.ok")
}

func TestPaused(t *testing.T) {
	s := begin(t).nights(5)
	s.in.Job.Paused = &appliance.Pause{By: "ana", Reason: "move", Since: s.night}
	s.is(morning, appliance.StatePaused, "backup.paused")
}

func TestANewPlanLeavesThePast(t *testing.T) {
	s := begin(t).nights(3).next().nights(2)
	s.in.Job.Plans = append(s.in.Job.Plans, appliance.JobPlan{From: s.night.Add(-time.Hour), Schedule: appliance.Schedule{Kind: appliance.ScheduleWeekly, Days: []time.Weekday{time.Sunday}, Grace: grace}})
	v := s.is(morning, ok, "backup.ok")
	missing := 0
	for _, o := range v.Outcomes {
		if o.Verdict == appliance.VerdictNoResult {
			missing++
		}
	}
	if missing != 1 {
		t.Errorf("%d missing nights of the old plan, want 1", missing)
	}
}

func TestRestoreTests(t *testing.T) {
	accepted := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	j := appliance.BackupJob{Status: appliance.JobAccepted, Accepted: accepted, RestoreEvery: 6}
	if _, _, asked := Restore(j, accepted.AddDate(0, 5, 0)); asked {
		t.Error("a test is asked for too early")
	}
	if s, e, _ := Restore(j, accepted.AddDate(0, 7, 0)); s != warning || e.Why.Key != "restore.never" {
		t.Errorf("never tested: %s %s", s, e.Why.Key)
	}
	j.Restores = []appliance.RestoreTest{{At: accepted.AddDate(0, 7, 0), OK: true, By: "ana", Proof: "12 files compared"}}
	if s, e, _ := Restore(j, accepted.AddDate(0, 8, 0)); s != ok || e.Verbatim == "" {
		t.Errorf("tested: %s", s)
	}
	if s, _, _ := Restore(j, accepted.AddDate(0, 14, 0)); s != warning {
		t.Errorf("due again: %s", s)
	}
	j.Restores = append(j.Restores, appliance.RestoreTest{At: accepted.AddDate(0, 8, 0)})
	if s, e, _ := Restore(j, accepted.AddDate(0, 9, 0)); s != critical || e.Why.Key != "restore.bad" {
		t.Errorf("a test that did not succeed: %s", s)
	}
}

func TestCopies(t *testing.T) {
	job := func(data string, places ...appliance.CopyPlace) appliance.BackupJobView {
		return appliance.BackupJobView{BackupJob: appliance.BackupJob{DataSet: data, Status: appliance.JobAccepted, Places: places}, Standing: appliance.JobStanding{LastGood: time.Unix(1, 0)}}
	}
	jobs := []appliance.BackupJobView{job("a", appliance.CopyLocal), job("a", appliance.CopyOffsite), job("b", appliance.CopyLocal, appliance.CopySecond), job("c", appliance.CopyOffsite)}
	for data, want := range map[string]bool{"a": true, "b": false, "c": false} {
		if c := CopiesOf(data, jobs); c.Kept != want {
			t.Errorf("%s: %+v", data, c)
		}
	}
	jobs[1].Standing.LastGood = time.Time{}
	if CopiesOf("a", jobs).Kept {
		t.Error("a copy that never succeeded counts")
	}
}

func TestSentencesHaveTheirArguments(t *testing.T) {
	if m := say("backup.failed", args{"n": 2, "last": "never"}); m.English != "The backup failed, 2 in a row; last good one: never" {
		t.Error(m.English)
	}
}
