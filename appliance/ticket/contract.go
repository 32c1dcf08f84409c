package ticket

import (
	"fmt"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/sla"
)

// maxTarget bounds a promise: a year of minutes.
const maxTarget = 366 * 24 * 60

// ValidateContract says what cannot be right. Fields: name, number, hours, targets, table, availability, contingents, recurring.
func ValidateContract(c appliance.Contract, site appliance.Site) error {
	if _, err := sla.HoursOf(c.Hours, site); err != nil {
		return err
	}
	for _, w := range []struct{ field, text string }{{"name", c.Name}, {"number", c.Number}, {"hotline", c.Hotline}} {
		if err := tooLong(w.field, w.text, maxWord); err != nil {
			return err
		}
	}
	for _, t := range c.Targets {
		for _, k := range appliance.ClockKinds {
			if n := t.Of(k); n < 0 || n > maxTarget {
				return appliance.Invalid("targets", "contract.error.target", "a promise is 0 minutes (none) to one year", nil)
			}
		}
	}
	for _, row := range c.Table {
		for _, p := range row {
			if !slices.Contains(appliance.TicketPriorities, p) {
				return appliance.Invalid("table", "contract.error.table", "every field of the table needs a priority from 1 to 4", nil)
			}
		}
	}
	if c.Availability < 0 || c.Availability > 100 {
		return appliance.Invalid("availability", "contract.error.availability", "availability is given in percent, for example 99.5; leave it empty when none is guaranteed", nil)
	}
	if len(c.Contingents) > 50 || len(c.Recurring) > 20 {
		return appliance.Invalid("contingents", "contract.error.many", "there are too many entries", nil)
	}
	for _, k := range c.Contingents {
		from, until, err := span(k)
		if err != nil || until.Before(from) || k.Minutes < 0 || k.Minutes > 10_000_000 {
			return appliance.Invalid("contingents", "contract.error.contingent", "a contingent needs two days like 2026-01-01, the second not before the first, and minutes", nil)
		}
	}
	for _, w := range c.Recurring {
		_, err := calendar.ParseDay(w.First)
		if err != nil || !slices.Contains(appliance.RecurringKeys, w.Key) || w.Months < 1 || w.Months > 60 {
			return appliance.Invalid("recurring", "contract.error.recurring", "work that recurs needs a first day like 2026-01-15 and 1 to 60 months", nil)
		}
	}
	return nil
}

func span(k appliance.Contingent) (from, until calendar.Day, err error) {
	if from, err = calendar.ParseDay(k.From); err == nil {
		until, err = calendar.ParseDay(k.Until)
	}
	return from, until, err
}

// PriorityOf is what the table says.
func PriorityOf(c appliance.Contract, category appliance.TicketCategory, impact appliance.TicketImpact) (appliance.TicketPriority, error) {
	x, y := slices.Index(appliance.TicketCategories, category), slices.Index(appliance.TicketImpacts, impact)
	if x < 0 {
		return 0, appliance.Invalid("category", "ticket.error.category", "choose what it is: error, request or question", nil)
	}
	if y < 0 {
		return 0, appliance.Invalid("impact", "ticket.error.impact", "choose how many are affected: one, several or all", nil)
	}
	if p := c.Table[x][y]; slices.Contains(appliance.TicketPriorities, p) {
		return p, nil
	}
	return appliance.PriorityNormal, nil
}

// PromiseOf is what somebody can rely on who reports something now.
func PromiseOf(c appliance.Contract, site appliance.Site, category appliance.TicketCategory, impact appliance.TicketImpact, now time.Time) (p appliance.Promise, err error) {
	if p.Priority, err = PriorityOf(c, category, impact); err != nil {
		return p, err
	}
	hours, err := sla.HoursOf(c.Hours, site)
	if err != nil {
		return p, err
	}
	p.Targets = c.Targets[p.Priority-1]
	for _, k := range appliance.ClockKinds {
		target := p.Targets.Of(k)
		if target == 0 {
			continue
		}
		due := sla.Clock{Hours: hours, Start: now, Target: target}.Reach(100)
		switch k {
		case appliance.ClockConfirm:
			p.Confirm = due
		case appliance.ClockRespond:
			p.Respond = due
		case appliance.ClockRestore:
			p.Restore = due
		}
	}
	return p, nil
}

// Number is how people call a ticket: "T-12".
func Number(id appliance.ID) string { return fmt.Sprintf("T-%d", uint64(id)) }
