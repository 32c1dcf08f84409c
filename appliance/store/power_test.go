package store

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"siteward/internal/peer"
)

// ext4Shutdown makes an ext4 file system forget what it has not written: what a power cut does.
const (
	ext4Shutdown   = 0x8004587d
	shutdownNoSync = 2
)

// TestPowerCutLosesNothing is figure 20: SITEWARD_POWERCUTS=50 cuts, no acknowledged record lost. It needs root, loop
// devices and some minutes.
func TestPowerCutLosesNothing(t *testing.T) {
	cuts := envInt("SITEWARD_POWERCUTS", 0)
	if cuts == 0 {
		t.Skip("set SITEWARD_POWERCUTS to the number of power cuts")
	}
	disk := newLoopDisk(t, 512)
	dir := filepath.Join(disk.mount, "store")
	var acked []uint64
	next, total, all := uint64(0), 0, 0
	for cut := range cuts {
		if cut%20 == 19 { // begin anew, so that new folders are cut too
			must(t, os.RemoveAll(dir))
			acked, next = nil, 0
		}
		w := startWriter(t, dir, next, true)
		timer := time.AfterFunc(time.Duration(5+rand.IntN(396))*time.Millisecond, func() {
			_ = w.cmd.Process.Signal(syscall.SIGSTOP)
			waitStopped(w.cmd.Process.Pid)
			disk.cut(t)
			_ = w.cmd.Process.Kill()
		})
		w.drain(t)
		timer.Stop()
		disk.remount(t)
		acked = append(acked, w.acked...)
		all += len(w.acked)
		n, _ := lostSynced(t, dir, acked)
		total += n
		if len(acked) > 0 {
			next = acked[len(acked)-1] + 2
		}
	}
	t.Logf("power cuts %d, acknowledged %d, lost %d", cuts, all, total)
	if total > 0 {
		t.Error("acknowledged records were lost")
	}
}

// lostSynced counts synced values that are not there.
func lostSynced(tb testing.TB, dir string, acked []uint64) (int, time.Duration) {
	tb.Helper()
	return lost(tb, dir, acked, true)
}

// waitStopped returns when all threads of a process stand still.
func waitStopped(pid int) {
	for range 10000 {
		threads, _ := os.ReadDir(filepath.Join("/proc", strconv.Itoa(pid), "task"))
		stopped := true
		for _, t := range threads {
			b, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "task", t.Name(), "stat"))
			if i := strings.LastIndexByte(string(b), ')'); i > 0 && i+2 < len(b) && b[i+2] != 'T' {
				stopped = false
			}
		}
		if stopped {
			return
		}
	}
}

// loopDisk is an ext4 file system of its own in a file.
type loopDisk struct{ image, device, mount string }

func newLoopDisk(tb testing.TB, mib int) *loopDisk {
	tb.Helper()
	if os.Geteuid() != 0 {
		tb.Skip("mounting needs root")
	}
	peer.Need(tb, "mkfs.ext4")
	peer.Need(tb, "losetup")
	d := &loopDisk{image: filepath.Join(tb.TempDir(), "disk"), mount: tb.TempDir()}
	f, err := os.Create(d.image)
	must(tb, err)
	must(tb, f.Truncate(int64(mib)<<20))
	must(tb, f.Close())
	d.run(tb, "mkfs.ext4", "-q", d.image)
	d.attach(tb)
	tb.Cleanup(func() { d.detach(tb) })
	return d
}

func (d *loopDisk) run(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	out, err := exec.Command(peer.Need(tb, name), args...).CombinedOutput()
	if err != nil {
		tb.Fatalf("%s: %v: %s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (d *loopDisk) attach(tb testing.TB) {
	tb.Helper()
	d.device = d.run(tb, "losetup", "-f", "--show", d.image)
	must(tb, syscall.Mount(d.device, d.mount, "ext4", 0, ""))
}

func (d *loopDisk) detach(tb testing.TB) {
	tb.Helper()
	peer.Until(tb, 10*time.Second, "unmount", func() bool { return syscall.Unmount(d.mount, 0) == nil })
	d.run(tb, "losetup", "-d", d.device)
}

func (d *loopDisk) cut(tb testing.TB) {
	f, err := os.Open(d.mount)
	if err != nil {
		tb.Error(err)
		return
	}
	defer f.Close()
	if err := unix.IoctlSetPointerInt(int(f.Fd()), ext4Shutdown, shutdownNoSync); err != nil {
		tb.Error(err)
	}
}

// remount brings the disk back as after a power cut: through a new loop device, without what was in memory.
func (d *loopDisk) remount(tb testing.TB) {
	tb.Helper()
	d.detach(tb)
	d.attach(tb)
}
