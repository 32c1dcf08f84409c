package daemon_test

import (
	"bufio"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// TestReceiversCanBeSwitchedOff sends to each while it is off and when it is on again.
func TestReceiversCanBeSwitchedOff(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	s := settled(t, withSyslog, func(o *daemon.Options) { o.MailListener = l })
	scripts := s.addSource(appliance.Source{Name: "dump", Kind: appliance.SourcePush})
	token, err := s.NewPushToken(t.Context(), byTest, scripts.ID)
	ok(t, err)
	s.addSource(appliance.Source{Name: "mails", Kind: appliance.SourceMail, Mail: &appliance.MailSettings{Mailbox: "box"}})
	mail := func() error {
		return smtp.SendMail(l.Addr().String(), nil, "a@example.org", []string{"box@here"}, []byte("Subject: x\r\n\r\nhello\r\n"))
	}
	tcp, err := net.Dial("tcp", s.syslogAt("tcp"))
	ok(t, err)
	defer tcp.Close()
	udp, err := net.Dial("udp", s.syslogAt("udp"))
	ok(t, err)
	defer udp.Close()
	say := func(c net.Conn, text string) {
		t.Helper()
		_, err := c.Write([]byte("<30>Nov 28 21:00:00 srv app: " + text + "\n"))
		ok(t, err)
	}
	heard := func(text string) bool { return len(s.logged(appliance.LogFilter{Word: text})) > 0 }

	for _, r := range appliance.Receivers {
		ok(t, s.SwitchReceiver(t.Context(), byTest, r, false))
	}
	ok(t, s.SwitchReceiver(t.Context(), byTest, appliance.ReceiverPush, false)) // a second time is nothing new
	say(udp, "over udp while off")
	say(tcp, "over tcp while off")
	if _, err := bufio.NewReader(tcp).ReadByte(); err == nil {
		t.Error("the connection goes on")
	}
	if code := s.push("/push/"+token, ""); code != http.StatusServiceUnavailable {
		t.Errorf("a push gets %d", code)
	}
	if err := mail(); err == nil || !strings.HasPrefix(err.Error(), "451") {
		t.Errorf("a mail gets %v", err)
	}
	site, err := s.Site(t.Context())
	ok(t, err)
	if len(site.ReceiversOff) != len(appliance.Receivers) {
		t.Errorf("off: %v", site.ReceiversOff)
	}

	for _, r := range appliance.Receivers {
		ok(t, s.SwitchReceiver(t.Context(), byTest, r, true))
	}
	say(udp, "over udp again")
	again, err := net.Dial("tcp", s.syslogAt("tcp"))
	ok(t, err)
	defer again.Close()
	say(again, "over tcp again")
	until(t, "both are heard", func() bool { return heard("over udp again") && heard("over tcp again") })
	if heard("while off") {
		t.Error("what was sent to a receiver that was off is kept")
	}
	if code := s.push("/push/"+token, ""); code != http.StatusOK {
		t.Errorf("a push gets %d", code)
	}
	ok(t, mail())
	events, err := s.Events(t.Context(), appliance.EventFilter{Kinds: []appliance.EventKind{appliance.EventAudit}, Limit: 100})
	ok(t, err)
	lines := map[string]int{}
	for _, e := range events {
		lines[e.Message.Key]++
	}
	if n := len(appliance.Receivers); lines["audit.receiver_off"] != n || lines["audit.receiver_on"] != n {
		t.Errorf("the journal has %v", lines)
	}
}
