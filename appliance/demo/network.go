package demo

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/store"
)

// findings are what a search of this morning has found in the demo's network: a visitor can decide about them.
func (d *Demo) findings(ctx context.Context) error {
	if err := d.Daemon.LookAround(ctx); err != nil { // who is connected to whom, as sw-core says
		return err
	}
	found := time.Now().Add(-3 * time.Hour).Truncate(time.Minute)
	core, printer := d.named(ctx, "sw-core"), d.named(ctx, "drucker-empfang")
	return d.Daemon.Store().Update(func(tx *store.Tx) error {
		for _, p := range []appliance.Proposal{cellarSwitch(core.ID), backOfficePrinter(), cameraBehind(core.ID), twin(printer)} {
			p.Status, p.Found, p.Seen = appliance.ProposalOpen, found, found
			if err := tx.PutProposal(&p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Demo) named(ctx context.Context, name string) appliance.Device {
	devices, err := d.Daemon.Devices(ctx)
	if err != nil {
		return appliance.Device{}
	}
	for _, v := range devices {
		if v.Name == name {
			return v.Device
		}
	}
	return appliance.Device{}
}

func why(key, english string, args map[string]any) appliance.Message {
	return appliance.Message{Key: key, Args: args, English: english}
}

// cellarSwitch is a switch that nobody had entered.
func cellarSwitch(core appliance.ID) appliance.Proposal {
	return appliance.Proposal{Kind: appliance.ProposeDevice,
		Device:   appliance.Device{Name: "sw-keller", Kind: appliance.KindSwitch, Address: "192.168.20.12", Place: "Keller", Parents: []appliance.ID{core}},
		Identity: appliance.Identity{Vendor: "HP", Model: "2530-24G-PoE+", Serial: "CN00DEMO24", Kind: appliance.KindSwitch, SysName: "sw-keller", Firmware: "YA.16.11.0012"},
		Marks:    appliance.Marks{Serial: "CN00DEMO24", MACs: []string{"3c:2a:f4:de:30:24"}, Names: []string{"sw-keller"}, Addresses: []string{"192.168.20.12"}},
		Checks:   config.DefaultChecks(appliance.KindSwitch, false),
		Evidence: []appliance.Message{why("proposal.why_ping", "answers ping", nil),
			why("proposal.why_snmp_serial", "says over SNMP what it is", map[string]any{"credential": "snmp-sw-core", "product": "HP 2530-24G-PoE+", "serial": "CN00DEMO24"}), //nolint:gosec // the name of one
			why("proposal.why_lldp", "sw-core sees it", map[string]any{"name": "sw-core", "port": "24"})}}
}

// backOfficePrinter tells what it is by mDNS only.
func backOfficePrinter() appliance.Proposal {
	return appliance.Proposal{Kind: appliance.ProposeDevice,
		Device: appliance.Device{Name: "drucker-buero", Kind: appliance.KindPrinter, Address: "192.168.20.63"},
		Marks:  appliance.Marks{MACs: []string{"3c:2a:f4:de:30:63"}, Names: []string{"drucker-buero"}, Addresses: []string{"192.168.20.63"}},
		Checks: config.DefaultChecks(appliance.KindPrinter, false),
		Evidence: []appliance.Message{why("proposal.why_arp", "its network card answers", map[string]any{"mac": "3c:2a:f4:de:30:63"}),
			why("proposal.why_services", "offers services", map[string]any{"services": "_ipp._tcp, _pdl-datastream._tcp"}), why("proposal.why_ports", "takes connections", map[string]any{"ports": "80, 631, 9100"})}}
}

// cameraBehind answers nothing; the switch knows where it is.
func cameraBehind(core appliance.ID) appliance.Proposal {
	return appliance.Proposal{Kind: appliance.ProposeDevice,
		Device: appliance.Device{Name: "192.168.20.140", Kind: appliance.KindOther, Address: "192.168.20.140", Parents: []appliance.ID{core}},
		Marks:  appliance.Marks{MACs: []string{"3c:2a:f4:de:31:40"}, Addresses: []string{"192.168.20.140"}},
		Checks: config.DefaultChecks(appliance.KindOther, false),
		Evidence: []appliance.Message{why("proposal.why_arp_of", "fw-1 knows it", map[string]any{"name": "fw-1", "mac": "3c:2a:f4:de:31:40"}),
			why("proposal.why_plugged", "plugged in", map[string]any{"parent": "sw-core", "port": "17"})}}
}

// twin is a device that says the same of itself as one that is known.
func twin(known appliance.Device) appliance.Proposal {
	return appliance.Proposal{Kind: appliance.ProposeTwin, Target: known.ID, Device: known, Others: []string{"192.168.20.64"},
		Marks: appliance.Marks{Addresses: []string{"192.168.20.64"}},
		Evidence: []appliance.Message{why("proposal.why_twin", "two devices with one serial number",
			map[string]any{"name": known.Name, "address": "192.168.20.64", "mark": "proposal.mark_serial", "value": "VNB3N00000"})}}
}
