package appliance

import "time"

// SeriesKey names one line of numbers over time: a metric of an instance as one check reads it.
type SeriesKey struct {
	Check    ID     `json:"check"`
	Metric   string `json:"metric"`
	Instance string `json:"instance,omitempty"`
}

// SeriesInfo is a series with what charts need to know of it.
type SeriesInfo struct {
	ID uint32 `json:"id"` // given by the store, never used again
	SeriesKey
	Label string        `json:"label,omitempty"`
	Unit  string        `json:"unit,omitempty"`
	Step  time.Duration `json:"step"` // the check's interval: the distance of two slots
	Last  time.Time     `json:"last,omitzero"`
}

// Sample is one number of one series. NaN is a gap and is not stored.
type Sample struct {
	Series uint32
	Number float64
}

// Column is a stretch of one series for a chart: one number each Step from Start on, NaN where nothing is known.
// After thinning, Min and Max hold the extremes of each step and Number its mean; else they are nil.
type Column struct {
	Start  time.Time
	Step   time.Duration
	Number []float64
	Min    []float64
	Max    []float64
}
