package trap

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"

	"siteward/appliance"
	"siteward/probes/snmp"
	"siteward/probes/snmp/mib"
)

// Message is one trap or inform, or the count of those that were left out.
type Message struct {
	At      time.Time
	From    netip.AddrPort // port 0 when drops are counted
	Version string         // "1", "2c", "3"; "" when it could not be read
	Inform  bool

	OID    mib.OID // snmpTrapOID
	Uptime time.Duration
	Vars   []mib.Varbind // without sysUpTime and snmpTrapOID

	User        string         // of SNMPv3
	Engine      string         // the sender's, of SNMPv3 traps
	Credentials []appliance.ID // those that the community or the key belongs to

	Why    appliance.TrapRefusal // it is not authentic, or was not kept; "" = fine
	Detail string                // technical, English
	Count  uint64                // 1, or how many were left out

	heard   Engine // of authentic traps: what its engine told of itself
	answer  []byte // of informs: what is sent back once the message is kept
	request string // of informs: by what a repeated one is known
}

// maxVars bounds the variables kept of a message. The longest in use are those of BGP and of RAID controllers, about 20.
const maxVars = 48

// The objects that begin each notification of version 2 (RFC 3416 4.2.6), and those that RFC 3584 adds.
const (
	sysUpTime         mib.OID = "1.3.6.1.2.1.1.3.0"
	snmpTrapOID       mib.OID = "1.3.6.1.6.3.1.1.4.1.0"
	snmpTrapAddress   mib.OID = "1.3.6.1.6.3.18.1.3.0"
	snmpTrapCommunity mib.OID = "1.3.6.1.6.3.18.1.4.0"
	snmpTraps         mib.OID = "1.3.6.1.6.3.1.1.5"
)

// fill takes what gosnmp has decoded.
func (m *Message) fill(p *gosnmp.SnmpPacket) error {
	switch p.PDUType {
	case gosnmp.Trap:
		m.OID = oidOfV1(p)
		m.Uptime = time.Duration(p.Timestamp) * 10 * time.Millisecond
	case gosnmp.SNMPv2Trap:
	case gosnmp.InformRequest:
		m.Inform = true
	default:
		return fmt.Errorf("a PDU of type %#x is no trap", byte(p.PDUType))
	}
	for i := range p.Variables {
		v := snmp.Varbind(&p.Variables[i])
		switch {
		case v.OID == sysUpTime && i == 0:
			m.Uptime = time.Duration(v.Num) * 10 * time.Millisecond
		case v.OID == snmpTrapOID && m.OID == "":
			m.OID = mib.OID(strings.TrimPrefix(string(v.Bytes), "."))
		case v.OID == snmpTrapCommunity: // a relay's copy of the community is nobody's business
		case len(m.Vars) < maxVars:
			m.Vars = append(m.Vars, v)
		}
	}
	if m.OID == "" {
		return fmt.Errorf("it does not say which trap it is (no snmpTrapOID)")
	}
	return nil
}

// oidOfV1 makes the name of a version 1 trap as RFC 3584 3.1 says: the six generic ones are snmpTraps.1 to 6, others the
// enterprise, 0 and the specific number.
func oidOfV1(p *gosnmp.SnmpPacket) mib.OID {
	if p.GenericTrap >= 0 && p.GenericTrap < 6 {
		return snmpTraps + mib.OID("."+strconv.Itoa(p.GenericTrap+1))
	}
	enterprise := strings.TrimPrefix(p.Enterprise, ".")
	if enterprise == "" {
		return ""
	}
	return mib.OID(enterprise + ".0." + strconv.Itoa(p.SpecificTrap))
}

// decode lets gosnmp read a datagram, which it changes. A panic of the library must not end the receiver.
func decode(g *gosnmp.GoSNMP, datagram []byte) (p *gosnmp.SnmpPacket, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("the message breaks the decoder: %v", r)
		}
	}()
	p, err = g.UnmarshalTrap(datagram, true)
	if err == nil && p == nil {
		err = errGarbled
	}
	return p, err
}

// Heard is what the sender's engine told of itself, to be kept with the message; false when it told nothing new.
func (m *Message) Heard() (Engine, bool) { return m.heard, m.heard.ID != "" }

// Dropped says that the message is a count of those that were left out.
func (m *Message) Dropped() bool { return m.From.Port() == 0 && m.Version == "" }
