package backuplog

import (
	"math"
	"strconv"
	"strings"
	"time"
)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// decimal reads a number with English, German, Dutch or Swiss marks: 92,118,073 · 92.118.073 · 92,07 · 1'234.5.
func decimal(s string) (float64, bool) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\'', '’', '_':
			return -1
		}
		return r
	}, s)
	comma, dot := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	switch {
	case comma >= 0 && dot >= 0 && comma > dot:
		s = strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case comma >= 0 && dot >= 0:
		s = strings.ReplaceAll(s, ",", "")
	case comma >= 0 && grouped(s, ','):
		s = strings.ReplaceAll(s, ",", "")
	case comma >= 0:
		s = strings.Replace(s, ",", ".", 1)
	case strings.Count(s, ".") > 1 && grouped(s, '.'):
		s = strings.ReplaceAll(s, ".", "")
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// grouped says that every mark is followed by three digits.
func grouped(s string, mark byte) bool {
	parts := strings.Split(s, string(mark))
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return len(parts[0]) > 0 && len(parts[0]) < 4
}

// size reads an amount of bytes: 87.806 MiB · 92,07M · 4GB · 12345 · 628.00 MiB. binary says what kB and MB are worth here.
func size(s string, binary bool) (int64, bool) {
	s = strings.TrimSpace(s)
	i := len(s)
	for i > 0 && !digit(s[i-1]) {
		i--
	}
	f, ok := decimal(s[:i])
	if !ok || f < 0 {
		return 0, false
	}
	unit := strings.ToLower(strings.TrimSpace(s[i:]))
	unit = strings.TrimSuffix(strings.TrimSuffix(unit, "ytes"), "yte")
	if unit == "" || unit == "b" || unit == "by" {
		return whole(f)
	}
	power := strings.IndexByte("kmgtpe", unit[0])
	if power < 0 {
		return 0, false
	}
	base := 1000.0
	if binary || strings.HasPrefix(unit[1:], "i") {
		base = 1024
	}
	return whole(f * math.Pow(base, float64(power+1)))
}

func whole(f float64) (int64, bool) {
	if f < 0 || f >= 1<<62 {
		return 0, false
	}
	return int64(math.Round(f)), true
}

// span reads a duration: 00:05:49.38 · 1m 10s · 3 mins 50 secs · 3375ms · 10.83 Minutes · 0:01 · 5.77.
func span(s string) (time.Duration, bool) {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), "()"))
	if strings.Contains(s, ":") {
		return clockSpan(s)
	}
	var total float64
	found := false
	for s = strings.TrimLeft(s, " ,"); s != ""; s = strings.TrimLeft(s, " ,") {
		i := 0
		for i < len(s) && (digit(s[i]) || s[i] == '.' || s[i] == ',') {
			i++
		}
		f, ok := decimal(strings.TrimRight(s[:i], ".,"))
		if i == 0 || !ok {
			return 0, false
		}
		s = strings.TrimLeft(s[i:], " ")
		j := 0
		for j < len(s) && (letter(s[j]) || s[j] >= 0x80) {
			j++
		}
		unit, known := spans[s[:j]]
		if !known {
			return 0, false
		}
		if s = s[j:]; strings.HasPrefix(s, ".") {
			s = s[1:]
		}
		total, found = total+f*unit, true
		s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(s, " ,"), "and "), "und "), "en ")
	}
	return seconds(total), found
}

func clockSpan(s string) (time.Duration, bool) {
	days := 0.0
	if d, rest, ok := strings.Cut(s, " days"); ok {
		days, _ = decimal(strings.TrimSpace(d))
		s = strings.TrimLeft(rest, ", ")
	}
	if d, rest, ok := strings.Cut(s, "."); ok && strings.Contains(rest, ":") { // .NET: 1.02:03:04
		days, _ = decimal(d)
		s = rest
	}
	var total float64
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	for _, p := range parts {
		f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(p), ",", ".", 1), 64)
		if err != nil || f < 0 {
			return 0, false
		}
		total = total*60 + f
	}
	return seconds(total + days*86400), true
}

func seconds(f float64) time.Duration {
	if !(f >= 0 && f < 1e9) {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}

// spans are the words for units of time, in seconds.
var spans = map[string]float64{
	"": 1, "ms": 0.001, "msec": 0.001, "millisecond": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "sek": 1, "sekunde": 1, "sekunden": 1, "seconde": 1, "seconden": 1,
	"m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "minuten": 60, "minuut": 60, "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600, "std": 3600, "stunde": 3600, "stunden": 3600, "uur": 3600, "uren": 3600,
	"d": 86400, "day": 86400, "days": 86400, "tag": 86400, "tage": 86400, "dag": 86400, "dagen": 86400,
}
