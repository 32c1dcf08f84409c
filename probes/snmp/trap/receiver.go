package trap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"siteward/appliance"
)

// Options of a receiver.
type Options struct {
	EngineID string // ours, 5 to 32 octets
	Boots    uint32 // how often we were started
	Engines  []Engine
	Now      func() time.Time // the appliance's clock
	// Credentials gives the stored ones with their secrets. It is asked for each message and must be quick.
	Credentials func() []appliance.Credential
	// Known says whether a device has this address: its messages have a larger share.
	Known func(netip.Addr) bool
	// On says whether messages are wanted at all; others are read and forgotten.
	On func() bool
	// Take keeps messages. Informs are answered when it gives no error, so that what is acknowledged is kept.
	Take func(context.Context, []Message) error
	// Lost counts what the system has dropped for this socket since it was opened, before we could read it.
	Lost func() (uint64, error)
}

// Receiver reads one socket.
type Receiver struct {
	o       Options
	conn    net.PacketConn
	began   time.Time
	queue   chan datagram
	queued  atomic.Int64 // octets
	keys    keys
	engines engines
	late    map[netip.Addr]int
	reports map[string]uint64
	done    answered
	forget  chan string

	mu    sync.Mutex
	drops map[dropKey]*Message
	total appliance.TrapReceiver
	lost  uint64
}

type datagram struct {
	from netip.AddrPort
	b    []byte
}

type dropKey struct {
	from netip.Addr
	why  appliance.TrapRefusal
}

// Bounds: of one message, of those that wait to be decoded, of a batch, of senders whose drops are told apart.
const (
	maxDatagram   = 64 << 10
	maxQueued     = 4096
	maxQueuedSize = 8 << 20
	maxBatch      = 250
	batchWait     = 100 * time.Millisecond
	maxDropRows   = 256
	dropsEvery    = 2 * time.Second
)

// New makes a receiver of what comes to conn, which it closes at the end of Run.
func New(conn net.PacketConn, o Options) *Receiver {
	return &Receiver{o: o, conn: conn, began: time.Now(), queue: make(chan datagram, maxQueued), engines: newEngines(o.Engines),
		late: map[netip.Addr]int{}, reports: map[string]uint64{}, drops: map[dropKey]*Message{}, forget: make(chan string, 16)}
}

// Run receives until ctx ends.
func (r *Receiver) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = r.conn.Close() })
	defer stop()
	var group sync.WaitGroup
	group.Go(func() { r.work(ctx) })
	err := r.receive(ctx)
	close(r.queue)
	group.Wait()
	if ctx.Err() != nil {
		return nil //nolint:nilerr // closed because it was asked for
	}
	return err
}

// receive empties the socket as fast as it can; deciding whether a message is taken costs less than a microsecond.
func (r *Receiver) receive(ctx context.Context) error {
	conn, ok := r.conn.(*net.UDPConn)
	if !ok {
		return fmt.Errorf("traps: %T is no UDP socket", r.conn)
	}
	buf := make([]byte, maxDatagram)
	var l limiter
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // the end was asked for
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // an ICMP error to an answer of ours; the socket is as good as before
			continue
		case !r.o.On():
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		why := l.allow(from.Addr(), r.o.Known(from.Addr()), time.Now())
		if why == "" && r.queued.Load()+int64(n) > maxQueuedSize {
			why = appliance.TrapBusy
		}
		if why != "" {
			r.drop(from.Addr(), why, 1)
			continue
		}
		b := append(make([]byte, 0, n), buf[:n]...)
		r.queued.Add(int64(n))
		select {
		case r.queue <- datagram{from, b}:
		default:
			r.queued.Add(int64(-n))
			r.drop(from.Addr(), appliance.TrapBusy, 1)
		}
	}
}

// drop counts a message that is not taken.
func (r *Receiver) drop(from netip.Addr, why appliance.TrapRefusal, n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total.Received += n
	r.total.Dropped += n
	if len(r.drops) >= maxDropRows && r.drops[dropKey{from, why}] == nil {
		from = netip.Addr{} // counted together
	}
	m := r.drops[dropKey{from, why}]
	if m == nil {
		m = &Message{At: r.o.Now(), From: netip.AddrPortFrom(from, 0), Why: why}
		r.drops[dropKey{from, why}] = m
	}
	m.Count += n
}

// dropped gives the counts since the last call.
func (r *Receiver) dropped() (out []Message) {
	if r.o.Lost != nil {
		if lost, err := r.o.Lost(); err == nil && lost > r.lost {
			r.drop(netip.Addr{}, appliance.TrapSocketFull, lost-r.lost)
			r.lost = lost
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, m := range r.drops {
		out = append(out, *m)
		delete(r.drops, k)
	}
	return out
}

// Totals are the counts since the start.
func (r *Receiver) Totals() appliance.TrapReceiver {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

// Forget lets an engine (octets) begin anew: the device was reset and counts its starts from the beginning.
func (r *Receiver) Forget(engine string) {
	select {
	case r.forget <- engine:
	default: // more at once than anybody presses buttons
	}
}

// seconds is our engine's time.
func (r *Receiver) seconds() uint32 { return uint32(time.Since(r.began) / time.Second) } //nolint:gosec // 68 years
