package channel

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"siteward/appliance"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

var hello = Message{ID: "notice-7-0.1", Thread: "incident-3", Subject: "Kritisch: sw-core antwortet nicht", Text: "Seit 08:00.\n", HTML: "<p>Seit 08:00.</p>", Severity: appliance.StateCritical}

// server is a mail relay in the test's memory.
type server struct {
	mu     sync.Mutex
	mails  [][]byte
	refuse error // of mailboxes
	auth   bool
	relay  Relay
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }

type session struct {
	*server
	known bool
}

func (s *session) AuthMechanisms() []string {
	if s.auth {
		return []string{"PLAIN"}
	}
	return nil
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "siteward" || password != "geheim" {
			return errors.New("wrong")
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.auth && !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.refuse }
func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, b)
	return err
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func startServer(t *testing.T, security appliance.MailSecurity) *server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _ := x509.ParseCertificate(der)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	s := &server{auth: security != appliance.MailPlain}
	smtpd := smtp.NewServer(s)
	smtpd.Domain, smtpd.ReadTimeout = "relay.example", 5*time.Second
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	switch security {
	case appliance.MailTLS:
		l = tls.NewListener(l, config)
	case appliance.MailStartTLS:
		smtpd.TLSConfig = config
	}
	go func() { _ = smtpd.Serve(l) }()
	t.Cleanup(func() { _ = smtpd.Close() })
	s.relay = Relay{MailRelay: appliance.MailRelay{Host: "127.0.0.1", Port: port, Security: security, From: "siteward@praxis.example"}, Name: "site.example", Roots: roots, Now: func() time.Time { return noon }}
	if s.auth {
		s.relay.User, s.relay.Password = "siteward", "geheim"
	}
	return s
}

func TestMailGoesEveryWay(t *testing.T) {
	t.Parallel()
	for _, security := range appliance.MailSecurities {
		t.Run(string(security), func(t *testing.T) {
			s := startServer(t, security)
			answer, err := s.relay.Mail(t.Context(), "Mara Muster", "mara@example.com", hello)
			if err != nil || !strings.HasPrefix(answer, "250 ") {
				t.Fatalf("%q, %v", answer, err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(s.mails[0]))
			if err != nil {
				t.Fatal(err)
			}
			for h, want := range map[string]string{"Message-Id": "<notice-7-0.1@praxis.example>", "References": "<incident-3@praxis.example>", "In-Reply-To": "<incident-3@praxis.example>",
				"Auto-Submitted": "auto-generated", "To": `"Mara Muster" <mara@example.com>`, "Date": "Mon, 30 Nov 2026 12:00:00 +0000"} {
				if got := m.Header.Get(h); got != want {
					t.Errorf("%s: %q, want %q", h, got, want)
				}
			}
			if text := string(s.mails[0]); !strings.Contains(text, "text/plain") || !strings.Contains(text, "text/html") || !strings.Contains(text, "multipart/alternative") {
				t.Error(text)
			}
		})
	}
}

func TestWhatARelayRefusesIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := startServer(t, appliance.MailPlain)
	s.refuse = &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	if _, err := s.relay.Mail(t.Context(), "", "x@example.com", hello); !Refused(err) {
		t.Errorf("%v", err)
	}
	s.refuse = &smtp.SMTPError{Code: 451, Message: "grey"}
	if _, err := s.relay.Mail(t.Context(), "", "x@example.com", hello); err == nil || Refused(err) {
		t.Errorf("%v", err)
	}
	down := s.relay
	down.Port = 1
	if _, err := down.Mail(t.Context(), "", "x@example.com", hello); err == nil || Refused(err) {
		t.Errorf("%v", err)
	}
	if _, err := (Relay{}).Mail(t.Context(), "", "x@example.com", hello); err == nil || Refused(err) {
		t.Errorf("%v", err)
	}
}

func TestAPasswordNeedsEncryption(t *testing.T) {
	t.Parallel()
	r := Relay{MailRelay: appliance.MailRelay{Host: "192.0.2.1", Security: appliance.MailPlain, User: "siteward"}, Password: "geheim", Name: "x"}
	a, b := net.Pipe()
	go func() {
		defer b.Close()
		_, _ = io.WriteString(b, "220 hello\r\n")
		buf := make([]byte, 200)
		_, _ = b.Read(buf)
		_, _ = io.WriteString(b, "250 AUTH PLAIN\r\n")
	}()
	if err := r.greet(smtp.NewClient(a)); err == nil || !strings.Contains(err.Error(), "not encrypted") {
		t.Errorf("%v", err)
	}
	s := startServer(t, appliance.MailStartTLS)
	other := s.relay
	other.Roots = x509.NewCertPool()
	if _, err := other.Mail(t.Context(), "", "x@example.com", hello); err == nil || len(s.mails) > 0 {
		t.Error("a relay that nobody vouches for got a mail")
	}
}

// What a device calls itself reaches the subject and the name; it begins no header of its own.
func TestNoHeaderIsInjected(t *testing.T) {
	t.Parallel()
	s := startServer(t, appliance.MailPlain)
	for _, name := range []string{"sw\r\nBcc: all@example.com", "sw\nX-Evil: 1\n\nbody", "sw\u2028Bcc: x@example.com", "\x00\x1b[2Jsw", "sw\u202egnp.exe", strings.Repeat("ä", 5000)} {
		m := hello
		m.Subject, m.Thread, m.ID = name, hello.Thread, hello.ID
		m.Files = []appliance.NoticeFile{{Name: name, Type: "text/calendar; method=REQUEST\r\nX-Evil: 1", Data: []byte("BEGIN:VCALENDAR")}}
		if _, err := s.relay.Mail(t.Context(), name, "mara@example.com", m); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		got, err := message.Read(bytes.NewReader(s.mails[len(s.mails)-1]))
		if err != nil {
			t.Fatal(err)
		}
		for f := got.Header.Fields(); f.Next(); {
			if k := strings.ToLower(f.Key()); k == "bcc" || strings.HasPrefix(k, "x-evil") {
				t.Errorf("%q made the header %s", name, f.Key())
			}
		}
		if subject, _ := got.Header.Text("Subject"); strings.ContainsAny(subject, "\r\n\x00\x1b\u202e\u2028") || len([]rune(subject)) > maxSubject {
			t.Errorf("subject %q", subject)
		}
	}
}

// Another library reads a mail to its last boundary, with a file and without.
func TestAMailIsComplete(t *testing.T) {
	t.Parallel()
	s := startServer(t, appliance.MailPlain)
	with := hello
	with.Files = []appliance.NoticeFile{{Name: "Wartung.ics", Type: "text/calendar", Data: []byte("BEGIN:VCALENDAR\r\n")}}
	for want, m := range map[int]Message{2: hello, 3: with} {
		if _, err := s.relay.Mail(t.Context(), "", "mara@example.com", m); err != nil {
			t.Fatal(err)
		}
		got, err := mail.ReadMessage(bytes.NewReader(s.mails[len(s.mails)-1]))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := leaves(got.Header.Get("Content-Type"), got.Body); n != want || err != nil {
			t.Errorf("%d parts, %v; want %d", n, err, want)
		}
	}
}

// leaves counts the parts that hold no others.
func leaves(kind string, body io.Reader) (n int, err error) {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		return 1, err
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		of, err := leaves(p.Header.Get("Content-Type"), p)
		if n += of; err != nil {
			return n, err
		}
	}
}

func TestFilesGoAlong(t *testing.T) {
	t.Parallel()
	s := startServer(t, appliance.MailPlain)
	m := hello
	m.Files = []appliance.NoticeFile{{Name: "Wartung.ics", Type: "text/calendar; method=REQUEST", Data: []byte("BEGIN:VCALENDAR\r\n")}}
	if _, err := s.relay.Mail(t.Context(), "", "mara@example.com", m); err != nil {
		t.Fatal(err)
	}
	if text := string(s.mails[0]); !strings.Contains(text, "text/calendar; method=REQUEST") || !strings.Contains(text, "filename=Wartung.ics") {
		t.Error(text)
	}
}

// The vector of https://github.com/standard-webhooks/standard-webhooks.
func TestStandardWebhooks(t *testing.T) {
	t.Parallel()
	got := sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	var signature string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		signature = r.Header.Get("webhook-signature")
		if want := sign("whsec_c2VjcmV0", r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), b); signature != want {
			t.Errorf("signature %s, want %s", signature, want)
		}
		if !strings.Contains(string(b), `"severity":"critical"`) || !strings.Contains(string(b), "sw-core") {
			t.Errorf("body %s", b)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "well\r\nX: y "+strings.Repeat("long ", 5000))
	}))
	defer srv.Close()
	answer, err := Webhook(t.Context(), Client(), srv.URL, "whsec_c2VjcmV0", noon, hello)
	if err != nil || !strings.HasPrefix(answer, "200 OK well X: y") || len([]rune(answer)) > maxAnswer {
		t.Errorf("%q, %v", answer, err)
	}
	status = http.StatusInternalServerError
	if _, err := Webhook(t.Context(), Client(), srv.URL, "whsec_c2VjcmV0", noon, hello); err == nil || Refused(err) {
		t.Errorf("%v", err)
	}
	status = http.StatusGone
	if _, err := Webhook(t.Context(), Client(), srv.URL, "whsec_c2VjcmV0", noon, hello); !Refused(err) {
		t.Errorf("%v", err)
	}
}

func TestNoRedirectAndNoMetadata(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound))
	defer srv.Close()
	if _, err := Webhook(t.Context(), Client(), srv.URL, "", noon, hello); err == nil || !strings.Contains(err.Error(), "302") {
		t.Errorf("%v", err)
	}
	for _, address := range []string{"http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0/", "http://224.0.0.1/"} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if _, err := Webhook(ctx, Client(), address, "", noon, hello); err == nil || !strings.Contains(err.Error(), "no address for a service") {
			t.Errorf("%s: %v", address, err)
		}
		cancel()
	}
}

// ntfy as it is asked by the library: a JSON body, the topic and the token.
func TestServiceNtfy(t *testing.T) {
	t.Parallel()
	var body, auth string
	status := http.StatusOK
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, auth = string(b), r.Header.Get("Authorization")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"id":"x","event":"message"}`)
	}))
	defer srv.Close()
	address := fmt.Sprintf("ntfy://user:tk_geheimnis@%s/alarm?scheme=http", strings.TrimPrefix(srv.URL, "http://"))
	answer, err := Service(Client(), address, hello)
	if err != nil || !strings.Contains(body, "sw-core antwortet nicht") || auth == "" {
		t.Fatalf("%q %q %q, %v", answer, body, auth, err)
	}
	if strings.Contains(answer, "geheimnis") || strings.Contains(answer, "alarm") {
		t.Errorf("the answer %q tells a secret", answer)
	}
	status = http.StatusForbidden
	if _, err = Service(Client(), address, hello); err == nil || strings.Contains(err.Error(), "geheimnis") || strings.Contains(err.Error(), "alarm") {
		t.Errorf("%v", err)
	}
	srv.Close()
	if _, err = Service(Client(), address, hello); err == nil || Refused(err) || strings.Contains(err.Error(), "geheimnis") {
		t.Errorf("%v", err)
	}
}

func TestServicesThatMayBeUsed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"smtp://u:p@h/?from=a@b.c&to=d@e.f", "mqtt://h/topic", "logger://", "file:///etc/passwd", "", "ntfy", "http://x.example/", "telegram://"} {
		if err := CheckService(address); err == nil || address != "" && strings.Contains(err.Error(), address) && len(address) > 4 {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, name := range map[string]string{"ntfy://ntfy.example/topic": "ntfy, ntfy.example", "gotify://gotify.example/AzyoeNS.D4iJLVa": "gotify, gotify.example", "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@x": "telegram",
		"slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook": "slack"} {
		if err := CheckService(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if got := ServiceName(address); got != name {
			t.Errorf("%s is called %q", address, got)
		}
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("ntfy://user:tk_geheimnis@ntfy.example/alarm?x=y")
	f.Add("telegram://1:AAHdq@telegram")
	f.Add("::::")
	f.Fuzz(func(t *testing.T, address string) {
		_ = ServiceName(address)
		if err := Scrub(errors.New("dial "+address), address); err == nil {
			t.Error("an error is gone")
		}
	})
}
