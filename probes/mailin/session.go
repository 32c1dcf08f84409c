package mailin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-smtp"
)

type backend struct {
	ctx     context.Context //nolint:containedctx // the library hands none to its sessions
	options Options
}

// NewSession begins a connection.
func (b *backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{backend: b, remote: c.Conn().RemoteAddr().String()}, nil
}

type session struct {
	*backend
	remote  string
	message Message
	bad     int
}

// Reset forgets the message that was begun.
func (s *session) Reset() { s.message = Message{} }

// Logout ends the connection.
func (s *session) Logout() error { return nil }

// Mail is who sends. Devices send from addresses that nobody answers at, also from none.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.message = Message{From: strings.ToLower(from), Remote: s.remote}
	return nil
}

// Rcpt is a mailbox. What stands behind the @ does not matter: devices insist on all kinds of domains.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.bad >= maxBad {
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "too many unknown recipients"}
	}
	box, _, _ := strings.Cut(strings.ToLower(to), "@")
	err := s.options.Known(box, s.message.From)
	switch {
	case errors.Is(err, ErrNoMailbox):
		s.bad++
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox here"}
	case errors.Is(err, ErrSender):
		s.bad++
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "this sender may not write to this mailbox"}
	case err != nil:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not possible now, try again later"}
	}
	if !slices.Contains(s.message.Mailboxes, box) {
		s.message.Mailboxes = append(s.message.Mailboxes, box)
	}
	return nil
}

// Data takes the message itself and answers when it is kept.
func (s *session) Data(r io.Reader) error {
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		return err // the library's own, with its code: too large, line too long
	}
	s.message.Raw = b.Bytes()
	if err := s.options.Deliver(s.ctx, s.message); err != nil {
		s.options.Log.Warn("a mail could not be kept; its sender tries again", "from", s.message.From, "to", strings.Join(s.message.Mailboxes, ","), "err", err)
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "no room now, try again later"}
	}
	return nil
}
