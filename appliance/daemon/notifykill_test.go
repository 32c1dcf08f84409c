package daemon_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// A process that is killed while it tells loses nothing, and tells at most one message a second time for each kill.
func TestKillDuringSending(t *testing.T) {
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("SITEWARD_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	p := &postbox{}
	p.open(t)
	s, err := open(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	s.settle()
	if err := s.SaveMailRelay(t.Context(), byTest, appliance.MailRelay{Host: "127.0.0.1", Port: p.port, Security: appliance.MailPlain, From: "siteward@example.com"}); err != nil {
		t.Fatal(err)
	}
	notices := 40 * kills
	for i := range notices { // a test is told by itself, so that each can be counted
		n := appliance.Notice{Kind: appliance.NoticeTest, Title: appliance.Message{English: fmt.Sprintf("notice %d", i)}, To: []appliance.Recipient{{Mail: "mara@example.com"}}}
		if err := daemon.Tell(s.Daemon, t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	count := func() int { p.mu.Lock(); defer p.mu.Unlock(); return len(p.mails) }
	done := 0
	for round := range kills {
		before := count()
		v := startProcess(t, dir)
		until(t, "it tells", func() bool { return count() > before || count() >= notices })
		<-time.After(time.Duration(round%7) * time.Millisecond)
		v.kill()
		done++
		if count() >= notices+done {
			break
		}
	}
	last := startProcess(t, dir)
	until(t, "all is told", func() bool { return len(p.distinct()) == notices })
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
