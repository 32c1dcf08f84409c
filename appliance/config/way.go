package config

import (
	"strings"

	"siteward/appliance"
)

// ValidateWay says whether d, as it is about to be stored beside the others, would be reached through itself.
func ValidateWay(d appliance.Device, others []appliance.Device) []*appliance.Error {
	names := map[appliance.ID]string{d.ID: d.Name}
	for _, o := range others {
		if o.ID != d.ID {
			names[o.ID] = o.Name
		}
	}
	links := map[string][]string{}
	link := func(from appliance.Device) {
		for _, id := range from.Parents {
			links[from.Name] = append(links[from.Name], names[id])
		}
	}
	for _, o := range others {
		if o.ID != d.ID {
			link(o)
		}
	}
	link(d)
	var p problems
	if chain := circle(links); chain != nil {
		p.add("parents", "parent_cycle", "chain", strings.Join(chain, " → "))
	}
	return p
}
