package topology

import (
	"cmp"
	"slices"

	"siteward/appliance"
)

// root is where ways begin: the switch that the appliance is plugged into, as its forwarding database says; else the router; else the
// device with the most cables.
func (b *builder) root() appliance.ID {
	var at end
	for e, macs := range b.fdb {
		if slices.ContainsFunc(b.in.Own, func(mac string) bool { return slices.Contains(macs, mac) }) && (at.device == 0 || b.nearer(e, at)) {
			at = e
		}
	}
	if at.device != 0 && !b.ways[at] {
		return at.device
	}
	var best appliance.ID
	rank := func(id appliance.ID) int {
		n := 0
		for _, e := range b.edges {
			if e.a.device == id || e.b.device == id {
				n++
			}
		}
		if n > 0 && (b.kinds[id] == appliance.KindRouter || b.kinds[id] == appliance.KindFirewall) {
			n += 1000
		}
		return n
	}
	for _, d := range b.in.Devices {
		if n := rank(d.ID); n > 0 && carries(d.Kind) && (best == 0 || n > rank(best)) {
			best = d.ID
		}
	}
	return best
}

// links turns cables into ways from the root on: nearest first, each device once. Groups that are not connected to the root are rooted at
// their own best switch.
func (b *builder) links(root appliance.ID) []appliance.Link {
	var out []appliance.Link
	done := map[appliance.ID]bool{}
	start := []appliance.ID{root}
	for _, d := range b.in.Devices {
		if carries(d.Kind) {
			start = append(start, d.ID)
		}
	}
	for _, first := range start {
		if first == 0 || done[first] {
			continue
		}
		done[first] = true
		for queue := []appliance.ID{first}; len(queue) > 0; queue = queue[1:] {
			for _, l := range b.from(queue[0]) {
				if !done[l.Device] {
					done[l.Device] = true
					out = append(out, l)
					if carries(b.kinds[l.Device]) || b.isWay(l) {
						queue = append(queue, l.Device)
					}
				}
			}
		}
	}
	return out
}

// isWay says that somebody was announced behind a device that is no switch, such as a hypervisor's bridge.
func (b *builder) isWay(l appliance.Link) bool {
	return b.tables[l.Device] != nil && len(b.tables[l.Device].Told) > 0
}

// from lists the links of a device to those beside it, in the order of its ports. An announcement comes before a guess.
func (b *builder) from(id appliance.ID) []appliance.Link {
	var out []appliance.Link
	for _, e := range b.edges {
		there, here := e.b, e.a
		if e.b.device == id {
			there, here = e.a, e.b
		} else if e.a.device != id {
			continue
		}
		out = append(out, appliance.Link{Device: there.device, Port: b.portName(there), Parent: id, PortThere: b.portName(here), By: e.by})
	}
	slices.SortStableFunc(out, func(x, y appliance.Link) int {
		return cmp.Or(cmp.Compare(guess(x), guess(y)), cmp.Compare(len(x.PortThere), len(y.PortThere)), cmp.Compare(x.PortThere, y.PortThere), cmp.Compare(x.Device, y.Device))
	})
	return out
}

func guess(l appliance.Link) int {
	if l.By == "fdb" {
		return 1
	}
	return 0
}

func (b *builder) portName(e end) string {
	if t := b.tables[e.device]; t != nil {
		if p, ok := t.PortByIndex(e.port); ok {
			return p.Name
		}
	}
	return e.port
}

// guests lists who was seen behind each port of the devices that told.
func (b *builder) guests() []appliance.PortGuests {
	at := map[end]*appliance.PortGuests{}
	var order []end
	port := func(e end) *appliance.PortGuests {
		p := at[e]
		if p == nil {
			p = &appliance.PortGuests{Device: e.device, Index: e.port, Port: b.portName(e), Way: b.ways[e]}
			at[e], order = p, append(order, e)
		}
		return p
	}
	for i := range b.in.Tables {
		t := &b.in.Tables[i]
		for _, n := range t.Told {
			id := b.who(n)
			if id == t.Device {
				continue
			}
			add(port(end{t.Device, cmp.Or(n.Port, n.PortName)}), appliance.Guest{Device: id, Name: cmp.Or(n.Name, n.Chassis), MAC: macOf(n), Address: n.Address, By: n.By})
		}
		for _, f := range t.Forwards {
			p := port(end{t.Device, f.Port})
			id := b.byMAC[f.MAC]
			if id == t.Device {
				continue
			}
			if p.Way && id == 0 {
				p.More++
				continue
			}
			add(p, appliance.Guest{Device: id, MAC: f.MAC, Address: b.ipOf[f.MAC], By: "fdb"})
		}
	}
	var out []appliance.PortGuests
	for _, e := range order {
		if p := at[e]; len(p.Guests)+p.More > 0 {
			out = append(out, *p)
		}
	}
	return out
}

func macOf(n appliance.Neighbour) string {
	if n.PortMAC != "" {
		return n.PortMAC
	}
	if len(n.Chassis) == 17 {
		return n.Chassis
	}
	return ""
}

// add notes a guest once: by the device it is, or by its hardware address.
func add(p *appliance.PortGuests, g appliance.Guest) {
	for i := range p.Guests {
		o := &p.Guests[i]
		if g.Device != 0 && o.Device == g.Device || g.MAC != "" && o.MAC == g.MAC {
			o.Address, o.Name = cmp.Or(o.Address, g.Address), cmp.Or(o.Name, g.Name)
			return
		}
	}
	if len(p.Guests) >= maxGuests {
		p.More++
		return
	}
	p.Guests = append(p.Guests, g)
}
