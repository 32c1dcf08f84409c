package snmp

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"strings"

	"github.com/gosnmp/gosnmp"

	"siteward/probes/snmp/mib"
)

// Varbind is varbind for the receiver of traps, which reads what devices send by themselves.
func Varbind(p *gosnmp.SnmpPDU) mib.Varbind { return varbind(p) }

// varbind turns gosnmp's form into ours. What cannot be a value of its type becomes Null: told, but not usable.
func varbind(p *gosnmp.SnmpPDU) mib.Varbind {
	v := mib.Varbind{OID: mib.OID(strings.TrimPrefix(p.Name, ".")), Type: mib.Type(p.Type)}
	switch x := p.Value.(type) {
	case int:
		v.Num = uint64(x)
	case uint:
		v.Num = uint64(x)
	case uint32:
		v.Num = uint64(x)
	case uint64:
		v.Num = x
	case []byte:
		v.Bytes = bytes.Clone(x) // the whole datagram must not live on with one name out of it
	case string:
		v.Bytes = textual(v.Type, x)
	case float32:
		v.Type = mib.Opaque
		v.Bytes = binary.BigEndian.AppendUint32([]byte{0x9f, 0x78, 4}, math.Float32bits(x))
	case float64:
		v.Type = mib.Opaque
		v.Bytes = binary.BigEndian.AppendUint64([]byte{0x9f, 0x79, 8}, math.Float64bits(x))
	}
	return typed(v)
}

// textual gives the octets of what gosnmp hands over as text: addresses and object identifiers.
func textual(t mib.Type, text string) []byte {
	if t != mib.IPAddress {
		return []byte(strings.TrimPrefix(text, "."))
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return nil
	}
	return a.AsSlice()
}

// typed makes sure that a type has its kind of value.
func typed(v mib.Varbind) mib.Varbind {
	switch v.Type {
	case mib.Counter32, mib.Gauge32, mib.TimeTicks:
		if v.Num > math.MaxUint32 {
			v.Type = mib.Null
		}
	case mib.Integer, mib.Counter64, mib.OctetString, mib.Opaque,
		mib.NoSuchObject, mib.NoSuchInstance, mib.EndOfMibView:
	case mib.Type(gosnmp.Uinteger32): // RFC 1442's name for what became Gauge32
		v.Type = mib.Gauge32
	case mib.IPAddress, mib.ObjectID:
		if len(v.Bytes) == 0 {
			v.Type = mib.Null
		}
	default:
		v.Type = mib.Null
	}
	return v
}
