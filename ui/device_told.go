package ui

import (
	"context"
	"math"
	"strings"

	"siteward/appliance"
)

// told is what the last readings of a device's checks brought back.
type told struct {
	readings map[appliance.ID]appliance.Reading
	values   map[string][]toldValue // by metric, in the device's order
	statuses map[string][]toldStatus
	texts    map[string]string // by name, slash, instance
}

type toldValue struct {
	appliance.Value
	Check appliance.ID
}

type toldStatus struct {
	appliance.Status
	Check appliance.ID
}

// toldBy loads the readings. A check that has none yet tells nothing.
func (s *Server) toldBy(ctx context.Context, checks []appliance.Check) (told, error) {
	t := told{readings: map[appliance.ID]appliance.Reading{}, values: map[string][]toldValue{}, statuses: map[string][]toldStatus{}, texts: map[string]string{}}
	for _, c := range checks {
		r, err := s.App.LastReading(ctx, c.ID)
		if appliance.CodeOf(err) == appliance.CodeNotFound || err == nil && r.At.IsZero() {
			continue
		}
		if err != nil {
			return t, err
		}
		t.add(c.ID, r)
	}
	return t, nil
}

func (t *told) add(check appliance.ID, r appliance.Reading) {
	t.readings[check] = r
	for _, v := range r.Values {
		t.values[v.Metric] = append(t.values[v.Metric], toldValue{v, check})
	}
	for _, s := range r.Statuses {
		t.statuses[s.Name] = append(t.statuses[s.Name], toldStatus{s, check})
	}
	for _, x := range r.Texts {
		if k := x.Name + "/" + x.Instance; t.texts[k] == "" {
			t.texts[k] = x.Value
		}
	}
}

// number is the first value of a metric that is known.
func (t *told) number(metric string) (toldValue, bool) {
	for _, v := range t.values[metric] {
		if known(v.Number) {
			return v, true
		}
	}
	return toldValue{Value: appliance.Value{Number: math.NaN()}}, false
}

// of is the number of a metric for one instance of one check, NaN when it was not told.
func (t *told) of(check appliance.ID, metric, instance string) float64 {
	for _, v := range t.values[metric] {
		if v.Instance == instance && v.Check == check {
			return v.Number
		}
	}
	return math.NaN()
}

// word is the first status of a name.
func (t *told) word(name string) (toldStatus, bool) {
	if list := t.statuses[name]; len(list) > 0 {
		return list[0], true
	}
	return toldStatus{}, false
}

func (t *told) text(name, instance string) string { return t.texts[name+"/"+instance] }

// has says whether anything of a family was told.
func (t *told) has(family string) bool {
	for metric := range t.values {
		if strings.HasPrefix(metric, family+".") {
			return true
		}
	}
	for name := range t.statuses {
		if strings.HasPrefix(name, family+".") {
			return true
		}
	}
	return false
}

// probeWords name protocols as a technician does.
var probeWords = map[appliance.ProbeKind]string{appliance.ProbePing: "ping", appliance.ProbeSNMP: "SNMP", appliance.ProbeTCP: "TCP", appliance.ProbeHTTP: "HTTP",
	appliance.ProbeNUT: "NUT", appliance.ProbeApcupsd: "apcupsd"}

func known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// severityState is what a device's own word means.
var severityState = map[appliance.Severity]appliance.State{
	appliance.SeverityOK: appliance.StateOK, appliance.SeverityWarning: appliance.StateWarning,
	appliance.SeverityCritical: appliance.StateCritical, appliance.SeverityUnknown: appliance.StateNoData,
}
