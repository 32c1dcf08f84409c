package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
	"github.com/rogpeppe/go-internal/testscript"

	"siteward/appliance/control"
)

func TestMain(m *testing.M) {
	actAsRelease()
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
			e.Setenv("GORACE", "atexit_sleep_ms=0") // each program would sleep a second before it ends
			e.Setenv("WEB", web.URL)
			e.Setenv("WEBTLS", webTLS.URL)
			e.Setenv("WEBTLSADDR", webTLS.Listener.Addr().String())
			return nil
		},
		Condition: func(name string) (bool, error) {
			return name == "central" && centralCommand().HasSubCommands(), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport": freePort, "running": running, "answers": answers, "take": take, "asked": asked, "status": status, "code": code, "bytes": overwrite, "owner": setOwner, "owned": owned,
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

// ready bounds how long a program may take to start: far more than it needs, because tests of other packages run beside.
const ready = 90 * time.Second

// running FOLDER waits until the appliance of a data folder answers.
func running(ts *testscript.TestScript, _ bool, args []string) {
	folder := ts.MkAbs(args[0])
	wait(ts, "the appliance in "+folder, func(ctx context.Context) error {
		client, err := control.Dial(ctx, folder)
		if err == nil {
			_, err = client.Health(ctx)
		}
		return err
	})
}

// answers ADDRESS COMMUNITY waits until an SNMP agent answers.
func answers(ts *testscript.TestScript, _ bool, args []string) {
	to, err := netip.ParseAddrPort(args[0])
	ts.Check(err)
	c := &gosnmp.GoSNMP{Target: to.Addr().String(), Port: to.Port(), Version: gosnmp.Version2c, Community: args[1], Timeout: 200 * time.Millisecond}
	ts.Check(c.Connect())
	defer c.Conn.Close()
	wait(ts, "the agent at "+args[0], func(context.Context) error {
		_, err := c.GetNext([]string{".1.3"})
		return err
	})
}

// wait asks in this process: a program started for each try would keep the machine from what is waited for.
func wait(ts *testscript.TestScript, what string, ask func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), ready)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for err := ask(ctx); err != nil; err = ask(ctx) {
		select {
		case <-ctx.Done():
			ts.Fatalf("%s does not answer within %s: %v", what, ready, err)
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

// asked SOCKET PATH REGEXP waits until the API behind a socket says so.
func asked(ts *testscript.TestScript, _ bool, args []string) {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", ts.MkAbs(args[0]))
	}}}
	want := regexp.MustCompile(args[2])
	wait(ts, args[1], func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://local/api/v1"+args[1], nil)
		ts.Check(err)
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err == nil && !want.Match(b) {
			err = fmt.Errorf("it says %s", b)
		}
		return err
	})
}

// status CODE URL... asks for each as a browser does that nobody has signed in with.
func status(ts *testscript.TestScript, _ bool, args []string) {
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, url := range args[1:] {
		res, err := c.Get(url)
		ts.Check(err)
		ts.Check(res.Body.Close())
		if strconv.Itoa(res.StatusCode) != args[0] {
			ts.Fatalf("%s: %s", url, res.Status)
		}
	}
}

// take NAME REGEXP sets a variable to what the first group finds in the output of the command before.
func take(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("the output has no %s:\n%s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], found[1])
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
