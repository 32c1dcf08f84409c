package daemon_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

var maintenance = appliance.StateMaintenance

// passing lets the clock go on, and what goes by the clock with it.
func (s *site) passing(d time.Duration) {
	s.t.Helper()
	s.clock.advance(d)
	s.must(daemon.WatchWindows(s.Daemon, context.Background()))
	s.Judge(s.t.Context())
}

// monday is a site on a Monday morning in Berlin, without polls of its own.
func monday(t *testing.T) *site {
	t.Helper()
	s, err := open(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.clock.set(time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))
	s.must(s.SaveSite(t.Context(), byTest, appliance.Site{Name: "Apotheke am Tor", Language: "de", TimeZone: "Europe/Berlin", HolidayRegion: "DE-BE"}))
	return s
}

func (s *site) machine(name string) appliance.ID {
	s.t.Helper()
	d := appliance.Device{Name: name, Kind: appliance.KindServer, Address: "127.0.0.1"}
	s.must(s.SaveDevice(s.t.Context(), byTest, &d))
	return d.ID
}

func (s *site) window(id appliance.ID) appliance.WindowView {
	s.t.Helper()
	v, err := s.Window(s.t.Context(), id)
	s.must(err)
	return v
}

func TestAWindowFromAnnouncementToRecord(t *testing.T) {
	s := monday(t)
	srv, other := s.machine("srv-files"), s.machine("srv-mail")
	ctx := t.Context()
	s.must(daemon.Expect(s.Daemon, "battery/1", "", srv, appliance.StateOK, "fine"))
	begin := s.Now().Add(3 * 24 * time.Hour).Truncate(time.Hour).Add(13 * time.Hour)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "Neue Firmware", Comment: "a hole is closed", Devices: []appliance.ID{srv}, From: begin, Until: begin.Add(2 * time.Hour)}
	s.must(s.SaveWindow(ctx, byTest, &w))
	if v := s.window(w.ID); v.State != appliance.WindowDraft || v.By != "tester" {
		t.Errorf("%+v", v)
	}
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	s.must(s.AnswerWindow(ctx, appliance.Actor{Name: "key"}, w.ID, appliance.WindowAnswer{State: appliance.WindowConfirmed}))
	if v := s.window(w.ID); v.Notice != 3 || v.Short || v.State != appliance.WindowConfirmed {
		t.Errorf("notice %d, state %s", v.Notice, v.State)
	}
	s.passing(begin.Sub(s.Now()) + 2*time.Second)
	if v := s.window(w.ID); v.State != appliance.WindowRunning || v.Run == nil || !v.Run.From.Equal(begin) || v.Run.By != "siteward" {
		t.Fatalf("it does not run: %+v", v)
	}
	if _, ok := daemon.WindowFor(s.Daemon, srv, s.Now()); !ok {
		t.Error("the device is not in it")
	}
	if _, ok := daemon.WindowFor(s.Daemon, other, s.Now()); ok {
		t.Error("another device is in it")
	}
	s.must(daemon.Expect(s.Daemon, "battery/1", "", srv, appliance.StateCritical, "empty"))
	s.must(daemon.Expect(s.Daemon, "battery/2", "", other, appliance.StateCritical, "empty"))
	if r, _ := s.expected("battery/1"); r.State != maintenance || r.Held.State != appliance.StateCritical {
		t.Errorf("in the window: %+v", r)
	}
	if r, _ := s.expected("battery/2"); r.State != appliance.StateCritical {
		t.Errorf("beside the window: %s", r.State)
	}
	runs, err := s.WindowRuns(ctx, w.ID, 10)
	s.must(err)
	if len(runs) != 1 || len(runs[0].Suppressed) != 1 || runs[0].Suppressed[0].Worst != appliance.StateCritical || len(runs[0].Left) != 1 {
		t.Errorf("kept back until now: %+v", runs)
	}
	s.passing(2 * time.Hour)
	v := s.window(w.ID)
	if v.State != appliance.WindowDone || v.Run != nil {
		t.Fatalf("it is not over: %+v", v)
	}
	runs, err = s.WindowRuns(ctx, w.ID, 10)
	s.must(err)
	if r := runs[0]; !r.Until.Equal(begin.Add(2*time.Hour)) || len(r.Suppressed) != 1 || r.Entry == 0 {
		t.Errorf("the record: %+v", r)
	}
	s.must(daemon.Expect(s.Daemon, "battery/1", "", srv, appliance.StateCritical, "empty still"))
	if r, _ := s.expected("battery/1"); r.State != appliance.StateCritical || r.Held != nil {
		t.Errorf("after the window: %+v", r)
	}
	entries, err := s.LogbookEntries(ctx, appliance.LogbookFilter{Kinds: []appliance.LogbookKind{appliance.LogbookWindow}})
	s.must(err)
	if len(entries) != 1 || entries[0].Subject != "Neue Firmware" || entries[0].Reason != "a hole is closed" || !slices.Equal(entries[0].Devices, []appliance.ID{srv}) {
		t.Errorf("logbook: %+v", entries)
	}
	events, err := s.Events(ctx, appliance.EventFilter{Device: srv, Kinds: []appliance.EventKind{appliance.EventState}})
	s.must(err)
	var lines []string
	for _, e := range slices.Backward(events) {
		lines = append(lines, e.From.String()+">"+e.To.String()+map[bool]string{true: "*"}[e.Window != 0])
	}
	if got := strings.Join(lines, " "); got != "ok>critical* maintenance>critical" {
		t.Errorf("journal %q", got)
	}
}

// Two windows of one device overlap: it is in maintenance until the later one ends, and each has its own record.
func TestWindowsThatOverlap(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	srv := s.machine("srv-files")
	s.must(daemon.Expect(s.Daemon, "battery/1", "", srv, appliance.StateOK, "fine"))
	window := func(title string, all bool, until time.Duration) appliance.ID {
		t.Helper()
		w := appliance.Window{Title: title, Comment: "y", All: all, Until: s.Now().Add(until)}
		if !all {
			w.Devices = []appliance.ID{srv}
		}
		s.must(s.BeginWindow(ctx, byTest, &w))
		return w.ID
	}
	short, long := window("disk", false, time.Hour), window("the whole site", true, 3*time.Hour)
	s.must(daemon.Expect(s.Daemon, "battery/1", "", srv, appliance.StateCritical, "empty"))
	s.passing(90 * time.Minute)
	if v := s.window(short); v.State != appliance.WindowDone {
		t.Errorf("the first has not ended: %s", v.State)
	}
	if r, _ := s.expected("battery/1"); r.State != maintenance {
		t.Errorf("the second runs, and the state is %s", r.State)
	}
	s.passing(2 * time.Hour)
	s.must(daemon.Expect(s.Daemon, "battery/1", "", srv, appliance.StateCritical, "empty"))
	if r, _ := s.expected("battery/1"); r.State != appliance.StateCritical || s.window(long).State != appliance.WindowDone {
		t.Errorf("after both: %s, %s", r.State, s.window(long).State)
	}
	for _, id := range []appliance.ID{short, long} {
		runs, err := s.WindowRuns(ctx, id, 10)
		if s.must(err); len(runs) != 1 || runs[0].Until.IsZero() || runs[0].Entry == 0 {
			t.Errorf("the record of %s: %+v", id, runs)
		}
	}
}

func TestShortNoticeNeedsAReason(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	begin := s.Now().Add(20 * time.Hour)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "x", Comment: "y", All: true, From: begin, Until: begin.Add(time.Hour)}
	s.must(s.SaveWindow(ctx, byTest, &w))
	err := s.AnnounceWindow(ctx, byTest, w.ID)
	if e, ok := errors.AsType[*appliance.Error](err); !ok || e.Field != "from" || e.Message.Key != "window.error.notice" || e.Message.Args["earliest"].(time.Time).Weekday() != time.Thursday {
		t.Fatalf("%v", err)
	}
	w = s.window(w.ID).Window
	w.Kind = appliance.WindowEmergency
	if err := s.SaveWindow(ctx, byTest, &w); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("an emergency without a reason: %v", err)
	}
	w.Reason = "it smells of smoke"
	s.must(s.SaveWindow(ctx, byTest, &w))
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	if v := s.window(w.ID); !v.Short || v.Notice != 0 {
		t.Errorf("short %v, notice %d", v.Short, v.Notice)
	}
	w = s.window(w.ID).Window // what was announced is something else now
	w.From, w.Until = w.From.Add(time.Hour), w.Until.Add(time.Hour)
	s.must(s.SaveWindow(ctx, byTest, &w))
	if v := s.window(w.ID); v.State != appliance.WindowDraft {
		t.Errorf("moved by an hour it is still %s", v.State)
	}
	s.passing(22 * time.Hour)
	if v := s.window(w.ID); v.Run != nil {
		t.Error("a draft begins by itself")
	}
}

func TestRefusedAndMovedWindowsDoNotBegin(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	begin := s.Now().Add(5 * 24 * time.Hour)
	for _, a := range []appliance.WindowAnswer{{State: appliance.WindowRefused, Note: "stocktaking"}, {State: appliance.WindowMoved, Note: "Sunday"}} {
		w := appliance.Window{Kind: appliance.WindowPlanned, Title: "x", Comment: "y", All: true, From: begin, Until: begin.Add(time.Hour)}
		s.must(s.SaveWindow(ctx, byTest, &w))
		s.must(s.AnnounceWindow(ctx, byTest, w.ID))
		if err := s.AnswerWindow(ctx, byTest, w.ID, appliance.WindowAnswer{State: a.State}); appliance.CodeOf(err) != appliance.CodeInvalid {
			t.Errorf("%s without a word: %v", a.State, err)
		}
		s.must(s.AnswerWindow(ctx, byTest, w.ID, a))
	}
	s.passing(5*24*time.Hour + time.Minute)
	views, err := s.Windows(ctx)
	s.must(err)
	for _, v := range views {
		if v.Run != nil || v.State.Due() {
			t.Errorf("%s: %+v", v.State, v.Run)
		}
		if err := s.StartWindow(ctx, byTest, v.ID); appliance.CodeOf(err) != appliance.CodeConflict {
			t.Errorf("begun by hand: %v", err)
		}
	}
}

func TestAWindowThatComesBackRunsEachTime(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	begin := s.Now().Add(6 * 24 * time.Hour).Truncate(time.Minute)
	w := appliance.Window{Kind: appliance.WindowPlanned, Title: "x", Comment: "y", All: true, From: begin, Until: begin.Add(6 * time.Hour), Rule: "FREQ=DAILY;COUNT=4"}
	s.must(s.SaveWindow(ctx, byTest, &w))
	s.must(s.AnnounceWindow(ctx, byTest, w.ID))
	s.must(s.CancelWindow(ctx, byTest, w.ID, begin.AddDate(0, 0, 1), "holiday"))
	s.passing(6*24*time.Hour + time.Minute)
	if s.window(w.ID).Run == nil {
		t.Fatal("the first does not run")
	}
	s.must(s.EndWindow(ctx, byTest, w.ID, "done early")) // it must not begin again
	s.passing(time.Minute)
	if v := s.window(w.ID); v.Run != nil || v.State != appliance.WindowAnnounced || !v.Next.From.Equal(begin.AddDate(0, 0, 2)) {
		t.Fatalf("after the first: %s, next %s", v.State, v.Next.From)
	}
	s.passing(24 * time.Hour)
	if s.window(w.ID).Run != nil {
		t.Fatal("the one that was called off runs")
	}
	s.passing(24 * time.Hour)
	if s.window(w.ID).Run == nil {
		t.Fatal("the third does not run")
	}
	s.must(s.ExtendWindow(ctx, byTest, w.ID, s.Now().Add(10*time.Hour)))
	s.passing(9 * time.Hour)
	if s.window(w.ID).Run == nil {
		t.Fatal("it was made longer and has ended")
	}
	s.passing(2 * time.Hour)
	s.clock.advance(10 * 24 * time.Hour) // the appliance is off while the last takes place
	s.passing(time.Second)               // it sees that the last has passed,
	s.passing(time.Second)               // and that nothing follows
	if v := s.window(w.ID); v.State != appliance.WindowDone {
		t.Errorf("it is %s", v.State)
	}
	runs, err := s.WindowRuns(ctx, w.ID, 10)
	s.must(err)
	if len(runs) != 2 || runs[1].EndedBy != "tester" || runs[1].Note != "done early" {
		t.Errorf("%d runs: %+v", len(runs), runs)
	}
}

func TestABeginThatSurvivesARestart(t *testing.T) {
	s := monday(t)
	srv := s.machine("srv-files")
	w := appliance.Window{Title: "at work", Comment: "a disk", Devices: []appliance.ID{srv}, Until: s.Now().Add(time.Hour)}
	s.must(s.BeginWindow(t.Context(), byTest, &w))
	if w.State != appliance.WindowRunning || w.Kind != appliance.WindowAdHoc {
		t.Fatalf("%+v", w)
	}
	s.must(s.Close())
	again, err := open(t, s.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	again.clock.set(s.Now().Add(10 * time.Minute))
	if v := again.window(w.ID); v.Run == nil {
		t.Error("it runs no longer")
	}
	if _, ok := daemon.WindowFor(again.Daemon, srv, again.Now()); !ok {
		t.Error("the device is not in it")
	}
	again.passing(2 * time.Hour)
	if v := again.window(w.ID); v.State != appliance.WindowDone {
		t.Errorf("it is %s", v.State)
	}
}

func TestStatusLinksEndAndAreRevoked(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	l := appliance.StatusLink{Name: "board", Expires: s.Now().Add(time.Hour)}
	secret, err := s.NewStatusLink(ctx, byTest, &l)
	s.must(err)
	if strings.Contains(string(l.Hash), secret) || len(secret) < 20 {
		t.Error("the secret is kept, or short")
	}
	if _, err := s.OpenStatusLink(ctx, secret); err != nil {
		t.Error(err)
	}
	if _, err := s.OpenStatusLink(ctx, secret+"x"); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Error(err)
	}
	s.clock.advance(2 * time.Hour)
	if _, err := s.OpenStatusLink(ctx, secret); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("over: %v", err)
	}
	if _, err := s.NewStatusLink(ctx, byTest, &appliance.StatusLink{Name: "for ever", Expires: s.Now().AddDate(10, 0, 0)}); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("for ever: %v", err)
	}
	s.must(s.DeleteStatusLink(ctx, byTest, l.ID))
	if all, err := s.StatusLinks(ctx); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
}
