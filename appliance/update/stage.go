package update

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"siteward/appliance"
)

// Staging is one update on its way.
type Staging struct {
	Running   string // version
	By        string
	Downgrade bool
	Again     bool // also a release that was taken back before
	Now       time.Time
	Needs     int64                                        // bytes that the backup will take at most
	Backup    func(ctx context.Context, w io.Writer) error // of the store, nil: there is none yet
	Verify    func(r io.Reader) error                      // of a backup
}

// ErrNotOurs says that this program was not started through the folder, so that putting a release there would change nothing.
var ErrNotOurs = &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{Key: "update.error.not_ours",
	English: "this Siteward was not started by the packaged service, so it cannot be updated by itself; install the new package instead (docs/update.md)"}}

// Look reads and checks the manifest of a release.
func (f Folder) Look(ctx context.Context, src Source) (Manifest, error) {
	manifest, signature, err := src.Manifest(ctx)
	if err != nil {
		return Manifest{}, err
	}
	return f.Keys.Open(manifest, signature)
}

// Stage fetches a release, checks it, saves the store and marks the release to be tried at the next start. Until the very last step
// nothing that runs or would run is touched; when it fails, what it had begun is removed.
func (f Folder) Stage(ctx context.Context, src Source, o Staging) (m Manifest, err error) {
	manifest, signature, err := src.Manifest(ctx)
	if err != nil {
		return m, err
	}
	if m, err = f.Keys.Open(manifest, signature); err != nil {
		return m, err
	}
	state, err := f.Load()
	if err != nil {
		return m, err
	}
	file, err := f.mayFollow(m, state, o)
	if err != nil {
		return m, err
	}
	f.do("fetch")
	tmp, err := os.MkdirTemp(f.Dir, ".stage-")
	if err != nil {
		return m, fmt.Errorf("releases: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := f.fetch(ctx, src, m, file, filepath.Join(tmp, programName)); err != nil {
		return m, err
	}
	for name, b := range map[string][]byte{ManifestName: manifest, SignatureName: signature} {
		if err := f.write(filepath.Join(tmp, name), b, 0o644); err != nil {
			return m, err
		}
	}
	pending := &Pending{Version: m.Version, From: o.Running, At: o.Now, By: o.By}
	if o.Backup != nil {
		pending.Backup = "before-" + m.Version + ".backup"
		f.do("backup")
		if err := f.backup(ctx, f.path(pending.Backup), o); err != nil {
			return m, err
		}
	}
	f.do("place")
	if err := errors.Join(os.Chmod(tmp, 0o755), os.RemoveAll(f.path(m.Version))); err != nil { //nolint:gosec // a program that may be read and run
		return m, err
	}
	if err := os.Rename(tmp, f.path(m.Version)); err != nil {
		return m, err
	}
	if err := syncDir(f.Dir); err != nil {
		return m, err
	}
	state.Pending, state.Restore = pending, nil
	state.Untold = append(state.Untold, Step{At: o.Now, What: StepStaged, Version: m.Version, From: o.Running, By: o.By})
	return m, f.save(state)
}

// mayFollow says whether a release may be tried, and which file of it.
func (f Folder) mayFollow(m Manifest, s State, o Staging) (File, error) {
	if s.Settled == "" {
		return File{}, ErrNotOurs
	}
	if s.Pending != nil {
		return File{}, appliance.Errorf(appliance.CodeConflict, "version %s is on trial; wait until it has proved itself or was taken back", s.Pending.Version)
	}
	if err := m.Fits(o.Running, o.Downgrade); err != nil {
		return File{}, err
	}
	if x, bad := s.HasFailed(m.Version); bad && !o.Again {
		return File{}, appliance.Errorf(appliance.CodeConflict, "version %s was taken back on %s: %s; with --again it is tried once more", m.Version, x.At.Format(time.DateOnly), x.Why)
	}
	// The package manager's own program is preferred when it is newer, so an older release would never start.
	if o.Downgrade && Compare(m.Version, s.Settled) < 0 {
		return File{}, appliance.Errorf(appliance.CodeConflict, "version %s is older than the installed package (%s); install an older package first", m.Version, s.Settled)
	}
	file, err := m.For(f.OS, f.Arch)
	if err != nil {
		return file, err
	}
	var fs syscall.Statfs_t
	need := file.Bytes + o.Needs + 64<<20
	if err := syscall.Statfs(f.Dir, &fs); err == nil && int64(fs.Bavail)*fs.Bsize < need { //nolint:gosec // no disk has 2^63 blocks
		return file, appliance.Errorf(appliance.CodeReadOnly, "the update needs %d MB of free space in %s; make room and try again", need>>20, f.Dir)
	}
	return file, nil
}

// fetch writes the program, of exactly the size and the sum that were signed.
func (f Folder) fetch(ctx context.Context, src Source, m Manifest, file File, to string) error {
	in, err := src.program(ctx, m, file)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755) //nolint:gosec // a program
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), io.LimitReader(in, file.Bytes+1))
	err = errors.Join(err, out.Sync(), out.Close())
	if err != nil {
		return fmt.Errorf("fetch %s: %w", file.Name, err)
	}
	if n != file.Bytes || hex.EncodeToString(sum.Sum(nil)) != file.SHA256 {
		return badRelease("%s is not the file that was signed (%d bytes of %d)", file.Name, n, file.Bytes)
	}
	return nil
}

// backup writes the store beside the releases and reads it again.
func (f Folder) backup(ctx context.Context, to string, o Staging) (err error) {
	tmp, err := os.CreateTemp(f.Dir, ".backup-*")
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, tmp.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err := o.Backup(ctx, tmp); err != nil {
		return fmt.Errorf("the store could not be saved before the update: %w", err)
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := o.Verify(tmp); err != nil {
		return fmt.Errorf("the backup before the update does not verify: %w", err)
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}
