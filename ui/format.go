package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// nnbsp is the narrow no-break space between a number and its unit (UI guide, section 6).
const nnbsp = "\u202f"

// format is how one language writes dates, times and numbers.
type format struct {
	date, dateTime string // Go layouts without names of months
	decimal, group string
	clockWord      string // after a time of day in running text
	hour, minute   string
	percentGap     string
	rangeOf        func(from, to string) string
	months, days   []string
}

var formats = map[string]format{
	"en": {
		date: "2 Mon 2006", dateTime: "2 Mon 2006, 15:04:05", decimal: ".", group: ",", hour: "h", minute: "min", percentGap: nnbsp,
		rangeOf: func(a, b string) string { return a + "–" + b },
		months:  strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		days:    strings.Fields("Sun Mon Tue Wed Thu Fri Sat"),
	},
	"de": {
		date: "02.01.2006", dateTime: "02.01.2006, 15:04:05", decimal: ",", group: ".", clockWord: "Uhr", hour: "h", minute: "min", percentGap: nnbsp,
		rangeOf: func(a, b string) string { return a + " bis " + b },
		days:    strings.Fields("So. Mo. Di. Mi. Do. Fr. Sa."),
	},
	"nl": {
		date: "02-01-2006", dateTime: "02-01-2006, 15:04:05", decimal: ",", group: ".", clockWord: "uur", hour: "u", minute: "min", percentGap: "",
		rangeOf: func(a, b string) string { return a + "–" + b },
		months:  strings.Fields("jan feb mrt apr mei jun jul aug sep okt nov dec"),
		days:    strings.Fields("zo ma di wo do vr za"),
	},
}

// Local is t at the site.
func (l *Lang) Local(t time.Time) time.Time { return t.In(l.zone()) }

// Date is "20 Nov 2026", "20.11.2026", "20-11-2026".
func (l *Lang) Date(t time.Time) string {
	t = l.Local(t)
	if l.Tag == "en" {
		return fmt.Sprintf("%d %s %d", t.Day(), l.format.months[t.Month()-1], t.Year())
	}
	return t.Format(l.format.date)
}

// Day is the date with its weekday and without its year: "Fri 20 Nov", "Fr. 20.11.", "vr 20 nov".
func (l *Lang) Day(t time.Time) string {
	t = l.Local(t)
	return l.format.days[t.Weekday()] + " " + l.ShortDate(t)
}

// ShortDate is "20 Nov", "20.11.", "20 nov".
func (l *Lang) ShortDate(t time.Time) string {
	t = l.Local(t)
	if l.format.months == nil {
		return t.Format("02.01.")
	}
	return fmt.Sprintf("%d %s", t.Day(), l.format.months[t.Month()-1])
}

// HM is "08:41", for tables.
func (l *Lang) HM(t time.Time) string { return l.Local(t).Format("15:04") }

// HMS is "08:41:20", for tables and the top bar.
func (l *Lang) HMS(t time.Time) string { return l.Local(t).Format("15:04:05") }

// Clock is the time of day in a sentence: "08:41", "08:41 Uhr", "08:41 uur".
func (l *Lang) Clock(t time.Time) string { return l.clockWord(l.HM(t)) }

// ClockSec is Clock with seconds.
func (l *Lang) ClockSec(t time.Time) string { return l.clockWord(l.HMS(t)) }

// Range is two times of one day in a sentence: "00:00–06:00", "00:00 bis 06:00 Uhr", "00:00–06:00 uur".
func (l *Lang) Range(from, to time.Time) string {
	return l.clockWord(l.format.rangeOf(l.HM(from), l.HM(to)))
}

func (l *Lang) clockWord(s string) string {
	if l.format.clockWord == "" {
		return s
	}
	return s + "\u00a0" + l.format.clockWord
}

// DateTime is date and time with seconds, for a title or a list of fine grain.
func (l *Lang) DateTime(t time.Time) string { return l.Date(t) + ", " + l.HMS(t) }

// When is the shortest exact form: the time for today, else the date with weekday, with its year after half a year.
func (l *Lang) When(t time.Time) string {
	now := l.Local(l.now())
	t = l.Local(t)
	switch {
	case t.IsZero():
		return "–"
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return l.HM(t)
	case now.Sub(t).Abs() < 182*24*time.Hour:
		return l.Day(t) + ", " + l.HM(t)
	}
	return l.Date(t)
}

// Ago is how long t is past, up to 24 hours; older times are dates.
func (l *Lang) Ago(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	d := l.now().Sub(t)
	if d < 0 {
		d = 0
	}
	if d < 24*time.Hour {
		return l.Duration(d)
	}
	if d < 182*24*time.Hour {
		return l.Day(t)
	}
	return l.Date(t)
}

// Duration is "20 s", "49 min", "3 h 23 min", "61 days": two figures at most, never a decimal.
func (l *Lang) Duration(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + nnbsp + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + nnbsp + l.format.minute
	case d < 48*time.Hour:
		h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
		s := strconv.Itoa(h) + nnbsp + l.format.hour
		if m > 0 {
			s += " " + strconv.Itoa(m) + nnbsp + l.format.minute
		}
		return s
	}
	return l.T("unit.days", "n", int(d/(24*time.Hour)))
}

// Int is a whole number with its groups of three.
func (l *Lang) Int(n int64) string { return l.group(strconv.FormatInt(n, 10)) }

// Num is a number with a fixed count of decimals; NaN and infinities are a dash.
func (l *Lang) Num(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	if frac != "" {
		frac = l.format.decimal + frac
	}
	return l.group(whole) + frac
}

func (l *Lang) group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "\u2212", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + l.format.group + s[i:]
	}
	return sign + s
}

// Percent is "27 %", in Dutch "27%".
func (l *Lang) Percent(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return l.short(v) + l.format.percentGap + "%"
}

// Money is whole euros: "€189", "189 €", "€ 189".
func (l *Lang) Money(euros float64) string {
	switch l.Tag {
	case "de":
		return l.short(euros) + nnbsp + "€"
	case "nl":
		return "€" + nnbsp + l.short(euros)
	}
	return "€" + l.short(euros)
}

// short keeps three figures: 0.02, 3.1, 48, 1,284.
func (l *Lang) short(v float64) string {
	a := math.Abs(v)
	dec := 0
	switch {
	case a < 1:
		dec = 2
	case a < 10:
		dec = 1
	}
	s := l.Num(v, dec)
	if dec > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), l.format.decimal)
		if s == "" || s == "\u2212" {
			s = "0"
		}
	}
	return s
}

// Bytes are decimal: "41 kB", "1.2 GB".
func (l *Lang) Bytes(v float64) string { return l.scaled(v, "B") }

// Bits is a rate in bit/s: "100 Mbit/s".
func (l *Lang) Bits(v float64) string { return l.scaled(v, "bit/s") }

func (l *Lang) scaled(v float64, unit string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	prefixes := []string{"", "k", "M", "G", "T", "P"}
	i := 0
	for math.Abs(v) >= 1000 && i < len(prefixes)-1 {
		v /= 1000
		i++
	}
	if i == 0 {
		return l.Num(v, 0) + nnbsp + unit
	}
	return l.short(v) + nnbsp + prefixes[i] + unit
}

// Value writes v in the base unit of its metric as a person reads it.
func (l *Lang) Value(v float64, unit string) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	switch unit {
	case "":
		return l.short(v)
	case "%":
		return l.Percent(v)
	case "B":
		return l.Bytes(v)
	case "B/s", "bit/s", "Hz":
		return l.scaled(v, unit)
	case "s":
		return l.seconds(v)
	}
	return l.short(v) + nnbsp + unit
}

func (l *Lang) seconds(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0" + nnbsp + "s"
	case a < 1:
		return l.short(v*1000) + nnbsp + "ms"
	case a < 10:
		return l.short(v) + nnbsp + "s"
	}
	return l.Duration(time.Duration(v) * time.Second)
}
