package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/internal/peer"
)

func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (s *site) source(id appliance.ID) appliance.SourceView {
	s.t.Helper()
	v, err := s.Source(s.t.Context(), id)
	ok(s.t, err)
	return v
}

// runsOf waits until a source has told n runs and gives them, oldest first.
func (s *site) runsOf(source appliance.ID, n int) []appliance.Run {
	s.t.Helper()
	var runs []appliance.Run
	read := func() bool {
		all, err := s.Store().Runs(time.Time{}, time.Time{}, 0)
		ok(s.t, err)
		runs = slices.DeleteFunc(all, func(r appliance.Run) bool { return r.Source != source })
		return len(runs) >= n
	}
	end := time.Now().Add(10 * time.Second)
	for tick := time.Tick(50 * time.Millisecond); !read() && time.Now().Before(end); {
		<-tick
	}
	if len(runs) != n {
		v, _ := s.Source(s.t.Context(), source)
		s.t.Fatalf("%d runs, want %d: %+v; status %+v", len(runs), n, runs, v.Status)
	}
	return runs
}

func (s *site) addSource(src appliance.Source) appliance.Source {
	s.t.Helper()
	ok(s.t, s.SaveSource(s.t.Context(), byTest, &src))
	return src
}

// borgRuns makes real runs of borg into a log, one of them with a folder that does not exist.
func borgRuns(t *testing.T, log string, folders ...string) {
	t.Helper()
	borg := peer.Need(t, "borg")
	dir := t.TempDir()
	env := append(os.Environ(), "BORG_BASE_DIR="+dir, "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes", "LANG=C.UTF-8")
	run := func(args ...string) {
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		ok(t, err)
		cmd := exec.Command(borg, args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = env, f, f
		_ = cmd.Run() // that it fails is the point
		ok(t, f.Close())
	}
	repo := filepath.Join(dir, "repo")
	cmd := exec.Command(borg, "init", "-e", "none", repo)
	cmd.Env = env
	ok(t, cmd.Run())
	for i, folder := range folders {
		run("create", "--stats", "--show-rc", fmt.Sprintf("%s::praxis-%d", repo, i), folder)
	}
}

func TestFilesOfBorgAreRead(t *testing.T) {
	t.Parallel()
	logs := t.TempDir()
	s := settled(t, func(o *daemon.Options) { o.Logs = []string{logs} })
	log := filepath.Join(logs, "borg.log")
	data := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(data, "a"), bytes.Repeat([]byte("a"), 1000), 0o600))
	borgRuns(t, log, data)
	src := appliance.Source{Name: "borg", Kind: appliance.SourceFiles, Files: &appliance.FilesSettings{Paths: []string{log}}}
	trial, err := s.TrySource(t.Context(), byTest, src)
	if err != nil || trial.Product != "borg" || trial.RunCount != 1 || len(trial.Lines) == 0 || trial.Error != nil {
		t.Fatalf("the test says %+v, %v", trial, err)
	}
	src = s.addSource(src)
	if r := s.runsOf(src.ID, 1)[0]; r.Status != appliance.RunSuccess || r.Product != "borg" {
		t.Errorf("run %+v", r)
	}
	ok(t, os.Rename(log, log+".1"))
	borgRuns(t, log, filepath.Join(data, "missing"))
	runs := s.runsOf(src.ID, 2)
	if r := runs[1]; r.Status == appliance.RunSuccess {
		t.Errorf("a backup of a folder that does not exist is a success: %+v", r)
	}
	v, err := s.Source(t.Context(), src.ID)
	ok(t, err)
	if v.Status.Error != nil || v.Status.Product != "borg" || v.Status.Next.IsZero() {
		t.Errorf("status %+v", v.Status)
	}
	outside := appliance.Source{Name: "out", Kind: appliance.SourceFiles, Files: &appliance.FilesSettings{Paths: []string{"/etc/passwd"}}}
	if err := s.SaveSource(t.Context(), byTest, &outside); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a file outside of the folders is taken: %v", err)
	}
}

func (s *site) push(path, body string) int {
	s.t.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	ok(s.t, err)
	res, err := http.DefaultClient.Do(req)
	ok(s.t, err)
	defer res.Body.Close()
	if len(res.Cookies()) > 0 {
		s.t.Error("a script gets a cookie")
	}
	return res.StatusCode
}

func TestScriptsPush(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	s := settled(t)
	src := s.addSource(appliance.Source{Name: "dump", Kind: appliance.SourcePush})
	token, err := s.NewPushToken(t.Context(), byTest, src.ID)
	ok(t, err)
	v, err := s.Source(t.Context(), src.ID)
	ok(t, err)
	if strings.Contains(fmt.Sprintf("%+v", v), token) {
		t.Error("the token is kept")
	}
	if code := s.push("/push/"+token+"/start", ""); code != http.StatusOK {
		t.Fatalf("start: %d", code)
	}
	if r := s.runsOf(src.ID, 1)[0]; r.Status != appliance.RunRunning || r.Job != "dump" || !r.Open {
		t.Errorf("after the start: %+v", r)
	}
	s.clock.advance(90 * time.Second)
	if code := s.push("/push/"+token+"/0", "all is well\n"); code != http.StatusOK {
		t.Fatalf("end: %d", code)
	}
	peer.Until(t, 5*time.Second, "the run ends", func() bool { return s.runsOf(src.ID, 1)[0].Status != appliance.RunRunning })
	if r := s.runsOf(src.ID, 1)[0]; r.Status != appliance.RunSuccess || time.Duration(r.Took) < 85*time.Second || r.Open {
		t.Errorf("after the end: %+v", r)
	}
	s.clock.advance(time.Hour)
	s.push("/push/"+token+"/3", "")
	if r := s.runsOf(src.ID, 2)[1]; r.Status != appliance.RunFailed || r.Message != "exit code 3" {
		t.Errorf("exit code 3: %+v", r)
	}
	s.clock.advance(time.Hour)
	s.push("/push/"+token+"/0", "Creating archive at \"repo::x\"\nRepository /mnt/backup does not exist.\nterminating with error status, rc 2\n")
	if r := s.runsOf(src.ID, 3)[2]; r.Status != appliance.RunFailed || r.Job != "dump" {
		t.Errorf("the log says failed, the exit code 0: %+v", r)
	} else if text, err := s.BackupText(t.Context(), r.ID); err != nil || !strings.HasPrefix(string(text.Text), "Creating archive") {
		t.Errorf("what was pushed is not kept: %+v, %v", text, err)
	}
	until(t, "one script is one job, whatever its log says", func() bool {
		jobs, err := s.BackupJobs(t.Context())
		return err == nil && len(jobs) == 1 && len(jobs[0].Origins) == 2 && jobs[0].Product == "borg"
	})
	for path, want := range map[string]int{"/push/p_wrong": 404, "/push/" + token + "/256": 404, "/push/" + token + "/x": 404} {
		if code := s.push(path, ""); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	if code := s.push("/push/"+token+"/log", strings.Repeat("x", 6<<20)); code != http.StatusOK {
		t.Errorf("a large body: %d", code)
	}
	many := 0
	for range 40 {
		if s.push("/push/p_guess", "") == http.StatusTooManyRequests {
			many++
		}
	}
	if many == 0 {
		t.Error("guessing is not slowed down")
	}
	if strings.Contains(s.log.String(), token) {
		t.Error("the log holds the token")
	}
}

func TestMailIsReceived(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	s := settled(t, func(o *daemon.Options) { o.MailListener, o.MailDomain = l, "siteward.example" })
	src := s.addSource(appliance.Source{Name: "mails", Kind: appliance.SourceMail, Mail: &appliance.MailSettings{Mailbox: "borg", Senders: []string{"@praxis.example"}}})
	body := "Creating archive at \"/srv/repo::praxis\"\r\nRepository /srv/repo does not exist.\r\nterminating with error status, rc 2\r\n"
	mail := "From: root@praxis.example\r\nTo: borg@siteward.example\r\nSubject: =?utf-8?q?Sicherung_hei=C3=9Ft?=\r\nDate: Fri, 27 Nov 2026 02:00:00 +0100\r\n\r\n" + body
	send := func(from, to, text string) error {
		return smtp.SendMail(l.Addr().String(), nil, from, []string{to}, []byte(text))
	}
	ok(t, send("root@praxis.example", "borg@anything", mail))
	if r := s.runsOf(src.ID, 1)[0]; r.Status != appliance.RunFailed || r.Product != "borg" {
		t.Errorf("run %+v", r)
	}
	s.clock.advance(24 * time.Hour)
	ok(t, send("root@praxis.example", "borg@anything", strings.Replace(mail, "Date: Fri, 27 Nov 2026 02:00:00 +0100\r\n", "", 1)))
	s.runsOf(src.ID, 2)
	s.clock.advance(24 * time.Hour)
	ok(t, send("root@praxis.example", "borg@anything", strings.Replace(mail, "Date: Fri, 27 Nov 2026 02:00:00 +0100\r\n", "", 1)))
	if runs := s.runsOf(src.ID, 3); runs[2].At().Sub(runs[1].At()).Abs() < 20*time.Hour {
		t.Errorf("the same words on two nights: %v and %v", runs[1].At(), runs[2].At())
	}
	if err := send("root@elsewhere.example", "borg@siteward.example", mail); err == nil || !strings.Contains(err.Error(), "sender") {
		t.Errorf("a sender that is not allowed: %v", err)
	}
	if err := send("root@praxis.example", "nobody@siteward.example", mail); err == nil || !strings.Contains(err.Error(), "no such mailbox") {
		t.Errorf("an unknown mailbox: %v", err)
	}
	if err := send("root@praxis.example", "borg@siteward.example", "Subject: x\r\n\r\n"+strings.Repeat(strings.Repeat("x", 70)+"\r\n", 200_000)); err == nil {
		t.Error("a mail of 14 MB is taken")
	}
	if err := send("root@praxis.example", "borg@siteward.example", "Subject: x\r\n\r\n"+strings.Repeat("x", 1<<20)+"\r\n"); err == nil {
		t.Error("a line of 1 MB is taken")
	}
	ok(t, send("root@praxis.example", "borg@siteward.example", "Subject: Grüße\r\n\r\nhello\r\n"))
	peer.Until(t, 5*time.Second, "somebody is told of a mail that tells nothing", func() bool { return s.source(src.ID).Status.Note != nil })
}

func TestSwaksSends(t *testing.T) {
	swaks := peer.Need(t, "swaks")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	s := settled(t, func(o *daemon.Options) { o.MailListener = l })
	src := s.addSource(appliance.Source{Name: "mails", Kind: appliance.SourceMail, Mail: &appliance.MailSettings{Mailbox: "tar"}})
	log := filepath.Join(t.TempDir(), "log")
	ok(t, os.WriteFile(log, []byte("terminating with error status, rc 2\nRepository /srv/repo does not exist.\nterminating with error status, rc 2\n"), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, swaks, "--server", l.Addr().String(), "--to", "tar@siteward.example", "--from", "root@srv", "--header", "Subject: borg", "--attach", "@"+log).CombinedOutput()
	if err != nil {
		t.Fatalf("swaks: %v\n%s", err, out)
	}
	peer.Until(t, 5*time.Second, "the mail is read", func() bool { return !s.source(src.ID).Status.Heard.IsZero() })
}

func TestSyslogIsASource(t *testing.T) {
	s := settled(t)
	src := s.addSource(appliance.Source{Name: "syslog", Kind: appliance.SourceSyslog, Product: "borg", Syslog: &appliance.SyslogSettings{Hosts: []string{"192.0.2.7"}, Programs: []string{"borg"}}})
	at := s.clock.now()
	for _, line := range []string{"Repository /mnt/backup does not exist.", "terminating with error status, rc 2"} {
		daemon.HeardLine(s.Daemon, at, "192.0.2.7", "srv", "borg", line)
		daemon.HeardLine(s.Daemon, at, "192.0.2.8", "other", "borg", line)
		daemon.HeardLine(s.Daemon, at, "192.0.2.7", "srv", "sshd", line)
	}
	daemon.FlushHeard(s.Daemon)
	if r := s.runsOf(src.ID, 1)[0]; r.Status != appliance.RunFailed || r.Evidence.Length > 200 {
		t.Errorf("%s in %d bytes: lines of others are among them", r.Status, r.Evidence.Length)
	}
}

func TestASourceThatCannotBeReadIsNoDataAndThenSomebodysTurn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := settled(t, func(o *daemon.Options) { o.Logs = []string{dir} })
	sub := filepath.Join(dir, "gone")
	ok(t, os.Mkdir(sub, 0o700))
	src := s.addSource(appliance.Source{Name: "Borg", Kind: appliance.SourceFiles, Files: &appliance.FilesSettings{Paths: []string{sub + "/borg.log"}}})
	read := func() appliance.StateRecord {
		t.Helper()
		_, err := s.ReadSource(t.Context(), byTest, src.ID)
		ok(t, err)
		ok(t, daemon.ExpectSources(s.Daemon))
		r, _ := s.expected("source/" + src.ID.String())
		return r
	}
	if r := read(); r.State != appliance.StateOK {
		t.Errorf("a folder without a log yet: %s, %s", r.State, r.Evidence.Why.English)
	}
	ok(t, os.Remove(sub))
	if r := read(); r.State != appliance.StateNoData || r.Evidence.Why.English == "" || r.Label != "Borg" {
		t.Errorf("a folder that is gone: %+v", r)
	}
	v := s.source(src.ID)
	if got := v.State(v.Deadline().Add(time.Second)); got != appliance.StateWarning {
		t.Errorf("after its deadline: %s", got)
	}
	ok(t, s.PauseSource(t.Context(), byTest, src.ID, "rebuilt", time.Time{}))
	ok(t, daemon.ExpectSources(s.Daemon))
	if r, _ := s.expected("source/" + src.ID.String()); r.State != appliance.StatePaused {
		t.Errorf("paused: %s", r.State)
	}
	ok(t, s.DeleteSource(t.Context(), byTest, src.ID))
	ok(t, daemon.ExpectSources(s.Daemon))
	if r, there := s.expected("source/" + src.ID.String()); there {
		t.Errorf("deleted: %+v", r)
	}
}
