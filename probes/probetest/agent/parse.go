package agent

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds of a recording. The largest of a real device we know has 11,000 objects and 430 kB.
const (
	MaxObjects   = 1_000_000
	MaxLine      = 256 << 10
	MaxRecording = 64 << 20
	maxValue     = 60_000 // what still fits a UDP datagram
)

// Parse reads a recording in the .snmprec format, one "OID|TAG|VALUE" a line (docs/simulate.md describes it).
// Errors name file and line. As snmpsimd does, it passes over blank lines and lines beginning with # and drops
// white space at both ends of a line; text that ends in a space is written in hexadecimal.
func Parse(name string, in io.Reader) (*Recording, error) {
	limited := &io.LimitedReader{R: in, N: MaxRecording + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(make([]byte, 0, 4096), MaxLine)
	var objects []Object
	n := 0
	for lines.Scan() {
		n++
		line := bytes.Trim(lines.Bytes(), " \t\r\n\v\f\x1c\x1d\x1e\x1f")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		o, err := parseLine(string(line))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if objects = append(objects, o); len(objects) > MaxObjects {
			return nil, fmt.Errorf("%s:%d: more than %d objects", name, n, MaxObjects)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%s:%d: a line longer than %d octets", name, n+1, MaxLine)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if limited.N == 0 {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, MaxRecording>>20)
	}
	return NewRecording(baseName(name), objects), nil
}

// MustParse is Parse for text in a program; it panics on a mistake.
func MustParse(name, text string) *Recording {
	r, err := Parse(name, strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	return r
}

func parseLine(line string) (Object, error) {
	name, rest, ok := strings.Cut(line, "|")
	tag, value, ok2 := strings.Cut(rest, "|")
	if !ok || !ok2 {
		return Object{}, errors.New("want OID|TAG|VALUE")
	}
	o, err := ParseOID(name)
	if err != nil {
		return Object{}, err
	}
	v, err := parseValue(tag, value)
	if err != nil {
		return Object{}, fmt.Errorf("%s: %w", name, err)
	}
	return Object{o, v}, nil
}

// syntaxes holds for each tag how its text becomes content octets, and whether hexadecimal is allowed for it.
var syntaxes = map[Tag]struct {
	parse func(string) (string, error)
	hex   bool
}{
	TagInteger:   {parseInteger, false},
	TagOctets:    {parseOctets, true},
	TagNull:      {parseNull, false},
	TagOID:       {parseName, false},
	TagIPAddress: {parseAddress, true},
	TagCounter32: {parseUnsigned(32), false},
	TagGauge32:   {parseUnsigned(32), false},
	TagTimeTicks: {parseUnsigned(32), false},
	TagOpaque:    {parseOctets, true},
	TagCounter64: {parseUnsigned(64), false},
}

func parseValue(tag, text string) (Value, error) {
	if strings.Contains(tag, ":") {
		return Value{}, fmt.Errorf("tag %q asks for a computed value; write the value itself", tag)
	}
	digits := strings.TrimRight(tag, "xe")
	n, err := strconv.ParseUint(digits, 10, 8)
	syntax, known := syntaxes[Tag(n)]
	if err != nil || !known || len(tag) > len(digits)+1 {
		return Value{}, fmt.Errorf("unknown tag %q (known are 2 4 5 6 64 65 66 67 68 70, and 4x 4e 64x 68x)", tag)
	}
	parse := syntax.parse
	switch suffix := tag[len(digits):]; {
	case suffix != "" && !syntax.hex:
		return Value{}, fmt.Errorf("tag %q: only 4, 64 and 68 take an x or e", tag)
	case suffix == "x":
		parse = parseHex
	case suffix == "e":
		parse = unescape
	}
	octets, err := parse(text)
	if err != nil {
		return Value{}, err
	}
	if len(octets) > maxValue {
		return Value{}, fmt.Errorf("a value of %d octets fits no datagram", len(octets))
	}
	if Tag(n) == TagIPAddress && len(octets) != 4 {
		return Value{}, fmt.Errorf("%q is no IPv4 address", text)
	}
	return Value{Tag(n), octets}, nil
}

func parseInteger(s string) (string, error) {
	v, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return "", fmt.Errorf("%q is no 32-bit INTEGER", s)
	}
	return string(appendInt(nil, v)), nil
}

func parseUnsigned(bits int) func(string) (string, error) {
	return func(s string) (string, error) {
		v, err := strconv.ParseUint(s, 10, bits)
		if err != nil {
			return "", fmt.Errorf("%q is no unsigned number of %d bits", s, bits)
		}
		return string(appendUint(nil, v)), nil
	}
}

func parseOctets(s string) (string, error) { return s, nil }

func parseNull(s string) (string, error) {
	if s != "" {
		return "", errors.New("a NULL has no value")
	}
	return "", nil
}

func parseName(s string) (string, error) {
	o, err := ParseOID(s)
	return string(o), err
}

// parseAddress takes leading zeros, which some devices' walks show, as decimal.
func parseAddress(s string) (string, error) {
	out := make([]byte, 0, 4)
	for word := range strings.SplitSeq(s, ".") {
		n, err := strconv.ParseUint(word, 10, 8)
		if err != nil {
			return "", fmt.Errorf("%q is no IPv4 address", s)
		}
		out = append(out, byte(n))
	}
	return string(out), nil // its length is looked at with that of 64x
}

func parseHex(s string) (string, error) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return "", fmt.Errorf("hexadecimal value: %w", err)
	}
	return string(b), nil
}

var escapes = map[byte]byte{'\\': '\\', '\'': '\'', '"': '"', 'a': 7, 'b': 8, 'f': 12, 'n': 10, 'r': 13, 't': 9, 'v': 11}

// unescape reads the escapes of a Python string that snmpsim writes: \x07 and one letter.
func unescape(s string) (string, error) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		if i++; i == len(s) {
			return "", errors.New("the value ends in a single \\")
		}
		if s[i] == 'x' {
			if i+2 >= len(s) {
				return "", errors.New("\\x wants two hexadecimal digits")
			}
			v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", errors.New("\\x wants two hexadecimal digits")
			}
			out = append(out, byte(v))
			i += 2
			continue
		}
		c, ok := escapes[s[i]]
		if !ok {
			return "", fmt.Errorf("unknown escape \\%c", s[i])
		}
		out = append(out, c)
	}
	return string(out), nil
}
