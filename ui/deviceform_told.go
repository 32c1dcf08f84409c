package ui

import (
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

// probeNames are the same in every language.
var probeNames = map[appliance.ProbeKind]string{appliance.ProbePing: "Ping", appliance.ProbeSNMP: "SNMP", appliance.ProbeTCP: "TCP", appliance.ProbeHTTP: "HTTP",
	appliance.ProbeNUT: "NUT", appliance.ProbeApcupsd: "apcupsd"}

func probeName(p appliance.ProbeKind) string { return probeNames[p] }

// triedPart says whether one way of asking works, and what to do when it does not.
func (l *Lang) triedPart(a answer) view.TriedPart {
	r, probe := a.reading, string(a.check.Probe)
	if f := r.Failure; f != nil {
		p := view.TriedPart{State: appliance.StateCritical.String(), Title: l.T("deviceform.silent_" + probe), Text: l.toDo(f.Reason, probe)}
		if f.Ours {
			p.State = appliance.StateNoData.String()
		}
		return p
	}
	p := view.TriedPart{State: appliance.StateOK.String(), Title: l.T("deviceform.answers_"+probe, "took", l.seconds(took(r)))}
	if r.Partial {
		p.State, p.Text = appliance.StateWarning.String(), l.T("deviceform.partial")
	}
	return p
}

// took is the time of the answer itself where the probe measures it.
func took(r appliance.Reading) float64 {
	for _, v := range r.Values {
		if v.Metric == "ping.rtt" {
			return v.Number
		}
	}
	return r.Took.Seconds()
}

// toDo is what a person can do about a failure: by reason and probe, else by reason.
func (l *Lang) toDo(why appliance.Reason, probe string) string {
	if key := "deviceform.todo_" + string(why) + "_" + probe; l.Has(key) {
		return l.T(key)
	}
	if key := "deviceform.todo_" + string(why); l.Has(key) {
		return l.T(key)
	}
	return l.T("deviceform.todo_protocol")
}

// triedFacts is what the device says it is.
func (l *Lang) triedFacts(r appliance.Reading) []view.Fact {
	var out []view.Fact
	add := func(word, value string, mono bool) {
		if value = strings.TrimSpace(value); value != "" {
			out = append(out, view.Fact{Name: l.T("deviceform.fact_" + word), Value: value, Mono: mono})
		}
	}
	if id := r.Identity; id != nil {
		add("model", id.Product(), false)
		if id.Kind != "" {
			add("kind", l.Kind(id.Kind), false)
		}
		add("serial", id.Serial, true)
		add("firmware", id.Firmware, false)
		add("sysname", id.SysName, false)
		add("location", id.SysLocation, false)
		add("descr", id.SysDescr, false)
		add("profiles", strings.Join(id.Profiles, ", "), true)
	}
	if !r.UpSince.IsZero() {
		add("up", l.When(r.UpSince), false)
	}
	for _, family := range []string{"if", "storage", "supply"} {
		if n := instances(r, family); n > 0 {
			add(family, l.Int(int64(n)), false)
		}
	}
	return out
}

// instances counts the ports, storages or supplies that a reading tells of.
func instances(r appliance.Reading, family string) int {
	seen := map[string]bool{}
	note := func(name, instance string) {
		if strings.HasPrefix(name, family+".") && instance != "" {
			seen[instance] = true
		}
	}
	for _, v := range r.Values {
		note(v.Metric, v.Instance)
	}
	for _, st := range r.Statuses {
		note(st.Name, st.Instance)
	}
	return len(seen)
}

// maxTold is how many numbers a test shows; the rest is on the page of the device.
const maxTold = 8

// judged are the metrics that have limits of their own accord, without those of single ports.
var judged = func() []string {
	var out []string
	for _, d := range monitor.Defaults() {
		if !d.Marked {
			out = append(out, d.Metric)
		}
	}
	return out
}()

// triedValues are the numbers that matter, in the order of the defaults, and what the device complains of.
func (l *Lang) triedValues(r appliance.Reading) []view.Fact {
	var out []view.Fact
	for _, st := range r.Statuses {
		if len(out) < maxTold/2 && (st.Severity == appliance.SeverityWarning || st.Severity == appliance.SeverityCritical) {
			out = append(out, view.Fact{Name: l.Item(appliance.Item(st.Name, st.Instance), st.Label), Value: st.Word, Mono: true})
		}
	}
	values := slices.Clone(r.Values)
	slices.SortStableFunc(values, func(a, b appliance.Value) int {
		return slices.Index(judged, a.Metric) - slices.Index(judged, b.Metric)
	})
	for _, v := range values {
		if len(out) >= maxTold || !slices.Contains(judged, v.Metric) || strings.HasPrefix(v.Metric, "ping.") {
			continue
		}
		out = append(out, view.Fact{Name: l.metricOf(v.Metric, v.Label), Value: l.Value(v.Number, v.Unit)})
	}
	return out
}

// metricOf names a number and what it is about: "Storage used, /var".
func (l *Lang) metricOf(metric, label string) string {
	if label == "" {
		return l.Metric(metric)
	}
	return l.T("deviceform.metricof", "metric", l.Metric(metric), "label", label)
}
