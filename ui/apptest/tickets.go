package apptest

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/ticket"
)

// ticketSample are the tickets of the sample site.
type ticketSample struct {
	contract appliance.Contract
	tickets  []appliance.Ticket // by number
	posts    []appliance.TicketPost
	files    []appliance.TicketFile
	data     map[appliance.ID][]byte
}

// Contract gives the contract.
func (a *App) Contract(context.Context) (appliance.Contract, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.desk.contract, nil
}

// NoContract takes the contract away.
func (a *App) NoContract() { a.desk.contract = appliance.DefaultContract }

// SaveContract stores the contract.
func (a *App) SaveContract(_ context.Context, _ appliance.Actor, c appliance.Contract) error {
	return a.change("save contract", appliance.Change{Config: true}, func() error {
		if err := ticket.ValidateContract(c, a.site); err != nil {
			return err
		}
		a.desk.contract = c
		return nil
	})
}

// Contingents counts minutes.
func (a *App) Contingents(context.Context) ([]appliance.ContingentStand, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return ticket.Contingents(a.desk.contract, a.desk.tickets, a.now, a.site.Location()), nil
}

// Promise says what follows from a report.
func (a *App) Promise(ctx context.Context, c appliance.TicketCategory, i appliance.TicketImpact) (appliance.Promise, error) {
	stands, _ := a.Contingents(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := ticket.PromiseOf(a.desk.contract, a.site, c, i, a.now)
	p.Contingent = ticket.Running(stands)
	return p, err
}

// Tickets lists tickets, newest first.
func (a *App) Tickets(_ context.Context, f appliance.TicketFilter) (out []appliance.Ticket, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range slices.Backward(a.desk.tickets) {
		if ticket.Chooses(f, t) && (f.Limit == 0 || len(out) < f.Limit) {
			out = append(out, t)
		}
	}
	return out, nil
}

// Ticket gives one ticket.
func (a *App) Ticket(_ context.Context, by appliance.Actor, id appliance.ID) (v appliance.TicketView, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.ticket(id)
	if t == nil {
		return v, appliance.ErrNotFound
	}
	v.Ticket, v.Readings = *t, ticket.Read(*t, a.site, a.now, true)
	for _, p := range a.desk.posts {
		if p.Ticket == id {
			v.Posts = append(v.Posts, p)
		}
	}
	for _, o := range a.desk.tickets {
		if o.Merged == id {
			v.Others = append(v.Others, o)
		}
	}
	return ticket.For(by.Role, v), nil
}

func (a *App) ticket(id appliance.ID) *appliance.Ticket {
	if id == 0 || int(id) > len(a.desk.tickets) { //nolint:gosec // few
		return nil
	}
	return &a.desk.tickets[id-1]
}

// Clocks reads clocks.
func (a *App) Clocks(_ context.Context, t appliance.Ticket) ([]appliance.ClockReading, error) {
	return ticket.Read(t, a.site, a.now, false), nil
}

// OpenTicket opens one.
func (a *App) OpenTicket(_ context.Context, by appliance.Actor, t appliance.Ticket, text string, files []appliance.Upload) (appliance.Ticket, error) {
	err := a.change("open ticket", appliance.Change{Config: true}, func() (err error) {
		var p appliance.TicketPost
		if t, p, err = ticket.Open(t, text, a.desk.contract, a.site, by, a.now); err != nil {
			return err
		}
		t.ID = appliance.ID(len(a.desk.tickets) + 1) //nolint:gosec // few
		p.Ticket = t.ID
		if err := a.keepPost(&t, p, files); err != nil {
			return err
		}
		a.desk.tickets = append(a.desk.tickets, t)
		return nil
	})
	return t, err
}

func (a *App) keepPost(t *appliance.Ticket, p appliance.TicketPost, files []appliance.Upload) error {
	for _, u := range files {
		f, b, err := ticket.ReadFile(u)
		if err != nil {
			return err
		}
		f.ID, f.Ticket, f.Internal = appliance.ID(len(a.desk.files)+1), p.Ticket, p.Internal //nolint:gosec // few
		a.desk.files = append(a.desk.files, f)
		a.desk.data[f.ID] = b
		p.Files = append(p.Files, f)
		t.Files++
	}
	if p.Text != "" || p.Message != nil || len(p.Files) > 0 {
		p.ID = appliance.ID(len(a.desk.posts) + 1) //nolint:gosec // few
		a.desk.posts = append(a.desk.posts, p)
	}
	return nil
}

// EditTicket does something with one.
func (a *App) EditTicket(_ context.Context, by appliance.Actor, id appliance.ID, e appliance.TicketEdit) (t appliance.Ticket, err error) {
	err = a.change(string(e.Do)+" ticket "+id.String(), appliance.Change{Config: true}, func() error {
		old := a.ticket(id)
		if old == nil {
			return appliance.ErrNotFound
		}
		t = *old
		t.Clocks, t.List, t.Waits = slices.Clone(t.Clocks), slices.Clone(t.List), slices.Clone(t.Waits)
		ticket.Watch(&t, a.site, a.now)
		p, err := ticket.Edit(&t, a.ticket(e.Into), e, a.desk.contract, by, a.now)
		if err != nil {
			return err
		}
		if e.Do == appliance.TicketSolve {
			entry, err := a.book.Append(ticket.Entry(t, by))
			if err != nil {
				return err
			}
			t.Entry = entry.Seq
		}
		if err := a.keepPost(&t, p, e.Files); err != nil {
			return err
		}
		*old = t
		return nil
	})
	return t, err
}

// TicketFile gives an attachment.
func (a *App) TicketFile(_ context.Context, by appliance.Actor, id appliance.ID) (appliance.TicketFile, []byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.desk.files {
		if f.ID == id && (!f.Internal || ticket.Staff(by.Role)) {
			return f, a.desk.data[id], nil
		}
	}
	return appliance.TicketFile{}, nil, appliance.ErrNotFound
}

// fillDesk has tickets: a calamity that is worked on, one that waits, a question that is late, a preventive session, and what is solved.
func (a *App) fillDesk() {
	c := appliance.DefaultContract
	c.Name, c.Number, c.Availability = "Service contract", "V-2026-17", 99.5
	c.Hours = appliance.ServiceHours{Preset: appliance.Hours5x10}
	c.Contingents = []appliance.Contingent{{From: "2026-01-01", Until: "2026-12-31", Minutes: 120, Monthly: true}, {From: "2025-01-01", Until: "2027-12-31", Minutes: 3000}}
	c.Recurring = []appliance.RecurringWork{{Key: appliance.RecurPreventive, Months: 3, First: "2026-01-15"}, {Key: appliance.RecurRestore, Months: 12, First: "2026-06-01"}}
	a.desk = ticketSample{contract: c, data: map[appliance.ID][]byte{}}
	user, tech := appliance.Actor{Name: "k.empfang", Role: appliance.RoleKeyUser}, appliance.Actor{Name: "m.muster", Role: appliance.RoleTechnician}
	now := a.now
	at := func(day, hour, minute int) { a.now = time.Date(2026, 11, day, hour, minute, 0, 0, berlin()) }
	open := func(by appliance.Actor, t appliance.Ticket, text string, files ...appliance.Upload) appliance.ID {
		t, err := a.OpenTicket(context.Background(), by, t, text, files)
		if err != nil {
			panic(err)
		}
		return t.ID
	}
	do := func(by appliance.Actor, id appliance.ID, e appliance.TicketEdit) {
		if _, err := a.EditTicket(context.Background(), by, id, e); err != nil {
			panic(err)
		}
	}
	at(12, 9, 10)
	id := open(user, appliance.Ticket{Category: appliance.TicketRequest, Impact: appliance.ImpactOne}, "A new colleague begins on 1 December and needs an account.")
	at(12, 9, 40)
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketTake})
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketSolve, Text: "Account made, the password is in the sealed envelope at the front desk.", Minutes: 15})
	at(17, 14, 0)
	open(user, appliance.Ticket{Category: appliance.TicketQuestion, Impact: appliance.ImpactOne}, "Which of the two scanners may we give away?")
	at(19, 16, 40)
	id = open(user, appliance.Ticket{Category: appliance.TicketError, Impact: appliance.ImpactSeveral, Since: "since noon"}, "The label printer prints every second label only.",
		appliance.Upload{Name: "label.png", Data: picture()})
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketReply, Text: "The maker says it is the roller. Serial number wanted.", Internal: true})
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketTake, Minutes: 10})
	at(19, 17, 20)
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketWait, For: appliance.WaitThird, Text: "A new roller is ordered. It comes on Monday."})
	at(20, 7, 0)
	open(appliance.Actor{Name: appliance.PartySiteward}, ticket.Recurring(appliance.RecurPreventive), "")
	at(20, 7, 52)
	id = open(tech, appliance.Ticket{Category: appliance.TicketError, Impact: appliance.ImpactAll, Devices: []appliance.ID{a.Find("nas-1")}}, "The file server is very slow since the night.")
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketTake, Text: "Looking at it."})
	at(20, 8, 10)
	do(tech, id, appliance.TicketEdit{Do: appliance.TicketWait, For: appliance.WaitCustomer, Text: "May I restart it now? Open files will be closed."})
	at(20, 8, 22)
	do(user, id, appliance.TicketEdit{Do: appliance.TicketReply, Text: "Yes. Everybody has saved."})
	a.now = now
	a.done, a.generation = nil, 0
}

// picture is the smallest PNG.
func picture() io.Reader {
	return strings.NewReader("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")
}
