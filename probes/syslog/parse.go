package syslog

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"siteward/appliance"
)

// MaxMessage bounds a message; what is longer is cut (RFC 5424 6.1 asks for 2 KiB at least).
const MaxMessage = 16 << 10

// Parse reads a message that arrived at now. Stamps without a zone are taken for loc.
func Parse(b []byte, now time.Time, loc *time.Location) appliance.LogMessage {
	m := appliance.LogMessage{At: now, Facility: -1, Level: -1, Count: 1}
	b = bytes.TrimRight(b, "\r\n\x00 ")
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	m.Raw = Clean(b[:min(len(b), MaxMessage)])
	rest := priority(&m, m.Raw)
	if after, ok := strings.CutPrefix(rest, "1 "); ok {
		if rfc5424(&m, after, loc) {
			return m
		}
		rest = after
	}
	traditional(&m, rest, now, loc)
	return m
}

// Clean makes octets printable: what is no UTF-8 is taken for Latin-1, control characters become spaces.
func Clean(b []byte) string {
	if plain(b) {
		return string(b)
	}
	var out strings.Builder
	latin1 := !utf8.Valid(b)
	for len(b) > 0 {
		r, n := rune(b[0]), 1
		if !latin1 {
			r, n = utf8.DecodeRune(b)
		}
		b = b[n:]
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			r = ' '
		}
		out.WriteRune(r)
	}
	return out.String()
}

func plain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// priority reads <PRI>: facility × 8 + severity.
func priority(m *appliance.LogMessage, s string) string {
	if len(s) < 3 || s[0] != '<' {
		return s
	}
	end := strings.IndexByte(s[:min(len(s), 5)], '>')
	if end < 2 {
		return s
	}
	n, err := strconv.ParseUint(s[1:end], 10, 8)
	if err != nil || n > 191 {
		return s
	}
	m.Facility, m.Level = int(n/8), int(n%8)
	return s[end+1:]
}

// rfc5424 reads what follows the version (RFC 5424 6): stamp, host, app, pid, message id, structured data, text. Meraki sends seconds
// since 1970 for the stamp, and then host and text alone.
func rfc5424(m *appliance.LogMessage, s string, loc *time.Location) bool {
	var f [5]string
	rest := s
	for i := range f {
		var ok bool
		if f[i], rest, ok = strings.Cut(rest, " "); !ok && i < 4 {
			return false
		}
		if i == 0 {
			if at, ok := epoch(f[0]); ok {
				m.Stamp = at
				m.Host, rest, _ = strings.Cut(rest, " ")
				m.App, _, _ = strings.Cut(rest, " ")
				m.Text = rest
				return true
			}
			if f[0] != "-" {
				at, n := stamp(f[0], time.Time{}, loc)
				if n != len(f[0]) {
					return false
				}
				m.Stamp = at
			}
		}
	}
	m.Host, m.App, m.PID, m.MsgID = dash(f[1]), dash(f[2]), dash(f[3]), dash(f[4])
	m.Text = strings.TrimPrefix(afterData(rest), "\ufeff")
	return true
}

func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// afterData gives the text behind the structured data; data that stands alone is the text.
func afterData(s string) string {
	if after, ok := strings.CutPrefix(s, "-"); ok {
		return strings.TrimPrefix(after, " ")
	}
	at := 0
	for at < len(s) && s[at] == '[' {
		end, quoted := -1, false
		for i := at; i < len(s); i++ {
			switch {
			case s[i] == '\\' && quoted:
				i++
			case s[i] == '"':
				quoted = !quoted
			case s[i] == ']' && !quoted:
				end = i
			}
			if end >= 0 {
				break
			}
		}
		if end < 0 {
			return s
		}
		at = end + 1
	}
	if text := strings.TrimPrefix(s[at:], " "); text != "" {
		return text
	}
	return s
}

// traditional reads what devices send as RFC 3164: a number (Cisco), a stamp, a host and a tag, each of which may be missing.
func traditional(m *appliance.LogMessage, s string, now time.Time, loc *time.Location) {
	s = strings.TrimLeft(s, " ")
	s = withoutNumber(s)
	marked := strings.TrimLeft(s, "*.") // IOS: the clock is not set, or not trusted
	at, n := stamp(marked, now, loc)
	stamped := n > 0
	if stamped {
		m.Stamp = at
		s = zone(m, strings.TrimLeft(marked[n:], " "))
	}
	if after, ok := strings.CutPrefix(s, ":"); ok {
		s = strings.TrimLeft(after, " ")
	} else if stamped {
		host, after, ok := strings.Cut(s, " ")
		if ok && hostLike(host) {
			m.Host = host
			s = strings.TrimLeft(after, " ")
			s = strings.TrimLeft(strings.TrimPrefix(s, ":"), " ") // ASA: "fw01 : %ASA-…"
			if at, n := stamp(s, now, loc); n > 0 {               // relays put their own before it
				m.Stamp, s = at, strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(s[n:], " "), ":"), " ")
			}
		}
	}
	m.Text = s
	if !stamped && m.Host == "" { // "host: 123: stamp: %SYS-…" of IOS with its name before
		if host, after, ok := strings.Cut(s, ": "); ok && hostLike(host) && strings.Contains(after, "%") {
			if inner := strings.TrimLeft(withoutNumber(after), "*."); inner != after {
				if at, n := stamp(inner, now, loc); n > 0 {
					m.Host, m.Stamp = host, at
					m.Text = strings.TrimLeft(strings.TrimPrefix(zone(m, strings.TrimLeft(inner[n:], " ")), ":"), " ")
				}
			}
		}
	}
	tag(m)
}

// withoutNumber drops the sequence number of IOS: "000123: ".
func withoutNumber(s string) string {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i > 0 && i < 11 && strings.HasPrefix(s[i:], ": ") {
		return s[i+2:]
	}
	return s
}

// zone reads the name of a zone behind a stamp: "UTC: ", "CET ".
func zone(m *appliance.LogMessage, s string) string {
	i := 0
	for i < len(s) && i < 5 && s[i] >= 'A' && s[i] <= 'Z' {
		i++
	}
	if i < 3 || i >= len(s) || s[i] != ':' {
		return s
	}
	if name := s[:i]; name == "UTC" || name == "GMT" {
		t := m.Stamp
		m.Stamp = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	}
	return s[i:]
}

func hostLike(s string) bool {
	if s == "" || len(s) > 255 || s[0] == '%' || s[0] == '[' || strings.HasSuffix(s, ":") || strings.HasSuffix(s, "]") {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && !strings.ContainsRune(".-_:,()", c) && c < 0x80 {
			return false
		}
	}
	return true
}

// tag reads "app[pid]:", Cisco's "%FACILITY-5-MNEMONIC:" and MikroTik's topics "system,info,account".
func tag(m *appliance.LogMessage) {
	s := m.Text
	if strings.HasPrefix(s, "%") {
		if name, _, ok := strings.Cut(s[1:], ":"); ok && strings.Count(name, "-") >= 2 && !strings.Contains(name, " ") {
			m.MsgID = name
			m.App, _, _ = strings.Cut(name, "-")
			return
		}
	}
	word, after, _ := strings.Cut(s, " ")
	switch {
	case strings.HasSuffix(word, ":") && len(word) > 1 && len(word) <= 129:
		name := strings.TrimSuffix(word, ":")
		if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
			m.App, m.PID, m.Text = name[:i], name[i+1:len(name)-1], after
			return
		}
		if hostLike(name) || strings.ContainsRune(name, '/') {
			m.App, m.Text = name, after
		}
	case strings.Contains(word, ",") && word == strings.ToLower(word) && after != "" && hostLike(word):
		m.App, m.Text = word, after
	}
}
