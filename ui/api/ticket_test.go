package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"siteward/appliance"
)

func (f *fake) Tickets(context.Context, appliance.TicketFilter) ([]appliance.Ticket, error) {
	return []appliance.Ticket{f.ticket()}, f.broken
}

func (f *fake) ticket() appliance.Ticket {
	return appliance.Ticket{ID: 1, Title: hostile, Category: appliance.TicketError, Impact: appliance.ImpactAll, Priority: 1, Status: appliance.TicketNew, Opened: start, By: "k"}
}

func (f *fake) Ticket(_ context.Context, _ appliance.Actor, id appliance.ID) (appliance.TicketView, error) {
	if id != 1 {
		return appliance.TicketView{}, appliance.ErrNotFound
	}
	return appliance.TicketView{Ticket: f.ticket(), Readings: []appliance.ClockReading{{Status: "running", Percent: 33}}, Posts: []appliance.TicketPost{{ID: 1, Ticket: 1, At: start, By: "k", Text: hostile}}}, f.broken
}

func (f *fake) Clocks(context.Context, appliance.Ticket) ([]appliance.ClockReading, error) {
	return []appliance.ClockReading{{TicketClock: appliance.TicketClock{Kind: appliance.ClockConfirm, Target: 60}, Status: "running", Used: 20, Percent: 33, Due: start.Add(time.Hour)}}, f.broken
}

func (f *fake) OpenTicket(_ context.Context, by appliance.Actor, t appliance.Ticket, _ string, _ []appliance.Upload) (appliance.Ticket, error) {
	f.by = append(f.by, by)
	t.ID, t.Priority, t.Status, t.Opened = 2, 1, appliance.TicketNew, start
	return t, f.broken
}

func (f *fake) EditTicket(_ context.Context, by appliance.Actor, id appliance.ID, _ appliance.TicketEdit) (appliance.Ticket, error) {
	if id != 1 {
		return appliance.Ticket{}, appliance.ErrNotFound
	}
	f.by = append(f.by, by)
	return f.ticket(), f.broken
}

func (f *fake) Contract(context.Context) (appliance.Contract, error) {
	return appliance.DefaultContract, f.broken
}

func (f *fake) Contingents(context.Context) ([]appliance.ContingentStand, error) {
	return nil, f.broken
}

func TestTicketsAreReadAndChanged(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/api/v1/tickets?status=new&sort=priority", "", `"number":"T-1"`},
		{"GET", "/api/v1/tickets/1", "", `"percent":33`},
		{"POST", "/api/v1/tickets", `{"text":"Nothing works.","category":"error","impact":"all"}`, `"number":"T-2"`},
		{"POST", "/api/v1/tickets/1", `{"do":"wait","for":"customer","text":"Which one?"}`, `"id":1`},
		{"GET", "/api/v1/contract", "", `"agreed":false`},
	} {
		got := b.send(c.method, c.path, c.body)
		if got.Code/100 != 2 || !strings.Contains(got.Body.String(), c.want) {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.Code, got.Body)
		}
	}
	for path, body := range map[string]string{"/api/v1/tickets/9": `{"do":"take"}`, "/api/v1/tickets": `{"text":"","category":"error","impact":"all"}`, "/api/v1/tickets/1": `{"do":"delete"}`} {
		if got := b.send("POST", path, body); got.Code != 404 && got.Code != 422 {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
}
