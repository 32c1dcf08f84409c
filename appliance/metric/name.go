package metric

import "strings"

// baseUnit says how a unit of ours is named and scaled in Prometheus, which wants base units in the name
// (https://prometheus.io/docs/practices/naming): bytes, seconds, ratios.
type baseUnit struct {
	suffix string
	factor float64
}

var baseUnits = map[string]baseUnit{
	"":      {"", 1},
	"B":     {"bytes", 1},
	"B/s":   {"bytes_per_second", 1},
	"bit/s": {"bytes_per_second", 1.0 / 8},
	"1/s":   {"per_second", 1},
	"s":     {"seconds", 1},
	"%":     {"ratio", 1.0 / 100},
	"°C":    {"celsius", 1},
	"V":     {"volts", 1},
	"A":     {"amperes", 1},
	"W":     {"watts", 1},
	"VA":    {"voltamperes", 1},
	"Hz":    {"hertz", 1},
	"rpm":   {"rpm", 1},
	"d":     {"seconds", 24 * 60 * 60},
}

// oldSuffix is how our names say a unit that Prometheus' name does not keep.
var oldSuffix = map[string]string{"%": "percent", "d": "days"}

// Name turns "storage.used_percent" in % into siteward_storage_used_ratio, and "if.in" in bit/s into
// siteward_if_in_bytes_per_second, with the factor for the number. A unit we do not know becomes part of the name as it is.
func Name(metric, unit string) (name string, factor float64) {
	u, ok := baseUnits[unit]
	if !ok {
		u = baseUnit{nameable(unit), 1}
	}
	name = nameable(metric)
	if old, replaced := oldSuffix[unit]; replaced {
		name = strings.TrimSuffix(strings.TrimSuffix(name, old), "_")
	}
	if u.suffix != "" && name != u.suffix && !strings.HasSuffix(name, "_"+u.suffix) {
		name += "_" + u.suffix
	}
	return "siteward_" + name, u.factor
}

// nameable keeps what may stand in a metric's name; all else becomes an underscore.
func nameable(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		if c >= 'A' && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return '_'
	}, s)
}
