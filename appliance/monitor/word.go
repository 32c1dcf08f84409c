package monitor

import (
	"strings"

	"siteward/appliance"
)

// severities is what a device's own word makes of its item.
var severities = map[appliance.Severity]appliance.State{
	appliance.SeverityOK:       appliance.StateOK,
	appliance.SeverityWarning:  appliance.StateWarning,
	appliance.SeverityCritical: appliance.StateCritical,
	appliance.SeverityUnknown:  appliance.StateNoData,
}

// status judges one word of the device.
func (c *court) status(t *tally, s appliance.Status) {
	state, ok := severities[s.Severity]
	if !ok {
		return
	}
	t.judged = true
	t.add(finding{state, func() appliance.Evidence { return c.wordEvidence(s, wordSentence(s)) }})
}

func (c *court) wordEvidence(s appliance.Status, why appliance.Message) appliance.Evidence {
	return appliance.Evidence{Why: why, Source: c.source(s.Source), Verbatim: verbatimWord(s), At: c.at,
		Steps: []appliance.Message{say("monitor.step_word", args{"name": objectOf(s), "word": s.Word})}}
}

// known are our own sentences for words of the base profiles, by "name/word". What is not here is quoted.
var known = map[string]string{ //nolint:gosec // G101 takes keys of sentences for credentials
	"ups.output_source/normal":                   "monitor.ups_on_mains",
	"ups.output_source/onLine":                   "monitor.ups_on_mains",
	"ups.output_source/battery":                  "monitor.ups_on_battery",
	"ups.output_source/onBattery":                "monitor.ups_on_battery",
	"ups.output_source/bypass":                   "monitor.ups_bypass",
	"ups.output_source/softwareBypass":           "monitor.ups_bypass",
	"ups.output_source/switchedBypass":           "monitor.ups_bypass",
	"ups.output_source/hardwareFailureBypass":    "monitor.ups_bypass",
	"ups.output_source/emergencyStaticBypass":    "monitor.ups_bypass",
	"ups.output_source/none":                     "monitor.ups_off",
	"ups.output_source/off":                      "monitor.ups_off",
	"ups.battery_status/batteryNormal":           "monitor.ups_battery_ok",
	"ups.battery_status/batteryLow":              "monitor.ups_battery_low",
	"ups.battery_status/batteryDepleted":         "monitor.ups_battery_empty",
	"ups.battery_status/batteryInFaultCondition": "monitor.ups_battery_fault",
	"ups.battery_status/noBatteryPresent":        "monitor.ups_battery_missing",
	"ups.battery_replace/batteryNeedsReplacing":  "monitor.ups_battery_replace",
	"ups.test_result/failed":                     "monitor.ups_test_failed",
	"ups.test_result/doneError":                  "monitor.ups_test_failed",
	"ups.test_result/doneWarning":                "monitor.ups_test_warning",
	"printer.detected_errors/noPaper":            "monitor.printer_paper",
	"printer.detected_errors/inputTrayEmpty":     "monitor.printer_paper",
	"printer.detected_errors/noToner":            "monitor.printer_toner",
	"printer.detected_errors/lowToner":           "monitor.printer_toner_low",
	"printer.detected_errors/jammed":             "monitor.printer_jam",
	"printer.detected_errors/doorOpen":           "monitor.printer_door",
	"printer.detected_errors/serviceRequested":   "monitor.printer_service",
}

func wordSentence(s appliance.Status) appliance.Message {
	if s.Severity == appliance.SeverityUnknown {
		return say("monitor.word_unknown", nil)
	}
	if key, ok := known[s.Name+"/"+s.Word]; ok {
		return say(key, nil)
	}
	if appliance.Alarm(s.Name) {
		return say("monitor.alarm", args{"word": s.Word})
	}
	return say("monitor.word", args{"word": s.Word})
}

func objectOf(s appliance.Status) string {
	if s.Object != "" {
		return s.Object
	}
	return s.Name
}

func verbatimWord(s appliance.Status) string {
	out := objectOf(s) + " = " + s.Word
	if s.Raw != "" && s.Raw != s.Word {
		out += "(" + s.Raw + ")"
	}
	return out
}

// alarms ends those whose row a complete reading no longer has. A row that is gone leaves no state behind.
func (c *court) alarms() {
	r := c.in.Reading
	if r.Failure != nil || r.Partial {
		return
	}
	for _, s := range c.inOrder() {
		family, _, _ := strings.Cut(s.Item, "/")
		if !appliance.Alarm(family) || c.told[s.Item] {
			continue
		}
		c.told[s.Item], c.dirty[s.Item] = true, true
		s.Seen, s.Stale = c.at, false
		c.apply(s, appliance.StateOK, appliance.Evidence{Why: say("monitor.alarm_over", nil), At: c.at}, false)
		if s.State == appliance.StateOK {
			delete(c.states, s.Item)
			c.removed = append(c.removed, s.StateKey)
		}
	}
}
