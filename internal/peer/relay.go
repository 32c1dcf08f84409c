package peer

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// MailRelay is Debian's OpenSMTPD with a mailbox for each name at example.com. It listens on loopback only, and may be stopped and started.
type MailRelay struct {
	Port    int
	tb      testing.TB
	program string
	conf    string
	boxes   string
	running *exec.Cmd
}

// NewMailRelay prepares a relay that does not run yet. It starts as root only: for others the test is skipped, in CI it fails.
func NewMailRelay(tb testing.TB, names ...string) *MailRelay {
	tb.Helper()
	r := &MailRelay{tb: tb, program: Need(tb, "smtpd")}
	if os.Geteuid() != 0 {
		missing(tb, "OpenSMTPD starts as root only")
	}
	dir, err := os.MkdirTemp("", "smtpd") // below a folder that the relay's user may enter
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	nobody, err := user.Lookup("nobody")
	if err != nil {
		tb.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	r.boxes, r.conf = filepath.Join(dir, "mail"), filepath.Join(dir, "smtpd.conf")
	if err := os.Chmod(dir, 0o755); err != nil || os.Mkdir(r.boxes, 0o755) != nil || os.Chown(r.boxes, uid, -1) != nil { //nolint:gosec // the relay's user enters it
		tb.Fatal("the mailboxes cannot be made")
	}
	_, port, _ := net.SplitHostPort(FreeTCP(tb))
	r.Port, _ = strconv.Atoi(port)
	text := fmt.Sprintf("listen on 127.0.0.1 port %d hostname relay.example\n", r.Port)
	for i, name := range names {
		text = fmt.Sprintf("table people%d { \"%s@example.com\" = \"nobody\" }\n", i, name) + text +
			fmt.Sprintf("action \"keep%d\" maildir %q user nobody virtual <people%d>\nmatch from local for rcpt-to \"%s@example.com\" action \"keep%d\"\n", i, filepath.Join(r.boxes, name), i, name, i)
	}
	if err := os.WriteFile(r.conf, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	return r
}

// Start lets it take mail. OpenSMTPD knows one queue and one control socket on a machine: each relay of a test sees its own there.
func (r *MailRelay) Start() {
	r.tb.Helper()
	dir := filepath.Dir(r.conf)
	queue, run := filepath.Join(dir, "queue"), filepath.Join(dir, "run")
	for _, d := range []string{queue, run} {
		if err := os.MkdirAll(d, 0o711); err != nil { //nolint:gosec // as OpenSMTPD wants it
			r.tb.Fatal(err)
		}
	}
	r.running = Start(r.tb, Need(r.tb, "unshare"), "--mount", "sh", "-c",
		`mount --bind "$1" /var/spool/smtpd && mount --bind "$2" /run && exec "$3" -d -f "$4"`, "sh", queue, run, r.program, r.conf)
	Until(r.tb, 20*time.Second, "the mail relay", r.answers)
}

// Stop ends it.
func (r *MailRelay) Stop() {
	r.tb.Helper()
	if err := syscall.Kill(-r.running.Process.Pid, syscall.SIGTERM); err != nil {
		r.tb.Log(err)
	}
	Until(r.tb, 20*time.Second, "the end of the mail relay", func() bool { return !r.answers() })
}

func (r *MailRelay) answers() bool {
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)))
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

// Mails are those that a mailbox has got, as they arrived.
func (r *MailRelay) Mails(name string) (out []string) {
	r.tb.Helper()
	files, _ := filepath.Glob(filepath.Join(r.boxes, name, "new", "*"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			r.tb.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}
