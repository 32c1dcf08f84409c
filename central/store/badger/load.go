package badger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store"
)

// loading is a file beside the tables that is there while a backup is loaded: tables that lie beside it are half of one.
const loading = "loading"

// Load fills an empty store. A transaction of Badger cannot hold a backup, so what was cut off is taken away again: here, or by the next
// Open when the power failed.
func (s *Store) Load(ctx context.Context, fill func(central.Put) error) error {
	if err := s.empty(); err != nil {
		return err
	}
	mark, err := lockMark(s.dir, os.O_CREATE|os.O_RDWR)
	if err != nil {
		return err
	}
	defer mark.Close()
	if err := syncFolder(s.dir); err != nil {
		return err
	}
	err = fill(func(rows []central.Row, events []central.Event, records []central.Record) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return s.change(ctx, func(t *tx) error { return t.load(rows, events, records) })
	})
	if err != nil {
		if err := s.db.DropAll(); err != nil {
			return err // the mark stays, so that nobody takes the half for all
		}
		s.memory.clear()
	}
	return errors.Join(err, os.Remove(mark.Name()), syncFolder(s.dir))
}

func (t *tx) load(rows []central.Row, events []central.Event, records []central.Record) error {
	for i := range rows {
		if err := t.put(&rows[i], true); err != nil {
			return err
		}
	}
	for _, e := range events {
		if err := t.event(e); err != nil {
			return err
		}
	}
	for _, r := range records {
		if err := store.CheckRecord(&r); err != nil {
			return err
		}
		t.set(keyRecord(r.Family, r.Key), sealRecord(r))
	}
	return nil
}

// empty fails when the store holds anything.
func (s *Store) empty() error {
	return s.db.View(func(txn *badger.Txn) error {
		return scan(txn, nil, nil, func(_, _ []byte) error { return central.ErrNotEmpty })
	})
}

// cutOff takes away what a restore has left that did not come to its end, and says whether there was any: the store was empty before.
func cutOff(dir string) (bool, error) {
	mark, err := lockMark(dir, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer mark.Close()
	return true, errors.Join(os.RemoveAll(filepath.Join(dir, tables)), syncFolder(dir), os.Remove(mark.Name()), syncFolder(dir))
}

// lockMark opens the mark and holds it, so that nobody takes away what another process is loading.
func lockMark(dir string, flag int) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, loading), flag, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil { //nolint:gosec // a file's number
		return nil, errors.Join(appliance.Errorf(appliance.CodeConflict, "a backup is being restored into this store; wait until that has ended"), f.Close())
	}
	return f, nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
