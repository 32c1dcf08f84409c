package backuplog

import (
	"strings"
	"time"
	"unicode/utf8"
)

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
