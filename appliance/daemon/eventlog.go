package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/eventlog"
	"siteward/appliance/store"
	"siteward/embed"
	"siteward/probes/listen"
	"siteward/probes/syslog"
	"siteward/systemd"
)

// inbox takes messages of syslog, recognises and folds them, and hands them to the event log once a second.
type inbox struct {
	log   *eventlog.Log
	rules func() (*eventlog.Rules, error) // read with the first message
	seed  maphash.Seed

	mu        sync.Mutex
	waiting   []appliance.LogMessage
	same      map[uint64]int // hash of what a message says -> its place in waiting
	addresses []string
	trouble   []string
	since     time.Time
	received  uint64
	refused   uint64 // by the disk
	lost      []func() (uint64, error)
}

// What is folded and written at once, and how many messages wait for it at most.
const (
	inboxEvery = time.Second
	maxInbox   = 20_000
	logSeenKey = "logs.seen"
)

// openInbox opens the event log beside the store.
func (d *Daemon) openInbox() error {
	var err error
	if d.inbox.log, err = eventlog.Open(filepath.Join(d.Data, "events"), eventlog.Options{}); err != nil {
		return fmt.Errorf("open the event log: %w", err)
	}
	d.inbox.rules = sync.OnceValues(func() (*eventlog.Rules, error) { return eventlog.LoadRules(embed.Rules) })
	d.inbox.seed, d.inbox.same = maphash.MakeSeed(), map[uint64]int{}
	return nil
}

// listenSyslog opens the sockets of the settings and of the service manager, and serves them in a group. One that cannot be opened is
// told in the page of messages, and the rest runs.
func (d *Daemon) listenSyslog(ctx context.Context, g *errgroup.Group) {
	d.inbox.mu.Lock()
	d.inbox.since = d.now()
	d.inbox.mu.Unlock()
	server := syslog.New(syslog.Options{Now: d.now, Zone: d.location, Take: d.takeLog})
	for _, address := range d.Options.Syslog {
		if err := d.openSyslog(ctx, g, server, address); err != nil {
			d.log.Error("syslog cannot be received", "address", address, "err", err)
			d.inbox.mu.Lock()
			d.inbox.trouble = append(d.inbox.trouble, address+": "+err.Error())
			d.inbox.mu.Unlock()
		}
	}
	if len(d.Options.Syslog) > 0 {
		return
	}
	for _, f := range systemd.Sockets("syslog") {
		if conn, err := listen.File(f); err == nil {
			d.servePackets(ctx, g, server, conn)
			continue
		}
		l, err := net.FileListener(f)
		if err != nil {
			d.log.Error("a socket of the service manager cannot be used", "socket", f.Name(), "err", err)
			continue
		}
		d.serveStreams(ctx, g, server, l, "tcp")
	}
}

func (d *Daemon) openSyslog(ctx context.Context, g *errgroup.Group, server *syslog.Server, address string) error {
	scheme, at, ok := strings.Cut(address, "://")
	if !ok {
		return fmt.Errorf("write it like udp://:514, tcp://:514 or tls://:6514")
	}
	switch scheme {
	case "udp":
		conn, err := listen.UDP(at)
		if err != nil {
			return err
		}
		d.servePackets(ctx, g, server, conn)
		return nil
	case "tcp", "tls":
		l, err := net.Listen("tcp", at)
		if err != nil {
			return err
		}
		if scheme == "tls" {
			if d.Certificate == "" {
				return errors.Join(fmt.Errorf("there is no certificate; give one with --tls-cert and --tls-key"), l.Close())
			}
			cert, err := newCertificate(d.Certificate, d.CertificateKey)
			if err != nil {
				return errors.Join(err, l.Close())
			}
			l = cert.listener(l)
		}
		d.serveStreams(ctx, g, server, l, scheme)
		return nil
	}
	return fmt.Errorf("%q is none of udp, tcp and tls", scheme)
}

func (d *Daemon) servePackets(ctx context.Context, g *errgroup.Group, server *syslog.Server, conn *net.UDPConn) {
	d.inbox.mu.Lock()
	d.inbox.addresses = append(d.inbox.addresses, "udp "+conn.LocalAddr().String())
	if lost, err := listen.Drops(conn); err == nil {
		d.inbox.lost = append(d.inbox.lost, lost)
	}
	d.inbox.mu.Unlock()
	g.Go(func() error { return server.ServePacket(ctx, conn) })
}

func (d *Daemon) serveStreams(ctx context.Context, g *errgroup.Group, server *syslog.Server, l net.Listener, via string) {
	d.inbox.mu.Lock()
	d.inbox.addresses = append(d.inbox.addresses, via+" "+l.Addr().String())
	d.inbox.mu.Unlock()
	g.Go(func() error { return server.ServeStream(ctx, l, via) })
}

// takeLog recognises messages and folds those that say the same within a second into one with a count.
func (d *Daemon) takeLog(ms []appliance.LogMessage) {
	rules, err := d.inbox.rules()
	if err != nil {
		d.log.Error("the rules of the event log cannot be read", "err", err) // a test reads those that ship inside
		rules = &eventlog.Rules{}
	}
	for i := range ms {
		m := &ms[i]
		if a, err := netip.ParseAddr(m.Source); err == nil {
			if ids := d.post.senders.devices(a); len(ids) == 1 {
				m.Device = ids[0]
			}
		}
		m.Rules = rules.Of(m)
		d.heardLine(m.At, m.Source, cmp.Or(m.Host, m.Source), m.App, m.Text)
	}
	b := &d.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range ms {
		m := &ms[i]
		b.received++
		key := maphash.String(b.seed, m.Source+"\x00"+m.Host+"\x00"+m.App+"\x00"+m.Text)
		if at, ok := b.same[key]; ok && at < len(b.waiting) && b.waiting[at].Text == m.Text && b.waiting[at].Source == m.Source {
			b.waiting[at].Count++
			continue
		}
		b.same[key] = len(b.waiting)
		b.waiting = append(b.waiting, *m)
	}
	if len(b.waiting) >= maxInbox {
		d.writeInbox()
	}
}

// writeInbox hands what waits to the event log. The lock is held.
func (d *Daemon) writeInbox() {
	b := &d.inbox
	if len(b.waiting) == 0 {
		return
	}
	if err := b.log.Append(b.waiting); err != nil {
		b.refused += uint64(len(b.waiting))
		d.log.Error("messages could not be kept", "n", len(b.waiting), "err", err)
	}
	clear(b.same)
	b.waiting = b.waiting[:0]
}

// keepInbox writes once a second until ctx ends.
func (d *Daemon) keepInbox(ctx context.Context) error {
	tick := time.NewTicker(inboxEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			d.flushInbox()
		}
	}
}

func (d *Daemon) flushInbox() {
	d.inbox.mu.Lock()
	d.writeInbox()
	d.inbox.mu.Unlock()
	if err := d.inbox.log.Flush(); err != nil {
		d.log.Error("the event log takes no writes", "err", err)
	}
}

// closeInbox writes what has come since the last second, and closes the event log.
func (d *Daemon) closeInbox() error {
	d.flushInbox()
	return d.inbox.log.Close()
}

// LogMessages is App.LogMessages.
func (d *Daemon) LogMessages(ctx context.Context, f appliance.LogFilter) ([]appliance.LogMessage, error) {
	return d.inbox.log.Find(ctx, f)
}

// LogSample is App.LogSample. The day is that of the site.
func (d *Daemon) LogSample(ctx context.Context, day time.Time, draw int) (appliance.LogSample, error) {
	day = day.In(d.location())
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
	return d.inbox.log.Sample(ctx, from, from.AddDate(0, 0, 1), min(max(draw, 0), 200))
}

// LogCounts is App.LogCounts.
func (d *Daemon) LogCounts(ctx context.Context, since time.Time) (map[string]uint64, error) {
	return d.inbox.log.Counts(ctx, since)
}

// SeenLog is App.SeenLog.
func (d *Daemon) SeenLog(ctx context.Context, by appliance.Actor, source string, id uint64) error {
	seen, err := d.SeenUntil(ctx)
	if err != nil {
		return err
	}
	if seen[source] >= id {
		return nil
	}
	seen[source] = id
	b, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	return d.change(by, "audit.log_seen", source, func(tx *store.Tx) error { return tx.PutMeta(logSeenKey, b) })
}

// SeenUntil is App.SeenUntil.
func (d *Daemon) SeenUntil(context.Context) (map[string]uint64, error) {
	seen := map[string]uint64{}
	b, err := d.store.Meta(logSeenKey)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return nil, err
	}
	if len(b) > 0 {
		if err := json.Unmarshal(b, &seen); err != nil {
			return nil, fmt.Errorf("what was seen of the event log: %w", err)
		}
	}
	return seen, nil
}

// LogReceiver is App.LogReceiver.
func (d *Daemon) LogReceiver(context.Context) appliance.LogReceiver {
	b := &d.inbox
	b.mu.Lock()
	r := appliance.LogReceiver{Addresses: b.addresses, Trouble: strings.Join(b.trouble, "; "), Since: b.since, Received: b.received, Dropped: b.refused}
	for _, lost := range b.lost {
		if n, err := lost(); err == nil {
			r.Dropped += n
			r.Received += n
		}
	}
	b.mu.Unlock()
	r.Bytes, r.Oldest = b.log.Size()
	return r
}

// PushLog is App.PushLog.
func (d *Daemon) PushLog(_ context.Context, m appliance.LogMessage) error {
	if m.Raw == "" {
		m.Raw = m.Text
	}
	if len(m.Raw) > syslog.MaxMessage || m.Raw == "" {
		return appliance.Errorf(appliance.CodeInvalid, "a message has 1 to %d octets", syslog.MaxMessage)
	}
	if m.Text == "" {
		m.Text = m.Raw
	}
	m.At, m.Via, m.Count = d.now(), "push", max(m.Count, 1)
	d.takeLog([]appliance.LogMessage{m})
	return nil
}
