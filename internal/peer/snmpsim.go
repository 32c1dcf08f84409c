package peer

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Snmpsimd serves the recordings of a folder by Debian's snmpsimd until the test ends, and gives its address once the
// recording named ready answers. The community is the file name without its ending.
func Snmpsimd(tb testing.TB, dir, ready string) string {
	tb.Helper()
	program := Need(tb, "snmpsimd", "snmpsim-command-responder")
	room, err := os.MkdirTemp("", "snmpsimd") // not TempDir: the process user must be able to enter it
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(room) })
	data, cache := filepath.Join(room, "data"), filepath.Join(room, "cache")
	if err := os.CopyFS(data, os.DirFS(dir)); err != nil {
		tb.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{room: 0o755, data: 0o755, cache: 0o777} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			tb.Fatal(err)
		}
	}
	addr := FreeUDP(tb)
	args := []string{"--data-dir=" + data, "--cache-dir=" + cache, "--logging-method=null", "--agent-udpv4-endpoint=" + addr}
	if os.Getuid() == 0 {
		args = append(args, "--process-user=nobody", "--process-group=nogroup")
	}
	Start(tb, program, args...)
	host, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	c := &gosnmp.GoSNMP{Target: host, Port: uint16(n), Version: gosnmp.Version2c, Community: ready, Timeout: 200 * time.Millisecond}
	if err := c.Connect(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Conn.Close() })
	Until(tb, 2*time.Minute, "snmpsimd answers", func() bool {
		_, err := c.GetNext([]string{".1.3"})
		return err == nil
	})
	return addr
}
