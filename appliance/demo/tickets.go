package demo

import (
	"context"
	"fmt"
	"time"

	"siteward/appliance"
	"siteward/appliance/calendar"
	"siteward/appliance/store"
	"siteward/appliance/ticket"
)

// contract is what the practice has agreed on.
func (d *Demo) contract(ctx context.Context, now time.Time) error {
	c, err := d.Daemon.Contract(ctx)
	if err != nil {
		return err
	}
	year := now.Year()
	c.Name, c.Number, c.Availability = "Wartungsvertrag", "NL-2024-117", 99.5
	c.Hours = appliance.ServiceHours{Preset: appliance.Hours5x10}
	c.Contingents = []appliance.Contingent{
		{From: fmt.Sprintf("%d-01-01", year), Until: fmt.Sprintf("%d-12-31", year), Minutes: 120, Monthly: true},
		{From: fmt.Sprintf("%d-01-01", year-1), Until: fmt.Sprintf("%d-12-31", year+1), Minutes: 2400},
	}
	c.Recurring = []appliance.RecurringWork{
		{Key: appliance.RecurPreventive, Months: 3, First: now.AddDate(0, 0, -1).Format(time.DateOnly)},
		{Key: appliance.RecurRestore, Months: 12, First: now.AddDate(0, 2, 0).Format(time.DateOnly)},
	}
	return d.Daemon.SaveContract(ctx, appliance.Actor{Name: "admin", Role: appliance.RoleAdministrator, Via: "web"}, c)
}

// step is something that was done with a ticket, so many minutes after it was opened.
type step struct {
	after int
	by    appliance.Actor
	appliance.TicketEdit
}

var byDesk = appliance.Actor{Name: "empfang", Role: appliance.RoleKeyUser, Via: "web"}

// reports are the tickets of the practice: business days ago and minute of the day, who, what, and what became of it.
var reports = []struct {
	days, minute int
	by           appliance.Actor
	device       string
	text         string
	category     appliance.TicketCategory
	impact       appliance.TicketImpact
	steps        []step
}{
	{8, 9*60 + 10, byDesk, "", "Eine neue Mitarbeiterin beginnt am Ersten und braucht ein Konto.", appliance.TicketRequest, appliance.ImpactOne, []step{
		{25, byTechnician, appliance.TicketEdit{Do: appliance.TicketTake}},
		{70, byTechnician, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "Konto angelegt, das Kennwort liegt im verschlossenen Umschlag am Empfang.", Minutes: 15}}}},
	{3, 11*60 + 5, byDesk, "", "Der Etikettendrucker druckt nur jedes zweite Etikett.", appliance.TicketError, appliance.ImpactSeveral, []step{
		{20, byTechnician, appliance.TicketEdit{Do: appliance.TicketTake, Minutes: 10}},
		{22, byTechnician, appliance.TicketEdit{Do: appliance.TicketReply, Internal: true, Text: "Laut Hersteller die Andruckrolle, Seriennummer liegt vor."}},
		{45, byTechnician, appliance.TicketEdit{Do: appliance.TicketWait, For: appliance.WaitThird, Text: "Eine neue Rolle ist bestellt. Sie kommt in den nächsten Tagen."}}}},
	{2, 15*60 + 40, byDesk, "", "Welchen der beiden Scanner dürfen wir abgeben?", appliance.TicketQuestion, appliance.ImpactOne, nil},
	{1, 8*60 + 12, byTechnician, "nas-1", "Die Platte des Dateiservers füllt sich schneller als sonst.", appliance.TicketError, appliance.ImpactOne, []step{
		{1, byTechnician, appliance.TicketEdit{Do: appliance.TicketTake, Text: "Bei der Tagesrunde aufgefallen.", Minutes: 20}}}},
}

// tickets writes them as if they had been reported then. What is about a device that the window to come is about, is about the window too.
func (d *Demo) tickets(ctx context.Context, cal *calendar.Calendar, now time.Time, window appliance.ID) error {
	if err := d.contract(ctx, now); err != nil {
		return fmt.Errorf("contract: %w", err)
	}
	site, err := d.Daemon.Site(ctx)
	if err != nil {
		return err
	}
	c, err := d.Daemon.Contract(ctx)
	if err != nil {
		return err
	}
	today := calendar.DayOf(now.In(cal.Location()))
	return d.Daemon.Store().Update(func(tx *store.Tx) error {
		for _, r := range reports {
			at := cal.Add(today, -r.days).At(r.minute, cal.Location()).UTC()
			t := appliance.Ticket{Category: r.category, Impact: r.impact}
			if v, ok := d.device(ctx, r.device); ok {
				t.Devices, t.Links = []appliance.ID{v.ID}, []appliance.TicketLink{{Kind: "window", ID: window}}
			}
			t, post, err := ticket.Open(t, r.text, c, site, r.by, at)
			if err != nil {
				return err
			}
			if err := tx.PutTicket(&t); err != nil {
				return err
			}
			post.Ticket = t.ID
			if err := tx.AddTicketPost(&post); err != nil {
				return err
			}
			if err := play(tx, &t, r.steps, c, at); err != nil {
				return fmt.Errorf("ticket %q: %w", t.Title, err)
			}
		}
		return nil
	})
}

// play does the steps of a ticket one after the other.
func play(tx *store.Tx, t *appliance.Ticket, steps []step, c appliance.Contract, opened time.Time) error {
	for _, s := range steps {
		post, err := ticket.Edit(t, nil, s.TicketEdit, c, s.by, opened.Add(time.Duration(s.after)*time.Minute))
		if err != nil {
			return err
		}
		if s.Do == appliance.TicketSolve {
			e := ticket.Entry(*t, s.by)
			if err := tx.AppendLogbook(&e); err != nil {
				return err
			}
			t.Entry = e.Seq
		}
		if err := tx.AddTicketPost(&post); err != nil {
			return err
		}
	}
	return tx.PutTicket(t)
}
