package agent

// SNMP uses a small part of BER (RFC 3417 8): definite lengths, integers, octet strings, OIDs and sequences.
// gosnmp has an encoder and a decoder too, but they make a Go value of each varbind; an agent that stands for a
// thousand switches only finds octets and copies octets, so these few functions take their place.

const (
	berSequence = 0x30
	berInteger  = 0x02
	berOctets   = 0x04
	berOID      = 0x06
)

// readTLV splits the first element off b. It refuses indefinite lengths and lengths beyond the end.
func readTLV(b []byte) (tag byte, content, rest []byte, ok bool) {
	if len(b) < 2 {
		return 0, nil, nil, false
	}
	tag, n := b[0], int(b[1])
	b = b[2:]
	if n >= 0x80 {
		k := n & 0x7f
		if k == 0 || k > 4 || k > len(b) {
			return 0, nil, nil, false
		}
		n = 0
		for _, c := range b[:k] {
			n = n<<8 | int(c)
		}
		b = b[k:]
	}
	if n > len(b) {
		return 0, nil, nil, false
	}
	return tag, b[:n:n], b[n:], true
}

// expect is readTLV for an element whose tag is known.
func expect(b []byte, want byte) (content, rest []byte, ok bool) {
	tag, content, rest, ok := readTLV(b)
	return content, rest, ok && tag == want
}

// expectInt reads an INTEGER of at most 32 bits (five octets, as some managers write a leading zero).
func expectInt(b []byte) (v int64, rest []byte, ok bool) {
	content, rest, ok := expect(b, berInteger)
	if !ok || len(content) > 5 {
		return 0, nil, false
	}
	v, ok = readSigned(content)
	return v, rest, ok
}

func readSigned[T ~string | ~[]byte](b T) (int64, bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	v := int64(int8(b[0]))
	for i := 1; i < len(b); i++ {
		v = v<<8 | int64(b[i])
	}
	return v, true
}

func readUnsigned[T ~string | ~[]byte](b T) (uint64, bool) {
	if len(b) == 0 || len(b) > 9 || (len(b) == 9 && b[0] != 0) {
		return 0, false
	}
	var v uint64
	for i := 0; i < len(b); i++ {
		v = v<<8 | uint64(b[i])
	}
	return v, true
}

func appendInt(dst []byte, v int64) []byte {
	n := 1
	for x := v; x > 127 || x < -128; x >>= 8 {
		n++
	}
	for n--; n >= 0; n-- {
		dst = append(dst, byte(v>>(8*n)))
	}
	return dst
}

func appendUint(dst []byte, v uint64) []byte {
	if v>>63 != 0 {
		dst = append(dst, 0)
		for shift := 56; shift >= 0; shift -= 8 {
			dst = append(dst, byte(v>>shift))
		}
		return dst
	}
	return appendInt(dst, int64(v))
}

func lengthSize(n int) int {
	switch {
	case n < 0x80:
		return 1
	case n < 0x100:
		return 2
	case n < 0x10000:
		return 3
	}
	return 4
}

func appendLength(dst []byte, n int) []byte {
	switch lengthSize(n) {
	case 1:
		return append(dst, byte(n))
	case 2:
		return append(dst, 0x81, byte(n))
	case 3:
		return append(dst, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, 0x83, byte(n>>16), byte(n>>8), byte(n))
}

// tlvSize is the size of an element with n octets of content.
func tlvSize(n int) int { return 1 + lengthSize(n) + n }

func appendTLV[T ~string | ~[]byte](dst []byte, tag byte, content T) []byte {
	dst = appendLength(append(dst, tag), len(content))
	return append(dst, content...)
}

// appendVarbind encodes one name and value.
func appendVarbind[N, V ~string | ~[]byte](dst []byte, name N, tag byte, value V) []byte {
	dst = append(dst, berSequence)
	dst = appendLength(dst, tlvSize(len(name))+tlvSize(len(value)))
	dst = appendTLV(dst, berOID, name)
	return appendTLV(dst, tag, value)
}
