package ups

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// bounds of what can be. Outside lie the values that firmware writes for "I do not know": 255 %, 65535 s, 0 °C.
var bounds = map[string]struct {
	least, most float64
	why         string
}{
	"ups.charge_percent":     {0, 100, "a charge lies between 0 and 100 %"},
	"ups.load_percent":       {0, 200, "a load lies between 0 and 200 %"},
	"ups.phase_load_percent": {0, 200, "a load lies between 0 and 200 %"},
	"ups.runtime":            {0, 30 * 24 * 3600, "no battery lasts longer than 30 days"},
	"ups.seconds_on_battery": {0, 30 * 24 * 3600, "no battery lasts longer than 30 days"},
	"ups.temperature":        {0.1, 99, "a battery in a building is warmer than 0 °C and colder than 99 °C"},
	"ups.battery_voltage":    {0.1, 1000, "a battery has some voltage"},
	"ups.input_voltage":      {0, 1000, "mains have less than 1000 V"},
	"ups.output_voltage":     {0, 1000, "an output has less than 1000 V"},
	"ups.input_frequency":    {0, 400, "mains have less than 400 Hz"},
	"ups.output_frequency":   {0, 400, "an output has less than 400 Hz"},
}

// sentinels are numbers that mean "not known" although they could be.
var sentinels = map[string][]float64{
	"ups.runtime":            {65535, 65534, 65535 * 60, 65534 * 60},
	"ups.seconds_on_battery": {65535, 65535 * 60},
}

// Clean takes out of a reading what cannot be, says so in its log, and takes the alarm away from a time on battery that the UPS
// itself calls a self-test or a calibration.
func Clean(r *appliance.Reading) {
	if r.Failure != nil || !Tells(*r) {
		return
	}
	kept := r.Values[:0:0]
	for _, v := range r.Values {
		why := impossible(v, *r)
		if why == "" {
			kept = append(kept, v)
			continue
		}
		name := v.Metric
		if v.Instance != "" {
			name += "[" + v.Instance + "]"
		}
		number := strconv.FormatFloat(v.Number, 'f', -1, 64)
		note(r, fmt.Sprintf("left out: %s = %s %s cannot be: %s", name, number, v.Unit, why))
	}
	if len(kept) < len(r.Values) {
		r.Values = kept
	}
	calm(r)
}

func impossible(v appliance.Value, r appliance.Reading) string {
	b, ok := bounds[v.Metric]
	if !ok {
		return ""
	}
	if v.Number < b.least || v.Number > b.most {
		return b.why
	}
	for _, x := range sentinels[v.Metric] {
		if v.Number == x {
			return "this number stands for \"not known\""
		}
	}
	if v.Metric == "ups.runtime" && v.Number == 0 && full(r) {
		return "a battery that is charged lasts longer"
	}
	return ""
}

// full says that the mains are there and the battery is well charged.
func full(r appliance.Reading) bool {
	t := Read(r)
	return !onBattery(t) && t.Power != appliance.UPSPowerUnknown && t.Charge != nil && *t.Charge > 50 && !t.Low
}

// calm leaves the word that the UPS runs on its battery, without its alarm, while a self-test or a calibration is the reason.
func calm(r *appliance.Reading) {
	if Read(*r).Power != appliance.UPSPowerTest {
		return
	}
	statuses := append([]appliance.Status(nil), r.Statuses...)
	for i := range statuses {
		s := &statuses[i]
		onBattery := s.Name == "ups.output_source" && sourceOf(*s) == appliance.UPSPowerBattery || s.Name == "ups.on_battery" ||
			s.Name == "ups.alarm" && anyOf(strings.ToLower(s.Word), "onbattery")
		if onBattery && s.Severity > appliance.SeverityOK {
			s.Severity = appliance.SeverityNone
			note(r, s.Object+" = "+s.Word+" raises no alarm: the UPS tests its battery")
		}
	}
	r.Statuses = statuses
}

func note(r *appliance.Reading, text string) {
	var after time.Duration
	if n := len(r.Log); n > 0 {
		after = r.Log[n-1].After
	}
	r.Log = append(r.Log, appliance.LogLine{After: after, Text: strings.ReplaceAll(text, "  ", " ")})
}
