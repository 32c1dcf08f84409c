package ui

import (
	"crypto/rand"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/ticket"
	"siteward/ui/view"
)

var ticketFields = []string{"title", "text", "category", "impact", "since", "device", "about", "once"}

func (s *Server) newTicket(c echo.Context) error {
	form := formOf(c, ticketFields...)
	if form.Value("category") == "" {
		form.Values["category"] = string(appliance.TicketError)
	}
	if form.Value("impact") == "" {
		form.Values["impact"] = string(appliance.ImpactOne)
	}
	form.Values["once"] = rand.Text()
	return s.showTicketForm(c, http.StatusOK, form)
}

func (s *Server) showTicketForm(c echo.Context, status int, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "tickets")
	l := s.render.Lang(frame.Lang)
	frame.Title = l.T("ticket.report")
	page := view.TicketForm{Form: form, Once: form.Value("once"), Links: form.Value("about"), Technical: can(c, access.WorkTickets), Hotline: frame.Hotline,
		Categories: l.ticketOptions("category", appliance.TicketCategories), Impacts: l.ticketOptions("impact", appliance.TicketImpacts)}
	if page.Technical {
		devices, err := s.deviceOptions(ctx, l)
		if err != nil {
			return err
		}
		page.Devices = devices
	}
	var err error
	if page.Promise, err = l.promise(s.App.Promise(ctx, appliance.TicketCategory(form.Value("category")), appliance.TicketImpact(form.Value("impact")))); err != nil {
		return err
	}
	for _, i := range page.Impacts {
		page.Heads = append(page.Heads, i.Label)
	}
	for _, category := range appliance.TicketCategories {
		row := view.PromiseRow{Label: l.T("ticket.category_" + string(category))}
		for _, impact := range appliance.TicketImpacts {
			p, err := s.App.Promise(ctx, category, impact)
			cell := "–"
			if first := p.Confirm; err == nil && (!first.IsZero() || !p.Respond.IsZero()) {
				if first.IsZero() {
					first = p.Respond
				}
				cell = l.T("ticket.table_cell", "priority", l.priority(p.Priority), "time", l.When(first))
			}
			row.Cells = append(row.Cells, cell)
		}
		page.Table = append(page.Table, row)
	}
	return s.render.Page(c, status, "ticket-form", frame, page)
}

func (l *Lang) ticketOptions(what string, values any) (out []view.Option) {
	add := func(v string) {
		out = append(out, view.Option{Value: v, Label: l.T("ticket." + what + "_" + v), Hint: l.T("ticket." + what + "_" + v + "_hint")})
	}
	switch values := values.(type) {
	case []appliance.TicketCategory:
		for _, v := range values {
			add(string(v))
		}
	case []appliance.TicketImpact:
		for _, v := range values {
			add(string(v))
		}
	}
	return out
}

// ticketPromise answers while somebody chooses: what follows from the choice.
func (s *Server) ticketPromise(c echo.Context) error {
	frame := s.frame(c, "tickets")
	l := s.render.Lang(frame.Lang)
	p, err := l.promise(s.App.Promise(c.Request().Context(), appliance.TicketCategory(c.QueryParam("category")), appliance.TicketImpact(c.QueryParam("impact"))))
	if err != nil {
		return err
	}
	return s.render.Part(c, http.StatusOK, "ticket-form", "promise", frame, view.TicketForm{Promise: p})
}

// uploads are the files of a form. close them when they were read.
func uploads(c echo.Context) (files []appliance.Upload, closeAll func(), err error) {
	var open []multipart.File
	closeAll = func() {
		for _, f := range open {
			_ = f.Close() // was only read
		}
	}
	form := c.Request().MultipartForm
	if form == nil {
		return nil, closeAll, nil
	}
	for _, head := range form.File["files"] {
		if head.Size == 0 && head.Filename == "" {
			continue // nothing was chosen
		}
		f, err := head.Open()
		if err != nil {
			return nil, closeAll, err
		}
		open = append(open, f)
		files = append(files, appliance.Upload{Name: head.Filename, Data: f})
	}
	return files, closeAll, nil
}

// linksOf reads what a ticket is about: "backup-3,round-12".
func linksOf(s string) (links []appliance.TicketLink) {
	for _, part := range strings.Split(s, ",") {
		kind, id, _ := strings.Cut(part, "-")
		n, err := appliance.ParseID(id)
		if l := (appliance.TicketLink{Kind: kind, ID: n}); err == nil && slices.Contains(appliance.TicketLinkKinds, kind) {
			links = append(links, l)
		}
	}
	return links
}

func (s *Server) openTicket(c echo.Context) error {
	ctx := c.Request().Context()
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, ticketFields...)
	t := appliance.Ticket{Title: form.Value("title"), Category: appliance.TicketCategory(form.Value("category")), Impact: appliance.TicketImpact(form.Value("impact")), Since: form.Value("since"), Links: linksOf(form.Value("about"))}
	if v := form.Value("device"); v != "" {
		id, err := appliance.ParseID(v)
		if err != nil {
			form.Fail("device", l.T("logbook.error.device"))
		}
		t.Devices = []appliance.ID{id}
	}
	files, closeAll, err := uploads(c)
	defer closeAll()
	if err != nil {
		return err
	}
	if !form.OK() {
		return s.showTicketForm(c, http.StatusUnprocessableEntity, form)
	}
	if s.sent.before(form.Value("once")) {
		return c.Redirect(http.StatusSeeOther, "/tickets")
	}
	t, err = s.App.OpenTicket(ctx, actor(c), t, form.Value("text"), files)
	if err != nil {
		s.sent.forget(form.Value("once"))
		if !s.failForm(&form, l, err, nil) {
			return err
		}
		return s.showTicketForm(c, http.StatusUnprocessableEntity, form)
	}
	return s.done(c, "/tickets/"+t.ID.String(), l.T("ticket.reported", "number", ticket.Number(t.ID)))
}
