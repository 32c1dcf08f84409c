package agent

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// OID is an object identifier as the content octets of its BER encoding (X.690 8.19). It is comparable, serves as
// a map key, needs no decoding when it comes in and no encoding when it goes out. Compare orders it; < does not.
type OID string

// ParseOID reads "1.3.6.1.2.1.1.3.0", with or without a leading dot; two numbers at least, each below 2^32.
func ParseOID(s string) (OID, error) {
	var buf [64]byte
	out, err := appendOID(buf[:0], strings.TrimPrefix(s, "."))
	return OID(out), err
}

// MustOID is ParseOID for constants; it panics on a mistake.
func MustOID(s string) OID {
	o, err := ParseOID(s)
	if err != nil {
		panic(err)
	}
	return o
}

func appendOID(dst []byte, s string) ([]byte, error) {
	first, rest, ok := strings.Cut(s, ".")
	x, err := arc(first)
	if err != nil || !ok || x > 2 {
		return nil, fmt.Errorf("OID %q: it begins with 0, 1 or 2 and has two numbers at least", s)
	}
	for n := 0; ok; n++ {
		var word string
		word, rest, ok = strings.Cut(rest, ".")
		y, err := arc(word)
		if err != nil || (n == 0 && x < 2 && y > 39) {
			return nil, fmt.Errorf("OID %q: %q is no number of an OID", s, word)
		}
		if n == 0 {
			y += x * 40
		}
		dst = appendArc(dst, y)
	}
	return dst, nil
}

var errArc = errors.New("no number")

func arc(s string) (uint64, error) {
	if s == "" || s[0] == '+' {
		return 0, errArc
	}
	return strconv.ParseUint(s, 10, 32)
}

func appendArc(dst []byte, v uint64) []byte {
	for shift := 35; shift > 0; shift -= 7 {
		if v>>shift != 0 {
			dst = append(dst, byte(v>>shift)|0x80)
		}
	}
	return append(dst, byte(v)&0x7f)
}

// Append returns the OID with more numbers at its end, for instance a column with the index of a row.
func (o OID) Append(arcs ...uint32) OID {
	out := []byte(o)
	for _, a := range arcs {
		out = appendArc(out, uint64(a))
	}
	return OID(out)
}

// Arcs returns the numbers.
func (o OID) Arcs() []uint32 {
	out := make([]uint32, 0, len(o)+1)
	var v uint64
	for i := range len(o) {
		v = v<<7 | uint64(o[i]&0x7f)
		if o[i]&0x80 != 0 {
			continue
		}
		if len(out) == 0 {
			x := min(v/40, 2)
			out = append(out, uint32(x))
			v -= x * 40
		}
		out = append(out, uint32(v))
		v = 0
	}
	return out
}

// String is the dotted decimal form without a leading dot.
func (o OID) String() string {
	var b []byte
	for i, a := range o.Arcs() {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendUint(b, uint64(a), 10)
	}
	return string(b)
}

// Compare orders OIDs number by number, as a walk does.
func (o OID) Compare(p OID) int { return compareOID(o, p) }

// HasPrefix tells whether o is p or lies below it.
func (o OID) HasPrefix(p OID) bool { return strings.HasPrefix(string(o), string(p)) }

// compareOID finds the first octet that differs. Where the numbers around it differ in length the longer is the
// larger, because BER writes each with the fewest octets; that is why comparing octets alone would not do.
func compareOID[A, B ~string | ~[]byte](a A, b B) int {
	n, i := min(len(a), len(b)), 0
	for i < n && a[i] == b[i] {
		i++
	}
	if i == n {
		return cmp.Compare(len(a), len(b))
	}
	first := a[i] < b[i]
	la, lb := i, i
	for la < len(a) && a[la]&0x80 != 0 {
		la++
	}
	for lb < len(b) && b[lb]&0x80 != 0 {
		lb++
	}
	if la != lb {
		return cmp.Compare(la, lb)
	}
	if first {
		return -1
	}
	return 1
}

// validOID tells whether octets from the network are complete numbers below 2^32 in their shortest form.
func validOID(b []byte) bool {
	var v uint64
	fresh := true
	for i, c := range b {
		if (fresh && c == 0x80) || v > 1<<32 {
			return false
		}
		v = v<<7 | uint64(c&0x7f)
		fresh = c&0x80 == 0
		if !fresh {
			continue
		}
		// The first number carries two arcs, so it may be 80 larger.
		if v > 1<<32-1 && (i > 4 || v > 1<<32-1+80) {
			return false
		}
		v = 0
	}
	return fresh
}
