package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"siteward/appliance"
)

const wordSize = bits.UintSize

// checkWordSize refuses 32-bit machines: Badger maps its files as a whole and fails there later, less clearly.
func checkWordSize(n int) error {
	if n >= 64 {
		return nil
	}
	return &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
		Key: "store.error.word_size", Args: map[string]any{"Bits": n},
		English: fmt.Sprintf("the store needs a 64-bit system (amd64 or arm64), this one is %d-bit; install Siteward on a 64-bit system", n),
	}}
}

// openFolder makes the folder when it is not there, takes the lock and gives the ballast's room back.
func (s *Store) openFolder() error {
	if !s.opt.ReadOnly {
		for _, dir := range []string{s.dir, s.dbDir()} {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return folderError(s.dir, err)
			}
		}
		if err := os.Chmod(s.dir, 0o700); err != nil {
			return folderError(s.dir, err)
		}
	}
	if err := s.takeLock(); err != nil {
		return err
	}
	if s.opt.ReadOnly {
		return nil
	}
	if err := s.makeRoom(); err != nil {
		s.unlock()
		return err
	}
	return nil
}

func folderError(dir string, err error) error {
	e := &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{
		Args: map[string]any{"Dir": dir, "Error": err.Error()}}}
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		e.Message.Key = "store.error.folder_read_only"
		e.Message.English = fmt.Sprintf("the folder %s cannot be written by this user (%v); make it writable for Siteward, or choose another with --data", dir, err)
	case errors.Is(err, fs.ErrNotExist):
		e.Message.Key = "store.error.folder_missing"
		e.Message.English = fmt.Sprintf("there is no store in %s; check the path given with --data", dir)
	default:
		e.Message.Key = "store.error.folder"
		e.Message.English = fmt.Sprintf("the folder %s cannot be used: %v", dir, err)
	}
	return e
}

// takeLock holds the store for this process. The lock ends with the process, however it ends.
func (s *Store) takeLock() error {
	flags := os.O_RDWR | os.O_CREATE
	if s.opt.ReadOnly {
		flags = os.O_RDONLY
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "lock"), flags, 0o600)
	if err != nil {
		return folderError(s.dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 20)
		n, _ := f.ReadAt(holder, 0)
		f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return folderError(s.dir, err)
		}
		return lockedError(s.dir, strings.TrimSpace(string(holder[:n])), err)
	}
	s.lock = f
	if s.opt.ReadOnly {
		return nil
	}
	text := fmt.Sprintf("%d\n", os.Getpid())
	if _, err := f.WriteAt([]byte(text), 0); err != nil && !errors.Is(err, syscall.ENOSPC) { // full: the number is a courtesy
		s.unlock()
		return folderError(s.dir, err)
	}
	_ = f.Truncate(int64(len(text)))
	return nil
}

func lockedError(dir, pid string, err error) error {
	return &appliance.Error{Code: appliance.CodeConflict, Err: err, Message: appliance.Message{
		Key: "store.error.locked", Args: map[string]any{"Dir": dir, "Process": pid},
		English: fmt.Sprintf("the store %s is in use by process %s; stop that one first, or talk to it while it runs", dir, orElse(pid, "(unknown)")),
	}}
}

func (s *Store) unlock() {
	if s.lock != nil {
		s.lock.Close()
		s.lock = nil
	}
}

// checkManifest refuses a folder whose MANIFEST is gone: Badger would take it for an empty store and delete all tables.
func checkManifest(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST")); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return folderError(dir, err)
	}
	if err != nil {
		return folderError(dir, err)
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".sst", ".mem", ".vlog":
			return &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
				Key: "store.error.no_manifest", Args: map[string]any{"Dir": dir},
				English: fmt.Sprintf("the store %s has lost its file MANIFEST; opening it would delete everything, so it stays closed. Put the file back, or move the folder away and restore the newest backup with: siteward restore FILE", dir),
			}}
		}
	}
	return nil
}
