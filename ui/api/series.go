package api

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
)

// Series is one line of numbers over time.
type Series struct {
	Check    ID         `json:"check"`
	Metric   string     `json:"metric"`
	Instance string     `json:"instance,omitempty"`
	Label    string     `json:"label,omitempty"`
	Unit     string     `json:"unit,omitempty"`
	Seconds  float64    `json:"step_seconds" doc:"Between two samples."`
	Last     *time.Time `json:"last,omitempty"`
}

// Column is a stretch of one series: one number each step from start on, null where nothing is known. After thinning, min
// and max have the extremes of each step and numbers the means; else they are left out.
type Column struct {
	Series
	Start   time.Time `json:"start"`
	Step    float64   `json:"seconds" doc:"Between two numbers of this column."`
	Numbers Numbers   `json:"numbers"`
	Min     Numbers   `json:"min,omitempty"`
	Max     Numbers   `json:"max,omitempty"`
}

// Numbers are floats whose gaps (NaN) are null in JSON.
type Numbers []float64

// MarshalJSON writes gaps as null.
func (n Numbers) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 2+8*len(n))
	b = append(b, '[')
	for i, f := range n {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, f, 'g', -1, 64)
	}
	return append(b, ']'), nil
}

// Schema tells OpenAPI what MarshalJSON writes.
func (Numbers) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber, Format: "double", Nullable: true}}
}

// Columns are the answer to a question for samples.
type Columns struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Columns []Column  `json:"columns" nullable:"false"`
}

// maxColumns of one answer; a switch with 500 ports is asked metric by metric or port by port.
const maxColumns = 200

type sampleFilter struct {
	Check    ID        `query:"check" required:"true" minimum:"1"`
	Metric   string    `query:"metric" maxLength:"100" doc:"if.in, storage.used_percent, …; left out: all."`
	Instance string    `query:"instance" maxLength:"200"`
	From     time.Time `query:"from" doc:"A day before the end when left out."`
	To       time.Time `query:"to" doc:"Now when left out."`
	Points   int       `query:"points" minimum:"1" maximum:"5000" default:"500" doc:"About how many numbers a column has at most."`
}

func (a *API) seriesRoutes() {
	register(a, operation("GET", "/series", "listSeries", "List what is recorded of a check"), a.listSeries)
	register(a, operation("GET", "/samples", "getSamples", "Numbers over time", 404, 413), a.getSamples)
}

func (a *API) listSeries(ctx context.Context, in *struct {
	Paging
	Check ID `query:"check" required:"true" minimum:"1"`
}) (*pageOutput[Series], error) {
	list, err := a.app.Series(ctx, in.Check)
	if err != nil {
		return nil, a.fail("listSeries", err)
	}
	p, err := page(mapped(list, seriesOf), in.Paging, orders[Series]{
		"metric": func(x, y Series) int { return fold(x.Metric, y.Metric) },
		"label":  func(x, y Series) int { return fold(x.Label, y.Label) },
	}, "metric")
	return p, a.fail("listSeries", err)
}

func seriesOf(s appliance.SeriesInfo) Series {
	return Series{Check: s.Check, Metric: s.Metric, Instance: s.Instance, Label: s.Label, Unit: s.Unit, Seconds: s.Step.Seconds(), Last: when(s.Last)}
}

func (a *API) getSamples(ctx context.Context, in *sampleFilter) (*struct{ Body Columns }, error) {
	if in.To.IsZero() {
		in.To = a.app.Now()
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-24 * time.Hour)
	}
	if !in.From.Before(in.To) {
		return nil, a.fail("getSamples", appliance.Errorf(appliance.CodeInvalid, "from must be before to"))
	}
	list, err := a.app.Series(ctx, in.Check)
	if err != nil {
		return nil, a.fail("getSamples", err)
	}
	out := Columns{From: in.From, To: in.To, Columns: []Column{}}
	for _, s := range list {
		if in.Metric != "" && in.Metric != s.Metric || in.Instance != "" && in.Instance != s.Instance {
			continue
		}
		if len(out.Columns) == maxColumns {
			return nil, a.fail("getSamples", appliance.Errorf(appliance.CodeTooLarge, "this would be more than %d columns; name a metric or an instance", maxColumns))
		}
		c, err := a.app.Samples(ctx, s.ID, in.From, in.To, in.Points)
		if err != nil {
			return nil, a.fail("getSamples", err)
		}
		out.Columns = append(out.Columns, Column{Series: seriesOf(s), Start: c.Start, Step: c.Step.Seconds(),
			Numbers: append(Numbers{}, c.Number...), Min: c.Min, Max: c.Max})
	}
	return &struct{ Body Columns }{out}, nil
}
