package appliance

import "time"

// NeighbourTables are what one device knows of the network around it: who stands behind which of its ports. They are read at a slow
// interval; each list is bounded, and Cut says that there was more.
type NeighbourTables struct {
	Device    ID             `json:"device"`
	At        time.Time      `json:"at"`
	Name      string         `json:"name,omitempty"`    // sysName or lldpLocSysName
	Chassis   string         `json:"chassis,omitempty"` // lldpLocChassisId or dot1dBaseBridgeAddress: mostly a hardware address
	EngineID  string         `json:"engine_id,omitempty"`
	MACs      []string       `json:"macs,omitempty"`      // ifPhysAddress
	Addresses []string       `json:"addresses,omitempty"` // ipAdEntAddr
	Ports     []NetPort      `json:"ports,omitempty"`
	Told      []Neighbour    `json:"told,omitempty"`     // by LLDP and CDP
	Forwards  []ForwardEntry `json:"forwards,omitempty"` // forwarding database of the bridge
	Resolved  []ARPEntry     `json:"resolved,omitempty"` // IP addresses and their hardware addresses
	Cut       bool           `json:"cut,omitempty"`
}

// NetPort is an interface by the names that tables use for it.
type NetPort struct {
	Index string `json:"index"` // ifIndex
	Name  string `json:"name"`  // ifName, else ifDescr
	MAC   string `json:"mac,omitempty"`
	Descr string `json:"descr,omitempty"`
}

// Neighbour is a device that announces itself on a port.
type Neighbour struct {
	By        string   `json:"by"`   // "lldp" or "cdp"
	Port      string   `json:"port"` // ifIndex of our end, "" when the device does not say
	PortName  string   `json:"port_name,omitempty"`
	Chassis   string   `json:"chassis,omitempty"`
	PortID    string   `json:"port_id,omitempty"` // name or hardware address of the other end
	PortMAC   string   `json:"port_mac,omitempty"`
	PortText  string   `json:"port_text,omitempty"`
	Name      string   `json:"name,omitempty"`
	Descr     string   `json:"descr,omitempty"`
	Address   string   `json:"address,omitempty"`
	Abilities []string `json:"abilities,omitempty"` // "bridge", "router", "wlan", "phone", "station"
}

// ForwardEntry says that frames to a hardware address leave through a port.
type ForwardEntry struct {
	MAC  string `json:"mac"`
	Port string `json:"port"` // ifIndex, or the bridge's port number when it tells no more
}

// ARPEntry is an IP address and its hardware address.
type ARPEntry struct {
	Address string `json:"address"`
	MAC     string `json:"mac"`
}

// PortByIndex finds a port by its ifIndex.
func (t NeighbourTables) PortByIndex(index string) (NetPort, bool) {
	for _, p := range t.Ports {
		if p.Index == index {
			return p, true
		}
	}
	return NetPort{}, false
}

// Topology is who is connected to whom, worked out of the tables of all devices.
type Topology struct {
	Links []Link       `json:"links"`
	Ports []PortGuests `json:"ports"`
	Root  ID           `json:"root,omitempty"` // the device that is nearest to the appliance, or the router
	Read  time.Time    `json:"read,omitzero"`  // the newest table
}

// Link is a cable between two devices of the site.
type Link struct {
	Device    ID     `json:"device"` // the one farther from the root
	Port      string `json:"port,omitempty"`
	Parent    ID     `json:"parent"`
	PortThere string `json:"port_there,omitempty"` // of the parent
	By        string `json:"by"`                   // "lldp", "cdp", "fdb"
}

// PortGuests are those who were seen behind a port of a switch.
type PortGuests struct {
	Device ID      `json:"device"`
	Port   string  `json:"port"` // its name
	Index  string  `json:"index"`
	Way    bool    `json:"way,omitempty"` // leads to another switch or router: those behind it are only counted
	Guests []Guest `json:"guests,omitempty"`
	More   int     `json:"more,omitempty"` // who were left out
}

// Guest is somebody behind a port: a device of the site, or a hardware address that is none.
type Guest struct {
	Device  ID     `json:"device,omitempty"`
	Name    string `json:"name,omitempty"`
	MAC     string `json:"mac,omitempty"`
	Address string `json:"address,omitempty"`
	By      string `json:"by"`
}
