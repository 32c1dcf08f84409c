package monitor

import (
	"testing"
	"time"

	"siteward/appliance"
)

const (
	ok       = appliance.StateOK
	warning  = appliance.StateWarning
	critical = appliance.StateCritical
	noData   = appliance.StateNoData
	paused   = appliance.StatePaused
	answer   = appliance.ItemAnswer
)

// TestInARow feeds numbers of one disk, a minute apart, and looks at the state after each.
func TestInARow(t *testing.T) {
	var nan = unknownNo
	for _, c := range []struct {
		name                 string
		numbers              []float64
		attempts, recoveries int
		want                 []appliance.State
	}{
		{name: "a first good reading sets the state at once", numbers: []float64{50}, want: []appliance.State{ok}},
		{name: "a first bad reading is No data until it is confirmed", numbers: []float64{90, 90}, want: []appliance.State{noData, warning}},
		{name: "one bad reading changes nothing", numbers: []float64{50, 90, 50, 90, 50}, want: []appliance.State{ok, ok, ok, ok, ok}},
		{name: "two bad readings in a row are a warning", numbers: []float64{50, 90, 90}, want: []appliance.State{ok, ok, warning}},
		{name: "two good readings in a row end it", numbers: []float64{50, 90, 90, 50, 50}, want: []appliance.State{ok, ok, warning, warning, ok}},
		{name: "critical at once after OK needs two as well", numbers: []float64{50, 99, 99}, want: []appliance.State{ok, ok, critical}},
		{name: "a run confirms what all its readings support", numbers: []float64{50, 90, 99, 99}, want: []appliance.State{ok, ok, warning, critical}},
		{name: "critical then warning is a warning", numbers: []float64{50, 99, 90, 90}, want: []appliance.State{ok, ok, warning, warning}},
		{name: "recovery in steps", numbers: []float64{99, 99, 90, 50, 50}, want: []appliance.State{noData, critical, critical, warning, ok}},
		{name: "a relapse starts the recovery again", numbers: []float64{99, 99, 50, 99, 50, 50}, want: []appliance.State{noData, critical, critical, critical, critical, ok}},
		{name: "hysteresis holds a warning 2 points below its limit", numbers: []float64{90, 90, 84, 84, 83.5, 83.5, 83, 82.9, 82.9}, want: []appliance.State{noData, warning, warning, warning, warning, warning, warning, warning, ok}},
		{name: "hysteresis does not make a warning", numbers: []float64{50, 84, 84, 84}, want: []appliance.State{ok, ok, ok, ok}},
		{name: "hysteresis holds critical", numbers: []float64{99, 99, 94, 94, 92, 92}, want: []appliance.State{noData, critical, critical, critical, critical, warning}},
		{name: "the limit itself is beyond", numbers: []float64{85, 85}, want: []appliance.State{noData, warning}},
		{name: "one attempt is enough when the check says so", numbers: []float64{50, 90}, attempts: 1, want: []appliance.State{ok, warning}},
		{name: "four attempts", numbers: []float64{50, 90, 90, 90, 90}, attempts: 4, want: []appliance.State{ok, ok, ok, ok, warning}},
		{name: "one recovery", numbers: []float64{90, 90, 50}, recoveries: 1, want: []appliance.State{noData, warning, ok}},
		{name: "an unknown number neither breaks nor makes a run", numbers: []float64{50, 90, nan, 90}, want: []appliance.State{ok, ok, ok, warning}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			s.check.Attempts, s.check.Recoveries = c.attempts, c.recoveries
			for i, x := range c.numbers {
				s.reading(disk(x))
				if got := s.state("storage/31").State; got != c.want[i] {
					t.Fatalf("after reading %d (%v): %s, want %s", i+1, x, got, c.want[i])
				}
			}
		})
	}
}

func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		reason appliance.Reason
		ours   bool
		want   appliance.State
		why    string
	}{
		{"silence is an outage", appliance.ReasonTimeout, false, critical, "monitor.no_answer"},
		{"a refused connection is an outage", appliance.ReasonRefused, false, critical, "monitor.refused"},
		{"a name without address is an outage", appliance.ReasonUnresolved, false, critical, "monitor.unresolved"},
		{"a device that refuses our password is up", appliance.ReasonDenied, false, warning, "monitor.denied"},
		{"nonsense is an outage", appliance.ReasonProtocol, false, critical, "monitor.protocol"},
		{"status 500 is an outage", appliance.ReasonUnexpected, false, critical, "monitor.unexpected"},
		{"a bad certificate is an outage", appliance.ReasonCertificate, false, critical, "monitor.certificate"},
		{"a reason of tomorrow is an outage", "something", false, critical, "monitor.unexpected"},
		{"no permission to ask is ours", appliance.ReasonSetup, false, noData, "monitor.ours"},
		{"no route of ours is ours", appliance.ReasonTimeout, true, noData, "monitor.ours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			s.reading()
			s.is(answer, ok)
			bad := func(r *appliance.Reading) { fails(c.reason)(r); r.Failure.Ours = c.ours }
			s.reading(bad)
			s.reading(bad)
			s.is(answer, ok)
			s.reading(bad)
			r := s.is(answer, c.want)
			if r.Evidence.Why.Key != c.why {
				t.Errorf("why: %s, want %s", r.Evidence.Why.Key, c.why)
			}
			if r.Evidence.Verbatim != "no answer within 5s" || r.Evidence.Source != "SNMP 192.0.2.7" {
				t.Errorf("evidence: %+v", r.Evidence)
			}
		})
	}
}

func TestAnswerComesBack(t *testing.T) {
	s := tell(t)
	s.reading()
	for range 3 {
		s.reading(silent)
	}
	s.is(answer, critical)
	s.reading()
	r := s.is(answer, critical)
	if r.Pending != ok || r.Count != 1 {
		t.Errorf("pending %s %d, want OK once", r.Pending, r.Count)
	}
	s.reading()
	s.is(answer, ok)
	s.recorded(answer, "nodata>ok ok>critical critical>ok")
}

func TestItemsFollowTheirAnswer(t *testing.T) {
	t.Run("a silent device is one line in the journal", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for range 5 {
			s.reading(silent)
		}
		r := s.is("storage/31", noData)
		if !r.Stale || r.Evidence.Why.Key != "monitor.with_answer" {
			t.Errorf("stale %v, why %s", r.Stale, r.Evidence.Why.Key)
		}
		s.reading(disk(50))
		s.is("storage/31", ok)
		s.recorded("storage/31", "")
		s.recorded(answer, "nodata>ok ok>critical")
	})
	t.Run("an alarm that ends in silence is told, with its cause", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(90))
		s.reading(disk(90))
		for range 5 {
			s.reading(silent)
		}
		s.reading(disk(50))
		s.recorded("storage/31", "nodata>warning warning>nodata@7 nodata>ok")
	})
	t.Run("nothing is judged of what a run of ours brought", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for range 2 {
			s.reading(ourFault, disk(99))
		}
		s.is("storage/31", ok)
	})
	t.Run("numbers beside a failure are judged", func(t *testing.T) {
		s := tell(t)
		for range 2 {
			s.reading(fails(appliance.ReasonUnexpected), number("certificate.days", "", "", 5, "d"))
		}
		s.is("certificate", critical)
	})
}

func TestItemsThatVanish(t *testing.T) {
	t.Run("missing from three readings is No data, with a sentence", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for range 3 {
			s.reading()
			s.is("storage/31", ok)
		}
		s.reading()
		r := s.is("storage/31", noData)
		if r.Evidence.Why.Key != "monitor.not_told" {
			t.Errorf("why %s", r.Evidence.Why.Key)
		}
		s.recorded("storage/31", "ok>nodata")
	})
	t.Run("partial readings say so and never drop", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for range 25 * 60 {
			s.reading(partial)
		}
		if r := s.is("storage/31", noData); r.Evidence.Why.Key != "monitor.not_told_partial" {
			t.Errorf("why %s", r.Evidence.Why.Key)
		}
	})
	t.Run("missing for a day it is dropped, with a line in the journal", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for range 24 * 60 {
			s.reading()
		}
		s.is("storage/31", noData)
		s.reading()
		if s.has("storage/31") {
			t.Fatal("still there")
		}
		if last := s.events[len(s.events)-1]; last.Message.Key != "monitor.dropped" {
			t.Errorf("last event %+v", last)
		}
	})
	t.Run("an item whose number stays unknown is not dropped", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(50))
		for range 25 * 60 {
			s.reading(disk(unknownNo))
		}
		s.is("storage/31", noData)
	})
	t.Run("what else was read does not end the alarm of a number that is missing now", func(t *testing.T) {
		s := tell(t)
		bay := word("storage.health", "31", "/var", "fine", appliance.SeverityOK)
		s.reading(disk(99), bay)
		s.reading(disk(99), bay)
		for range 3 {
			s.reading(bay)
			s.is("storage/31", critical)
		}
		s.reading(bay)
		s.is("storage/31", noData)
		s.reading(bay)
		s.is("storage/31", ok)
	})
	t.Run("switched off by a limit it goes at once", func(t *testing.T) {
		s := tell(t)
		s.reading(disk(99))
		s.reading(disk(99))
		s.check.Limits = []appliance.Limit{{Metric: "storage.used_percent", Off: true}}
		s.reading(disk(99))
		if s.has("storage/31") {
			t.Fatal("still there")
		}
		s.recorded("storage/31", "nodata>critical critical>nodata")
	})
}

func TestWordsOfDevices(t *testing.T) {
	for _, c := range []struct {
		name     string
		severity appliance.Severity
		want     appliance.State
	}{
		{"a good word is OK", appliance.SeverityOK, ok},
		{"a worrying word is a warning", appliance.SeverityWarning, warning},
		{"a bad word is critical", appliance.SeverityCritical, critical},
		{"a device that does not know is No data", appliance.SeverityUnknown, noData},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			for range 2 {
				s.reading(word("ups.battery", "", "", "someWord", c.severity))
			}
			r := s.is("ups", c.want)
			if r.Evidence.Verbatim != "someObject = someWord(2)" {
				t.Errorf("verbatim %q", r.Evidence.Verbatim)
			}
		})
	}
	t.Run("well-known words have sentences of their own", func(t *testing.T) {
		s := tell(t)
		for range 2 {
			s.reading(word("ups.output_source", "", "", "battery", appliance.SeverityWarning))
		}
		if got := s.is("ups", warning).Evidence.Why.English; got != "Power outage: the UPS runs on its battery" {
			t.Errorf("why %q", got)
		}
	})
	t.Run("a word without judgement makes no state", func(t *testing.T) {
		s := tell(t)
		s.reading(word("ups.mode", "", "", "eco", appliance.SeverityNone))
		if s.has("ups") {
			t.Error("there is one")
		}
	})
	t.Run("the worst of words and numbers wins, No data beats OK", func(t *testing.T) {
		s := tell(t)
		good, dunno := word("ups.battery", "", "", "fine", appliance.SeverityOK), word("ups.output", "", "", "unknown", appliance.SeverityUnknown)
		full, low := number("ups.charge_percent", "", "", 100, "%"), number("ups.charge_percent", "", "", 10, "%")
		s.reading(good, full)
		s.is("ups", ok)
		s.reading(good, dunno, full)
		s.reading(good, dunno, full)
		s.is("ups", noData)
		s.reading(good, dunno, low)
		s.reading(good, dunno, low)
		s.is("ups", critical)
	})
}

func TestAlarmRows(t *testing.T) {
	raised := word("ups.alarm", "5", "", "upsAlarmOnBattery", appliance.SeverityWarning)
	t.Run("an alarm whose row is gone is over, and leaves nothing behind", func(t *testing.T) {
		s := tell(t)
		s.reading(raised)
		s.reading(raised)
		r := s.is("ups.alarm/5", warning)
		if r.Evidence.Why.English != "The device raises the alarm “upsAlarmOnBattery”" {
			t.Errorf("why %q", r.Evidence.Why.English)
		}
		s.reading(partial)
		s.reading(silent)
		s.reading()
		s.is("ups.alarm/5", warning)
		s.reading()
		if s.has("ups.alarm/5") {
			t.Error("still there")
		}
		s.recorded("ups.alarm/5", "nodata>warning warning>ok")
	})
	t.Run("an alarm seen once says nothing", func(t *testing.T) {
		s := tell(t)
		s.reading(raised)
		s.reading()
		if s.has("ups.alarm/5") {
			t.Error("still there")
		}
		s.recorded("ups.alarm/5", "")
	})
}

func TestPorts(t *testing.T) {
	up := func(i, label string) func(*appliance.Reading) {
		return word("if.oper_status", i, label, "up", appliance.SeverityOK)
	}
	down := func(i, label string) func(*appliance.Reading) {
		return word("if.oper_status", i, label, "down", appliance.SeverityCritical)
	}
	off := func(i, label string) func(*appliance.Reading) {
		return word("if.admin_status", i, label, "down", appliance.SeverityNone)
	}
	named := func(name, i, value string) func(*appliance.Reading) {
		return func(r *appliance.Reading) {
			r.Texts = append(r.Texts, appliance.Text{Name: name, Instance: i, Value: value})
		}
	}
	for _, c := range []struct {
		name    string
		reading []func(*appliance.Reading)
		want    appliance.State
		none    bool
	}{
		{name: "an uplink that is up", reading: []func(*appliance.Reading){up("1", "Gi1")}, want: ok},
		{name: "an uplink that is down", reading: []func(*appliance.Reading){down("1", "Gi1")}, want: critical},
		{name: "an important port that is down", reading: []func(*appliance.Reading){down("1", "Gi2")}, want: critical},
		{name: "a port of no role that is down", reading: []func(*appliance.Reading){down("1", "Gi3")}, none: true},
		{name: "a port of no role with errors", reading: []func(*appliance.Reading){up("1", "Gi3"), number("if.in_errors", "1", "Gi3", 1000, "1/s")}, none: true},
		{name: "found by ifName", reading: []func(*appliance.Reading){down("1", "Port 1"), named("if.name", "1", "Gi1")}, want: critical},
		{name: "found by ifDescr", reading: []func(*appliance.Reading){down("1", "Port 1"), named("if.descr", "1", "Gi1")}, want: critical},
		{name: "not found by ifAlias", reading: []func(*appliance.Reading){down("1", "Port 1"), named("if.alias", "1", "Gi1")}, none: true},
		{name: "switched off by a person", reading: []func(*appliance.Reading){down("1", "Gi1"), off("1", "Gi1")}, want: warning},
		{name: "a missing module", reading: []func(*appliance.Reading){word("if.oper_status", "1", "Gi1", "notPresent", appliance.SeverityNone)}, want: critical},
		{name: "the device does not know", reading: []func(*appliance.Reading){word("if.oper_status", "1", "Gi1", "unknown", appliance.SeverityOK)}, want: noData},
		{name: "a full line", reading: []func(*appliance.Reading){up("1", "Gi1"), number("if.in", "1", "Gi1", 96e7, "bit/s"), number("if.speed", "1", "Gi1", 1e9, "bit/s")}, want: critical},
		{name: "a busy line", reading: []func(*appliance.Reading){up("1", "Gi1"), number("if.out", "1", "Gi1", 85e7, "bit/s"), number("if.speed", "1", "Gi1", 1e9, "bit/s")}, want: warning},
		{name: "a line of unknown speed is not judged by its traffic", reading: []func(*appliance.Reading){up("1", "Gi1"), number("if.in", "1", "Gi1", 96e7, "bit/s")}, want: ok},
		{name: "a line of speed 0 likewise", reading: []func(*appliance.Reading){up("1", "Gi1"), number("if.in", "1", "Gi1", 96e7, "bit/s"), number("if.speed", "1", "Gi1", 0, "bit/s")}, want: ok},
		{name: "errors on an uplink", reading: []func(*appliance.Reading){up("1", "Gi1"), number("if.in_errors", "1", "Gi1", 3, "1/s")}, want: warning},
		{name: "discards on an uplink", reading: []func(*appliance.Reading){up("1", "Gi1"), number("if.out_discards", "1", "Gi1", 500, "1/s")}, want: critical},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := tell(t)
			for range 2 {
				s.reading(c.reading...)
			}
			if c.none {
				if s.has("if/1") {
					t.Fatalf("judged: %+v", s.state("if/1"))
				}
				return
			}
			s.is("if/1", c.want)
		})
	}
	t.Run("a port marked by a name that is read once an hour keeps its mark", func(t *testing.T) {
		s := tell(t)
		s.reading(up("1", "Port 1"), named("if.descr", "1", "Gi1"))
		s.reading(down("1", "Port 1"))
		s.reading(down("1", "Port 1"))
		s.is("if/1", critical)
		delete(s.device.Ports, "Gi1")
		s.reading(down("1", "Port 1"), named("if.descr", "1", "Gi1"))
		if s.has("if/1") {
			t.Error("still judged after its mark was taken")
		}
	})
	t.Run("a port that loses its role is no state any more", func(t *testing.T) {
		s := tell(t)
		s.reading(down("1", "Gi1"))
		s.reading(down("1", "Gi1"))
		s.is("if/1", critical)
		s.device.Ports = nil
		s.reading(down("1", "Gi1"))
		if s.has("if/1") {
			t.Error("still there")
		}
		s.recorded("if/1", "nodata>critical critical>nodata")
	})
}

func TestEvidence(t *testing.T) {
	s := tell(t)
	s.reading(disk(50))
	s.reading(disk(91.26))
	s.reading(disk(91.26))
	e := s.is("storage/31", warning).Evidence
	if e.Why.English != "91.3 % used, limit 85 %" || *e.Number != 91.26 || *e.Limit != 85 || e.Metric != "storage.used_percent" || e.Unit != "%" {
		t.Errorf("evidence %+v", e)
	}
	if e.Source != "SNMP 1.3.6.1.2.1.25.2.3.1.6.31" || e.Verbatim != "storage.used_percent[31] = 91.26 %" || !e.At.Equal(morning.Add(2*time.Minute)) {
		t.Errorf("evidence %+v", e)
	}
	last := e.Steps[len(e.Steps)-1]
	if last.English != "Confirmed by 2 readings in a row, the first at 2026-11-20T08:01:00Z" {
		t.Errorf("last step: %s", last.English)
	}
}
