package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// seeded makes a store with a bit of everything and closes it.
func seeded(tb testing.TB) (dir string) {
	tb.Helper()
	dir = filepath.Join(tb.TempDir(), "store")
	s := mustOpen(tb, dir, at(noon))
	seed(tb, s)
	must(tb, s.Close())
	return dir
}

func seed(tb testing.TB, s *Store) {
	tb.Helper()
	must(tb, s.PutSite(appliance.Site{Name: "Muster GmbH", Language: "de", TimeZone: "Europe/Berlin"}))
	c := appliance.Credential{Name: "public", SNMPVersion: "2c", Community: appliance.Secret{Value: "public"}}
	must(tb, s.PutCredential(&c))
	for i := range 30 {
		d := appliance.Device{Name: fmt.Sprintf("device %d", i), Kind: appliance.KindServer, Address: fmt.Sprintf("192.0.2.%d", i)}
		must(tb, s.PutDevice(&d))
		k := appliance.Check{Device: d.ID, Name: "ping", Probe: appliance.ProbePing, Interval: appliance.Duration(time.Minute)}
		must(tb, s.PutCheck(&k))
		must(tb, s.Append([]appliance.Event{{At: noon, Kind: appliance.EventAudit, Device: d.ID, Check: k.ID, By: "anna", Object: d.Name}}))
	}
	must(tb, s.PutUser(&appliance.User{Name: "Anna", Role: appliance.RoleAdministrator}))
	infos := []appliance.SeriesInfo{{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "ping.rtt"}, Unit: "s", Step: time.Minute}}
	must(tb, s.SeriesFor(infos))
	for i := range 300 {
		must(tb, s.Record(Batch{At: noon.Add(time.Duration(i-300) * time.Minute), Samples: []appliance.Sample{{Series: 1, Number: float64(i % 50)}}}))
	}
}

// files lists the files of a store's database with an ending.
func files(tb testing.TB, dir, ext string) []string {
	tb.Helper()
	out, err := filepath.Glob(filepath.Join(dir, "db", "*"+ext))
	must(tb, err)
	if len(out) == 0 {
		tb.Fatalf("no %s in %s", ext, dir)
	}
	return out
}

// flip turns one bit of the first place in a file where a text stands.
func flip(tb testing.TB, path, text string) {
	tb.Helper()
	b, err := os.ReadFile(path)
	must(tb, err)
	i := bytes.Index(b, []byte(text))
	if i < 0 {
		tb.Fatalf("%q does not stand in %s", text, path)
	}
	b[i] ^= 1
	must(tb, os.WriteFile(path, b, 0o600))
}

func damageText(r Report) string {
	var out []string
	for _, d := range r.Damage {
		out = append(out, d.Where+": "+d.What)
	}
	return strings.Join(out, "\n")
}

func TestFlippedBitInATableIsNamedAndTheRestIsUsable(t *testing.T) {
	dir := seeded(t)
	flip(t, files(t, dir, ".sst")[0], `"device 7"`)
	s := mustOpen(t, dir, at(noon))
	r, err := s.Verify(t.Context())
	must(t, err)
	if got := damageText(r); !strings.Contains(got, "device 8: checksum") || !strings.Contains(got, ".sst") {
		t.Errorf("the report does not name the device and the table:\n%s", got)
	}
	devices, err := s.Devices()
	must(t, err)
	if len(devices) != 29 {
		t.Errorf("%d devices are usable, want 29", len(devices))
	}
	if _, err := s.Device(8); err == nil || !strings.Contains(err.Error(), "device 8") {
		t.Errorf("the damaged device: %v", err)
	}
	must(t, s.PutDevice(&appliance.Device{Name: "new"}))
}

func TestFlippedBitInTheLogIsNoticed(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "store"), at(noon))
	seed(t, s)
	// As after a power cut: the files as they stand, without a stop.
	crashed := filepath.Join(dir, "crashed")
	must(t, os.CopyFS(crashed, os.DirFS(s.dir)))
	flip(t, files(t, crashed, ".mem")[0], `"device 20"`)
	c := mustOpen(t, crashed, at(noon))
	r, err := c.Verify(t.Context())
	must(t, err)
	if got := damageText(r); !strings.Contains(got, "write-ahead log") || !strings.Contains(got, "events 20 to 30") && !strings.Contains(got, "events 21 to 30") {
		t.Errorf("the report does not say what was lost:\n%s", got)
	}
	devices, err := c.Devices()
	must(t, err)
	if len(devices) < 20 {
		t.Errorf("%d devices are usable, want those before the damage", len(devices))
	}
}

func TestMissingEventIsAGap(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	seed(t, s)
	must(t, s.db.Update(func(txn *badger.Txn) error { return txn.Delete(keyEvent(12)) }))
	r, err := s.Verify(t.Context())
	must(t, err)
	if got := damageText(r); !strings.Contains(got, "events 12 to 12 are missing") {
		t.Errorf("report:\n%s", got)
	}
}

func TestMissingManifestIsRefusedAndNothingDeleted(t *testing.T) {
	dir := seeded(t)
	must(t, os.Remove(filepath.Join(dir, "db", "MANIFEST")))
	before := files(t, dir, ".sst")
	_, err := Open(t.Context(), dir, Options{SkipVerify: true})
	if appliance.CodeOf(err) != appliance.CodeUnavailable || !strings.Contains(err.Error(), "restore") {
		t.Errorf("got %v", err)
	}
	if after := files(t, dir, ".sst"); len(after) != len(before) {
		t.Errorf("%d tables are left of %d", len(after), len(before))
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	dir := seeded(t)
	s := mustOpen(t, dir, at(noon))
	must(t, s.Update(func(tx *Tx) error { return tx.setSchema(schema() + 1) }))
	must(t, s.Close())
	_, err := Open(t.Context(), dir, Options{SkipVerify: true})
	if appliance.CodeOf(err) != appliance.CodeUnavailable || !strings.Contains(err.Error(), "newer Siteward") {
		t.Errorf("got %v", err)
	}
	if _, err := Open(t.Context(), dir, Options{SkipVerify: true}); err == nil || strings.Contains(err.Error(), "in use") {
		t.Errorf("the refusal left the lock behind: %v", err)
	}
}

func TestStoreInUseNamesTheProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	w := startWriter(t, dir, 0, false)
	_, err := Open(t.Context(), dir, Options{SkipVerify: true})
	if appliance.CodeOf(err) != appliance.CodeConflict || !strings.Contains(err.Error(), fmt.Sprintf("process %d", w.cmd.Process.Pid)) {
		t.Errorf("got %v, want the number %d in it", err, w.cmd.Process.Pid)
	}
	must(t, w.cmd.Process.Kill())
	w.drain(t)
	mustOpen(t, dir, at(noon)) // the lock ended with the process
}

func TestReadOnlyFolderHasAClearMessage(t *testing.T) {
	dir := seeded(t)
	if os.Geteuid() == 0 { // root may write anywhere but on a read-only mount
		must2(t, syscall.Mount(dir, dir, "", syscall.MS_BIND, ""))
		t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
		must2(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""))
	} else {
		must(t, os.Chmod(dir, 0o500))
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	}
	_, err := Open(t.Context(), dir, Options{SkipVerify: true})
	if appliance.CodeOf(err) != appliance.CodeUnavailable || !strings.Contains(err.Error(), "make it writable") {
		t.Errorf("got %v", err)
	}
	s := mustOpen(t, dir, Options{ReadOnly: true})
	if devices, err := s.Devices(); err != nil || len(devices) != 30 {
		t.Errorf("reading only: %d devices, %v", len(devices), err)
	}
	if err := s.PutMeta("x", []byte("y")); appliance.CodeOf(err) != appliance.CodeReadOnly {
		t.Errorf("writing to it: %v", err)
	}
}

// must2 skips where mounting is not allowed, except for root in CI.
func must2(tb testing.TB, err error) {
	tb.Helper()
	if err != nil && os.Getenv("CI") != "true" {
		tb.Skip("cannot mount: ", err)
	}
	must(tb, err)
}

func TestReadOnlyNeedsACleanStop(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	w := startWriter(t, dir, 0, true)
	for w.lines.Scan() {
		if strings.HasPrefix(w.lines.Text(), "ack 5") {
			break
		}
	}
	must(t, w.cmd.Process.Kill())
	w.drain(t)
	_, err := Open(t.Context(), dir, Options{ReadOnly: true, SkipVerify: true})
	if err == nil || !strings.Contains(err.Error(), "was not stopped cleanly") {
		t.Errorf("got %v", err)
	}
}

func Test32BitIsRefused(t *testing.T) {
	if err := checkWordSize(32); appliance.CodeOf(err) != appliance.CodeUnavailable || !strings.Contains(err.Error(), "64-bit") {
		t.Errorf("got %v", err)
	}
	must(t, checkWordSize(64))
}

func TestFailedSyncAcknowledgesNothingMore(t *testing.T) {
	broken := false
	o := at(noon)
	o.sync = func(db *badger.DB) error {
		if broken {
			return syscall.EIO
		}
		return db.Sync()
	}
	s := mustOpen(t, t.TempDir(), o)
	must(t, s.PutMeta("a", []byte("1")))
	broken = true
	if err := s.PutMeta("b", []byte("2")); appliance.CodeOf(err) != appliance.CodeReadOnly {
		t.Errorf("a change that could not be synced: %v", err)
	}
	broken = false // the disk seems to work again, but what it dropped is gone
	if err := s.PutMeta("c", []byte("3")); appliance.CodeOf(err) != appliance.CodeReadOnly {
		t.Errorf("a change after a failed sync: %v", err)
	}
	if readOnly, why := s.Mode(); !readOnly || why.Key != "store.read_only.sync" {
		t.Errorf("mode %v %+v", readOnly, why)
	}
	if err := s.Healthy(t.Context()); err == nil {
		t.Error("the watchdog is still fed")
	}
	if b, err := s.Meta("a"); err != nil || string(b) != "1" {
		t.Errorf("reading: %q, %v", b, err)
	}
}

func TestHealthyNoticesAStoreThatHangs(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	must(t, s.Healthy(t.Context()))
	s.write.Lock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Healthy(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	s.write.Unlock()
}

// TestBigChangeIsAtomic makes a change ten times what a Badger transaction holds, and interrupts it.
func TestBigChangeIsAtomic(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, at(noon))
	const n = 4000
	big := func(tx *Tx) error {
		for i := range n {
			d := appliance.Device{Name: fmt.Sprintf("d%d", i), Purpose: strings.Repeat("x", 700)}
			if err := tx.PutDevice(&d); err != nil {
				return err
			}
			if i == 10 {
				if got, err := tx.DeviceByName("D10"); err != nil || got.ID != d.ID {
					return fmt.Errorf("a change does not see itself: %v %w", got, err)
				}
			}
		}
		return nil
	}
	must(t, s.Update(big))
	if got, err := s.Devices(); err != nil || len(got) != n {
		t.Fatalf("%d devices, %v", len(got), err)
	}
	if keys, err := view(s, func(tx *Tx) ([][]byte, error) { return tx.keys([]byte{famStaged}) }); err != nil || len(keys) != 0 {
		t.Errorf("%d staged parts are left, %v", len(keys), err)
	}

	// A change that was complete but not visible when the process ended is finished by Open …
	part := appendWrite(nil, string(keyText(famMeta, metaUser+"late")), encodeBytes([]byte("done")))
	part = appendWrite(part, string(keyID(famDevice, 1)), nil)
	stage := func(complete bool) {
		must(t, s.db.Update(func(txn *badger.Txn) error {
			if complete {
				must(t, txn.Set(keyStaged(0), encodeBytes(binary.BigEndian.AppendUint32(nil, 1))))
			}
			return txn.Set(keyStaged(1), encodeBytes(packPart(part)))
		}))
	}
	stage(true)
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon))
	if b, err := s.Meta("late"); err != nil || string(b) != "done" {
		t.Errorf("a complete change was not finished: %q, %v", b, err)
	}
	if _, err := s.Device(1); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("a deletion of it: %v", err)
	}
	// … and one that was not complete never was.
	part = appendWrite(nil, string(keyText(famMeta, metaUser+"half")), encodeBytes([]byte("done")))
	stage(false)
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon))
	if b, err := s.Meta("half"); err != nil || b != nil {
		t.Errorf("half a change is visible: %q, %v", b, err)
	}
}
