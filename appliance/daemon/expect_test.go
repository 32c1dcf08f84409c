package daemon_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
)

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// stateOf finds a state without a check.
func (s *site) expected(item string) (appliance.StateRecord, bool) {
	s.t.Helper()
	states, err := s.States(s.t.Context())
	s.must(err)
	for _, r := range states {
		if r.Check == 0 && r.Item == item {
			return r, true
		}
	}
	return appliance.StateRecord{}, false
}

func TestExpectationsAreStatesLikeOthers(t *testing.T) {
	s := settled(t)
	d := appliance.Device{Name: "srv-files", Kind: appliance.KindServer, Address: "127.0.0.1"}
	s.must(s.SaveDevice(t.Context(), byTest, &d))
	s.must(daemon.Expect(s.Daemon, "backup/1", "Files", d.ID, appliance.StateOK, "fine"))
	s.must(daemon.Expect(s.Daemon, "backup/2", "Mail", 0, appliance.StateNoData, "no result"))
	s.must(daemon.Expect(s.Daemon, "backup/1", "Files", d.ID, appliance.StateCritical, "it failed"))
	events, err := s.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventState}})
	s.must(err)
	if len(events) != 1 || events[0].To != appliance.StateCritical || events[0].From != appliance.StateOK || events[0].Label != "Files" || events[0].Device != d.ID {
		t.Fatalf("events: %+v", events)
	}
	key := appliance.StateKey{Item: "backup/1"}
	s.must(s.Acknowledge(t.Context(), byTest, key, "I look"))
	s.must(daemon.Expect(s.Daemon, "backup/1", "Files", d.ID, appliance.StateCritical, "it failed again"))
	if r, _ := s.expected("backup/1"); r.Ack == nil || r.Evidence.Why.English != "it failed again" {
		t.Errorf("acknowledged and still failing: %+v", r)
	}
	v, err := s.Device(t.Context(), d.ID)
	s.must(err)
	if v.Worst != appliance.StateCritical || len(v.States) != 1 {
		t.Errorf("the device shows %s with %d states", v.Worst, len(v.States))
	}
	s.must(s.SaveSite(t.Context(), byTest, appliance.Site{Name: "Apotheke am Tor", Language: "en", TimeZone: "Europe/Berlin"})) // configures anew
	if _, ok := s.expected("backup/2"); !ok {
		t.Error("an edit of the site forgot an expectation")
	}
	s.stop()
	s = restart(t, s.dir)
	if r, ok := s.expected("backup/1"); !ok || r.Ack == nil || r.State != appliance.StateCritical {
		t.Errorf("after a restart: %+v", r)
	}
	s.signIn("technician")
	for _, path := range []string{"/problems", "/", "/problems?evidence=0%3Abackup%2F2", "/devices/1?evidence=0%3Abackup%2F1", "/journal", "/devices", "/search?q=Files"} {
		if _, page := s.page(path); !strings.Contains(page, "Files") && !strings.Contains(page, "srv-files") {
			t.Errorf("%s does not tell of the problem", path)
		}
	}
	s.must(daemon.Expect(s.Daemon, "backup/1", "Files", d.ID, appliance.StateOK, "fine again", "backup/2"))
	if r, _ := s.expected("backup/1"); r.Ack != nil || r.State != appliance.StateOK {
		t.Errorf("after recovery: %+v", r)
	}
	if _, ok := s.expected("backup/2"); ok {
		t.Error("what is expected no longer still has a state")
	}
}

func TestRunsAndCursorsAreOneStep(t *testing.T) {
	s := settled(t)
	run := appliance.Run{Product: "borg", Job: "files", Status: appliance.RunSuccess, Started: s.Now().Add(-time.Hour)}
	broken := errors.New("no room for the cursor")
	_, err := daemon.TakeRuns(s.Daemon, 7, []appliance.Run{run}, func(*store.Tx) error { return broken })
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	if runs, _ := s.Store().Runs(time.Time{}, time.Time{}, 0); len(runs) != 0 {
		t.Fatal("a run was kept whose cursor was not")
	}
	cursor := func(tx *store.Tx) error { return tx.PutMeta("cursor", []byte("17")) }
	n, err := daemon.TakeRuns(s.Daemon, 7, []appliance.Run{run}, cursor)
	s.must(err)
	again, err := daemon.TakeRuns(s.Daemon, 7, []appliance.Run{run}, cursor)
	s.must(err)
	runs, err := s.Store().Runs(time.Time{}, time.Time{}, 0)
	s.must(err)
	if n != 1 || again != 0 || len(runs) != 1 || runs[0].Source != 7 || runs[0].Read.IsZero() {
		t.Errorf("%d and %d new, stored %+v", n, again, runs)
	}
}
