package daemon

import (
	"siteward/appliance"
	"siteward/appliance/series"
)

// raters keep what each check's counters stood at, as long as the check is known.
type raters map[appliance.ID]*series.Rater

// apply turns counters into rates by what the same check read before.
func (r *raters) apply(reading *appliance.Reading) {
	if reading.Failure != nil || len(reading.Values) == 0 {
		return
	}
	if *r == nil {
		*r = raters{}
	}
	rater, ok := (*r)[reading.Check]
	if !ok {
		rater = &series.Rater{}
		(*r)[reading.Check] = rater
	}
	rater.Apply(reading)
}

func (r raters) forget(check appliance.ID) { delete(r, check) }
