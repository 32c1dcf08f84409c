package probes

import (
	"strings"
	"time"

	"siteward/appliance"
)

// nutNumbers are NUT's variables that become a number, the better one first where two mean the same
// (docs/nut-names.txt of NUT has names and units).
var nutNumbers = []struct {
	name, metric, instance, unit string
}{
	{"battery.charge", "ups.charge_percent", "", "%"},
	{"battery.runtime", "ups.runtime", "", "s"},
	{"battery.voltage", "ups.battery_voltage", "", "V"},
	{"battery.current", "ups.battery_current", "", "A"},
	{"battery.temperature", "ups.temperature", "", "°C"},
	{"ups.temperature", "ups.temperature", "", "°C"},
	{"ups.load", "ups.load_percent", "", "%"},
	{"output.power.percent", "ups.load_percent", "", "%"},
	{"input.voltage", "ups.input_voltage", "", "V"},
	{"input.L1-N.voltage", "ups.input_voltage", "1", "V"},
	{"input.L2-N.voltage", "ups.input_voltage", "2", "V"},
	{"input.L3-N.voltage", "ups.input_voltage", "3", "V"},
	{"input.frequency", "ups.input_frequency", "", "Hz"},
	{"input.current", "ups.input_current", "", "A"},
	{"output.voltage", "ups.output_voltage", "", "V"},
	{"output.L1-N.voltage", "ups.output_voltage", "1", "V"},
	{"output.L2-N.voltage", "ups.output_voltage", "2", "V"},
	{"output.L3-N.voltage", "ups.output_voltage", "3", "V"},
	{"output.frequency", "ups.output_frequency", "", "Hz"},
	{"output.current", "ups.output_current", "", "A"},
	{"output.L1.current", "ups.output_current", "1", "A"},
	{"output.L2.current", "ups.output_current", "2", "A"},
	{"output.L3.current", "ups.output_current", "3", "A"},
	{"output.L1.power.percent", "ups.phase_load_percent", "1", "%"},
	{"output.L2.power.percent", "ups.phase_load_percent", "2", "%"},
	{"output.L3.power.percent", "ups.phase_load_percent", "3", "%"},
	{"ups.realpower", "ups.output_power", "", "W"},
	{"ups.power.nominal", "ups.nominal_power", "", "VA"},
	{"ups.realpower.nominal", "ups.nominal_watts", "", "W"},
	{"ambient.temperature", "temperature.celsius", "", "°C"},
	{"ambient.humidity", "humidity.percent", "", "%"},
}

// nutTexts are variables that are shown as they are.
var nutTexts = []struct{ name, as string }{
	{"battery.date", "ups.battery_replaced"},
	{"battery.mfr.date", "ups.battery_made"},
	{"battery.date.maintenance", "ups.battery_replace_by"},
	{"ups.mfr.date", "ups.manufactured"},
	{"ups.test.date", "ups.test_date"},
	{"ups.test.interval", "ups.test_interval"},
	{"battery.type", "ups.battery_type"},
	{"driver.name", "ups.driver"},
}

// tellNUT puts the variables of a UPS into a reading.
func tellNUT(vars map[string]string, now time.Time) appliance.Reading {
	t := &upsTeller{from: "NUT"}
	done := map[string]bool{}
	for _, n := range nutNumbers {
		key := n.metric + n.instance
		if s, ok := vars[n.name]; ok && !done[key] {
			done[key] = t.row(n.name, s, n.metric, n.instance, n.unit, 1)
		}
	}
	for _, n := range nutTexts {
		t.text(n.name, vars[n.name], n.as)
	}
	running := t.test("ups.test.result", vars["ups.test.result"])
	if s, ok := vars["ups.status"]; ok {
		t.flags(nutFlags(s, running))
	}
	if why := told(vars["input.transfer.reason"]); why != "" {
		t.word("input.transfer.reason", why, "ups.last_transfer", clean(why, 100), appliance.SeverityNone)
	}
	t.nutAlarms(vars["ups.alarm"], vars["ups.status"])
	or := func(names ...string) string {
		for _, n := range names {
			if v := told(vars[n]); v != "" {
				return v
			}
		}
		return ""
	}
	t.identify(or("ups.mfr", "device.mfr"), or("ups.model", "device.model"), or("ups.serial", "device.serial"), or("ups.firmware"), "nut", now)
	return t.r
}

// nutFlags reads "OB DISCHRG LB": words of docs/new-drivers.txt of NUT, "Status data".
func nutFlags(status string, testing bool) upsFlags {
	f := upsFlags{object: "ups.status", raw: status, testing: testing}
	for _, w := range strings.Fields(status) {
		switch strings.ToUpper(w) {
		case "OL", "ECO", "HE":
			f.mains = true
		case "OB":
			f.battery = true
		case "LB":
			f.low = true
		case "RB":
			f.replace = true
		case "BYPASS":
			f.bypass = true
		case "OVER":
			f.overload = true
		case "CAL":
			f.calibrating = true
		case "TEST":
			f.testing = true
		case "BOOST":
			f.boost = true
		case "TRIM":
			f.trim = true
		case "OFF":
			f.off = true
		case "FSD":
			f.shutdown = true
		}
	}
	return f
}

// nutAlarms are what the UPS says in words of its own. What the status says as well is not told twice.
func (t *upsTeller) nutAlarms(text, status string) {
	text = told(text)
	lower := strings.ToLower(strings.Trim(text, "! ."))
	flags := " " + strings.ToUpper(status) + " "
	switch {
	case text == "",
		lower == "replace battery" && strings.Contains(flags, " RB "),
		lower == "low battery" && strings.Contains(flags, " LB "),
		lower == "on battery" && strings.Contains(flags, " OB "),
		lower == "bypass" && strings.Contains(flags, " BYPASS "):
		return
	}
	t.r.Statuses = append(t.r.Statuses, appliance.Status{Name: "ups.alarm", Instance: "1", Object: "ups.alarm", Raw: clean(text, 200), Word: clean(text, 200),
		Severity: appliance.SeverityWarning, Source: "NUT ups.alarm"})
}
