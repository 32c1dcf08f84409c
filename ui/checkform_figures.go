package ui

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/config"
)

// typedUnits are what people write for a unit in the languages of the interface.
var typedUnits = map[string]string{
	"sek": "s", "sek.": "s", "sec": "s", "min.": "min", "minute": "min", "minuten": "min", "minutes": "min",
	"std": "h", "std.": "h", "u": "h", "uur": "h", "stunde": "h", "stunden": "h", "hour": "h", "hours": "h",
	"tag": "d", "tage": "d", "dag": "d", "dagen": "d", "day": "d", "days": "d", "prozent": "%", "procent": "%", "percent": "%", "°": "°C",
}

var (
	typedNumber = regexp.MustCompile(`^([+\-\x{2212}]?[0-9][0-9.,]*)\s*(\S*)$`)
	grouped     = map[string]*regexp.Regexp{".": regexp.MustCompile(`^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+$`), ",": regexp.MustCompile(`^[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+$`)}
)

// plainMeasure turns what people write in this language into what config reads: "1.500,5 Std" is "1500.5 h" for a German. What
// it does not understand it leaves as it is, for config to refuse.
func (l *Lang) plainMeasure(s string) string {
	s = strings.Join(strings.Fields(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(s)), " ")
	m := typedNumber.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	number, unit := strings.ReplaceAll(m[1], "\u2212", "-"), m[2]
	group, decimal := l.format.group, l.format.decimal
	head, tail, fraction := strings.Cut(number, decimal)
	if grouped[group].MatchString(head) {
		head = strings.ReplaceAll(head, group, "")
	}
	if fraction {
		head += "." + tail
	}
	if u, ok := typedUnits[strings.ToLower(unit)]; ok {
		unit = u
	}
	return strings.TrimSpace(head + " " + unit)
}

// readMeasure reads a limit as it is typed in this language.
func (l *Lang) readMeasure(s, metric string, percentOf bool) (float64, *appliance.Error) {
	return config.ParseMeasure(l.plainMeasure(s), metric, percentOf)
}

// scaleUnit is a unit that a figure may be written in, from the largest to the smallest.
type scaleUnit struct {
	unit   string
	factor float64
}

var scales = map[string][]scaleUnit{
	"s":     {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}, {"ms", 1e-3}},
	"B":     {{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}},
	"bit/s": {{"Gbit/s", 1e9}, {"Mbit/s", 1e6}, {"kbit/s", 1e3}, {"bit/s", 1}},
}

// measureText writes a figure exactly and so that readMeasure reads it again: 300 s is "5 min", 0.3 s is "300 ms".
func (l *Lang) measureText(v float64, unit string) string {
	for _, sc := range scales[unit] {
		scaled := v / sc.factor
		if text := exact(scaled); scaled >= 1 && len(text) <= 6 && !strings.Contains(text, "e") && (unit != "s" || !strings.Contains(text, ".")) {
			return l.withUnit(text, sc.unit)
		}
	}
	return l.withUnit(exact(v), unit)
}

func exact(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (l *Lang) withUnit(text, unit string) string {
	text = strings.ReplaceAll(text, ".", l.format.decimal)
	if unit == "" {
		return text
	}
	switch unit {
	case "h":
		unit = l.format.hour
	case "1/s":
		unit = "/s"
	}
	return text + " " + unit
}

// spanText writes a time as its field shows it: "90 s", "5 min", "1 h".
func (l *Lang) spanText(d appliance.Duration) string {
	t := time.Duration(d)
	for _, sc := range []struct {
		unit string
		of   time.Duration
	}{{l.format.hour, time.Hour}, {"min", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if t >= sc.of && t%sc.of == 0 {
			return strconv.FormatInt(int64(t/sc.of), 10) + " " + sc.unit
		}
	}
	return t.String()
}

// longestSpan bounds what can be typed as a time, as in config.ParseDuration.
const longestSpan = 10 * 365 * 24 * time.Hour

// readSpan reads a time as people write it, or in Go's form. A bare number is seconds.
func (l *Lang) readSpan(s string) (appliance.Duration, bool) {
	if d, ok := config.ParseDuration(s); ok {
		return d, true
	}
	number, unit, _ := strings.Cut(l.plainMeasure(s), " ")
	v, err := strconv.ParseFloat(number, 64)
	factor, ok := map[string]time.Duration{"": time.Second, "ms": time.Millisecond, "s": time.Second, "min": time.Minute, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[unit]
	if err != nil || !ok || v < 0 || v*float64(factor) > float64(longestSpan) {
		return 0, false
	}
	return appliance.Duration(v * float64(factor)), true
}
