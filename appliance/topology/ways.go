package topology

import (
	"cmp"
	"fmt"
	"slices"

	"siteward/appliance"
)

// Ways proposes what the links mean for the devices that people entered: a parent where none is declared, and the role of an uplink for
// both ends of a cable between switches and routers. What a person declared is left alone.
func Ways(t appliance.Topology, devices []appliance.Device) []appliance.Proposal {
	byID := map[appliance.ID]appliance.Device{}
	for _, d := range devices {
		byID[d.ID] = d
	}
	var out []appliance.Proposal
	for _, l := range t.Links {
		dev, ok := byID[l.Device]
		parent, known := byID[l.Parent]
		if !ok || !known || dev.Owner != "" || parent.Kind == appliance.KindService {
			continue
		}
		p := appliance.Proposal{Kind: appliance.ProposeWay, Target: dev.ID, Device: dev}
		p.Device.Parents = slices.Clone(dev.Parents)
		if len(dev.Parents) == 0 && !circle(byID, dev.ID, parent.ID) {
			p.Device.Parents = []appliance.ID{parent.ID}
			p.Evidence = append(p.Evidence, why(l, dev, parent))
		}
		if len(dev.Parents) == 0 || slices.Contains(dev.Parents, parent.ID) {
			p.Roles = uplinks(l, dev, parent)
		}
		for _, r := range p.Roles {
			name := byID[r.Device].Name
			p.Evidence = append(p.Evidence, appliance.Message{Key: "proposal.why_uplink", Args: map[string]any{"name": name, "port": r.Port},
				English: fmt.Sprintf("port %s of %s leads to the other and should be up", r.Port, name)})
		}
		if len(p.Evidence) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// uplinks are the ports of a cable between two that carry others, as far as they have no role.
func uplinks(l appliance.Link, dev, parent appliance.Device) []appliance.PortMark {
	if !carries(dev.Kind) || !carries(parent.Kind) {
		return nil
	}
	var out []appliance.PortMark
	if l.Port != "" && dev.Ports[l.Port] == "" {
		out = append(out, appliance.PortMark{Device: dev.ID, Port: l.Port, Role: appliance.PortUplink})
	}
	if l.PortThere != "" && parent.Ports[l.PortThere] == "" && parent.Owner == "" {
		out = append(out, appliance.PortMark{Device: parent.ID, Port: l.PortThere, Role: appliance.PortUplink})
	}
	return out
}

// circle says whether a device is among those that its new parent is reached through.
func circle(byID map[appliance.ID]appliance.Device, device, parent appliance.ID) bool {
	seen := map[appliance.ID]bool{}
	for queue := []appliance.ID{parent}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == device {
			return true
		}
		if !seen[queue[0]] {
			seen[queue[0]] = true
			queue = append(queue, byID[queue[0]].Parents...)
		}
	}
	return false
}

func why(l appliance.Link, dev, parent appliance.Device) appliance.Message {
	key := "proposal.why_behind_" + l.By
	if l.PortThere == "" {
		key = "proposal.why_behind"
	}
	return appliance.Message{Key: key, Args: map[string]any{"name": dev.Name, "parent": parent.Name, "port": l.PortThere},
		English: fmt.Sprintf("%s is connected to port %s of %s (%s)", dev.Name, cmp.Or(l.PortThere, "?"), parent.Name, l.By)}
}
