package channel

import (
	"net/mail"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/internal/peer"
)

// A real relay, Debian's OpenSMTPD: it takes our mail and puts it into a mailbox, it refuses a mailbox that it does not have, and while it
// is stopped a mail may be tried again.
func TestOpenSMTPD(t *testing.T) {
	relay := peer.NewMailRelay(t, "mara")
	r := Relay{MailRelay: appliance.MailRelay{Host: "127.0.0.1", Port: relay.Port, Security: appliance.MailPlain, From: "siteward@example.com"}, Name: "site.example", Now: time.Now}
	down := func() {
		t.Helper()
		if _, err := r.Mail(t.Context(), "Mara", "mara@example.com", hello); err == nil || Refused(err) {
			t.Errorf("a relay that is not there: %v", err)
		}
	}
	down()
	for start := range 2 {
		relay.Start()
		if answer, err := r.Mail(t.Context(), "Mara", "mara@example.com", hello); err != nil || !strings.HasPrefix(answer, "250 ") {
			t.Fatalf("the relay says %q, %v", answer, err)
		}
		if _, err := r.Mail(t.Context(), "", "nobody-here@example.com", hello); !Refused(err) {
			t.Errorf("a mailbox that is not there: %v", err)
		}
		peer.Until(t, 20*time.Second, "the mail in the mailbox", func() bool { return len(relay.Mails("mara")) == start+1 })
		m, err := mail.ReadMessage(strings.NewReader(relay.Mails("mara")[0]))
		if err != nil || m.Header.Get("References") != "<incident-3@example.com>" || m.Header.Get("Subject") != hello.Subject {
			t.Errorf("%v, %v", m.Header, err)
		}
		relay.Stop()
		down()
	}
}
