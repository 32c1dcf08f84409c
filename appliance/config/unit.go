package config

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"siteward/internal/lazyregexp"
)

// units are what a person may write behind a number: what it measures and how many base units it is.
var units = map[string]struct {
	of     string
	factor float64
}{
	"%": {"percent", 1},
	"s": {"time", 1}, "ms": {"time", 1e-3}, "us": {"time", 1e-6}, "µs": {"time", 1e-6}, "min": {"time", 60}, "m": {"time", 60}, "h": {"time", 3600}, "d": {"time", 86400},
	"B": {"bytes", 1}, "kB": {"bytes", 1e3}, "MB": {"bytes", 1e6}, "GB": {"bytes", 1e9}, "TB": {"bytes", 1e12},
	"KiB": {"bytes", 1 << 10}, "MiB": {"bytes", 1 << 20}, "GiB": {"bytes", 1 << 30}, "TiB": {"bytes", 1 << 40},
	"bit/s": {"rate", 1}, "kbit/s": {"rate", 1e3}, "Mbit/s": {"rate", 1e6}, "Gbit/s": {"rate", 1e9},
	"°C": {"temperature", 1}, "C": {"temperature", 1},
	"V": {"voltage", 1}, "A": {"current", 1}, "W": {"power", 1}, "kW": {"power", 1e3}, "VA": {"apparent power", 1}, "kVA": {"apparent power", 1e3},
	"Hz": {"frequency", 1}, "rpm": {"speed", 1}, "1/s": {"events", 1}, "/s": {"events", 1},
}

// metricUnits are the units of the metrics that limits are set on; the first row that fits holds. A leading * stands
// for any beginning, a trailing one for any end.
var metricUnits = []struct{ metric, unit string }{
	{"*_percent", "%"}, {"ping.loss", "%"},
	{"ping.*", "s"}, {"tcp.*", "s"}, {"http.status", ""}, {"http.size", "B"}, {"http.*", "s"},
	{"certificate.days", "d"}, {"*.celsius", "°C"}, {"*_celsius", "°C"}, {"*.runtime", "s"}, {"*_seconds", "s"},
	{"if.in", "bit/s"}, {"if.out", "bit/s"}, {"if.speed", "bit/s"}, {"if.*_errors", "1/s"}, {"if.*_discards", "1/s"},
	{"storage.*", "B"}, {"memory.*", "B"},
	{"*voltage", "V"}, {"*current", "A"}, {"*frequency", "Hz"}, {"*.volts", "V"}, {"*.amperes", "A"}, {"*.watts", "W"}, {"*.rpm", "rpm"},
}

// badWhenLow are metrics whose limits lie below the good values unless the file says otherwise.
var badWhenLow = map[string]bool{"ups.charge_percent": true, "ups.runtime": true, "supply.level_percent": true, "certificate.days": true}

// UnitOf is the base unit of a metric, "" when it has none or is not known here.
func UnitOf(metric string) string {
	for _, row := range metricUnits {
		head, tail, star := strings.Cut(row.metric, "*")
		if metric == row.metric || star && len(metric) >= len(head)+len(tail) && strings.HasPrefix(metric, head) && strings.HasSuffix(metric, tail) {
			return row.unit
		}
	}
	return ""
}

var (
	errUnit    = errors.New("the unit measures something else")
	errMeasure = errors.New("no number with a unit")

	measured = lazyregexp.New(`^([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(\S*)$`)
)

// inUnit reads "90", "90 %" or "300ms" as a number of base. Without a known base unit the number is in the base unit of what is written.
func inUnit(s, base string) (float64, error) {
	m := measured.FindStringSubmatch(s)
	if m == nil {
		return 0, errMeasure
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, errMeasure
	}
	if m[2] == "" || m[2] == base {
		return v, nil
	}
	unit, known := units[m[2]]
	want, ok := units[base]
	switch {
	case !known && base == "":
		return 0, errMeasure
	case !known || ok && unit.of != want.of:
		return 0, errUnit
	case !ok:
		return v * unit.factor, nil
	}
	return v * unit.factor / want.factor, nil
}
