package neighbours

import (
	"bytes"
	"strings"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// Subtypes of LldpChassisIdSubtype and LldpPortIdSubtype (IEEE 802.1AB).
const (
	chassisMAC     = 4
	chassisNetwork = 5
	portMAC        = 3
	portNetwork    = 4
)

// row is one neighbour as its columns come.
type row struct {
	appliance.Neighbour
	local                string // lldpLocPortNum or ifIndex
	chassisType, idType  int64
	chassis, id, address []byte
	addressType          int64
}

// table gathers rows by their index, in the agent's order.
type table struct {
	rows  []*row
	index map[string]*row
}

func (t *table) at(index string) *row {
	if t.index == nil {
		t.index = map[string]*row{}
	}
	one := t.index[index]
	if one == nil && len(t.rows) < maxTold {
		one = &row{}
		t.index[index], t.rows = one, append(t.rows, one)
	}
	return one
}

// lldp reads who the neighbours are, their addresses, and what our own ports are called there. The tables of 2009 are read where those
// of 2005 are empty: agents that have both say the same twice.
func (r *reading) lldp() {
	for _, from := range []lldpTable{lldp2005, lldp2009} {
		if t := r.lldpRows(from); len(t.rows) > 0 {
			r.lldpAddresses(from, t)
			r.lldpTold(from, t)
			return
		}
	}
}

func (r *reading) lldpRows(from lldpTable) (t table) {
	r.walk(func(column mib.OID, index string, v mib.Varbind) {
		parts := strings.Split(index, ".")
		if len(parts) != from.keys {
			return
		}
		// The time mark is left out: a row that changed while we walked comes twice.
		one := t.at(strings.Join(parts[1:], "."))
		if one == nil {
			r.out.Cut = true
			return
		}
		one.local = parts[1]
		switch column {
		case from.column(0):
			one.chassisType = v.Int()
		case from.column(1):
			one.chassis = bytes.Clone(v.Bytes)
		case from.column(2):
			one.idType = v.Int()
		case from.column(3):
			one.id = bytes.Clone(v.Bytes)
		case from.column(4):
			one.PortText = text(v.Bytes)
		case from.column(5):
			one.Name = text(v.Bytes)
		case from.column(6):
			one.Descr = text(v.Bytes)
		case from.column(8):
			one.Abilities = lldpAbilities(v.Bytes)
		}
	}, from.all()...)
	return t
}

func (r *reading) lldpAddresses(from lldpTable, t table) {
	r.walk(func(_ mib.OID, index string, _ mib.Varbind) {
		parts := strings.SplitN(index, ".", from.keys+1)
		if len(parts) != from.keys+1 {
			return
		}
		if one := t.index[strings.Join(parts[1:from.keys], ".")]; one != nil && one.Address == "" {
			one.Address = typedAddress(parts[from.keys])
		}
	}, from.man)
}

func (r *reading) lldpTold(from lldpTable, t table) {
	var local map[string]appliance.NetPort
	if !from.byIndex {
		local = r.localPorts()
	}
	for _, one := range t.rows {
		n := one.Neighbour
		n.By = "lldp"
		n.Chassis = named(one.chassisType, one.chassis, chassisMAC, chassisNetwork)
		n.PortID = named(one.idType, one.id, portMAC, portNetwork)
		if one.idType == portMAC {
			n.PortMAC = mac(one.id)
		}
		p, ok := local[one.local]
		if !ok { // it tells nothing of its own ports: the number is the ifIndex, or names the port of the bridge
			if p, ok = r.out.PortByIndex(one.local); !ok {
				p, ok = r.out.PortByIndex(r.bridgePorts[one.local])
			}
			if !ok && one.local != "0" { // RouterOS says 0 of all
				p.Name = one.local
			}
		}
		n.Port, n.PortName = p.Index, p.Name
		r.out.Told = append(r.out.Told, n)
	}
}

// localPorts says which interface each lldpLocPortNum is: by the name or the hardware address that LLDP tells of it, else by the port
// of the bridge, else by the number itself, which is the ifIndex with most vendors.
func (r *reading) localPorts() map[string]appliance.NetPort {
	type local struct {
		subtype int64
		id      []byte
		descr   string
	}
	told := map[string]*local{}
	r.walk(func(column mib.OID, index string, v mib.Varbind) {
		l := told[index]
		if l == nil {
			if len(told) >= maxPorts {
				return
			}
			l = &local{}
			told[index] = l
		}
		switch column {
		case locPortSub:
			l.subtype = v.Int()
		case locPortID:
			l.id = bytes.Clone(v.Bytes)
		case locPortDesc:
			l.descr = text(v.Bytes)
		}
	}, locPortSub, locPortID, locPortDesc)
	byText := map[string]appliance.NetPort{}
	byMAC := map[string][]appliance.NetPort{}
	for _, p := range r.out.Ports {
		for _, name := range []string{p.Name, p.Descr} {
			if _, taken := byText[name]; name != "" && !taken {
				byText[name] = p
			}
		}
		byMAC[p.MAC] = append(byMAC[p.MAC], p)
	}
	out := map[string]appliance.NetPort{}
	for number, l := range told {
		id := text(l.id)
		if hw := mac(l.id); l.subtype == portMAC && len(byMAC[hw]) == 1 {
			out[number] = byMAC[hw][0]
		} else if p, ok := byText[id]; ok && id != "" {
			out[number] = p
		} else if p, ok := byText[l.descr]; ok && l.descr != "" {
			out[number] = p
		} else if p, ok := r.out.PortByIndex(number); ok && r.bridgePorts[number] == "" {
			out[number] = p
		} else if p, ok := r.out.PortByIndex(r.bridgePorts[number]); ok {
			out[number] = p
		} else if p, ok := r.out.PortByIndex(number); ok {
			out[number] = p
		} else if id != "" {
			out[number] = appliance.NetPort{Name: id}
		} else {
			out[number] = appliance.NetPort{Name: l.descr}
		}
	}
	return out
}

// lldpAbilities reads lldpRemSysCapEnabled (LldpSystemCapabilitiesMap): bit 0 is the highest of the first octet.
func lldpAbilities(b []byte) []string {
	return abilities(b, map[int]string{2: "bridge", 3: "wlan", 4: "router", 5: "phone", 7: "station"})
}

func abilities(b []byte, names map[int]string) []string {
	var out []string
	for bit := range 8 * min(len(b), 4) {
		if name := names[bit]; name != "" && b[bit/8]&(0x80>>(bit%8)) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// cdp reads cdpCacheTable. Its index begins with the ifIndex of our end.
func (r *reading) cdp() {
	var t table
	r.walk(func(column mib.OID, index string, v mib.Varbind) {
		ifIndex, _, ok := strings.Cut(index, ".")
		if !ok {
			return
		}
		one := t.at(index)
		if one == nil {
			r.out.Cut = true
			return
		}
		one.local = ifIndex
		switch column {
		case cdp + ".3":
			one.addressType = v.Int()
		case cdp + ".4":
			one.address = bytes.Clone(v.Bytes)
		case cdp + ".5":
			one.Descr = text(v.Bytes)
		case cdp + ".6":
			one.Name = text(v.Bytes)
		case cdp + ".7":
			one.PortID = text(v.Bytes)
		case cdp + ".8":
			if one.Descr == "" {
				one.Descr = text(v.Bytes)
			}
		case cdp + ".9":
			one.Abilities = cdpAbilities(v.Bytes)
		}
	}, cdpColumns...)
	for _, one := range t.rows {
		n := one.Neighbour
		n.By, n.Port = "cdp", one.local
		if one.addressType <= 1 {
			n.Address = octetsAddress(one.address)
		}
		if p, ok := r.out.PortByIndex(one.local); ok {
			n.PortName = p.Name
		}
		r.out.Told = append(r.out.Told, n)
	}
}

// cdpAbilities reads cdpCacheCapabilities: four octets, the lowest bit is a router's.
func cdpAbilities(b []byte) []string {
	if len(b) != 4 {
		return nil
	}
	return abilities(b, map[int]string{31: "router", 30: "bridge", 29: "bridge", 28: "bridge", 27: "station", 24: "phone"})
}
