package neighbours

import (
	"strconv"

	"siteward/probes/snmp/mib"
)

// The objects that are read, by their MIB names.
const (
	sysName     mib.OID = "1.3.6.1.2.1.1.5.0"
	engineID    mib.OID = "1.3.6.1.6.3.10.2.1.1.0"     // SNMP-FRAMEWORK-MIB snmpEngineID
	bridgeMAC   mib.OID = "1.3.6.1.2.1.17.1.1.0"       // BRIDGE-MIB dot1dBaseBridgeAddress
	locSubtype  mib.OID = "1.0.8802.1.1.2.1.3.1.0"     // LLDP-MIB lldpLocChassisIdSubtype
	locChassis  mib.OID = "1.0.8802.1.1.2.1.3.2.0"     // lldpLocChassisId
	ifDescr     mib.OID = "1.3.6.1.2.1.2.2.1.2"        // IF-MIB
	ifPhys      mib.OID = "1.3.6.1.2.1.2.2.1.6"        // ifPhysAddress
	ifName      mib.OID = "1.3.6.1.2.1.31.1.1.1.1"     //
	ownAddress  mib.OID = "1.3.6.1.2.1.4.20.1.1"       // IP-MIB ipAdEntAddr
	arpPhys     mib.OID = "1.3.6.1.2.1.4.22.1.2"       // ipNetToMediaPhysAddress: ifIndex, IPv4
	arpType     mib.OID = "1.3.6.1.2.1.4.22.1.4"       // ipNetToMediaType
	arp6Phys    mib.OID = "1.3.6.1.2.1.4.35.1.4"       // ipNetToPhysicalPhysAddress: ifIndex, type, length, address
	arp6Type    mib.OID = "1.3.6.1.2.1.4.35.1.6"       // ipNetToPhysicalType
	basePort    mib.OID = "1.3.6.1.2.1.17.1.4.1.2"     // dot1dBasePortIfIndex: bridge port
	fdbPort     mib.OID = "1.3.6.1.2.1.17.4.3.1.2"     // dot1dTpFdbPort: hardware address
	fdbStatus   mib.OID = "1.3.6.1.2.1.17.4.3.1.3"     // dot1dTpFdbStatus
	qfdbPort    mib.OID = "1.3.6.1.2.1.17.7.1.2.2.1.2" // Q-BRIDGE-MIB dot1qTpFdbPort: database, hardware address
	qfdbStatus  mib.OID = "1.3.6.1.2.1.17.7.1.2.2.1.3" // dot1qTpFdbStatus
	locPortSub  mib.OID = "1.0.8802.1.1.2.1.3.7.1.2"   // lldpLocPortIdSubtype: lldpLocPortNum
	locPortID   mib.OID = "1.0.8802.1.1.2.1.3.7.1.3"
	locPortDesc mib.OID = "1.0.8802.1.1.2.1.3.7.1.4"
	rem         mib.OID = "1.0.8802.1.1.2.1.4.1.1"         // lldpRemTable: time mark, lldpLocPortNum, number
	remMan      mib.OID = "1.0.8802.1.1.2.1.4.2.1.3"       // lldpRemManAddrIfSubtype: the same, type, length, address
	rem2        mib.OID = "1.3.111.2.802.1.1.13.1.4.1.1"   // LLDP-V2-MIB lldpV2RemTable: time mark, ifIndex, destination, number
	remMan2     mib.OID = "1.3.111.2.802.1.1.13.1.4.2.1.3" // lldpV2RemManAddrIfSubtype: the same, type, length, address
	locSubtype2 mib.OID = "1.3.111.2.802.1.1.13.1.3.1.0"   // lldpV2LocChassisIdSubtype
	locChassis2 mib.OID = "1.3.111.2.802.1.1.13.1.3.2.0"   // lldpV2LocChassisId
	cdp         mib.OID = "1.3.6.1.4.1.9.9.23.1.2.1.1"     // CISCO-CDP-MIB cdpCacheTable: ifIndex, number
)

// The columns of cdpCacheTable.
var cdpColumns = []mib.OID{cdp + ".3", cdp + ".4", cdp + ".5", cdp + ".6", cdp + ".7", cdp + ".8", cdp + ".9"}

// lldpTable is where a generation of LLDP-MIB keeps the neighbours.
type lldpTable struct {
	rem, man mib.OID
	keys     int  // numbers of its index: the time mark first, our end second
	first    int  // column of the type of the chassis; chassis, type of the port, port, its text, name and description follow
	byIndex  bool // our end is an ifIndex
}

// IEEE 802.1AB-2005 and 802.1AB-2009.
var (
	lldp2005 = lldpTable{rem: rem, man: remMan, keys: 3, first: 4}
	lldp2009 = lldpTable{rem: rem2, man: remMan2, keys: 4, first: 5, byIndex: true}
)

func (t lldpTable) column(n int) mib.OID { return t.rem + mib.OID("."+strconv.Itoa(t.first+n)) }

// all are the columns that are read; after the description comes what a neighbour could do, and then what it does.
func (t lldpTable) all() []mib.OID {
	var out []mib.OID
	for _, n := range []int{0, 1, 2, 3, 4, 5, 6, 8} {
		out = append(out, t.column(n))
	}
	return out
}
