package monitor

import (
	"math"
	"strconv"

	"siteward/appliance"
)

// value judges one number.
func (c *court) value(t *tally, v appliance.Value, ports map[string]*port) {
	r, ok := ruleFor(c.in.Check, c.in.Device, v)
	if !ok {
		return
	}
	if r.yields && c.worded(v) {
		return
	}
	if r.Off || isPort(v.Metric) && ports[v.Instance].role == "" {
		t.off = true
		return
	}
	t.judged = true
	x, unit := v.Number, v.Unit
	if r.Of != "" {
		x, unit = 100*v.Number/c.numberOf(r.Of, v.Instance), "%"
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return
	}
	t.numbers[v.Metric] = true
	state, limit := r.level(x, c.held(v))
	t.add(finding{state, func() appliance.Evidence { return c.numberEvidence(v, r, x, unit, limit) }})
}

// worded says that the device itself judges the item that a number belongs to.
func (c *court) worded(v appliance.Value) bool {
	for i := range c.in.Reading.Statuses {
		s := &c.in.Reading.Statuses[i]
		told := s.Severity != appliance.SeverityNone && s.Severity != appliance.SeverityUnknown
		if told && s.Instance == v.Instance && appliance.Item(s.Name, s.Instance) == appliance.Item(v.Metric, v.Instance) {
			return true
		}
	}
	return false
}

// held is the level that this very number holds its item at.
func (c *court) held(v appliance.Value) appliance.State {
	prev, ok := c.states[appliance.Item(v.Metric, v.Instance)]
	if !ok || prev.Evidence.Metric != v.Metric {
		return appliance.StateOK
	}
	return prev.State
}

// numberOf is the number that another one is a share of, NaN when it is not known.
func (c *court) numberOf(metric, instance string) float64 {
	byInstance, ok := c.whole[metric]
	if !ok {
		byInstance = map[string]float64{}
		for _, v := range c.in.Reading.Values {
			if v.Metric == metric && v.Number > 0 {
				byInstance[v.Instance] = v.Number
			}
		}
		c.whole[metric] = byInstance
	}
	if x, ok := byInstance[instance]; ok {
		return x
	}
	return math.NaN()
}

func (c *court) numberEvidence(v appliance.Value, r rule, x float64, unit string, limit *float64) appliance.Evidence {
	a, key := numberArgs(r, x, unit), r.sentence
	if limit != nil {
		key += "_limit"
		a["limit"] = *limit
	}
	if n, days := a["n"].(int); days && n < 0 {
		key, a = "monitor.certificate_expired", nil
	}
	return appliance.Evidence{Why: say(key, a), Source: c.source(v.Source), Verbatim: verbatimNumber(v), At: c.at,
		Metric: v.Metric, Number: &x, Unit: unit, Limit: limit, Steps: numberSteps(v, r, x, unit)}
}

// unitless are the sentences that name the unit of their number themselves.
var unitless = map[string]bool{"monitor.port_errors": true, "monitor.port_discards": true}

// numberArgs gives days as n, so that they get their plural, and everything else as a number with its unit.
func numberArgs(r rule, x float64, unit string) args {
	if r.sentence == "monitor.certificate_days" {
		return args{"n": int(math.Floor(x))}
	}
	a := args{"number": round(x)}
	if unit != "" && !unitless[r.sentence] {
		a["unit"] = unit
	}
	if r.sentence == "monitor.number" {
		a["name"] = r.Metric
	}
	return a
}

func numberSteps(v appliance.Value, r rule, x float64, unit string) []appliance.Message {
	whose := "monitor.step_default"
	if r.own {
		whose = "monitor.step_own"
	}
	steps := []appliance.Message{say("monitor.step_read", args{"name": v.Metric, "number": round(x), "unit": unit}), say(whose, nil)}
	direction := "_above"
	if r.Below {
		direction = "_below"
	}
	if r.Warning != nil {
		steps = append(steps, say("monitor.step_warning"+direction, args{"limit": *r.Warning, "unit": unit}))
	}
	if r.Critical != nil {
		steps = append(steps, say("monitor.step_critical"+direction, args{"limit": *r.Critical, "unit": unit}))
	}
	if r.Hysteresis > 0 {
		steps = append(steps, say("monitor.step_hysteresis", args{"number": r.Hysteresis, "unit": unit}))
	}
	return steps
}

func verbatimNumber(v appliance.Value) string {
	name := v.Metric
	if v.Instance != "" {
		name += "[" + v.Instance + "]"
	}
	s := name + " = " + strconv.FormatFloat(v.Number, 'f', -1, 64)
	if v.Unit != "" {
		s += " " + v.Unit
	}
	return s
}
