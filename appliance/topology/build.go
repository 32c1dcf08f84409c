package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"siteward/appliance"
)

// Device is a device of the site with everything by which others may name it.
type Device struct {
	ID    appliance.ID
	Name  string
	Kind  appliance.Kind
	Marks appliance.Marks
}

// Input is what a topology is worked out of.
type Input struct {
	Devices []Device
	Tables  []appliance.NeighbourTables
	Own     []string // hardware addresses of the appliance itself: where it is plugged in is the root
}

// maxGuests is how many are named behind one port; more are counted.
const maxGuests = 64

// Build makes the topology.
func Build(in Input) appliance.Topology {
	b := newBuilder(in)
	b.announced()
	b.forwarded()
	t := appliance.Topology{Root: b.root()}
	for _, table := range in.Tables {
		if table.At.After(t.Read) {
			t.Read = table.At
		}
	}
	t.Links = b.links(t.Root)
	t.Ports = b.guests()
	return t
}

// end is a port of a device.
type end struct {
	device appliance.ID
	port   string // ifIndex of a device whose table we have, else a name, or ""
}

// edge is a cable. Both ends are devices of the site.
type edge struct {
	a, b end
	by   string
}

type builder struct {
	in     Input
	byMAC  map[string]appliance.ID
	byName map[string]appliance.ID
	byIP   map[string]appliance.ID
	ipOf   map[string]string // hardware address -> IP address, as routers resolve it
	tables map[appliance.ID]*appliance.NeighbourTables
	kinds  map[appliance.ID]appliance.Kind
	edges  []edge
	ways   map[end]bool // ports that lead to another switch or router
	fdb    map[end][]string
}

func newBuilder(in Input) *builder {
	b := &builder{in: in, byMAC: map[string]appliance.ID{}, byName: map[string]appliance.ID{}, byIP: map[string]appliance.ID{}, ipOf: map[string]string{},
		tables: map[appliance.ID]*appliance.NeighbourTables{}, kinds: map[appliance.ID]appliance.Kind{}, ways: map[end]bool{}, fdb: map[end][]string{}}
	for i := range in.Tables {
		t := &in.Tables[i]
		b.tables[t.Device] = t
		for _, e := range t.Resolved {
			b.ipOf[e.MAC] = e.Address
		}
	}
	for _, d := range in.Devices {
		b.kinds[d.ID] = d.Kind
		b.known(d)
	}
	b.byAddress()
	return b
}

// known notes by what a device may be named. A name or an address that two devices have names none of them.
func (b *builder) known(d Device) {
	put := func(m map[string]appliance.ID, key string) {
		if key == "" {
			return
		}
		if other, taken := m[key]; taken && other != d.ID {
			m[key] = 0
			return
		}
		m[key] = d.ID
	}
	macs, names, ips := d.Marks.MACs, append([]string{d.Name}, d.Marks.Names...), d.Marks.Addresses
	if t := b.tables[d.ID]; t != nil {
		macs, names, ips = append(slices.Clone(macs), append(t.MACs, t.Chassis)...), append(names, t.Name), append(slices.Clone(ips), t.Addresses...)
	}
	for _, m := range macs {
		if !appliance.SharedMAC(m) {
			put(b.byMAC, m)
		}
	}
	for _, n := range names {
		put(b.byName, plain(n))
	}
	for _, a := range ips {
		if a != "127.0.0.1" {
			put(b.byIP, a)
		}
	}
}

// byAddress lets the tables of routers say which hardware address a device has that told none itself.
func (b *builder) byAddress() {
	for mac, ip := range b.ipOf {
		if id := b.byIP[ip]; id != 0 && !appliance.SharedMAC(mac) {
			if _, known := b.byMAC[mac]; !known {
				b.byMAC[mac] = id
			}
		}
	}
}

// plain is a name in lower case without its domain.
func plain(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if host, _, ok := strings.Cut(s, "."); ok && strings.ContainsFunc(host, func(r rune) bool { return r < '0' || r > '9' }) {
		return host
	}
	return s
}

// who is the device that an announcement comes from.
func (b *builder) who(n appliance.Neighbour) appliance.ID {
	for _, mac := range []string{n.Chassis, n.PortMAC} {
		if id := b.byMAC[mac]; id != 0 {
			return id
		}
	}
	if id := b.byIP[n.Address]; n.Address != "" && id != 0 {
		return id
	}
	return b.byName[plain(n.Name)]
}

// announced takes LLDP and CDP at their word.
func (b *builder) announced() {
	for i := range b.in.Tables {
		t := &b.in.Tables[i]
		for _, n := range t.Told {
			here := end{t.Device, cmp.Or(n.Port, n.PortName)}
			id := b.who(n)
			if slices.Contains(n.Abilities, "bridge") && !slices.Contains(n.Abilities, "phone") && !slices.Contains(n.Abilities, "wlan") || slices.Contains(n.Abilities, "router") && id != 0 && carries(b.kinds[id]) || b.isSwitch(id) {
				b.ways[here] = true
			}
			if id == 0 || id == t.Device {
				continue
			}
			b.join(edge{here, end{id, b.portThere(id, n)}, n.By})
		}
	}
}

// carries says of a kind that others stand behind it.
func carries(k appliance.Kind) bool {
	return k == appliance.KindSwitch || k == appliance.KindRouter || k == appliance.KindFirewall
}

// isSwitch says that a device is one, or forwards for others by its own table.
func (b *builder) isSwitch(id appliance.ID) bool {
	return id != 0 && carries(b.kinds[id])
}

// portThere finds the port of the other end by what it announced.
func (b *builder) portThere(id appliance.ID, n appliance.Neighbour) string {
	t := b.tables[id]
	if t == nil {
		return cmp.Or(n.PortID, n.PortText)
	}
	for _, p := range t.Ports {
		if n.PortID != "" && (p.Name == n.PortID || p.Descr == n.PortID) || n.PortMAC != "" && p.MAC == n.PortMAC && unique(t, n.PortMAC) ||
			n.PortText != "" && (p.Name == n.PortText || p.Descr == n.PortText) {
			return p.Index
		}
	}
	return cmp.Or(n.PortID, n.PortText)
}

func unique(t *appliance.NeighbourTables, mac string) bool {
	n := 0
	for _, p := range t.Ports {
		if p.MAC == mac {
			n++
		}
	}
	return n == 1
}

// join adds a cable, or completes the one that the other end told of.
func (b *builder) join(e edge) {
	for i := range b.edges {
		o := &b.edges[i]
		if o.a.device == e.a.device && o.b.device == e.b.device {
			if o.a.port == "" || o.a.port == e.a.port {
				o.a.port, o.b.port = cmp.Or(o.a.port, e.a.port), cmp.Or(o.b.port, e.b.port)
				return
			}
		}
		if o.a.device == e.b.device && o.b.device == e.a.device {
			if t := b.tables[e.a.device]; t != nil && e.a.port != "" && (o.b.port == e.a.port || !hasPort(t, o.b.port)) {
				o.b.port = e.a.port
				return
			}
			if o.b.port == e.a.port || o.a.port == e.b.port {
				return
			}
		}
	}
	b.edges = append(b.edges, e)
}

func hasPort(t *appliance.NeighbourTables, index string) bool {
	_, ok := t.PortByIndex(index)
	return ok
}

// forwarded places those who announce nothing by the forwarding databases: directly behind the port of a switch that leads to no other
// switch.
func (b *builder) forwarded() {
	for i := range b.in.Tables {
		t := &b.in.Tables[i]
		for _, f := range t.Forwards {
			e := end{t.Device, f.Port}
			b.fdb[e] = append(b.fdb[e], f.MAC)
			if id := b.byMAC[f.MAC]; id != t.Device && b.isSwitch(id) && b.tables[id] != nil && len(b.tables[id].Forwards) > 0 {
				b.ways[e] = true
			}
		}
	}
	placed := map[appliance.ID]bool{}
	for _, e := range b.edges {
		placed[e.a.device], placed[e.b.device] = true, true
	}
	best := map[appliance.ID]end{}
	for e, macs := range b.fdb {
		for _, mac := range macs {
			id := b.byMAC[mac]
			if id == 0 || id == e.device || placed[id] && (carries(b.kinds[id]) || b.linkedTo(id)) {
				continue
			}
			if now, ok := best[id]; !ok || b.nearer(e, now) {
				best[id] = e
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(best)) {
		e := best[id]
		if !b.ways[e] || !b.linkedSomewhere(e) {
			b.edges = append(b.edges, edge{e, end{device: id}, "fdb"})
		}
	}
}

// linkedTo says that a device has announced itself to a switch of ours.
func (b *builder) linkedTo(id appliance.ID) bool {
	return slices.ContainsFunc(b.edges, func(e edge) bool { return e.by != "fdb" && (e.b.device == id || e.a.device == id) })
}

// linkedSomewhere says that the switch behind a port is one of the site whose own table would know better.
func (b *builder) linkedSomewhere(e end) bool {
	return slices.ContainsFunc(b.edges, func(x edge) bool {
		other := x.b
		if x.b == e {
			other = x.a
		} else if x.a != e {
			return false
		}
		t := b.tables[other.device]
		return t != nil && len(t.Forwards) > 0
	})
}

// nearer says which of two ports a device is more directly behind: one that leads to no switch before one that does, then the one with
// fewer others.
func (b *builder) nearer(x, y end) bool {
	if b.ways[x] != b.ways[y] {
		return b.ways[y]
	}
	return cmp.Or(cmp.Compare(len(b.fdb[x]), len(b.fdb[y])), cmp.Compare(x.device, y.device), cmp.Compare(x.port, y.port)) < 0
}
