package api

import (
	"context"
	"math"
	"time"

	"siteward/appliance"
)

// Reading is what one run of a check brought back.
type Reading struct {
	Check    ID                 `json:"check"`
	At       time.Time          `json:"at"`
	Seconds  float64            `json:"seconds" doc:"How long it took."`
	Failure  *appliance.Failure `json:"failure,omitempty" doc:"Why there is no answer; left out when the device answered."`
	Partial  bool               `json:"partial,omitempty" doc:"Answered, but not everything was told."`
	UpSince  *time.Time         `json:"up_since,omitempty"`
	Identity *Identity          `json:"identity,omitempty"`
	Values   []Value            `json:"values" nullable:"false"`
	Statuses []Status           `json:"statuses" nullable:"false"`
	Texts    []appliance.Text   `json:"texts" nullable:"false"`
	Log      []LogLine          `json:"log" nullable:"false" doc:"What was asked, and why it did not go well."`
}

// Value is a number that was read, in base units; counters are rates a second.
type Value struct {
	Metric   string   `json:"metric"`
	Instance string   `json:"instance,omitempty"`
	Label    string   `json:"label,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Number   *float64 `json:"number" doc:"null while it is not known, such as a rate before the second reading."`
	Source   string   `json:"source,omitempty"`
}

// Status is a state that the device names itself.
type Status struct {
	Name     string `json:"name"`
	Instance string `json:"instance,omitempty"`
	Label    string `json:"label,omitempty"`
	Word     string `json:"word"`
	Raw      string `json:"raw"`
	Severity string `json:"severity" enum:"none,ok,warning,critical,unknown"`
	Source   string `json:"source,omitempty"`
}

// LogLine is one line of a run's own log.
type LogLine struct {
	Seconds float64 `json:"seconds" doc:"Since the run began."`
	Text    string  `json:"text"`
}

var severityNames = map[appliance.Severity]string{
	appliance.SeverityNone: "none", appliance.SeverityOK: "ok", appliance.SeverityWarning: "warning",
	appliance.SeverityCritical: "critical", appliance.SeverityUnknown: "unknown",
}

func readingOf(r appliance.Reading) Reading {
	return Reading{Check: r.Check, At: r.At, Seconds: r.Took.Seconds(), Failure: r.Failure, Partial: r.Partial, UpSince: when(r.UpSince),
		Identity: r.Identity, Texts: append([]appliance.Text{}, r.Texts...),
		Values: mapped(r.Values, func(v appliance.Value) Value {
			return Value{Metric: v.Metric, Instance: v.Instance, Label: v.Label, Unit: v.Unit, Number: number(v.Number), Source: v.Source}
		}),
		Statuses: mapped(r.Statuses, func(s appliance.Status) Status {
			return Status{Name: s.Name, Instance: s.Instance, Label: s.Label, Word: s.Word, Raw: s.Raw, Severity: severityNames[s.Severity], Source: s.Source}
		}),
		Log: mapped(r.Log, func(l appliance.LogLine) LogLine { return LogLine{l.After.Seconds(), l.Text} }),
	}
}

// number leaves out what JSON cannot say.
func number(f float64) *float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return &f
}

type readingOutput struct {
	Body Reading
}

func (a *API) runCheck(ctx context.Context, in *RecordKey) (*readingOutput, error) {
	r, err := a.app.RunNow(ctx, actor(ctx), in.ID)
	if err != nil {
		return nil, a.fail("runCheck", err)
	}
	return &readingOutput{readingOf(r)}, nil
}

func (a *API) getReading(ctx context.Context, in *RecordKey) (*readingOutput, error) {
	r, err := a.app.LastReading(ctx, in.ID)
	if err != nil {
		return nil, a.fail("getReading", err)
	}
	return &readingOutput{readingOf(r)}, nil
}
