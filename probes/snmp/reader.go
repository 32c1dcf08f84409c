package snmp

import (
	"context"
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/profile"
)

// Target is what to ask: a check of kind snmp, its device, and the credential with its secrets resolved.
type Target struct {
	Check      appliance.Check
	Device     appliance.Device
	Credential *appliance.Credential
}

// address is host:port. The check's port 0 means 161.
func (t *Target) address() string {
	port := 161
	if t.Check.SNMP != nil && t.Check.SNMP.Port != 0 {
		port = t.Check.SNMP.Port
	}
	return net.JoinHostPort(t.Device.Address, strconv.Itoa(port))
}

func (t *Target) settings() appliance.SNMPSettings {
	if t.Check.SNMP == nil {
		return appliance.SNMPSettings{}
	}
	return *t.Check.SNMP
}

// Options of New. The zero value is fit for a site.
type Options struct {
	// Sessions is how many devices are asked at the same time, 0 = 32. Each takes 64 kB once it was used.
	Sessions int
	// Outstanding is how many requests may be under way to one device that stands it, 0 = 1.
	Outstanding int
	// Pace is asked before each request is sent, nil for none: a search bounds and counts its packets with it.
	Pace func(ctx context.Context) error
}

// Reader reads devices over SNMP and remembers how. It is safe for concurrent use.
type Reader struct {
	opts     Options
	pool     *pool
	gates    gates
	counters Counters
	profiles atomic.Pointer[profile.Set]

	mu      sync.Mutex
	watched map[appliance.ID]*watched
}

// Counters count what all runs did since the start.
type Counters struct {
	Requests    atomic.Uint64 // sent, repeated ones included
	Failed      atomic.Uint64 // of them without a proper answer in time
	BytesOut    atomic.Uint64 // UDP payload
	BytesIn     atomic.Uint64
	Objects     atomic.Uint64 // values read
	Polls       atomic.Uint64 // runs of checks
	Discoveries atomic.Uint64 // of them with a look at what the device is
}

// New makes a reader that knows devices by the given profiles.
func New(profiles *profile.Set, o Options) *Reader {
	if o.Sessions <= 0 {
		o.Sessions = 32
	}
	r := &Reader{opts: o, pool: newPool(o.Sessions), watched: map[appliance.ID]*watched{}}
	r.profiles.Store(profiles)
	return r
}

// SetProfiles takes other profiles. Each device is identified anew at its next poll.
func (r *Reader) SetProfiles(s *profile.Set) { r.profiles.Store(s) }

// Counters gives the reader's own counters, to be read at any time.
func (r *Reader) Counters() *Counters { return &r.counters }

// Open gives an asker for one target without remembering anything of it: for people and programs that look at a device
// by hand. close gives the session back and must be called.
func (r *Reader) Open(ctx context.Context, t Target, log Log) (ask mib.Asker, close func(), err error) {
	sec, err := secure(t.Credential, t.settings().Context)
	if err != nil {
		return nil, nil, err
	}
	run, err := r.begin(ctx, t.address(), &sec, newMemory(&sec), newEngineFor(&sec), log)
	if err != nil {
		return nil, nil, err
	}
	run.search = true
	return &run.asker, run.end, nil
}

// Explain words an error of an asker as the failure of a reading.
func Explain(err error, t Target) *appliance.Failure { return failureOf(err, t.address()) }

func newMemory(sec *security) *memory { return &memory{version: sec.version} }

func newEngineFor(sec *security) *engine {
	if sec.version != gosnmp.Version3 {
		return nil
	}
	return newEngine(*sec)
}

// run is one visit to a device: an asker with its session.
type run struct {
	asker
	reader  *Reader
	address string
	session *session
	wire    *wire
	eng     *engine
}

// begin takes a session and points it at the device.
func (r *Reader) begin(ctx context.Context, address string, sec *security, mem *memory, eng *engine, log Log) (*run, error) {
	s, err := r.pool.take(ctx)
	if err != nil {
		return nil, err
	}
	w, err := dial(ctx, address)
	if err != nil {
		r.pool.give(s)
		return nil, err
	}
	v := &run{reader: r, address: address, session: s, wire: w, eng: eng}
	sec.version = mem.version
	if err := s.aim(ctx, w, sec, eng); err != nil {
		_ = w.Close()
		r.pool.give(s)
		return nil, err
	}
	v.asker = asker{ex: s, mem: mem, gate: r.gates.of(address), log: log, ids: s.nextID, tally: &r.counters, pace: r.opts.Pace}
	v.retarget = func(version gosnmp.SnmpVersion) {
		mem.version, sec.version, s.version = version, version, version
	}
	if r.opts.Outstanding > 1 && eng == nil {
		v.burst = func(n int) ([]exchanger, func()) { return v.more(ctx, sec, min(n, r.opts.Outstanding-1)) }
	}
	return v, nil
}

// more opens further sessions to the device, as many of n as are free.
func (v *run) more(ctx context.Context, sec *security, n int) ([]exchanger, func()) {
	var open []exchanger
	var used []*session
	for range n {
		s := v.reader.pool.spare()
		if s == nil {
			break
		}
		w, err := dial(ctx, v.wire.RemoteAddr().String())
		if err != nil {
			v.reader.pool.give(s)
			break
		}
		_ = s.aim(ctx, w, sec, nil) // fails for SNMPv3 only
		open, used = append(open, s), append(used, s)
	}
	return open, func() {
		for _, s := range used {
			v.reader.counters.traffic(s.wire)
			v.reader.pool.give(s)
		}
	}
}

// end gives everything back.
func (v *run) end() {
	v.gate.close()
	v.reader.counters.traffic(v.wire)
	v.reader.counters.Objects.Add(uint64(v.vars))
	v.reader.pool.give(v.session)
}

func (c *Counters) traffic(w *wire) {
	c.BytesOut.Add(uint64(w.sent))
	c.BytesIn.Add(uint64(w.received))
}
