// Package demo shows the whole appliance with a small site on real sockets: simulated devices answer over SNMP, a web
// page and a port over TCP, the store has thirty days of history, and now and then something happens: the mains fail, an
// access point stops answering. Everything lives in a temporary folder that goes when the demo ends.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/daemon"
	"siteward/appliance/store"
)

// Options of a demo.
type Options struct {
	Listen string    // address of the pages; another free port is taken when it is in use
	Out    io.Writer // where the address and the sign-ins are printed
	Log    *slog.Logger
	About  appliance.About
	// Calm leaves out the events, so that pages stand still for screenshots.
	Calm bool
	// Connect connects the site to a central system, when its URL is not empty.
	Connect Connect
	// Days of history, 30 when 0.
	Days int
}

// Password of every demo user. The demo listens on loopback only and keeps nothing.
const Password = "Kaffee-am-Fenster-7" //nolint:gosec // printed at every start

// Users of the demo, one for each role.
var Users = []appliance.User{
	{Name: "empfang", FullName: "B. K., Empfang", Role: appliance.RoleKeyUser, Language: "de"},
	{Name: "technik", FullName: "M., Technik", Role: appliance.RoleTechnician, Language: "de"},
	{Name: "admin", FullName: "S., Verwaltung", Role: appliance.RoleAdministrator, Language: "en"},
	{Name: "anzeige", FullName: "Wartezimmer", Role: appliance.RoleViewer, Language: "nl"},
}

// Run shows the demo until ctx ends.
func Run(ctx context.Context, o Options) (err error) {
	d, err := Open(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(d.Run(ctx), d.Close())
}

// Demo is a demo site that has been built.
type Demo struct {
	Address string // of the pages, "127.0.0.1:8420"
	Daemon  *daemon.Daemon

	o       Options
	dir     string
	theatre *theatre
}

// Open builds the site: folder, devices, users, history. Nothing is served yet.
func Open(ctx context.Context, o Options) (_ *Demo, err error) {
	if o.Days == 0 {
		o.Days = 30
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Demo{o: o}
	if d.dir, err = os.MkdirTemp("", "siteward-demo-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	listener, err := listen(o.Listen)
	if err != nil {
		return nil, err
	}
	d.Address = listener.Addr().String()
	if d.theatre, err = openTheatre(); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if err = d.past(ctx); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if err = d.told(time.Now()); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	d.Daemon, err = d.open(ctx, daemon.Options{Listener: listener, Notice: notice(), Serving: d.greet})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if err = d.care(ctx); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return d, nil
}

// past builds the site by an appliance whose clock is behind, so that the journal is in order and devices have been in order
// for as long as the history says. The appliance of the present finds all of it in the store.
func (d *Demo) past(ctx context.Context) (err error) {
	behind := time.Duration(d.o.Days) * day
	d.Daemon, err = d.open(ctx, daemon.Options{Now: func() time.Time { return time.Now().Add(-behind) }})
	if err != nil {
		return err
	}
	if _, err = d.Daemon.Handler(); err == nil { // before the history, so that a broken build is known at once
		err = d.build(ctx)
	}
	err = errors.Join(err, d.Daemon.Close())
	d.Daemon = nil
	return err
}

func (d *Demo) open(ctx context.Context, o daemon.Options) (*daemon.Daemon, error) {
	o.Data, o.Log, o.About = d.dir, d.o.Log, d.o.About
	o.Store = store.Options{SkipVerify: true} // it was written a moment ago
	return daemon.Open(ctx, o)
}

func notice() string {
	text := ""
	for i, u := range Users {
		if i > 0 {
			text += ", "
		}
		text += u.Name
	}
	return text + " · " + Password
}

// listen takes the wanted address, or a free port beside it when another program has it.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		return l, nil
	}
	host, _, splitErr := net.SplitHostPort(address)
	if splitErr != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	return net.Listen("tcp", net.JoinHostPort(host, "0"))
}

// Run serves the site and lets things happen until ctx ends.
func (d *Demo) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.Daemon.Run(ctx) })
	if d.o.Connect.URL != "" {
		g.Go(func() error { return d.connect(ctx) })
	}
	if !d.o.Calm {
		g.Go(func() error { return d.theatre.play(ctx) })
	}
	return g.Wait()
}

// greet says where the site is, once it is there.
func (d *Demo) greet(url string) {
	w := d.o.Out
	if w == nil {
		return
	}
	fmt.Fprintf(w, "The demo site is at\n\n  %s/\n\nSign in as one of these, with the password %s\n\n", url, Password)
	for _, u := range Users {
		fmt.Fprintf(w, "  %-9s %-14s %s\n", u.Name, u.Role, u.Language)
	}
	fmt.Fprintf(w, "\nEverything is in %s and goes when you stop the demo with Ctrl-C.\n", d.dir)
}

// Close stops the devices, closes the store and removes the folder.
func (d *Demo) Close() error {
	var errs []error
	if d.Daemon != nil {
		errs = append(errs, d.Daemon.Close())
	}
	if d.theatre != nil {
		d.theatre.close()
	}
	return errors.Join(append(errs, os.RemoveAll(d.dir))...)
}

// firstAnswers bounds the first round of questions, which the history is fitted to.
const firstAnswers = 20 * time.Second
