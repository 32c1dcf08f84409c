package probes

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/ups"
	"siteward/internal/peer"
)

// upsState is what the corpus says of one dump.
type upsState struct {
	Kind         string
	Implausible  []string
	Charge       *float64 `json:"battery_charge_percent"`
	Runtime      *float64 `json:"runtime_seconds"`
	RuntimeMin   *float64 `json:"runtime_minutes"`
	Load         *float64 `json:"load_percent"`
	InputVoltage *float64 `json:"input_voltage"`
	Manufacturer string
	Model        string
}

// TestUPSesOfTheCorpus puts each recorded dump through the mapping and holds it against what is expected.
func TestUPSesOfTheCorpus(t *testing.T) {
	dir := peer.Corpus(t, "logs/ups")
	facts, right := 0, 0
	for _, pattern := range []string{"nut-ddl/*.log", "nut/upsc-*.log", "apcupsd/apcaccess-*.log"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			n, ok := holdUPS(t, file)
			facts, right = facts+n, right+ok
		}
	}
	t.Logf("%d of %d facts", right, facts)
	if right != facts {
		t.Errorf("%d of %d facts are wrong", facts-right, facts)
	}
}

func holdUPS(t *testing.T, file string) (facts, right int) {
	t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), ".log")
	var want struct{ State *upsState }
	b, err := os.ReadFile(strings.TrimSuffix(file, ".log") + ".expect.json")
	if err != nil || json.Unmarshal(b, &want) != nil {
		t.Fatal(file, err)
	}
	if want.State == nil {
		return 0, 0 // no answer at all
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := dumpReading(string(text), strings.Contains(file, "apcupsd"))
	before := len(r.Values)
	ups.Clean(&r)
	truth := ups.Read(r)
	hold := func(what string, got, want any, ok bool) {
		facts++
		if ok {
			right++
			return
		}
		t.Errorf("%s: %s is %v, want %v", name, what, got, want)
	}
	s := want.State
	hold("kind", worst(truth, r), s.Kind, worst(truth, r) == s.Kind)
	gone := strings.Join(s.Implausible, " ")
	number := func(what string, got, want *float64) {
		if strings.Contains(gone, what) {
			want = nil
		}
		ok := got == nil && want == nil || got != nil && want != nil && math.Abs(*got-*want) < 0.01
		hold(what, shownPtr(got), shownPtr(want), ok)
	}
	number("charge", truth.Charge, s.Charge)
	runtime := s.Runtime
	if s.RuntimeMin != nil {
		x := *s.RuntimeMin * 60
		runtime = &x
	}
	number("runtime", truth.Runtime, runtime)
	if s.Load != nil {
		number("load", truth.Load, s.Load)
	}
	if s.InputVoltage != nil {
		number("input_voltage", truth.InputVoltage, s.InputVoltage)
	}
	if s.Model != "" {
		hold("model", r.Identity.Model, s.Model, r.Identity.Model == strings.TrimSpace(s.Model) || told(s.Model) == "")
	}
	if s.Manufacturer != "" {
		hold("vendor", r.Identity.Vendor, s.Manufacturer, r.Identity.Vendor == strings.TrimSpace(s.Manufacturer) || told(s.Manufacturer) == "")
	}
	if len(r.Values) < before && len(r.Log) == 0 {
		t.Errorf("%s: %d numbers were left out and nobody said so", name, before-len(r.Values))
	}
	return facts, right
}

func shownPtr(x *float64) any {
	if x == nil {
		return nil
	}
	return *x
}

func dumpReading(text string, apcupsd bool) appliance.Reading {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	if apcupsd {
		return tellApcupsd(nisFields(strings.Split(text, "\n")), now)
	}
	vars := map[string]string{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "\t#")
		if key, value, ok := strings.Cut(line, ": "); ok && !strings.HasPrefix(line, "#") {
			vars[key] = value
		}
	}
	return tellNUT(vars, now)
}

// worst is the one word for a state that the corpus uses.
func worst(t appliance.UPSTruth, r appliance.Reading) string {
	alarm := false
	for _, s := range r.Statuses {
		alarm = alarm || s.Name == "ups.alarm"
	}
	switch {
	case t.Low:
		return "low_battery"
	case t.Power == appliance.UPSPowerBattery:
		return "on_battery"
	case t.Replace:
		return "replace_battery"
	case t.Power == appliance.UPSPowerBypass:
		return "bypass"
	case t.Power == appliance.UPSPowerOff:
		return "output_off"
	case t.Overload:
		return "overload"
	case alarm:
		return "alarm"
	case t.Power == appliance.UPSPowerMains || t.Power == appliance.UPSPowerBoost || t.Power == appliance.UPSPowerTrim:
		return "on_line"
	}
	return "unknown"
}
