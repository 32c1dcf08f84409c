package series

import (
	"math"
	"testing"
	"time"

	"siteward/appliance"
)

func TestRates(t *testing.T) {
	start := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	up := start.Add(-time.Hour)
	nan := math.NaN()
	type reading struct {
		after time.Duration
		raw   uint64
		up    time.Time
		want  float64
	}
	for name, c := range map[string]struct {
		kind     appliance.ValueKind
		scale    float64
		unit     string
		speed    float64
		readings []reading
	}{
		"the first reading is not known": {appliance.Counter64, 1, "", 0, []reading{{0, 5, up, nan}, {time.Minute, 65, up, 1}}},
		"octets become bits":             {appliance.Counter64, 8, "bit/s", 0, []reading{{0, 0, up, nan}, {time.Minute, 6000, up, 800}}},
		"a 32-bit counter wraps":         {appliance.Counter32, 1, "", 0, []reading{{0, math.MaxUint32 - 29, up, nan}, {time.Minute, 30, up, 1}}},
		"a 64-bit counter wraps":         {appliance.Counter64, 1, "", 0, []reading{{0, math.MaxUint64 - 29, up, nan}, {time.Minute, 30, up, 1}}},
		"a restart begins anew":          {appliance.Counter32, 1, "", 0, []reading{{0, 1e6, up, nan}, {time.Minute, 30, start.Add(30 * time.Second), nan}, {2 * time.Minute, 90, start.Add(30 * time.Second), 1}}},
		"uptime that moves a little":     {appliance.Counter32, 1, "", 0, []reading{{0, 0, up, nan}, {time.Minute, 60, up.Add(2 * time.Second), 1}}},
		"set back without a word, 64":    {appliance.Counter64, 1, "", 0, []reading{{0, 1e12, time.Time{}, nan}, {time.Minute, 30, time.Time{}, nan}, {2 * time.Minute, 90, time.Time{}, 1}}},
		"set back without a word, 32":    {appliance.Counter32, 1, "", 0, []reading{{0, 1e6, time.Time{}, nan}, {time.Minute, 30, time.Time{}, nan}}},
		"faster than the port":           {appliance.Counter64, 8, "bit/s", 1e9, []reading{{0, 0, up, nan}, {time.Minute, 60 * 2e8, up, nan}}},
		"as fast as the port":            {appliance.Counter64, 8, "bit/s", 1e9, []reading{{0, 0, up, nan}, {time.Minute, 60 * 1.25e8, up, 1e9}}},
		"a fast port may wrap twice":     {appliance.Counter32, 8, "bit/s", 1e9, []reading{{0, 0, up, nan}, {time.Minute, 1000, up, nan}}},
		"a slow port may not":            {appliance.Counter32, 8, "bit/s", 1e8, []reading{{0, math.MaxUint32, up, nan}, {time.Minute, 749, up, 100}}},
		"a pause is averaged":            {appliance.Counter64, 1, "", 0, []reading{{0, 0, up, nan}, {time.Hour, 3600, up, 1}}},
		"days apart are not":             {appliance.Counter64, 1, "", 0, []reading{{0, 0, up, nan}, {72 * time.Hour, 3600, up, nan}}},
		"the clock went back":            {appliance.Counter64, 1, "", 0, []reading{{0, 0, up, nan}, {-time.Minute, 60, up, nan}, {time.Minute, 180, up, 1}}},
		"four digits are kept":           {appliance.Counter64, 1, "", 0, []reading{{0, 0, up, nan}, {time.Minute, 1234567, up, 20580}}},
	} {
		t.Run(name, func(t *testing.T) {
			var r Rater
			for i, in := range c.readings {
				reading := appliance.Reading{At: start.Add(in.after), UpSince: in.up, Values: []appliance.Value{
					{Metric: "if.in", Instance: "1", Kind: c.kind, Raw: in.raw, Scale: c.scale, Unit: c.unit},
					{Metric: "cpu", Number: 42},
				}}
				if c.speed > 0 {
					reading.Values = append(reading.Values, appliance.Value{Metric: "if.speed", Instance: "1", Number: c.speed})
				}
				r.Apply(&reading)
				if got := reading.Values[0].Number; got != in.want && !(math.IsNaN(got) && math.IsNaN(in.want)) {
					t.Errorf("reading %d: %v, want %v", i, got, in.want)
				}
				if reading.Values[1].Number != 42 {
					t.Error("a gauge was changed")
				}
			}
		})
	}
}

func TestRateSpansAReadingThatFailed(t *testing.T) {
	var r Rater
	start := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	at := func(minute int, raw uint64) appliance.Reading {
		return appliance.Reading{At: start.Add(time.Duration(minute) * time.Minute), Values: []appliance.Value{{Metric: "m", Kind: appliance.Counter64, Raw: raw}}}
	}
	first, failed, third := at(0, 0), appliance.Reading{At: start.Add(time.Minute), Failure: &appliance.Failure{}}, at(2, 240)
	r.Apply(&first)
	r.Apply(&failed)
	r.Apply(&third)
	if got := third.Values[0].Number; got != 2 {
		t.Errorf("rate %v, want 2", got)
	}
}
