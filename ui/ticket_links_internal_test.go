package ui

import (
	"testing"
	"time"

	"siteward/appliance"
)

func TestTheIncidentOfAnOutage(t *testing.T) {
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	began := now.Add(-3 * time.Hour)
	cause := func(device appliance.ID) []appliance.IncidentCause {
		return []appliance.IncidentCause{{StateKey: appliance.StateKey{Check: device, Item: "ups"}, Device: device}}
	}
	power := appliance.Incident{ID: 7, Kind: appliance.IncidentPower, Opened: began.Add(4 * time.Minute), Device: 5, Causes: append(cause(5), cause(6)...)}
	ups := appliance.Incident{ID: 8, Kind: appliance.IncidentState, Opened: began, Device: 9, Causes: cause(9)}
	disk := appliance.Incident{ID: 9, Kind: appliance.IncidentState, Opened: began, Device: 3, Causes: cause(3)}
	all := []appliance.Incident{disk, ups, power}
	real := func(device appliance.ID, start, end time.Time) appliance.UPSOutage {
		return appliance.UPSOutage{Device: device, Kind: appliance.UPSOutageReal, Start: start, End: end}
	}
	test := real(5, began, began.Add(time.Minute))
	test.Kind = "selftest"
	for name, c := range map[string]struct {
		outage appliance.UPSOutage
		want   string
	}{
		"told some minutes later":        {real(5, began, began.Add(3*time.Minute)), "/incidents/7"},
		"the second UPS of one story":    {real(6, began, began.Add(3*time.Minute)), "/incidents/7"},
		"it lasts":                       {real(5, began, time.Time{}), "/incidents/7"},
		"of one UPS":                     {real(9, began, began.Add(time.Minute)), "/incidents/8"},
		"a UPS of which nothing is told": {real(4, began, began.Add(time.Minute)), ""},
		"the day before":                 {real(5, began.Add(-24*time.Hour), began.Add(-23*time.Hour)), ""},
		"after it":                       {real(5, began.Add(time.Hour), began.Add(2*time.Hour)), ""},
		"a self-test":                    {test, ""},
	} {
		if got := incidentOfOutage(all, c.outage, now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
