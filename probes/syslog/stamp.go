package syslog

import (
	"strconv"
	"strings"
	"time"
)

// stamp reads a time at the begin of a text and gives its length, 0 when there is none. A stamp without a year is put into the year
// that makes it nearest to now, and not more than a day ahead.
func stamp(s string, now time.Time, loc *time.Location) (time.Time, int) {
	if len(s) >= 19 && s[4] == '-' && (s[10] == 'T' || s[10] == ' ') {
		return iso(s, loc)
	}
	return named(s, now, loc)
}

// iso reads 2026-11-28T21:00:00[.fraction][Z|+01:00].
func iso(s string, loc *time.Location) (time.Time, int) {
	n := 19
	if n < len(s) && (s[n] == '.' || s[n] == ',') {
		for n++; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		}
	}
	text := strings.Replace(s[:n], ",", ".", 1)
	if text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	switch {
	case n < len(s) && s[n] == 'Z':
		t, err := time.Parse("2006-01-02T15:04:05", text)
		return found(t, n+1, err)
	case n+6 <= len(s) && (s[n] == '+' || s[n] == '-') && s[n+3] == ':':
		t, err := time.Parse("2006-01-02T15:04:05-07:00", text+s[n:n+6])
		return found(t, n+6, err)
	case n+5 <= len(s) && (s[n] == '+' || s[n] == '-'):
		t, err := time.Parse("2006-01-02T15:04:05-0700", text+s[n:n+5])
		return found(t, n+5, err)
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", text, loc)
	return found(t, n, err)
}

func found(t time.Time, n int, err error) (time.Time, int) {
	if err != nil {
		return time.Time{}, 0
	}
	return t, n
}

// named reads "Nov 28 21:00:00", with a fraction, and with a year before or after the time ("Nov 28 2026 21:00:00", "Nov 28 21:00:00 2026").
func named(s string, now time.Time, loc *time.Location) (time.Time, int) {
	if len(s) < 15 || s[3] != ' ' {
		return time.Time{}, 0
	}
	month := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", s[:3])
	if month < 0 || month%3 != 0 {
		return time.Time{}, 0
	}
	at := 4
	for at < len(s) && s[at] == ' ' {
		at++
	}
	day, at := digits(s, at, 2)
	year := 0
	if at < len(s) && s[at] == ' ' {
		at++
	}
	if y, after := digits(s, at, 4); after == at+4 && after < len(s) && s[after] == ' ' && y >= 1970 {
		year, at = y, after+1
	}
	if at+8 > len(s) || s[at+2] != ':' || s[at+5] != ':' {
		return time.Time{}, 0
	}
	hour, _ := digits(s, at, 2)
	minute, _ := digits(s, at+3, 2)
	second, end := digits(s, at+6, 2)
	if end != at+8 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, 0
	}
	nanos := 0
	if end < len(s) && s[end] == '.' {
		from := end + 1
		for end = from; end < len(s) && s[end] >= '0' && s[end] <= '9'; end++ {
		}
		if f, err := strconv.ParseFloat("0."+s[from:end]+"0", 64); err == nil {
			nanos = int(f * 1e9)
		}
	}
	m := time.Month(month/3 + 1)
	if year != 0 {
		return time.Date(year, m, day, hour, minute, second, nanos, loc), end
	}
	if y, after := digits(s, end+1, 4); end < len(s) && s[end] == ' ' && after == end+5 && y >= 1970 && y < 2200 && (after == len(s) || s[after] == ' ' || s[after] == ':') {
		return time.Date(y, m, day, hour, minute, second, nanos, loc), after
	}
	t := time.Date(now.In(loc).Year(), m, day, hour, minute, second, nanos, loc)
	if t.After(now.Add(24 * time.Hour)) {
		t = time.Date(t.Year()-1, m, day, hour, minute, second, nanos, loc)
	}
	return t, end
}

// digits reads at most n digits.
func digits(s string, at, n int) (v, end int) {
	for end = at; end >= 0 && end < len(s) && end < at+n && s[end] >= '0' && s[end] <= '9'; end++ {
		v = v*10 + int(s[end]-'0')
	}
	return v, end
}

// epoch reads seconds since 1970 with a fraction, as Meraki sends them.
func epoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(whole) < 9 || len(whole) > 11 {
		return time.Time{}, false
	}
	var nanos int64
	if fraction != "" {
		f, err := strconv.ParseFloat("0."+fraction, 64)
		if err != nil {
			return time.Time{}, false
		}
		nanos = int64(f * 1e9)
	}
	return time.Unix(n, nanos), true
}
