package daemon_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
)

const (
	readerData = "SITEWARD_TEST_READER"
	readerLogs = "SITEWARD_TEST_READER_LOGS"
)

// reader is what the test binary is when TestKillWhileReading starts it: an appliance that says whether its logbook fits, writes
// into it, and reads its sources again and again.
func reader(data, logs string) {
	d, err := daemon.Open(context.Background(), daemon.Options{Data: data, Logs: []string{logs}, PasswordCost: cheap, Store: store.Options{SkipVerify: true}})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	report, err := d.Ops().VerifyLogbook(context.Background())
	if err == nil && !report.Fits() {
		err = fmt.Errorf("the logbook does not fit: %+v", report)
	}
	if err == nil {
		_, err = d.AppendLogbook(context.Background(), byTest, appliance.LogbookEntry{Kind: appliance.LogbookNote, Text: fmt.Sprint("after ", report.Entries)})
	}
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	fmt.Println("ready")
	for {
		if err := daemon.ReadSource(d, context.Background(), 1); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
	}
}

// TestKillWhileReading kills the appliance while it reads a log that grows and is rotated: no run is lost, none is there twice,
// and the logbook fits after each kill. SITEWARD_KILLS says how often.
func TestKillWhileReading(t *testing.T) {
	t.Parallel()
	kills := 12
	if n, err := strconv.Atoi(os.Getenv("SITEWARD_KILLS")); err == nil {
		kills = n
	}
	data, logs := t.TempDir(), t.TempDir()
	log := filepath.Join(logs, "rsnapshot.log")
	s, err := open(t, data, func(o *daemon.Options) { o.Logs = []string{logs} })
	ok(t, err)
	s.settle()
	s.addSource(appliance.Source{Name: "rsnapshot", Kind: appliance.SourceFiles, Files: &appliance.FilesSettings{Paths: []string{log}}})
	ok(t, s.Close())
	runs := 0
	first := time.Now().Add(-20 * 24 * time.Hour).UTC().Truncate(time.Second)
	write := func() {
		f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		ok(t, err)
		for range 1 + rand.IntN(20) {
			at := first.Add(time.Duration(runs) * time.Minute)
			_, err := fmt.Fprintf(f, "[%s] /usr/bin/rsnapshot daily: started\n[%s] /usr/bin/rsnapshot daily: completed successfully\n",
				at.Format("2006-01-02T15:04:05"), at.Add(20*time.Second).Format("2006-01-02T15:04:05"))
			ok(t, err)
			runs++
		}
		ok(t, f.Close())
	}
	rotate := func(kill int) {
		switch kill % 3 {
		case 0:
			ok(t, os.Rename(log, fmt.Sprintf("%s.%d", log, kill+1)))
		case 1:
			b, err := os.ReadFile(log)
			ok(t, errors.Join(err, os.WriteFile(fmt.Sprintf("%s.%d", log, kill+1), b, 0o600), os.Truncate(log, 0)))
		}
	}
	// all reads to the end, counts, and leaves no rotated file: the next kills begin with few.
	all := func() {
		t.Helper()
		s, err := open(t, data, func(o *daemon.Options) { o.Logs = []string{logs} })
		ok(t, err)
		defer s.Close()
		ok(t, daemon.ReadSource(s.Daemon, t.Context(), 1))
		stored, err := s.Store().Runs(time.Time{}, time.Time{}, 0)
		ok(t, err)
		seen := map[string]int{}
		for _, r := range stored {
			seen[r.Started.UTC().String()+string(r.Status)]++
		}
		if len(stored) != runs || len(seen) != runs {
			t.Fatalf("%d runs are stored, %d of them different; %d were written", len(stored), len(seen), runs)
		}
		if report, err := s.Ops().VerifyLogbook(t.Context()); err != nil || !report.Fits() {
			t.Errorf("the logbook: %+v %v", report, err)
		}
		old, err := filepath.Glob(log + ".*")
		ok(t, err)
		for _, f := range old {
			ok(t, os.Remove(f))
		}
	}
	for kill := range kills {
		if kill%25 == 24 {
			all()
		}
		write()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), readerData+"="+data, readerLogs+"="+logs)
		out, err := cmd.StdoutPipe()
		ok(t, err)
		ok(t, cmd.Start())
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "ready" {
			t.Fatalf("kill %d: the reader says %q", kill, lines.Text())
		}
		time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		write() // while it reads
		for lines.Scan() {
			t.Errorf("kill %d: the reader says %q", kill, lines.Text())
		}
		_ = cmd.Wait()
		rotate(kill)
	}
	if _, err := os.Stat(log); err != nil {
		write()
	}
	all()
	last, err := open(t, data, func(o *daemon.Options) { o.Logs = []string{logs} })
	ok(t, err)
	defer last.Close()
	if report, err := last.Ops().Verify(t.Context()); err != nil || len(report.Damage) > 0 {
		t.Errorf("store after the kills: %v, %v", report.Damage, err)
	}
	t.Logf("%d kills, %d runs written and read", kills, runs)
}
