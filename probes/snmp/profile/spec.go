package profile

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"siteward/internal/lazyregexp"
	"siteward/probes/snmp/mib"
)

// spec is a compiled object: where it is read and how its value is decoded.
type spec struct {
	name    string
	oid     mib.OID
	hot     bool
	scale   float64
	offset  float64
	unknown []span
	wraps   bool
	number  *regexp.Regexp
	hint    hint
	words   *enum
	watch   string
}

var (
	oidForm    = lazyregexp.New(`^[0-2](\.(0|[1-9][0-9]{0,9})){1,60}$`)
	objectForm = lazyregexp.New(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
)

func compileObject(o object) (*spec, error) {
	s := &spec{name: o.Name, oid: mib.OID(o.OID), scale: o.Scale, offset: o.Offset, wraps: o.Wraps, watch: o.Watch}
	if !objectForm.MatchString(o.Name) {
		return nil, fmt.Errorf("object name %q: letters and digits only, a letter first", o.Name)
	}
	if !oidForm.MatchString(o.OID) {
		return nil, fmt.Errorf("%s: %q is not an OID in dotted decimal without a leading dot", o.Name, o.OID)
	}
	if s.scale == 0 {
		s.scale = 1
	}
	switch o.Poll {
	case "hot", "cold":
		s.hot = o.Poll == "hot"
	case "":
		s.hot = o.Metric != "" || o.Status != "" || o.Watch != ""
	default:
		return nil, fmt.Errorf("%s: poll is hot or cold, not %q", o.Name, o.Poll)
	}
	if o.Watch != "" && o.Watch != "change" && o.Watch != "decrease" {
		return nil, fmt.Errorf("%s: watch is change or decrease, not %q", o.Name, o.Watch)
	}
	var known bool
	if s.hint, known = hints[o.Hint]; !known {
		return nil, fmt.Errorf("%s: hint is mac, date, hex or text, not %q", o.Name, o.Hint)
	}
	if err := s.compileNumber(o); err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	return s, nil
}

func (s *spec) compileNumber(o object) error {
	for _, u := range o.Unknown {
		span, err := parseSpan(u)
		if err != nil {
			return err
		}
		s.unknown = append(s.unknown, span)
	}
	if o.Number == "" {
		return nil
	}
	re, err := regexp.Compile(o.Number)
	if err != nil {
		return fmt.Errorf("number: %w", err)
	}
	if re.NumSubexp() < 1 {
		return fmt.Errorf("number: %q has no (group) around the number", o.Number)
	}
	s.number = re
	return nil
}

// parseSpan reads "-1" and "-3..-2".
func parseSpan(text string) (span, error) {
	low, high, isRange := strings.Cut(text, "..")
	a, err := strconv.ParseFloat(low, 64)
	if err != nil {
		return span{}, fmt.Errorf("unknown: %q is neither a number nor a range such as -3..-1", text)
	}
	if !isRange {
		return span{a, a}, nil
	}
	b, err := strconv.ParseFloat(high, 64)
	if err != nil || b < a {
		return span{}, fmt.Errorf("unknown: %q is no range such as -3..-1", text)
	}
	return span{a, b}, nil
}

// decode gives the number of a varbind, scaled, and NaN when there is none, or when it means "unknown".
func (s *spec) decode(v mib.Varbind) float64 {
	var n float64
	switch v.Type {
	case mib.Integer:
		n = float64(v.Int())
		if s.wraps && n < 0 {
			n = float64(uint32(v.Int()))
		}
	case mib.Counter32, mib.Gauge32, mib.TimeTicks, mib.Counter64:
		n = float64(v.Num)
	case mib.OctetString:
		n = s.fromText(v.Bytes)
	case mib.Opaque:
		n = opaqueFloat(v.Bytes)
	default:
		return math.NaN()
	}
	for _, u := range s.unknown {
		if u.holds(n) {
			return math.NaN()
		}
	}
	return n*s.scale + s.offset
}

func (s *spec) fromText(b []byte) float64 {
	b = b[:min(len(b), maxText)]
	if s.number == nil {
		return numberIn(b)
	}
	groups := s.number.FindSubmatch(b)
	if groups == nil {
		return math.NaN()
	}
	return numberIn(groups[1])
}

// text gives the text of a varbind.
func (s *spec) text(v mib.Varbind) string {
	if s.words != nil && v.Numeric() {
		return s.words.number(v.Int()).word
	}
	switch v.Type {
	case mib.Integer:
		return strconv.FormatInt(v.Int(), 10)
	case mib.Counter32, mib.Gauge32, mib.TimeTicks, mib.Counter64:
		return strconv.FormatUint(v.Num, 10)
	case mib.OctetString:
		return s.hint.format(v.Bytes)
	case mib.ObjectID:
		return clean(v.Bytes)
	case mib.IPAddress:
		return ipText(v.Bytes)
	case mib.Opaque:
		if f := opaqueFloat(v.Bytes); !math.IsNaN(f) {
			return strconv.FormatFloat(f, 'g', 6, 64)
		}
	}
	return ""
}
