package ups

import (
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// Tells says whether a reading tells of a UPS at all.
func Tells(r appliance.Reading) bool {
	for i := range r.Statuses {
		if strings.HasPrefix(r.Statuses[i].Name, "ups.") {
			return true
		}
	}
	for i := range r.Values {
		if strings.HasPrefix(r.Values[i].Metric, "ups.") {
			return true
		}
	}
	return r.Failure != nil && r.Failure.Reason == appliance.ReasonLost
}

// Read makes the truth of a reading. Call Clean before.
func Read(r appliance.Reading) appliance.UPSTruth {
	t := appliance.UPSTruth{At: r.At}
	if r.Failure != nil {
		t.CommLost = r.Failure.Reason == appliance.ReasonLost
		return t
	}
	for i := range r.Values {
		number(&t, r.Values[i])
	}
	for i := range r.Statuses {
		word(&t, r.Statuses[i])
	}
	if t.Power == appliance.UPSPowerUnknown && t.OnBattery != nil && *t.OnBattery > 0 {
		t.Power = appliance.UPSPowerBattery
	}
	if t.Power == appliance.UPSPowerBattery && (t.Test == appliance.UPSTestRunning || t.Calibrating || selfTest(t.LastTransfer)) {
		t.Power = appliance.UPSPowerTest
	}
	for _, x := range r.Texts {
		text(&t, x.Name, x.Value)
	}
	return t
}

// number takes the first instance of a metric: phases come one after the other.
func number(t *appliance.UPSTruth, v appliance.Value) {
	for _, n := range []struct {
		metric string
		to     **float64
	}{
		{"ups.charge_percent", &t.Charge}, {"ups.runtime", &t.Runtime}, {"ups.load_percent", &t.Load}, {"ups.input_voltage", &t.InputVoltage},
		{"ups.output_voltage", &t.OutputVoltage}, {"ups.battery_voltage", &t.BatteryVoltage}, {"ups.temperature", &t.Temperature},
		{"ups.seconds_on_battery", &t.OnBattery}, {"ups.nominal_power", &t.NominalVA}, {"ups.nominal_watts", &t.NominalWatts},
	} {
		if v.Metric == n.metric && *n.to == nil && v.Number == v.Number {
			x := v.Number
			*n.to = &x
		}
	}
	if v.Metric == "ups.phase_load_percent" && v.Number == v.Number && (t.Load == nil || v.Number > *t.Load) {
		x := v.Number // the fullest phase is the one that counts
		t.Load = &x
	}
}

func word(t *appliance.UPSTruth, s appliance.Status) {
	bad := s.Severity == appliance.SeverityWarning || s.Severity == appliance.SeverityCritical
	switch s.Name {
	case "ups.output_source":
		if t.Power == appliance.UPSPowerUnknown {
			t.Power = sourceOf(s)
		}
	case "ups.on_battery":
		if bad {
			takesBattery(t)
		} else if t.Power == appliance.UPSPowerUnknown && s.Severity == appliance.SeverityOK {
			t.Power = appliance.UPSPowerMains
		}
	case "ups.on_bypass":
		if bad {
			t.Power = appliance.UPSPowerBypass
		}
	case "ups.battery_status":
		w := strings.ToLower(s.Word)
		t.Low = t.Low || bad && anyOf(w, "low", "deplet", "discharged")
		t.Fault = t.Fault || bad && anyOf(w, "fault", "fail", "bad", "missing", "notpresent", "nobattery", "disconnect", "check")
	case "ups.battery_low":
		t.Low = t.Low || bad
	case "ups.battery_fault":
		t.Fault = t.Fault || bad
	case "ups.battery_replace":
		t.Replace = t.Replace || bad
	case "ups.overload":
		t.Overload = t.Overload || bad
	case "ups.communication":
		t.CommLost = t.CommLost || s.Severity == appliance.SeverityCritical
	case "ups.calibration":
		t.Calibrating = t.Calibrating || s.Word == "calibrating" || s.Word == "inProgress"
	case "ups.test_result":
		if x, ok := testOf(s); ok && t.Test != appliance.UPSTestRunning {
			t.Test = x
		}
	case "ups.last_transfer":
		t.LastTransfer = s.Word
	case "ups.alarm":
		if bad {
			alarm(t, s.Word)
		}
	}
}

// selfTest says that a UPS names a self-test as the reason of its last transfer to the battery.
func selfTest(reason string) bool {
	s := strings.ToLower(strings.ReplaceAll(reason, " ", ""))
	return strings.Contains(s, "selftest") || strings.Contains(s, "self-test")
}

func text(t *appliance.UPSTruth, name, value string) {
	switch name {
	case "ups.battery_replaced":
		if d, ok := Day(value); ok {
			t.BatteryDate, t.BatteryMade = d, false
		}
	case "ups.battery_made":
		if d, ok := Day(value); ok && t.BatteryDate == "" {
			t.BatteryDate, t.BatteryMade = d, true
		}
	case "ups.battery_replace_by":
		t.ReplaceBy, _ = Day(value)
	case "ups.test_date":
		t.TestDate, _ = Day(value)
	case "ups.test_interval":
		t.TestEvery = everyDays(value)
	case "ups.last_on_battery":
		t.LastOn, _ = time.Parse(time.RFC3339, value)
	case "ups.last_off_battery":
		t.LastOff, _ = time.Parse(time.RFC3339, value)
	}
}

// everyDays reads how often a UPS tests itself: NUT in seconds, apcupsd in hours or in words ("7 days", "336", "OFF").
func everyDays(value string) int {
	fields := strings.Fields(strings.ToLower(value))
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.Atoi(fields[0])
	switch {
	case err != nil || n <= 0 || n > 100*366*86400:
		return 0
	case len(fields) > 1 && strings.HasPrefix(fields[1], "day"):
	case len(fields) > 1 && strings.HasPrefix(fields[1], "week"):
		n *= 7
	case n >= 86400:
		n /= 86400
	default:
		n /= 24
	}
	if n > 400 {
		return 0
	}
	return n
}

// days are how UPSes write dates: PowerNet-MIB and apcsmart month first, usbhid-ups with the year first, apcupsd both ways.
var days = []string{"2006-01-02", "2006/01/02", "20060102", "01/02/2006", "01/02/06", "02.01.2006", "2006-01-02 15:04:05 -0700", time.RFC3339}

// Day reads a date as UPSes write it. Those that cannot be true are none: batteries are not thirty years old.
func Day(text string) (string, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range days {
		if d, err := time.Parse(layout, text); err == nil {
			return d.Format(time.DateOnly), d.Year() > 1995 && d.Year() < 2100
		}
	}
	return "", false
}
