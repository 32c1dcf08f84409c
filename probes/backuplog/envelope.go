package backuplog

import (
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// line is one line of a log without what its writer put around it.
type line struct {
	at, len int64 // where it stands in the source
	whole   string
	text    string
	time    time.Time
	level   string
	program string
	pid     string
	host    string
	made    bool // of a document: its time is no text
}

// textLine puts a line right: encoding, NUL bytes, terminal codes.
func textLine(raw []byte) string {
	if !utf8.Valid(raw) {
		raw = eightBit(raw)
	}
	s := string(raw)
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = withoutCodes(s)
	}
	if strings.IndexFunc(s, control) >= 0 { // NUL bytes of a torn write, the bell that mariadb-dump rings
		s = strings.Map(func(r rune) rune {
			if control(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimRight(strings.TrimPrefix(s, "\ufeff"), " \t\r\n")
}

func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// eightBit decodes the encodings of Windows: what cmd.exe redirects is of the old one. Which it is, the umlauts tell.
func eightBit(raw []byte) []byte {
	dos, win := 0, 0
	for _, c := range raw {
		switch c {
		case 0x81, 0x84, 0x8e, 0x94, 0x99, 0x9a, 0xe1, 0x82, 0x8a:
			dos++
		case 0xe4, 0xf6, 0xfc, 0xc4, 0xd6, 0xdc, 0xdf, 0xe9, 0xe8, 0xeb, 0xef:
			win++
		}
	}
	table := charmap.Windows1252
	if dos > win {
		table = charmap.CodePage850
	}
	out, err := table.NewDecoder().Bytes(raw)
	if err != nil {
		return []byte(strings.ToValidUTF8(string(raw), "\ufffd"))
	}
	return out
}

// withoutCodes drops ANSI escape sequences.
func withoutCodes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != 0x1b {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '[' {
			for i += 2; i < len(s) && (s[i] < 0x40 || s[i] > 0x7e); i++ {
			}
		} else {
			i++
		}
	}
	return b.String()
}

// open takes what stands before the text: priority, level, time, host, program and number of the process.
func (c clock) open(l *line) {
	s := l.whole
	if strings.HasPrefix(s, "<") {
		if i := strings.IndexByte(s, '>'); i > 1 && i < 5 && digit(s[1]) {
			s = s[i+1:]
		}
	}
	s = strings.TrimLeft(s, " ")
	numbered := strings.HasPrefix(s, "1 2") && len(s) < len(l.whole) // the version of RFC 5424
	if numbered {
		s = s[2:]
	}
	s = c.stamped(l, s)
	if numbered && !l.time.IsZero() {
		l.text = fielded(l, s)
		return
	}
	if l.time.IsZero() {
		if word, rest := firstWord(s); levels[strings.ToLower(word)] {
			if rest = c.stamped(l, strings.TrimLeft(rest, " \t|")); !l.time.IsZero() {
				l.level, s = word, rest
			}
		}
	}
	if !l.time.IsZero() {
		s = tagged(l, s)
	}
	s = leveled(l, s)
	l.text = s
}

// fielded takes "host program pid msgid [data] " of RFC 5424.
func fielded(l *line, s string) string {
	f := strings.SplitN(s, " ", 5)
	if len(f) < 5 {
		return s
	}
	l.host, l.program, l.pid = strings.TrimPrefix(f[0], "-"), strings.TrimPrefix(f[1], "-"), strings.TrimPrefix(f[2], "-")
	rest := strings.TrimPrefix(f[4], "- ")
	if strings.HasPrefix(rest, "[") {
		if i := strings.Index(rest, "] "); i > 0 {
			rest = rest[i+2:]
		}
	}
	return strings.TrimPrefix(rest, "\ufeff")
}

// stamped takes a time, bare or in brackets.
func (c clock) stamped(l *line, s string) string {
	bracket := strings.HasPrefix(s, "[") || strings.HasPrefix(s, "(")
	t, n, ok := c.stamp(strings.TrimLeft(s, "[("))
	if !ok {
		return s
	}
	if bracket {
		n++
	}
	l.time = t
	s = s[n:]
	if bracket {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "]"), ")")
	}
	return strings.TrimLeft(strings.TrimPrefix(s, ": "), " \t|")
}

// tagged takes "host program[pid]: " of syslog.
func tagged(l *line, s string) string {
	head, rest, ok := strings.Cut(s, ": ")
	if !ok {
		if head, ok = strings.CutSuffix(s, ":"); !ok {
			return s
		}
		rest = ""
	}
	host, prog, two := strings.Cut(head, " ")
	if !two {
		host, prog = "", head
	}
	prog = strings.TrimPrefix(strings.TrimPrefix(prog, "daemon info "), "user notice ")
	if i := strings.IndexByte(prog, '['); i > 0 && strings.HasSuffix(prog, "]") {
		l.pid = prog[i+1 : len(prog)-1]
		prog = prog[:i]
	} else if !two || !plainName(host) || !l.syslog() {
		return s
	}
	if !plainName(prog) || host != "" && !plainName(host) {
		l.pid = ""
		return s
	}
	l.host, l.program = host, prog
	return strings.TrimLeft(rest, " ")
}

// syslog says that the line begins as syslog and the journal write it: with the name of a month, or a time with T in it.
func (l *line) syslog() bool {
	s := strings.TrimLeft(l.whole, "<>0123456789")
	return s != "" && (letter(s[0]) && len(s) < len(l.whole) || letter(l.whole[0])) || len(l.whole) > 19 && l.whole[10] == 'T'
}

// plainName says whether a text may be the name of a host or a program.
func plainName(s string) bool {
	if s == "" || len(s) > 64 || !letter(s[0]) && !digit(s[0]) && s[0] != '/' && s[0] != '(' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !letter(c) && !digit(c) && strings.IndexByte("._-/:()", c) < 0 {
			return false
		}
	}
	return !levels[strings.ToLower(s)]
}

// leveled takes "ERROR: " and "[INFO] " where a time stood before.
func leveled(l *line, s string) string {
	if l.time.IsZero() || l.level != "" {
		return s
	}
	word, rest := firstWord(s)
	if !levels[strings.ToLower(word)] {
		return s
	}
	l.level = word
	return strings.TrimLeft(rest, " \t:-]|")
}

func firstWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, "[<|")
	i := 0
	for i < len(s) && letter(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

// levels are words for the weight of a line.
var levels = set("info information informationen warn warning warnung waarschuwing error err fehler fout critical crit fatal debug notice trace answer begin end statistic version verbose progress")
