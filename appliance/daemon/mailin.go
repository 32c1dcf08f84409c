package daemon

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/netip"
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/internal/certfile"
	"siteward/probes/backuplog"
	"siteward/probes/mailin"
)

// MailDomain is App.MailDomain.
func (d *Daemon) MailDomain() string {
	if d.MailListen == "" && d.MailListener == nil {
		return ""
	}
	if d.Options.MailDomain != "" {
		return d.Options.MailDomain
	}
	return "siteward.invalid"
}

// listenMail opens the receiver's port; nil when it is switched off.
func (d *Daemon) listenMail() (net.Listener, error) {
	if d.MailListener != nil || d.MailListen == "" {
		return d.MailListener, nil
	}
	l, err := net.Listen("tcp", d.MailListen)
	if err != nil {
		return nil, fmt.Errorf("receive mail on %s: %w; another program may have the port, choose one with --mail-listen", d.MailListen, err)
	}
	return l, nil
}

func (d *Daemon) receiveMail(ctx context.Context, l net.Listener) error {
	o := mailin.Options{Domain: d.MailDomain(), Log: d.log, Known: d.knownMailbox, Deliver: d.deliverMail}
	for _, n := range d.MailNetworks {
		prefix, err := netip.ParsePrefix(n)
		if err != nil {
			return fmt.Errorf("--mail-networks: %q is no network; write it like 192.168.1.0/24", n)
		}
		o.Networks = append(o.Networks, prefix)
	}
	if d.Certificate != "" {
		c, err := certfile.Open(d.Certificate, d.CertificateKey)
		if err != nil {
			return err
		}
		o.TLS = c.Config()
	}
	d.log.Info("mail is received", "address", l.Addr().String())
	return mailin.Serve(ctx, l, o)
}

// mailSource finds the source of a mailbox.
func (d *Daemon) mailSource(mailbox string) (appliance.Source, error) {
	list, err := d.store.Sources()
	if err != nil {
		return appliance.Source{}, err
	}
	for _, s := range list {
		if s.Kind == appliance.SourceMail && s.Mail != nil && s.Mail.Mailbox == mailbox {
			return s, nil
		}
	}
	return appliance.Source{}, mailin.ErrNoMailbox
}

func (d *Daemon) knownMailbox(mailbox, sender string) error {
	if !d.receives(appliance.ReceiverMail) {
		return errReceiverOff // told as something that may pass: the sender keeps the mail and tries again
	}
	s, err := d.mailSource(mailbox)
	if err != nil {
		return err
	}
	allowed := func(one string) bool {
		one = strings.ToLower(one)
		return sender == one || strings.HasPrefix(one, "@") && strings.HasSuffix(sender, one)
	}
	if len(s.Mail.Senders) > 0 && !slices.ContainsFunc(s.Mail.Senders, allowed) {
		return mailin.ErrSender
	}
	return nil
}

// deliverMail keeps a mail until it is read, which is right after.
func (d *Daemon) deliverMail(_ context.Context, m mailin.Message) error {
	for _, box := range m.Mailboxes {
		s, err := d.mailSource(box)
		if err != nil {
			return err
		}
		if s.Paused.Active(d.now()) {
			continue
		}
		if err := d.spool(s.ID, subjectOf(m.Raw), appliance.Push{Body: m.Raw, From: m.From, At: d.now()}); err != nil {
			return err
		}
		d.wakeSource(s.ID)
	}
	return nil
}

// subjectOf is what a mail is called, in readable letters and not too long.
func subjectOf(raw []byte) string {
	head, _, _ := bytes.Cut(raw[:min(len(raw), 64<<10)], []byte("\r\n\r\n"))
	m, err := mail.ReadMessage(bytes.NewReader(append(bytes.Clone(head), "\r\n\r\n"...)))
	if err != nil {
		return "mail"
	}
	subject := m.Header.Get("Subject")
	if s, err := (&mime.WordDecoder{}).DecodeHeader(subject); err == nil {
		subject = s
	}
	subject = strings.ToValidUTF8(strings.Join(strings.Fields(subject), " "), "")
	if r := []rune(subject); len(r) > 200 {
		subject = string(r[:200])
	}
	if subject == "" {
		return "mail"
	}
	return subject
}

// mail reads one mail.
func (r *sourceReading) mail(ctx context.Context, w store.Spooled) error {
	o, err := r.options(w.Name)
	if err != nil {
		return err
	}
	o.Final, o.Now = true, w.Push.At
	result, err := backuplog.Read(ctx, bytes.NewReader(w.Push.Body), o)
	if err != nil {
		return err
	}
	receive(result.Runs, w.Push.At)
	r.heard = true
	if len(result.Runs)+len(result.Events) == 0 {
		r.note = &appliance.Message{Key: "source.note_unknown_mail", Args: map[string]any{"subject": w.Name, "from": w.Push.From, "at": w.Push.At},
			English: fmt.Sprintf("the mail %q of %s tells of no backup that is known here", w.Name, w.Push.From)}
	}
	kept := keptText(w, result.Runs)
	return r.keep(ctx, result, int64(len(w.Push.Body)), func(tx *store.Tx) error {
		if err := tx.KeepRunText(kept); err != nil {
			return err
		}
		return tx.Unspool(w)
	})
}
