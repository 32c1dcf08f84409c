package ui

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// chartFamily is a chart that a device may have, when it has the numbers for it.
type chartFamily struct {
	key     string
	metrics []string
}

// families in the order of choice: what a device of its kind is there for comes before what every device has.
var families = []chartFamily{
	{"runtime", []string{"ups.runtime"}}, {"charge", []string{"ups.charge_percent"}}, {"load", []string{"ups.load_percent"}},
	{"uplink", nil}, {"storage", []string{"storage.used_percent"}}, {"supply", []string{"supply.level_percent"}},
	{"cpu", []string{"cpu.load_percent"}}, {"memory", []string{"memory.used_percent"}}, {"humidity", []string{"humidity.percent"}},
	{"temperature", []string{"temperature.celsius", "ups.temperature"}}, {"traffic", nil},
	{"http", []string{"http.duration", "http.wait"}}, {"connect", []string{"tcp.connect"}}, {"rtt", []string{"ping.rtt"}},
}

// maxLines is how many lines of one chart can be told apart.
const maxLines = 3

// chartRange is a stretch of time that can be chosen.
type chartRange struct {
	key  string
	span time.Duration
}

var ranges = []chartRange{{"1h", time.Hour}, {"1d", 24 * time.Hour}, {"7d", 7 * 24 * time.Hour}, {"30d", 30 * 24 * time.Hour}, {"1y", 365 * 24 * time.Hour}}

// slow are the charts of things that change within weeks.
var slow = map[string]bool{"storage": true, "supply": true}

// rangeOf is the range that the address asks for, or the one that suits the chart.
func rangeOf(key string, p plotted) chartRange {
	if key == "" && slow[p.key] {
		return ranges[3]
	}
	if i := slices.IndexFunc(ranges, func(r chartRange) bool { return r.key == key }); i >= 0 {
		return ranges[i]
	}
	return ranges[1]
}

// plotted is a chart before its numbers are loaded.
type plotted struct {
	key, instance string
	title         string
	lines         []plotLine
}

type plotLine struct {
	appliance.SeriesInfo
	name string
}

func (d *subject) chartHref(key, instance string) string {
	return d.withChart(url.Values{"chart": {key}, "instance": {instance}}) + "#charts"
}

func (d *subject) lineHref(metric, instance string) string {
	return d.withChart(url.Values{"metric": {metric}, "instance": {instance}}) + "#charts"
}

// withChart is the address of this page with another chart in the same range.
func (d *subject) withChart(set url.Values) string {
	q := url.Values{}
	for k, v := range d.query {
		if k != "chart" && k != "instance" && k != "metric" && k != "evidence" {
			q[k] = v
		}
	}
	for k, v := range set {
		if v[0] != "" {
			q[k] = v
		}
	}
	return d.path + "?" + q.Encode()
}

// plots are the charts of this device, the first one being the default. What the address asks for is added when it is not among them.
func (d *subject) plots(all []appliance.SeriesInfo) (list []plotted, chosen int) {
	for _, f := range families {
		switch f.key {
		case "uplink":
			list = append(list, d.trafficPlots(all, true)...)
		case "traffic":
			list = append(list, d.trafficPlots(all, false)...)
		default:
			if p := d.familyPlot(f, all); len(p.lines) > 0 {
				list = append(list, p)
			}
		}
	}
	key, instance, metric := d.query.Get("chart"), d.query.Get("instance"), d.query.Get("metric")
	if metric == "" && key == "" {
		return list, 0
	}
	if i := slices.IndexFunc(list, func(p plotted) bool { return metric == "" && p.key == key && p.instance == instance }); i >= 0 {
		return list, i
	}
	if p := d.askedFor(all, key, instance, metric); len(p.lines) > 0 {
		return append(list, p), len(list)
	}
	return list, 0
}

// askedFor is a chart that only the address names: one storage, one port, any number that is kept.
func (d *subject) askedFor(all []appliance.SeriesInfo, key, instance, metric string) plotted {
	if key == "traffic" {
		return d.traffic(all, instance)
	}
	for _, f := range families {
		if f.key == key && len(f.metrics) > 0 {
			metric = f.metrics[0]
		}
	}
	p := plotted{key: key, instance: instance}
	for _, s := range all {
		if s.Metric == metric && s.Instance == instance {
			p.title = d.l.named(d.l.Metric(metric), s.Label)
			p.lines = []plotLine{{s, p.title}}
		}
	}
	return p
}

// familyPlot has a line for each instance, those that are nearest to trouble first: full storages, hot sensors, empty supplies.
func (d *subject) familyPlot(f chartFamily, all []appliance.SeriesInfo) plotted {
	p := plotted{key: f.key}
	for _, metric := range f.metrics {
		for _, s := range all {
			if s.Metric == metric {
				p.lines = append(p.lines, plotLine{s, s.Label})
			}
		}
		if len(p.lines) > 0 {
			p.title = d.l.Metric(metric)
			break
		}
	}
	last := func(x plotLine) float64 { return d.told.of(x.Check, x.Metric, x.Instance) }
	slices.SortStableFunc(p.lines, func(a, b plotLine) int {
		if f.key == "supply" {
			return cmp.Compare(last(a), last(b))
		}
		return cmp.Compare(last(b), last(a))
	})
	p.lines = p.lines[:min(len(p.lines), maxLines)]
	for i := range p.lines {
		p.lines[i].name = cmp.Or(p.lines[i].name, p.title)
	}
	if len(p.lines) == 1 && p.lines[0].Label != "" && len(p.lines[0].Label) > 3 {
		p.title = d.l.named(p.title, p.lines[0].Label)
	}
	return p
}

// trafficPlots are the ports worth a chart of their own: uplinks, or else the first ones that carry a link.
func (d *subject) trafficPlots(all []appliance.SeriesInfo, uplinks bool) []plotted {
	var out []plotted
	for _, n := range d.netifs() {
		wanted := n.role == appliance.PortUplink
		if !uplinks {
			wanted = !wanted && n.isPlug() && n.oper == "up" && !d.isSwitch()
		}
		if wanted && len(out) < 2 {
			if p := d.traffic(all, n.instance); len(p.lines) > 0 {
				out = append(out, p)
			}
		}
	}
	return out
}

func (d *subject) traffic(all []appliance.SeriesInfo, instance string) plotted {
	p := plotted{key: "traffic", instance: instance}
	for _, metric := range []string{"if.in", "if.out"} {
		for _, s := range all {
			if s.Metric == metric && s.Instance == instance {
				p.lines = append(p.lines, plotLine{s, d.l.Metric(metric)})
				break
			}
		}
	}
	key := "device.traffic"
	for _, n := range d.netifs() {
		if n.instance == instance && n.role == appliance.PortUplink {
			key = "device.traffic_uplink"
		}
	}
	if len(p.lines) > 0 {
		p.title = d.l.T(key, "name", cmp.Or(p.lines[0].Label, instance))
	}
	return p
}

// chartOf makes the chart that the address asks for, nil when nothing of the device is kept.
func (s *Server) chartOf(ctx context.Context, d *subject) (*view.DeviceChart, error) {
	series, err := s.seriesOf(ctx, d.DeviceView.Checks)
	if err != nil {
		return nil, err
	}
	list, chosen := d.plots(series)
	if len(list) == 0 {
		return nil, nil
	}
	r := rangeOf(d.query.Get("range"), list[chosen])
	out := &view.DeviceChart{Title: d.l.T("device.chart_"+r.key, "what", list[chosen].title)}
	for i, p := range list {
		href := d.withChart(url.Values{"chart": {p.key}, "instance": {p.instance}})
		out.Choices = append(out.Choices, view.ChartChoice{Label: p.title, Href: href, Current: i == chosen})
	}
	for _, x := range ranges {
		out.Ranges = append(out.Ranges, view.ChartChoice{Label: d.l.T("device.range_" + x.key), Href: d.with("range", x.key), Current: x == r})
	}
	q := url.Values{"range": {r.key}}
	for _, k := range []string{"chart", "instance", "metric"} {
		if v := d.query.Get(k); v != "" {
			q.Set(k, v)
		}
	}
	out.CSV = d.path + "/chart.csv?" + q.Encode()
	return out, s.fill(ctx, d, out, list[chosen], r, d.path+"/chart?"+q.Encode())
}

func (s *Server) seriesOf(ctx context.Context, checks []appliance.Check) ([]appliance.SeriesInfo, error) {
	var all []appliance.SeriesInfo
	for _, c := range checks {
		list, err := s.App.Series(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// deviceChart answers with the columns of the chart for the script.
func (s *Server) deviceChart(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	d, err := s.subjectOf(c, l)
	if err != nil {
		return err
	}
	page, err := s.chartOf(c.Request().Context(), d)
	if err != nil {
		return err
	}
	return s.chartAnswer(c, l, page)
}

func (s *Server) chartAnswer(c echo.Context, l *Lang, page *view.DeviceChart) error {
	if page == nil {
		return appliance.ErrNotFound
	}
	b, err := l.ChartJSON(page.Chart)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
	return c.JSONBlob(http.StatusOK, b)
}

// deviceChartCSV gives the chart's numbers in finer steps than a picture has, with the extremes of each step.
func (s *Server) deviceChartCSV(c echo.Context) error {
	d, err := s.subjectOf(c, s.render.Lang("en"))
	if err != nil {
		return err
	}
	return s.subjectCSV(c, d)
}

func (s *Server) subjectCSV(c echo.Context, d *subject) error {
	series, err := s.seriesOf(c.Request().Context(), d.DeviceView.Checks)
	if err != nil {
		return err
	}
	list, chosen := d.plots(series)
	if len(list) == 0 {
		return appliance.ErrNotFound
	}
	r := rangeOf(d.query.Get("range"), list[chosen])
	return s.seriesCSV(c, d.Name+"-"+list[chosen].key+"-"+r.key, list[chosen].lines, r)
}

// csvPoints bounds a file: half a week of minutes.
const csvPoints = 5000

func (s *Server) seriesCSV(c echo.Context, name string, lines []plotLine, r chartRange) error {
	heads := []string{"time"}
	cols := make([]appliance.Column, len(lines))
	now := s.App.Now()
	for i, line := range lines {
		var err error
		if cols[i], err = s.App.Samples(c.Request().Context(), line.ID, now.Add(-r.span), now, csvPoints); err != nil {
			return err
		}
		head := line.Metric
		if line.Instance != "" {
			head += "[" + line.Instance + "]"
		}
		heads = append(heads, head, head+" min", head+" max")
	}
	var rows [][]string
	l := s.render.Lang("en")
	for i := range cols[0].Number {
		t := cols[0].Start.Add(time.Duration(i) * cols[0].Step)
		row := []string{l.iso(t)}
		for _, col := range cols {
			j := at(col, t)
			row = append(row, cell(pickAt(col.Number, j)), cell(pickAt(col.Min, j)), cell(pickAt(col.Max, j)))
		}
		rows = append(rows, row)
	}
	return WriteCSV(c, name, heads, rows)
}

// cell is a number in a file; a gap is empty.
func cell(x float64) string {
	if !known(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
