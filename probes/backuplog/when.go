package backuplog

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// clock says how times without an offset, a year or an order of day and month are meant.
type clock struct {
	loc        *time.Location
	now        time.Time
	monthFirst bool // 10/11 is 11 October where nothing else tells
}

// stamp reads a date and time at the start of s and tells how many bytes it took. A date alone is none.
func (c clock) stamp(s string) (t time.Time, n int, ok bool) {
	p := dateReader{s: s, loc: c.loc, monthFirst: c.monthFirst}
	if !p.read() {
		return time.Time{}, 0, false
	}
	t, ok = p.resolve(c)
	return t, p.at, ok
}

// parse reads a whole value: a stamp with anything behind it, or seconds since 1970.
func (c clock) parse(s string) (time.Time, bool) {
	s = strings.TrimSpace(marks.Replace(s))
	if t, ok := epoch(s); ok {
		return t, true
	}
	for range 3 { // a weekday in a language that is not ours may stand before
		if t, _, ok := c.stamp(s); ok {
			return t, true
		}
		i := strings.IndexAny(s, " \t")
		if i < 0 {
			break
		}
		s = strings.TrimLeft(s[i:], " \t")
	}
	return time.Time{}, false
}

// marks are what Windows writes around the parts of a date, and what becomes of it in a file of another encoding.
var marks = strings.NewReplacer("\u200e", "", "\u200f", "", "?", "", "\u00a0", " ", "\u202f", " ")

// epoch takes seconds or milliseconds since 1970, with a fraction, and /Date(milliseconds)/.
func epoch(s string) (time.Time, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "/Date("), ")/")
	whole, _, _ := strings.Cut(s, ".")
	if len(whole) < 9 || len(whole) > 13 || len(s) > 24 {
		return time.Time{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 {
		return time.Time{}, false
	}
	if len(whole) > 11 {
		f /= 1000
	}
	sec := int64(f)
	return time.Unix(sec, int64((f-float64(sec))*1e6)*1000).UTC(), true
}

type dateReader struct {
	s          string
	at         int
	loc        *time.Location
	monthFirst bool

	year, month, day int
	hour, min, sec   int
	nano             int
	pm, am           bool
	zone             *time.Location
	slashed          bool
}

// read takes the stamp apart; it says no as soon as something else stands there.
func (p *dateReader) read() bool {
	if len(p.s) < 8 {
		return false
	}
	if c := p.s[0]; c >= utf8.RuneSelf || c != ' ' && !digit(c) && !letter(c) {
		return false
	}
	p.weekday()
	switch {
	case p.compact():
		return true
	case p.yearFirst(), p.dayNameYear(), p.nameDay(), p.numbers():
	default:
		return false
	}
	p.gap()
	if !p.clock() {
		return false
	}
	p.half()
	p.offset()
	p.yearAtEnd()
	return true
}

func (p *dateReader) peek() byte {
	if p.at < len(p.s) {
		return p.s[p.at]
	}
	return 0
}

func (p *dateReader) skip(set string) {
	for p.at < len(p.s) && strings.IndexByte(set, p.s[p.at]) >= 0 {
		p.at++
	}
}

// number takes between min and max digits and gives -1 when there are fewer or more.
func (p *dateReader) number(least, most int) int {
	i, v := p.at, 0
	for i < len(p.s) && digit(p.s[i]) && i-p.at < most {
		v = v*10 + int(p.s[i]-'0')
		i++
	}
	if i-p.at < least || i < len(p.s) && digit(p.s[i]) {
		return -1
	}
	p.at = i
	return v
}

// word gives the letters that follow, without taking them.
func (p *dateReader) word() string {
	i := p.at
	for i < len(p.s) && (letter(p.s[i]) || p.s[i] >= utf8.RuneSelf) && i-p.at < 16 {
		i++
	}
	return p.s[p.at:i]
}

func (p *dateReader) weekday() {
	w := p.word()
	if w == "" || !weekdays[strings.ToLower(w)] {
		return
	}
	from := p.at
	p.at += len(w)
	p.skip(".,")
	if p.peek() != ' ' {
		p.at = from
		return
	}
	p.skip(" ")
}

// compact is 20261122 023234 and 20261122T023234.
func (p *dateReader) compact() bool {
	from := p.at
	d := p.number(8, 8)
	if d < 19700000 || strings.IndexByte(" T_-", p.peek()) < 0 {
		p.at = from
		return false
	}
	p.at++
	c := p.number(6, 6)
	if c < 0 {
		p.at = from
		return false
	}
	p.year, p.month, p.day = d/10000, d/100%100, d%100
	p.hour, p.min, p.sec = c/10000, c/100%100, c%100
	return p.plausible()
}

// yearFirst is 2026-11-22, 2026/11/22, 2026.11.22.
func (p *dateReader) yearFirst() bool {
	from := p.at
	y := p.number(4, 4)
	sep := p.peek()
	if y < 1970 || strings.IndexByte("-/.", sep) < 0 || sep == 0 {
		p.at = from
		return false
	}
	p.at++
	m := p.number(1, 2)
	if m < 1 || p.peek() != sep {
		p.at = from
		return false
	}
	p.at++
	d := p.number(1, 2)
	if d < 1 {
		p.at = from
		return false
	}
	p.year, p.month, p.day = y, m, d
	return true
}

// dayNameYear is 22-Nov-2026, 22. Nov 2026, 22-Nov, 19-5月-2019.
func (p *dateReader) dayNameYear() bool {
	from := p.at
	d := p.number(1, 2)
	if d < 1 || strings.IndexByte("-. /", p.peek()) < 0 || p.peek() == 0 {
		p.at = from
		return false
	}
	sep := p.peek()
	p.skip("-. /")
	m := p.monthName()
	if m == 0 {
		p.at = from
		return false
	}
	p.day, p.month = d, m
	mark := p.at
	if sep == '/' && p.peek() == '/' || sep == '-' && p.peek() == '-' || p.peek() == ' ' || p.peek() == '.' {
		p.skip("-. /,")
		if y := p.number(4, 4); y >= 1970 && p.peek() != ':' {
			p.year = y
			return true
		}
	}
	p.at = mark
	return true
}

// monthName takes a month by name, or as zh and ja locales write it: 5月.
func (p *dateReader) monthName() int {
	from := p.at
	if v := p.number(1, 2); v >= 1 && strings.HasPrefix(p.s[p.at:], "月") {
		p.at += len("月")
		return v
	}
	p.at = from
	w := p.word()
	m := months[strings.ToLower(w)]
	if m > 0 {
		p.at += len(w)
	}
	return m
}

// nameDay is Nov 22 and March 8, 2018.
func (p *dateReader) nameDay() bool {
	from := p.at
	m := p.monthName()
	if m == 0 || strings.IndexByte(" .", p.peek()) < 0 {
		p.at = from
		return false
	}
	p.skip(" .")
	d := p.number(1, 2)
	if d < 1 {
		p.at = from
		return false
	}
	p.month, p.day = m, d
	mark := p.at
	p.skip(" ,")
	if y := p.number(4, 4); y >= 1970 && p.peek() != ':' {
		p.year = y
		return true
	}
	p.at = mark
	return true
}

// numbers is 22.11.2026, 22/11/2026, 11/22/2026, 22-11-2026 and 22.11.26.
func (p *dateReader) numbers() bool {
	from := p.at
	a := p.number(1, 2)
	sep := p.peek()
	if a < 1 || strings.IndexByte("./-", sep) < 0 || sep == 0 {
		p.at = from
		return false
	}
	p.at++
	b := p.number(1, 2)
	if b < 1 || p.peek() != sep {
		p.at = from
		return false
	}
	p.at++
	y := p.number(2, 4)
	switch {
	case y >= 1970:
	case y >= 0 && y < 70:
		y += 2000
	default:
		p.at = from
		return false
	}
	p.year, p.day, p.month = y, a, b
	p.slashed = sep == '/'
	return true
}

// gap is what stands between date and time.
func (p *dateReader) gap() {
	p.skip(" T,_\t")
	for _, w := range []string{"at ", "um ", "om "} {
		if strings.HasPrefix(p.s[p.at:], w) {
			p.at += len(w)
		}
	}
	if p.peek() == '-' && p.at+1 < len(p.s) && digit(p.s[p.at+1]) { // 09/21/2020-23:00
		p.at++
	}
}

func (p *dateReader) clock() bool {
	sep := byte(':')
	if p.at > 0 && p.s[p.at-1] == '_' { // in names of files: 04-10-2020_17-48-38
		sep = '-'
	}
	p.hour = p.number(1, 2)
	if p.hour < 0 || p.peek() != sep && p.peek() != ':' {
		return false
	}
	sep = p.peek()
	p.at++
	if p.min = p.number(2, 2); p.min < 0 {
		return false
	}
	if p.peek() != sep {
		return p.plausible()
	}
	p.at++
	if p.sec = p.number(2, 2); p.sec < 0 {
		return false
	}
	if c := p.peek(); c == '.' || c == ',' {
		p.fraction()
	}
	return p.plausible()
}

func (p *dateReader) fraction() {
	i, scale := p.at+1, 100_000_000
	for ; i < len(p.s) && digit(p.s[i]); i++ {
		p.nano += int(p.s[i]-'0') * scale
		scale /= 10
	}
	if i > p.at+1 {
		p.at = i
	}
}

// half is AM and PM.
func (p *dateReader) half() {
	from := p.at
	p.skip(" ")
	switch w := strings.ToLower(p.word()); w {
	case "am", "pm":
		p.am, p.pm = w == "am", w == "pm"
		p.at += 2
	case "uhr":
		p.at += 3
	default:
		p.at = from
	}
}

// offset is Z, +01:00, +0100, CET, (UTC).
func (p *dateReader) offset() {
	from := p.at
	if p.peek() == 'Z' {
		p.at++
		p.zone = time.UTC
		return
	}
	p.skip(" ")
	if c := p.peek(); c == '+' || c == '-' {
		p.at++
		if secs, ok := p.hours(); ok {
			if c == '-' {
				secs = -secs
			}
			p.zone = time.FixedZone("", secs)
			return
		}
		p.at = from
		return
	}
	bracket := p.peek() == '('
	if bracket {
		p.at++
	}
	w := p.word()
	secs, known := zones[w]
	if !known {
		p.at = from
		return
	}
	p.at += len(w)
	if bracket && p.peek() == ')' {
		p.at++
	}
	p.zone = time.FixedZone(w, secs)
	if secs == 0 {
		p.zone = time.UTC
	}
}

// hours is 01:00, 0100 or 01 behind a sign.
func (p *dateReader) hours() (secs int, ok bool) {
	from := p.at
	if v := p.number(4, 4); v >= 0 && v <= 1500 {
		return v/100*3600 + v%100*60, true
	}
	p.at = from
	h := p.number(2, 2)
	if h < 0 || h > 15 {
		return 0, false
	}
	m := 0
	if p.peek() == ':' {
		p.at++
		if m = p.number(2, 2); m < 0 {
			return 0, false
		}
	}
	return h*3600 + m*60, true
}

// yearAtEnd is that of date(1) and ctime(3): Sun Nov 22 02:06:19 CET 2026.
func (p *dateReader) yearAtEnd() {
	if p.year != 0 {
		return
	}
	from := p.at
	p.skip(" ")
	if y := p.number(4, 4); y >= 1970 && y < 2200 && strings.IndexByte(" \t,.;:)]", p.peek()) >= 0 || p.at == len(p.s) && p.at > from+4 && y >= 1970 {
		p.year = y
		return
	}
	p.at = from
}

func (p *dateReader) plausible() bool {
	return p.month >= 1 && p.day >= 1 && p.month <= 31 && p.day <= 31 && p.hour <= 24 && p.min < 60 && p.sec <= 60
}

// resolve makes an instant of the parts.
func (p *dateReader) resolve(c clock) (time.Time, bool) {
	if p.slashed && (p.am || p.pm || c.monthFirst) && p.day <= 12 || p.month > 12 {
		p.day, p.month = p.month, p.day
	}
	if p.month > 12 || p.day > 31 {
		return time.Time{}, false
	}
	if p.pm && p.hour < 12 {
		p.hour += 12
	}
	if p.am && p.hour == 12 {
		p.hour = 0
	}
	loc := p.zone
	if loc == nil {
		loc = c.loc
	}
	if loc == nil {
		loc = time.UTC
	}
	if p.year == 0 {
		return p.nearest(c.now, loc)
	}
	return time.Date(p.year, time.Month(p.month), p.day, p.hour, p.min, p.sec, p.nano, loc), true
}

// nearest gives a stamp without a year the newest one that is not in the future; a clock may be a day ahead.
func (p *dateReader) nearest(now time.Time, loc *time.Location) (time.Time, bool) {
	if now.IsZero() {
		return time.Time{}, false
	}
	now = now.In(loc)
	for y := now.Year() + 1; y > now.Year()-9; y-- {
		t := time.Date(y, time.Month(p.month), p.day, p.hour, p.min, p.sec, p.nano, loc)
		if t.Day() == p.day && !t.After(now.Add(24*time.Hour)) { // 29 February needs its year
			return t, true
		}
	}
	return time.Time{}, false
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
