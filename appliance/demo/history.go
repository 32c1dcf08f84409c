package demo

import (
	"context"
	"hash/fnv"
	"math"
	"strings"
	"time"

	"siteward/appliance"
)

// stretch is a time of the demo's past in which something was wrong, counted back from now.
type stretch struct {
	ago, lasted time.Duration
}

func (s stretch) covers(ago time.Duration) bool { return ago <= s.ago && ago > s.ago-s.lasted }

// What happened in the demo's past.
var (
	outages = []stretch{{21*day + 5*time.Hour, 3 * time.Minute}, {9*day + 19*time.Hour, 26 * time.Minute}} // the mains
	silent  = []stretch{{5*day + 22*time.Hour, 45 * time.Minute}}                                          // silentDevice
	absent  = []stretch{{14*day + 6*time.Hour, 70 * time.Minute}}                                          // the appliance itself
)

const day = 24 * time.Hour

func within(list []stretch, ago time.Duration) bool {
	for _, s := range list {
		if s.covers(ago) {
			return true
		}
	}
	return false
}

// remember writes the numbers of the past: lines that end where the devices' answers of today stand.
func (d *Demo) remember(ctx context.Context) error {
	devices, err := d.Daemon.Devices(ctx)
	if err != nil {
		return err
	}
	for _, dev := range devices {
		for _, c := range dev.Checks {
			if err := d.rememberCheck(ctx, dev, c); err != nil {
				return err
			}
		}
	}
	return d.Daemon.Store().Sync()
}

func (d *Demo) rememberCheck(ctx context.Context, dev appliance.DeviceView, c appliance.Check) error {
	reading, err := d.Daemon.LastReading(ctx, c.ID)
	if err != nil {
		return err
	}
	infos, err := d.Daemon.Series(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, info := range infos {
		shape := shapeOf(info, reading)
		if shape == nil {
			continue
		}
		if err := d.Daemon.Store().Import(info, d.column(info, dev.Name, shape)); err != nil {
			return err
		}
	}
	return nil
}

// column draws a shape over the past, with gaps where nobody looked or nothing answered.
func (d *Demo) column(info appliance.SeriesInfo, device string, f shape) appliance.Column {
	step := info.Step
	end := time.Now().Truncate(step)
	n := int(time.Duration(d.o.Days) * day / step)
	c := appliance.Column{Start: end.Add(-time.Duration(n) * step), Step: step, Number: make([]float64, n)}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		zone = time.UTC
	}
	noise := newNoise(device + info.Metric + info.Instance)
	for i := range c.Number {
		ago := time.Duration(n-i) * step
		c.Number[i] = math.NaN()
		if within(absent, ago) || device == silentDevice && within(silent, ago) {
			continue
		}
		c.Number[i] = f(moment{ago: ago, busy: busy(c.Start.Add(time.Duration(i) * step).In(zone)), noise: noise.next(), seed: noise.seed})
	}
	return c
}

// moment is what a shape may depend on.
type moment struct {
	ago   time.Duration
	busy  float64 // 0 at night to 1 in the middle of a working day
	noise float64 // -1 to 1
	seed  float64 // 0 to 1, the same for the whole series
}

// shape gives a number for a moment of the past.
type shape func(moment) float64

// shapeOf finds the shape of a series, nil for those that need no past.
func shapeOf(info appliance.SeriesInfo, r appliance.Reading) shape {
	now := math.NaN()
	for _, v := range r.Values {
		if v.Metric == info.Metric && v.Instance == info.Instance {
			now = v.Number
		}
	}
	switch info.Metric {
	case "if.in", "if.out":
		if !linkUp(r, info.Instance) {
			return nil
		}
		return traffic(info.Metric)
	case "ping.rtt":
		return func(m moment) float64 { return round(0.0004+0.0002*m.seed+0.0003*m.busy+0.00005*m.noise, 6) }
	case "ping.loss":
		return func(moment) float64 { return 0 }
	case "http.duration":
		return func(m moment) float64 { return round(0.08+0.05*m.busy+0.01*m.noise, 4) }
	case "ups.charge_percent":
		return onMains(100, 78)
	case "ups.runtime":
		return onMains(now, now*0.7)
	case "ups.load_percent":
		return func(m moment) float64 { return math.Round(24 + 4*m.busy + m.noise) }
	case "ups.input_voltage":
		return onMains(231, 0)
	case "cpu.load_percent":
		return func(m moment) float64 { return math.Round(math.Max(1, 4+(now*1.4)*m.busy+3*m.noise)) }
	case "memory.used_percent", "memory.used":
		return func(m moment) float64 { return round(now*(0.9+0.08*m.busy+0.01*m.noise), 1) }
	case "storage.used", "storage.used_percent":
		return func(m moment) float64 { return round(now*(1-0.10*float64(m.ago)/float64(30*day)), 1) }
	case "supply.level_percent":
		return func(m moment) float64 { return math.Round(math.Min(100, now+22*float64(m.ago)/float64(30*day))) }
	case "temperature.celsius", "ups.temperature":
		return func(m moment) float64 { return math.Round(now - 2 + 2.5*m.busy + 0.5*m.noise) }
	}
	return nil
}

func onMains(good, bad float64) shape {
	if math.IsNaN(good) || math.IsNaN(bad) {
		return nil
	}
	return func(m moment) float64 {
		if within(outages, m.ago) {
			return bad
		}
		return good
	}
}

// traffic of a port in bit/s: a floor, office hours, and a copy at night for some.
func traffic(metric string) shape {
	scale := 40e6
	if strings.HasSuffix(metric, "out") {
		scale = 65e6
	}
	return func(m moment) float64 {
		return math.Round(math.Max(0, scale*m.seed*(0.02+m.busy*(0.8+0.4*m.noise)))/1000) * 1000
	}
}

func linkUp(r appliance.Reading, instance string) bool {
	for _, s := range r.Statuses {
		if s.Name == "if.oper_status" && s.Instance == instance {
			return s.Word == "up"
		}
	}
	return false
}

// busy is how much is going on at a time of the week.
func busy(t time.Time) float64 {
	hour := float64(t.Hour()) + float64(t.Minute())/60
	if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday || hour < 7.5 || hour > 18.5 {
		return 0
	}
	return math.Sin((hour-7.5)/11*math.Pi)*0.8 + 0.2
}

func round(x float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(x*p) / p
}

// noise is a small generator of its own for each series: the same past at each start.
type noise struct {
	state uint64
	seed  float64
}

func newNoise(name string) *noise {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	n := &noise{state: h.Sum64() | 1}
	n.seed = (n.next() + 1) / 2
	return n
}

func (n *noise) next() float64 { // xorshift64*
	n.state ^= n.state >> 12
	n.state ^= n.state << 25
	n.state ^= n.state >> 27
	return float64(int64(n.state*2685821657736338717)>>11) / (1 << 52)
}
