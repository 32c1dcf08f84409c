package ui

import (
	"context"
	"math"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// chartPoints is how many steps a picture has: about one for two pixels.
const chartPoints = 400

var nan = math.NaN()

// fill loads the numbers of a chart and says in words what they show: least, most, gaps and their causes.
func (s *Server) fill(ctx context.Context, d *subject, out *view.DeviceChart, p plotted, r chartRange, dataURL string) error {
	now := d.now
	chart := view.Chart{ID: "chart-" + BadgeID(p.key, p.instance)[3:] + "-" + r.key, Unit: p.lines[0].Unit, From: now.Add(-r.span), To: now, DataURL: dataURL}
	cols := make([]appliance.Column, len(p.lines))
	for i, line := range p.lines {
		var err error
		if cols[i], err = s.App.Samples(ctx, line.ID, chart.From, chart.To, chartPoints); err != nil {
			return err
		}
	}
	grid := cols[0]
	n := len(grid.Number) - ending(cols)
	for i := range n {
		chart.T = append(chart.T, grid.Start.Add(time.Duration(i)*grid.Step).Unix())
	}
	for i, line := range p.lines {
		v := make([]float64, n)
		for j := range v {
			v[j] = pickAt(cols[i].Number, at(cols[i], grid.Start.Add(time.Duration(j)*grid.Step)))
		}
		chart.Series = append(chart.Series, view.Series{Name: line.name, V: v})
	}
	chart.Limits = d.limits(p)
	inHours(&chart)
	lo, hi, _ := scale(chart)
	out.Limits = slices.ContainsFunc(chart.Limits, func(x view.Limit) bool { return x.Value >= lo && x.Value <= hi })
	out.Says, out.Empty = d.extremes(p, cols)
	if !out.Empty {
		causes, err := s.gapCauses(ctx, d, chart, grid.Step)
		if err != nil {
			return err
		}
		out.Gaps = len(causes) > 0
		out.Says = append(out.Says, causes...)
	}
	chart.Label = out.Title
	for _, say := range out.Says {
		chart.Label += ". " + say
	}
	out.Chart = chart
	return nil
}

// inHours turns long times from seconds into minutes or hours, so that the axis has round numbers.
func inHours(c *view.Chart) {
	most := 0.0
	for _, s := range c.Series {
		for _, v := range s.V {
			if known(v) {
				most = max(most, v)
			}
		}
	}
	if c.Unit != "s" || most < 180 {
		return
	}
	by := 60.0
	c.Unit = "min"
	if most > 5*3600 {
		by, c.Unit = 3600, "h"
	}
	for _, s := range c.Series {
		for i := range s.V {
			s.V[i] /= by
		}
	}
	for i := range c.Limits {
		c.Limits[i].Value /= by
	}
}

// at is the index of a time in a column, which may have another grid than the first one.
func at(c appliance.Column, t time.Time) int {
	if c.Step <= 0 || t.Before(c.Start) {
		return -1
	}
	return int(t.Sub(c.Start) / c.Step)
}

func pickAt(v []float64, i int) float64 {
	if i < 0 || i >= len(v) {
		return nan
	}
	return v[i]
}

// ending is how many slots at the end have no reading only because their time has not come yet.
func ending(cols []appliance.Column) int {
	n := 0
	for i := len(cols[0].Number) - 1; i >= 0 && n < 2; i-- {
		for _, c := range cols {
			if known(pickAt(c.Number, at(c, cols[0].Start.Add(time.Duration(i)*cols[0].Step)))) {
				return n
			}
		}
		n++
	}
	return n
}

// limits of the metric, where all lines are judged by the same ones. Limits that are a share of another number are no line.
func (d *subject) limits(p plotted) []view.Limit {
	first := p.lines[0]
	for _, line := range p.lines[1:] {
		if line.Metric != first.Metric {
			return nil
		}
	}
	limit, ok := d.limitOf(first.Check, appliance.Value{Metric: first.Metric, Instance: first.Instance, Label: first.Label})
	if !ok || limit.Off || limit.Of != "" {
		return nil
	}
	var out []view.Limit
	if limit.Warning != nil {
		out = append(out, view.Limit{Value: *limit.Warning, Level: "warning"})
	}
	if limit.Critical != nil {
		out = append(out, view.Limit{Value: *limit.Critical, Level: "critical"})
	}
	return out
}

// limitOf is the limit that holds for a value: the check's own for the instance, its own for the metric, the default.
func (d *subject) limitOf(check appliance.ID, v appliance.Value) (appliance.Limit, bool) {
	var general *appliance.Limit
	for _, c := range d.DeviceView.Checks {
		for i, x := range c.Limits {
			switch {
			case c.ID != check || x.Metric != v.Metric:
			case x.Instance == "":
				general = &c.Limits[i]
			case x.Instance == v.Instance || x.Instance == v.Label:
				return x, true
			}
		}
	}
	if general != nil {
		return *general, true
	}
	for _, x := range monitor.Defaults() {
		if x.Metric == v.Metric && (x.Kind == "" || x.Kind == d.Device.Kind) && !x.Marked {
			return x.Limit, true
		}
	}
	return appliance.Limit{}, false
}

// extreme is the least or most of a column, and when.
type extreme struct {
	v float64
	t time.Time
}

// extremesOf looks at the extremes of each step, which the drawn means would hide.
func extremesOf(c appliance.Column) (lo, hi extreme, ok bool) {
	lows, highs := c.Min, c.Max
	if lows == nil || highs == nil {
		lows, highs = c.Number, c.Number
	}
	for i := range c.Number {
		a, b, t := pickAt(lows, i), pickAt(highs, i), c.Start.Add(time.Duration(i)*c.Step)
		if known(a) && (!ok || a < lo.v) {
			lo = extreme{a, t}
		}
		if known(b) && (!ok || b > hi.v) {
			hi = extreme{b, t}
		}
		ok = ok || known(a) && known(b)
	}
	return lo, hi, ok
}

// extremes are the sentences about least and most; empty says that nothing was recorded.
func (d *subject) extremes(p plotted, cols []appliance.Column) (says []string, empty bool) {
	l, empty := d.l, true
	for i, line := range p.lines {
		lo, hi, ok := extremesOf(cols[i])
		if !ok {
			continue
		}
		empty = false
		a, b := l.Value(lo.v, line.Unit), l.Value(hi.v, line.Unit)
		switch {
		case a == b && len(p.lines) == 1:
			says = append(says, l.T("device.chart_flat", "value", a))
		case a == b:
			says = append(says, l.T("device.chart_flat_of", "name", line.name, "value", a))
		case len(p.lines) > 1 && p.key != "traffic":
			says = append(says, l.T("device.chart_span_of", "name", line.name, "low", a, "high", b))
		case p.key == "traffic":
			says = append(says, l.T("device.chart_peak", "name", line.name, "high", b, "when", l.When(hi.t))+d.share(line, hi.v))
		default:
			says = append(says, l.T("device.chart_span", "low", a, "lowtime", l.When(lo.t), "high", b, "hightime", l.When(hi.t)))
		}
	}
	if empty {
		return []string{l.T("device.chart_empty")}, true
	}
	return says, false
}

// share says how much of the line a peak is.
func (d *subject) share(line plotLine, peak float64) string {
	speed := d.told.of(line.Check, "if.speed", line.Instance)
	if !known(speed) || speed <= 0 {
		return ""
	}
	return " " + d.l.T("device.chart_share", "percent", d.l.Percent(100*peak/speed), "speed", d.l.Bits(speed))
}
