package ui

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/ticket"
	"siteward/ui/view"
)

func (s *Server) ticketRoutes() {
	s.echo.GET("/tickets", s.tickets)
	s.echo.GET("/tickets.csv", s.ticketsCSV)
	s.echo.GET("/tickets/new", s.newTicket)
	s.echo.POST("/tickets/new", s.openTicket)
	s.echo.GET("/tickets/promise", s.ticketPromise)
	s.echo.GET("/tickets/files/:id", s.ticketFile)
	s.echo.GET("/tickets/:id", s.ticket)
	s.echo.POST("/tickets/:id", s.editTicket)
	s.echo.GET("/contract", s.contract)
	s.echo.GET("/settings/contract", s.contractForm)
	s.echo.POST("/settings/contract", s.saveContract)
}

// ticketsPage is how many tickets a page has.
const ticketsPage = 100

// ticketGroups are the chips.
var ticketGroups = []struct {
	key      string
	statuses []appliance.TicketStatus
}{
	{"open", []appliance.TicketStatus{appliance.TicketNew, appliance.TicketOpen, appliance.TicketWorking, appliance.TicketWaiting}},
	{"waiting", []appliance.TicketStatus{appliance.TicketWaiting}},
	{"solved", []appliance.TicketStatus{appliance.TicketSolved, appliance.TicketMerged}},
	{"all", nil},
}

// ticketQuery is what the address asks for: open ones, unless it says something else.
func ticketQuery(c echo.Context) appliance.TicketFilter {
	f := appliance.TicketFilter{Limit: 10_000, Statuses: ticketGroups[0].statuses}
	for _, g := range ticketGroups {
		if g.key == c.QueryParam("of") {
			f.Statuses = g.statuses
		}
	}
	f.Device, _ = appliance.ParseID(c.QueryParam("device"))
	f.Before, _ = appliance.ParseID(c.QueryParam("before"))
	if kind, id, ok := strings.Cut(c.QueryParam("about"), "-"); ok && slices.Contains(appliance.TicketLinkKinds, kind) {
		f.Link.Kind = kind
		f.Link.ID, _ = appliance.ParseID(id)
	}
	return f
}

// ticketRows are the tickets that the address asks for, and whether there are more of them.
func (s *Server) ticketRows(c echo.Context, l *Lang, limit int) (rows []view.TicketRow, before appliance.ID, err error) {
	ctx := c.Request().Context()
	all, err := s.App.Tickets(ctx, ticketQuery(c))
	if err != nil {
		return nil, 0, err
	}
	words, names := strings.Fields(c.QueryParam("q")), s.fullNames(ctx)
	for _, t := range all {
		row, err := s.ticketRow(ctx, l, t, names)
		if err != nil {
			return nil, 0, err
		}
		text := strings.Join([]string{row.Number, row.Title, row.Category, row.Priority, row.Status, row.By, row.Owner}, " ")
		if slices.ContainsFunc(words, func(w string) bool { return !contains(text, w) }) {
			continue
		}
		if rows = append(rows, row); len(rows) > limit {
			return rows[:limit], before, nil
		}
		before = t.ID
	}
	return rows, 0, nil
}

func (s *Server) ticketRow(ctx context.Context, l *Lang, t appliance.Ticket, names func(string) string) (view.TicketRow, error) {
	readings, err := s.App.Clocks(ctx, t)
	if err != nil {
		return view.TicketRow{}, err
	}
	row := view.TicketRow{Href: "/tickets/" + t.ID.String(), Number: ticket.Number(t.ID), Title: l.ticketTitle(t), Category: l.T("ticket.category_" + string(t.Category)),
		Priority: l.priority(t.Priority), Opened: t.Opened, By: names(t.By), Owner: names(t.Owner), Minutes: t.Minutes()}
	row.State, row.Status = l.ticketStatus(t, readings)
	if t.Open() {
		row.Clock = l.ticketDue(readings)
	}
	return row, nil
}

// fullNames gives the full name behind a sign-in name.
func (s *Server) fullNames(ctx context.Context) func(string) string {
	people := map[string]string{appliance.PartySiteward: "Siteward"}
	if users, err := s.App.Users(ctx); err == nil {
		for _, u := range users {
			people[u.Name] = u.FullName
		}
	}
	return func(name string) string {
		if full := people[name]; full != "" {
			return full
		}
		return name
	}
}

func (s *Server) tickets(c echo.Context) error {
	frame := s.frame(c, "tickets")
	l := s.render.Lang(frame.Lang)
	page := view.Tickets{List: view.NewList("/tickets", c.QueryParams(), "-opened"), CanReport: can(c, access.ReportTickets)}
	rows, before, err := s.ticketRows(c, l, ticketsPage)
	if err != nil {
		return err
	}
	page.Rows = rows
	if before != 0 {
		page.More = page.List.With("before", before.String())
	}
	of := page.List.Get("of")
	if of == "" {
		of = "open"
	}
	for _, g := range ticketGroups {
		page.Chips = append(page.Chips, view.Chip{Label: l.T("ticket.of_" + g.key), Href: page.List.With("of", g.key), Current: g.key == of})
	}
	open, err := s.App.Tickets(c.Request().Context(), appliance.TicketFilter{Statuses: ticketGroups[0].statuses, Limit: 10_000})
	if err != nil {
		return err
	}
	frame.Title = l.T("ticket.count", "n", len(open))
	page.Empty = view.Empty{Icon: "ticket", Title: l.T("ticket.none_title"), Text: l.T("ticket.none_text"), Good: of == "open" && len(open) == 0 && page.List.Get("q") == ""}
	if !page.Empty.Good {
		page.Empty = view.Empty{Icon: "filter", Title: l.T("ticket.not_found"), Href: "/tickets?of=all", Link: l.T("ticket.show_all")}
	}
	return s.render.Page(c, http.StatusOK, "tickets", frame, page)
}

var ticketHeads = []string{"ticket", "title", "category", "impact", "priority", "status", "opened", "by", "owner", "closed", "minutes", "next_clock", "next_due", "breached"}

// ticketsCSV gives the rows that the page's filter leaves.
func (s *Server) ticketsCSV(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	all, err := s.App.Tickets(ctx, ticketQuery(c))
	if err != nil {
		return err
	}
	words := strings.Fields(c.QueryParam("q"))
	rows := make([][]string, 0, len(all))
	for _, t := range all {
		readings, err := s.App.Clocks(ctx, t)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(words, func(w string) bool {
			return !contains(ticket.Number(t.ID)+" "+l.ticketTitle(t)+" "+t.By+" "+t.Owner, w)
		}) {
			continue
		}
		next, due, broken := "", "", []string(nil)
		if n := ticket.Next(readings); n != nil && t.Open() {
			next, due = string(n.Kind), l.isoOr(n.Due)
		}
		for _, r := range readings {
			if r.Status == "breached" {
				broken = append(broken, string(r.Kind))
			}
		}
		rows = append(rows, []string{ticket.Number(t.ID), l.ticketTitle(t), string(t.Category), string(t.Impact), strconv.Itoa(int(t.Priority)), string(t.Status), l.iso(t.Opened), t.By, t.Owner,
			l.isoOr(t.Closed), strconv.Itoa(t.Minutes()), next, due, strings.Join(broken, " ")})
	}
	return WriteCSV(c, "tickets", ticketHeads, rows)
}

// ticketFile sends an attachment to be saved, never to be shown: what a customer sends must not run in anybody's browser.
func (s *Server) ticketFile(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	f, b, err := s.App.TicketFile(c.Request().Context(), actor(c), id)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, attachmentName(f.Name))
	h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set(echo.HeaderCacheControl, "private, no-store")
	return c.Blob(http.StatusOK, f.Type, b)
}
