package profile

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"siteward/appliance"
)

// enum is the meaning of a state object: its numbers or texts, the MIB's words for them, and how bad each is.
type enum struct {
	numbers map[int64]meaning
	texts   map[string]meaning // lower case
	match   []textMeaning      // in the order of their expressions
	other   *meaning           // "*"
	none    meaning            // of bits: none is set
}

// meaning is one word of an enum.
type meaning struct {
	raw      string
	word     string
	severity appliance.Severity
}

type textMeaning struct {
	re *regexp.Regexp
	meaning
}

var severities = map[string]appliance.Severity{
	"none": appliance.SeverityNone, "ok": appliance.SeverityOK, "warning": appliance.SeverityWarning,
	"critical": appliance.SeverityCritical, "unknown": appliance.SeverityUnknown,
}

// parseEnum reads the lines of an enum: `2: batteryNormal ok`, `GOOD: ok` (the text is its own word),
// `/fail/: failed critical`, `*: warning` (anything else), `none: ok` (no bit is set).
func parseEnum(lines map[string]string) (*enum, error) {
	e := &enum{numbers: map[int64]meaning{}, texts: map[string]meaning{}, none: meaning{raw: "0", word: "none", severity: appliance.SeverityOK}}
	keys := make([]string, 0, len(lines))
	for k := range lines {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, key := range keys {
		m, err := parseMeaning(key, lines[key])
		if err != nil {
			return nil, err
		}
		if err := e.add(key, m); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func parseMeaning(key, line string) (meaning, error) {
	fields := strings.Fields(line)
	if len(fields) == 0 || len(fields) > 2 {
		return meaning{}, fmt.Errorf("%q: write a word and a severity, such as `2: batteryNormal ok`", key+": "+line)
	}
	severity, ok := severities[fields[len(fields)-1]]
	if !ok {
		return meaning{}, fmt.Errorf("%q is no severity; use none, ok, warning, critical or unknown", fields[len(fields)-1])
	}
	m := meaning{raw: key, severity: severity}
	if len(fields) == 2 {
		m.word = fields[0]
	}
	return m, nil
}

func (e *enum) add(key string, m meaning) error {
	n, err := strconv.ParseInt(key, 10, 64)
	switch {
	case key == "*":
		e.other = &m
	case err == nil && m.word == "":
		return fmt.Errorf("number %s needs a word before its severity", key)
	case err == nil:
		e.numbers[n] = m
	case key == "none" && m.word != "":
		e.none = m
	case len(key) > 2 && key[0] == '/' && key[len(key)-1] == '/':
		re, err := regexp.Compile("(?i)" + key[1:len(key)-1])
		if err != nil {
			return err
		}
		e.match = append(e.match, textMeaning{re, m})
	default:
		if m.word == "" {
			m.word = key
		}
		e.texts[strings.ToLower(key)] = m
	}
	return nil
}

// number gives the meaning of a number. One that the profile does not know is shown and not judged, unless "*" says so.
func (e *enum) number(n int64) meaning {
	if m, ok := e.numbers[n]; ok {
		return m
	}
	return e.otherwise(strconv.FormatInt(n, 10))
}

// text gives the meaning of a text.
func (e *enum) text(s string) meaning {
	if m, ok := e.texts[strings.ToLower(s)]; ok {
		m.raw = s
		return m
	}
	// A text can match several expressions ("online, battery failed"): the worst of them counts, whatever their order.
	best := -1
	for i, t := range e.match {
		if t.re.MatchString(s) && (best < 0 || worse(t.severity, e.match[best].severity)) {
			best = i
		}
	}
	if best >= 0 {
		m := e.match[best].meaning
		m.raw = s
		if m.word == "" {
			m.word = s
		}
		return m
	}
	return e.otherwise(s)
}

func (e *enum) otherwise(raw string) meaning {
	m := meaning{raw: raw, word: raw}
	if e.other != nil {
		m.severity = e.other.severity
		if e.other.word != "" {
			m.word = e.other.word
		}
	}
	return m
}

// bits gives the meaning of a BITS value or of an OCTET STRING of flags, bit 0 being the highest of the first octet:
// all words of what is set, and the worst of their severities.
func (e *enum) bits(b []byte) meaning {
	m := e.none
	var words []string
	for i := range 8 * min(len(b), 16) {
		if b[i/8]&(0x80>>(i%8)) == 0 {
			continue
		}
		bit := e.number(int64(i))
		words = append(words, bit.word)
		if len(words) == 1 || worse(bit.severity, m.severity) {
			m.severity = bit.severity
		}
	}
	m.raw = hintHex.format(b)
	if words != nil {
		m.word = strings.Join(words, ", ")
	}
	return m
}

// worse ranks severities: critical, warning, unknown, ok, none.
func worse(a, b appliance.Severity) bool { return rank[a] > rank[b] }

var rank = map[appliance.Severity]int{
	appliance.SeverityNone: 0, appliance.SeverityOK: 1, appliance.SeverityUnknown: 2, appliance.SeverityWarning: 3, appliance.SeverityCritical: 4,
}
