package daemon

import (
	"math"
	"time"

	"siteward/appliance"
)

// shapes remember which series the numbers of a check go to. A device tells the same numbers in the same order each time,
// so a steady poll only compares, and asks the store nothing.
type shapes struct {
	by      map[appliance.ID][]appliance.SeriesInfo
	samples []appliance.Sample // of the reading being stored; used again
}

func (s *shapes) forget(check appliance.ID) { delete(s.by, check) }

// forgetAll follows the retention, which may have dropped series.
func (s *shapes) forgetAll() { s.by = nil }

// samples are the numbers to keep: all that are known, under the numbers of their series. They are good until the next call.
func (d *Daemon) samples(c appliance.Check, r appliance.Reading) ([]appliance.Sample, error) {
	if len(r.Values) == 0 {
		return nil, nil
	}
	infos, err := d.seriesOf(c, r.Values)
	if err != nil {
		return nil, err
	}
	out := d.shapes.samples[:0]
	for i := range r.Values {
		if x := r.Values[i].Number; !math.IsNaN(x) && !math.IsInf(x, 0) {
			out = append(out, appliance.Sample{Series: infos[i].ID, Number: x})
		}
	}
	d.shapes.samples = out
	return out, nil
}

func (d *Daemon) seriesOf(c appliance.Check, values []appliance.Value) ([]appliance.SeriesInfo, error) {
	step := time.Duration(c.Interval)
	if infos := d.shapes.by[c.ID]; fits(infos, values, step) {
		return infos, nil
	}
	infos := make([]appliance.SeriesInfo, len(values))
	for i, v := range values {
		infos[i] = appliance.SeriesInfo{SeriesKey: appliance.SeriesKey{Check: c.ID, Metric: v.Metric, Instance: v.Instance},
			Label: v.Label, Unit: v.Unit, Step: step}
	}
	if err := d.store.SeriesFor(infos); err != nil {
		return nil, err
	}
	if d.shapes.by == nil {
		d.shapes.by = map[appliance.ID][]appliance.SeriesInfo{}
	}
	d.shapes.by[c.ID] = infos
	return infos, nil
}

func fits(infos []appliance.SeriesInfo, values []appliance.Value, step time.Duration) bool {
	if len(infos) != len(values) {
		return false
	}
	for i := range infos {
		s, v := &infos[i], &values[i]
		if s.Metric != v.Metric || s.Instance != v.Instance || s.Label != v.Label || s.Unit != v.Unit || s.Step != step {
			return false
		}
	}
	return true
}
