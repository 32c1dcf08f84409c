package ui

import (
	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/sla"
	"siteward/ui/view"
)

// ticketsTile counts what is open, and says whether promises are kept. It is for those who may read tickets.
func ticketsTile(sc *scene) (view.Tile, bool) {
	if !sc.may(access.ViewTickets) {
		return view.Tile{}, false
	}
	open, err := sc.app.Tickets(sc.ctx, appliance.TicketFilter{Statuses: ticketGroups[0].statuses, Limit: 1000})
	if err != nil {
		return view.Tile{}, false
	}
	l, late := sc.l, 0
	t := view.Tile{Icon: "ticket", Title: l.T("ticket.tile"), Value: l.T("ticket.count", "n", len(open)), Href: "/tickets", Link: l.T("ticket.tile_link"), State: appliance.StateOK.String(), Word: l.T("ticket.tile_fine")}
	for _, k := range open {
		readings, err := sc.app.Clocks(sc.ctx, k)
		if err != nil {
			return view.Tile{}, false
		}
		for _, r := range readings {
			if r.Status == string(sla.Breached) && r.Stop.IsZero() {
				late++
			}
		}
	}
	switch {
	case len(open) == 0:
		t.Word = l.T("ticket.tile_none")
	case late > 0:
		t.State, t.Word = appliance.StateCritical.String(), l.T("ticket.tile_late", "n", late)
	}
	return t, true
}
