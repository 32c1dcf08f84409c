package ups

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// Confirm is how many readings in a row must say so before a change of a UPS is told. One reading that stands alone is a hiccup of
// a card as often as it is one of the mains.
const Confirm = 2

// Watch tells what changes from reading to reading. The zero value knows nothing yet.
type Watch struct {
	known   bool
	now     facts             // as told
	pending map[string]tangle // facts whose readings say something else
	truth   appliance.UPSTruth
	mains   appliance.UPSTruth // the last one on mains: what the UPS promised
}

// facts are what is told as an event when it changes.
type facts struct {
	battery, low, replace, overload, bypass, off, calibrating, lost bool
	test                                                            string // result and date
}

type tangle struct {
	count int
	since time.Time // of the first reading that said so
}

// rows say what each fact is called when it comes and when it goes.
var rows = []struct {
	name      string
	of        func(*facts) *bool
	on, off   appliance.UPSEventKind
	onT, offT string
}{
	{"battery", func(f *facts) *bool { return &f.battery }, appliance.UPSOnBattery, appliance.UPSOnLine, "on battery", "on mains"},
	{"low", func(f *facts) *bool { return &f.low }, appliance.UPSLowBattery, appliance.UPSLowBatteryCleared, "battery low", "battery no longer low"},
	{"replace", func(f *facts) *bool { return &f.replace }, appliance.UPSReplaceBattery, appliance.UPSOther, "battery must be replaced", "battery need not be replaced"},
	{"overload", func(f *facts) *bool { return &f.overload }, appliance.UPSOverload, appliance.UPSOther, "overload", "no overload"},
	{"bypass", func(f *facts) *bool { return &f.bypass }, appliance.UPSBypass, appliance.UPSOther, "on bypass", "no longer on bypass"},
	{"off", func(f *facts) *bool { return &f.off }, appliance.UPSOutputOff, appliance.UPSOther, "output off", "output on"},
	{"calibrating", func(f *facts) *bool { return &f.calibrating }, appliance.UPSCalibrating, appliance.UPSOther, "calibrating", "calibration over"},
	{"lost", func(f *facts) *bool { return &f.lost }, appliance.UPSCommLost, appliance.UPSCommOK, "the UPS is lost to the program that watches it", "the UPS is heard again"},
}

// Begin starts from what was known before the appliance itself was restarted: the last reading, and whether an outage was open.
func Begin(last appliance.UPSTruth, outage bool) Watch {
	w := Watch{known: !last.At.IsZero(), now: factsOf(last), truth: last}
	w.now.battery = outage
	if !onBattery(last) {
		w.mains = last
	}
	return w
}

// Before is the truth of the reading before, and the last one on mains.
func (w *Watch) Before() (last, mains appliance.UPSTruth) { return w.truth, w.mains }

// OnBattery says what has been told last.
func (w *Watch) OnBattery() bool { return w.now.battery }

// Take compares a truth with what was told and gives the events that follow. With sure a change needs no second reading: a trap or a
// log has told it.
func (w *Watch) Take(t appliance.UPSTruth, sure bool) []appliance.UPSEvent {
	seen := factsOf(t)
	if t.CommLost { // nothing else is known then
		kept := w.now
		kept.lost = true
		seen = kept
	}
	if t.Power == appliance.UPSPowerUnknown { // a UPS that does not say has not come back
		seen.battery, seen.bypass, seen.off = w.now.battery, w.now.bypass, w.now.off
	}
	var out []appliance.UPSEvent
	if !w.known { // what is as it should be is no news
		w.known, w.now.test = true, seen.test
	}
	for _, r := range rows {
		old, now := r.of(&w.now), *r.of(&seen)
		if *old == now {
			delete(w.pending, r.name)
			continue
		}
		p := w.pending[r.name]
		if p.count++; p.count == 1 {
			p.since = t.At
		}
		if p.count < Confirm && !sure {
			if w.pending == nil {
				w.pending = map[string]tangle{}
			}
			w.pending[r.name] = p
			continue
		}
		delete(w.pending, r.name)
		*old = now
		e := appliance.UPSEvent{At: p.since, Kind: r.off, Text: r.offT, Told: []string{"poll"}}
		if now {
			e.Kind, e.Text = r.on, r.onT
		}
		if r.name == "battery" {
			e.At = moment(now, t, p.since)
			e.Text += figures(t)
		}
		out = append(out, e)
	}
	if seen.test != w.now.test && !t.CommLost {
		out = append(out, testEvents(t)...)
		w.now.test = seen.test
	}
	if !t.CommLost {
		out = append(out, w.missed(t)...)
		w.truth = t
		if !onBattery(t) {
			w.mains = t
		}
	}
	return out
}

// Clone is a copy that may go its own way.
func (w *Watch) Clone() Watch {
	c := *w
	c.pending = maps.Clone(w.pending)
	return c
}

func factsOf(t appliance.UPSTruth) facts {
	f := facts{battery: t.Power == appliance.UPSPowerBattery, low: t.Low, replace: t.Replace, overload: t.Overload, bypass: t.Power == appliance.UPSPowerBypass,
		off: t.Power == appliance.UPSPowerOff, calibrating: t.Calibrating, lost: t.CommLost}
	if t.Test != appliance.UPSTestUnknown {
		f.test = string(t.Test) + " " + t.TestDate
	}
	return f
}

// moment is when the battery took over or the mains came back, as exactly as the UPS knows it.
func moment(battery bool, t appliance.UPSTruth, seen time.Time) time.Time {
	exact := t.LastOff
	if battery {
		exact = t.LastOn
		if exact.IsZero() && t.OnBattery != nil && *t.OnBattery > 0 {
			exact = t.At.Add(-time.Duration(*t.OnBattery * float64(time.Second)))
		}
	}
	if exact.IsZero() || exact.After(t.At) || seen.Sub(exact) > 24*time.Hour {
		return seen
	}
	return exact
}

// missed are outages that began and ended between two readings, which apcupsd remembers the times of.
func (w *Watch) missed(t appliance.UPSTruth) []appliance.UPSEvent {
	old := w.truth
	if w.now.battery || len(w.pending) > 0 || old.At.IsZero() || t.LastOn.IsZero() || !t.LastOff.After(t.LastOn) || !t.LastOn.After(later(old.LastOn, old.At)) ||
		old.LastOff.After(t.LastOn) || onBattery(old) || t.LastOff.After(t.At) {
		return nil
	}
	if selfTest(t.LastTransfer) {
		return []appliance.UPSEvent{{At: t.LastOn, Kind: appliance.UPSSelfTestStarted, Text: t.LastTransfer, Told: []string{"poll"}},
			{At: t.LastOff, Kind: appliance.UPSOnLine, Text: "on mains", Told: []string{"poll"}}}
	}
	return []appliance.UPSEvent{{At: t.LastOn, Kind: appliance.UPSOnBattery, Text: strings.TrimSpace("on battery between two readings: " + t.LastTransfer), Told: []string{"poll"}},
		{At: t.LastOff, Kind: appliance.UPSOnLine, Text: "on mains", Told: []string{"poll"}}}
}

func testEvents(t appliance.UPSTruth) []appliance.UPSEvent {
	e := appliance.UPSEvent{At: t.At, Told: []string{"poll"}}
	switch t.Test {
	case appliance.UPSTestPassed, appliance.UPSTestWarning:
		e.Kind = appliance.UPSSelfTestPassed
	case appliance.UPSTestFailed:
		e.Kind = appliance.UPSSelfTestFailed
	case appliance.UPSTestRunning:
		e.Kind = appliance.UPSSelfTestStarted
	default:
		return nil
	}
	e.Text = "self-test: " + string(t.Test)
	if t.TestDate != "" && t.Test != appliance.UPSTestRunning {
		e.Text += " (" + t.TestDate + ")"
		if day, err := time.Parse(time.DateOnly, t.TestDate); err == nil && t.At.Sub(day) > 48*time.Hour {
			e.At = day.Add(12 * time.Hour) // it was then, whenever we came to know
		}
	}
	return []appliance.UPSEvent{e}
}

// figures say how the UPS does in the line of an event.
func figures(t appliance.UPSTruth) string {
	var out []string
	add := func(x *float64, unit string) {
		if x != nil {
			out = append(out, strconv.FormatFloat(*x, 'f', -1, 64)+unit)
		}
	}
	add(t.Charge, " % charged")
	add(t.Runtime, " s left")
	add(t.Load, " % load")
	if t.LastTransfer != "" {
		out = append(out, t.LastTransfer)
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, ", ")
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
