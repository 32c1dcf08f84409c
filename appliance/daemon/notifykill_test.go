package daemon_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// A process that is killed while it tells loses nothing, and tells at most one message a second time for each kill. SITEWARD_KILLS says how
// often; 1,000 were tried.
func TestKillDuringSending(t *testing.T) {
	t.Parallel()
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("SITEWARD_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	p := &postbox{slow: 2 * time.Millisecond}
	p.open(t)
	s, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	s.settle()
	if err := s.SaveMailRelay(t.Context(), byTest, appliance.MailRelay{Host: "127.0.0.1", Port: p.port, Security: appliance.MailPlain, From: "siteward@example.com"}); err != nil {
		t.Fatal(err)
	}
	notices := 8 * kills // more than are told between two kills
	var telling errgroup.Group
	telling.SetLimit(32)
	for i := range notices { // a test is told by itself, so that each can be counted
		n := appliance.Notice{Kind: appliance.NoticeTest, Title: appliance.Message{English: fmt.Sprintf("notice %d", i)}, To: []appliance.Recipient{{Mail: "mara@example.com"}}}
		telling.Go(func() error { return daemon.Tell(s.Daemon, t.Context(), n) })
	}
	if err := telling.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	count := func() int { p.mu.Lock(); defer p.mu.Unlock(); return len(p.mails) }
	done := 0
	for done < kills && len(p.distinct()) < notices {
		before := count()
		v := startProcess(t, dir)
		until(t, "it tells", func() bool { return count() > before })
		<-time.After(time.Duration(done%7) * time.Millisecond)
		v.kill()
		done++
		if twice := count() - len(p.distinct()); twice > done {
			t.Fatalf("%d messages were told twice after %d kills", twice, done)
		}
		if done%100 == 0 {
			t.Logf("%d kills: %d of %d notices told, %d of them twice", done, len(p.distinct()), notices, count()-len(p.distinct()))
		}
	}
	last := startProcess(t, dir)
	for told := len(p.distinct()); told < notices; told = len(p.distinct()) {
		until(t, "the rest is told", func() bool { return len(p.distinct()) > told })
	}
	last.kill()
	if twice := count() - notices; twice > done+1 {
		t.Errorf("%d messages were told twice after %d kills", twice, done)
	} else {
		t.Logf("%d notices, %d kills: none lost, %d told twice", notices, done, twice)
	}
}

// distinct are the mails by their identifier: one that is told twice has the same.
func (p *postbox) distinct() map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]bool{}
	for _, m := range p.mails {
		out[m.Header.Get("Message-Id")] = true
	}
	return out
}
