package ticket

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/sla"
)

// Open makes a report a ticket: with the priority of the contract's table and the clocks of that priority. Without service hours it
// has no clocks: a report is never refused for what the contract lacks.
func Open(t appliance.Ticket, text string, c appliance.Contract, site appliance.Site, by appliance.Actor, now time.Time) (appliance.Ticket, appliance.TicketPost, error) {
	text = Text(text)
	t.Title = Line(t.Title, maxTitle)
	if t.Title == "" {
		t.Title = titleOf(text)
	}
	post := appliance.TicketPost{At: now, By: by.Name, Role: by.Role, Text: text}
	if text == "" && t.Recurs == "" {
		return t, post, appliance.Invalid("text", "ticket.error.text", "say in a sentence what it is about", nil)
	}
	if err := tooLong("text", text, maxText); err != nil {
		return t, post, err
	}
	p, err := PriorityOf(c, t.Category, t.Impact)
	if err != nil {
		return t, post, err
	}
	if t.Since = Line(t.Since, maxWord); len(t.Links) > 20 || len(t.Devices) > 50 {
		return t, post, appliance.Invalid("device", "ticket.error.many", "this ticket is about too many things", nil)
	}
	for _, l := range t.Links {
		if !slices.Contains(appliance.TicketLinkKinds, l.Kind) || l.ID == 0 {
			return t, post, appliance.Invalid("link", "ticket.error.link", "this is nothing that a ticket can be about", nil)
		}
	}
	t = appliance.Ticket{Title: t.Title, Category: t.Category, Impact: t.Impact, Priority: p, Status: appliance.TicketNew, Since: t.Since, Opened: now, By: by.Name,
		Devices: t.Devices, Links: t.Links, List: t.List, Recurs: t.Recurs, Touched: now}
	if _, err := sla.HoursOf(c.Hours, site); err == nil && t.Recurs == "" {
		t.Hours = c.Hours
		retarget(&t, c)
	}
	return t, post, nil
}

// retarget gives the clocks that still run the targets of the ticket's priority. What was kept is kept, and what was broken is broken.
func retarget(t *appliance.Ticket, c appliance.Contract) {
	for _, k := range appliance.ClockKinds {
		target, clock := c.Targets[t.Priority-1].Of(k), t.Clock(k)
		switch {
		case clock == nil && target > 0 && (k == appliance.ClockRestore || t.Status == appliance.TicketNew):
			t.Clocks = append(t.Clocks, appliance.TicketClock{Kind: k, Target: target})
		case clock == nil || !clock.Stop.IsZero() || !clock.Breached.IsZero():
		case target == 0:
			t.Clocks = slices.DeleteFunc(t.Clocks, func(x appliance.TicketClock) bool { return x.Kind == k })
		default:
			clock.Target, clock.Warned = target, 0
		}
	}
}
