package profile

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"siteward/probes/snmp/mib"
)

// maxText bounds a text from a device, in bytes.
const maxText = 1024

// clean makes a text of what a device sent: UTF-8 as it is, anything else taken for Latin-1, control and direction
// characters as blanks, blanks joined, at most maxText bytes. It ends at a NUL, since agents send C buffers (Windows
// ifDescr ends in one, EdgeOS follows it with rubbish).
func clean(b []byte) string {
	b = b[:min(len(b), 4*maxText)]
	if end := bytes.IndexByte(b, 0); end > 0 {
		b = b[:end]
	}
	latin1 := !utf8.Valid(b) && !cutShort(b)
	var out strings.Builder
	blank := false
	for len(b) > 0 {
		r, n := rune(b[0]), 1
		if !latin1 {
			r, n = utf8.DecodeRune(b)
		}
		b = b[n:]
		if unwanted(r) {
			blank = true
			continue
		}
		if blank && out.Len() > 0 {
			out.WriteByte(' ')
		}
		blank = false
		if out.Len()+utf8.RuneLen(r) > maxText {
			break
		}
		out.WriteRune(r)
	}
	return out.String()
}

// cutShort says that b is UTF-8 whose last character lacks bytes, as agents with fixed buffers make it.
func cutShort(b []byte) bool {
	for i := 1; i < utf8.UTFMax && i < len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			return b[len(b)-i] >= 0xc0 && !utf8.FullRune(b[len(b)-i:]) && utf8.Valid(b[:len(b)-i])
		}
	}
	return false
}

// unwanted says that a character is blank, steers the terminal, or turns the direction of what follows.
func unwanted(r rune) bool {
	switch {
	case r <= ' ', r >= 0x7f && r <= 0xa0, r == utf8.RuneError:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}

// hint says how octets are shown as text.
type hint uint8

const (
	hintText hint = iota
	hintMAC       // 00:26:30:6b:b6:..
	hintDate      // DateAndTime of SNMPv2-TC, as RFC 3339 without fractions
	hintHex
)

var hints = map[string]hint{"": hintText, "text": hintText, "mac": hintMAC, "date": hintDate, "hex": hintHex}

func (h hint) format(b []byte) string {
	switch {
	case h == hintMAC && len(b) > 0 && len(b) <= 20:
		return colons(b)
	case h == hintDate && (len(b) == 8 || len(b) == 11):
		return dateAndTime(b)
	case h == hintHex:
		return hex.EncodeToString(b[:min(len(b), maxText/2)])
	}
	return clean(b)
}

func colons(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// dateAndTime reads SNMPv2-TC DateAndTime: year (2 octets), month, day, hour, minute, second, tenth [, sign, hours,
// minutes from UTC]. A date that cannot be, such as the 0-0-0 of a clock never set, is "".
func dateAndTime(b []byte) string {
	year := int(b[0])<<8 | int(b[1])
	if year < 1970 || year > 9999 || b[2] < 1 || b[2] > 12 || b[3] < 1 || b[3] > 31 || b[4] > 23 || b[5] > 59 || b[6] > 60 {
		return ""
	}
	s := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", year, b[2], b[3], b[4], b[5], b[6])
	if len(b) == 11 && (b[8] == '+' || b[8] == '-') && b[9] <= 14 && b[10] <= 59 {
		s += fmt.Sprintf("%c%02d:%02d", b[8], b[9], b[10])
	}
	return s
}

// numberIn finds the first decimal number of a text: "51.569", "28 C/82 F", "-3,5°". NaN when there is none.
func numberIn(b []byte) float64 {
	i := 0
	for i < len(b) && !isDigit(b[i]) {
		i++
	}
	if i == len(b) {
		return math.NaN()
	}
	negative := i > 0 && b[i-1] == '-'
	var mantissa, scale float64 = 0, 1
	for ; i < len(b) && isDigit(b[i]); i++ {
		mantissa = mantissa*10 + float64(b[i]-'0')
	}
	if i+1 < len(b) && (b[i] == '.' || b[i] == ',') && isDigit(b[i+1]) {
		for i++; i < len(b) && isDigit(b[i]) && scale < 1e15; i++ {
			mantissa, scale = mantissa*10+float64(b[i]-'0'), scale*10
		}
	}
	if v := mantissa / scale; !math.IsInf(v, 0) && !negative {
		return v
	} else if !math.IsInf(v, 0) {
		return -v
	}
	return math.NaN()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// opaqueFloat reads the floats that net-snmp wraps into Opaque: 9f 78 04 and a float, 9f 79 08 and a double.
func opaqueFloat(b []byte) float64 {
	if len(b) == 7 && b[0] == 0x9f && b[1] == 0x78 && b[2] == 4 {
		return finite(float64(math.Float32frombits(uint32(be(b[3:])))))
	}
	if len(b) == 11 && b[0] == 0x9f && b[1] == 0x79 && b[2] == 8 {
		return finite(math.Float64frombits(be(b[3:])))
	}
	return math.NaN()
}

func finite(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

func be(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// ipText is an IpAddress in dotted decimal.
func ipText(b []byte) string {
	if len(b) != 4 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3])
}

// textual says that a varbind's value is in Bytes.
func textual(t mib.Type) bool {
	return t == mib.OctetString || t == mib.ObjectID || t == mib.IPAddress || t == mib.Opaque
}
