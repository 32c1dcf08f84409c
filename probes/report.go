package probes

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"siteward/appliance"
)

// ReportSchema names the form of Report. Keys may be added to it, none change their meaning.
const ReportSchema = "siteward.probe.v1"

// Report is what `siteward probe ping|tcp|http|nut|apcupsd … --json` prints, described in docs/probe-ping-tcp-http.md and docs/ups.md.
type Report struct {
	Schema  string             `json:"schema"`
	Kind    string             `json:"kind"`   // ping, tcp, http, nut, apcupsd
	Target  string             `json:"target"` // as given: host, host:port or URL
	At      time.Time          `json:"at"`     // when the run began, UTC
	Took    float64            `json:"took_seconds"`
	OK      bool               `json:"ok"`    // state is "ok"
	State   appliance.State    `json:"state"` // ok, warning, critical, nodata
	Values  map[string]float64 `json:"values"`
	Units   map[string]string  `json:"units"` // of the values that have one
	Texts   map[string]string  `json:"texts"`
	Words   map[string]string  `json:"words,omitempty"` // of the statuses that a device names itself
	Failure *ReportFailure     `json:"failure,omitempty"`
	Log     []ReportLine       `json:"log"`
}

// ReportFailure is why there is no proper answer.
type ReportFailure struct {
	Reason appliance.Reason `json:"reason"`
	Detail string           `json:"detail"`
	Ours   bool             `json:"ours"` // the appliance could not ask; nothing is known of the device
}

// ReportLine is a line of the run's log.
type ReportLine struct {
	After float64 `json:"after_seconds"`
	Text  string  `json:"text"`
}

// NewReport puts a reading into the documented form. The state comes from whoever judged it; a caller without a
// monitor takes StateOf.
func NewReport(kind appliance.ProbeKind, target string, r appliance.Reading, state appliance.State) Report {
	out := Report{Schema: ReportSchema, Kind: string(kind), Target: target, At: r.At.UTC(), Took: r.Took.Seconds(),
		OK: state == appliance.StateOK, State: state,
		Values: map[string]float64{}, Units: map[string]string{}, Texts: map[string]string{}, Log: []ReportLine{}}
	for _, v := range r.Values {
		if math.IsNaN(v.Number) || math.IsInf(v.Number, 0) {
			continue
		}
		key := rowOf(v.Metric, v.Instance)
		out.Values[key] = v.Number
		if v.Unit != "" {
			out.Units[key] = v.Unit
		}
	}
	for _, s := range r.Statuses {
		if out.Words == nil {
			out.Words = map[string]string{}
		}
		out.Words[rowOf(s.Name, s.Instance)] = s.Word
	}
	for _, t := range r.Texts {
		out.Texts[t.Name] = t.Value
	}
	if f := r.Failure; f != nil {
		out.Failure = &ReportFailure{Reason: f.Reason, Detail: f.Detail, Ours: f.Ours}
	}
	for _, l := range r.Log {
		out.Log = append(out.Log, ReportLine{After: l.After.Seconds(), Text: l.Text})
	}
	return out
}

// rowOf is the name of a number or a word, with the row that it belongs to: "ups.input_voltage/2".
func rowOf(name, instance string) string {
	if instance == "" {
		return name
	}
	return name + "/" + instance
}

// Encode writes the report as indented JSON with a line end.
func (r Report) Encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// StateOf is the state of a reading without limits and history: answered, or not, or not asked.
func StateOf(r appliance.Reading) appliance.State {
	switch {
	case r.Failure == nil:
		return appliance.StateOK
	case r.Failure.Ours:
		return appliance.StateNoData
	}
	return appliance.StateCritical
}

// ExitCode is what `siteward probe` exits with, as monitoring plugins do: 0 OK, 1 warning, 2 critical, 3 unknown.
func ExitCode(s appliance.State) int {
	switch s {
	case appliance.StateOK:
		return 0
	case appliance.StateWarning:
		return 1
	case appliance.StateCritical:
		return 2
	}
	return 3
}
