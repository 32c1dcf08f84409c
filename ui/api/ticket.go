package api

import (
	"cmp"
	"context"
	"time"

	"siteward/appliance"
	"siteward/appliance/ticket"
)

// Ticket is a ticket without what was said of it.
type Ticket struct {
	ID       ID                       `json:"id"`
	Number   string                   `json:"number" doc:"As people call it: T-12."`
	Title    string                   `json:"title"`
	Category string                   `json:"category" enum:"error,request,question"`
	Impact   string                   `json:"impact" enum:"one,several,all"`
	Priority int                      `json:"priority" minimum:"1" maximum:"4" doc:"1 is the most urgent."`
	Status   string                   `json:"status" enum:"new,open,working,waiting,solved,merged"`
	Opened   time.Time                `json:"opened"`
	By       string                   `json:"by"`
	Owner    string                   `json:"owner,omitempty"`
	Devices  []ID                     `json:"devices" nullable:"false"`
	Links    []appliance.TicketLink   `json:"links" nullable:"false"`
	Recurs   string                   `json:"recurs,omitempty"`
	Merged   ID                       `json:"merged,omitempty"`
	Solution string                   `json:"solution,omitempty"`
	Closed   *time.Time               `json:"closed,omitempty"`
	Minutes  int                      `json:"minutes" doc:"Work on it."`
	Entry    uint64                   `json:"entry,omitempty" doc:"Of the logbook, when it was closed."`
	Clocks   []appliance.ClockReading `json:"clocks" nullable:"false" doc:"Its promises as they stand; with their working line by line for one ticket."`
}

// TicketDetail is a ticket with what was said of it.
type TicketDetail struct {
	Ticket
	Posts []appliance.TicketPost `json:"posts" nullable:"false" doc:"Oldest first; internal notes for technicians only."`
	List  []appliance.CheckItem  `json:"list" nullable:"false" doc:"What is to be done, of work that recurs."`
}

func ticketOf(t appliance.Ticket, clocks []appliance.ClockReading) Ticket {
	return Ticket{ID: t.ID, Number: ticket.Number(t.ID), Title: t.Title, Category: string(t.Category), Impact: string(t.Impact), Priority: int(t.Priority), Status: string(t.Status),
		Opened: t.Opened, By: t.By, Owner: t.Owner, Devices: append([]ID{}, t.Devices...), Links: append([]appliance.TicketLink{}, t.Links...), Recurs: t.Recurs, Merged: t.Merged,
		Solution: t.Solution, Closed: when(t.Closed), Minutes: t.Minutes(), Entry: t.Entry, Clocks: append([]appliance.ClockReading{}, clocks...)}
}

func (a *API) ticketRoutes() {
	register(a, operation("GET", "/tickets", "listTickets", "List tickets with their promises"), a.listTickets)
	registerBody(a, operation("POST", "/tickets", "openTicket", "Report something", 422), a.openTicket)
	register(a, operation("GET", "/tickets/{id}", "getTicket", "One ticket with what was said and how its clocks were worked out", 404), a.getTicket)
	registerBody(a, operation("POST", "/tickets/{id}", "editTicket", "Do something with a ticket", 404, 409, 422), a.editTicket)
	register(a, operation("GET", "/contract", "getContract", "What was agreed on, and how contingents stand"), a.getContract)
}

func (a *API) listTickets(ctx context.Context, in *struct {
	Paging
	Status string `query:"status" enum:"new,open,working,waiting,solved,merged" doc:"Only these."`
	Device ID     `query:"device"`
}) (*pageOutput[Ticket], error) {
	f := appliance.TicketFilter{Device: in.Device, Limit: 10_000}
	if in.Status != "" {
		f.Statuses = []appliance.TicketStatus{appliance.TicketStatus(in.Status)}
	}
	all, err := a.app.Tickets(ctx, f)
	if err != nil {
		return nil, a.fail("listTickets", err)
	}
	out := make([]Ticket, 0, len(all))
	for _, t := range all {
		clocks, err := a.app.Clocks(ctx, t)
		if err != nil {
			return nil, a.fail("listTickets", err)
		}
		out = append(out, ticketOf(t, clocks))
	}
	p, err := page(out, in.Paging, orders[Ticket]{
		"id":       func(x, y Ticket) int { return cmp.Compare(x.ID, y.ID) },
		"priority": func(x, y Ticket) int { return cmp.Compare(x.Priority, y.Priority) },
		"opened":   func(x, y Ticket) int { return x.Opened.Compare(y.Opened) },
	}, "-id")
	return p, a.fail("listTickets", err)
}

func (a *API) getTicket(ctx context.Context, in *struct {
	ID ID `path:"id" minimum:"1"`
}) (*struct{ Body TicketDetail }, error) {
	v, err := a.app.Ticket(ctx, actor(ctx), in.ID)
	if err != nil {
		return nil, a.fail("getTicket", err)
	}
	return &struct{ Body TicketDetail }{TicketDetail{Ticket: ticketOf(v.Ticket, v.Readings), Posts: append([]appliance.TicketPost{}, v.Posts...), List: append([]appliance.CheckItem{}, v.List...)}}, nil
}

func (a *API) openTicket(ctx context.Context, in *struct {
	Body struct {
		Title    string                 `json:"title,omitempty" maxLength:"120" doc:"Left out: the first sentence of the text."`
		Text     string                 `json:"text" minLength:"1" maxLength:"20000"`
		Category string                 `json:"category" enum:"error,request,question"`
		Impact   string                 `json:"impact" enum:"one,several,all"`
		Since    string                 `json:"since,omitempty" maxLength:"200"`
		Devices  []ID                   `json:"devices,omitempty" maxItems:"50"`
		Links    []appliance.TicketLink `json:"links,omitempty" maxItems:"20"`
	}
}) (*struct{ Body Ticket }, error) {
	b := in.Body
	t, err := a.app.OpenTicket(ctx, actor(ctx), appliance.Ticket{Title: b.Title, Category: appliance.TicketCategory(b.Category), Impact: appliance.TicketImpact(b.Impact), Since: b.Since, Devices: b.Devices, Links: b.Links}, b.Text, nil)
	return a.ticketNow(ctx, "openTicket", t, err)
}

func (a *API) editTicket(ctx context.Context, in *struct {
	ID   ID `path:"id" minimum:"1"`
	Body struct {
		Do       string               `json:"do" enum:"reply,confirm,take,wait,resume,priority,solve,reopen,merge,check,item,link"`
		Text     string               `json:"text,omitempty" maxLength:"20000" doc:"What is said, or why."`
		Internal bool                 `json:"internal,omitempty" doc:"Of reply: the customer never sees it."`
		Minutes  int                  `json:"minutes,omitempty" minimum:"0" maximum:"1440" doc:"Work to book."`
		Free     bool                 `json:"free,omitempty" doc:"Not from the contingent."`
		For      string               `json:"for,omitempty" enum:"customer,third_party" doc:"Of wait."`
		Priority int                  `json:"priority,omitempty" minimum:"1" maximum:"4"`
		Into     ID                   `json:"into,omitempty" doc:"Of merge: the older ticket."`
		Item     int                  `json:"item,omitempty" minimum:"0" doc:"Of check, from 0."`
		Done     bool                 `json:"done,omitempty" doc:"Of check."`
		Device   ID                   `json:"device,omitempty" doc:"Of link."`
		Link     appliance.TicketLink `json:"link,omitempty" doc:"Of link, when it is no device."`
	}
}) (*struct{ Body Ticket }, error) {
	b := in.Body
	t, err := a.app.EditTicket(ctx, actor(ctx), in.ID, appliance.TicketEdit{Do: appliance.TicketVerb(b.Do), Text: b.Text, Internal: b.Internal, Minutes: b.Minutes, Free: b.Free,
		For: appliance.WaitFor(b.For), Priority: appliance.TicketPriority(b.Priority), Into: b.Into, Item: b.Item, Done: b.Done, Device: b.Device, Link: b.Link})
	return a.ticketNow(ctx, "editTicket", t, err)
}

func (a *API) ticketNow(ctx context.Context, operation string, t appliance.Ticket, err error) (*struct{ Body Ticket }, error) {
	if err != nil {
		return nil, a.fail(operation, err)
	}
	clocks, err := a.app.Clocks(ctx, t)
	if err != nil {
		return nil, a.fail(operation, err)
	}
	return &struct{ Body Ticket }{ticketOf(t, clocks)}, nil
}

// Contract is what was agreed on.
type Contract struct {
	Agreed       bool                        `json:"agreed" doc:"False: nobody has entered one."`
	Name         string                      `json:"name,omitempty"`
	Number       string                      `json:"number,omitempty"`
	Hours        appliance.ServiceHours      `json:"hours"`
	Targets      [4]appliance.Targets        `json:"targets" doc:"Minutes of service hours by priority, the most urgent first; 0 is no promise."`
	Availability float64                     `json:"availability,omitempty" doc:"Guaranteed, in percent."`
	Contingents  []appliance.ContingentStand `json:"contingents" nullable:"false"`
}

func (a *API) getContract(ctx context.Context, _ *struct{}) (*struct{ Body Contract }, error) {
	c, err := a.app.Contract(ctx)
	if err != nil {
		return nil, a.fail("getContract", err)
	}
	stands, err := a.app.Contingents(ctx)
	if err != nil {
		return nil, a.fail("getContract", err)
	}
	return &struct{ Body Contract }{Contract{Agreed: c.Agreed(), Name: c.Name, Number: c.Number, Hours: c.Hours, Targets: c.Targets, Availability: c.Availability, Contingents: append([]appliance.ContingentStand{}, stands...)}}, nil
}
