package daemon_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// TestAnUnreadableSourceIsToldAndEnds goes from a folder that is gone to the mail, and from its return to the mail that it is over.
func TestAnUnreadableSourceIsToldAndEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, p := told(t, func(o *daemon.Options) { o.Logs = []string{dir} })
	sub := filepath.Join(dir, "share")
	s.must(os.Mkdir(sub, 0o700))
	src := s.addSource(appliance.Source{Name: "NAS", Kind: appliance.SourceFiles, Files: &appliance.FilesSettings{Paths: []string{sub + "/backup.log"}}})
	read := func() {
		t.Helper()
		_, err := s.ReadSource(t.Context(), byTest, src.ID)
		s.must(err)
		s.must(daemon.ExpectSources(s.Daemon))
	}
	read()
	s.must(os.Remove(sub))
	read()
	s.pass(5 * time.Minute)
	if n := len(s.incidents()); n != 0 {
		t.Errorf("%d incidents before its deadline", n)
	}
	s.clock.advance(s.source(src.ID).Deadline().Sub(s.Now()) + time.Minute)
	read()
	s.pass(3 * time.Minute)
	until(t, "it is told", func() bool { return len(p.subjects()) == 1 })
	all := s.incidents()
	if got := p.subjects()[0]; !strings.HasPrefix(got, "Warning: NAS: ") || len(all) != 1 || !all[0].Open() {
		t.Errorf("%q, %+v", got, all)
	}
	s.must(os.Mkdir(sub, 0o700))
	read()
	s.pass(3 * time.Minute)
	until(t, "its end is told", func() bool { return len(p.subjects()) == 2 })
	if got := p.subjects()[1]; !strings.HasPrefix(got, "Over: NAS: ") || s.incidents()[0].Open() {
		t.Errorf("%q", got)
	}
}

// TestAnAgentThatFallsSilentIsNoticed has a Windows computer that pushes events, and a firewall that sends to syslog.
func TestAnAgentThatFallsSilentIsNoticed(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	agent := s.addSource(appliance.Source{Name: "srv-dc1", Kind: appliance.SourceEvents})
	wall := s.addSource(appliance.Source{Name: "Firewall", Kind: appliance.SourceSyslog, Interval: appliance.Duration(2 * time.Hour), Syslog: &appliance.SyslogSettings{Hosts: []string{"192.0.2.1"}}})
	script := s.addSource(appliance.Source{Name: "script", Kind: appliance.SourcePush})
	token, err := s.NewPushToken(t.Context(), byTest, agent.ID)
	s.must(err)
	push := func() {
		t.Helper()
		n, err := s.PushEvents(t.Context(), token, appliance.EventPush{From: "192.0.2.20", Body: []byte(`{"Channel":"System","EventID":7036,"Computer":"srv-dc1","Message":"running"}`)})
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		s.must(daemon.ExpectSources(s.Daemon))
	}
	hear := func() {
		t.Helper()
		before := s.source(wall.ID).Status.Heard
		daemon.HeardLine(s.Daemon, s.Now(), "192.0.2.1", "fw", "kernel", "session opened")
		daemon.FlushHeard(s.Daemon)
		until(t, "the line is read", func() bool { return s.source(wall.ID).Status.Heard.After(before) })
		s.must(daemon.ExpectSources(s.Daemon))
	}
	state := func(src appliance.Source) string {
		t.Helper()
		s.must(daemon.ExpectSources(s.Daemon))
		r, there := s.expected("source/" + src.ID.String())
		if !there {
			return "none"
		}
		return r.State.String() + " " + r.Evidence.Why.Key
	}
	want := func(when string, states ...string) {
		t.Helper()
		if got := []string{state(agent), state(wall), state(script)}; !slices.Equal(got, states) {
			t.Errorf("%s: %q, want %q", when, got, states)
		}
	}
	want("nothing has come yet", "none", "none", "none")
	push()
	hear()
	want("both were heard", "ok source.why_read", "ok source.why_read", "none")
	s.clock.advance(3 * time.Hour)
	want("the firewall is silent", "ok source.why_read", "nodata source.why_silent", "none")
	hear()
	want("the firewall is back", "ok source.why_read", "ok source.why_read", "none")
	for range 23 {
		s.clock.advance(time.Hour)
		hear()
	}
	want("the computer is silent for 26 hours", "nodata source.why_silent", "ok source.why_read", "none")
	for range 24 {
		s.clock.advance(time.Hour)
		hear()
	}
	want("and for two days", "warning source.why_silent", "ok source.why_read", "none")
	s.must(daemon.JudgeTime(s.Daemon, t.Context())) // the clock was set, not seen to pass: what was known before proves nothing
	want("and is looked at again", "warning source.why_silent", "ok source.why_read", "none")
	s.pass(3 * time.Minute)
	until(t, "it is told", func() bool { return len(p.subjects()) >= 1 })
	if got := p.subjects()[0]; !strings.HasPrefix(got, "Warning: srv-dc1: Nothing has come since ") || !strings.Contains(got, "24 h") && !strings.Contains(got, "1 d") {
		t.Errorf("%q", got)
	}
	push()
	want("the computer is back", "ok source.why_read", "ok source.why_read", "none")
	s.pass(3 * time.Minute)
	until(t, "its end is told", func() bool { n := p.subjects(); return strings.HasPrefix(n[len(n)-1], "Over: srv-dc1: ") })
	s.must(s.PauseSource(t.Context(), byTest, agent.ID, "replaced", time.Time{}))
	s.clock.advance(60 * time.Hour)
	hear()
	want("paused", "paused source.why_paused", "ok source.why_read", "none")
}
