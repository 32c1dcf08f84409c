package monitor

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"siteward/appliance"
)

// anyReading draws what a run may bring back: numbers near and far from their limits, unknown ones, words, gaps.
func anyReading(t *rapid.T) []func(*appliance.Reading) {
	switch rapid.SampledFrom([]string{"good", "numbers", "numbers", "silent", "ours", "partial", "denied"}).Draw(t, "kind") {
	case "good":
		return goodReading()
	case "silent":
		return []func(*appliance.Reading){silent}
	case "denied":
		return []func(*appliance.Reading){fails(appliance.ReasonDenied)}
	case "ours":
		return []func(*appliance.Reading){ourFault, disk(99)}
	case "partial":
		return []func(*appliance.Reading){partial}
	}
	numbers := []float64{0, 50, 82.9, 83, 84, 85, 90, 93, 95, 100, unknownNo}
	words := []appliance.Severity{appliance.SeverityNone, appliance.SeverityOK, appliance.SeverityWarning, appliance.SeverityCritical, appliance.SeverityUnknown}
	return []func(*appliance.Reading){
		disk(rapid.SampledFrom(numbers).Draw(t, "disk")),
		word("ups.battery", "", "", "w", rapid.SampledFrom(words).Draw(t, "battery")),
		number("ups.charge_percent", "", "", rapid.SampledFrom(numbers).Draw(t, "charge"), "%"),
		word("if.oper_status", "1", rapid.SampledFrom([]string{"Gi1", "Gi3"}).Draw(t, "port"), rapid.SampledFrom([]string{"up", "down", "unknown"}).Draw(t, "oper"), appliance.SeverityNone),
	}
}

func goodReading() []func(*appliance.Reading) {
	return []func(*appliance.Reading){disk(50), word("ups.battery", "", "", "w", appliance.SeverityOK),
		number("ups.charge_percent", "", "", 100, "%"), word("if.oper_status", "1", "Gi1", "up", appliance.SeverityNone)}
}

// drawStory plays any past: readings, time that passes, pauses, a device on the way that fails.
func drawStory(t *rapid.T, tb testing.TB) *story {
	s := tell(tb)
	s.check.Attempts, s.check.Recoveries = rapid.IntRange(0, 4).Draw(t, "attempts"), rapid.IntRange(0, 4).Draw(t, "recoveries")
	for range rapid.IntRange(0, 20).Draw(t, "steps") {
		switch rapid.SampledFrom([]string{"read", "read", "read", "read", "wait", "pause", "resume", "way"}).Draw(t, "step") {
		case "wait":
			s.tick(time.Duration(rapid.IntRange(0, 30).Draw(t, "minutes")) * time.Minute)
		case "pause":
			s.device.Paused = &appliance.Pause{By: "anna", Since: s.now, Until: s.now.Add(5 * time.Minute)}
		case "resume":
			s.device.Paused = nil
		case "way":
			s.way = rapid.SampledFrom([]Way{{}, {Down: 1}, {Good: s.now.Add(-time.Minute), Since: morning, Ask: []appliance.ID{1}},
				{Good: s.now, Since: s.now, Ask: []appliance.ID{1}}, {Ask: []appliance.ID{1}}}).Draw(t, "way")
		default:
			s.reading(anyReading(t)...)
		}
	}
	s.device.Paused, s.way = nil, Way{}
	return s
}

func TestAnyPastEndsInOrderWithGoodReadings(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawStory(r, t)
		for range 12 { // four to get worse, four and four to get better, in steps
			s.reading(goodReading()...)
		}
		for _, item := range []string{answer, "storage/31", "ups", "if/1"} {
			if got := s.state(item); got.State != ok || got.Count != 0 || got.Stale || got.UnreachableBy != 0 {
				r.Fatalf("%s is %+v", item, got)
			}
		}
	})
}

func TestOurFaultIsNeverTheirs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := tell(t)
		if rapid.Bool().Draw(r, "seen before") {
			s.reading(goodReading()...)
		}
		for range rapid.IntRange(1, 30).Draw(r, "runs") {
			s.reading(ourFault, disk(99))
			for _, st := range s.states {
				if alarm(st.State) || alarm(st.Pending) {
					r.Fatalf("%s is %s, pending %s", st.Item, st.State, st.Pending)
				}
			}
		}
		for _, e := range s.events {
			if alarm(e.To) {
				r.Fatalf("event to %s", e.To)
			}
		}
	})
}

// TestAnAlarmNeedsItsAttempts: nothing gets worse on fewer readings than the check asks for.
func TestAnAlarmNeedsItsAttempts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := tell(t)
		s.check.Attempts = rapid.IntRange(2, 5).Draw(r, "attempts")
		s.reading(disk(50))
		for range rapid.IntRange(0, 10).Draw(r, "rounds") {
			for range rapid.IntRange(0, s.check.Attempts-1).Draw(r, "bad") {
				s.reading(disk(rapid.SampledFrom([]float64{85, 90, 95, 100}).Draw(r, "number")))
			}
			s.reading(disk(50))
		}
		s.is("storage/31", ok)
		s.recorded("storage/31", "")
	})
}

// TestAStoredStateJudgesLikeAFreshOne: a restart between two readings changes nothing.
func TestAStoredStateJudgesLikeAFreshOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawStory(r, t)
		raw, err := json.Marshal(s.states)
		if err != nil {
			r.Fatal(err)
		}
		var stored []appliance.StateRecord
		if err := json.Unmarshal(raw, &stored); err != nil {
			r.Fatal(err)
		}
		reading := appliance.Reading{Check: s.check.ID, At: s.now}
		for _, f := range anyReading(r) {
			f(&reading)
		}
		in := s.input(reading)
		fresh := Judge(in)
		in.Previous = stored
		again := Judge(in)
		if diff := cmp.Diff(gist(fresh), gist(again)); diff != "" {
			r.Fatalf("after a restart:\n%s", diff)
		}
	})
}

func gist(v Verdict) []string {
	var lines []string
	for _, s := range v.States {
		lines = append(lines, fmt.Sprint(s.Item, s.State, s.Pending, s.Count, s.Since.UTC(), s.Evidence.Why.English, s.Stale, s.UnreachableBy))
	}
	for _, e := range v.Events {
		lines = append(lines, fmt.Sprint(e.Item, e.From, e.To, e.Message.English, e.Cause))
	}
	return lines
}

// TestNothingWrongIsLeftOut: every problem is a row or folded into one, exactly once, whatever the states are.
func TestNothingWrongIsLeftOut(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var devices []appliance.Device
		var states []appliance.StateRecord
		all := []appliance.State{ok, paused, noData, warning, critical}
		for id := appliance.ID(1); id <= 5; id++ {
			devices = append(devices, appliance.Device{ID: id, Name: id.String()})
			for _, item := range []string{answer, "storage/1", "ups"} {
				rec := line(id, item, rapid.SampledFrom(all).Draw(r, "state"))
				if item == answer && rec.State == noData {
					rec.UnreachableBy = appliance.ID(rapid.IntRange(0, 6).Draw(r, "by"))
				}
				states = append(states, rec)
			}
		}
		var want, got []string
		for _, s := range states {
			if s.State.Problem() {
				want = append(want, s.Device.String()+s.Item)
			}
		}
		o := Summary(states, devices)
		for _, p := range o.Problems {
			got = append(got, p.StateRecord.Device.String()+p.Item)
			for _, c := range p.Children {
				got = append(got, c.Device.String()+c.Item)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			r.Fatalf("rows and children %v, problems %v", got, want)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	s := tell(b)
	r := appliance.Reading{Check: 70, At: morning}
	s.device.Ports = map[string]appliance.PortRole{}
	for i := range 48 {
		id, label := fmt.Sprint(i), fmt.Sprintf("Gi%d", i)
		s.device.Ports[label] = appliance.PortImportant
		word("if.oper_status", id, label, "up", appliance.SeverityOK)(&r)
		number("if.in", id, label, 1e6, "bit/s")(&r)
		number("if.speed", id, label, 1e9, "bit/s")(&r)
		number("if.in_errors", id, label, 0, "1/s")(&r)
	}
	in := s.input(r)
	b.ReportAllocs()
	for b.Loop() {
		in.Previous = Judge(in).States
	}
}
