package ups

import (
	"slices"
	"time"

	"siteward/appliance"
)

const (
	// silence is how long an outage may be without any further word before its end counts as untold.
	silence = 12 * time.Hour
	// testLead is how long before the battery takes over a self-test may have been told, and after.
	testLead = 2 * time.Minute
	// testSpan is how long a self-test may be on the battery and still be told of only afterwards.
	testSpan = 10 * time.Minute
)

// Fold makes outages of the events of one UPS, which are in the order of time. A test of whose end nobody told is over at now.
func Fold(events []appliance.UPSEvent, now time.Time) []appliance.UPSOutage {
	f := folding{}
	for _, e := range events {
		f.take(e)
	}
	f.end(time.Time{}, f.open != nil && (f.open.Kind == appliance.UPSOutageReal || now.Sub(f.last) < silence))
	return f.outages
}

// folding is a history being read from the beginning.
type folding struct {
	outages []appliance.UPSOutage
	open    *appliance.UPSOutage
	last    time.Time // word of the open one
	test    time.Time // a self-test was told to begin
	blip    bool      // the open one rests on a power failure alone
}

func (f *folding) take(e appliance.UPSEvent) {
	switch e.Kind {
	case appliance.UPSPowerFailure, appliance.UPSOnBattery:
		f.begin(e)
	case appliance.UPSSelfTestStarted:
		f.test = e.At
		if f.open != nil && f.open.Kind == appliance.UPSOutageTest && e.At.Sub(f.open.Start) >= testLead {
			f.end(time.Time{}, false) // the one before, whose end nobody told
		}
		if f.open == nil {
			f.start(e, appliance.UPSOutageTest)
			return
		}
		if e.At.Sub(f.open.Start) < testLead {
			f.open.Kind = appliance.UPSOutageTest
		}
		f.hear(e)
	case appliance.UPSCalibrating:
		if f.open == nil {
			f.start(e, appliance.UPSOutageCalibration)
			return
		}
		f.open.Kind = appliance.UPSOutageCalibration
		f.hear(e)
	case appliance.UPSSelfTestPassed, appliance.UPSSelfTestFailed:
		f.tested(e)
	case appliance.UPSOnLine:
		if f.open != nil {
			f.hear(e)
			f.end(e.At, false)
		}
	case appliance.UPSMonitorStarted: // who watches has started anew: the mains are back, since when nobody knows
		if f.open != nil && f.open.Shutdown {
			f.end(time.Time{}, false)
		}
	default:
		f.aside(e)
	}
}

// aside is what happens while the UPS is on its battery.
func (f *folding) aside(e appliance.UPSEvent) {
	if f.open == nil {
		return
	}
	switch e.Kind {
	case appliance.UPSLowBattery, appliance.UPSBatteryDischarged:
		f.open.Low = true
	case appliance.UPSShutdown, appliance.UPSForcedShutdown, appliance.UPSOutputOff, appliance.UPSRuntimeLimit:
		f.open.Shutdown = true
	default:
		return
	}
	f.hear(e)
}

// begin is the battery taking over. An outage that goes on hears of it again; one that was forgotten ends untold.
func (f *folding) begin(e appliance.UPSEvent) {
	if f.open != nil && e.At.Sub(f.last) > silence {
		f.end(time.Time{}, false)
	}
	if f.open == nil {
		f.start(e, appliance.UPSOutageReal)
		f.blip = e.Kind == appliance.UPSPowerFailure
		if !f.test.IsZero() && e.At.Sub(f.test) < testLead {
			f.open.Kind = appliance.UPSOutageTest
		}
		return
	}
	if e.Kind == appliance.UPSOnBattery {
		f.blip = false
	}
	if e.Kind == appliance.UPSPowerFailure && f.open.Kind == appliance.UPSOutageTest && e.At.Sub(f.open.Start) > testLead {
		f.end(time.Time{}, false) // a test whose end nobody told, and then the mains went
		f.begin(e)
		return
	}
	f.hear(e)
}

func (f *folding) start(e appliance.UPSEvent, kind appliance.UPSOutageKind) {
	f.open = &appliance.UPSOutage{Device: e.Device, UPS: e.UPS, Kind: kind, Start: e.At, Text: e.Text}
	f.blip = false
	f.hear(e)
}

func (f *folding) hear(e appliance.UPSEvent) {
	f.last = e.At
	f.open.Events++
	for _, teller := range e.Told {
		if !slices.Contains(f.open.Told, teller) {
			f.open.Told = append(f.open.Told, teller)
		}
	}
}

// tested is the result of a self-test: the end of the one that is open, or what the short time on battery before it was.
func (f *folding) tested(e appliance.UPSEvent) {
	result := appliance.UPSTestPassed
	if e.Kind == appliance.UPSSelfTestFailed {
		result = appliance.UPSTestFailed
	}
	f.test = time.Time{}
	if f.open != nil {
		if f.open.Kind == appliance.UPSOutageReal && e.At.Sub(f.open.Start) > testSpan {
			return
		}
		f.open.Kind, f.open.Result = appliance.UPSOutageTest, result
		f.hear(e)
		f.end(e.At, false)
		return
	}
	if n := len(f.outages) - 1; n >= 0 {
		o := &f.outages[n]
		if !o.End.IsZero() && e.At.Sub(o.End) < testLead && o.End.Sub(o.Start) < testSpan && (o.Kind == appliance.UPSOutageTest || testLike(*o)) {
			o.Kind, o.Result = appliance.UPSOutageTest, result
			o.Events++
		}
	}
}

// testLike says that an outage may have been a self-test: short, and the battery came to no harm.
func testLike(o appliance.UPSOutage) bool {
	return !o.Low && !o.Shutdown && o.End.Sub(o.Start) <= time.Minute
}

// end closes the open outage; open says that it goes on.
func (f *folding) end(at time.Time, open bool) {
	if f.open == nil {
		return
	}
	o := *f.open
	o.End, o.Open = at, open
	if o.Kind == appliance.UPSOutageReal && f.blip && !open && !at.IsZero() {
		o.Kind = appliance.UPSOutageBlip
	}
	f.outages, f.open = append(f.outages, o), nil
}
