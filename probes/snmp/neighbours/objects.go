package neighbours

import "siteward/probes/snmp/mib"

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
	rem         mib.OID = "1.0.8802.1.1.2.1.4.1.1"     // lldpRemTable: time mark, lldpLocPortNum, number
	remMan      mib.OID = "1.0.8802.1.1.2.1.4.2.1.3"   // lldpRemManAddrIfSubtype: the same, type, length, address
	cdp         mib.OID = "1.3.6.1.4.1.9.9.23.1.2.1.1" // CISCO-CDP-MIB cdpCacheTable: ifIndex, number
)

// The columns of lldpRemTable and cdpCacheTable.
var (
	remColumns = []mib.OID{rem + ".4", rem + ".5", rem + ".6", rem + ".7", rem + ".8", rem + ".9", rem + ".10", rem + ".12"}
	cdpColumns = []mib.OID{cdp + ".3", cdp + ".4", cdp + ".5", cdp + ".6", cdp + ".7", cdp + ".8", cdp + ".9"}
)
