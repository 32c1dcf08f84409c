package listen

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Drops gives a function that says how many datagrams the system has dropped for a socket because its buffer was full, since the
// function was made. It reads the last column of /proc/net/udp, which counts since the socket was opened.
func Drops(c *net.UDPConn) (func() (uint64, error), error) {
	inode, err := inodeOf(c)
	if err != nil {
		return nil, err
	}
	before, err := dropsOf(inode)
	if err != nil {
		return nil, err
	}
	return func() (uint64, error) {
		n, err := dropsOf(inode)
		return n - min(n, before), err
	}, nil
}

func inodeOf(c *net.UDPConn) (inode uint64, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var st syscall.Stat_t
	var bad error
	if err := raw.Control(func(fd uintptr) { bad = syscall.Fstat(int(fd), &st) }); err != nil {
		return 0, err
	}
	return st.Ino, bad
}

// dropsOf looks for a socket in both tables. /proc/self/net is there even where the unit hides the rest of /proc.
func dropsOf(inode uint64) (uint64, error) {
	for _, table := range []string{"/proc/self/net/udp", "/proc/self/net/udp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		n, found := dropsIn(f, inode)
		f.Close()
		if found {
			return n, nil
		}
	}
	return 0, fmt.Errorf("socket %d is not in /proc/net/udp", inode)
}

// dropsIn reads a table: "sl local rem st tx:rx tr:when retrnsmt uid timeout inode ref pointer drops".
func dropsIn(r io.Reader, inode uint64) (uint64, bool) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 13 || f[9] != strconv.FormatUint(inode, 10) {
			continue
		}
		n, err := strconv.ParseUint(f[12], 10, 64)
		return n, err == nil
	}
	return 0, false
}
