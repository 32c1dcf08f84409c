package daemon

import (
	"context"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/store"
	"siteward/appliance/ticket"
)

// desk knows which tickets are open, so that looking at clocks each minute costs nothing.
type desk struct {
	mu    sync.Mutex
	known bool
	open  []appliance.ID    // of the tickets whose clocks run
	last  map[string]string // day on which each recurring ticket was opened last
}

func (k *desk) forget() {
	k.mu.Lock()
	k.known = false
	k.mu.Unlock()
}

// lookAtDesk says which tickets have clocks that run, and when each recurring one was opened last.
func (d *Daemon) lookAtDesk() (open []appliance.ID, last map[string]string, err error) {
	d.desk.mu.Lock()
	defer d.desk.mu.Unlock()
	if d.desk.known {
		return d.desk.open, d.desk.last, nil
	}
	last = map[string]string{}
	loc := d.location()
	err = d.store.EachTicket(0, func(t appliance.Ticket) bool {
		if t.Open() && len(t.Clocks) > 0 {
			open = append(open, t.ID)
		}
		if t.Recurs != "" && last[t.Recurs] == "" {
			last[t.Recurs] = calendar.DayOf(t.Opened.In(loc)).String()
		}
		return false
	})
	if err == nil {
		d.desk.known, d.desk.open, d.desk.last = true, open, last
	}
	return open, last, err
}

// watchTickets tells of clocks that have come to a mark, keeps broken promises, and opens what recurs.
func (d *Daemon) watchTickets(ctx context.Context) error {
	site, err := d.Site(ctx)
	if err != nil || !sane(d.now()) {
		return nil //nolint:nilerr // not set up yet
	}
	open, last, err := d.lookAtDesk()
	if err != nil {
		return err
	}
	for _, id := range open {
		t, err := d.store.Ticket(id)
		if err != nil {
			return err
		}
		if before := t; len(ticket.Watch(&before, site, d.now())) == 0 {
			continue
		}
		err = d.store.Update(func(tx *store.Tx) error {
			if t, err = tx.Ticket(id); err != nil {
				return err
			}
			if err := d.watchTicket(tx, &t, site, clean(d.now())); err != nil {
				return err
			}
			return tx.PutTicket(&t)
		})
		if err != nil {
			return err
		}
		d.told()
	}
	return d.openRecurring(ctx, last)
}

// watchTicket looks at the clocks of one ticket. What it notes in it is stored with the ticket.
func (d *Daemon) watchTicket(tx *store.Tx, t *appliance.Ticket, site appliance.Site, now time.Time) error {
	if !t.Open() {
		return nil
	}
	for _, n := range ticket.Watch(t, site, now) {
		if n.Breached {
			entry := ticket.BreachEntry(*t, n, now)
			if err := tx.AppendLogbook(&entry); err != nil {
				return err
			}
		}
		if err := d.tellIn(tx, ticket.TellClock(*t, n, now)); err != nil {
			return err
		}
	}
	return nil
}

// recurringMinute is when on a day a recurring ticket is opened: 07:00.
const recurringMinute = 7 * 60

// openRecurring opens the tickets of work that is due.
func (d *Daemon) openRecurring(ctx context.Context, last map[string]string) error {
	c, err := d.Contract(ctx)
	if err != nil || len(c.Recurring) == 0 {
		return err
	}
	cal := d.calendar()
	today := calendar.DayOf(d.now().In(cal.Location()))
	if d.now().Before(today.At(recurringMinute, cal.Location())) {
		return nil
	}
	for _, key := range ticket.Due(c.Recurring, last, today, cal) {
		by := appliance.Actor{Name: appliance.PartySiteward}
		if _, err := d.OpenTicket(ctx, by, ticket.Recurring(key), "", nil); err != nil {
			return err
		}
	}
	return nil
}
