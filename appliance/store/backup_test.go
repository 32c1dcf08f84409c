package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"siteward/appliance"
)

// content is all that a store holds, as readers see it.
func content(tb testing.TB, s *Store) map[string]any {
	tb.Helper()
	out := map[string]any{}
	add := func(name string, v any, err error) {
		tb.Helper()
		must(tb, err)
		out[name] = v
	}
	site, err := s.Site()
	add("site", site, err)
	devices, err := s.Devices()
	add("devices", devices, err)
	checks, err := s.Checks()
	add("checks", checks, err)
	users, err := s.Users()
	add("users", users, err)
	credentials, err := s.Credentials()
	add("credentials", credentials, err)
	events, err := s.Events(EventFilter{Limit: 1000})
	add("events", events, err)
	states, err := s.States()
	add("states", states, err)
	c, err := s.Read(1, noon.Add(-6*time.Hour), noon)
	for i, x := range c.Number {
		if x != x {
			c.Number[i] = -1
		}
	}
	add("samples", c, err)
	return out
}

func TestBackupRestoresEverything(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "store"), at(noon))
	seed(t, s)
	must(t, s.Record(Batch{At: noon, States: []appliance.StateRecord{{StateKey: appliance.StateKey{Check: 1, Item: "answer"}, State: appliance.StateOK, Since: noon}}}))
	var b bytes.Buffer
	must(t, s.Backup(t.Context(), &b))
	want := content(t, s)
	m, err := VerifyBackup(bytes.NewReader(b.Bytes()))
	must(t, err)
	if m.Site != "Muster GmbH" || m.Schema != schema() || m.Seq != 30 || !m.Made.Equal(noon) {
		t.Errorf("manifest %+v", m)
	}
	must(t, Restore(t.Context(), bytes.NewReader(b.Bytes()), filepath.Join(dir, "restored")))
	r := mustOpen(t, filepath.Join(dir, "restored"), at(noon))
	if d := cmp.Diff(want, content(t, r)); d != "" {
		t.Error(d)
	}
	d := appliance.Device{Name: "after"}
	must(t, r.PutDevice(&d))
	if d.ID != 31 {
		t.Errorf("the next device has number %d, want 31", d.ID)
	}
	if err := Restore(t.Context(), bytes.NewReader(b.Bytes()), r.Dir()); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("restore over a store: %v", err)
	}
}

func TestDamagedBackupIsRefusedAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "store"), at(noon))
	seed(t, s)
	var b bytes.Buffer
	must(t, s.Backup(t.Context(), &b))
	good := b.Bytes()
	unpacked := unpack(t, good)
	other := func(change func([]byte) []byte) []byte { return pack(t, change(bytes.Clone(unpacked))) }
	for name, bad := range map[string][]byte{
		"empty":          {},
		"something else": []byte("this is no backup"),
		"cut":            good[:len(good)/2],
		"cut before end": other(func(b []byte) []byte { return b[:len(b)-44] }),
		"flipped":        other(func(b []byte) []byte { b[len(b)/2] ^= 4; return b }),
		"longer":         other(func(b []byte) []byte { return append(b, 0) }),
		"newer": other(func(b []byte) []byte {
			return bytes.Replace(b, fmt.Appendf(nil, `"schema":%d`, schema()), fmt.Appendf(nil, `"schema":%d`, schema()+1), 1)
		}),
		"huge part": other(func(b []byte) []byte { return append(b[:16], 0xff, 0, 0, 0) }),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := VerifyBackup(bytes.NewReader(bad)); appliance.CodeOf(err) != appliance.CodeInvalid {
				t.Errorf("verify: %v", err)
			}
			to := filepath.Join(dir, "restored")
			if err := Restore(t.Context(), bytes.NewReader(bad), to); appliance.CodeOf(err) != appliance.CodeInvalid {
				t.Errorf("restore: %v", err)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("something was left behind: %v", entries)
			}
		})
	}
}

func unpack(tb testing.TB, b []byte) []byte {
	tb.Helper()
	z, err := zstd.NewReader(bytes.NewReader(b))
	must(tb, err)
	defer z.Close()
	out, err := io.ReadAll(z)
	must(tb, err)
	return out
}

func pack(tb testing.TB, b []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	must(tb, err)
	_, err = z.Write(b)
	must(tb, err)
	must(tb, z.Close())
	return out.Bytes()
}

func TestNightlyBackupsAreVerifiedAndTheOldestGo(t *testing.T) {
	o := at(noon)
	o.Backups = 3
	var free atomic.Uint64
	free.Store(1 << 40)
	o.free = func(string) (uint64, error) { return free.Load(), nil }
	s := mustOpen(t, t.TempDir(), o)
	seed(t, s)
	for i := range 5 {
		b, err := s.BackupNightly(t.Context(), noon.Add(day(i)))
		must(t, err)
		must(t, VerifyBackupFile(b.Path))
	}
	all, err := s.Backups()
	must(t, err)
	if len(all) != 3 || !all[0].Made.Equal(noon.Add(day(4))) || all[0].Size == 0 {
		t.Errorf("backups %+v", all)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.BackupNightly(ctx, noon.Add(day(9))); err != nil && !strings.Contains(err.Error(), "canceled") {
		t.Errorf("interrupted: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.backupDir(), "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	free.Store(minFree - 1)
	if _, err := s.BackupNightly(t.Context(), noon.Add(day(10))); appliance.CodeOf(err) != appliance.CodeReadOnly {
		t.Errorf("without room: %v", err)
	}
}

func FuzzReadBackup(f *testing.F) {
	s, err := Open(context.Background(), f.TempDir(), Options{SkipVerify: true})
	must(f, err)
	must(f, s.PutSite(appliance.Site{Name: "Muster GmbH"}))
	var b bytes.Buffer
	must(f, s.Backup(context.Background(), &b))
	must(f, s.Close())
	f.Add(unpack(f, b.Bytes()))
	f.Add([]byte(backupMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = readRecords(bytes.NewReader(data), checkValue)
		if len(data) > 4 && binary.LittleEndian.Uint32(data) == 0xfd2fb528 { // zstd's magic number
			_, _ = VerifyBackup(bytes.NewReader(data))
		}
	})
}
