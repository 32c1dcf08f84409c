package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
)

// BackupFile is a backup beside the store.
type BackupFile struct {
	Path string    `json:"path"`
	Made time.Time `json:"made"`
	Size int64     `json:"size"`
}

const (
	backupPrefix = "siteward-"
	backupSuffix = ".backup"
	backupStamp  = "20060102-150405"
)

func (s *Store) backupDir() string { return filepath.Join(s.dir, "backups") }

// BackupNightly makes a backup beside the store, reads it back to verify it, and removes the oldest ones beyond
// Options.Backups. A backup that is not complete and verified never has a backup's name.
func (s *Store) BackupNightly(ctx context.Context, now time.Time) (BackupFile, error) {
	if s.opt.Backups < 0 {
		return BackupFile{}, nil
	}
	if err := s.roomForBackup(); err != nil {
		return BackupFile{}, err
	}
	if err := os.MkdirAll(s.backupDir(), 0o700); err != nil {
		return BackupFile{}, folderError(s.backupDir(), err)
	}
	b := BackupFile{Made: now.UTC().Truncate(time.Second)}
	b.Path = filepath.Join(s.backupDir(), backupPrefix+b.Made.Format(backupStamp)+backupSuffix)
	tmp := b.Path + ".part"
	defer os.Remove(tmp)
	if err := s.backupTo(ctx, tmp); err != nil {
		return b, err
	}
	if err := VerifyBackupFile(tmp); err != nil {
		return b, err
	}
	if err := os.Rename(tmp, b.Path); err != nil {
		return b, fmt.Errorf("backup: %w", err)
	}
	if err := syncFolder(s.backupDir()); err != nil {
		return b, fmt.Errorf("backup: %w", err)
	}
	if st, err := os.Stat(b.Path); err == nil {
		b.Size = st.Size()
	}
	return b, s.pruneBackups()
}

// roomForBackup refuses a backup that would leave too little room for the store itself. A backup is at most about
// as large as the tables.
func (s *Store) roomForBackup() error {
	free, err := s.opt.free(s.dir)
	if err != nil {
		return err
	}
	if need := uint64(minFree) + s.rewritten(); free < need {
		return appliance.Errorf(appliance.CodeReadOnly, "no room for a backup: %d MiB are free and %d MiB are needed; make room on the disk of %s", free>>20, need>>20, s.dir)
	}
	return nil
}

func (s *Store) backupTo(ctx context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return errors.Join(s.Backup(ctx, f), f.Sync(), f.Close())
}

// VerifyBackupFile is VerifyBackup for a file.
func VerifyBackupFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("verify backup: %w", err)
	}
	defer f.Close()
	_, err = VerifyBackup(f)
	return err
}

// Backups lists the backups beside the store, newest first.
func (s *Store) Backups() ([]BackupFile, error) {
	entries, err := os.ReadDir(s.backupDir())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, folderError(s.backupDir(), err)
	}
	var out []BackupFile
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), backupPrefix)
		stamp, ok2 := strings.CutSuffix(stamp, backupSuffix)
		made, err := time.Parse(backupStamp, stamp)
		info, err2 := e.Info()
		if ok && ok2 && err == nil && err2 == nil {
			out = append(out, BackupFile{Path: filepath.Join(s.backupDir(), e.Name()), Made: made, Size: info.Size()})
		}
	}
	slices.SortFunc(out, func(a, b BackupFile) int { return b.Made.Compare(a.Made) })
	return out, nil
}

func (s *Store) pruneBackups() error {
	all, err := s.Backups()
	if err != nil {
		return err
	}
	for _, old := range all[min(len(all), s.opt.Backups):] {
		if err := os.Remove(old.Path); err != nil {
			return fmt.Errorf("remove old backup: %w", err)
		}
	}
	return nil
}
