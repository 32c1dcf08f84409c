package daemon_test

import (
	"fmt"
	"io"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"siteward/appliance"
	"siteward/appliance/daemon"
)

// postbox is a mail relay that keeps what it gets. It may be away.
type postbox struct {
	mu    sync.Mutex
	mails []*mail.Message
	texts []string
	srv   *smtp.Server
	port  int
	slow  time.Duration // that it takes for each mail
	// busy is asked for each mail before it is taken.
	busy func() error
}

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (p *postbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (p *postbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	return nil
}
func (p *postbox) Reset()        {}
func (p *postbox) Logout() error { return nil }
func (p *postbox) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(strings.NewReader(string(b)))
	if err != nil {
		return err
	}
	if p.slow > 0 {
		<-time.After(p.slow)
	}
	if p.busy != nil {
		if err := p.busy(); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails, p.texts = append(p.mails, m), append(p.texts, string(b))
	return nil
}

func (p *postbox) open(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p.port))
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	p.srv = smtp.NewServer(p)
	p.srv.Domain = "relay.example"
	srv := p.srv
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
}

func (p *postbox) subjects() (out []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.mails {
		s := m.Header.Get("Subject")
		out = append(out, strings.TrimPrefix(s, "[Apotheke am Tor] "))
	}
	return out
}

// told is a site with a mail relay and one contact, whose incidents are judged by hand.
func told(t *testing.T, change ...func(*daemon.Options)) (*site, *postbox) {
	t.Helper()
	s := settled(t, change...)
	p := &postbox{}
	p.open(t)
	if err := s.SaveMailRelay(t.Context(), byTest, appliance.MailRelay{Host: "127.0.0.1", Port: p.port, Security: appliance.MailPlain, From: "siteward@example.com"}); err != nil {
		t.Fatal(err)
	}
	s.contact(appliance.Contact{Name: "Mara", Role: appliance.ContactTechnician, Language: "en", Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "mara@example.com"}}})
	return s, p
}

func (s *site) contact(c appliance.Contact) appliance.ID {
	s.t.Helper()
	if err := s.SaveContact(s.t.Context(), byTest, &c); err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

// pass lets time go by in steps of ten seconds and judges incidents at each.
func (s *site) pass(d time.Duration) {
	s.t.Helper()
	for range d / (10 * time.Second) {
		s.clock.advance(10 * time.Second)
		if err := daemon.JudgeIncidents(s.Daemon, s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *site) retry() {
	s.t.Helper()
	if _, err := s.RetryDeliveries(s.t.Context(), byTest); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) sent(state appliance.DeliveryState) []appliance.Delivery {
	s.t.Helper()
	list, err := s.Deliveries(s.t.Context(), appliance.DeliveryFilter{State: state, Limit: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (s *site) incidents() []appliance.Incident {
	s.t.Helper()
	list, err := s.Incidents(s.t.Context(), appliance.IncidentFilter{})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// expect makes something that should happen go wrong, or right.
func (s *site) expects(item string, state appliance.State) {
	s.t.Helper()
	if err := daemon.Expect(s.Daemon, item, item, 0, state, "late"); err != nil {
		s.t.Fatal(err)
	}
}

func TestAnIncidentIsToldAndEnds(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	s.expects("backup/1", appliance.StateCritical)
	s.pass(2 * time.Minute)
	until(t, "it is told", func() bool { return len(p.subjects()) == 1 })
	s.expects("backup/1", appliance.StateOK)
	s.pass(2 * time.Minute)
	until(t, "its end is told", func() bool { return len(p.subjects()) == 2 && len(s.sent(appliance.DeliveryDelivered)) == 2 })
	if got := p.subjects(); got[0] != "Critical: backup/1: late" || got[1] != "Over: backup/1: late" {
		t.Errorf("%q", got)
	}
	if a, b := p.mails[0].Header.Get("References"), p.mails[1].Header.Get("References"); a == "" || a != b {
		t.Errorf("threads %q and %q", a, b)
	}
	all := s.incidents()
	if len(all) != 1 || all[0].Open() || !all[0].Telling.Over {
		t.Fatalf("%+v", all)
	}
	of, err := s.Deliveries(t.Context(), appliance.DeliveryFilter{Incident: all[0].ID})
	if err != nil || len(of) != 2 || of[0].State != appliance.DeliveryDelivered || !strings.HasPrefix(of[0].Attempts[0].Answer, "250 ") {
		t.Errorf("%+v, %v", of, err)
	}
}

// The relay is away: nothing is lost, and what is over when it comes back is one story, told once.
func TestAStoryIsToldOnceWhenTheRelayIsBack(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	_ = p.srv.Close()
	s.expects("backup/1", appliance.StateCritical)
	s.pass(2 * time.Minute)
	until(t, "it was tried", func() bool { w := s.sent(appliance.DeliveryWaiting); return len(w) == 1 && w[0].Tried > 0 })
	s.expects("backup/1", appliance.StateOK)
	s.pass(2 * time.Minute)
	if w := s.sent(appliance.DeliveryWaiting); len(w) != 2 {
		t.Fatalf("%d wait: %+v", len(w), w)
	}
	p.open(t)
	until(t, "it is told", func() bool {
		s.retry() // a try that was under way when the relay came back has failed, too
		return len(s.sent(appliance.DeliveryWaiting)) == 0
	})
	if got := p.subjects(); !slices.Equal(got, []string{"Over: backup/1: late"}) {
		t.Errorf("%q", got)
	}
	if !strings.Contains(p.texts[0], "Critical: backup/1: late") {
		t.Errorf("the beginning is not told:\n%s", p.texts[0])
	}
	if d := s.sent(appliance.DeliveryDelivered); len(d) != 2 || d[1].With != d[0].Notice {
		t.Errorf("%+v", d)
	}
}

// Days without a relay and a restart: nothing is lost, and old news come as one mail.
func TestOldNewsAreOneMail(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	_ = p.srv.Close()
	for _, item := range []string{"backup/1", "backup/2", "backup/3"} {
		s.expects(item, appliance.StateCritical)
		s.pass(2 * time.Minute)
	}
	s.stop()
	p.open(t)
	later := &clock{}
	later.ahead.Store(s.clock.ahead.Load() + int64(48*time.Hour))
	again := restart(t, s.dir, func(o *daemon.Options) { o.Now = later.now })
	again.clock = later
	until(t, "all is told", func() bool { return len(again.sent(appliance.DeliveryWaiting)) == 0 })
	if got := p.subjects(); !slices.Equal(got, []string{"3 messages"}) {
		t.Errorf("%q", got)
	}
	again.pass(5 * time.Minute)
	if got := p.subjects(); len(got) != 1 {
		t.Errorf("a restart is told: %q", got)
	}
}

func TestAnAcknowledgementOfEitherIsOne(t *testing.T) {
	t.Parallel()
	s, _ := told(t)
	s.expects("backup/1", appliance.StateCritical)
	s.pass(time.Minute)
	i, err := s.IncidentOf(t.Context(), appliance.StateKey{Item: "backup/1"})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.AcknowledgeIncident(t.Context(), byTest, i.ID, "on my way", s.clock.now().Add(time.Hour)))
	if r := s.state(0, "backup/1"); r.Ack == nil || r.Ack.Reason != "on my way" {
		t.Errorf("the state is not acknowledged: %+v", r.Ack)
	}
	s.clock.advance(2 * time.Hour)
	must(daemon.JudgeIncidents(s.Daemon, t.Context()))
	if r := s.state(0, "backup/1"); r.Ack != nil {
		t.Errorf("its time is over and the state is still acknowledged: %+v", r.Ack)
	}
	must(s.Acknowledge(t.Context(), byTest, appliance.StateKey{Item: "backup/1"}, "again"))
	if i, err = s.Incident(t.Context(), i.ID); err != nil || !i.Acked(s.clock.now()) {
		t.Errorf("the incident does not follow its cause: %+v, %v", i.Ack, err)
	}
	must(s.NoteIncident(t.Context(), byTest, i.ID, "the disk was full"))
	must(s.SnoozeIncident(t.Context(), byTest, i.ID, s.clock.now().Add(time.Hour)))
	must(s.UnacknowledgeIncident(t.Context(), byTest, i.ID))
	if err := s.SnoozeIncident(t.Context(), byTest, i.ID, s.clock.now().Add(-time.Hour)); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("%v", err)
	}
	s.expects("backup/1", appliance.StateOK)
	s.pass(3 * time.Minute)
	if err := s.AcknowledgeIncident(t.Context(), byTest, i.ID, "", time.Time{}); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("%v", err)
	}
	if i, err = s.Incident(t.Context(), i.ID); err != nil || i.Open() || len(i.Notes) != 1 {
		t.Errorf("%+v, %v", i, err)
	}
}

func TestQuietHoursHoldWhatIsNotCritical(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	s.contact(appliance.Contact{Name: "Desk", Role: appliance.ContactTechnician, Language: "en", Hours: &appliance.ServiceHours{Preset: appliance.Hours5x10},
		Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "desk@example.com"}}})
	night := time.Date(2026, 12, 2, 23, 0, 0, 0, time.UTC)
	s.clock.set(night)
	tell := func(severity appliance.State) {
		t.Helper()
		if err := daemon.Tell(s.Daemon, t.Context(), appliance.Notice{Kind: appliance.NoticeTicket, Severity: severity, Title: appliance.Message{English: severity.String()}}); err != nil {
			t.Fatal(err)
		}
	}
	tell(appliance.StateWarning)
	tell(appliance.StateCritical)
	until(t, "one is held", func() bool { return len(s.sent(appliance.DeliveryHeld)) == 1 && len(p.subjects()) == 3 })
	held := s.sent(appliance.DeliveryHeld)[0]
	if held.Name != "Desk" || !held.Next.Equal(time.Date(2026, 12, 3, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", held)
	}
	s.clock.set(time.Date(2026, 12, 3, 7, 1, 0, 0, time.UTC))
	if err := daemon.Tell(s.Daemon, t.Context(), appliance.Notice{Title: appliance.Message{English: "morning"}, To: []appliance.Recipient{{Mail: "x@example.com"}}}); err != nil {
		t.Fatal(err)
	}
	until(t, "it is told in the morning", func() bool { return len(s.sent(appliance.DeliveryHeld)) == 0 })
}

func TestTheDailySummaryComesOnce(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	s.contact(appliance.Contact{Name: "Desk", Role: appliance.ContactKeyUser, Language: "en", Daily: "07:30", Channels: []appliance.Channel{{Kind: appliance.ChannelMail, Address: "desk@example.com"}}})
	s.clock.set(time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC))
	for range 3 {
		if err := daemon.TellDaily(s.Daemon, t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "it is told", func() bool { return len(p.subjects()) == 1 })
	if got := p.subjects(); !strings.HasPrefix(got[0], "Summary of 3 Dec") || !strings.Contains(p.texts[0], "Nothing went wrong") {
		t.Errorf("%q\n%s", got, p.texts[0])
	}
}

// A channel that fails is a state and an incident of its own, which another channel tells of.
func TestAChannelThatFailsIsToldByAnother(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	id := s.contact(appliance.Contact{Name: "Jan", Role: appliance.ContactKeyUser, Language: "en", Channels: []appliance.Channel{
		{Kind: appliance.ChannelMail, Address: "nobody@example.com"}, {Kind: appliance.ChannelMail, Address: "jan@example.com", Least: appliance.StateCritical}}})
	err := daemon.Tell(s.Daemon, t.Context(), appliance.Notice{Severity: appliance.StateWarning, Title: appliance.Message{English: "hello"}, To: []appliance.Recipient{{Contact: id}}})
	if err != nil {
		t.Fatal(err)
	}
	item := fmt.Sprintf("channel/%d.0", id)
	until(t, "the mailbox is a state", func() bool { return s.state(0, item).State == appliance.StateWarning })
	failed := s.sent(appliance.DeliveryFailed)
	if len(failed) != 1 || !strings.Contains(failed[0].Attempts[0].Answer, "no such mailbox") {
		t.Errorf("%+v", failed)
	}
	s.pass(2 * time.Minute)
	until(t, "the technician is told", func() bool {
		return slices.Contains(p.subjects(), "Warning: Jan: nothing can be told this way: SMTP error 550: no such mailbox")
	})
	if err := s.DeleteContact(t.Context(), byTest, id); err != nil {
		t.Fatal(err)
	}
	if r := s.state(0, item); r.State.Problem() && r.Item != "" {
		t.Errorf("the state outlives its contact: %+v", r)
	}
}

func TestSecretsOfChannelsAreNeverShown(t *testing.T) {
	t.Parallel()
	s, _ := told(t)
	c := appliance.Contact{Name: "Push", Role: appliance.ContactTechnician, Channels: []appliance.Channel{
		{Kind: appliance.ChannelService, Secret: appliance.Secret{Value: "ntfy://user:tk_geheimnis@127.0.0.1:1/alarm?scheme=http"}}}}
	id := s.contact(c)
	if _, err := s.TestContact(t.Context(), byTest, id); err != nil {
		t.Fatal(err)
	}
	until(t, "it was tried", func() bool { w := s.sent(appliance.DeliveryWaiting); return len(w) == 1 && w[0].Tried > 0 })
	if text := fmt.Sprintf("%+v %s", s.sent(""), s.log.String()); strings.Contains(text, "geheimnis") || strings.Contains(text, "/alarm") {
		t.Errorf("a secret is shown: %s", text)
	}
	c.ID, c.Version = id, 1
	c.Channels = []appliance.Channel{{Kind: appliance.ChannelService, Address: "ntfy, 127.0.0.1"}}
	if err := s.SaveContact(t.Context(), byTest, &c); err != nil || c.Channels[0].Secret.Value == "" {
		t.Errorf("an empty secret did not stay as it was: %v", err)
	}
}

// "Try again" while a try is under way that fails in the end means one more try, not waiting for the next one.
func TestTryAgainDuringATry(t *testing.T) {
	t.Parallel()
	s, p := told(t)
	entered, leave := make(chan struct{}), make(chan error)
	p.busy = func() error { entered <- struct{}{}; return <-leave }
	err := daemon.Tell(s.Daemon, t.Context(), appliance.Notice{Kind: appliance.NoticeTicket, Title: appliance.Message{English: "hello"}})
	if err != nil {
		t.Fatal(err)
	}
	full := &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "no room"}
	for tries := range 12 { // the wait grows to an hour
		<-entered
		leave <- full
		until(t, "the try is noted", func() bool { w := s.sent(appliance.DeliveryWaiting); return len(w) == 1 && w[0].Tried == tries+1 })
		s.retry()
	}
	<-entered
	s.retry()
	leave <- full
	<-entered
	leave <- nil
	until(t, "it is told", func() bool { return len(s.sent(appliance.DeliveryDelivered)) == 1 })
	if d := s.sent(appliance.DeliveryDelivered)[0]; d.Tried != 14 || !strings.Contains(d.Attempts[12].Answer, "no room") {
		t.Errorf("%+v", d)
	}
}
