package backuplog

import (
	"strings"
	"time"
)

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
