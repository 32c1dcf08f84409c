package probes

import (
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// upsTeller puts what a NUT server or apcupsd tells of a UPS into the metrics and words of UPS-MIB (RFC 1628), so that
// limits, panels and history are the same whoever was asked.
type upsTeller struct {
	r    appliance.Reading
	from string // "NUT", "apcupsd"
}

// number takes a number with whatever stands behind it: "57.6", "100.0 Percent". What is no number is left out.
func (t *upsTeller) number(name, text, metric, unit string, scale float64) bool {
	return t.row(name, text, metric, "", unit, scale)
}

func (t *upsTeller) row(name, text, metric, instance, unit string, scale float64) bool {
	x, ok := leadingNumber(text)
	if !ok {
		return false
	}
	label := ""
	if instance != "" {
		label = "L" + instance
	}
	t.r.Values = append(t.r.Values, appliance.Value{Metric: metric, Instance: instance, Label: label, Unit: unit, Number: x * scale, Source: t.from + " " + name})
	return true
}

// word is a state in UPS-MIB's words; raw is what was read.
func (t *upsTeller) word(object, raw, name, word string, severity appliance.Severity) {
	t.r.Statuses = append(t.r.Statuses, appliance.Status{Name: name, Object: object, Raw: clean(raw, 200), Word: word, Severity: severity, Source: t.from + " " + object})
}

func (t *upsTeller) text(name, text, as string) {
	if text = told(text); text != "" {
		t.r.Texts = append(t.r.Texts, appliance.Text{Name: as, Value: clean(text, 200), Source: t.from + " " + name})
	}
}

// told is a text that says something: many UPSes write "unknown" where they have nothing to say.
func told(s string) string {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "unknown", "n/a", "na", "none", "not available", "-", "?", "unavailable":
		return ""
	}
	return s
}

func leadingNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	n := 0
	for n < len(s) && n < 30 && (s[n] >= '0' && s[n] <= '9' || s[n] == '.' || n == 0 && (s[n] == '-' || s[n] == '+')) {
		n++
	}
	x, err := strconv.ParseFloat(s[:n], 64)
	return x, err == nil
}

// upsFlags are what a status line says, whichever program wrote it.
type upsFlags struct {
	object, raw                                             string
	mains, battery, bypass, boost, trim, off                bool
	low, replace, overload, calibrating, testing, noBattery bool
	shutdown                                                bool
}

// flags puts a status line into words: where the power comes from, then one word for each trouble.
func (t *upsTeller) flags(f upsFlags) {
	source, severity := "other", appliance.SeverityUnknown
	switch {
	case f.battery && (f.testing || f.calibrating):
		source, severity = "batteryTest", appliance.SeverityNone
	case f.off:
		source, severity = "none", appliance.SeverityCritical
	case f.bypass:
		source, severity = "bypass", appliance.SeverityWarning
	case f.battery && !f.mains: // some drivers say both for a moment; then the mains are there
		source, severity = "battery", appliance.SeverityWarning
	case f.boost:
		source, severity = "booster", appliance.SeverityOK
	case f.trim:
		source, severity = "reducer", appliance.SeverityOK
	case f.mains:
		source, severity = "normal", appliance.SeverityOK
	}
	t.word(f.object, f.raw, "ups.output_source", source, severity)
	if f == (upsFlags{object: f.object, raw: f.raw, testing: f.testing}) {
		return // "WAIT" of a driver that begins: whoever says nothing yet does not say that all is well
	}
	battery, severity := "batteryNormal", appliance.SeverityOK
	switch {
	case f.noBattery:
		battery, severity = "noBatteryPresent", appliance.SeverityCritical
	case f.low:
		battery, severity = "batteryLow", appliance.SeverityCritical
	}
	t.word(f.object, f.raw, "ups.battery_status", battery, severity)
	t.flag(f, f.replace, "ups.battery_replace", "batteryNeedsReplacing", "noBatteryNeedsReplacing", appliance.SeverityWarning)
	t.flag(f, f.overload, "ups.overload", "overload", "noOverload", appliance.SeverityCritical)
	if f.calibrating {
		t.word(f.object, f.raw, "ups.calibration", "calibrating", appliance.SeverityNone)
	}
	if f.shutdown {
		t.word(f.object, f.raw, "ups.shutdown", "shutdownImminent", appliance.SeverityCritical)
	}
}

func (t *upsTeller) flag(f upsFlags, on bool, name, yes, no string, severity appliance.Severity) {
	if on {
		t.word(f.object, f.raw, name, yes, severity)
		return
	}
	t.word(f.object, f.raw, name, no, appliance.SeverityOK)
}

// testResults sorts the words for how a self-test went.
func testResult(text string) (word string, severity appliance.Severity, ok bool) {
	s := strings.ToLower(told(text))
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(s, p) {
				return true
			}
		}
		return false
	}
	switch {
	case s == "" || s == "no" || has("no test", "not initiated", "never"):
		return "noTestsInitiated", appliance.SeverityNone, s != ""
	case has("progress", "running", "scheduled", "underway", "started") || s == "ip":
		return "inProgress", appliance.SeverityNone, true
	case has("abort", "invalid", "cancel", "not supported", "unsupported", "interrupted"):
		return "aborted", appliance.SeverityNone, true
	case has("warn") || s == "wn":
		return "doneWarning", appliance.SeverityWarning, true
	case has("fail", "error", "bad", "weak") || s == "ng" || s == "bt":
		return "doneError", appliance.SeverityCritical, true
	case has("pass", "success", "good") || s == "ok" || s == "done":
		return "donePass", appliance.SeverityOK, true
	}
	return "", 0, false
}

func (t *upsTeller) test(object, text string) (running bool) {
	word, severity, ok := testResult(text)
	if ok {
		t.word(object, text, "ups.test_result", word, severity)
	}
	return word == "inProgress"
}

// identify says what the UPS is.
func (t *upsTeller) identify(vendor, model, serial, firmware, profile string, now time.Time) {
	t.r.Identity = &appliance.Identity{Vendor: clean(told(vendor), 100), Model: clean(told(model), 100), Serial: clean(told(serial), 100),
		Firmware: clean(told(firmware), 100), Kind: appliance.KindUPS, Profiles: []string{profile}, Seen: now}
}
