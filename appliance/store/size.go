package store

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

// Sizes is what a store takes, in bytes of the disk.
type Sizes struct {
	Database int64 `json:"database"` // Badger's files
	Backups  int64 `json:"backups"`
	Ballast  int64 `json:"ballast"` // room kept back for a start on a full disk
	Free     int64 `json:"free"`    // what is left on the disk
	Series   int   `json:"series"`
}

// Size looks at the files of the store.
func (s *Store) Size() Sizes {
	free, _ := s.opt.free(s.dir)
	s.samples.mu.RLock()
	n := len(s.samples.ids)
	s.samples.mu.RUnlock()
	return Sizes{
		Database: diskUsage(s.dbDir()), Backups: diskUsage(filepath.Join(s.dir, "backups")),
		Ballast: diskUsage(s.ballastPath()), Free: int64(free), Series: n,
	}
}

// diskUsage is what files take on the disk, which for sparse ones is less than their length.
func diskUsage(path string) (bytes int64) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // a file that went meanwhile takes no room
		}
		if info, err := d.Info(); err == nil {
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				bytes += st.Blocks * 512
			}
		}
		return nil
	})
	return bytes
}
