package ui

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/ticket"
	"siteward/ui/view"
)

func (s *Server) ticket(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	return s.showTicket(c, http.StatusOK, id, view.Form{Values: map[string]string{}})
}

var ticketEditFields = []string{"do", "text", "minutes", "reason", "priority", "into", "device", "item", "note", "task"}

// editTicket does what a button says: "reply", "wait:customer", "solve".
func (s *Server) editTicket(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	l := s.render.Lang(s.frame(c, "").Lang)
	form := formOf(c, ticketEditFields...)
	e, rename := ticketEdit(c, &form, l)
	files, closeAll, err := uploads(c)
	defer closeAll()
	if err != nil {
		return err
	}
	e.Files = files
	if !form.OK() {
		return s.showTicket(c, http.StatusUnprocessableEntity, id, form)
	}
	t, err := s.App.EditTicket(c.Request().Context(), actor(c), id, e)
	if err != nil {
		if !s.failForm(&form, l, err, rename) {
			return err
		}
		return s.showTicket(c, http.StatusUnprocessableEntity, id, form)
	}
	to := "/tickets/" + t.ID.String()
	if e.Do == appliance.TicketMerge {
		to = "/tickets/" + t.Merged.String()
	}
	return s.done(c, to, l.T("ticket.done_"+string(e.Do), "number", ticket.Number(t.ID)))
}

// ticketEdit reads the form; each part of the page has fields of its own names, since names are ids.
func ticketEdit(c echo.Context, form *view.Form, l *Lang) (e appliance.TicketEdit, rename map[string]string) {
	verb, what, _ := strings.Cut(form.Value("do"), ":")
	e = appliance.TicketEdit{Do: appliance.TicketVerb(verb), Text: form.Value("text"), Internal: c.FormValue("internal") != "", Free: c.FormValue("free") != "", For: appliance.WaitFor(what)}
	if v := form.Value("minutes"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			form.Fail("minutes", l.T("logbook.error.minutes"))
		}
		e.Minutes = n
	}
	switch e.Do {
	case appliance.TicketReorder:
		n, _ := strconv.Atoi(form.Value("priority")) // what is no number is no priority
		e.Priority, e.Text, rename = appliance.TicketPriority(n), form.Value("reason"), map[string]string{"text": "reason"}
	case appliance.TicketMerge:
		e.Into, _ = appliance.ParseID(strings.TrimPrefix(strings.ToUpper(form.Value("into")), "T-"))
	case appliance.TicketAddLink:
		e.Device, e.Link = aboutOf(form.Value("device"))
		rename = map[string]string{"link": "device"}
	case appliance.TicketAddItem:
		e.Text, rename = form.Value("task"), map[string]string{"text": "task"}
	case appliance.TicketCheck:
		e.Item, _ = strconv.Atoi(form.Value("item"))
		e.Done, e.Text = what == "done", form.Value("note")
		rename = map[string]string{"item": "item-" + form.Value("item")}
	}
	return e, rename
}

func (s *Server) showTicket(c echo.Context, status int, id appliance.ID, form view.Form) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "tickets")
	l := s.render.Lang(frame.Lang)
	v, err := s.App.Ticket(ctx, actor(c), id)
	if err != nil {
		return err
	}
	site, err := s.site(ctx)
	if err != nil {
		return err
	}
	names := s.fullNames(ctx)
	page := view.Ticket{ID: id.String(), Number: ticket.Number(id), Href: "/tickets/" + id.String(), Form: form, Staff: can(c, access.WorkTickets), Entry: v.Entry, Owner: names(v.Owner), Since: v.Since,
		Priority: l.priority(v.Priority), Hours: l.hoursText(v.Hours, site), Undone: ticket.Undone(v.Ticket), Waiting: v.Status == appliance.TicketWaiting, Open: v.Open(), Solved: v.Status == appliance.TicketSolved}
	page.State, page.Status = l.ticketStatus(v.Ticket, v.Readings)
	page.Facts = strings.Join([]string{l.T("ticket.category_" + string(v.Category)), l.T("ticket.impact_" + string(v.Impact)), names(v.By), l.When(v.Opened)}, " · ")
	page.CanAnswer = v.Status != appliance.TicketMerged && can(c, access.ReportTickets)
	if page.Staff && page.Open {
		page.Confirm = v.Status == appliance.TicketNew
		page.Take = v.Status != appliance.TicketWorking
		if page.Devices, err = s.aboutOptions(ctx, l); err != nil {
			return err
		}
	}
	for _, p := range appliance.TicketPriorities {
		page.Priorities = append(page.Priorities, view.Option{Value: strconv.Itoa(int(p)), Label: l.priority(p)})
	}
	s.ticketStory(ctx, l, &page, v, names)
	for _, r := range v.Readings {
		page.Clocks = append(page.Clocks, l.clockView(r))
	}
	if len(page.Clocks) == 0 {
		page.NoClocks = l.T("ticket.no_clocks")
	}
	frame.Title = page.Number + " " + l.ticketTitle(v.Ticket)
	return s.render.Page(c, status, "ticket", frame, page)
}

// ticketStory is what was said and done, and what it is about.
func (s *Server) ticketStory(ctx context.Context, l *Lang, page *view.Ticket, v appliance.TicketView, names func(string) string) {
	for _, p := range v.Posts {
		post := view.TicketPost{At: p.At, Who: names(p.By), Text: p.Text, Internal: p.Internal, Ours: ticket.Staff(p.Role)}
		if p.Message != nil {
			post.Said = l.Say(*p.Message)
		}
		if p.Ticket != v.ID {
			post.From = ticket.Number(p.Ticket)
		}
		for _, f := range p.Files {
			post.Files = append(post.Files, view.TicketFile{Href: "/tickets/files/" + f.ID.String(), Name: f.Name, Bytes: float64(f.Bytes)})
		}
		page.Posts = append(page.Posts, post)
	}
	for _, ch := range v.Changes {
		page.Changes = append(page.Changes, l.T("ticket.priority_changed", "from", l.priority(ch.From), "to", l.priority(ch.To), "name", names(ch.By), "time", l.When(ch.At), "reason", ch.Reason))
	}
	free := 0
	for _, w := range v.Work {
		text := l.minutes(w.Minutes)
		if w.Free {
			free += w.Minutes
			text = l.T("ticket.work_free", "time", text)
		}
		if w.Text != "" {
			text += " · " + w.Text
		}
		page.Work = append(page.Work, view.TicketWork{At: w.At, Who: names(w.By), Text: text})
	}
	page.Minutes = l.T("ticket.worked", "time", l.minutes(v.Minutes()), "booked", l.minutes(v.Minutes()-free))
	for i, item := range v.List {
		text := item.Text
		if item.Key != "" {
			text = l.T("ticket.task." + item.Key)
		}
		page.List = append(page.List, view.TicketItem{N: i, Text: text, Note: item.Note, Evidence: item.Evidence, Done: !item.Done.IsZero(), By: names(item.By), At: item.Done})
	}
	device := s.names(ctx)
	for _, id := range v.Devices {
		page.Links = append(page.Links, view.Link{Text: device(id), Href: "/devices/" + id.String()})
	}
	for _, k := range v.Links {
		page.Links = append(page.Links, s.ticketLink(ctx, l, k))
	}
	for _, o := range v.Others {
		page.Others = append(page.Others, view.Link{Text: ticket.Number(o.ID) + " " + l.ticketTitle(o), Href: "/tickets/" + o.ID.String()})
	}
	if v.Merged != 0 {
		page.Merged = &view.Link{Text: ticket.Number(v.Merged), Href: "/tickets/" + v.Merged.String()}
	}
}

func (s *Server) deviceOptions(ctx context.Context, l *Lang) ([]view.Option, error) {
	devices, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	out := []view.Option{{Label: l.T("logbook.no_device")}}
	for _, d := range devices {
		out = append(out, view.Option{Value: d.ID.String(), Label: d.Name})
	}
	return out, nil
}

// ticketsAbout are the tickets about something, and where one is opened, with a title and a device.
func (s *Server) ticketsAbout(c echo.Context, l *Lang, f appliance.TicketFilter, title string, device appliance.ID) (view.AboutTickets, error) {
	var out view.AboutTickets
	if !can(c, access.ViewTickets) {
		return out, nil
	}
	f.Limit = 20
	found, err := s.App.Tickets(c.Request().Context(), f)
	if err != nil {
		return out, err
	}
	for _, t := range found {
		out.Links = append(out.Links, view.Link{Text: ticket.Number(t.ID) + " " + l.ticketTitle(t), Href: "/tickets/" + t.ID.String()})
	}
	if can(c, access.ReportTickets) {
		out.Open = "/tickets/new?title=" + url.QueryEscape(title) + "&about=" + f.Link.Kind + "-" + f.Link.ID.String()
		if device != 0 {
			out.Open += "&device=" + device.String()
		}
	}
	return out, nil
}
