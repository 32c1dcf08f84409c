package probes

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// ICMP sockets depend on a sysctl of the network namespace and on capabilities. So that no machine's settings decide
// what is tested, these tests run themselves again in a namespace of their own, where the sysctl is theirs to set.
const netnsMarker = "SITEWARD_TEST_PING_GROUPS"

// inNamespace runs the calling test again inside a new network namespace with the given ping_group_range, dropping
// CAP_NET_RAW when raw is false. It says whether this is the inner run; the outer one is over then.
func inNamespace(tb testing.TB, groups string, raw bool) bool {
	tb.Helper()
	if os.Getenv(netnsMarker) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+tb.Name()+"$", "-test.v", "-test.count=1")
	if b, ok := tb.(*testing.B); ok {
		cmd.Args = []string{os.Args[0], "-test.run=^$", "-test.bench=^" + b.Name() + "$", "-test.benchtime=5x"}
	}
	cmd.Env = append(os.Environ(), netnsMarker+"="+groups, fmt.Sprintf("SITEWARD_TEST_PING_RAW=%v", raw))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	runtime.LockOSThread() // Pdeathsig belongs to the thread
	defer runtime.UnlockOSThread()
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil && strings.Contains(string(out), "--- SKIP"):
		tb.Skipf("%s", out)
	case err == nil:
		tb.Logf("%s", out)
		repeatMetrics(tb, string(out))
	case len(out) == 0 && os.Getenv("CI") != "true":
		tb.Skipf("no network namespace to be had: %v", err)
	default:
		tb.Errorf("in the namespace: %v\n%s", err, out)
	}
	return false
}

// repeatMetrics reports what the inner benchmark measured as the outer one's.
func repeatMetrics(tb testing.TB, out string) {
	b, ok := tb.(*testing.B)
	if !ok {
		return
	}
	for _, m := range regexp.MustCompile(`([0-9.]+) ([a-z-]+/1000echoes|x-fping)`).FindAllStringSubmatch(out, -1) {
		if v, err := strconv.ParseFloat(m[1], 64); err == nil {
			b.ReportMetric(v, m[2])
		}
	}
}

// inside prepares the namespace, gives up CAP_NET_RAW if told so, and runs what was asked for.
func inside(m *testing.M) int {
	if os.Getenv("SITEWARD_TEST_PING_RAW") == "false" {
		fmt.Println("give up CAP_NET_RAW:", againWithoutNetRaw())
		return 1
	}
	if err := prepare(); err != nil {
		fmt.Println("prepare the namespace:", err)
		return 1
	}
	return m.Run()
}

// againWithoutNetRaw takes the capability from this thread's bounding set and executes the program anew from it: the
// one way that needs no system call in all threads, which Go does not offer in a race-detecting build.
func againWithoutNetRaw() error {
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_NET_RAW, 0, 0, 0); err != nil {
		return err
	}
	if err := os.Setenv("SITEWARD_TEST_PING_RAW", "dropped"); err != nil {
		return err
	}
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}

func prepare() error {
	if err := os.WriteFile("/proc/sys/net/ipv4/ping_group_range", []byte(os.Getenv(netnsMarker)), 0o644); err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	ifr.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr)
}
