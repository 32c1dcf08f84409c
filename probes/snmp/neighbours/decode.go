package neighbours

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"siteward/probes/snmp/mib"
)

const maxText = 200

// text is a word of a device: printable, on one line, bounded.
func text(b []byte) string {
	b = b[:min(len(b), 4*maxText)]
	s := strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, string(b))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	return s
}

// mac writes six octets as "00:1b:2c:3d:4e:5f". Some agents send the text itself.
func mac(b []byte) string {
	if len(b) == 6 {
		return hexed(b)
	}
	if len(b) < 11 || len(b) > 17 {
		return ""
	}
	var raw []byte
	for _, part := range strings.FieldsFunc(string(b), func(r rune) bool { return r == ':' || r == '-' || r == ' ' }) {
		v, err := strconv.ParseUint(part, 16, 8)
		if err != nil {
			return ""
		}
		raw = append(raw, byte(v))
	}
	if len(raw) != 6 {
		return ""
	}
	return hexed(raw)
}

func hexed(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 17)
	for i, x := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[x>>4], digits[x&15])
	}
	return string(out)
}

// hexID is an snmpEngineID: 5 to 32 octets (RFC 3411).
func hexID(b []byte) string {
	if len(b) < 5 || len(b) > 32 {
		return ""
	}
	return hex.EncodeToString(b)
}

// named is a chassis or port id of LLDP: a hardware address, a network address, or a text.
func named(subtype int64, b []byte, isMAC, isNetwork int64) string {
	switch subtype {
	case isMAC:
		if m := mac(b); m != "" {
			return m
		}
	case isNetwork:
		if len(b) > 1 { // the first octet is the address family
			if a := octetsAddress(b[1:]); a != "" {
				return a
			}
		}
	}
	if len(b) == 6 && !printable(b) {
		return mac(b)
	}
	return text(b)
}

func printable(b []byte) bool {
	for _, x := range b {
		if x < 0x20 || x > 0x7e {
			return false
		}
	}
	return true
}

func octetsAddress(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok || a.IsUnspecified() || a.IsMulticast() {
		return ""
	}
	return a.Unmap().String()
}

// octets reads an index of numbers below 256, n of them and nothing else.
func octets(index string, n int) []byte {
	parts := strings.Split(index, ".")
	if len(parts) != n {
		return nil
	}
	out := make([]byte, n)
	for i, p := range parts {
		v, err := strconv.ParseUint(p, 10, 8)
		if err != nil {
			return nil
		}
		out[i] = byte(v)
	}
	return out
}

func ipv4(index string) string { return octetsAddress(octets(index, 4)) }

// macIndex reads a hardware address; some agents (Zyxel) put its length before it, as for a string of any length.
func macIndex(index string) string {
	if length, rest, ok := strings.Cut(index, "."); ok && length == "6" && strings.Count(rest, ".") == 5 {
		index = rest
	}
	b := octets(index, 6)
	if b == nil {
		return ""
	}
	return hexed(b)
}

// typedAddress reads "type.length.octets" (InetAddressType 1 and 2, AddressFamilyNumbers 1 and 2); some agents leave out the length.
func typedAddress(index string) string {
	family, rest, _ := strings.Cut(index, ".")
	size := map[string]int{"1": 4, "2": 16}[family]
	if size == 0 {
		return ""
	}
	if b := octets(rest, size); b != nil {
		return octetsAddress(b)
	}
	length, rest, _ := strings.Cut(rest, ".")
	if length != strconv.Itoa(size) {
		return ""
	}
	return octetsAddress(octets(rest, size))
}

// afterFirst leaves out the first number of an index.
func afterFirst(index string) string {
	_, rest, _ := strings.Cut(index, ".")
	return rest
}

func number(v mib.Varbind) string {
	if !v.Numeric() {
		return ""
	}
	return strconv.FormatUint(v.Num, 10)
}
