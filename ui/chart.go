package ui

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
	"time"

	"siteward/ui/view"
)

// The drawing in its own units; the page scales it to the width there is.
const (
	chartW, chartH                         = 860.0, 220.0
	chartLeft, chartTop, chartFoot, chartR = 64.0, 12.0, 26.0, 8.0
)

// plot maps time and value to the drawing.
type plot struct {
	from, to int64
	lo, hi   float64
}

func (p plot) x(t int64) float64 {
	return chartLeft + float64(t-p.from)/float64(max(p.to-p.from, 1))*(chartW-chartLeft-chartR)
}

func (p plot) y(v float64) float64 {
	return chartTop + (p.hi-v)/(p.hi-p.lo)*(chartH-chartTop-chartFoot)
}

// chart draws the columns on the server, so that a page says the same without script. With DataURL the script draws over it.
func (l *Lang) chart(c view.Chart) (template.HTML, error) {
	for _, s := range c.Series {
		if len(s.V) != len(c.T) {
			return "", fmt.Errorf("chart %s: series %q has %d values for %d times", c.ID, s.Name, len(s.V), len(c.T))
		}
	}
	p := plot{from: c.From.Unix(), to: c.To.Unix()}
	var ticks []float64
	p.lo, p.hi, ticks = scale(c)
	var b strings.Builder
	l.openChart(&b, c)
	l.drawGrid(&b, c, p, ticks)
	for _, w := range c.Windows {
		drawSpan(&b, p, w.From.Unix(), w.To.Unix(), "win-"+c.ID)
	}
	for _, g := range gaps(c) {
		drawSpan(&b, p, g[0], g[1], "gap-"+c.ID)
	}
	for i, s := range c.Series {
		drawLine(&b, c.T, s.V, p, i, len(c.Series) == 1)
	}
	for _, limit := range c.Limits {
		l.drawLimit(&b, c.Unit, p, limit)
	}
	fmt.Fprintf(&b, `<path d="M%g %gH%g" class="g-axis"/></svg></div>`, chartLeft, chartH-chartFoot, chartW-chartR)
	drawKey(&b, c.Series)
	return template.HTML(b.String()), nil //nolint:gosec // all foreign text is escaped
}

// drawKey names the lines when there are several.
func drawKey(b *strings.Builder, series []view.Series) {
	if len(series) < 2 {
		return
	}
	b.WriteString(`<p class="chart-key">`)
	for i, s := range series {
		fmt.Fprintf(b, `<span><svg viewBox="0 0 32 12" aria-hidden="true"><path d="M0 6H32" class="g-line g-line-%d"/></svg>%s</span>`, i, html.EscapeString(s.Name))
	}
	b.WriteString(`</p>`)
}

func (l *Lang) openChart(b *strings.Builder, c view.Chart) {
	id := html.EscapeString(c.ID)
	src := ""
	if c.DataURL != "" {
		src = ` data-chart="` + html.EscapeString(ours(c.DataURL)) + `" data-unit="` + html.EscapeString(c.Unit) + `" data-lang="` + l.Tag + `" data-zone="` + html.EscapeString(l.zone().String()) + `" data-time="` + html.EscapeString(l.T("chart.time")) + `"`
	}
	fmt.Fprintf(b, `<div class="chart" id="%s"%s role="group" aria-label="%s" tabindex="0"><svg class="svg" viewBox="0 0 %g %g" role="img" aria-label="%s"><defs>`+
		`<pattern id="gap-%s" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" class="g-gapbg"/><path d="M0 0v7" class="g-gap"/></pattern>`+
		`<pattern id="win-%s" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="9" height="9" class="g-winbg"/><path d="M0 0v9" class="g-win"/></pattern></defs>`,
		id, src, html.EscapeString(l.T("chart.name")), chartW, chartH, html.EscapeString(c.Label), id, id)
}

func (l *Lang) drawGrid(b *strings.Builder, c view.Chart, p plot, ticks []float64) {
	for _, v := range ticks {
		fmt.Fprintf(b, `<path d="M%g %.1fH%g" class="g-grid"/><text x="%g" y="%.1f" text-anchor="end">%s</text>`, chartLeft, p.y(v), chartW-chartR, chartLeft-8, p.y(v)+4, l.axis(v, c.Unit))
	}
	if bare(c.Unit) {
		fmt.Fprintf(b, `<text x="%g" y="%g" class="strong">%s</text>`, chartLeft+6, chartTop+10, html.EscapeString(c.Unit))
	}
	step, label := l.timeTicks(c.From, c.To)
	for t := step(l.Local(c.From).Add(-time.Nanosecond)); !t.After(c.To); t = step(t) {
		anchor := "middle"
		if p.x(t.Unix()) > chartW-chartR-16 {
			anchor = "end"
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%g" text-anchor="%s">%s</text>`, p.x(t.Unix()), chartH-8, anchor, label(t))
	}
}

// bare tells whether the unit stands once above the axis instead of at each number.
func bare(unit string) bool {
	switch unit {
	case "", "B", "B/s", "bit/s", "Hz", "s":
		return false
	}
	return true
}

func (l *Lang) axis(v float64, unit string) string {
	if bare(unit) || unit == "" {
		return l.short(v)
	}
	return l.Value(v, unit)
}

func drawSpan(b *strings.Builder, p plot, from, to int64, fill string) {
	from, to = max(from, p.from), min(to, p.to)
	if from >= to {
		return
	}
	fmt.Fprintf(b, `<rect x="%.1f" y="%g" width="%.1f" height="%g" fill="url(#%s)"/>`, p.x(from), chartTop, p.x(to)-p.x(from), chartH-chartTop-chartFoot, html.EscapeString(fill))
}

func drawLine(b *strings.Builder, t []int64, v []float64, p plot, index int, area bool) {
	for _, run := range runs(v) {
		var d strings.Builder
		for i := run[0]; i < run[1]; i++ {
			letter := 'L'
			if i == run[0] {
				letter = 'M'
			}
			fmt.Fprintf(&d, "%c%.1f %.1f", letter, p.x(t[i]), p.y(min(max(v[i], p.lo), p.hi)))
		}
		first, last := p.x(t[run[0]]), p.x(t[run[1]-1])
		if area {
			fmt.Fprintf(b, `<path d="%sL%.1f %.1fL%.1f %.1fZ" class="g-area"/>`, d.String(), last, p.y(p.lo), first, p.y(p.lo))
		}
		if run[1]-run[0] == 1 { // a lone reading between two gaps would be invisible as a line
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="1.75" class="f-ink"/>`, first, p.y(v[run[0]]))
			continue
		}
		fmt.Fprintf(b, `<path d="%s" class="g-line g-line-%d"/>`, d.String(), index)
	}
}

// gap tells a value that is none.
func gap(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// runs are the stretches of readings between gaps, as first and one past last index.
func runs(v []float64) [][2]int {
	var out [][2]int
	start := -1
	for i, x := range v {
		switch {
		case gap(x) && start >= 0:
			out = append(out, [2]int{start, i})
			start = -1
		case !gap(x) && start < 0:
			start = i
		}
	}
	if start >= 0 {
		out = append(out, [2]int{start, len(v)})
	}
	return out
}

// gaps are the stretches of time without a reading in any series, from the last reading before to the first one after.
func gaps(c view.Chart) [][2]int64 {
	var out [][2]int64
	open := false
	for i := range c.T {
		missing := true
		for _, s := range c.Series {
			missing = missing && gap(s.V[i])
		}
		switch {
		case missing && !open:
			from := c.From.Unix()
			if i > 0 {
				from = c.T[i-1]
			}
			out = append(out, [2]int64{from, c.To.Unix()})
			open = true
		case !missing && open:
			out[len(out)-1][1] = c.T[i]
			open = false
		}
	}
	return out
}

func (l *Lang) drawLimit(b *strings.Builder, unit string, p plot, limit view.Limit) {
	if limit.Value < p.lo || limit.Value > p.hi {
		return
	}
	y := p.y(limit.Value)
	text := y - 7
	if text < chartTop+10 {
		text = y + 15
	}
	level, word, anchor, x := "g-limit", "g-limit-t", "end", chartW-chartR-4
	if limit.Level == "warning" { // its number stands at the other end, as the two lines may lie close together
		level, word, anchor, x = "g-limit g-limit-warn", "g-limit-warn-t", "start", chartLeft+48
	}
	fmt.Fprintf(b, `<path d="M%g %.1fH%g" class="%s"/><text x="%g" y="%.1f" text-anchor="%s" class="%s halo">%s</text>`, chartLeft, y, chartW-chartR, level, x, text, anchor, word, html.EscapeString(l.T("chart.limit", "value", l.Value(limit.Value, unit))))
}

// scale is the range of values and its ticks. Percent is 0 to 100; the rest starts at 0 unless it stays far from it.
func scale(c view.Chart) (lo, hi float64, ticks []float64) {
	lo, hi = c.Min, c.Max
	if lo == hi && c.Unit == "%" {
		lo, hi = 0, 100
	}
	if lo == hi {
		lo, hi = extent(c)
	}
	step := niceStep((hi - lo) / 4)
	lo, hi = math.Floor(lo/step)*step, math.Ceil(hi/step-1e-9)*step
	for v := lo; v <= hi+step/2; v += step {
		ticks = append(ticks, v)
	}
	return lo, hi, ticks
}

func extent(c view.Chart) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range c.Series {
		for _, v := range s.V {
			if !gap(v) {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	for _, l := range c.Limits {
		// A limit far above the data would press the line flat; then it is left out of the drawing and named in the text.
		if l.Value <= hi*4 {
			lo, hi = math.Min(lo, l.Value), math.Max(hi, l.Value)
		}
	}
	if math.IsInf(lo, 0) {
		return 0, 1
	}
	if lo > 0 && lo < hi*0.6 {
		lo = 0
	}
	if lo == hi {
		lo, hi = math.Min(lo, 0), math.Max(hi, lo+1)
	}
	return lo, hi
}

// niceStep rounds up to 1, 2, 2.5 or 5 times a power of ten.
func niceStep(raw float64) float64 {
	if raw <= 0 || math.IsNaN(raw) || math.IsInf(raw, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if raw <= m*power*1.0001 {
			return m * power
		}
	}
	return 10 * power
}

// timeTicks gives the next tick after a time and how ticks are written: hours, days or months, in the site's calendar.
func (l *Lang) timeTicks(from, to time.Time) (step func(time.Time) time.Time, label func(time.Time) string) {
	span := to.Sub(from)
	for _, every := range []struct {
		below time.Duration
		unit  time.Duration
	}{{90 * time.Minute, 10 * time.Minute}, {7 * time.Hour, time.Hour}, {26 * time.Hour, 4 * time.Hour}, {50 * time.Hour, 8 * time.Hour}} {
		if span <= every.below {
			return func(t time.Time) time.Time { return nextClock(t, every.unit) }, l.HM
		}
	}
	days := max(int(math.Ceil(span.Hours()/24/8)), 1)
	if span > 100*24*time.Hour {
		months := max(int(span.Hours()/24/31/8), 1)
		return func(t time.Time) time.Time {
			return time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, t.Location())
		}, l.ShortDate
	}
	return func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location())
	}, l.ShortDate
}

// nextClock is the next full multiple of unit on the wall clock, so that ticks stay at 00:00 and 04:00 over a change of the clocks.
func nextClock(t time.Time, unit time.Duration) time.Time {
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	wall := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second
	next := wall.Truncate(unit) + unit
	if next >= 24*time.Hour {
		return midnight.AddDate(0, 0, 1)
	}
	out := time.Date(t.Year(), t.Month(), t.Day(), 0, int(next/time.Minute), 0, 0, t.Location())
	if !out.After(t) { // the hour that comes twice
		return t.Add(unit)
	}
	return out
}

// columns is what the script reads from a chart's DataURL.
type columns struct {
	T       []int64        `json:"t"`
	Series  []columnSeries `json:"series"`
	Limits  []columnLimit  `json:"limits,omitempty"`
	Windows [][2]int64     `json:"windows,omitempty"`
	Min     float64        `json:"min"`
	Max     float64        `json:"max"`
	From    int64          `json:"from"`
	To      int64          `json:"to"`
}

type columnSeries struct {
	Name string     `json:"name"`
	Unit string     `json:"unit"`
	V    []*float64 `json:"v"`
}

type columnLimit struct {
	Value float64 `json:"v"`
	Level string  `json:"level"`
	Text  string  `json:"text"`
}

// ChartJSON is the answer of a chart's DataURL: the same columns as the drawing, with null for a gap.
func (l *Lang) ChartJSON(c view.Chart) ([]byte, error) {
	lo, hi, _ := scale(c)
	out := columns{T: c.T, Min: lo, Max: hi, From: c.From.Unix(), To: c.To.Unix(), Series: []columnSeries{}}
	if out.T == nil {
		out.T = []int64{}
	}
	for _, s := range c.Series {
		col := columnSeries{Name: s.Name, Unit: c.Unit, V: make([]*float64, len(s.V))}
		for i, v := range s.V {
			if !gap(v) {
				col.V[i] = &s.V[i]
			}
		}
		out.Series = append(out.Series, col)
	}
	for _, limit := range c.Limits {
		if limit.Value >= lo && limit.Value <= hi {
			out.Limits = append(out.Limits, columnLimit{limit.Value, limit.Level, l.T("chart.limit", "value", l.Value(limit.Value, c.Unit))})
		}
	}
	for _, w := range c.Windows {
		out.Windows = append(out.Windows, [2]int64{w.From.Unix(), w.To.Unix()})
	}
	return json.Marshal(out)
}
