package config

import (
	"fmt"
	"math"

	"siteward/appliance"
	"siteward/internal/lazyregexp"
)

var metricName = lazyregexp.New(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

func (p *problems) limits(limits []appliance.Limit) {
	p.must(len(limits) <= 200, "limits", "too_many", "max", 200)
	seen := map[[2]string]bool{}
	for i, l := range limits {
		field := fmt.Sprintf("limits[%d]", i)
		p.must(metricName.MatchString(l.Metric) && len(l.Metric) <= 100, field+".metric", "metric", "value", clip(l.Metric))
		p.must(l.Of == "" || metricName.MatchString(l.Of), field+".of", "metric", "value", clip(l.Of))
		p.word(field+".instance", l.Instance, maxWord)
		key := [2]string{l.Metric, l.Instance}
		p.must(!seen[key], field, "limit_twice", "value", clip(l.Metric+" "+l.Instance))
		seen[key] = true
		p.levels(field, l)
	}
}

func (p *problems) levels(field string, l appliance.Limit) {
	p.must(l.Warning != nil || l.Critical != nil || l.Off, field, "limit_empty")
	p.must(finite(l.Warning), field+".warning", "not_a_number")
	p.must(finite(l.Critical), field+".critical", "not_a_number")
	p.must(finite(&l.Hysteresis), field+".hysteresis", "not_a_number")
	p.must(!(l.Hysteresis < 0), field+".hysteresis", "hysteresis")
	if l.Warning != nil && l.Critical != nil {
		p.must(l.Below == (*l.Critical < *l.Warning) || *l.Critical == *l.Warning, field+".critical", "limit_order")
	}
}

func finite(f *float64) bool { return f == nil || !math.IsNaN(*f) && !math.IsInf(*f, 0) }
