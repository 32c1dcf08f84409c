package monitor

import (
	"math"
	"testing"

	"siteward/appliance"
)

func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   appliance.Kind
		metric string
		unit   string
		x      float64
		want   appliance.State
	}{
		{"a disk at 84 %", "", "storage.used_percent", "%", 84, ok},
		{"a disk at 85 %", "", "storage.used_percent", "%", 85, warning},
		{"a disk at 95 %", "", "storage.used_percent", "%", 95, critical},
		{"memory at 89 %", "", "memory.used_percent", "%", 89, ok},
		{"memory at 97 %", "", "memory.used_percent", "%", 97, critical},
		{"a processor at 100 % is never critical", "", "cpu.load_percent", "%", 100, warning},
		{"server room at 29 °C", appliance.KindSensor, "temperature.celsius", "°C", 29, ok},
		{"server room at 38 °C", appliance.KindSensor, "temperature.celsius", "°C", 38, critical},
		{"inside of a switch at 50 °C", appliance.KindSwitch, "temperature.celsius", "°C", 50, ok},
		{"inside of a switch at 65 °C", appliance.KindSwitch, "temperature.celsius", "°C", 65, warning},
		{"air at a UPS at 34 °C", appliance.KindUPS, "temperature.celsius", "°C", 34, ok},
		{"a battery at 41 °C", appliance.KindUPS, "ups.temperature", "°C", 41, warning},
		{"swap at 95 %", "", "swap.used_percent", "%", 95, critical},
		{"a page after 6 s", "", "http.duration", "s", 6, warning},
		{"frost is nobody's limit", appliance.KindSensor, "temperature.celsius", "°C", -10, ok},
		{"charge 50 %", "", "ups.charge_percent", "%", 50, ok},
		{"charge 49 %", "", "ups.charge_percent", "%", 49, warning},
		{"charge 19 %", "", "ups.charge_percent", "%", 19, critical},
		{"runtime 5 min", "", "ups.runtime", "s", 300, ok},
		{"runtime 119 s", "", "ups.runtime", "s", 119, critical},
		{"load 96 %", "", "ups.load_percent", "%", 96, critical},
		{"toner 9 %", "", "supply.level_percent", "%", 9, warning},
		{"toner empty", "", "supply.level_percent", "%", 0, critical},
		{"certificate 21 days", "", "certificate.days", "d", 21, ok},
		{"certificate 20.9 days", "", "certificate.days", "d", 20.9, warning},
		{"certificate 6 days", "", "certificate.days", "d", 6, critical},
		{"certificate ended yesterday", "", "certificate.days", "d", -1, critical},
		{"one of three echoes lost", "", "ping.loss", "%", 33.3, warning},
		{"two of three echoes lost", "", "ping.loss", "%", 66.7, critical},
		{"20 ms", "", "ping.rtt", "s", 0.02, ok},
		{"400 ms", "", "ping.rtt", "s", 0.4, warning},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			s.device.Kind = c.kind
			for range 2 {
				s.reading(number(c.metric, "", "", c.x, c.unit))
			}
			s.is(appliance.Item(c.metric, ""), c.want)
		})
	}
	for _, d := range Defaults() {
		if err := ValidateLimit(d.Limit); err != nil || d.Why == "" {
			t.Errorf("default of %s: %v, why %q", d.Metric, err, d.Why)
		}
	}
}

func TestOwnLimits(t *testing.T) {
	w, c := level(50), level(60)
	for _, k := range []struct {
		name   string
		limits []appliance.Limit
		metric string
		x      float64
		want   appliance.State
	}{
		{"for all instances", []appliance.Limit{{Metric: "storage.used_percent", Warning: w, Critical: c}}, "storage.used_percent", 55, warning},
		{"for this instance", []appliance.Limit{{Metric: "storage.used_percent", Instance: "31", Warning: w}}, "storage.used_percent", 55, warning},
		{"for this label", []appliance.Limit{{Metric: "storage.used_percent", Instance: "/var", Warning: w}}, "storage.used_percent", 55, warning},
		{"for another instance", []appliance.Limit{{Metric: "storage.used_percent", Instance: "/home", Warning: w}}, "storage.used_percent", 55, ok},
		{"the instance beats the metric", []appliance.Limit{{Metric: "storage.used_percent", Instance: "/var", Warning: level(90)}, {Metric: "storage.used_percent", Warning: w}}, "storage.used_percent", 55, ok},
		{"a level that is not given does not exist", []appliance.Limit{{Metric: "storage.used_percent", Warning: level(97)}}, "storage.used_percent", 96, ok},
		{"below is the metric's nature", []appliance.Limit{{Metric: "ups.charge_percent", Warning: level(30)}}, "ups.charge_percent", 100, ok},
		{"and works with it", []appliance.Limit{{Metric: "ups.charge_percent", Warning: level(30)}}, "ups.charge_percent", 29, warning},
		{"a metric that has no default", []appliance.Limit{{Metric: "fan.rpm", Below: true, Critical: level(500)}}, "fan.rpm", 300, critical},
	} {
		t.Run(k.name, func(t *testing.T) {
			s := tell(t)
			s.check.Limits = k.limits
			for range 2 {
				s.reading(number(k.metric, "31", "/var", k.x, "%"))
			}
			r := s.is(appliance.Item(k.metric, "31"), k.want)
			if own := hasStep(r, "monitor.step_own"); own == (k.name == "for another instance") {
				t.Errorf("own limit shown: %v", own)
			}
		})
	}
}

func TestTheGeneralTemperatureLimitYieldsToTheSensorsOwnWord(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     appliance.Kind
		severity appliance.Severity
		limits   []appliance.Limit
		want     appliance.State
	}{
		{"the sensor says that all is well", appliance.KindSwitch, appliance.SeverityOK, nil, ok},
		{"the sensor warns", appliance.KindSwitch, appliance.SeverityWarning, nil, warning},
		{"the sensor does not know", appliance.KindSwitch, appliance.SeverityUnknown, nil, critical},
		{"its word means nothing", appliance.KindSwitch, appliance.SeverityNone, nil, critical},
		{"air in a room has our limit all the same", appliance.KindSensor, appliance.SeverityOK, nil, critical},
		{"a person's limit holds", appliance.KindSwitch, appliance.SeverityOK, []appliance.Limit{{Metric: "temperature.celsius", Warning: level(70)}}, warning},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			s.device.Kind, s.check.Limits = c.kind, c.limits
			for range 2 {
				s.reading(number("temperature.celsius", "4", "CPU", 85, "°C"), func(r *appliance.Reading) {
					r.Statuses = append(r.Statuses, appliance.Status{Name: "temperature.status", Instance: "4", Word: "word", Severity: c.severity})
				})
			}
			s.is("temperature/4", c.want)
		})
	}
}

func hasStep(r appliance.StateRecord, key string) bool {
	for _, s := range r.Evidence.Steps {
		if s.Key == key {
			return true
		}
	}
	return false
}

func TestValidateLimit(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit appliance.Limit
		field string
	}{
		{"both levels", appliance.Limit{Metric: "storage.used_percent", Warning: level(80), Critical: level(90)}, ""},
		{"below by nature", appliance.Limit{Metric: "ups.charge_percent", Warning: level(80), Critical: level(10)}, ""},
		{"off needs no number", appliance.Limit{Metric: "storage.used_percent", Off: true}, ""},
		{"no metric", appliance.Limit{Warning: level(80)}, "metric"},
		{"no number", appliance.Limit{Metric: "storage.used_percent"}, "warning"},
		{"not a number", appliance.Limit{Metric: "storage.used_percent", Warning: level(math.NaN())}, "warning"},
		{"levels the wrong way round", appliance.Limit{Metric: "storage.used_percent", Warning: level(90), Critical: level(80)}, "critical"},
		{"levels the wrong way round below", appliance.Limit{Metric: "certificate.days", Warning: level(7), Critical: level(21)}, "critical"},
		{"negative hysteresis", appliance.Limit{Metric: "storage.used_percent", Warning: level(80), Hysteresis: -1}, "hysteresis"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := ValidateLimit(c.limit)
			if c.field == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			e, ok := err.(*appliance.Error) //nolint:errorlint // it is not wrapped here
			if !ok || e.Field != c.field || sentences[e.Message.Key] != e.Message.English {
				t.Fatalf("%#v, want field %s", err, c.field)
			}
		})
	}
}
