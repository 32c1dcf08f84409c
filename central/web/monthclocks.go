package web

import (
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
)

// promise is how one clock was kept by the tickets of a month.
type promise struct {
	kept, of int           // of those that were stopped or missed
	longest  time.Duration // of service hours until it stopped
}

// stopped gives a ticket's clock when it was stopped, or nil.
func stopped(v *message.Ticket, k appliance.ClockKind) *message.TicketClock {
	i := slices.IndexFunc(v.Clocks, func(c message.TicketClock) bool { return c.Kind == k && !c.Stopped.IsZero() })
	if i < 0 {
		return nil
	}
	return &v.Clocks[i]
}

// promised counts how a clock was kept. A ticket of a site that told no clocks counts only what it missed.
func promised(tickets []message.Ticket, k appliance.ClockKind) (p promise) {
	for i := range tickets {
		v := &tickets[i]
		c, missed := stopped(v, k), slices.Contains(v.Breached, k)
		if c == nil && !missed {
			continue
		}
		p.of++
		if !missed {
			p.kept++
		}
		if c != nil {
			p.longest = max(p.longest, time.Duration(max(0, min(c.Used, 1<<20)))*time.Minute)
		}
	}
	return p
}
