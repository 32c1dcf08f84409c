package config

import (
	"errors"

	"siteward/appliance"
)

// ParseMeasure reads what a person typed as a limit of a metric, "90", "90 %" or "300ms", as a number of the metric's base unit.
// percentOf says that the limit is percent of another metric. The error has no field.
func ParseMeasure(s, metric string, percentOf bool) (float64, *appliance.Error) {
	unit := UnitOf(metric)
	if percentOf {
		unit = "%"
	}
	v, err := inUnit(s, unit)
	var p problems
	switch {
	case errors.Is(err, errUnit):
		p.add("", "unit", "metric", clip(metric), "unit", unit, "value", clip(s))
	case err != nil:
		p.add("", "unit_malformed", "value", clip(s))
	default:
		return v, nil
	}
	return 0, p[0]
}

// BadWhenLow says whether limits of a metric lie below its good values.
func BadWhenLow(metric string) bool { return badWhenLow[metric] }
