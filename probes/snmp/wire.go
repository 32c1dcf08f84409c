package snmp

import (
	"context"
	"net"
	"sync"
	"time"
)

// wire is the socket to one agent as gosnmp sees it. It stops waiting at once when the run's context ends, counts
// octets, and keeps the last datagram so that a refusal can be explained.
type wire struct {
	net.Conn

	mu   sync.Mutex
	done bool

	sent, received int
	last           []byte // the datagram read last, in gosnmp's buffer
	err            error  // of the last read or write
}

// past is a deadline that has been missed.
var past = time.Unix(1, 0)

// dial opens a socket of its own for one run, so that an answer that comes after the run finds nobody.
func dial(ctx context.Context, address string) (*wire, error) {
	c, err := new(net.Dialer).DialContext(ctx, "udp", address)
	if err != nil {
		return nil, err
	}
	return &wire{Conn: c}, nil
}

// interrupt ends the waiting of now and later.
func (w *wire) interrupt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	_ = w.Conn.SetDeadline(past)
}

// SetDeadline sets it unless the run is over.
func (w *wire) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		t = past
	}
	return w.Conn.SetDeadline(t)
}

// Write sends one datagram.
func (w *wire) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	w.sent, w.err = w.sent+n, err
	return n, err
}

// Read receives one datagram.
func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.received, w.last, w.err = w.received+n, b[:n], err
	return n, err
}
