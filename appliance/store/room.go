package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"siteward/appliance"
)

// Badger writes through memory maps of sparse files. When the disk is full, such a write is a SIGBUS that ends the
// process, and replaying the log at the next start is another one. So there is always room: writes are refused
// before it gets tight, room for the log is allocated ahead, and a ballast file is given back at each start.
const (
	minFree     = 64 << 20 // below this, no writes
	enoughFree  = 72 << 20 // from here on, writes again
	ballastSize = 32 << 20
	openRoom    = 24 << 20 // what Badger may need to replay its logs into tables
)

func freeBytes(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return st.Bavail * uint64(st.Bsize), nil
}

func (s *Store) ballastPath() string { return filepath.Join(s.dir, "ballast") }

// makeRoom gives the ballast back and refuses to open when even then there is too little room.
func (s *Store) makeRoom() error {
	if err := os.Remove(s.ballastPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(s.dir, err)
	}
	free, err := s.opt.free(s.dir)
	if err != nil {
		return folderError(s.dir, err)
	}
	if free >= openRoom {
		return nil
	}
	return &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
		Key: "store.error.no_room", Args: map[string]any{"Dir": s.dir, "Free": free, "Need": uint64(openRoom)},
		English: fmt.Sprintf("the disk of %s is full: %d MiB are free and opening the store needs %d MiB; make room on it and start Siteward again", s.dir, free>>20, openRoom>>20),
	}}
}

// takeBallast takes the room back that makeRoom gave, or as much of it as there is, once Badger has turned the logs it
// found into tables. Without it the store works as well, only the next start or stop on a full disk would not.
func (s *Store) takeBallast() {
	if st, err := os.Stat(s.ballastPath()); err == nil && st.Size() > 0 {
		return
	}
	if len(s.logFiles()) > 1 {
		return
	}
	free, err := s.opt.free(s.dir)
	if err != nil || free < 4<<20 {
		return
	}
	size := int64(min(ballastSize, free-2<<20))
	if err := allocate(s.ballastPath(), os.O_CREATE, size); err != nil {
		s.log.Debug("no ballast", "error", err)
		_ = os.Remove(s.ballastPath())
	}
}

// allocateLogs makes the file system set aside the room of Badger's write-ahead logs, which are sparse at first, so
// that a disk filled by others cannot break a write under way. Where the file system cannot, minFree has to do.
func (s *Store) allocateLogs() {
	logs := s.logFiles()
	for _, path := range logs {
		if s.guard.allocated[path] {
			continue
		}
		if free, err := s.opt.free(s.dir); err != nil || free < minFree {
			return
		}
		if err := allocate(path, 0, memTableSize+memTableSize/4); err != nil {
			s.log.Debug("room for the log is not allocated ahead", "error", err)
		}
	}
	known := map[string]bool{}
	for _, path := range logs {
		known[path] = true
	}
	s.guard.allocated = known
}

// logFiles are Badger's write-ahead logs: the one in use, and before it those that are being turned into tables.
func (s *Store) logFiles() []string {
	logs, _ := filepath.Glob(filepath.Join(s.dbDir(), "*.mem"))                                                    // the pattern is a good one
	slices.SortFunc(logs, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }) // 100000.mem is after 99999.mem
	return logs
}

// roomToClose says whether Badger has room to turn its last log into a table, giving the ballast for it if need be.
func (s *Store) roomToClose() bool {
	free, err := s.opt.free(s.dir)
	if err == nil && free < openRoom {
		_ = os.Remove(s.ballastPath())
		free, err = s.opt.free(s.dir)
	}
	return err != nil || free >= openRoom
}

func allocate(path string, flags int, size int64) error {
	f, err := os.OpenFile(path, os.O_RDWR|flags, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Fallocate(int(f.Fd()), 0, 0, size)
}
