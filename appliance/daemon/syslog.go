package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"siteward/internal/certfile"
	"siteward/probes/listen"
	"siteward/probes/syslog"
	"siteward/systemd"
)

// listenSyslog opens the sockets of the settings and of the service manager, and serves them in a group. One that cannot be opened is
// told in the page of messages, and the rest runs.
func (d *Daemon) listenSyslog(ctx context.Context, g *errgroup.Group) {
	d.inbox.mu.Lock()
	d.inbox.since = d.now()
	d.inbox.mu.Unlock()
	server := syslog.New(syslog.Options{Now: d.now, Zone: d.location, Take: d.takeLog, Closed: d.syslogClosed})
	for _, address := range d.Options.Syslog {
		if err := d.openSyslog(ctx, g, server, address); err != nil {
			d.log.Error("syslog cannot be received", "address", address, "err", err)
			d.inbox.mu.Lock()
			d.inbox.trouble = append(d.inbox.trouble, address+": "+err.Error())
			d.inbox.mu.Unlock()
		}
	}
	for _, f := range systemd.Sockets("journal") {
		conn, err := net.FilePacketConn(f)
		if local, ok := conn.(*net.UnixConn); ok {
			d.serveLocal(ctx, g, server, local)
		} else {
			d.log.Error("a socket of the service manager cannot be used", "socket", f.Name(), "err", err)
		}
	}
	if len(d.Options.Syslog) > 0 {
		return
	}
	d.handedSyslog(ctx, g, server)
}

// handedSyslog serves the sockets that the service manager opened.
func (d *Daemon) handedSyslog(ctx context.Context, g *errgroup.Group, server *syslog.Server) {
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
		return fmt.Errorf("write it like udp://:514, tcp://:514, tls://:6514 or unix:///run/siteward/log")
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
			cert, err := certfile.Open(d.Certificate, d.CertificateKey)
			if err != nil {
				return errors.Join(err, l.Close())
			}
			l = cert.Listener(l)
		}
		d.serveStreams(ctx, g, server, l, scheme)
		return nil
	}
	if scheme == "unix" {
		conn, err := listen.Unixgram(at)
		if err != nil {
			return err
		}
		d.serveLocal(ctx, g, server, conn)
		return nil
	}
	return fmt.Errorf("%q is none of udp, tcp, tls and unix", scheme)
}

// serveLocal takes what programs of this machine write, its journal above all.
func (d *Daemon) serveLocal(ctx context.Context, g *errgroup.Group, server *syslog.Server, conn *net.UnixConn) {
	d.inbox.mu.Lock()
	d.inbox.addresses = append(d.inbox.addresses, syslog.Local+" "+conn.LocalAddr().String())
	d.inbox.mu.Unlock()
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	g.Go(func() error { return server.ServeLocal(ctx, conn, host) })
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
