package update

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// MaxStarts is how often a release on trial is started before it is taken back.
const MaxStarts = 3

// Settle decides which program the service manager starts next, and leads `current` to it. packaged is the path of the program that
// the package manager installed and version its version: the one that runs Settle. It always ends with a program that can be started;
// an error says what was wrong on the way.
func (f Folder) Settle(packaged, version string, now time.Time) (State, error) {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return State{}, fmt.Errorf("releases: %w", err)
	}
	s, err := f.Load()
	if err != nil {
		return s, errors.Join(err, f.lead(packaged))
	}
	s.Settled, s.Packaged = version, packaged
	f.judge(&s, now)
	target, why := packaged, error(nil)
	switch {
	case s.Pending != nil:
		s.Pending.Starts++
		target = f.path(s.Pending.Version, programName)
	case s.Chosen != "":
		target, why = f.chosen(&s, packaged, version, now)
	}
	// The count is on the disk before the start that it counts.
	if err := f.save(s); err != nil {
		// A full disk: a release that cannot be counted is not tried.
		if s.Pending != nil {
			target = f.proved(s, packaged)
		}
		why = errors.Join(why, err)
	}
	return s, errors.Join(why, f.lead(target))
}

// judge takes a release on trial back when it has had its starts, has said that it is not well, or is not what was signed.
func (f Folder) judge(s *State, now time.Time) {
	p := s.Pending
	if p == nil {
		return
	}
	why := ""
	switch {
	case p.Unwell != "":
		why = p.Unwell
	case p.Starts >= MaxStarts:
		why = fmt.Sprintf("it was started %d times and did not stay", p.Starts)
	default:
		if err := f.check(p.Version); err != nil {
			why = err.Error()
		}
	}
	if why == "" {
		return
	}
	s.Failed = append(s.Failed, Failed{Version: p.Version, At: now, Why: why})
	s.Untold = append(s.Untold, Step{At: now, What: StepReverted, Version: p.Version, From: p.From, Why: why})
	if p.Backup != "" && p.Starts > 0 {
		s.Restore = &Restore{Version: p.Version, Backup: p.Backup}
	}
	s.Pending = nil
}

// chosen is the program of the release in use, unless the package is newer or its files are damaged.
func (f Folder) chosen(s *State, packaged, version string, now time.Time) (string, error) {
	if Compare(version, s.Chosen) >= 0 {
		s.Chosen, s.Before = "", ""
		return packaged, nil
	}
	err := f.check(s.Chosen)
	if err == nil {
		return f.path(s.Chosen, programName), nil
	}
	s.Untold = append(s.Untold, Step{At: now, What: StepDamaged, Version: s.Chosen, Why: err.Error()})
	s.Chosen, s.Before = s.Before, ""
	if s.Chosen != "" && Compare(version, s.Chosen) < 0 && f.check(s.Chosen) == nil {
		return f.path(s.Chosen, programName), err
	}
	s.Chosen = ""
	return packaged, err
}

func (f Folder) proved(s State, packaged string) string {
	if s.Chosen != "" && f.check(s.Chosen) == nil {
		return f.path(s.Chosen, programName)
	}
	return packaged
}

// check holds the files of a release against its signature.
func (f Folder) check(version string) error {
	if !ValidVersion(version) {
		return badRelease("%.60q is no version", version)
	}
	read := func(name string, limit int64) ([]byte, error) {
		file, err := os.Open(f.path(version, name))
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return io.ReadAll(io.LimitReader(file, limit+1))
	}
	manifest, err := read(ManifestName, maxManifest)
	if err != nil {
		return fmt.Errorf("release %s: %w", version, err)
	}
	signature, err := read(SignatureName, maxSignature)
	if err != nil {
		return fmt.Errorf("release %s: %w", version, err)
	}
	m, err := f.Keys.Open(manifest, signature)
	if err != nil {
		return err
	}
	if m.Version != version {
		return badRelease("version %s lies in the place of %s", m.Version, version)
	}
	file, err := m.For(f.OS, f.Arch)
	if err != nil {
		return err
	}
	return sumOf(f.path(version, programName), file)
}

func sumOf(path string, file File) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(in, file.Bytes+1))
	if err != nil {
		return err
	}
	if n != file.Bytes || hex.EncodeToString(sum.Sum(nil)) != file.SHA256 {
		return badRelease("the program on the disk is not the one that was signed")
	}
	return nil
}

// lead makes `current` a link to a program.
func (f Folder) lead(target string) error {
	if rel, err := filepath.Rel(f.Dir, target); err == nil && !strings.HasPrefix(rel, "..") {
		target = rel
	}
	if now, err := os.Readlink(f.path(currentName)); err == nil && now == target {
		return nil
	}
	tmp := f.path(".current-new")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f.do("link")
	if err := os.Symlink(target, tmp); err != nil {
		return err
	}
	f.do("rename current")
	if err := os.Rename(tmp, f.path(currentName)); err != nil {
		return err
	}
	return syncDir(f.Dir)
}

// OnTrial says whether a version is the one that has to prove itself now.
func (f Folder) OnTrial(version string) bool {
	s, err := f.Load()
	return err == nil && s.Pending != nil && s.Pending.Version == version
}

// Confirm says that the release on trial is well. Releases and backups that nobody goes back to any more are removed.
func (f Folder) Confirm(version string, now time.Time) error {
	s, err := f.Load()
	if err != nil || s.Pending == nil || s.Pending.Version != version {
		return err
	}
	s.Untold = append(s.Untold, Step{At: now, What: StepConfirmed, Version: version, From: s.Pending.From})
	s.Before, s.Chosen, s.Pending, s.Restore = s.Chosen, version, nil, nil
	if err := f.save(s); err != nil {
		return err
	}
	return f.tidy(s)
}

// Unwell says that the release on trial is not healthy; the next start takes it back.
func (f Folder) Unwell(version, why string) error {
	s, err := f.Load()
	if err != nil || s.Pending == nil || s.Pending.Version != version {
		return err
	}
	s.Pending.Unwell = why
	return f.save(s)
}

// tidy removes what no start leads back to: other releases, and backups but the newest.
func (f Folder) tidy(s State) error {
	entries, err := os.ReadDir(f.Dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		name := e.Name()
		version, isBackup := strings.CutPrefix(strings.TrimSuffix(name, ".backup"), "before-")
		switch {
		case name == s.Chosen || name == s.Before:
		case e.IsDir() && ValidVersion(name), isBackup && version != s.Chosen, strings.HasPrefix(name, ".stage-"), strings.HasPrefix(name, ".backup-"), strings.HasPrefix(name, ".new-"):
			errs = append(errs, os.RemoveAll(f.path(name)))
		}
	}
	return errors.Join(errs...)
}
