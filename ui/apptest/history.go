package apptest

import (
	"context"
	"math"
	"slices"
	"time"

	"siteward/appliance"
)

// The past of the sample site. The appliance stood still for one afternoon, and began in summer.
var (
	Began     = Present.AddDate(0, -3, 0)
	StoodFrom = time.Date(2026, 11, 19, 16, 0, 0, 0, Present.Location())
	StoodTo   = time.Date(2026, 11, 19, 17, 50, 0, 0, Present.Location())
)

// Series gives the series of a check.
func (a *App) Series(_ context.Context, check appliance.ID) ([]appliance.SeriesInfo, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []appliance.SeriesInfo
	for _, s := range a.series {
		if s.Check == check {
			out = append(out, s)
		}
	}
	return out, nil
}

// Samples makes up the past of a series from its last number: a day's wave and some noise, the same at each call.
func (a *App) Samples(_ context.Context, series uint32, from, to time.Time, points int) (appliance.Column, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.series, func(s appliance.SeriesInfo) bool { return s.ID == series })
	if i < 0 || !to.After(from) || points < 1 {
		return appliance.Column{}, appliance.ErrNotFound
	}
	s := a.series[i]
	step := max(s.Step, (to.Sub(from)/time.Duration(points)+s.Step-1)/s.Step*s.Step)
	c := appliance.Column{Start: from.Truncate(step), Step: step}
	for t := c.Start; !t.After(to); t = t.Add(step) {
		a.slot(&c, s, t)
	}
	return c, nil
}

func (a *App) slot(c *appliance.Column, s appliance.SeriesInfo, t time.Time) {
	if c.Step == s.Step {
		c.Number = append(c.Number, a.past(s, t))
		return
	}
	lo, hi, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0
	for i := range 6 {
		if x := a.past(s, t.Add(c.Step*time.Duration(i)/6)); !math.IsNaN(x) {
			lo, hi, sum, n = math.Min(lo, x), math.Max(hi, x), sum+x, n+1
		}
	}
	mean := math.NaN()
	if n > 0 {
		mean = sum / float64(n)
	} else {
		lo, hi = mean, mean
	}
	c.Number, c.Min, c.Max = append(c.Number, mean), append(c.Min, lo), append(c.Max, hi)
}

func (a *App) past(s appliance.SeriesInfo, t time.Time) float64 {
	device := a.checks[s.Check].Device
	silent, gone := a.silent[device]
	switch {
	case t.Before(Began), t.After(s.Last), !t.Before(StoodFrom) && t.Before(StoodTo), gone && t.After(silent):
		return math.NaN()
	}
	now := a.lastNumber(s)
	hour := float64(t.Hour()) + float64(t.Minute())/60
	wave := math.Max(0, math.Sin((hour-6)/12*math.Pi)) // busy by day
	noise := float64(mixed(uint64(t.Unix()/300)+uint64(s.ID)<<40)%1000)/1000 - 0.5
	switch s.Metric {
	case "storage.used_percent", "storage.used":
		return now * (1 - 0.0012*Present.Sub(t).Hours()/24)
	case "supply.level_percent": // a cartridge lasts half a year
		return min(100, now+math.Floor(Present.Sub(t).Hours()/24/2))
	case "ups.charge_percent":
		return chargeAt(t)
	case "ups.runtime":
		return now*chargeAt(t)/100 + 60*math.Round(noise*1.5)
	case "if.in", "if.out":
		return now * (0.15 + wave + 0.3*noise)
	case "storage.size", "memory.size", "if.speed":
		return now
	}
	return now * (1 + 0.1*noise + 0.15*(wave-0.3))
}

// mixed is splitmix64: the same figure for the same time, and no pattern over times.
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// chargeAt is the battery of the UPS: one outage a week ago, and a test last night.
func chargeAt(t time.Time) float64 {
	for _, dip := range []struct {
		at    time.Time
		depth float64
	}{{Present.Add(-6 * time.Hour), 48}, {time.Date(2026, 11, 12, 19, 4, 0, 0, Present.Location()), 14}} {
		since := t.Sub(dip.at).Minutes()
		if since >= 0 && since < 20 {
			return 100 - dip.depth*since/20
		}
		if since >= 20 && since < 140 {
			return 100 - dip.depth*(140-since)/120
		}
	}
	return 100
}

func (a *App) lastNumber(s appliance.SeriesInfo) float64 {
	for _, v := range a.answers[s.Check].Values {
		if v.Metric == s.Metric && v.Instance == s.Instance {
			return v.Number
		}
	}
	return math.NaN()
}

// Events gives the journal, newest first.
func (a *App) Events(_ context.Context, f appliance.EventFilter) ([]appliance.Event, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.Limit == 0 {
		f.Limit = 100
	}
	var out []appliance.Event
	for _, e := range slices.Backward(a.events) {
		if len(out) < f.Limit && wanted(e, f) {
			out = append(out, e)
		}
	}
	return out, nil
}

func wanted(e appliance.Event, f appliance.EventFilter) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) && (f.Device == 0 || e.Device == f.Device) &&
		(f.Check == 0 || e.Check == f.Check) && (f.Since.IsZero() || !e.At.Before(f.Since)) &&
		(f.Before == 0 || e.Seq < f.Before) && e.Seq > f.After
}
