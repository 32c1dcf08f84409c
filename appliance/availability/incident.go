package availability

import (
	"time"

	"siteward/appliance"
)

// near is how far an incident may begin after an outage: it takes attempts in a row to be sure, and the first evidence counts.
const near = 2 * time.Minute

// Tell names for each outage of a report the incident that tells of it, among a list with the newest first. One that has turned out
// to be a part of another is left to that one.
func Tell(r *appliance.AvailabilityReport, list []appliance.Incident) {
	of := map[appliance.ID][]appliance.Incident{}
	for _, i := range list {
		if i.With != 0 {
			continue
		}
		seen := map[appliance.ID]bool{}
		for _, c := range i.Causes {
			if c.Device != 0 && !seen[c.Device] {
				seen[c.Device] = true
				of[c.Device] = append(of[c.Device], i)
			}
		}
	}
	tell := func(outages []appliance.Outage) {
		for k := range outages {
			outages[k].Incident = incidentOf(outages[k], of[outages[k].Device])
		}
	}
	for k := range r.Devices {
		tell(r.Devices[k].Outages)
	}
	tell(r.Site.Outages)
}

// incidentOf finds the incident that lasted while the outage did. Of two, the one that is about answers counts before one about a disk.
func incidentOf(o appliance.Outage, list []appliance.Incident) (id appliance.ID) {
	for _, i := range list {
		end := i.Ended()
		if !o.Until.IsZero() && i.Opened.After(o.Until.Add(near)) || !end.IsZero() && !end.After(o.From) {
			continue
		}
		for _, c := range i.Causes {
			if c.Device == o.Device && c.Item == appliance.ItemAnswer {
				return i.ID
			}
		}
		if id == 0 {
			id = i.ID
		}
	}
	return id
}
