package syslog

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"siteward/appliance"
)

// Options of listeners.
type Options struct {
	Now  func() time.Time
	Zone func() *time.Location
	// Take keeps messages. It is called from several goroutines and may block: senders over TCP then wait, and what UDP senders send
	// meanwhile waits in the socket.
	Take func([]appliance.LogMessage)
	// Closed says that nothing is taken over udp, tcp or tls at present; nil: all is taken.
	Closed func(via string) bool
}

func (o Options) closed(via string) bool { return o.Closed != nil && o.Closed(via) }

// Server takes messages from sockets.
type Server struct {
	o     Options
	conns atomic.Int64
}

// New makes one.
func New(o Options) *Server { return &Server{o: o} }

// Bounds of connections: how many, how long one may say nothing, how much is handed on at once.
const (
	maxConns  = 256
	idleLimit = 30 * time.Minute
	maxBatch  = 256
)

// ServePacket reads datagrams, one message each, until ctx ends.
func (s *Server) ServePacket(ctx context.Context, conn *net.UDPConn) error {
	return s.datagrams(ctx, conn, func(buf []byte) (appliance.LogMessage, error) {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return appliance.LogMessage{}, err
		}
		return s.message(buf[:n], from.Addr(), "udp"), nil
	})
}

// datagrams takes one message after the other until ctx ends. One that cannot be read does not end it.
func (s *Server) datagrams(ctx context.Context, conn io.Closer, next func(buf []byte) (appliance.LogMessage, error)) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	buf := make([]byte, 64<<10)
	for {
		m, err := next(buf)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil, s.o.closed(m.Via):
			continue
		}
		s.o.Take([]appliance.LogMessage{m})
	}
}

func (s *Server) message(b []byte, from netip.Addr, via string) appliance.LogMessage {
	m := Parse(b, s.o.Now(), s.o.Zone())
	m.Source, m.Via = from.Unmap().WithZone("").String(), via
	return m
}

// ServeStream accepts connections until ctx ends; via is tcp or tls.
func (s *Server) ServeStream(ctx context.Context, l net.Listener, via string) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var group sync.WaitGroup
	defer group.Wait()
	for {
		c, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of descriptors: those that are open go on
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		case s.conns.Load() >= maxConns, s.o.closed(via):
			_ = c.Close()
			continue
		}
		s.conns.Add(1)
		group.Go(func() {
			defer s.conns.Add(-1)
			end := context.AfterFunc(ctx, func() { _ = c.Close() })
			defer end()
			s.stream(c, via)
			_ = c.Close()
		})
	}
}

// stream reads one connection.
func (s *Server) stream(c net.Conn, via string) {
	var from netip.Addr
	if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
		from = a.Addr()
	}
	r := bufio.NewReaderSize(&patient{c}, 64<<10)
	var batch []appliance.LogMessage
	for {
		b, err := Frame(r)
		if s.o.closed(via) {
			return
		}
		if len(b) > 0 {
			batch = append(batch, s.message(b, from, via))
		}
		if len(batch) > 0 && (err != nil || len(batch) >= maxBatch || r.Buffered() == 0) {
			s.o.Take(batch)
			batch = nil
		}
		if err != nil {
			return
		}
	}
}

// patient gives each read its time.
type patient struct{ net.Conn }

func (p *patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(idleLimit)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

// Frame reads one message of a stream (RFC 6587): with its length before it, or up to the end of the line. A message that is longer
// than MaxMessage is cut, and the stream goes on behind it. The last one may end without its line's end.
func Frame(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(1)
	if err != nil {
		return nil, err
	}
	if head[0] >= '1' && head[0] <= '9' {
		if n, size := counted(r); n > 0 {
			_, _ = r.Discard(size)
			return exactly(r, n)
		}
	}
	return line(r)
}

// counted looks for "LENGTH <": a line that only begins with a number is a line.
func counted(r *bufio.Reader) (n, size int) {
	for size = 1; size <= 8; size++ {
		b, err := r.Peek(size + 1)
		if err != nil {
			return 0, 0
		}
		switch c := b[size]; {
		case c >= '0' && c <= '9':
		case c == ' ':
			for _, d := range b[:size] {
				n = n*10 + int(d-'0')
			}
			if b, err = r.Peek(size + 2); err != nil || b[size+1] != '<' {
				return 0, 0
			}
			return n, size + 1
		default:
			return 0, 0
		}
	}
	return 0, 0
}

func exactly(r *bufio.Reader, n int) ([]byte, error) {
	b := make([]byte, min(n, MaxMessage))
	got, err := io.ReadFull(r, b)
	if err != nil {
		return b[:got], err
	}
	if n > len(b) {
		_, err = r.Discard(n - len(b))
	}
	return b, err
}

func line(r *bufio.Reader) ([]byte, error) {
	var out []byte
	for {
		part, err := r.ReadSlice('\n')
		out = append(out, part[:min(len(part), MaxMessage-len(out))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return bytes.TrimRight(out, "\r\n\x00"), err
	}
}
