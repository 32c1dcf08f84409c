package peer

import (
	"syscall"
	"testing"
	"time"
)

// SmallDisk mounts a file system in memory of a size such as "2m", which is soon full. Only root may; without it the test is
// skipped, in CI it fails.
func SmallDisk(tb testing.TB, size string) string {
	tb.Helper()
	dir := tb.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		missing(tb, "a tmpfs cannot be mounted: "+err.Error())
	}
	tb.Cleanup(func() {
		Until(tb, 5*time.Second, "unmount", func() bool { return syscall.Unmount(dir, 0) == nil })
	})
	return dir
}
