package cli

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"siteward": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScript runs testdata/script: what people type, what they see, and the exit codes. $SWITCH and $HOSTILE are recordings,
// $WEB is a page and $WEBTLS one behind a certificate that nobody signed.
func TestScript(t *testing.T) {
	t.Parallel()
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "all good") })
	web, webTLS := httptest.NewServer(page), httptest.NewTLSServer(page)
	t.Cleanup(func() { web.Close(); webTLS.Close() })
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Deadline:            time.Now().Add(8 * time.Minute),
		Setup: func(e *testscript.Env) error {
			e.Setenv("SWITCH", exampleSwitch)
			e.Setenv("WEB", web.URL)
			e.Setenv("WEBTLS", webTLS.URL)
			e.Setenv("WEBTLSADDR", webTLS.Listener.Addr().String())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport": freePort, "until": until, "code": code, "bytes": overwrite, "owner": setOwner, "owned": owned,
		},
	})
}

// freePort NAME... sets each variable to a loopback address with a port that is free for UDP and TCP.
func freePort(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		udp, err := net.ListenPacket("udp4", "127.0.0.1:0")
		ts.Check(err)
		ts.Setenv(name, udp.LocalAddr().String())
		_, port, err := net.SplitHostPort(udp.LocalAddr().String())
		ts.Check(err)
		ts.Setenv(name+"PORT", port)
		ts.Check(udp.Close())
	}
}

// until PROGRAM ARG... runs a program again and again until it ends with 0.
func until(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for ts.Exec(args[0], args[1:]...) != nil {
		select {
		case <-ctx.Done():
			ts.Fatalf("%v did not end with 0 within 20 s", args)
		case <-tick.C:
		}
	}
}

// code N PROGRAM ARG... runs a program that must end with exit code N. stdout and stderr look at its output as after exec.
func code(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		coded, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v: %v", args, err)
		}
		got = coded.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// bytes FILE turns round the bits of a byte in the middle of a file.
func overwrite(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	b[len(b)/2] ^= 0xff
	ts.Check(os.WriteFile(path, b, 0o600))
}

const nobody = 65534

// owner FOLDER gives a folder and what is in it to the user nobody; without root that is not possible, and owned is content.
func setOwner(ts *testscript.TestScript, _ bool, args []string) {
	if os.Geteuid() != 0 {
		return
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	}))
}

// owned FOLDER says whether everything in a folder still has the owner of the folder.
func owned(ts *testscript.TestScript, _ bool, args []string) {
	folder := ts.MkAbs(args[0])
	uid, _, _ := owner(folder)
	if os.Geteuid() == 0 && uid != nobody {
		ts.Fatalf("%s belongs to %d", folder, uid)
	}
	ts.Check(filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		if err == nil && int(st.Sys().(*syscall.Stat_t).Uid) != uid {
			ts.Fatalf("%s belongs to %d", path, st.Sys().(*syscall.Stat_t).Uid)
		}
		return err
	}))
}
