package monitor

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

var morning = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// story plays readings against one check, a minute apart, and keeps what follows.
type story struct {
	tb      testing.TB
	device  appliance.Device
	check   appliance.Check
	states  []appliance.StateRecord
	events  []appliance.Event
	asked   []appliance.ID
	now     time.Time
	way     Way
	running Running
	window  *appliance.Window
}

func tell(tb testing.TB) *story {
	return &story{tb: tb, now: morning,
		device: appliance.Device{ID: 7, Name: "srv-files", Kind: appliance.KindServer, Address: "192.0.2.7",
			Ports: map[string]appliance.PortRole{"Gi1": appliance.PortUplink, "Gi2": appliance.PortImportant}},
		check: appliance.Check{ID: 70, Device: 7, Probe: appliance.ProbeSNMP,
			Interval: appliance.Duration(time.Minute), Timeout: appliance.Duration(5 * time.Second), Created: morning}}
}

func (s *story) input(r appliance.Reading) Input {
	return Input{Device: s.device, Check: s.check, Reading: r, Previous: s.states, Now: s.now, Way: s.way, Running: s.running, Window: s.window}
}

func (s *story) keep(v Verdict) {
	s.tb.Helper()
	s.obey(v)
	s.states, s.asked = v.States, v.Ask
	s.events = append(s.events, v.Events...)
}

// obey holds every verdict against what must be true of all of them.
func (s *story) obey(v Verdict) {
	s.tb.Helper()
	before := map[string]appliance.StateRecord{}
	for _, r := range s.states {
		before[r.Item] = r
	}
	for _, r := range v.States {
		prev, had := before[r.Item]
		if r.Held != nil && prev.Held != nil { // what happens inside stands in the journal as its own
			prev, r = prev.Plain(), r.Plain()
		}
		if r.Held == nil && prev.Held != nil && prev.Held.State == appliance.StateOK && r.Item != answer {
			continue // nothing to tell
		}
		if r.Held != nil && prev.State == appliance.StateOK && r.Item != answer {
			continue
		}
		if !had {
			prev.State = appliance.StateNoData
		}
		at, told := prev.State, false
		for _, e := range v.Events {
			if e.Item != r.Item {
				continue
			}
			if e.From == e.To || e.From != at && !prev.Quiet {
				s.tb.Fatalf("event %s %s to %s, but it was %s", r.Item, e.From, e.To, at)
			}
			at, told = e.To, true
		}
		if told && at != r.State {
			s.tb.Fatalf("the events of %s end at %s, the state is %s", r.Item, at, r.State)
		}
		if !told && prev.State != r.State && !r.Quiet && !prev.Quiet && had {
			s.tb.Fatalf("%s went %s to %s without an event", r.Item, prev.State, r.State)
		}
		if r.Evidence.Why.Key == "" || r.Evidence.Why.English == r.Evidence.Why.Key {
			s.tb.Fatalf("%s is %s without a reason that can be read: %+v", r.Item, r.State, r.Evidence)
		}
		if r.State == appliance.StateOK && r.Ack != nil {
			s.tb.Fatalf("%s is in order and still taken by %s", r.Item, r.Ack.By)
		}
	}
}

// reading judges a reading begun now and goes on by a minute.
func (s *story) reading(change ...func(*appliance.Reading)) {
	s.tb.Helper()
	r := appliance.Reading{Check: s.check.ID, At: s.now, Took: 12 * time.Millisecond}
	for _, f := range change {
		f(&r)
	}
	s.keep(Judge(s.input(r)))
	s.now = s.now.Add(time.Minute)
}

func (s *story) tick(d time.Duration) {
	s.tb.Helper()
	s.now = s.now.Add(d)
	s.keep(Tick(s.input(appliance.Reading{})))
}

func (s *story) state(item string) appliance.StateRecord {
	s.tb.Helper()
	for _, r := range s.states {
		if r.Item == item {
			return r
		}
	}
	s.tb.Fatalf("there is no state of %s", item)
	return appliance.StateRecord{}
}

func (s *story) is(item string, want appliance.State) appliance.StateRecord {
	s.tb.Helper()
	r := s.state(item)
	if r.State != want {
		s.tb.Fatalf("%s is %s (%s), want %s", item, r.State, r.Evidence.Why.English, want)
	}
	return r
}

func (s *story) has(item string) bool {
	for _, r := range s.states {
		if r.Item == item {
			return true
		}
	}
	return false
}

// journal is the events as short lines; a line of a consequence ends with its cause.
func (s *story) journal(item string) string {
	var lines []string
	for _, e := range s.events {
		if e.Item != item {
			continue
		}
		line := fmt.Sprintf("%s>%s", e.From, e.To)
		if e.Cause != 0 {
			line += "@" + e.Cause.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, " ")
}

func (s *story) recorded(item, want string) {
	s.tb.Helper()
	if got := s.journal(item); got != want {
		s.tb.Fatalf("journal of %s: %q, want %q", item, got, want)
	}
}

func fails(reason appliance.Reason) func(*appliance.Reading) {
	return func(r *appliance.Reading) {
		r.Failure = &appliance.Failure{Reason: reason, Detail: "no answer within 5s"}
	}
}

var (
	silent    = fails(appliance.ReasonTimeout)
	ourFault  = func(r *appliance.Reading) { silent(r); r.Failure.Ours = true }
	partial   = func(r *appliance.Reading) { r.Partial = true }
	unknownNo = math.NaN()
)

func number(metric, instance, label string, x float64, unit string) func(*appliance.Reading) {
	return func(r *appliance.Reading) {
		r.Values = append(r.Values, appliance.Value{Metric: metric, Instance: instance, Label: label, Number: x, Unit: unit, Source: "1.3.6.1.2.1.25.2.3.1.6." + instance})
	}
}

func disk(percent float64) func(*appliance.Reading) {
	return number("storage.used_percent", "31", "/var", percent, "%")
}

func word(name, instance, label, word string, severity appliance.Severity) func(*appliance.Reading) {
	return func(r *appliance.Reading) {
		r.Statuses = append(r.Statuses, appliance.Status{Name: name, Instance: instance, Label: label, Object: "someObject", Raw: "2", Word: word, Severity: severity})
	}
}

func level(x float64) *float64 { return &x }
