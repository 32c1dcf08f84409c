package store

import (
	"fmt"
	"testing"
	"time"

	"siteward/appliance"
)

func run(job string, started time.Time, status appliance.RunStatus) appliance.Run {
	return appliance.Run{Source: 3, Product: "borg", Job: job, Status: status, Started: started, Read: started.Add(time.Hour)}
}

func mustTake(tb testing.TB, s *Store, runs ...appliance.Run) (fresh int, ids []appliance.ID) {
	tb.Helper()
	must(tb, s.Update(func(tx *Tx) error {
		for _, r := range runs {
			was, err := tx.TakeRun(&r)
			if err != nil {
				return err
			}
			if was {
				fresh++
			}
			ids = append(ids, r.ID)
		}
		return nil
	}))
	return fresh, ids
}

func mustRuns(tb testing.TB, s *Store, from, to time.Time, limit int) []appliance.Run {
	tb.Helper()
	runs, err := s.Runs(from, to, limit)
	must(tb, err)
	return runs
}

func TestRunsAreNeverDoubled(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	a, b := run("files", noon, appliance.RunRunning), run("files", noon.Add(24*time.Hour), appliance.RunFailed)
	a.Open, a.Evidence = true, appliance.RunEvidence{Name: "a.log", Offset: 7}
	fresh, ids := mustTake(t, s, a, b, a)
	if fresh != 2 || ids[0] != ids[2] {
		t.Fatalf("%d new runs, numbers %v", fresh, ids)
	}
	if fresh, _ = mustTake(t, s, a, b); fresh != 0 {
		t.Errorf("reading again found %d new runs", fresh)
	}
	done := a
	done.Status, done.Finished, done.Open, done.Evidence.Name = appliance.RunSuccess, noon.Add(time.Minute), false, "a.log.1"
	if fresh, again := mustTake(t, s, done); fresh != 1 || again[0] != ids[0] {
		t.Errorf("a verdict that came later: %d new, number %d instead of %d", fresh, again[0], ids[0])
	}
	if fresh, _ = mustTake(t, s, a); fresh != 0 {
		t.Error("a log that was cut took a verdict back")
	}
	all := mustRuns(t, s, time.Time{}, time.Time{}, 0)
	if len(all) != 2 || all[0].Status != appliance.RunSuccess || all[1].Status != appliance.RunFailed {
		t.Errorf("stored: %+v", all)
	}
}

func TestRunsWithoutTimesAreKnownByTheirText(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	a := appliance.Run{Product: "tar", Status: appliance.RunSuccess, Read: noon, Evidence: appliance.RunEvidence{Name: "tar.log", Offset: 10, Line: "done"}}
	b := a
	b.Evidence.Offset = 90
	if fresh, _ := mustTake(t, s, a, b, a); fresh != 2 {
		t.Errorf("%d runs", fresh)
	}
}

// TestOpenRunsAreSettledInTheirPlace follows runs that do not say when they began, in a log that is written over every night.
func TestOpenRunsAreSettledInTheirPlace(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	open := appliance.Run{Product: "tar", Status: appliance.RunRunning, Open: true, Read: noon, Evidence: appliance.RunEvidence{Name: "tar.log"}}
	done := open
	done.Open, done.Status, done.Finished = false, appliance.RunSuccess, noon.Add(time.Minute)
	next := open
	next.Evidence.Line = "Sunday"
	fresh, ids := mustTake(t, s, open, done, open, next)
	if fresh != 3 || ids[0] != ids[1] || ids[2] == ids[0] || ids[3] != ids[2] {
		t.Errorf("%d fresh, numbers %v", fresh, ids)
	}
	later := run("x", noon.Add(time.Hour), appliance.RunRunning)
	later.Open, later.Evidence = true, appliance.RunEvidence{Name: "x.log"}
	night := run("x", noon.Add(25*time.Hour), appliance.RunSuccess)
	night.Evidence = later.Evidence
	if _, ids = mustTake(t, s, later, night); ids[0] == ids[1] {
		t.Error("the run of the next night took the place of one that never ended")
	}
}

func TestRunsOfAnOrigin(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	var runs []appliance.Run
	for i := range 10 {
		r := run("files", noon.Add(time.Duration(i)*24*time.Hour), appliance.RunSuccess)
		other := r
		other.Source = 4 // the same name from another source
		mail := r
		mail.Job = "mail"
		runs = append(runs, r, other, mail)
	}
	mustTake(t, s, runs...)
	get := func(from, to time.Time, origins ...appliance.RunOrigin) int {
		found, err := s.RunsOf(origins, from, to)
		must(t, err)
		for i := 1; i < len(found); i++ {
			if found[i].At().Before(found[i-1].At()) {
				t.Fatal("not in the order of time")
			}
		}
		return len(found)
	}
	files, mail := runs[0].Origin(), runs[2].Origin()
	if n := get(time.Time{}, time.Time{}, files); n != 10 {
		t.Errorf("%d runs of files", n)
	}
	if n := get(noon.Add(24*time.Hour), noon.Add(72*time.Hour), files, mail); n != 4 {
		t.Errorf("%d runs of two days and two jobs", n)
	}
	if n := len(mustRuns(t, s, noon, noon.Add(time.Second), 2)); n != 2 {
		t.Errorf("%d runs where two are asked for", n)
	}
}

func TestOldRunsGo(t *testing.T) {
	c := newClock(noon)
	s := mustOpen(t, t.TempDir(), Options{Now: c.now, EventDays: 100})
	var runs []appliance.Run
	for i := range 1200 {
		runs = append(runs, run(fmt.Sprint("job ", i%3), noon.Add(-time.Duration(i)*6*time.Hour), appliance.RunSuccess))
	}
	mustTake(t, s, runs...)
	r, err := s.Retain(t.Context(), noon)
	must(t, err)
	left := mustRuns(t, s, time.Time{}, time.Time{}, 0)
	if r.Runs+len(left) != 1200 || len(left) != 401 {
		t.Errorf("%d removed, %d left", r.Runs, len(left))
	}
	must(t, s.View(func(tx *Tx) error {
		keys, err := tx.keys([]byte(nounRunIndex))
		if len(keys) != 4*len(left) {
			t.Errorf("%d keys of the index for %d runs", len(keys), len(left))
		}
		return err
	}))
}
