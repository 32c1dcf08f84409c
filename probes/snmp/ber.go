package snmp

import "siteward/probes/snmp/mib"

// Messages are kept below maxMessage octets of UDP payload: with IP and UDP headers, tunnels and VLAN tags they then
// pass everywhere in one piece.
const (
	maxMessage = 1400
	// envelope is what a message of SNMPv2c has around its varbinds, with a community of usual length. SNMPv3 has more.
	envelope   = 45
	envelopeV3 = 140
	// usualValue is the length guessed for a value that was never seen.
	usualValue = 8
)

// varbindSize is the length of a varbind as it is sent (all lengths below 128 octets, as they nearly always are).
func varbindSize(o mib.OID, value int) int {
	n := 6 + encodedLen(o) + value
	if value > 127 {
		n += 4
	}
	return n
}

// encodedLen is the length of an OID's content octets (X.690 8.19).
func encodedLen(o mib.OID) int {
	n, arcs := 0, 0
	var v uint64
	for i := 0; i <= len(o); i++ {
		if i < len(o) && o[i] != '.' {
			v = v*10 + uint64(o[i]-'0')
			continue
		}
		if arcs++; arcs != 2 { // the first two arcs share an octet
			n++
		}
		for v >>= 7; v > 0; v >>= 7 {
			n++
		}
		v = 0
	}
	return n
}

// valueLen is the length of a value's content octets.
func valueLen(v *mib.Varbind) int {
	switch v.Type {
	case mib.OctetString, mib.Opaque, mib.IPAddress:
		return len(v.Bytes)
	case mib.ObjectID:
		return encodedLen(mib.OID(v.Bytes))
	case mib.Integer:
		n := 1
		for x := v.Int(); x > 127 || x < -128; x >>= 8 {
			n++
		}
		return n
	}
	n := 1
	for x := v.Num; x > 127; x >>= 8 {
		n++
	}
	return n
}
