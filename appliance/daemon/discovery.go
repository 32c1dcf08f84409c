package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/discovery"
	"siteward/appliance/store"
	"siteward/probes"
	"siteward/probes/discover"
)

// Discover is App.Discover. The search goes on when the request that began it is over.
func (d *Daemon) Discover(_ context.Context, by appliance.Actor, r appliance.DiscoveryRequest) error {
	if _, err := discovery.Ranges(r.Ranges, r.Public); err != nil {
		return err
	}
	started := make(chan error, 1)
	d.finder.all.Go(func() {
		if _, err := d.search(context.Background(), by, r, started); err != nil {
			d.log.Error("a search for devices ended early", "err", err)
		}
	})
	return <-started
}

// discover searches and waits for the end.
func (d *Daemon) discover(ctx context.Context, by appliance.Actor, r appliance.DiscoveryRequest) (appliance.DiscoveryRun, error) {
	return d.search(ctx, by, r, make(chan error, 1))
}

// search is one search from its beginning to what is proposed. started hears once whether it could begin.
func (d *Daemon) search(ctx context.Context, by appliance.Actor, r appliance.DiscoveryRequest, started chan<- error) (appliance.DiscoveryRun, error) {
	ranges, err := discovery.Ranges(r.Ranges, r.Public)
	if err == nil {
		r, err = bounded(r)
	}
	if err != nil {
		started <- err
		return appliance.DiscoveryRun{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.Limit))
	defer cancel()
	run := appliance.DiscoveryRun{Request: r, By: by.Name, Began: d.now(), Step: discover.StepPing, Total: discovery.Count(ranges)}
	if err := d.finder.begin(run, cancel); err != nil {
		started <- err
		return run, err
	}
	defer func() { d.finder.end(run) }()
	started <- d.auditSearch(by, r)

	o, notes := d.searchOptions(ctx, r, ranges)
	res, err := discover.Run(ctx, o)
	run.Step, run.Left, run.Done, run.Total = "", 0, 0, 0
	run.Addresses, run.Packets, run.Answers, run.Notes = res.Addresses, res.Packets, res.Answers, append(notes, res.Notes...)
	switch {
	case err != nil && d.finder.byPerson():
		run.Stopped = "person"
	case errors.Is(err, context.DeadlineExceeded), err != nil && time.Duration(r.Limit) <= d.now().Sub(run.Began):
		run.Stopped = "time"
	case err != nil:
		run.Stopped = "end"
	}
	err = d.propose(by, &run, res.Sightings, ranges)
	if run.Ended = d.now(); err != nil {
		run.Error = err.Error()
	}
	d.keepDiscovery(run)
	d.changes.publish(appliance.Change{Config: true})
	return run, err
}

// bounded fills in what was not said and refuses what is too much.
func bounded(r appliance.DiscoveryRequest) (appliance.DiscoveryRequest, error) {
	if r.Rate == 0 {
		r.Rate = appliance.DiscoveryRate
	}
	if r.Limit == 0 {
		r.Limit = appliance.Duration(appliance.DiscoveryLimit)
	}
	if r.Rate < 1 || r.Rate > appliance.MaxDiscoveryRate {
		return r, appliance.Invalid("rate", "discovery.wrong_rate", fmt.Sprintf("the rate is 1 to %d packets a second", appliance.MaxDiscoveryRate), map[string]any{"max": appliance.MaxDiscoveryRate})
	}
	if limit := time.Duration(r.Limit); limit < time.Second || limit > 2*time.Hour {
		return r, appliance.Invalid("limit", "discovery.wrong_limit", "a search may take one second to two hours", nil)
	}
	return r, nil
}

func (d *Daemon) auditSearch(by appliance.Actor, r appliance.DiscoveryRequest) error {
	if by == byItself {
		return nil
	}
	object := strings.Join(r.Ranges, ", ")
	return d.store.Append([]appliance.Event{access.Audit(d.now(), by, object, appliance.Message{Key: "audit.discovery_started", Args: map[string]any{"object": object}, English: "looked for devices in " + object})})
}

// searchOptions gathers what a search may use: credentials whose secrets can be read, and what switches and routers know.
func (d *Daemon) searchOptions(ctx context.Context, r appliance.DiscoveryRequest, ranges []netip.Prefix) (discover.Options, []appliance.Message) {
	o := discover.Options{Ranges: ranges, Rate: r.Rate, Progress: d.finder.progress}
	var notes []appliance.Message
	set, err := d.profiles()
	if err != nil {
		d.log.Error("a search goes without device profiles", "err", err)
	}
	o.Profiles = set
	credentials, err := d.store.Credentials()
	if err != nil {
		d.log.Error("credentials could not be read for a search", "err", err)
	}
	for _, c := range credentials {
		if r.NoSNMP || r.Credentials != nil && !slices.Contains(r.Credentials, c.ID) {
			continue
		}
		resolved, err := probes.Resolve(c, d.secrets)
		if err != nil {
			notes = append(notes, appliance.Message{Key: "discovery.note_credential", Args: map[string]any{"name": c.Name, "why": err.Error()}, English: "the credential " + c.Name + " was not tried: " + err.Error()})
			continue
		}
		o.Credentials = append(o.Credentials, resolved)
	}
	if len(o.Credentials) == 0 && !r.NoSNMP {
		notes = append(notes, appliance.Message{Key: "discovery.note_no_credential", English: "there is no credential to ask devices with, so nobody was asked what he is; add one in the settings and search again"})
	}
	fresh, cancel := context.WithTimeout(ctx, hintsWait)
	defer cancel()
	if err := d.readNeighbours(fresh, hintsOlder); err != nil && ctx.Err() == nil {
		d.log.Warn("neighbours could not be read for a search", "err", err)
	}
	o.Hints = d.hints()
	return o, notes
}

// hints are the addresses that devices of the site know.
func (d *Daemon) hints() []discover.Hint {
	var out []discover.Hint
	for id, t := range d.topology.all() {
		dev, ok := d.live.device(id)
		if !ok {
			continue
		}
		for _, e := range t.Resolved {
			out = append(out, discover.Hint{Address: e.Address, MAC: e.MAC, Why: appliance.Message{Key: "proposal.why_arp_of",
				Args: map[string]any{"name": dev.Name, "mac": e.MAC}, English: dev.Name + " knows its network card " + e.MAC}})
		}
		for _, n := range t.Told {
			if n.Address != "" {
				out = append(out, discover.Hint{Address: n.Address, MAC: n.PortMAC, Why: appliance.Message{Key: "proposal.why_" + n.By,
					Args: map[string]any{"name": dev.Name, "port": n.PortName, "as": n.Name}, English: fmt.Sprintf("%s sees it at port %s (%s)", dev.Name, n.PortName, n.By)}})
			}
		}
	}
	return out
}

// propose compares what was seen with what is known, and stores what comes of it in one step.
func (d *Daemon) propose(by appliance.Actor, run *appliance.DiscoveryRun, sightings []appliance.Sighting, ranges []netip.Prefix) error {
	found := discovery.Merge(sightings)
	run.Found = len(found)
	var out discovery.Output
	err := d.store.Update(func(tx *store.Tx) error {
		before, err := tx.Proposals()
		if err != nil {
			return err
		}
		known, err := d.known(tx, func(dev appliance.Device) bool {
			return inRanges(ranges, dev.Address) && run.Stopped == "" || d.silent(dev.ID)
		})
		if err != nil {
			return err
		}
		out = discovery.Propose(discovery.Input{Found: found, Known: known, Proposals: before, Checks: d.proposedChecks, Behind: d.behind(found), Now: d.now()})
		return d.putFound(tx, by, before, out)
	})
	if err != nil {
		return fmt.Errorf("store what was found: %w", err)
	}
	run.New, run.Known = out.New, len(out.Known)
	d.topology.forget()
	return nil
}

// putFound stores proposals and marks; a search that ran by itself tells what is new in the journal.
func (d *Daemon) putFound(tx *store.Tx, by appliance.Actor, before []appliance.Proposal, out discovery.Output) error {
	var news []appliance.Event
	for _, p := range out.Proposals {
		isNew := p.ID == 0 || !slices.ContainsFunc(before, func(o appliance.Proposal) bool { return o.ID == p.ID && o.Status == p.Status })
		if err := tx.PutProposal(&p); err != nil {
			return err
		}
		if isNew && by == byItself && p.Status == appliance.ProposalOpen {
			news = append(news, d.foundEvent(p))
		}
	}
	marks, err := tx.Marks()
	if err != nil {
		return err
	}
	for id, m := range out.Known {
		if err := tx.PutMarks(id, discovery.Union(m, marks[id])); err != nil {
			return err
		}
	}
	return errors.Join(d.clearProposals(tx, out), tx.Append(news))
}

// clearProposals removes what is no news any more: devices that somebody has added by hand meanwhile, and decisions about devices that
// nobody has seen for half a year.
func (d *Daemon) clearProposals(tx *store.Tx, out discovery.Output) error {
	all, err := tx.Proposals()
	if err != nil {
		return err
	}
	for _, p := range all {
		added := p.Kind == appliance.ProposeDevice && p.Status == appliance.ProposalOpen && isKnown(out.Known, p.Marks)
		if added || p.Status != appliance.ProposalOpen && d.now().Sub(p.Seen) > clearedAfter {
			if err := tx.DeleteProposal(p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func isKnown(known map[appliance.ID]appliance.Marks, m appliance.Marks) bool {
	for _, k := range known {
		if same, _ := discovery.Compare(k, m); same == discovery.Same {
			return true
		}
	}
	return false
}

func (d *Daemon) foundEvent(p appliance.Proposal) appliance.Event {
	e := appliance.Event{At: d.now(), Kind: appliance.EventDevice, Device: p.Target}
	switch p.Kind {
	case appliance.ProposeMove:
		e.Message = appliance.Message{Key: "event.device_moved", Args: map[string]any{"from": p.From, "to": p.Device.Address}, English: "moved from " + p.From + " to " + p.Device.Address}
	case appliance.ProposeTwin:
		e.Message = appliance.Message{Key: "event.device_twin", Args: map[string]any{"address": strings.Join(p.Others, ", ")}, English: "another device at " + strings.Join(p.Others, ", ") + " says the same of itself"}
	default:
		e.Message = appliance.Message{Key: "event.device_found", Args: map[string]any{"name": p.Device.Name, "address": p.Device.Address}, English: "new device in the network: " + p.Device.Name + ", " + p.Device.Address}
	}
	return e
}

// known is every device with all by which it can be recognised.
func (d *Daemon) known(tx *store.Tx, missing func(appliance.Device) bool) ([]discovery.Known, error) {
	devices, err := tx.Devices()
	if err != nil {
		return nil, err
	}
	marks, err := tx.Marks()
	if err != nil {
		return nil, err
	}
	var out []discovery.Known
	for _, dev := range devices {
		out = append(out, discovery.Known{Device: dev, Marks: d.marksOf(dev, marks[dev.ID]), Missing: missing(dev)})
	}
	return out, nil
}

// marksOf joins what a device says of itself, what its tables say, and what earlier searches found.
func (d *Daemon) marksOf(dev appliance.Device, found appliance.Marks) appliance.Marks {
	id := d.live.identity(dev.ID)
	m := appliance.Marks{Serial: id.Serial, Names: []string{id.SysName}}
	if dev.Address != "" {
		m.Addresses = []string{dev.Address}
	}
	if t, ok := d.topology.of(dev.ID); ok {
		m = discovery.Union(m, appliance.Marks{EngineID: t.EngineID, MACs: t.MACs, Addresses: t.Addresses})
	}
	found.Addresses = nil // where it was seen once, somebody else may be now
	return discovery.Union(m, found)
}

// silent says that no check of a device gets an answer.
func (d *Daemon) silent(id appliance.ID) bool {
	answers := wayMap{d.live}.Answers(id)
	return len(answers) > 0 && !slices.ContainsFunc(answers, func(a monitorAnswer) bool { return a.State != appliance.StateCritical })
}

func inRanges(ranges []netip.Prefix, address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a) })
}

// ProposedRanges is App.ProposedRanges.
func (d *Daemon) ProposedRanges(context.Context) []string {
	var own []netip.Prefix
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		d.log.Warn("the machine's addresses could not be read", "err", err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p)
		}
	}
	return discovery.Proposed(own)
}

// SaveDiscoverySettings is App.SaveDiscoverySettings.
func (d *Daemon) SaveDiscoverySettings(_ context.Context, by appliance.Actor, s appliance.DiscoverySettings) error {
	if s.On || len(s.Ranges) > 0 {
		if _, err := discovery.Ranges(s.Ranges, s.Public); err != nil {
			return err
		}
	}
	if s.Minute < 0 || s.Minute >= 24*60 {
		return appliance.Invalid("minute", "discovery.wrong_time", "enter a time of day, such as 02:30", nil)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return d.change(by, "audit.discovery_changed", "discovery", "", func(tx *store.Tx) error { return tx.PutMeta(discoverySettingsKey, b) })
}
