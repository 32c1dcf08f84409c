package update

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// GoBack puts the store that was saved before a release was tried in the place of the present one, when that release was taken back
// and has changed the form of the store, so that this program cannot open it. The store that cannot be opened is kept in the folder.
// Each step may be cut off: the next start goes on with Finish.
func (f Folder) GoBack(ctx context.Context, data string, now time.Time, restore func(ctx context.Context, r io.Reader, dir string) error) (bool, error) {
	s, err := f.Load()
	if err != nil || s.Restore == nil || s.Restore.Swap {
		return false, err
	}
	in, err := os.Open(f.path(s.Restore.Backup))
	if err != nil {
		return false, fmt.Errorf("the backup from before the update: %w", err)
	}
	defer in.Close()
	fresh := f.restored(*s.Restore)
	f.do("unpack")
	if err := errors.Join(os.RemoveAll(fresh), restore(ctx, in, fresh)); err != nil {
		return false, fmt.Errorf("go back to the store from before the update: %w", err)
	}
	s.Restore.Swap = true
	if err := f.save(s); err != nil {
		return false, err
	}
	return true, f.Finish(data, now)
}

func (f Folder) restored(r Restore) string { return f.path("restored-" + r.Version) }

// storeFolder is the part of the data folder that a backup holds.
const storeFolder = "db"

// Finish goes on with a move that was begun. It must be called before a store is opened.
func (f Folder) Finish(data string, now time.Time) error {
	s, err := f.Load()
	if err != nil || s.Restore == nil || !s.Restore.Swap {
		return err
	}
	fresh, here := filepath.Join(f.restored(*s.Restore), storeFolder), filepath.Join(data, storeFolder)
	if _, err := os.Stat(fresh); err == nil {
		old := f.path("failed-" + s.Restore.Version)
		if _, err := os.Stat(here); err == nil {
			f.do("move old")
			if err := errors.Join(os.RemoveAll(old), os.Rename(here, old)); err != nil {
				return fmt.Errorf("put the store of the failed update aside: %w", err)
			}
		}
		f.do("move new")
		if err := os.Rename(fresh, here); err != nil {
			return fmt.Errorf("put the store from before the update in place: %w", err)
		}
		if err := syncDir(data); err != nil {
			return err
		}
	}
	s.Untold = append(s.Untold, Step{At: now, What: StepRestored, Version: s.Restore.Version})
	fresh = f.restored(*s.Restore)
	s.Restore = nil
	return errors.Join(f.save(s), os.RemoveAll(fresh))
}

// Opened says that the store could be opened by the program that was gone back to, so that it need not go back too.
func (f Folder) Opened() error {
	s, err := f.Load()
	if err != nil || s.Restore == nil || s.Restore.Swap || s.Pending != nil {
		return err
	}
	s.Restore = nil
	return f.save(s)
}
