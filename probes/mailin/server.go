package mailin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
)

// Options of a receiver.
type Options struct {
	Domain   string         // that we call ourselves
	Networks []netip.Prefix // of those who may connect; empty = Private
	TLS      *tls.Config    // for STARTTLS, nil = none
	Log      *slog.Logger
	// Known says whether a mailbox exists and takes mail of a sender.
	Known func(mailbox, sender string) error
	// Deliver keeps a message for each of the mailboxes. It is on the disk when Deliver returns.
	Deliver func(ctx context.Context, m Message) error
}

// Message is a mail as it came.
type Message struct {
	From      string   // of the envelope
	Mailboxes []string // what stands before the @, in small letters
	Raw       []byte
	Remote    string // address of who sent it
}

// ErrNoMailbox and ErrSender are what Known answers; anything else is told as a failure that may pass.
var (
	ErrNoMailbox = errors.New("no such mailbox")
	ErrSender    = errors.New("this sender may not write here")
)

// Limits of one message and one connection.
const (
	MaxBytes      = 10 << 20
	maxRecipients = 10
	maxLine       = 64 << 10
	maxAtOnce     = 20
	maxBad        = 10 // recipients refused, until the connection is closed
	commandLimit  = 60 * time.Second
	sessionLimit  = 5 * time.Minute
)

// Private are the networks of one site: this machine, RFC 1918, link-local, and their kin of IPv6.
var Private = []netip.Prefix{
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

// Serve receives mail until ctx ends. It closes the listener.
func Serve(ctx context.Context, l net.Listener, o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if len(o.Networks) == 0 {
		o.Networks = Private
	}
	s := smtp.NewServer(&backend{ctx: ctx, options: o})
	s.Domain, s.TLSConfig = o.Domain, o.TLS
	s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = MaxBytes, maxRecipients, maxLine
	s.ReadTimeout, s.WriteTimeout = commandLimit, commandLimit
	s.EnableSMTPUTF8 = true
	s.ErrorLog = quiet{o.Log}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	err := s.Serve(&admitted{Listener: netutil.LimitListener(l, maxAtOnce), options: o})
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// admitted lets in who is in the networks, and nobody for longer than sessionLimit.
type admitted struct {
	net.Listener
	options Options
}

// Accept waits for the next one who may connect.
func (a *admitted) Accept() (net.Conn, error) {
	for {
		c, err := a.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if within(a.options.Networks, c.RemoteAddr()) {
			return &limited{Conn: c, end: time.Now().Add(sessionLimit)}, nil
		}
		a.options.Log.Info("mail is not received from this network", "from", c.RemoteAddr().String())
		_ = c.Close()
	}
}

func within(networks []netip.Prefix, a net.Addr) bool {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return false
	}
	for _, n := range networks {
		if n.Contains(ap.Addr().Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// limited is a connection that ends, however slowly the other side goes on.
type limited struct {
	net.Conn
	end time.Time
}

func (l *limited) cut(t time.Time) time.Time {
	if t.IsZero() || t.After(l.end) {
		return l.end
	}
	return t
}

// SetDeadline is that of net.Conn, at the latest the connection's end.
func (l *limited) SetDeadline(t time.Time) error { return l.Conn.SetDeadline(l.cut(t)) }

// SetReadDeadline is that of net.Conn, at the latest the connection's end.
func (l *limited) SetReadDeadline(t time.Time) error { return l.Conn.SetReadDeadline(l.cut(t)) }

// SetWriteDeadline is that of net.Conn, at the latest the connection's end.
func (l *limited) SetWriteDeadline(t time.Time) error { return l.Conn.SetWriteDeadline(l.cut(t)) }

// quiet puts what the library mumbles into the log of those who look for it.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, v ...any) {
	q.log.Debug("mail receiver: " + fmt.Sprintf(format, v...))
}
func (q quiet) Println(v ...any) { q.log.Debug("mail receiver: " + fmt.Sprintln(v...)) }
