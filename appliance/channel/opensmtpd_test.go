package channel

import (
	"fmt"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// A real relay, Debian's OpenSMTPD: it takes our mail and puts it into a mailbox, it refuses a mailbox that it does not have, and while it
// is stopped a mail may be tried again.
func TestOpenSMTPD(t *testing.T) {
	program := peer.Need(t, "smtpd")
	if os.Geteuid() != 0 {
		t.Log("OpenSMTPD starts as root only")
		return
	}
	dir, err := os.MkdirTemp("", "smtpd") // below a folder that the relay's user may enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	box := filepath.Join(dir, "mail")
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	if err := os.Chmod(dir, 0o755); err != nil || os.Mkdir(box, 0o755) != nil || os.Chown(box, uid, -1) != nil { //nolint:gosec // the relay's user enters it
		t.Fatal("the mailbox cannot be made")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	conf := filepath.Join(dir, "smtpd.conf")
	text := fmt.Sprintf("table people { \"mara@example.com\" = \"nobody\" }\nlisten on 127.0.0.1 port %d hostname relay.example\naction \"keep\" maildir %q user nobody virtual <people>\nmatch from local for domain \"example.com\" action \"keep\"\n", port, box)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := Relay{MailRelay: appliance.MailRelay{Host: "127.0.0.1", Port: port, Security: appliance.MailPlain, From: "siteward@example.com"}, Name: "site.example", Now: time.Now}
	if _, err := r.Mail(t.Context(), "Mara", "mara@example.com", hello); err == nil || Refused(err) {
		t.Errorf("a relay that is not there: %v", err)
	}
	for start := range 2 {
		relay := peer.Start(t, program, "-d", "-f", conf)
		answer := send(t, r, "mara@example.com")
		if answer == "" {
			t.Fatal("the relay takes nothing")
		}
		if _, err := r.Mail(t.Context(), "", "nobody-here@example.com", hello); !Refused(err) {
			t.Errorf("a mailbox that is not there: %v", err)
		}
		arrived(t, filepath.Join(box, "new"), start+1)
		stopGroup(t, relay)
	}
	if _, err := r.Mail(t.Context(), "Mara", "mara@example.com", hello); err == nil || Refused(err) {
		t.Errorf("a relay that was stopped: %v", err)
	}
}

func stopGroup(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := syscall.Kill(-c.Process.Pid, syscall.SIGTERM); err != nil {
		t.Log(err)
	}
	<-time.After(500 * time.Millisecond)
}

func send(t *testing.T, r Relay, to string) string {
	t.Helper()
	for range 50 {
		if answer, err := r.Mail(t.Context(), "Mara", to, hello); err == nil {
			return answer
		}
		<-time.After(100 * time.Millisecond)
	}
	return ""
}

func arrived(t *testing.T, dir string, want int) {
	t.Helper()
	for range 50 {
		files, _ := os.ReadDir(dir)
		if len(files) < want {
			<-time.After(100 * time.Millisecond)
			continue
		}
		f, err := os.Open(filepath.Join(dir, files[0].Name()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, err := mail.ReadMessage(f)
		if err != nil || m.Header.Get("References") != "<incident-3@example.com>" || m.Header.Get("Subject") != hello.Subject {
			t.Errorf("%v, %v", m.Header, err)
		}
		return
	}
	t.Errorf("fewer than %d mails arrived", want)
}
