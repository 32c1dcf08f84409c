package apptest

import (
	"context"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
)

// found are the sample site's proposals, topology and searches.
type found struct {
	proposals []appliance.Proposal
	topology  appliance.Topology
	run       appliance.DiscoveryRun
	settings  appliance.DiscoverySettings
}

func said(key, english string, args ...any) appliance.Message {
	m := appliance.Message{Key: key, English: english, Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i].(string)] = args[i+1]
	}
	return m
}

// discover fills the sample site with what a search has found there.
func (a *App) discover() {
	snmp := config.NewCheck(appliance.ProbeSNMP)
	snmp.SNMP = &appliance.SNMPSettings{Credential: 1}
	core, printer := a.first(appliance.KindSwitch), a.first(appliance.KindPrinter)
	a.found.proposals = []appliance.Proposal{
		{ID: 1, Kind: appliance.ProposeDevice, Status: appliance.ProposalOpen, Device: appliance.Device{Name: "sw-dach", Kind: appliance.KindSwitch, Address: "192.168.10.14", Parents: []appliance.ID{core}},
			Identity: appliance.Identity{Vendor: "HP", Model: "J9146A 2910al-24G-PoE", Serial: "SG0000X123", Kind: appliance.KindSwitch, Profiles: []string{"procurve"}, SysName: "sw-dach"},
			Checks:   append(config.DefaultChecks(appliance.KindSwitch, false), snmp), Marks: appliance.Marks{Serial: "SG0000X123", MACs: []string{"00:1b:3f:10:20:30"}},
			Evidence: []appliance.Message{said("proposal.why_ping", "answers ping", "rtt", "1.2ms"), said("proposal.why_snmp_serial", "says", "product", "HP J9146A 2910al-24G-PoE", "serial", "SG0000X123", "credential", "snmp-v3"),
				said("proposal.why_plugged", "plugged", "parent", "sw-core", "port", "23")}},
		{ID: 2, Kind: appliance.ProposeDevice, Status: appliance.ProposalOpen, Device: appliance.Device{Name: "empfang-drucker", Kind: appliance.KindPrinter, Address: "192.168.10.61"},
			Checks: config.DefaultChecks(appliance.KindPrinter, false), Marks: appliance.Marks{MACs: []string{"3c:2a:f4:01:02:03"}, Names: []string{"empfang-drucker"}},
			Evidence: []appliance.Message{said("proposal.why_arp", "arp", "mac", "3c:2a:f4:01:02:03"), said("proposal.why_mdns", "name", "name", "empfang-drucker"), said("proposal.why_ports", "ports", "ports", "80, 631, 9100")}},
		{ID: 3, Kind: appliance.ProposeMove, Status: appliance.ProposalOpen, Target: printer, From: a.devices[printer].Address, Device: moved(a.devices[printer], "192.168.10.77"),
			Evidence: []appliance.Message{said("proposal.why_moved", "moved", "name", a.devices[printer].Name, "from", a.devices[printer].Address, "to", "192.168.10.77", "mark", "proposal.mark_serial")}},
		{ID: 4, Kind: appliance.ProposeTwin, Status: appliance.ProposalOpen, Target: core, Others: []string{"192.168.10.15"}, Device: a.devices[core],
			Evidence: []appliance.Message{said("proposal.why_twin", "twin", "name", a.devices[core].Name, "address", "192.168.10.15", "mark", "proposal.mark_serial", "value", "CN12345678")}},
		{ID: 5, Kind: appliance.ProposeWay, Status: appliance.ProposalOpen, Target: printer, Device: moved(a.devices[printer], a.devices[printer].Address),
			Evidence: []appliance.Message{said("proposal.why_behind_fdb", "behind", "name", a.devices[printer].Name, "parent", "sw-core", "port", "7")}},
		{ID: 6, Kind: appliance.ProposeDevice, Status: appliance.ProposalIgnored, By: "m.muster", Decided: at(1, 16, 2), Device: appliance.Device{Name: "handy-7", Kind: appliance.KindOther, Address: "192.168.10.120"},
			Evidence: []appliance.Message{said("proposal.why_arp", "arp", "mac", "3c:2a:f4:01:02:09")}},
	}
	a.found.proposals[4].Device.Parents = []appliance.ID{core}
	for i := range a.found.proposals {
		p := &a.found.proposals[i]
		p.Version, p.Found, p.Seen = 1, at(0, 2, 31), at(0, 2, 31)
	}
	a.found.topology = appliance.Topology{Root: core, Read: at(0, 8, 20),
		Links: []appliance.Link{{Device: printer, Parent: core, PortThere: "7", By: "fdb"}},
		Ports: []appliance.PortGuests{{Device: core, Port: "7", Index: "7", Guests: []appliance.Guest{{Device: printer, MAC: "3c:2a:f4:01:02:03", By: "fdb"}, {MAC: "3c:2a:f4:0a:0b:0c", Address: "192.168.10.120", By: "fdb"}}},
			{Device: core, Port: "23", Index: "23", Way: true, Guests: []appliance.Guest{{Name: "sw-dach", Address: "192.168.10.14", By: "lldp"}}, More: 12}}}
	a.found.run = appliance.DiscoveryRun{Request: appliance.DiscoveryRequest{Ranges: []string{"192.168.10.0/24"}, Rate: 50}, By: "siteward", Began: at(0, 2, 30), Ended: at(0, 2, 31),
		Addresses: 253, Packets: 1204, Answers: 391, Found: 17, Known: 14, New: 2}
	a.found.settings = appliance.DiscoverySettings{Minute: 150}
}

func moved(d appliance.Device, to string) appliance.Device { d.Address = to; return d }

func (a *App) first(k appliance.Kind) appliance.ID {
	var best appliance.ID
	for id, d := range a.devices {
		if d.Kind == k && (best == 0 || id < best) {
			best = id
		}
	}
	return best
}

// Discover notes the wish.
func (a *App) Discover(_ context.Context, by appliance.Actor, r appliance.DiscoveryRequest) error {
	return a.change("discover "+join(r.Ranges), appliance.Change{Config: true}, func() error {
		if len(r.Ranges) == 0 || r.Ranges[0] == "8.8.8.0/24" {
			return appliance.Invalid("ranges", "discovery.wrong_range_public", "public", map[string]any{"value": join(r.Ranges)})
		}
		a.found.run = appliance.DiscoveryRun{Request: r, By: by.Name, Began: a.now.Add(-5 * time.Second), Step: "ping", Done: 212, Total: 254, Left: appliance.Duration(20 * time.Second), Packets: 240, Answers: 31}
		return nil
	})
}

func join(texts []string) string {
	out := ""
	for i, t := range texts {
		if i > 0 {
			out += " "
		}
		out += t
	}
	return out
}

// StopDiscovery ends what Discover began.
func (a *App) StopDiscovery(context.Context, appliance.Actor) error {
	return a.change("stop discovery", appliance.Change{Config: true}, func() error {
		if !a.found.run.Running() {
			return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "discovery.idle", English: "idle"}}
		}
		a.found.run.Ended, a.found.run.Stopped = a.now, "person"
		return nil
	})
}

// LastDiscovery is the sample's.
func (a *App) LastDiscovery(context.Context) (appliance.DiscoveryRun, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.found.run.Began.IsZero() {
		return a.found.run, appliance.ErrNotFound
	}
	return a.found.run, nil
}

// ProposedRanges is the sample's network.
func (a *App) ProposedRanges(context.Context) []string { return []string{"192.168.10.0/24"} }

// DiscoverySettings are the sample's: switched off.
func (a *App) DiscoverySettings(context.Context) (appliance.DiscoverySettings, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.found.settings, nil
}

// SaveDiscoverySettings stores them.
func (a *App) SaveDiscoverySettings(_ context.Context, _ appliance.Actor, s appliance.DiscoverySettings) error {
	return a.change("save discovery", appliance.Change{Config: true}, func() error {
		if s.On && len(s.Ranges) == 0 {
			return appliance.Invalid("ranges", "discovery.wrong_range_none", "enter a range", nil)
		}
		a.found.settings = s
		return nil
	})
}

// Proposals lists them.
func (a *App) Proposals(context.Context) ([]appliance.Proposal, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.found.proposals), nil
}

// Proposal finds one.
func (a *App) Proposal(_ context.Context, id appliance.ID) (appliance.Proposal, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.proposal(id)
	if err != nil {
		return appliance.Proposal{}, err
	}
	return *p, nil
}

func (a *App) proposal(id appliance.ID) (*appliance.Proposal, error) {
	for i := range a.found.proposals {
		if a.found.proposals[i].ID == id {
			return &a.found.proposals[i], nil
		}
	}
	return nil, appliance.ErrNotFound
}

// AcceptProposal adds or changes the device.
func (a *App) AcceptProposal(_ context.Context, by appliance.Actor, id appliance.ID, in appliance.AcceptProposal) (appliance.Device, error) {
	var d appliance.Device
	err := a.change("accept proposal "+id.String(), appliance.Change{Config: true}, func() error {
		p, err := a.proposal(id)
		if err != nil {
			return err
		}
		d = p.Device
		if in.Name != "" {
			d.Name = in.Name
		}
		if in.Kind != "" {
			d.Kind = in.Kind
		}
		if err := a.putDevice(&d); err != nil {
			return err
		}
		for _, c := range p.Checks {
			if p.Kind == appliance.ProposeDevice && (in.Checks == nil || slices.Contains(in.Checks, c.Name)) {
				c.ID, c.Device, c.Created = a.next(), d.ID, a.now
				a.checks[c.ID] = c
			}
		}
		p.Status, p.By, p.Decided, p.Target = appliance.ProposalAccepted, by.Name, a.now, d.ID
		return nil
	})
	return d, err
}

// IgnoreProposal remembers that nobody wants it.
func (a *App) IgnoreProposal(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return a.decide("ignore proposal ", by, id, appliance.ProposalIgnored)
}

// ReopenProposal takes that back.
func (a *App) ReopenProposal(_ context.Context, by appliance.Actor, id appliance.ID) error {
	return a.decide("reopen proposal ", by, id, appliance.ProposalOpen)
}

// MergeProposal says that it is known.
func (a *App) MergeProposal(_ context.Context, by appliance.Actor, id, device appliance.ID) error {
	if _, err := a.Device(context.Background(), device); err != nil {
		return err
	}
	return a.decide("merge proposal "+device.String()+" ", by, id, appliance.ProposalMerged)
}

func (a *App) decide(what string, by appliance.Actor, id appliance.ID, s appliance.ProposalStatus) error {
	return a.change(what+id.String(), appliance.Change{Config: true}, func() error {
		p, err := a.proposal(id)
		if err != nil {
			return err
		}
		p.Status, p.By, p.Decided = s, by.Name, a.now
		return nil
	})
}

// Topology is the sample's.
func (a *App) Topology(context.Context) (appliance.Topology, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.found.topology, nil
}
