package backuplog

import (
	"strconv"
	"strings"
	"time"
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
