package snmp

import (
	"math"

	"siteward/probes/snmp/mib"
)

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
	var v, first uint64
	for i := 0; i <= len(o); i++ {
		if i < len(o) && o[i] != '.' {
			v = v*10 + uint64(o[i]-'0')
			continue
		}
		switch arcs++; arcs {
		case 1: // shares its octets with the second arc
			first, v = v, 0
			continue
		case 2:
			v += first * 40
		}
		n++
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

// berSize is the length of an element with n content octets.
func berSize(n int) int {
	switch {
	case n < 0x80:
		return 2 + n
	case n < 0x100:
		return 3 + n
	}
	return 4 + n
}

// appendLength writes a length below 65,536 in its shortest form.
func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n < 0x100:
		return append(dst, 0x81, byte(n))
	}
	return append(dst, 0x82, byte(n>>8), byte(n))
}

// appendInteger writes an INTEGER that is not negative.
func appendInteger(dst []byte, v int64) []byte {
	n := 1
	for x := v; x > 127; x >>= 8 {
		n++
	}
	dst = append(dst, byte(mib.Integer), byte(n))
	for n--; n >= 0; n-- {
		dst = append(dst, byte(v>>(8*n)))
	}
	return dst
}

// appendOID writes an OID's content octets. It refuses what is no OID of at least two arcs below 2^32.
func appendOID(dst []byte, o mib.OID) ([]byte, bool) {
	var v, first uint64
	arcs := 0
	for i := 0; i <= len(o); i++ {
		if i < len(o) && o[i] != '.' {
			d := o[i] - '0'
			if v = v*10 + uint64(d); d > 9 || v > math.MaxUint32 {
				return dst, false
			}
			continue
		}
		if i == 0 || o[i-1] == '.' {
			return dst, false
		}
		switch arcs++; arcs {
		case 1:
			first = v
		case 2:
			if first > 2 || first < 2 && v > 39 {
				return dst, false
			}
			dst = appendArc(dst, first*40+v)
		default:
			dst = appendArc(dst, v)
		}
		v = 0
	}
	return dst, arcs >= 2 && arcs <= 128
}

func appendArc(dst []byte, v uint64) []byte {
	shift := 0
	for x := v >> 7; x > 0; x >>= 7 {
		shift += 7
	}
	for ; shift > 0; shift -= 7 {
		dst = append(dst, byte(v>>shift)|0x80)
	}
	return append(dst, byte(v)&0x7f)
}
