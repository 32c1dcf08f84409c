package ticket

import (
	"slices"

	"siteward/appliance"
)

// Chooses says whether a filter takes a ticket; the limit aside.
func Chooses(f appliance.TicketFilter, t appliance.Ticket) bool {
	return (len(f.Statuses) == 0 || slices.Contains(f.Statuses, t.Status)) &&
		(f.Device == 0 || slices.Contains(t.Devices, f.Device)) &&
		(f.Link == appliance.TicketLink{} || slices.Contains(t.Links, f.Link)) &&
		(f.Before == 0 || t.ID < f.Before)
}

// For leaves out what a role must not see, and puts what was said in order.
func For(role appliance.Role, v appliance.TicketView) appliance.TicketView {
	v.Posts = slices.DeleteFunc(slices.Clone(v.Posts), func(p appliance.TicketPost) bool { return p.Internal && !Staff(role) })
	slices.SortStableFunc(v.Posts, func(a, b appliance.TicketPost) int { return a.At.Compare(b.At) })
	if !Staff(role) { // what was booked with an internal note keeps its minutes only
		v.Work = slices.Clone(v.Work)
		for i := range v.Work {
			v.Work[i].Text = ""
		}
	}
	return v
}
