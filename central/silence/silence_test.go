package silence

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store/badger"
	"siteward/central/store/storetest"
)

type world struct {
	*testing.T
	clock *storetest.Clock
	store central.Store
	watch *Watcher
	sites []central.SiteID
}

// newWorld has n sites that reported, one after the other within a quarter of an hour.
func newWorld(t *testing.T, n int) *world {
	w := &world{T: t, clock: storetest.NewClock()}
	s, err := badger.Open(t.TempDir(), badger.Options{Now: w.clock.Now, Log: slog.New(slog.DiscardHandler), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.store = s
	w.watch = New(s, slog.New(slog.NewTextHandler(io.Discard, nil)), w.clock.Now)
	w.sites, err = storetest.Fill(t.Context(), s, n, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.report(0, n)
	return w
}

// report lets sites report.
func (w *world) report(from, to int) {
	w.Helper()
	for _, id := range w.sites[from:to] {
		w.take(id, func(t *central.Taking) error { return Heard(t, w.clock.Now()) })
	}
}

func (w *world) take(id central.SiteID, do func(*central.Taking) error) {
	w.Helper()
	if err := w.store.Take(w.Context(), id, do); err != nil {
		w.Fatal(err)
	}
}

// pass lets time pass, in which the sites from..to report every quarter of an hour.
func (w *world) pass(d time.Duration, from, to int) {
	w.Helper()
	for end := w.clock.Now().Add(d); w.clock.Now().Before(end); {
		w.clock.Add(time.Minute)
		if w.clock.Now().Minute()%15 == 0 {
			w.report(from, to)
		}
		if err := w.watch.Look(w.Context()); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *world) silent() map[central.Silence]int {
	w.Helper()
	f, err := w.store.Fleet(w.Context(), central.FleetFilter{Total: true, Limit: 1})
	if err != nil {
		w.Fatal(err)
	}
	return f.Silent
}

// told gives what was said since the last call.
func (w *world) told() (lines []string) {
	w.Helper()
	list, err := w.store.Records(w.Context(), central.RecordRange{Family: central.Notices.Family, Limit: 10_000})
	if err != nil {
		w.Fatal(err)
	}
	all, err := central.Notices.List(w.Context(), w.store, central.RecordRange{Limit: 10_000})
	if err != nil {
		w.Fatal(err)
	}
	for i, n := range all {
		lines = append(lines, string(n.Kind)+" "+n.Text)
		list[i].Remove = true
	}
	slices.Sort(lines) // those of one moment have no order
	if err := w.store.Write(w.Context(), list...); err != nil {
		w.Fatal(err)
	}
	return lines
}

func (w *world) expect(want ...string) {
	w.Helper()
	got := w.told()
	if len(got) != len(want) {
		w.Fatalf("told %d: %q, want %q", len(got), got, want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			w.Fatalf("told %q, want %q", got[i], want[i])
		}
	}
}

func TestOneSiteFallsSilentAndComesBack(t *testing.T) {
	w := newWorld(t, 30)
	w.pass(30*time.Minute, 1, 30)
	w.expect()
	w.pass(10*time.Minute, 1, 30)
	w.expect("alarm.opened site 00000: nothing has been heard since 2026-11-29 06:00 UTC")
	w.pass(5*time.Hour, 1, 30)
	w.expect() // once
	if n := w.silent(); n[central.Lost] != 1 || n[central.Speaking] != 29 {
		t.Errorf("silent %v", n)
	}
	w.report(0, 1)
	w.expect("alarm.closed site 00000: over since")
	w.report(0, 1)
	w.expect()
	turns, err := central.Turns.List(t.Context(), w.store, central.RecordRange{})
	if err != nil || len(turns) != 2 || turns[0].Silent != central.Lost || !turns[1].Back {
		t.Errorf("turns %+v, %v", turns, err)
	}
}

// TestASiteThatIsNotUnderstoodIsToldWithTheReason: it is alive, so whoever is called must not go there.
func TestASiteThatIsNotUnderstoodIsToldWithTheReason(t *testing.T) {
	w := newWorld(t, 30)
	w.take(w.sites[0], func(t *central.Taking) error {
		t.Status.Refused = "major version 2; update it"
		return nil
	})
	w.pass(40*time.Minute, 1, 30)
	w.expect("nothing has been heard since 2026-11-29 06:00 UTC: it sends, but cannot be understood: major version 2; update it")
}

func TestWhoSaidThatHeGoesIsNotMissed(t *testing.T) {
	w := newWorld(t, 30)
	now := w.clock.Now()
	stop := func(i int, back bool, until time.Time) {
		w.take(w.sites[i], func(k *central.Taking) error {
			if err := Heard(k, now); err != nil {
				return err
			}
			Stopping(k, "moves to another rack", back, until, now)
			return nil
		})
	}
	stop(0, false, now.Add(3*time.Hour))
	stop(1, true, time.Time{})
	stop(2, false, time.Time{})
	w.pass(25*time.Minute, 3, 30)
	if n := w.silent(); n[central.Stopped] != 3 {
		t.Errorf("silent %v", n)
	}
	w.expect()
	w.pass(10*time.Minute, 3, 30)
	w.expect("alarm.opened site 00001: it stopped on purpose and is not back as it said: moves to another rack")
	w.pass(2*time.Hour, 3, 30)
	w.expect()
	w.report(0, 1)
	w.pass(20*time.Hour, 0, 1)
	// those that report no more in this stretch are many and say nothing of their own; those that went are alone
	for _, line := range w.told() {
		if strings.Contains(line, "00002") || strings.Contains(line, "00000") {
			t.Errorf("told %q", line)
		}
	}
}

func TestAnAnnouncedWindowIsNoSilence(t *testing.T) {
	w := newWorld(t, 30)
	w.take(w.sites[0], func(k *central.Taking) error {
		k.Status.Facts.State, k.Status.Facts.WindowTo = appliance.StateMaintenance, w.clock.Now().Add(2*time.Hour)
		return nil
	})
	w.pass(150*time.Minute, 1, 30)
	w.expect()
	w.pass(10*time.Minute, 1, 30)
	w.expect("alarm.opened site 00000")
}

// TestNobodyAnnouncesToBeAwayForEver: a farewell or a window of years is one of three months.
func TestNobodyAnnouncesToBeAwayForEver(t *testing.T) {
	w := newWorld(t, 3)
	now := w.clock.Now()
	w.take(w.sites[0], func(k *central.Taking) error {
		Stopping(k, "holidays", false, now.AddDate(70, 0, 0), now)
		return nil
	})
	w.take(w.sites[1], func(k *central.Taking) error {
		k.Status.Facts.State, k.Status.Facts.WindowTo = appliance.StateMaintenance, now.AddDate(70, 0, 0)
		return nil
	})
	w.report(2, 3)
	look := func(want int) {
		t.Helper()
		if err := w.watch.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.silent(); n[central.Lost]+n[central.Overdue] != want {
			t.Errorf("silent %v, want %d", n, want)
		}
	}
	w.clock.Add(91 * 24 * time.Hour)
	w.report(2, 3)
	look(0)
	w.clock.Add(2 * 24 * time.Hour)
	w.report(2, 3)
	look(0) // nobody watched meanwhile, so all have their time again
	for range 60 {
		w.clock.Add(time.Minute)
		w.report(2, 3)
		if err := w.watch.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	look(2)
}

func TestWhatBreaksOnOurSideIsOneAlarm(t *testing.T) {
	const n = 200
	w := newWorld(t, n)
	w.pass(3*time.Hour, 0, 0) // nothing comes through
	w.expect("alarm.opened 200 sites: silent together since 2026-11-29 06:00 UTC; the way to central is broken, or central was away")
	if got := w.silent(); got[central.Ours] != n {
		t.Errorf("silent %v", got)
	}
	w.pass(30*time.Minute, 0, n-2) // all but two come back
	w.expect("alarm.closed 200 sites: over since")
	w.pass(2*time.Hour, 0, n-2)
	w.expect("alarm.opened site 00198", "alarm.opened site 00199")
	if got := w.silent(); got[central.Lost] != 2 || got[central.Speaking] != n-2 {
		t.Errorf("silent %v", got)
	}
}

// TestOneFallsSilentWhileManyAreAway: fifty of many are away for hours, which is one alarm. One that goes later is told for itself, and
// many that go later are not told one by one.
func TestOneFallsSilentWhileManyAreAway(t *testing.T) {
	w := newWorld(t, 275)
	w.pass(time.Hour, 51, 275)
	w.expect("alarm.opened 51 sites: silent together")
	w.pass(45*time.Minute, 52, 275)
	w.expect("alarm.opened site 00051: nothing has been heard since")
	w.pass(45*time.Minute, 115, 275)
	w.expect()
	if n := w.silent(); n[central.Ours] != 114 || n[central.Lost] != 1 {
		t.Errorf("silent %v", n)
	}
	w.pass(15*time.Minute, 0, 275)
	w.expect("alarm.closed 114 sites: over since", "alarm.closed site 00051: over since")
}

func TestSitesThatReportAtDifferentTimesAreOneAlarmToo(t *testing.T) {
	w := newWorld(t, 0)
	ids, err := storetest.Fill(t.Context(), w.store, 20, w.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.sites = ids
	for i := range w.sites {
		w.report(i, i+1)
		w.clock.Add(45 * time.Second)
	}
	w.pass(2*time.Hour, 0, 0)
	if got := w.told(); len(got) != 1 || !strings.Contains(got[0], "sites: silent together") {
		t.Errorf("told %q", got)
	}
}

func TestThatCentralWasAwayIsNobodysSilence(t *testing.T) {
	w := newWorld(t, 40)
	w.pass(30*time.Minute, 0, 40)
	w.clock.Add(7 * time.Hour)
	w.pass(10*time.Minute, 0, 0)
	w.expect("alarm.closed 40 sites: over since")
	w.report(0, 39)
	w.pass(50*time.Minute, 0, 39)
	w.expect("alarm.opened site 00039")
}

func TestAPausedSiteIsNobodysAlarm(t *testing.T) {
	w := newWorld(t, 30)
	r, err := w.store.Site(t.Context(), w.sites[0])
	if err != nil {
		t.Fatal(err)
	}
	r.Site.Paused = "the practice is closed"
	if err := w.store.PutSite(t.Context(), &r.Site); err != nil {
		t.Fatal(err)
	}
	w.pass(2*time.Hour, 1, 30)
	w.expect()
	r.Site.Paused = ""
	if err := w.store.PutSite(t.Context(), &r.Site); err != nil {
		t.Fatal(err)
	}
	w.pass(30*time.Minute, 1, 30)
	w.expect()
	w.pass(10*time.Minute, 1, 30)
	w.expect("alarm.opened site 00000")
}

func TestOneProcessWatches(t *testing.T) {
	w := newWorld(t, 30)
	other := New(w.store, slog.New(slog.DiscardHandler), w.clock.Now)
	for range 60 {
		w.clock.Add(time.Minute)
		w.report(1, 30)
		for _, look := range []*Watcher{other, w.watch} {
			if err := look.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.expect("alarm.opened site 00000")
	w.report(0, 1)
	w.told()
	for i := range 60 { // the one that had the lease is gone, the other takes over
		w.clock.Add(time.Minute)
		w.report(1, 30)
		if err := w.watch.Look(t.Context()); err != nil {
			t.Fatal(fmt.Errorf("look %d: %w", i, err))
		}
	}
	w.expect("alarm.opened site 00000")
}
