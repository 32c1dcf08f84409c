package ui

import (
	"strings"
	"time"

	"siteward/appliance"
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
	p.Lines = d.batteryAge()
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

// batteryAge says how old the battery is and when it is to be replaced, where the UPS knows.
func (d *subject) batteryAge() []string {
	var out []string
	if t, ok := upsDate(d.told.text("ups.battery_replaced", "")); ok {
		months := int(d.now.Sub(t).Hours() / 24 / 30.44)
		out = append(out, d.l.T("device.battery_age", "date", d.l.Date(t), "years", months/12, "months", months%12))
	}
	if t, ok := upsDate(d.told.text("ups.battery_replace_by", "")); ok {
		key := "device.battery_due"
		if t.Before(d.now) {
			key = "device.battery_overdue"
		}
		out = append(out, d.l.T(key, "date", d.l.Date(t)))
	}
	return out
}

// upsDates are how UPSes write dates (PowerNet-MIB: mm/dd/yy or mm/dd/yyyy), NUT's among them.
var upsDates = []string{"01/02/2006", "01/02/06", "2006-01-02", "2006/01/02", "02.01.2006"}

func upsDate(text string) (time.Time, bool) {
	for _, layout := range upsDates {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && t.Year() > 1990 {
			return t.Add(12 * time.Hour), true // noon, so that it is the same day in every zone of ours
		}
	}
	return time.Time{}, false
}

// onBattery are the words for a UPS that lives on its battery; passing says that it passes the mains through.
var (
	onBattery = map[string]bool{"battery": true, "onBattery": true, "onBatteryTest": true}
	passing   = map[string]bool{"bypass": true, "softwareBypass": true, "switchedBypass": true, "hardwareFailureBypass": true, "emergencyStaticBypass": true}
	noOutput  = map[string]bool{"none": true, "off": true, "sleepingUntilPowerReturn": true, "timedSleeping": true}
)

// powerKey is the word for where the power comes from: "mains", "battery", "bypass", "off" or nothing.
func (d *subject) powerKey() string {
	if w, ok := d.told.word("ups.on_battery"); ok && w.Severity >= appliance.SeverityWarning && w.Severity != appliance.SeverityUnknown {
		return "battery"
	}
	w, ok := d.told.word("ups.output_source")
	switch {
	case !ok || w.Severity == appliance.SeverityUnknown:
		if v, ok := d.told.number("ups.seconds_on_battery"); ok && v.Number > 0 {
			return "battery"
		}
		return ""
	case onBattery[w.Word]:
		return "battery"
	case passing[w.Word]:
		return "bypass"
	case noOutput[w.Word]:
		return "off"
	case w.Severity == appliance.SeverityOK:
		return "mains"
	}
	return ""
}

func (d *subject) powerSentence() string {
	if key := d.powerKey(); key != "" {
		return d.l.T("device.power_" + key + "_sentence")
	}
	return ""
}

func (d *subject) supplyPanel() (view.Panel, bool) {
	key := d.powerKey()
	if key == "" {
		return view.Panel{}, false
	}
	p := view.Panel{Icon: "plug-zap", Title: d.l.T("device.power"), Value: d.l.T("device.power_" + key)}
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

// testWords sorts the words for the result of a self-test.
var testWords = map[string]string{"donePass": "passed", "ok": "passed", "doneWarning": "warning", "doneError": "failed", "failed": "failed",
	"aborted": "aborted", "invalidTest": "aborted", "inProgress": "running", "testInProgress": "running", "noTestsInitiated": "none"}

func (d *subject) selfTestPanel() (view.Panel, bool) {
	w, ok := d.told.word("ups.test_result")
	key := testWords[w.Word]
	if !ok || key == "" {
		return view.Panel{}, false
	}
	p := view.Panel{Icon: "shield-check", Title: d.l.T("device.selftest"), Value: d.l.T("device.test_" + key), Href: d.evidenceRead(w.Check, w.Name, w.Instance), Fact: d.readAt(w.Check)}
	if state, judged := severityState[w.Severity]; judged {
		p.State = state.String()
	}
	if t, ok := upsDate(d.told.text("ups.test_date", "")); ok {
		p.Word = d.l.Date(t)
		if p.State == "" {
			p.Lines = append(p.Lines, p.Word)
		}
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
