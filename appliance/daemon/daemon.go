// Package daemon builds the appliance from its parts, runs it and stops it. It is the only place that knows all of them.
//
// Open opens the store and what rests on it, without starting anything: commands use that when no appliance runs. Run
// starts the polls, the jobs and the servers until its context ends, Close writes what is in memory and lets go of the
// store. The daemon implements appliance.App for the pages and the API, and control.Ops for the command line.
package daemon

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/jobs"
	"siteward/appliance/poll"
	"siteward/appliance/store"
	"siteward/probes"
	"siteward/probes/snmp"
	"siteward/probes/snmp/profile"
	"siteward/ui"
)

// Options of an appliance.
type Options struct {
	Data           string // folder of the store
	Listen         string // address of the pages, "" = none
	PublicURL      string // how people reach the pages, when it is not http(s)://Listen
	Certificate    string // PEM files; with both the pages are served over TLS
	CertificateKey string
	Profiles       string        // folder of own device profiles; "profiles" in Data when empty
	Secrets        string        // folder in which secret files of credentials lie
	BehindProxy    bool          // a proxy on this machine or in this network tells where requests come from (X-Forwarded-For)
	Syslog         []string      // addresses that syslog comes to, udp://:514; none = the service manager's sockets when it has some
	Traps          string        // UDP address that traps come to, "" = the service manager's socket when it has one
	Workers        int           // checks at the same time, 0 = the poll engine's default
	Notice         string        // above the sign-in form; the demo's
	Logs           []string      // folders on this machine that logs may be read from, empty = defaultLogs
	MailListen     string        // address of the mail receiver, "" = none
	MailDomain     string        // what stands behind the @ of its mailboxes
	MailNetworks   []string      // networks that mail is received from, empty = private ones
	Releases       string        // folder of releases (package update), "" = the service manager starts us in another way
	ReleaseKeys    string        // folder of the keys that releases are signed with, "" = update.KeysFolder
	Trial          time.Duration // how long a new version has to be well, 0 = trialStay
	About          appliance.About
	Log            *slog.Logger     // nil: silent
	MailRoots      *x509.CertPool   // whom a mail relay's certificate must be of, nil: the system's
	Announce       io.Writer        // where the set-up link and the address are printed, nil: nowhere
	Now            func() time.Time // nil: time.Now
	Store          store.Options    // what tests and the demo change of the store
	PasswordCost   access.Argon     // of new passwords, zero: access.DefaultArgon
	// Listener is used instead of opening Listen.
	Listener net.Listener
	// MailListener is used instead of opening MailListen.
	MailListener net.Listener
	// Serving is called once the pages are served, with their address. nil: nobody wants to know.
	Serving func(url string)
}

// Daemon is an appliance.
type Daemon struct {
	Options
	log     *slog.Logger
	about   appliance.About
	secrets string
	store   *store.Store
	gate    *access.Gate
	probes  probes.Map
	reader  *snmp.Reader
	// profiles are read when they are first needed: those that ship inside are right, a test has read them.
	profiles   func() (*profile.Set, error)
	engine     *poll.Engine
	jobs       *jobs.Jobs
	live       *live
	changes    changes
	backups    backups
	running    running
	waiters    waiters
	settling   settling
	misses     misses
	mode       mode
	ping       pingState
	finder     finder
	topology   network
	stock      stock
	met        sync.Map            // new devices that were read at once, by their ID
	notes      []appliance.Message // what went wrong at the start and needs somebody's attention
	pages      func() (http.Handler, error)
	serving    atomic.Bool // the poll engine runs
	logFormats logFormats
	windows    windows

	post       post  // traps
	walks      walks // of technicians
	inbox      inbox // messages of syslog
	spot       spotDraw
	desk       desk // open tickets
	incidents  incidents
	outbox     outbox
	provider   provider
	updating   sync.Mutex // one update at a time
	leave      chan error // what ends Run from inside
	reports    reports
	web        func() *http.Client // to web hooks and services
	letters    func() *ui.Words    // read when somebody is told something for the first time
	configured atomic.Uint64       // counts changes of what people declare

	power   power    // between two readings of a UPS
	sources *sources // between two readings of a source of logs

	// judging is held for one verdict or one edit at a time: a device's state rests on its parents', and what is deleted
	// must not come back with a reading that was under way. It guards raters, shapes, unstored and the scratch of samples.
	judging  sync.Mutex
	raters   raters
	shapes   shapes
	unstored unstored
}

var _ appliance.App = (*Daemon)(nil)

// defaultSecrets is where secret files lie unless the flag says otherwise.
const defaultSecrets = "/etc/siteward/secrets" //nolint:gosec // a path, no secret

// Open opens the store and prepares everything. Nothing runs yet.
func Open(ctx context.Context, o Options) (*Daemon, error) {
	d := &Daemon{Options: o, log: o.Log, about: o.About, secrets: o.Secrets, live: newLive(), sources: newSources(), leave: make(chan error, 1),
		settling: settling{wake: make(chan struct{}, 1)}}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.secrets == "" {
		d.secrets = defaultSecrets
	}
	d.about.Started, d.about.DataDir = d.now(), o.Data
	d.pages = sync.OnceValues(d.handler)
	d.post.names = sync.OnceValues(d.objectNames)
	d.reader = snmp.New(nil, snmp.Options{Sessions: o.Workers})
	d.profiles = sync.OnceValues(d.loadProfiles)
	if err := d.openStore(ctx); err != nil {
		return nil, err
	}
	d.gate = access.New(access.Config{Store: gateStore{d.store}, Now: d.now, Table: access.Routes(), Secure: d.secure(),
		Address: d.addressOf(), SiteName: d.siteName, Cost: d.PasswordCost, Log: d.log})
	d.probes = probes.New(probes.Options{SNMP: d.snmpProbe, Logger: d.log})
	d.engine = d.newEngine()
	var err error
	if d.jobs, err = d.newJobs(); err == nil {
		err = d.recall()
	}
	if err == nil {
		err = d.openInbox()
	}
	if err == nil {
		err = d.recallIncidents()
	}
	if err == nil {
		err = d.recallOutbox()
	}
	if err == nil {
		err = d.recallReports()
	}
	if err != nil {
		return nil, errors.Join(err, d.store.Close())
	}
	return d, nil
}

// openStore opens the store, and meanwhile reads the site's own profiles: a mistake in them is told at the start.
func (d *Daemon) openStore(ctx context.Context) (err error) {
	var group errgroup.Group
	if d.Options.Profiles != "" {
		group.Go(func() error { _, err := d.profiles(); return err })
	}
	so := d.Options.Store
	so.Logger, so.Now = d.log, d.now
	if d.store, err = store.Open(ctx, d.Data, so); err != nil {
		return errors.Join(err, group.Wait())
	}
	if err := group.Wait(); err != nil {
		return errors.Join(err, d.store.Close())
	}
	return nil
}

// recall reads what the store remembers into memory.
func (d *Daemon) recall() error {
	d.running.start(d.now())
	identities, err := d.store.Identities()
	if err != nil {
		return fmt.Errorf("read the devices' identities: %w", err)
	}
	states, err := d.store.States()
	if err != nil {
		return fmt.Errorf("read the states: %w", err)
	}
	d.live.remember(identities, states)
	tables, err := d.store.Neighbours()
	if err != nil {
		return fmt.Errorf("read the neighbours of devices: %w", err)
	}
	d.topology.remember(tables)
	if err := d.stock.recall(d.store.EachInventory); err != nil {
		return err
	}
	d.judging.Lock()
	err = d.reload()
	d.judging.Unlock()
	if err != nil {
		return err
	}
	if err := d.recallWindows(); err != nil {
		return err
	}
	return d.recallBackups()
}

// Close writes what is in memory and closes the store.
func (d *Daemon) Close() error {
	d.finder.close()
	return errors.Join(d.closeInbox(), d.store.Close())
}

// Store is the appliance's store, for the demo, which writes a past into it.
func (d *Daemon) Store() *store.Store { return d.store }

// now is the wall clock without its monotonic reading: differences are those that people see, and the poll engine tells jumps.
func (d *Daemon) now() time.Time {
	if d.Options.Now != nil {
		return d.Options.Now().Round(0)
	}
	return time.Now().Round(0)
}

func (d *Daemon) siteName() string {
	s, err := d.Site(context.Background())
	if err != nil {
		return ""
	}
	return s.Name
}
