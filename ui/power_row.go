package ui

import (
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// upsRow is one UPS as a line of the page Power.
func (l *Lang) upsRow(u appliance.UPSView, now time.Time) view.UPSRow {
	row := view.UPSRow{ID: u.Device.String(), Name: u.Name, Place: u.Place, State: u.State.String()}
	t := u.Truth
	switch {
	case t.CommLost:
		row.Why = l.T("power.lost")
	case !u.Told:
		row.Why = l.T("power.untold")
	}
	if u.Told {
		if t.Power != appliance.UPSPowerUnknown {
			row.Power = l.T("power.from_" + string(t.Power))
		}
		if t.Runtime != nil {
			row.Runtime = l.Duration(time.Duration(*t.Runtime) * time.Second)
		}
		row.Charge = t.Charge
		row.ChargeState = appliance.StateOK.String()
		if t.Low {
			row.ChargeState = appliance.StateCritical.String()
		}
		if t.Load != nil {
			row.Load = l.Percent(*t.Load)
		}
	}
	row.Battery, row.BatteryState = l.batteryLines(u, now)
	switch {
	case u.Told && t.Fault:
		row.BatteryState, row.BatteryWord = appliance.StateCritical.String(), l.T("power.battery_fault")
	case u.Told && t.Replace:
		row.BatteryState, row.BatteryWord = appliance.StateWarning.String(), l.T("power.battery_replace")
	case row.BatteryState != "":
		row.BatteryWord = l.T("power.battery_old")
	}
	row.Test, row.TestState, row.TestLines = l.testWords(u, now)
	if o := u.LastOutage; o != nil {
		row.Outage, row.OutageAt = l.outageLength(*o, now), o.Start
		if o.LowestCharge != nil {
			row.OutageLine = l.T("power.fell", "charge", l.Percent(*o.LowestCharge))
		}
	}
	return row
}

// day reads "2022-09-20" as noon, so that it is the same day in every zone of ours.
func day(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t.Add(12 * time.Hour), err == nil
}

// batteryLines say how old the battery is and when it is to go; state is set when that day is past.
func (l *Lang) batteryLines(u appliance.UPSView, now time.Time) (lines []string, state string) {
	if t, ok := day(u.BatteryDate); ok {
		months := max(0, int(now.Sub(t).Hours()/24/30.44))
		key := "device.battery_age"
		if u.Care.Installed == "" && u.Truth.BatteryMade {
			key = "power.battery_made"
		}
		lines = append(lines, l.T(key, "date", l.Date(t), "years", months/12, "months", months%12))
	}
	if t, ok := day(u.ReplaceBy); ok {
		key := "device.battery_due"
		if t.Before(now) {
			key, state = "device.battery_overdue", appliance.StateWarning.String()
		}
		lines = append(lines, l.T(key, "date", l.Date(t)))
	}
	return lines, state
}

// testWords say how the last self-test went and when the next one is expected.
func (l *Lang) testWords(u appliance.UPSView, now time.Time) (word, state string, lines []string) {
	result := u.Truth.Test
	if u.LastTest != nil && result != appliance.UPSTestRunning {
		result = u.LastTest.Result
	}
	switch result {
	case appliance.UPSTestUnknown:
		word = l.T("power.test_unknown")
	default:
		word = l.T("device.test_" + string(result))
	}
	switch result {
	case appliance.UPSTestPassed:
		state = appliance.StateOK.String()
	case appliance.UPSTestWarning:
		state = appliance.StateWarning.String()
	case appliance.UPSTestFailed:
		state = appliance.StateCritical.String()
	}
	if t := u.LastTest; t != nil && !t.At.IsZero() {
		line := l.Date(t.At)
		if t.Took > 0 {
			line += ", " + l.Duration(time.Duration(t.Took))
		}
		lines = append(lines, line)
	}
	switch {
	case u.TestDue.IsZero():
	case u.TestDue.Before(now):
		lines = append(lines, l.T("power.test_overdue", "date", l.Date(u.TestDue)))
		if state == appliance.StateOK.String() || state == "" {
			state = appliance.StateWarning.String()
		}
	default:
		lines = append(lines, l.T("power.test_due", "date", l.Date(u.TestDue)))
	}
	return word, state, lines
}

// outageStates are the shapes of the kinds: a test that passed is good news, a calibration was planned.
var outageStates = map[appliance.UPSOutageKind]appliance.State{appliance.UPSOutageReal: appliance.StateWarning, appliance.UPSOutageBlip: appliance.StateWarning,
	appliance.UPSOutageTest: appliance.StateOK, appliance.UPSOutageCalibration: appliance.StateMaintenance}

func (l *Lang) outageRow(o appliance.UPSOutage, now time.Time) view.OutageRow {
	row := view.OutageRow{At: o.Start, ID: o.Device.String(), State: outageStates[o.Kind].String(), Word: l.T("power.kind_" + string(o.Kind)), Length: l.outageLength(o, now)}
	switch {
	case o.Kind == appliance.UPSOutageTest && o.Result == appliance.UPSTestFailed:
		row.State, row.Word = appliance.StateCritical.String(), l.T("power.kind_self_test_failed")
	case o.Kind == appliance.UPSOutageTest && o.Result == appliance.UPSTestPassed:
		row.Word = l.T("power.kind_self_test_passed")
	}
	if o.LowestCharge != nil {
		row.Charge = l.Percent(*o.LowestCharge)
	}
	if o.Announced != nil {
		row.Announced = l.Duration(time.Duration(*o.Announced) * time.Second)
	}
	if o.Measured != nil {
		row.Measured = l.Duration(time.Duration(*o.Measured) * time.Second)
	}
	var told []string
	for _, t := range o.Told {
		if key := "power.told_" + t; l.Has(key) {
			t = l.T(key)
		}
		if !slices.Contains(told, t) {
			told = append(told, t)
		}
	}
	row.Told = strings.Join(told, ", ")
	switch {
	case o.Shutdown:
		row.Note = l.T("power.note_shutdown")
	case o.Low:
		row.Note = l.T("power.note_low")
	}
	return row
}

// span is a duration to the second where that still means something: people compare outages of minutes.
func (l *Lang) span(d time.Duration) string {
	if d < time.Minute || d >= time.Hour || d%time.Minute < time.Second {
		return l.Duration(d)
	}
	return l.Duration(d) + " " + l.Duration(d%time.Minute)
}

func (l *Lang) outageLength(o appliance.UPSOutage, now time.Time) string {
	switch {
	case !o.End.IsZero():
		return l.span(o.Length(now))
	case o.Open:
		return l.T("power.since", "for", l.span(o.Length(now)))
	}
	return l.T("power.no_end")
}
