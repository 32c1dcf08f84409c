package agent

import (
	"net/netip"
	"strconv"
)

// Tag is the ASN.1 BER tag of a value, the number that stands in a recording (RFC 2578, RFC 3416).
type Tag byte

// The types a recording may hold.
const (
	TagInteger   Tag = 0x02
	TagOctets    Tag = 0x04
	TagNull      Tag = 0x05
	TagOID       Tag = 0x06
	TagIPAddress Tag = 0x40
	TagCounter32 Tag = 0x41
	TagGauge32   Tag = 0x42
	TagTimeTicks Tag = 0x43
	TagOpaque    Tag = 0x44
	TagCounter64 Tag = 0x46
)

// The exceptions of RFC 3416 stand in the place of a value and are never recorded.
const (
	tagNoSuchInstance = 0x81
	tagEndOfMibView   = 0x82
)

// Value is a typed value as the content octets of its BER encoding.
type Value struct {
	Tag    Tag
	Octets string
}

// Integer is an INTEGER or Integer32.
func Integer(v int32) Value { return Value{TagInteger, string(appendInt(nil, int64(v)))} }

// OctetString is text or octets.
func OctetString(s string) Value { return Value{TagOctets, s} }

// ObjectIdentifier is a value that names an object.
func ObjectIdentifier(o OID) Value { return Value{TagOID, string(o)} }

// Counter32 only grows and wraps at 2^32.
func Counter32(v uint32) Value { return unsigned(TagCounter32, uint64(v)) }

// Gauge32 is a number that goes up and down.
func Gauge32(v uint32) Value { return unsigned(TagGauge32, uint64(v)) }

// TimeTicks counts hundredths of a second.
func TimeTicks(v uint32) Value { return unsigned(TagTimeTicks, uint64(v)) }

// Counter64 only grows; SNMPv1 does not know it.
func Counter64(v uint64) Value { return unsigned(TagCounter64, v) }

// IPAddress is an IPv4 address; it panics for another, as only constants are built this way.
func IPAddress(a netip.Addr) Value {
	b := a.As4()
	return Value{TagIPAddress, string(b[:])}
}

func unsigned(tag Tag, v uint64) Value { return Value{tag, string(appendUint(nil, v))} }

// Int is the number of an INTEGER, counter, gauge or TimeTicks; false for other types and above 2^63-1.
func (v Value) Int() (int64, bool) {
	if v.Tag == TagInteger {
		return readSigned(v.Octets)
	}
	u, ok := v.Uint()
	return int64(u), ok && u < 1<<63
}

// Uint is the number of a counter, a gauge, TimeTicks or an INTEGER that is not negative.
func (v Value) Uint() (uint64, bool) {
	switch v.Tag {
	case TagInteger:
		i, ok := readSigned(v.Octets)
		return uint64(i), ok && i >= 0
	case TagCounter32, TagGauge32, TagTimeTicks, TagCounter64:
		return readUnsigned(v.Octets)
	}
	return 0, false
}

// Text is the value for people: octets as they are, numbers in decimal, OIDs and addresses dotted.
func (v Value) Text() string {
	switch v.Tag {
	case TagOctets, TagOpaque, TagNull:
		return v.Octets
	case TagOID:
		return OID(v.Octets).String()
	case TagIPAddress:
		if a, ok := netip.AddrFromSlice([]byte(v.Octets)); ok {
			return a.String()
		}
		return ""
	}
	if u, ok := v.Uint(); ok {
		return strconv.FormatUint(u, 10)
	}
	i, _ := v.Int()
	return strconv.FormatInt(i, 10)
}
