package ingest

import (
	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
)

// factsOf makes the columns of the fleet from a summary.
func factsOf(s *message.Summary) central.Facts {
	f := central.Facts{
		State: s.State, Since: s.Since, Worst: short(s.Worst, 200), WorstOf: short(s.WorstOf, 100), WorstIn: s.WorstIn, Version: short(s.Appliance.Version, 60),
		Devices: len(s.Devices), Critical: s.States[appliance.StateCritical], Warning: s.States[appliance.StateWarning], NoData: s.States[appliance.StateNoData],
		Incidents: s.Incidents.Open, Unacked: s.Incidents.Unacked,
		Tickets: s.Tickets.Open, Near: s.Tickets.Near, Breached: s.Tickets.Breached,
		Jobs: len(s.Backups), UPS: len(s.UPS),
	}
	if !s.Appliance.Started.IsZero() {
		f.Uptime = appliance.Duration(max(0, s.At.Sub(s.Appliance.Started)))
	}
	missed := 0
	for _, c := range s.Tickets.Clocks {
		if !c.Due.IsZero() && !c.Due.After(s.At) {
			missed++
		} else if f.NextDue.IsZero() || c.Due.Before(f.NextDue) {
			f.NextDue = c.Due
		}
	}
	if late := missed - f.Breached; late > 0 { // an appliance before 1.0 called them near
		f.Breached, f.Near = missed, max(0, f.Near-late)
	}
	for _, j := range s.Backups {
		switch j.Verdict {
		case "failed":
			f.JobsFailed++
		case "none":
			f.JobsNone++
		}
		if j.Good.After(f.LastBackup) {
			f.LastBackup = j.Good
		}
	}
	for _, u := range s.UPS {
		if u.OnBattery {
			f.OnBattery++
		}
		if u.Replace {
			f.BatteryBad++
		}
		if u.Minutes > 0 && (f.Runtime == 0 || u.Minutes < f.Runtime) {
			f.Runtime = u.Minutes
		}
	}
	if s.Round != nil {
		f.Round, f.RoundAt = short(s.Round.State, 20), s.Round.Signed
	}
	if s.Window != nil {
		f.Window, f.WindowTo = short(s.Window.Title, 100), s.Window.To
	}
	if s.Contract != nil {
		f.Contingent, f.ContOf = s.Contract.Left, s.Contract.Of
	}
	for _, kind := range s.Withheld {
		f.Withheld = append(f.Withheld, short(kind, 40))
	}
	for name, n := range s.More {
		if f.More == nil {
			f.More = map[string]int{}
		}
		f.More[short(name, 40)] = n
	}
	return f
}

// short cuts a text at a whole letter: a row of the fleet stays small whatever a site says.
func short(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xc0 == 0x80 {
		most--
	}
	return s[:most]
}
