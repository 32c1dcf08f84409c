package daemon_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
)

// fill takes room until less than the store wants is left.
func fill(t *testing.T, dir string) (release func()) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Fallocate(int(f.Fd()), 0, 0, int64(st.Bavail)*st.Bsize-40<<20); err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.Remove(f.Name()) }
}

func TestAFullDiskIsSaidAndOver(t *testing.T) {
	t.Parallel()
	disk := peer.SmallDisk(t, "256m")
	s := restart(t, filepath.Join(disk, "data"))
	s.settle()
	s.signIn(appliance.RoleAdministrator)
	dev := s.device("ap-empfang", recording(t, "ap-empfang"))
	s.ask(dev.snmp, 1)
	release := fill(t, disk)

	room := appliance.Device{Name: "too late", Kind: appliance.KindOther, Address: "192.0.2.7"}
	var err error
	until(t, "an edit is refused", func() bool { // what was free a moment ago is believed for that moment
		room.ID, room.Version = 0, 0
		if err = s.AddDevice(t.Context(), byTest, &room, nil); err == nil {
			room.Name += "r"
		}
		return err != nil
	})
	if appliance.CodeOf(err) != appliance.CodeReadOnly || !strings.Contains(err.Error(), "full") {
		t.Errorf("an edit on a full disk: %v", err)
	}
	if err := daemon.WatchMode(s.Daemon, t.Context()); err != nil {
		t.Error(err)
	}
	if h := s.Health(t.Context()); !h.Store.ReadOnly || h.Store.Why.English == "" {
		t.Errorf("health %+v", h.Store)
	}
	if status, text := s.page("/settings"); status != http.StatusOK || !strings.Contains(text, "full") {
		t.Errorf("settings: %d, without a word about the disk", status)
	}
	dev.agent.Silence(true) // what happens meanwhile is shown, and stored afterwards
	s.ask(dev.snmp, 3)
	s.is(dev.snmp, appliance.ItemAnswer, appliance.StateCritical)
	if stored, _ := s.Store().States(); stored[0].State == appliance.StateCritical {
		t.Error("the store took a state while it takes none")
	}
	release()
	if err := daemon.WatchMode(s.Daemon, t.Context()); err != nil {
		t.Error(err)
	}
	if h := s.Health(t.Context()); h.Store.ReadOnly {
		t.Errorf("still read-only: %s", h.Store.Why.English)
	}
	stored, _ := s.Store().States()
	if i := slices.IndexFunc(stored, func(st appliance.StateRecord) bool { return st.Item == appliance.ItemAnswer }); i < 0 || stored[i].State != appliance.StateCritical {
		t.Errorf("stored afterwards: %+v", stored)
	}
	got := s.journal(appliance.EventFilter{})
	if !inOrder(got, "event.store_readonly", "monitor.no_answer", "event.store_back") {
		t.Errorf("journal %v", got)
	}
	if err := s.AddDevice(t.Context(), byTest, &room, nil); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// inOrder says whether a list holds these in this order.
func inOrder(list []string, want ...string) bool {
	for _, k := range list {
		if len(want) > 0 && k == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

func TestAStoreThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  string
	}{
		{"a file in the folder's place", func(t *testing.T, dir string) { must(t, os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600)) }, "folder"},
		{"the MANIFEST is missing", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "db", "MANIFEST"))) }, "backup"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			s, err := open(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			must(t, s.Close())
			c.spoil(t, dir)
			_, err = open(t, dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want it to speak of %q", err, c.want)
			}
		})
	}
}

func TestAReadOnlyFolderIsSaid(t *testing.T) {
	t.Parallel()
	disk := peer.SmallDisk(t, "256m")
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("remount: %v", err)
	}
	_, err := open(t, filepath.Join(disk, "data"))
	if err == nil || !strings.Contains(err.Error(), disk) || appliance.CodeOf(err) == "" {
		t.Errorf("error %v, want a sentence that names the folder", err)
	}
}

func TestBadProfilesDoNotKeepItFromStarting(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "mine.yaml"), []byte("what: is this"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "good.yaml"), []byte("name: good\ntitle: GOOD\npriority: 90\nmatch: [{always: true}]\nidentity: {model: [{value: the good one}]}\n"), 0o600))
	for name, c := range map[string]struct{ bad, event, model string }{
		"a file with a mistake": {folder, "event.profile_refused", "the good one"},
		"no such folder":        {filepath.Join(folder, "missing"), "event.profiles_refused", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := settled(t, func(o *daemon.Options) { o.Profiles = c.bad })
			dev := s.device("nas-1", recording(t, "nas-1"))
			if r := s.ask(dev.snmp, 1); r.Identity == nil || r.Identity.Vendor == "" {
				t.Error("the profiles that ship inside are not used")
			} else if c.model != "" && r.Identity.Model != c.model {
				t.Errorf("model %q: the other own profile is not used", r.Identity.Model)
			}
			if got := s.monitorEvents(); !slices.Contains(got, c.event) {
				t.Errorf("journal %v", got)
			}
			if h := s.Health(t.Context()); len(h.Notes) != 1 || !strings.Contains(h.Notes[0].English, c.bad) {
				t.Errorf("health notes %+v", h.Notes)
			}
			s.signIn(appliance.RoleAdministrator)
			if _, text := s.page("/settings"); !strings.Contains(text, "own device profile") {
				t.Error("the settings say nothing")
			}
			if !strings.Contains(s.log.String(), "not used") {
				t.Error("the log says nothing")
			}
		})
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
