package mailin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// receiver serves on loopback until the test ends and gives its address.
func receiver(t *testing.T, o Options) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, o) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func dial(t *testing.T, addr string) *textproto.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return textproto.NewConn(c)
}

func say(t *testing.T, c *textproto.Conn, want int, format string, args ...any) {
	t.Helper()
	if err := c.PrintfLine(format, args...); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ReadResponse(want); err != nil {
		t.Fatalf("%s: %v", fmt.Sprintf(format, args...), err)
	}
}

func known(box, _ string) error {
	if box != "borg" {
		return ErrNoMailbox
	}
	return nil
}

func TestAMailBombIsRefused(t *testing.T) {
	var kept, bytes atomic.Int64
	addr := receiver(t, Options{Domain: "siteward.example", Known: known, Deliver: func(_ context.Context, m Message) error {
		kept.Add(1)
		bytes.Add(int64(len(m.Raw)))
		return nil
	}})
	line := strings.Repeat("x", 70) + "\r\n"
	for name, body := range map[string]string{
		"11 MB":                   strings.Repeat(line, 11<<20/len(line)),
		"a line of 1 MB":          strings.Repeat("x", 1<<20) + "\r\n",
		"a line of 100 kB of NUL": strings.Repeat("\x00", 100<<10) + "\r\n",
	} {
		if err := smtp.SendMail(addr, nil, "a@b.example", []string{"borg@x"}, []byte("Subject: x\r\n\r\n"+body)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if kept.Load() != 0 {
		t.Errorf("%d mails were kept", kept.Load())
	}
	for range 200 { // a flood of small ones is taken, one after the other: nothing of it is held here
		if err := smtp.SendMail(addr, nil, "a@b.example", []string{"borg@x"}, []byte("Subject: x\r\n\r\nok\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	if kept.Load() != 200 || bytes.Load() > 200*100 {
		t.Errorf("%d mails, %d bytes", kept.Load(), bytes.Load())
	}
}

func TestGuessingMailboxesEnds(t *testing.T) {
	addr := receiver(t, Options{Domain: "siteward.example", Known: known})
	c := dial(t, addr)
	if _, _, err := c.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	say(t, c, 250, "EHLO x")
	say(t, c, 250, "MAIL FROM:<a@b.example>")
	for i := range maxBad {
		say(t, c, 550, "RCPT TO:<guess%d@x>", i)
	}
	say(t, c, 421, "RCPT TO:<borg@x>")
}

func TestOnlySoManyAtOnce(t *testing.T) {
	addr := receiver(t, Options{Domain: "siteward.example", Known: known})
	var first *textproto.Conn
	for i := range maxAtOnce {
		c := dial(t, addr)
		if _, _, err := c.ReadResponse(220); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = c
		}
	}
	waiting, answered := dial(t, addr), make(chan error, 1)
	go func() {
		_, _, err := waiting.ReadResponse(220)
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Errorf("one more than %d is answered: %v", maxAtOnce, err)
	case <-time.After(100 * time.Millisecond):
	}
	say(t, first, 221, "QUIT")
	if err := <-answered; err != nil {
		t.Errorf("when one leaves: %v", err)
	}
}

func TestOtherNetworksAreClosed(t *testing.T) {
	addr := receiver(t, Options{Domain: "siteward.example", Known: known, Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	if _, _, err := dial(t, addr).ReadResponse(220); err == nil {
		t.Error("anybody may connect")
	}
}

// TestWhatIsNotKeptIsTriedAgain: a mail counts as delivered only when it is on the disk.
func TestWhatIsNotKeptIsTriedAgain(t *testing.T) {
	full := true
	addr := receiver(t, Options{Domain: "siteward.example", Known: known, Deliver: func(context.Context, Message) error {
		if full {
			return errors.New("no space left on device")
		}
		return nil
	}})
	send := func() error {
		return smtp.SendMail(addr, nil, "a@b.example", []string{"borg@x"}, []byte("Subject: x\r\n\r\nok\r\n"))
	}
	if err := send(); err == nil || !strings.HasPrefix(err.Error(), "452") {
		t.Errorf("a full disk is told as %v", err)
	}
	full = false
	if err := send(); err != nil {
		t.Error(err)
	}
}
