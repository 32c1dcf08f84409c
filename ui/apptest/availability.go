package apptest

import (
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/availability"
)

// Availability is made up: the first device was down for three hours, the second is nothing known of, everything else was up.
func (a *App) Availability(ctx context.Context, from, to time.Time) (appliance.AvailabilityReport, error) {
	if to.After(a.now) {
		to = a.now
	}
	if !from.Before(to) {
		return appliance.AvailabilityReport{}, appliance.Invalid("from", "availability.error.span", "ask for a time of the past", nil)
	}
	r := appliance.AvailabilityReport{From: from, To: to, Hours: appliance.Hours7x24, Guarantee: 99.5}
	views, err := a.Devices(ctx)
	for i, v := range views {
		in := availability.Input{From: from, To: to, Checks: map[appliance.ID]availability.Standing{1: {State: appliance.StateOK, Since: from}}}
		if down := from.Add(30 * time.Hour); i == 0 && down.Before(to) {
			in.Changes = []availability.Change{{At: down.Add(3 * time.Hour), Check: 1, From: appliance.StateCritical, To: appliance.StateOK}, {At: down, Check: 1, From: appliance.StateOK, To: appliance.StateCritical}}
		}
		if i == 1 {
			in.Checks = map[appliance.ID]availability.Standing{}
		}
		one := availability.Of(in)
		one.Device, one.Name, one.Kind = v.ID, v.Name, v.Kind
		for n := range one.Outages {
			one.Outages[n].Device, one.Outages[n].Incident = v.ID, powerStory().ID
		}
		r.Devices = append(r.Devices, one)
	}
	r.Site = availability.Sum(from, to, r.Devices)
	return r, err
}
