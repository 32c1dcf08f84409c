package daemon_test

import (
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/control"
)

const actsFile = `siteward: 1
devices: [{name: srv-files, kind: server, address: 127.0.0.1, checks: []}]
contacts:
  - {name: M. Muster, role: keyuser, channels: [{kind: mail, address: muster@example.org}]}
routes: [{name: all, steps: [{contacts: [M. Muster]}]}]
windows:
  - {title: New disk, devices: [srv-files], contacts: [M. Muster], comment: "it is full", from: "2026-12-04 20:00", until: "2026-12-04 21:00", announce: true}
`

// What a site file announces is told as if a person had announced it, under the same rules, and all of the file or nothing happens.
func TestAFileAnnouncesAndCallsOff(t *testing.T) {
	s := monday(t)
	ctx := t.Context()
	if _, err := s.Ops().Apply(ctx, []byte(actsFile), control.ApplyOptions{Name: "a.yaml", DryRun: true}); err != nil || len(s.deliveries()) != 0 {
		t.Fatalf("a dry run tells somebody: %v", err)
	}
	_, err := s.Ops().Apply(ctx, []byte(strings.ReplaceAll(actsFile, "2026-12-04", "2026-12-02")), applied("a.yaml"))
	if err == nil || !strings.Contains(err.Error(), "a.yaml:7:97: from: planned work is announced three business days ahead") {
		t.Fatalf("short notice: %v", err)
	}
	if list, err := s.Contacts(ctx); err != nil || len(list) != 0 {
		t.Errorf("half of the file is there: %+v %v", list, err)
	}
	apply := func(text string) control.Applied {
		t.Helper()
		out, err := s.Ops().Apply(ctx, []byte(text), applied("a.yaml"))
		s.must(err)
		return out
	}
	apply(actsFile)
	list, err := s.Windows(ctx)
	s.must(err)
	w := list[0]
	if w.State != appliance.WindowAnnounced || w.Notice != 4 || w.Next.IsZero() || w.Owner != "a.yaml" {
		t.Errorf("window %+v", w)
	}
	told := s.deliveries()
	if len(told) != 1 || told[0].Title.Key != "window.notice.announced" || told[0].Name != "M. Muster" {
		t.Fatalf("told: %+v", told)
	}
	n, err := s.Store().Notice(told[0].Notice)
	s.must(err)
	if len(n.Files) != 1 || n.Lines[1].Args["names"] != "srv-files" {
		t.Errorf("notice %+v", n)
	}
	if err := s.SaveWindow(ctx, byTest, &w.Window); appliance.CodeOf(err) != appliance.CodeOwnedByFile {
		t.Errorf("a person changes what a file owns: %v", err)
	}
	if out := apply(actsFile); out.Changes != 0 || len(s.deliveries()) != 1 {
		t.Errorf("a second time: %s", out.Diff)
	}
	text, err := s.Ops().Export(ctx)
	s.must(err)
	if out := apply(string(text)); out.Changes != 0 {
		t.Errorf("its export: %s", out.Diff)
	}
	apply(strings.Split(actsFile, "windows:")[0])
	if v := s.window(w.ID); v.State != appliance.WindowCancelled {
		t.Errorf("called off: %s", v.State)
	}
	if told = s.deliveries(); len(told) != 2 || told[0].Title.Key != "window.notice.cancelled" {
		t.Errorf("told: %+v", told)
	}
}
