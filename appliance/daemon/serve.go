package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance/control"
	"siteward/appliance/jobs"
	"siteward/appliance/poll"
	"siteward/embed"
	"siteward/internal/httpserver"
	"siteward/systemd"
	"siteward/ui"
	"siteward/ui/api"
)

// RunAndClose runs the appliance until ctx ends, and closes it whatever happened.
func (d *Daemon) RunAndClose(ctx context.Context) error {
	return errors.Join(d.Run(ctx), d.Close())
}

// Run starts polls, jobs, pages and the control socket, and returns when ctx has ended and all of them have stopped. It may be
// called once.
func (d *Daemon) Run(ctx context.Context) error {
	handler, err := d.Handler() // first: a build whose pages are broken must not touch anything
	if err != nil {
		return err
	}
	socket, err := control.Listen(d.Data)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	pages, err := httpserver.Listen(d.Listener, d.Listen, d.Certificate, d.CertificateKey)
	if err != nil {
		return errors.Join(err, socket.Close())
	}
	mails, err := d.listenMail()
	if err != nil {
		return errors.Join(err, socket.Close(), pages.Close())
	}
	traps := d.openTraps()
	d.tellStart()
	d.startUpdates()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return httpserver.Serve(ctx, d.log, pages, handler, bounds) })
	g.Go(func() error { return httpserver.Serve(ctx, d.log, socket, control.Handler(d.Ops(), d.log), bounds) })
	d.serving.Store(true)
	g.Go(func() error {
		d.prepare(d.live.allChecks())
		return d.untilStopped(d.engine.Run(ctx))
	})
	g.Go(func() error { return d.untilStopped(d.jobs.Run(ctx)) })
	g.Go(func() error { return d.receiveTraps(ctx, traps) })
	g.Go(func() error { d.findSenders(ctx); return nil })
	g.Go(func() error { return d.keepInbox(ctx) })
	d.listenSyslog(ctx, g)
	g.Go(func() error { return systemd.Watch(ctx, d.log, d.store.Healthy) })
	g.Go(func() error { giveBack(ctx); return nil })
	g.Go(func() error { return d.watchSources(ctx) })
	g.Go(func() error { d.keepSettling(ctx); return nil })
	g.Go(func() error { d.keepIncidents(ctx); return nil })
	g.Go(func() error { d.keepReports(ctx); return nil })
	g.Go(func() error { d.keepOffers(ctx); return nil })
	g.Go(func() error { d.reports.sender.Run(ctx); return nil })
	g.Go(func() error { d.keepConsumers(ctx); return nil })
	for lane := range lanes {
		g.Go(func() error { d.keepOutbox(ctx, lane); return nil })
	}
	g.Go(func() error { return d.watchLeave(ctx) })
	g.Go(func() error { return d.prove(ctx, pages.Addr()) })
	if mails != nil {
		g.Go(func() error { return d.receiveMail(ctx, mails) })
	}
	if err := d.announce(); err != nil {
		d.log.Error("the set-up link could not be made", "err", err)
	}
	systemd.Ready(d.log)
	d.log.Info("siteward runs", "version", d.about.Version, "address", pages.Addr().String(), "data", d.Data)
	if d.Serving != nil {
		d.Serving(d.baseURL())
	}
	<-ctx.Done()
	systemd.Stopping(d.log)
	d.finder.close()
	if err = g.Wait(); errors.Is(err, errRestart) {
		d.log.Info("siteward ends so that the new version starts")
		err = nil
	}
	d.serving.Store(false)
	d.tellStop()
	d.lastWord("shutdown")
	return err
}

// untilStopped lets go of runs and jobs that do not end in time: what they would have stored has not been acknowledged, and
// the stop is no failure.
func (d *Daemon) untilStopped(err error) error {
	if errors.Is(err, poll.ErrHanging) || errors.Is(err, jobs.ErrHanging) {
		d.log.Warn("something did not end in time and is left behind", "err", err)
		return nil
	}
	return err
}

// giveBack returns to the system, once, what reading profiles, words and templates at the start has left over: about as
// much as the appliance needs afterwards, and the runtime would keep it.
func giveBack(ctx context.Context) {
	after := time.NewTimer(20 * time.Second)
	defer after.Stop()
	select {
	case <-ctx.Done():
	case <-after.C:
		debug.FreeOSMemory()
	}
}

// bounds of the pages and of the control socket. Pages have event streams, which would be waited for.
var bounds = httpserver.Bounds{Request: time.Minute, Header: 64 << 10, Stop: 700 * time.Millisecond, Streams: true}

// Handler is pages, API and metrics. It is made once.
func (d *Daemon) Handler() (http.Handler, error) { return d.pages() }

func (d *Daemon) handler() (http.Handler, error) {
	return ui.NewServer(ui.Config{
		App: d, Gate: d.gate, Log: d.log, Templates: embed.Templates, Locales: embed.Locales, Assets: embed.Assets,
		API: d.rest(), Metrics: api.Metrics(d, d.gate, d.log), Healthy: http.HandlerFunc(d.ready), Notice: d.Notice, Ops: d.Ops(),
	})
}

// rest is the REST API. Its operations are described when a program first asks for one: many sites have none that does.
func (d *Daemon) rest() http.Handler {
	open := sync.OnceValues(func() (*api.API, error) { return api.New(d, d.gate, d.log) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := open()
		if err != nil {
			d.log.Error("the REST API cannot be served", "err", err)
			api.WriteProblem(w, err)
			return
		}
		a.ServeHTTP(w, r)
	})
}

// ready answers /readyz: 200 while the store answers.
func (d *Daemon) ready(w http.ResponseWriter, r *http.Request) {
	if err := d.store.Healthy(r.Context()); err != nil {
		http.Error(w, "the store does not answer: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// secure says whether browsers reach us over TLS.
func (d *Daemon) secure() bool {
	return d.Certificate != "" || strings.HasPrefix(d.PublicURL, "https://")
}

func (d *Daemon) baseURL() string {
	if d.PublicURL != "" {
		return strings.TrimRight(d.PublicURL, "/")
	}
	scheme := "http"
	if d.secure() {
		scheme = "https"
	}
	address := d.Listen
	if d.Listener != nil {
		address = d.Listener.Addr().String()
	}
	if host, port, err := net.SplitHostPort(address); err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
		address = net.JoinHostPort("localhost", port)
	}
	return scheme + "://" + address
}

// announce prints where the pages are and, before set-up, the one-time link.
func (d *Daemon) announce() error {
	if d.Announce == nil {
		return nil
	}
	needed, err := d.gate.Setup.Needed()
	if err != nil {
		return err
	}
	if !needed {
		_, err = fmt.Fprintf(d.Announce, "Siteward runs at %s\n", d.baseURL())
		return err
	}
	link, err := d.setupLink()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.Announce, "Siteward is not set up yet. Open this link once, it is good for one use:\n\n  %s\n\n", link)
	return err
}
