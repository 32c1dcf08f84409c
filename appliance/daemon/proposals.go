package daemon

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/discovery"
	"siteward/appliance/monitor"
	"siteward/appliance/store"
)

type monitorAnswer = monitor.Answer

// Proposals is App.Proposals.
func (d *Daemon) Proposals(context.Context) ([]appliance.Proposal, error) { return d.store.Proposals() }

// Proposal is App.Proposal.
func (d *Daemon) Proposal(_ context.Context, id appliance.ID) (appliance.Proposal, error) {
	return d.store.Proposal(id)
}

// proposedChecks are what a device would get: a ping, SNMP with the credential that it answers to, its page, and the daemon of its UPS.
func (d *Daemon) proposedChecks(kind appliance.Kind, c discovery.Candidate) []appliance.Check {
	checks := config.DefaultChecks(kind, c.Credential != 0)
	for i := range checks {
		if checks[i].SNMP != nil {
			checks[i].SNMP.Credential = c.Credential
		}
	}
	web := kind == appliance.KindServer || kind == appliance.KindOther || kind == appliance.KindNAS
	for _, p := range []struct {
		port   int
		scheme string
	}{{443, "https"}, {80, "http"}} {
		if web && c.Identity == nil && slices.Contains(c.Ports, p.port) {
			check := config.NewCheck(appliance.ProbeHTTP)
			check.HTTP = &appliance.HTTPSettings{URL: p.scheme + "://" + hostOf(c.Address) + "/", Redirects: 5, SkipVerify: p.port == 443}
			checks = append(checks, check)
			break
		}
	}
	for _, port := range []int{3493, 3551} { // NUT, apcupsd
		if slices.Contains(c.Ports, port) {
			checks = append(checks, upsCheck(port))
		}
	}
	return checks
}

// upsCheck asks the daemon of a UPS on a server.
func upsCheck(port int) appliance.Check {
	if port == 3493 {
		check := config.NewCheck(appliance.ProbeNUT)
		check.NUT = &appliance.NUTSettings{}
		return check
	}
	check := config.NewCheck(appliance.ProbeApcupsd)
	check.Apcupsd = &appliance.ApcupsdSettings{}
	return check
}

func hostOf(address string) string {
	if ip := net.ParseIP(address); ip != nil && ip.To4() == nil {
		return "[" + address + "]"
	}
	return address
}

// AcceptProposal is App.AcceptProposal.
func (d *Daemon) AcceptProposal(_ context.Context, by appliance.Actor, id appliance.ID, a appliance.AcceptProposal) (appliance.Device, error) {
	p, err := d.openProposal(id)
	if err != nil {
		return appliance.Device{}, err
	}
	var dev appliance.Device
	key := map[appliance.ProposalKind]string{appliance.ProposeDevice: "audit.device_added", appliance.ProposeMove: "audit.device_changed", appliance.ProposeWay: "audit.device_changed"}[p.Kind]
	if key == "" {
		return dev, appliance.Errorf(appliance.CodeInvalid, "this needs somebody to look at both devices; ignore it when they are two")
	}
	err = d.change(by, key, "device", cmp.Or(a.Name, p.Device.Name), func(tx *store.Tx) error {
		var err error
		switch p.Kind {
		case appliance.ProposeDevice:
			dev, err = d.addFound(tx, p, a)
		case appliance.ProposeMove:
			dev, err = d.moveFound(tx, p)
		default:
			dev, err = d.placeFound(tx, p)
		}
		if err != nil {
			return err
		}
		p.Target = dev.ID
		return d.decide(tx, by, &p, appliance.ProposalAccepted)
	})
	d.topology.forget()
	return dev, err
}

func (d *Daemon) openProposal(id appliance.ID) (appliance.Proposal, error) {
	p, err := d.store.Proposal(id)
	if err == nil && p.Status != appliance.ProposalOpen {
		err = &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "discovery.decided", English: "this was decided already"}}
	}
	return p, err
}

func (d *Daemon) decide(tx *store.Tx, by appliance.Actor, p *appliance.Proposal, s appliance.ProposalStatus) error {
	p.Status, p.By, p.Decided = s, by.Name, d.now()
	return tx.PutProposal(p)
}

// addFound makes the device with its checks.
func (d *Daemon) addFound(tx *store.Tx, p appliance.Proposal, a appliance.AcceptProposal) (appliance.Device, error) {
	dev := p.Device
	dev.ID, dev.Version, dev.Created, dev.Owner = 0, 0, d.now(), ""
	dev.Name, dev.Place, dev.Purpose, dev.Kind = cmp.Or(a.Name, dev.Name), cmp.Or(a.Place, dev.Place), a.Purpose, cmp.Or(a.Kind, dev.Kind)
	dev.Parents = existing(tx, dev.Parents)
	if err := first(config.ValidateDevice(dev)); err != nil {
		return dev, err
	}
	if err := tx.PutDevice(&dev); err != nil {
		return dev, err
	}
	for _, c := range p.Checks {
		if a.Checks != nil && !slices.Contains(a.Checks, c.Name) {
			continue
		}
		c.ID, c.Version, c.Device, c.Created = 0, 0, dev.ID, d.now()
		if err := first(config.ValidateCheck(c)); err != nil {
			return dev, err
		}
		if c.SNMP != nil {
			if _, err := tx.Credential(c.SNMP.Credential); err != nil {
				return dev, fmt.Errorf("the credential that the device answers to: %w", err)
			}
		}
		if err := tx.PutCheck(&c); err != nil {
			return dev, err
		}
	}
	return dev, tx.PutMarks(dev.ID, p.Marks)
}

func existing(tx *store.Tx, parents []appliance.ID) []appliance.ID {
	return slices.DeleteFunc(slices.Clone(parents), func(id appliance.ID) bool {
		_, err := tx.Device(id)
		return err != nil
	})
}

// moveFound gives a device its new address.
func (d *Daemon) moveFound(tx *store.Tx, p appliance.Proposal) (appliance.Device, error) {
	dev, err := tx.Device(p.Target)
	if err != nil {
		return dev, err
	}
	if err := ownedByFile(dev.Owner); err != nil {
		return dev, err
	}
	dev.Address = p.Device.Address
	return dev, tx.PutDevice(&dev)
}

// placeFound declares what a device is reached through, and which ports should be up.
func (d *Daemon) placeFound(tx *store.Tx, p appliance.Proposal) (appliance.Device, error) {
	dev, err := tx.Device(p.Target)
	if err != nil {
		return dev, err
	}
	if err := ownedByFile(dev.Owner); err != nil {
		return dev, err
	}
	if len(dev.Parents) == 0 {
		dev.Parents = existing(tx, p.Device.Parents)
		if err := d.wayFits(tx, dev); err != nil {
			return dev, err
		}
	}
	if err := tx.PutDevice(&dev); err != nil {
		return dev, err
	}
	for _, r := range p.Roles {
		if err := markPort(tx, r); err != nil {
			return dev, err
		}
	}
	return tx.Device(dev.ID)
}

// wayFits refuses a way that leads back to the device: something has changed since it was proposed.
func (d *Daemon) wayFits(tx *store.Tx, dev appliance.Device) error {
	all, err := tx.Devices()
	if err != nil {
		return err
	}
	return first(config.ValidateWay(dev, all))
}

func markPort(tx *store.Tx, r appliance.PortMark) error {
	dev, err := tx.Device(r.Device)
	if err != nil || dev.Owner != "" || dev.Ports[r.Port] != "" {
		return nil //nolint:nilerr // gone, or not ours to change: the rest still holds
	}
	ports := maps.Clone(dev.Ports)
	if ports == nil {
		ports = map[string]appliance.PortRole{}
	}
	ports[r.Port] = r.Role
	dev.Ports = ports
	return tx.PutDevice(&dev)
}

// IgnoreProposal is App.IgnoreProposal.
func (d *Daemon) IgnoreProposal(_ context.Context, by appliance.Actor, id appliance.ID) error {
	p, err := d.openProposal(id)
	if err != nil {
		return err
	}
	return d.change(by, "audit.proposal_ignored", "proposal", p.Device.Name, func(tx *store.Tx) error { return d.decide(tx, by, &p, appliance.ProposalIgnored) })
}

// ReopenProposal is App.ReopenProposal.
func (d *Daemon) ReopenProposal(_ context.Context, by appliance.Actor, id appliance.ID) error {
	p, err := d.store.Proposal(id)
	if err != nil {
		return err
	}
	if p.Status != appliance.ProposalIgnored {
		return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "discovery.not_ignored", English: "only what was ignored can be taken up again"}}
	}
	return d.change(by, "audit.proposal_reopened", "proposal", p.Device.Name, func(tx *store.Tx) error { return d.decide(tx, by, &p, appliance.ProposalOpen) })
}

// MergeProposal is App.MergeProposal.
func (d *Daemon) MergeProposal(_ context.Context, by appliance.Actor, id, device appliance.ID) error {
	p, err := d.openProposal(id)
	if err != nil {
		return err
	}
	if p.Kind != appliance.ProposeDevice {
		return appliance.Errorf(appliance.CodeInvalid, "only a new device can be merged with one that is known")
	}
	dev, err := d.store.Device(device)
	if err != nil {
		return err
	}
	err = d.change(by, "audit.proposal_merged", "proposal", p.Device.Name+" = "+dev.Name, func(tx *store.Tx) error {
		marks, err := tx.Marks()
		if err != nil {
			return err
		}
		p.Target = device
		return cmp.Or(tx.PutMarks(device, discovery.Union(marks[device], p.Marks)), d.decide(tx, by, &p, appliance.ProposalMerged))
	})
	d.topology.forget()
	return err
}
