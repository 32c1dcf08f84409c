package ticket

import (
	"time"

	"siteward/appliance"
	"siteward/appliance/sla"
)

// Read says how the clocks of a ticket stand at now, with or without their working.
func Read(t appliance.Ticket, site appliance.Site, now time.Time, lines bool) []appliance.ClockReading {
	if len(t.Clocks) == 0 {
		return nil
	}
	hours, err := sla.HoursOf(t.Hours, site)
	if err != nil {
		return nil // hours that were good once are good: they were checked when the contract was entered
	}
	out := make([]appliance.ClockReading, 0, len(t.Clocks))
	for _, c := range t.Clocks {
		w := sla.Clock{Hours: hours, Start: t.Opened, Stop: c.Stop, Target: c.Target, Pauses: t.Waits}.Read(now)
		r := appliance.ClockReading{TicketClock: c, Status: string(w.Status), Used: w.Used, Percent: w.Percent, Due: w.Due, More: w.More}
		if !c.Breached.IsZero() { // what was broken stays so, whatever the priority is now
			r.Status = string(sla.Breached)
		}
		if lines {
			for _, l := range w.Lines {
				line := appliance.ClockLine{Kind: string(l.Kind), From: l.From, To: l.To, Minutes: l.Minutes, For: l.For}
				for _, f := range l.Free {
					line.Free = append(line.Free, appliance.ClockDay{Day: f.Day, Key: f.Key, Name: f.Name})
				}
				r.Lines = append(r.Lines, line)
			}
		}
		out = append(out, r)
	}
	return out
}

// Marks are the shares of a target at which somebody is told, in percent.
var Marks = []int{50, 80, 100}

// News is that a clock has come to a mark, or that its promise is broken.
type News struct {
	Kind     appliance.ClockKind
	Percent  int
	Due      time.Time
	Breached bool
}

// Watch notes in the ticket which marks its clocks have come to since the last look, and which promises are broken. Of several marks
// at once, as after the appliance was off, only the last is news.
func Watch(t *appliance.Ticket, site appliance.Site, now time.Time) (news []News) {
	for i, r := range Read(*t, site, now, false) {
		c := &t.Clocks[i]
		broken := r.Status == string(sla.Breached) && c.Breached.IsZero()
		mark := 0
		if c.Stop.IsZero() {
			for _, m := range Marks {
				if r.Percent >= m && m > c.Warned {
					mark = m
				}
			}
		}
		if broken {
			c.Breached = r.Due
		}
		if mark != 0 {
			c.Warned = mark
		}
		if mark != 0 || broken {
			news = append(news, News{Kind: c.Kind, Percent: mark, Due: r.Due, Breached: broken})
		}
	}
	return news
}

// Next is the promise of a ticket that is due first and not kept yet, nil when there is none.
func Next(readings []appliance.ClockReading) (next *appliance.ClockReading) {
	for i := range readings {
		r := &readings[i]
		if !r.Stop.IsZero() {
			continue
		}
		if next == nil || !r.Due.IsZero() && (next.Due.IsZero() || r.Due.Before(next.Due)) {
			next = r
		}
	}
	return next
}
