package channel

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"siteward/appliance"
)

// Relay is the server that mails are handed to, ready to be used.
type Relay struct {
	appliance.MailRelay
	Password string
	Name     string         // of this machine, for the greeting
	Roots    *x509.CertPool // nil: the system's
	Now      func() time.Time
}

// relayTimeout bounds one whole conversation.
const relayTimeout = 90 * time.Second

// Mail hands a message to the relay for one mailbox and gives the relay's answer.
func (r Relay) Mail(ctx context.Context, name, address string, m Message) (answer string, err error) {
	if r.Host == "" {
		return "", errors.New("no mail relay is set up")
	}
	raw, err := r.compose(name, address, m)
	if err != nil {
		return "", refused{fmt.Errorf("write the mail: %w", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, relayTimeout)
	defer cancel()
	c, err := r.connect(ctx)
	if err != nil {
		return "", err
	}
	defer c.Close() //nolint:errcheck // the answer is there, or the error
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	answer, err = r.hand(c, address, raw)
	if err == nil {
		_ = c.Quit()
	}
	return answer, err
}

func (r Relay) connect(ctx context.Context) (*smtp.Client, error) {
	port := r.Port
	if port == 0 {
		port = map[appliance.MailSecurity]int{appliance.MailTLS: 465, appliance.MailPlain: 25}[r.Security]
	}
	if port == 0 {
		port = 587
	}
	dial := net.Dialer{Timeout: 15 * time.Second}
	conn, err := dial.DialContext(ctx, "tcp", net.JoinHostPort(r.Host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{ServerName: r.Host, RootCAs: r.Roots, MinVersion: tls.VersionTLS12}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var c *smtp.Client
	switch r.Security {
	case appliance.MailTLS:
		c = smtp.NewClient(tls.Client(conn, secure))
	case appliance.MailPlain:
		c = smtp.NewClient(conn)
	default:
		if c, err = smtp.NewClientStartTLS(conn, secure); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	c.CommandTimeout, c.SubmissionTimeout = 30*time.Second, time.Minute
	if err := r.greet(c); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// greet says who we are. A password goes over an encrypted line only, or stays on this machine.
func (r Relay) greet(c *smtp.Client) error {
	if err := c.Hello(r.Name); err != nil {
		return err
	}
	if r.User == "" {
		return nil
	}
	if r.Security == appliance.MailPlain && !loopback(r.Host) {
		return errors.New("the password is not sent over a line that is not encrypted; choose STARTTLS or TLS")
	}
	if c.SupportsAuth("LOGIN") && !c.SupportsAuth("PLAIN") {
		return c.Auth(sasl.NewLoginClient(r.User, r.Password))
	}
	return c.Auth(sasl.NewPlainClient("", r.User, r.Password))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// hand gives one mail over. What the relay says of sender and mailbox with a code of 5xx holds for good.
func (r Relay) hand(c *smtp.Client, address string, raw []byte) (string, error) {
	if err := c.Mail(r.From, nil); err != nil {
		return "", err
	}
	if err := c.Rcpt(address, nil); err != nil {
		return "", forGood(err)
	}
	w, err := c.Data()
	if err != nil {
		return "", err
	}
	if _, err := w.Write(raw); err != nil {
		return "", errors.Join(err, w.Close())
	}
	done, err := w.CloseWithResponse()
	if err != nil {
		return "", forGood(err)
	}
	return oneLine("250 "+done.StatusText, maxAnswer), nil
}

func forGood(err error) error {
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok && e.Code >= 500 {
		return refused{err}
	}
	return err
}
