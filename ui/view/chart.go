package view

import "time"

// Chart is one diagram over time from columns: T and every series have the same length, NaN is a gap.
type Chart struct {
	ID      string // unique on the page, letters, digits and dashes
	Label   string // the sentence for those who do not see it: least, most, gaps
	Unit    string // base unit as in the metric: "%", "B", "bit/s", "s", "°C"
	From    time.Time
	To      time.Time
	T       []int64 // seconds since 1970, ascending
	Series  []Series
	Limits  []Limit
	Windows []Span // announced maintenance
	// Min and Max fix the scale; equal values leave it to the data. Percent is always 0 to 100.
	Min, Max float64
	DataURL  string // the same columns as JSON; empty draws only the picture of the server
}

// Series is one line. V has a value for each T.
type Series struct {
	Name string
	V    []float64
}

// Limit is a dashed line with its number. Level is warning or critical.
type Limit struct {
	Value float64
	Level string
}

// Span is a stretch of time.
type Span struct{ From, To time.Time }

// ChartRow is one line of the numbers as a table; V has a value for each series.
type ChartRow struct {
	At time.Time
	V  []float64
}

// Rows are the numbers as a table, newest first, thinned evenly so that there are at most limit; the CSV has them all.
func (c Chart) Rows(limit int) []ChartRow {
	step := max((len(c.T)+limit-1)/limit, 1)
	var out []ChartRow
	for i := len(c.T) - 1; i >= 0; i -= step {
		row := ChartRow{At: time.Unix(c.T[i], 0)}
		for _, s := range c.Series {
			row.V = append(row.V, s.V[i])
		}
		out = append(out, row)
	}
	return out
}
