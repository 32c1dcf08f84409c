package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/config"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// readLimits makes limits of the rows that name a metric.
func (e *checkEntry) readLimits(l *Lang) {
	e.check.Limits = nil
	for row := range e.rows {
		v := func(name string) string { return e.form.Value(limitField(row, name)) }
		if v("metric") == "" {
			continue
		}
		lim := appliance.Limit{Metric: v("metric"), Instance: v("instance"), Of: v("of"), Off: v("off") != "", Below: config.BadWhenLow(v("metric"))}
		if v("direction") != "" {
			lim.Below = v("direction") == "below"
		}
		lim.Warning, lim.Critical = e.level(l, row, "warning", lim), e.level(l, row, "critical", lim)
		if h := e.level(l, row, "hysteresis", lim); h != nil {
			lim.Hysteresis = *h
		}
		e.rowOf[len(e.check.Limits)] = row
		e.check.Limits = append(e.check.Limits, lim)
	}
}

func (e *checkEntry) level(l *Lang, row int, name string, lim appliance.Limit) *float64 {
	field := limitField(row, name)
	s := e.form.Value(field)
	if s == "" {
		return nil
	}
	v, err := l.readMeasure(s, lim.Metric, lim.Of != "")
	if err != nil {
		e.form.Fail(field, l.wrong("checkform", "limit_"+name, l.checkLabel(field), err.Message))
	}
	return &v // also after a mistake, so that the row is not called empty as well
}

// putLimit writes a limit into the fields of its row.
func (l *Lang) putLimit(v map[string]string, row int, lim appliance.Limit) {
	unit := limitUnit(lim)
	set := func(name, value string) { v[limitField(row, name)] = value }
	set("metric", lim.Metric)
	set("instance", lim.Instance)
	set("of", lim.Of)
	set("off", ticked(lim.Off))
	set("direction", map[bool]string{false: "above", true: "below"}[lim.Below])
	if lim.Warning != nil {
		set("warning", l.measureText(*lim.Warning, unit))
	}
	if lim.Critical != nil {
		set("critical", l.measureText(*lim.Critical, unit))
	}
	if lim.Hysteresis != 0 {
		set("hysteresis", l.measureText(lim.Hysteresis, unit))
	}
}

func limitUnit(lim appliance.Limit) string {
	if lim.Of != "" {
		return "%"
	}
	return config.UnitOf(lim.Metric)
}

// arrange does what the small buttons ask for, which change the form and store nothing: a row more, a row with the defaults of a
// metric, a row less.
func (e *checkEntry) arrange(c echo.Context, l *Lang, kind appliance.Kind) bool {
	metric, remove := c.FormValue("add"), c.FormValue("remove")
	switch {
	case metric != "" && e.rows < maxLimitRows:
		l.putLimit(e.form.Values, e.rows, usualLimit(metric, kind))
		e.rows++
	case c.FormValue("do") == "more" && e.rows < maxLimitRows:
		e.rows++
	case remove != "":
		e.removeRow(remove)
	default:
		return false
	}
	e.readLimits(l)
	e.form.Errors = nil // they come again when the form is stored
	return true
}

func (e *checkEntry) removeRow(which string) {
	gone, err := strconv.Atoi(which)
	if err != nil || gone < 0 || gone >= e.rows {
		return
	}
	for row := gone; row < e.rows; row++ {
		for _, name := range limitFieldNames {
			e.form.Values[limitField(row, name)] = e.form.Values[limitField(row+1, name)]
		}
	}
	e.rows--
}

// usualLimit is what holds for a metric when nobody says otherwise, as a beginning for a limit of one's own.
func usualLimit(metric string, kind appliance.Kind) appliance.Limit {
	if d, ok := defaultLimit(metric, kind); ok {
		return d
	}
	return appliance.Limit{Metric: metric, Below: config.BadWhenLow(metric)}
}

func defaultLimit(metric string, kind appliance.Kind) (appliance.Limit, bool) {
	for _, d := range monitor.Defaults() {
		if d.Metric == metric && (d.Kind == "" || d.Kind == kind) {
			return d.Limit, true
		}
	}
	return appliance.Limit{}, false
}

// limits are those in the form once it was read, else the stored ones.
func (e *checkEntry) limits(stored appliance.Check) []appliance.Limit {
	if e.rowOf == nil {
		return stored.Limits
	}
	return e.check.Limits
}

// checkNumbers lists what a reading holds, once for each metric, with the limits that hold for it.
func (l *Lang) checkNumbers(r appliance.Reading, own []appliance.Limit, kind appliance.Kind) []view.CheckNumber {
	var out []view.CheckNumber
	at := map[string]int{}
	for _, v := range r.Values {
		if i, ok := at[v.Metric]; ok {
			out[i].Count++
			continue
		}
		at[v.Metric] = len(out)
		n := view.CheckNumber{Metric: v.Metric, Name: l.Metric(v.Metric), Count: 1}
		if v.Kind == appliance.Gauge {
			n.Now = l.Value(v.Number, v.Unit)
		}
		if i := slices.IndexFunc(own, func(lim appliance.Limit) bool { return lim.Metric == v.Metric }); i >= 0 {
			n.Own, n.Limit = true, l.limitWords(own[i])
		} else if d, ok := defaultLimit(v.Metric, kind); ok {
			n.Limit = l.limitWords(d)
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b view.CheckNumber) int { return cmp.Compare(metricRank(a.Metric), metricRank(b.Metric)) })
	return out
}

// metricRank puts metrics that are judged first, in the order of the defaults.
func metricRank(metric string) int {
	if i := slices.Index(judged, metric); i >= 0 {
		return i
	}
	return len(judged)
}

// limitWords says a limit: "warning from 85 %, critical from 95 %".
func (l *Lang) limitWords(lim appliance.Limit) string {
	if lim.Off {
		return l.T("checkform.limit_is_off")
	}
	key := "checkform.limit_above_"
	if lim.Below {
		key = "checkform.limit_below_"
	}
	unit := limitUnit(lim)
	switch {
	case lim.Warning != nil && lim.Critical != nil:
		return l.T(key+"both", "warning", l.measureText(*lim.Warning, unit), "critical", l.measureText(*lim.Critical, unit))
	case lim.Warning != nil:
		return l.T(key+"warning", "warning", l.measureText(*lim.Warning, unit))
	case lim.Critical != nil:
		return l.T(key+"critical", "critical", l.measureText(*lim.Critical, unit))
	}
	return ""
}

// metricOptions proposes what limits can be set on: what was read, then the defaults of the probe.
func (l *Lang) metricOptions(r appliance.Reading, probe appliance.ProbeKind) []view.Option {
	var out []view.Option
	add := func(metric string) {
		o := view.Option{Value: metric, Label: l.Metric(metric)}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	for _, v := range r.Values {
		add(v.Metric)
	}
	for _, d := range monitor.Defaults() {
		if probe == "" || probeOf(d.Metric, probe) {
			add(d.Metric)
		}
	}
	return out
}

// probeOf says whether a probe can bring a metric.
func probeOf(metric string, probe appliance.ProbeKind) bool {
	family, _, _ := strings.Cut(metric, ".")
	switch family {
	case "ping", "tcp", "http":
		return family == string(probe)
	case "certificate":
		return probe == appliance.ProbeTCP || probe == appliance.ProbeHTTP
	}
	return probe == appliance.ProbeSNMP
}

func (l *Lang) probeOptions() []view.Option {
	var out []view.Option
	for _, p := range appliance.ProbeKinds {
		out = append(out, view.Option{Value: string(p), Label: l.T("checkform.probe_" + string(p)), Hint: l.T("checkform.probehint_" + string(p))})
	}
	return out
}

func (l *Lang) directions() []view.Option {
	return []view.Option{{Value: "", Label: l.T("checkform.direction_usual")}, {Value: "above", Label: l.T("checkform.direction_above")}, {Value: "below", Label: l.T("checkform.direction_below")}}
}
