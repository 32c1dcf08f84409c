package monitor

import (
	"math"

	"siteward/appliance"
)

// rule is the limit that holds for one value, and where it comes from.
type rule struct {
	appliance.Limit
	sentence string // key of the sentence with the number; with "_limit" the one for a passed limit
	marked   bool   // only for ports with a role
	own      bool   // set for this check, not a default
	yields   bool   // to the device's own word about the item
}

// ruleFor finds the limit of a value: the check's own for this instance, its own for the metric, our default.
// An own limit replaces the default as a whole, so a level that it does not give does not exist; only the direction,
// what it is a share of, and the hysteresis are taken over when it is silent about them.
func ruleFor(check appliance.Check, device appliance.Device, v appliance.Value) (rule, bool) {
	base, known := defaultFor(device.Kind, v.Metric)
	own := ownLimit(check.Limits, v)
	if own == nil {
		return base, known
	}
	r := rule{Limit: *own, own: true, sentence: base.sentence, marked: base.marked}
	r.Below = r.Below || base.Below
	if r.Of == "" {
		r.Of = base.Of
	}
	if r.Hysteresis == 0 {
		r.Hysteresis = base.Hysteresis
	}
	if r.sentence == "" {
		r.sentence = "monitor.number"
	}
	return r, true
}

func ownLimit(limits []appliance.Limit, v appliance.Value) *appliance.Limit {
	var general *appliance.Limit
	for i, l := range limits {
		switch {
		case l.Metric != v.Metric:
		case l.Instance == "":
			general = &limits[i]
		case l.Instance == v.Instance || l.Instance == v.Label:
			return &limits[i]
		}
	}
	return general
}

// level is the state that a number stands for. held is the state that this same number stands in now: to leave it,
// the number must come back behind the limit by the hysteresis.
func (r rule) level(x float64, held appliance.State) (appliance.State, *float64) {
	if r.beyond(x, r.Critical, held == appliance.StateCritical) {
		return appliance.StateCritical, r.Critical
	}
	if r.beyond(x, r.Warning, alarm(held)) {
		return appliance.StateWarning, r.Warning
	}
	return appliance.StateOK, nil
}

// beyond is inclusive above ("from 90 % on") and exclusive below ("lower than 20 %").
func (r rule) beyond(x float64, limit *float64, held bool) bool {
	if limit == nil {
		return false
	}
	slack := 0.0
	if held {
		slack = math.Abs(r.Hysteresis)
	}
	if r.Below {
		return x < *limit+slack
	}
	return x >= *limit-slack
}

// ValidateLimit says what is wrong with a limit that a person entered, nil when it can be used.
func ValidateLimit(l appliance.Limit) error {
	switch {
	case l.Metric == "":
		return appliance.Invalid("metric", "monitor.limit_metric", "Name the number that the limit is for, such as storage.used_percent.", nil)
	case l.Off:
		return nil
	case l.Warning == nil && l.Critical == nil:
		return appliance.Invalid("warning", "monitor.limit_empty", "Enter a number for warning or critical, or switch the judgement off.", nil)
	case !finite(l.Warning) || !finite(l.Critical) || math.IsNaN(l.Hysteresis) || math.IsInf(l.Hysteresis, 0):
		return appliance.Invalid("warning", "monitor.limit_number", "Enter a number.", nil)
	case l.Hysteresis < 0:
		return appliance.Invalid("hysteresis", "monitor.limit_hysteresis", "Enter 0 or more: how far the number must come back.", nil)
	}
	if l.Warning == nil || l.Critical == nil {
		return nil
	}
	base, _ := defaultFor("", l.Metric)
	if below := l.Below || base.Below; below && *l.Critical > *l.Warning || !below && *l.Critical < *l.Warning {
		return appliance.Invalid("critical", "monitor.limit_order", "Critical must lie beyond warning.", nil)
	}
	return nil
}

func finite(x *float64) bool {
	return x == nil || !math.IsNaN(*x) && !math.IsInf(*x, 0)
}
