package peer

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Postgres starts Debian's PostgreSQL in a folder of its own until the test ends and gives the address of an empty database. It
// refuses to run as root, so root starts it as nobody. Syncs are left on: what is tested is that nothing is lost.
func Postgres(tb testing.TB) string {
	tb.Helper()
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is a good one
	if len(programs) == 0 {
		missing(tb, "PostgreSQL is not installed")
	}
	bin := filepath.Dir(programs[len(programs)-1])
	room, err := os.MkdirTemp("", "postgres") // not TempDir: nobody must be able to enter it, and a socket's path is short
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(room) })
	var as []string
	if os.Getuid() == 0 {
		as = []string{Need(tb, "setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"}
		if err := os.Chown(room, 65534, 65534); err != nil {
			tb.Fatal(err)
		}
	}
	data := filepath.Join(room, "data")
	run := append(as, filepath.Join(bin, "initdb"), "-D", data, "-U", "siteward", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	cmd := exec.Command(run[0], run[1:]...)
	cmd.Dir = room
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("initdb: %v\n%s", err, out)
	}
	_, port, _ := net.SplitHostPort(FreeTCP(tb))
	run = append(as, filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-k", room, "-c", "max_connections=120")
	// An ordinary end waits for clients; SIGINT asks for a fast one.
	server := Start(tb, run[0], run[1:]...)
	tb.Cleanup(func() { _ = server.Process.Signal(syscall.SIGINT) })
	address := url.URL{Scheme: "postgres", User: url.User("siteward"), Host: net.JoinHostPort("127.0.0.1", port), Path: "/postgres", RawQuery: "sslmode=disable"}
	Until(tb, time.Minute, "PostgreSQL answers", func() bool {
		return exec.Command(filepath.Join(bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port).Run() == nil //nolint:gosec // a program of Debian
	})
	return address.String()
}

// PostgresDatabase makes one more empty database on a server and gives its address.
func PostgresDatabase(tb testing.TB, server string) string {
	tb.Helper()
	u, err := url.Parse(server)
	if err != nil {
		tb.Fatal(err)
	}
	databases++
	name := fmt.Sprintf("db%d_%s", databases, strconv.FormatInt(time.Now().UnixNano(), 36))
	if out, err := exec.Command(Need(tb, "psql"), server, "-q", "-c", "CREATE DATABASE "+name).CombinedOutput(); err != nil { //nolint:gosec // a program of Debian
		tb.Fatalf("create a database: %v\n%s", err, out)
	}
	u.Path = "/" + name
	return u.String()
}

var databases int
