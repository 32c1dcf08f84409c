package store

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"siteward/appliance"
	"siteward/internal/peer"
)

// storesDir holds a stored copy of each schema: vN.zip, a store that was stopped cleanly, and vN.backup, both made
// from seed by TestWriteStoreOfThisSchema when N was new. They are never made again.
func storesDir() string { return filepath.Join(peer.Root(), "testdata", "stores") }

// TestWriteStoreOfThisSchema makes the copies when SITEWARD_WRITE_STORES=1 is set: once for each new schema.
func TestWriteStoreOfThisSchema(t *testing.T) {
	if os.Getenv("SITEWARD_WRITE_STORES") != "1" {
		for _, name := range []string{"v%d.zip", "v%d.backup"} {
			if _, err := os.Stat(filepath.Join(storesDir(), fmt.Sprintf(name, schema()))); err != nil {
				t.Errorf("there is no stored copy of schema %d; make it with SITEWARD_WRITE_STORES=1: %v", schema(), err)
			}
		}
		return
	}
	o := at(noon)
	o.Backups = -1
	s := mustOpen(t, filepath.Join(t.TempDir(), "store"), o)
	seed(t, s)
	must(t, os.MkdirAll(storesDir(), 0o755))
	must(t, s.backupTo(t.Context(), filepath.Join(storesDir(), fmt.Sprintf("v%d.backup", schema()))))
	must(t, s.Close())
	must(t, os.Remove(s.ballastPath()))
	f, err := os.Create(filepath.Join(storesDir(), fmt.Sprintf("v%d.zip", schema())))
	must(t, err)
	z := zip.NewWriter(f)
	must(t, z.AddFS(os.DirFS(s.dir)))
	must(t, errors.Join(z.Close(), f.Close()))
}

// TestStoresOfEarlierSchemasOpen opens every copy and finds in it what seed put there.
func TestStoresOfEarlierSchemasOpen(t *testing.T) {
	fresh := mustOpen(t, t.TempDir(), at(noon))
	seed(t, fresh)
	want := content(t, fresh)
	copies, err := filepath.Glob(filepath.Join(storesDir(), "v*"))
	must(t, err)
	if len(copies) < 2*schema() {
		t.Fatalf("%d copies of %d schemas", len(copies), schema())
	}
	for _, path := range copies {
		t.Run(filepath.Base(path), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			if filepath.Ext(path) == ".zip" {
				unzip(t, path, dir)
			} else {
				f, err := os.Open(path)
				must(t, err)
				defer f.Close()
				must(t, Restore(t.Context(), f, dir))
			}
			s := mustOpen(t, dir, at(noon))
			if d := cmp.Diff(want, content(t, s)); d != "" {
				t.Error(d)
			}
			r, err := s.Verify(t.Context())
			must(t, err)
			if len(r.Damage) > 0 {
				t.Errorf("damage: %v", r.Damage)
			}
			must(t, s.PutDevice(&appliance.Device{Name: "new"}))
		})
	}
}

func unzip(tb testing.TB, path, dir string) {
	tb.Helper()
	z, err := zip.OpenReader(path)
	must(tb, err)
	defer z.Close()
	for _, f := range z.File {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if f.FileInfo().IsDir() {
			must(tb, os.MkdirAll(to, 0o700))
			continue
		}
		must(tb, os.MkdirAll(filepath.Dir(to), 0o700))
		r, err := f.Open()
		must(tb, err)
		b, err := io.ReadAll(r)
		must(tb, err)
		must(tb, os.WriteFile(to, b, 0o600))
	}
}

// TestMigrationsRunStepByStepAndWhole adds steps to those there are.
func TestMigrationsRunStepByStepAndWhole(t *testing.T) {
	before := migrations
	t.Cleanup(func() { migrations = before })
	dir := seeded(t)
	failing := true
	migrations = append(append([]func(*Tx) error{}, before...),
		func(tx *Tx) error { return tx.PutMeta("first", []byte("done")) },
		func(tx *Tx) error {
			if err := tx.PutMeta("second", []byte("half")); err != nil {
				return err
			}
			if failing {
				return errors.New("out of luck")
			}
			return nil
		})
	if _, err := Open(t.Context(), dir, Options{SkipVerify: true}); err == nil {
		t.Fatal("a failing migration opens the store")
	}
	migrations = migrations[:len(before)+1]
	s := mustOpen(t, dir, at(noon))
	if first, _ := s.Meta("first"); string(first) != "done" {
		t.Error("the first step is not kept")
	}
	if second, _ := s.Meta("second"); second != nil {
		t.Error("half of the second step is kept")
	}
	if n, err := view(s, (*Tx).schema); err != nil || n != schema() {
		t.Errorf("schema %d, %v", n, err)
	}
}
