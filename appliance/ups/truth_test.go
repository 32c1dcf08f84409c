package ups

import (
	"math"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

func told(name, word string, severity appliance.Severity) appliance.Status {
	return appliance.Status{Name: name, Object: name, Word: word, Severity: severity}
}

func reading(parts ...any) appliance.Reading {
	r := appliance.Reading{At: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	for _, p := range parts {
		switch x := p.(type) {
		case appliance.Status:
			r.Statuses = append(r.Statuses, x)
		case appliance.Value:
			r.Values = append(r.Values, x)
		case appliance.Text:
			r.Texts = append(r.Texts, x)
		}
	}
	return r
}

// TestWhatVendorsSayOfASelfTest holds that the result is read by its meaning, whoever made the UPS.
func TestWhatVendorsSayOfASelfTest(t *testing.T) {
	ok, warn, crit, none := appliance.SeverityOK, appliance.SeverityWarning, appliance.SeverityCritical, appliance.SeverityNone
	for _, c := range []struct {
		word     string
		severity appliance.Severity
		want     appliance.UPSTest
	}{
		{"donePass", ok, appliance.UPSTestPassed}, {"ok", ok, appliance.UPSTestPassed}, {"passed", ok, appliance.UPSTestPassed},
		{"doneWarning", warn, appliance.UPSTestWarning}, {"doneError", crit, appliance.UPSTestFailed}, {"batteryTestFail", crit, appliance.UPSTestFailed},
		{"generalTestFail", warn, appliance.UPSTestFailed}, {"invalidTest", none, appliance.UPSTestAborted}, {"inhibited", warn, appliance.UPSTestAborted},
		{"testInProgress", none, appliance.UPSTestRunning}, {"noTestsInitiated", none, appliance.UPSTestNone}, {"scheduled", none, appliance.UPSTestNone},
	} {
		if got := Read(reading(told("ups.test_result", c.word, c.severity))).Test; got != c.want {
			t.Errorf("%s: %q, want %q", c.word, got, c.want)
		}
	}
}

func TestDatesOfABatteryAsUPSesWriteThem(t *testing.T) {
	for text, want := range map[string]string{"09/20/2022": "2022-09-20", "2022/09/20": "2022-09-20", "20220920": "2022-09-20", "20.09.2022": "2022-09-20", "": "", "Unknown": "", "01/01/1980": ""} {
		r := reading(appliance.Text{Name: "ups.battery_replaced", Value: text}, appliance.Text{Name: "ups.battery_replace_by", Value: text})
		if got := Read(r); got.BatteryDate != want {
			t.Errorf("%q: installed %q, want %q", text, got.BatteryDate, want)
		}
	}
}

// TestWhatCannotBeIsLeftOutAndSaid holds that a number that no UPS can have is dropped, with a line in the log of the run.
func TestWhatCannotBeIsLeftOutAndSaid(t *testing.T) {
	mains := told("ups.output_source", "normal", appliance.SeverityOK)
	for _, c := range []struct {
		metric string
		number float64
		stays  bool
	}{
		{"ups.charge_percent", 255, false}, {"ups.charge_percent", 100, true}, {"ups.load_percent", 6553.5, false}, {"ups.runtime", 65535, false}, {"ups.runtime", 65535 * 60, false},
		{"ups.runtime", 2340, true}, {"ups.temperature", 0, false}, {"ups.temperature", 23, true}, {"ups.battery_voltage", 0, false}, {"ups.input_voltage", 0, true}, {"ups.input_voltage", 65535, false},
	} {
		r := reading(mains, appliance.Value{Metric: c.metric, Number: c.number})
		Clean(&r)
		said := len(r.Log) > 0 && strings.Contains(r.Log[0].Text, "left out: "+c.metric)
		if stayed := len(r.Values) == 1; stayed != c.stays || said == c.stays {
			t.Errorf("%s = %v: stayed %v, said %v", c.metric, c.number, stayed, said)
		}
	}
}

// TestAChangeIsToldWhenItWasSeenTwice holds the rule of all sources: one reading that stands alone is a hiccup.
func TestAChangeIsToldWhenItWasSeenTwice(t *testing.T) {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	mains, battery, lost := appliance.UPSTruth{Power: appliance.UPSPowerMains}, appliance.UPSTruth{Power: appliance.UPSPowerBattery}, appliance.UPSTruth{CommLost: true}
	play := func(truths ...appliance.UPSTruth) (kinds []appliance.UPSEventKind, starts []time.Time) {
		w := Begin(mains, false)
		for i, x := range truths {
			x.At = at.Add(time.Duration(i) * time.Minute)
			for _, e := range w.Take(x, false) {
				kinds, starts = append(kinds, e.Kind), append(starts, e.At)
			}
		}
		return kinds, starts
	}
	if kinds, _ := play(mains, battery, mains, battery, mains); len(kinds) != 0 {
		t.Errorf("hiccups are told: %v", kinds)
	}
	kinds, starts := play(mains, battery, battery, battery, mains, mains)
	if len(kinds) != 2 || kinds[0] != appliance.UPSOnBattery || kinds[1] != appliance.UPSOnLine || !starts[0].Equal(at.Add(time.Minute)) {
		t.Errorf("an outage: %v at %v, want it from the first reading that said so", kinds, starts)
	}
	if kinds, _ := play(mains, lost, lost, lost, lost, lost); len(kinds) != 1 || kinds[0] != appliance.UPSCommLost {
		t.Errorf("a UPS that its program has lost: %v", kinds)
	}
}

// TestWhatAFullBatteryReallyLasts holds the comparison of what the UPS promised with what an outage showed.
func TestWhatAFullBatteryReallyLasts(t *testing.T) {
	begin := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	f := func(x float64) *float64 { return &x }
	o := appliance.UPSOutage{Start: begin, End: begin.Add(12 * time.Minute)}
	Promise(&o, appliance.UPSTruth{Power: appliance.UPSPowerMains, Runtime: f(3600), Charge: f(100)})
	for _, charge := range []float64{90, 60, 40, 45} {
		Deepen(&o, appliance.UPSTruth{Power: appliance.UPSPowerBattery, Charge: f(charge), Runtime: f(charge * 12)})
	}
	Measure(&o)
	if o.LowestCharge == nil || *o.LowestCharge != 40 || o.Announced == nil || *o.Announced != 3600 || o.Measured == nil || math.Abs(*o.Measured-1200) > 1 {
		t.Errorf("%+v", o)
	}
}
