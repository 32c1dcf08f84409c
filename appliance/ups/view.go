package ups

import (
	"strings"
	"time"

	"siteward/appliance"
)

// graceDays is how long a self-test may be late before it is missed.
const graceDays = 1

// View puts together what is known of one UPS: its last reading, what people entered, and its outages, newest first.
func View(dev appliance.DeviceView, check appliance.ID, r appliance.Reading, outages []appliance.UPSOutage, now time.Time) appliance.UPSView {
	v := appliance.UPSView{Device: dev.ID, Name: dev.Name, Place: dev.Place, Product: dev.Identity.Product(), State: stateOf(dev, check), Check: check,
		Truth: Read(r), Told: check != 0 && r.Failure == nil && !stale(dev, check)}
	if dev.UPS != nil {
		v.Care = *dev.UPS
	}
	v.BatteryDate, v.ReplaceBy = or(v.Care.Installed, v.Truth.BatteryDate), or(v.Care.ReplaceBy, v.Truth.ReplaceBy)
	for i := range outages {
		if o := outages[i]; o.Kind == appliance.UPSOutageReal && !o.Start.After(now.Add(time.Hour)) {
			v.LastOutage = &o
			break
		}
	}
	v.LastTest = lastTest(v.Truth, outages)
	every := v.Care.TestEvery
	if every == 0 {
		every = v.Truth.TestEvery
	}
	if every > 0 {
		from := dev.Created
		if v.LastTest != nil && !v.LastTest.At.IsZero() {
			from = v.LastTest.At
		}
		v.TestDue = from.AddDate(0, 0, every+graceDays)
	}
	return v
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// stateOf is the worst of what the check that tells of the UPS says about it, and whether it answers; without one it is the device's.
func stateOf(dev appliance.DeviceView, check appliance.ID) appliance.State {
	if check == 0 {
		return dev.Worst
	}
	worst, found := appliance.StateOK, false
	for _, s := range dev.States {
		family, _, _ := strings.Cut(s.Item, "/")
		if (s.Check == check && (family == "ups" || family == "ups.alarm" || s.Item == appliance.ItemAnswer)) || s.Check == 0 {
			worst, found = max(worst, s.State), true
		}
	}
	if !found {
		return appliance.StateNoData
	}
	return worst
}

func stale(dev appliance.DeviceView, check appliance.ID) bool {
	for _, s := range dev.States {
		if s.Check == check && s.Item == appliance.ItemAnswer {
			return s.Stale || s.State == appliance.StatePaused
		}
	}
	return false
}

// lastTest is the newest self-test that ended, of those that the UPS remembers and those that were seen.
func lastTest(t appliance.UPSTruth, outages []appliance.UPSOutage) *appliance.UPSTested {
	var best *appliance.UPSTested
	for _, o := range outages {
		if o.Kind == appliance.UPSOutageTest && o.Result != appliance.UPSTestUnknown {
			best = &appliance.UPSTested{Result: o.Result, At: o.Start, Took: appliance.Duration(o.Length(o.End)), Text: o.Text}
			break
		}
	}
	switch t.Test {
	case appliance.UPSTestPassed, appliance.UPSTestWarning, appliance.UPSTestFailed, appliance.UPSTestAborted:
	default:
		return best
	}
	told := &appliance.UPSTested{Result: t.Test}
	if day, err := time.Parse(time.DateOnly, t.TestDate); err == nil {
		told.At = day.Add(12 * time.Hour)
	}
	if best == nil || told.At.After(best.At.Add(12*time.Hour)) {
		return told
	}
	return best
}
