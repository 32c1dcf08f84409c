package daemon

import (
	"strings"
	"time"

	"siteward/appliance"
)

// windowOfItem is the maintenance window that an expectation is in. What people have to do, such as the daily round, no window
// takes from them.
func (d *Daemon) windowOfItem(e expectation, at time.Time) (appliance.Window, bool) {
	family, number, _ := strings.Cut(e.Item, "/")
	if family == "backup" || family == "restore" {
		job, err := appliance.ParseID(number)
		if err != nil {
			return appliance.Window{}, false
		}
		return d.windowForJob(job, e.Device, at)
	}
	if e.Device == 0 {
		return appliance.Window{}, false
	}
	return d.windowFor(e.Device, at)
}

// holdExpected puts a judged expectation into the maintenance window that runs, or lets it out of one that has ended, as
// monitor does with what is asked. before is how it was judged last, stood how it stood.
func holdExpected(r *appliance.StateRecord, before, stood appliance.StateRecord, w appliance.Window, in bool, now time.Time) (e appliance.Event, told bool) {
	ev := r.Evidence
	e = appliance.Event{At: now, Kind: appliance.EventState, Device: r.Device, Item: r.Item, Label: r.Label, Message: ev.Why, Evidence: &ev}
	switch {
	case in && stood.Held != nil:
		r.Held = &appliance.Held{Window: w.ID, Before: stood.Held.Before, State: r.State, Since: r.Since}
		r.State, r.Since = appliance.StateMaintenance, stood.Since
		return e, false
	case in:
		r.Held = &appliance.Held{Window: w.ID, Before: before.State, State: r.State, Since: r.Since}
		r.State, r.Since = appliance.StateMaintenance, now
		e.From, e.To, e.Window = before.State, appliance.StateMaintenance, w.ID
		return e, before.State > appliance.StateNoData
	case stood.Held != nil:
		e.From, e.To = appliance.StateMaintenance, r.State
		return e, r.State.Problem() || stood.Held.Before > appliance.StateNoData
	}
	return e, false
}
