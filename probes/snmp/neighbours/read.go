package neighbours

import (
	"context"
	"errors"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// Bounds of what one device can make us keep.
const (
	maxForwards  = 4096
	maxResolved  = 4096
	maxTold      = 256
	maxPorts     = 1024
	maxAddresses = 64
)

// Identify reads what makes a device recognisable: its name, engine, hardware and IP addresses.
func Identify(ctx context.Context, ask mib.Asker) (appliance.NeighbourTables, error) {
	r := &reading{ctx: ctx, ask: ask}
	r.self()
	return r.out, r.err
}

// Read reads all tables. An error comes with what could be read; only a device that answered nothing gives none.
func Read(ctx context.Context, ask mib.Asker) (appliance.NeighbourTables, error) {
	r := &reading{ctx: ctx, ask: ask}
	if r.self(); r.err != nil {
		return r.out, r.err // it does not answer: six more tables would take six more times to find that out
	}
	r.resolved()
	r.bridge()
	r.lldp()
	r.cdp()
	return r.out, r.err
}

// reading is one visit. A walk that fails leaves its table out.
type reading struct {
	ctx context.Context
	ask mib.Asker
	out appliance.NeighbourTables
	err error

	bridgePorts map[string]string // port of the bridge -> ifIndex
}

// walk reads columns side by side and hands each value out with its column and index.
func (r *reading) walk(each func(column mib.OID, index string, v mib.Varbind), columns ...mib.OID) {
	if r.ctx.Err() != nil {
		return
	}
	vars, err := r.ask.Walk(r.ctx, columns)
	if errors.Is(err, mib.ErrPartial) {
		r.out.Cut, err = true, nil
	}
	if err != nil && r.err == nil {
		r.err = err
	}
	for _, v := range vars {
		if !v.Exists() {
			continue
		}
		for _, c := range columns {
			if index := v.OID.Suffix(c); index != "" {
				each(c, index, v)
				break
			}
		}
	}
}

func (r *reading) self() {
	vars, err := r.ask.Get(r.ctx, []mib.OID{sysName, engineID, bridgeMAC, locSubtype2, locChassis2, locSubtype, locChassis})
	r.err = err
	subtype := int64(0)
	for _, v := range vars {
		if !v.Exists() {
			continue
		}
		switch v.OID {
		case sysName:
			r.out.Name = text(v.Bytes)
		case engineID:
			r.out.EngineID = hexID(v.Bytes)
		case bridgeMAC:
			r.out.Chassis = mac(v.Bytes)
		case locSubtype, locSubtype2:
			subtype = v.Int()
		case locChassis, locChassis2:
			if id := named(subtype, v.Bytes, chassisMAC, chassisNetwork); id != "" {
				r.out.Chassis = id
			}
		}
	}
	if err != nil {
		return
	}
	r.ports()
	r.walk(func(_ mib.OID, index string, _ mib.Varbind) {
		if a := ipv4(index); a != "" && len(r.out.Addresses) < maxAddresses {
			r.out.Addresses = append(r.out.Addresses, a)
		}
	}, ownAddress)
}

func (r *reading) ports() {
	at := map[string]int{}
	seen := map[string]bool{}
	r.walk(func(column mib.OID, index string, v mib.Varbind) {
		i, ok := at[index]
		if !ok {
			if len(r.out.Ports) >= maxPorts {
				r.out.Cut = true
				return
			}
			i = len(r.out.Ports)
			at[index] = i
			r.out.Ports = append(r.out.Ports, appliance.NetPort{Index: index})
		}
		p := &r.out.Ports[i]
		switch column {
		case ifDescr:
			p.Descr = text(v.Bytes)
		case ifName:
			p.Name = text(v.Bytes)
		case ifPhys:
			if p.MAC = mac(v.Bytes); p.MAC != "" && !seen[p.MAC] && !appliance.SharedMAC(p.MAC) {
				seen[p.MAC] = true
				r.out.MACs = append(r.out.MACs, p.MAC)
			}
		}
	}, ifDescr, ifPhys, ifName)
	for i := range r.out.Ports {
		if p := &r.out.Ports[i]; p.Name == "" {
			p.Name = p.Descr
		}
	}
}

// resolved reads both tables of IP and hardware addresses; the newer one has IPv6 too.
func (r *reading) resolved() {
	const invalid = 2
	found, wrong := map[string]appliance.ARPEntry{}, map[string]bool{}
	take := func(index, address string, v mib.Varbind) {
		if hw := mac(v.Bytes); address != "" && hw != "" && hw != "00:00:00:00:00:00" {
			found[index] = appliance.ARPEntry{Address: address, MAC: hw}
		}
	}
	var order []string
	r.walk(func(column mib.OID, index string, v mib.Varbind) {
		switch column {
		case arpPhys, arp6Phys:
			order = append(order, index)
			if column == arpPhys {
				take(index, ipv4(afterFirst(index)), v)
			} else {
				take(index, typedAddress(afterFirst(index)), v)
			}
		default:
			wrong[index] = wrong[index] || v.Int() == invalid
		}
	}, arpPhys, arpType, arp6Phys, arp6Type)
	seen := map[appliance.ARPEntry]bool{}
	for _, index := range order {
		e, ok := found[index]
		if !ok || wrong[index] || seen[e] {
			continue
		}
		if len(r.out.Resolved) >= maxResolved {
			r.out.Cut = true
			return
		}
		seen[e] = true
		r.out.Resolved = append(r.out.Resolved, e)
	}
}

// bridge reads the forwarding database: by VLAN when the device tells it so, else the plain one.
func (r *reading) bridge() {
	r.bridgePorts = map[string]string{}
	r.walk(func(_ mib.OID, index string, v mib.Varbind) { r.bridgePorts[index] = number(v) }, basePort)
	r.forwards(qfdbPort, qfdbStatus, func(index string) string { return macIndex(afterFirst(index)) })
	if len(r.out.Forwards) == 0 {
		r.forwards(fdbPort, fdbStatus, macIndex)
	}
}

func (r *reading) forwards(port, status mib.OID, address func(string) string) {
	const self, mgmt, invalid = 4, 5, 2
	ports, skip := map[string]string{}, map[string]bool{}
	var order []string
	r.walk(func(column mib.OID, index string, v mib.Varbind) {
		if column == port {
			ports[index] = number(v)
			order = append(order, index)
			return
		}
		skip[index] = v.Int() == self || v.Int() == invalid || v.Int() == mgmt && v.OID.Under(fdbStatus)
	}, port, status)
	seen := map[appliance.ForwardEntry]bool{}
	for _, index := range order {
		e := appliance.ForwardEntry{MAC: address(index), Port: ports[index]}
		if e.MAC == "" || e.Port == "" || e.Port == "0" || skip[index] || appliance.SharedMAC(e.MAC) {
			continue
		}
		if ifIndex := r.bridgePorts[e.Port]; ifIndex != "" && ifIndex != "0" {
			e.Port = ifIndex
		}
		if seen[e] {
			continue
		}
		if len(r.out.Forwards) >= maxForwards {
			r.out.Cut = true
			return
		}
		seen[e] = true
		r.out.Forwards = append(r.out.Forwards, e)
	}
}
