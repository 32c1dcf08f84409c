package source

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// server is OpenSSH's own, on a port of its own with keys of its own.
type server struct {
	appliance.Server
	login Login
	dir   string
}

// sshd starts one; options are lines of its configuration, and forced is put before our key in authorized_keys.
func sshd(t *testing.T, forced string, options ...string) server {
	t.Helper()
	program := peer.Need(t, "sshd")
	keygen := peer.Need(t, "ssh-keygen")
	dir, err := os.MkdirTemp("/root", ".siteward-sshd-") // sshd wants no folder above its files that others may write
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	_ = os.MkdirAll("/run/sshd", 0o755) //nolint:gosec // sshd's own folder, which its package makes at the start
	key := func(name string) string {
		must(t, exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", filepath.Join(dir, name)).Run())
		b, err := os.ReadFile(filepath.Join(dir, name+".pub"))
		must(t, err)
		return strings.TrimSpace(string(b))
	}
	host, ours := key("host"), key("ours")
	private, err := os.ReadFile(filepath.Join(dir, "ours"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "authorized"), []byte(forced+" "+ours+"\n"), 0o600))
	address := peer.FreeTCP(t)
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	config := append([]string{"ListenAddress " + address, "HostKey " + dir + "/host", "AuthorizedKeysFile " + dir + "/authorized", "PidFile none",
		"StrictModes no", "UsePAM no", "PasswordAuthentication no", "PermitRootLogin yes", "SetEnv SHLVL=2", "Subsystem sftp internal-sftp"}, options...)
	must(t, os.WriteFile(filepath.Join(dir, "config"), []byte(strings.Join(config, "\n")+"\n"), 0o600))
	peer.Start(t, program, "-D", "-e", "-f", filepath.Join(dir, "config"))
	peer.Until(t, 10*time.Second, "sshd", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	me, err := user.Current()
	must(t, err)
	n, err := strconv.Atoi(port)
	must(t, err)
	return server{appliance.Server{Host: "127.0.0.1", Port: n, HostKey: host}, Login{User: me.Username, Key: string(private)}, dir}
}

func TestSFTPOfOpenSSH(t *testing.T) {
	s := sshd(t, "")
	m := remember(t)
	settings := appliance.SFTPSettings{Server: s.Server, Paths: []string{m.path("*.log")}}
	poll := func() {
		t.Helper()
		p, err := SFTP(t.Context(), settings, s.login)
		must(t, err)
		defer p.Close()
		_, err = Follow(t.Context(), p, m.files, Options{Now: time.Now(), Horizon: time.Now().AddDate(0, -1, 0)}, m.take)
		must(t, err)
	}
	m.write("a.log", "one\n")
	m.write("b.log", "two\n")
	poll()
	m.write("a.log", "three\n")
	m.rename("a.log", "a.log.1")
	m.write("a.log", "four\n")
	poll()
	poll()
	m.want("one", "two", "three", "four")

	changed := settings
	changed.HostKey = hostKeyOf(t)
	_, err := SFTP(t.Context(), changed, s.login)
	if key, ok := errors.AsType[*KeyError](err); !ok || !key.Changed || key.Print != s.Fingerprint() {
		t.Errorf("a server with another key: %v", err)
	}
	unknown := settings
	unknown.HostKey = ""
	_, err = SFTP(t.Context(), unknown, s.login)
	if key, ok := errors.AsType[*KeyError](err); !ok || key.Changed || strings.Join(strings.Fields(s.HostKey)[:2], " ") != key.Shown {
		t.Errorf("a server that nobody has accepted: %v", err)
	}
	stranger := s.login
	stranger.Key, stranger.Password = "", "guess"
	_, err = SFTP(t.Context(), settings, stranger)
	if e, ok := errors.AsType[*appliance.Error](err); !ok || e.Message.Key != "source.error_login" {
		t.Errorf("a login that is refused: %v", err)
	}
	missing := settings
	missing.Paths = []string{m.path("none/x.log")}
	p, err := SFTP(t.Context(), missing, s.login)
	must(t, err)
	defer p.Close()
	if _, err := p.List(t.Context()); appliance.CodeOf(err) != appliance.CodeUnavailable {
		t.Errorf("a folder that is missing: %v", err)
	}
}

func hostKeyOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, exec.Command(peer.Need(t, "ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, "k")).Run())
	b, err := os.ReadFile(filepath.Join(dir, "k.pub"))
	must(t, err)
	return strings.TrimSpace(string(b))
}

func TestCommandOfOpenSSH(t *testing.T) {
	s := sshd(t, "")
	for name, test := range map[string]struct {
		command string
		want    string
		code    int
		err     string
	}{
		"prints":             {"printf 'one\\ntwo\\n'", "one\ntwo\n", 0, ""},
		"prints and fails":   {"echo bad; exit 3", "bad\n", 3, ""},
		"fails":              {"echo why >&2; exit 3", "", 3, "source.error_command"},
		"prints nothing":     {"true", "", 0, ""},
		"prints without end": {"head -c 20000000 /dev/zero", strings.Repeat("\x00", MaxOutput), 0, ""},
	} {
		out, err := Run(t.Context(), appliance.CommandSettings{Server: s.Server, Command: test.command}, s.login)
		key := ""
		if e, ok := errors.AsType[*appliance.Error](err); ok {
			key = e.Message.Key
		}
		if string(out.Text) != test.want || out.Code != test.code || key != test.err {
			t.Errorf("%s: %d bytes, code %d, %v", name, len(out.Text), out.Code, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, appliance.CommandSettings{Server: s.Server, Command: "sleep 60"}, s.login); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a command that hangs: %v", err)
	}
	forced := sshd(t, `restrict,command="echo only this"`)
	out, err := Run(t.Context(), appliance.CommandSettings{Server: forced.Server, Command: "echo anything else"}, forced.login)
	if err != nil || string(out.Text) != "only this\n" {
		t.Errorf("a key with a forced command: %q, %v", out.Text, err)
	}
	closed := s.Server
	closed.Port = 1
	if _, err := Run(t.Context(), appliance.CommandSettings{Server: closed, Command: "true"}, s.login); !strings.Contains(fmt.Sprint(err), "does not answer") {
		t.Errorf("nobody there: %v", err)
	}
}

// TestLogrotate lets the real one rotate a log in its ways, with a reading between and without.
func TestLogrotate(t *testing.T) {
	program := peer.Need(t, "logrotate")
	for _, how := range []string{"create", "copytruncate", "create\ncompress", "create\ncompress\ndelaycompress", "copytruncate\ncompress\ndateext\ndateformat -%s"} {
		m := remember(t)
		must(t, os.Chmod(m.folder, 0o700))
		config := m.path("rotate.conf")
		must(t, os.WriteFile(config, []byte(fmt.Sprintf("%s {\nsu root root\nrotate 9\nnotifempty\n%s\n}\n", m.path("b.log"), how)), 0o600))
		n := 0
		for round := range 4 {
			for range 3 {
				n++
				m.write("b.log", fmt.Sprintf("line %d\n", n))
			}
			if round%2 == 0 {
				m.poll("b.log")
			}
			n++
			m.write("b.log", fmt.Sprintf("line %d\n", n))
			if strings.Contains(how, "%s") && round > 0 {
				last := time.Now().Unix() // its names count seconds
				peer.Until(t, 5*time.Second, "the next second", func() bool { return time.Now().Unix() > last })
			}
			if out, err := exec.Command(program, "-f", "-s", m.path("state"), config).CombinedOutput(); err != nil {
				t.Fatalf("logrotate %s: %v\n%s", how, err, out)
			}
		}
		m.poll("b.log")
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("line %d", i+1))
		}
		m.want(want...)
	}
}
