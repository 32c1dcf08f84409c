package ui

import (
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/ups"
	"siteward/ui/view"
)

// upsPanels are runtime, battery, supply and self-test, from whatever source told of a UPS.
func (d *subject) upsPanels() []view.Panel {
	if !d.told.has("ups") {
		return nil
	}
	var out []view.Panel
	if v, ok := d.told.number("ups.runtime"); ok {
		p := d.panelOf("hourglass", v)
		if load, ok := d.told.number("ups.load_percent"); ok {
			p.Lines = append(p.Lines, d.l.T("device.at_load", "load", d.l.Percent(load.Number)))
		}
		if limit, ok := d.limitOf(v.Check, v.Value); ok && limit.Warning != nil {
			p.Lines = append(p.Lines, d.l.T("chart.limit", "value", d.l.Value(*limit.Warning, v.Unit)))
		}
		out = append(out, p)
	}
	if p, ok := d.batteryPanel(); ok {
		out = append(out, p)
	}
	if p, ok := d.supplyPanel(); ok {
		out = append(out, p)
	}
	if p, ok := d.selfTestPanel(); ok {
		out = append(out, p)
	}
	if p, ok := d.outagePanel(); ok {
		out = append(out, p)
	}
	return out
}

// batteryWords are the statuses about the battery; the worst of them is the battery's.
var batteryWords = []string{"ups.battery_replace", "ups.battery_status", "ups.battery_fault", "ups.battery_low"}

func (d *subject) batteryPanel() (view.Panel, bool) {
	p := view.Panel{Icon: "battery-charging", Title: d.l.T("device.battery"), Value: "–"}
	charge, ok := d.told.number("ups.charge_percent")
	if ok {
		p = d.panelOf("battery-charging", charge)
		p.Title, p.Battery, p.Charge = d.l.T("device.battery"), &charge.Number, d.chargeState(charge).String()
	}
	worst := appliance.StateOK
	for _, name := range batteryWords {
		w, found := d.told.word(name)
		if state, judged := severityState[w.Severity]; found && judged && (p.State == "" || state > worst) {
			worst, p.State, p.Word = state, state.String(), d.upsWord(w)
			p.Href, p.Fact = d.evidenceRead(w.Check, w.Name, w.Instance), d.readAt(w.Check)
			ok = true
		}
	}
	d.batteryAge(&p)
	return p, ok
}

// chargeState is what the limits make of the charge alone, whatever else is wrong with the battery.
func (d *subject) chargeState(v toldValue) appliance.State {
	limit, ok := d.limitOf(v.Check, v.Value)
	switch {
	case !ok || limit.Off:
	case limit.Critical != nil && v.Number < *limit.Critical:
		return appliance.StateCritical
	case limit.Warning != nil && v.Number < *limit.Warning:
		return appliance.StateWarning
	}
	return appliance.StateOK
}

// batteryAge says how old the battery is and when it is to be replaced, where people or the UPS know.
func (d *subject) batteryAge(p *view.Panel) {
	u := appliance.UPSView{Truth: d.truth()}
	u.BatteryDate, u.ReplaceBy = u.Truth.BatteryDate, u.Truth.ReplaceBy
	if d.ups != nil {
		u = *d.ups
	}
	var state string
	p.Lines, state = d.l.batteryLines(u, d.now)
	if state != "" && (p.State == "" || p.State == appliance.StateOK.String()) {
		p.State, p.Word = state, d.l.T("power.battery_old")
	}
}

// truth is what the last readings say, whatever was asked.
func (d *subject) truth() appliance.UPSTruth {
	var best appliance.Reading
	for _, r := range d.told.readings {
		if ups.Tells(r) && (best.At.IsZero() || len(r.Statuses)+len(r.Values) > len(best.Statuses)+len(best.Values)) {
			best = r
		}
	}
	return ups.Read(best)
}

// powerKey is the word for where the power comes from, "" when that is not known.
func (d *subject) powerKey() string { return string(d.truth().Power) }

func (d *subject) powerSentence() string {
	if key := d.powerKey(); key != "" {
		return d.l.T("power.sentence_" + key)
	}
	return ""
}

func (d *subject) supplyPanel() (view.Panel, bool) {
	key := d.powerKey()
	if key == "" || key == string(appliance.UPSPowerMains) { // the sentence above says that
		return view.Panel{}, false
	}
	p := view.Panel{Icon: "plug-zap", Title: d.l.T("device.power"), Value: d.l.T("power.from_" + key)}
	if w, ok := d.told.word("ups.output_source"); ok {
		if state, judged := severityState[w.Severity]; judged {
			p.State, p.Href, p.Fact = state.String(), d.evidenceRead(w.Check, w.Name, w.Instance), d.readAt(w.Check)
		}
	}
	if key == "battery" {
		if v, ok := d.told.number("ups.seconds_on_battery"); ok && v.Number > 0 {
			p.Lines = append(p.Lines, d.l.T("device.battery_for", "for", d.l.Duration(time.Duration(v.Number)*time.Second)))
		}
	}
	if load, ok := d.told.number("ups.load_percent"); ok {
		p.Lines = append(p.Lines, d.l.T("device.load_is", "load", d.l.Percent(load.Number)))
	}
	if in, ok := d.told.number("ups.input_voltage"); ok {
		if out, ok := d.told.number("ups.output_voltage"); ok {
			p.Lines = append(p.Lines, d.l.T("device.volts", "in", d.l.Value(in.Number, "V"), "out", d.l.Value(out.Number, "V")))
		}
	}
	return p, true
}

func (d *subject) selfTestPanel() (view.Panel, bool) {
	u := appliance.UPSView{Truth: d.truth()}
	if d.ups != nil {
		u = *d.ups
	}
	if u.Truth.Test == appliance.UPSTestUnknown && u.LastTest == nil && u.TestDue.IsZero() {
		return view.Panel{}, false
	}
	p := view.Panel{Icon: "shield-check", Title: d.l.T("device.selftest")}
	p.Value, p.State, p.Lines = d.l.testWords(u, d.now)
	if len(p.Lines) > 0 && p.State != "" {
		p.Word, p.Lines = p.Lines[0], p.Lines[1:]
	}
	if w, ok := d.told.word("ups.test_result"); ok {
		p.Href, p.Fact = d.evidenceRead(w.Check, w.Name, w.Instance), d.readAt(w.Check)
	}
	return p, true
}

// upsWord is our word for one of a UPS, where we have one.
func (d *subject) upsWord(w toldStatus) string {
	if key := "device.ups_" + strings.ToLower(w.Word); d.l.Has(key) {
		return d.l.T(key)
	}
	return ""
}
