package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"siteward/appliance"
	"siteward/appliance/discovery"
	"siteward/appliance/store"
	"siteward/appliance/topology"
	"siteward/probes/snmp"
	"siteward/probes/snmp/neighbours"
)

// Times of reading neighbours. Who is plugged in where changes seldom, and the walks are long ones.
const (
	neighboursEvery = 30 * time.Minute
	identifyEvery   = 24 * time.Hour
	neighboursWait  = 90 * time.Second // of one device
	hintsOlder      = 10 * time.Minute // a search reads tables anew that are older
	hintsWait       = 20 * time.Second // and waits for that no longer
)

// network is what devices told of their neighbours, and what was worked out of it.
type network struct {
	mu     sync.Mutex
	tables map[appliance.ID]appliance.NeighbourTables
	made   *appliance.Topology
	stamp  uint64 // generation of the devices that made was worked out of
}

func (n *network) remember(tables map[appliance.ID]appliance.NeighbourTables) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tables, n.made = tables, nil
}

func (n *network) put(t appliance.NeighbourTables) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tables[t.Device], n.made = t, nil
}

func (n *network) of(id appliance.ID) (appliance.NeighbourTables, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	t, ok := n.tables[id]
	return t, ok
}

func (n *network) all() map[appliance.ID]appliance.NeighbourTables {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.tables)
}

// forget lets the topology be worked out anew.
func (n *network) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.made = nil
}

// Topology is App.Topology. It is worked out when somebody looks and something has changed.
func (d *Daemon) Topology(context.Context) (appliance.Topology, error) {
	stamp := d.live.configured.Load()
	d.topology.mu.Lock()
	made := d.topology.made
	if made != nil && d.topology.stamp == stamp {
		d.topology.mu.Unlock()
		return *made, nil
	}
	d.topology.mu.Unlock()
	in, err := d.topologyInput()
	if err != nil {
		return appliance.Topology{}, err
	}
	t := topology.Build(in)
	d.topology.mu.Lock()
	defer d.topology.mu.Unlock()
	d.topology.made, d.topology.stamp = &t, stamp
	return t, nil
}

func (d *Daemon) topologyInput() (topology.Input, error) {
	marks, err := d.store.Marks()
	if err != nil {
		return topology.Input{}, err
	}
	in := topology.Input{Own: ownHardware()}
	for _, v := range d.live.deviceViews() {
		if v.Kind == appliance.KindService {
			continue
		}
		in.Devices = append(in.Devices, topology.Device{ID: v.ID, Name: v.Name, Kind: v.Kind, Marks: d.marksOf(v.Device, marks[v.ID])})
	}
	tables := d.topology.all()
	for _, id := range slices.Sorted(maps.Keys(tables)) {
		if _, ok := d.live.device(id); ok {
			in.Tables = append(in.Tables, tables[id])
		}
	}
	return in, nil
}

func ownHardware() []string {
	var out []string
	interfaces, _ := net.Interfaces() // without them the root is the router
	for _, i := range interfaces {
		if mac := i.HardwareAddr.String(); len(mac) == 17 && !appliance.SharedMAC(mac) {
			out = append(out, mac)
		}
	}
	return out
}

// behind finds where new devices are plugged in: they take part in the topology under numbers that no device has.
func (d *Daemon) behind(found []discovery.Candidate) func(discovery.Candidate) (appliance.ID, appliance.Message) {
	const strangers = appliance.ID(math.MaxUint64 / 2)
	in, err := d.topologyInput()
	if err != nil || len(in.Tables) == 0 {
		return nil
	}
	for i, c := range found {
		in.Devices = append(in.Devices, topology.Device{ID: strangers + appliance.ID(i), Name: c.Address, Kind: discovery.KindOf(c), Marks: c.Marks}) //nolint:gosec // a few thousand
	}
	links := map[string]appliance.Link{}
	for _, l := range topology.Build(in).Links {
		if l.Device >= strangers && l.Parent < strangers {
			links[found[l.Device-strangers].Address] = l
		}
	}
	return func(c discovery.Candidate) (appliance.ID, appliance.Message) {
		l, ok := links[c.Address]
		if !ok {
			return 0, appliance.Message{}
		}
		parent, _ := d.live.device(l.Parent)
		return l.Parent, appliance.Message{Key: "proposal.why_plugged", Args: map[string]any{"parent": parent.Name, "port": l.PortThere},
			English: fmt.Sprintf("it is connected to port %s of %s", l.PortThere, parent.Name)}
	}
}

// LookAround reads who is connected to whom now, for the demo, whose visitors do not wait for the job.
func (d *Daemon) LookAround(ctx context.Context) error { return d.lookAround(ctx) }

// lookAround is the row of the jobs table: it reads the tables of all switches and routers and proposes ways.
func (d *Daemon) lookAround(ctx context.Context) error {
	if err := d.readNeighbours(ctx, neighboursEvery/2); err != nil {
		return err
	}
	t, err := d.Topology(ctx)
	if err != nil {
		return err
	}
	return d.proposeWays(t)
}

// readNeighbours reads the tables of every device that is asked over SNMP, where the last ones are older.
func (d *Daemon) readNeighbours(ctx context.Context, older time.Duration) error {
	var group errgroup.Group
	group.SetLimit(4)
	for _, v := range d.live.deviceViews() {
		c := snmpCheck(v)
		if c == nil || v.Paused.Active(d.now()) || c.Paused.Active(d.now()) || d.silent(v.ID) {
			continue
		}
		all := carries(v.Kind) || carries(v.Identity.Kind)
		age := older
		if !all {
			age = identifyEvery
		}
		if t, ok := d.topology.of(v.ID); ok && d.now().Sub(t.At) < age {
			continue
		}
		group.Go(func() error { return d.readNeighboursOf(ctx, v.Device, *c, all) })
	}
	return group.Wait()
}

func carries(k appliance.Kind) bool {
	return k == appliance.KindSwitch || k == appliance.KindRouter || k == appliance.KindFirewall || k == appliance.KindAccessPoint
}

func snmpCheck(v appliance.DeviceView) *appliance.Check {
	for i := range v.Checks {
		if v.Checks[i].SNMP != nil {
			return &v.Checks[i]
		}
	}
	return nil
}

// readNeighboursOf reads one device. One that does not answer is no news here: its checks say so.
func (d *Daemon) readNeighboursOf(ctx context.Context, dev appliance.Device, c appliance.Check, all bool) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cred, err := d.credential(c)
	if err != nil {
		return nil //nolint:nilerr // the check says it
	}
	ctx, cancel := context.WithTimeout(ctx, neighboursWait)
	defer cancel()
	ask, done, err := d.reader.Open(ctx, snmp.Target{Device: dev, Check: c, Credential: &cred}, silentLog{})
	if err != nil {
		return nil //nolint:nilerr // the check says it
	}
	defer done()
	read := neighbours.Identify
	if all {
		read = neighbours.Read
	}
	t, err := read(ctx, ask)
	if err != nil && len(t.Ports)+len(t.MACs)+len(t.Resolved) == 0 {
		return nil
	}
	t.Device, t.At = dev.ID, d.now()
	if err := d.store.PutNeighbours(t); err != nil {
		if appliance.CodeOf(err) == appliance.CodeReadOnly {
			return nil
		}
		return fmt.Errorf("store the neighbours of %s: %w", dev.Name, err)
	}
	d.topology.put(t)
	return nil
}

type silentLog struct{}

// Printf is snmp.Log: what was not answered is told by the device's checks.
func (silentLog) Printf(string, ...any) {}

// errSame undoes a transaction that would write what stands there already.
var errSame = errors.New("nothing new")

// proposeWays brings the proposals of ways up to date: new ones are added, and open ones that do not hold any more go.
func (d *Daemon) proposeWays(t appliance.Topology) error {
	err := d.store.Update(func(tx *store.Tx) error {
		devices, err := tx.Devices()
		if err != nil {
			return err
		}
		before, err := tx.Proposals()
		if err != nil {
			return err
		}
		changed := false
		wanted := map[appliance.ID]appliance.Proposal{}
		for _, p := range topology.Ways(t, devices) {
			wanted[p.Target] = p
		}
		for _, old := range before {
			if old.Kind != appliance.ProposeWay {
				continue
			}
			p, still := wanted[old.Target]
			delete(wanted, old.Target)
			switch {
			case old.Status == appliance.ProposalIgnored && still:
			case !still && old.Status == appliance.ProposalOpen, !still && old.Status == appliance.ProposalIgnored:
				changed = true
				err = errors.Join(err, tx.DeleteProposal(old.ID))
			case still && (old.Status != appliance.ProposalOpen || !sameWay(old, p)):
				changed = true
				p.ID, p.Version, p.Status, p.Found, p.Seen = old.ID, old.Version, appliance.ProposalOpen, old.Found, d.now()
				err = errors.Join(err, tx.PutProposal(&p))
			}
		}
		for _, id := range slices.Sorted(maps.Keys(wanted)) {
			changed = true
			p := wanted[id]
			p.Status, p.Found, p.Seen = appliance.ProposalOpen, d.now(), d.now()
			err = errors.Join(err, tx.PutProposal(&p))
		}
		if !changed && err == nil {
			return errSame
		}
		return err
	})
	if errors.Is(err, errSame) {
		return nil
	}
	if err == nil {
		d.changes.publish(appliance.Change{Config: true})
	}
	return err
}

func sameWay(a, b appliance.Proposal) bool {
	return slices.Equal(a.Device.Parents, b.Device.Parents) && slices.Equal(a.Roles, b.Roles)
}
