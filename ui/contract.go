package ui

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/ui/view"
)

// contract shows what was agreed on, to customer and provider alike.
func (s *Server) contract(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "contract")
	l := s.render.Lang(frame.Lang)
	k, err := s.App.Contract(ctx)
	if err != nil {
		return err
	}
	site, err := s.site(ctx)
	if err != nil {
		return err
	}
	page := view.Contract{Agreed: k.Agreed(), CanEdit: can(c, access.EditContract)}
	frame.Title = l.T("contract.title")
	if !page.Agreed {
		page.Empty = view.Empty{Icon: "file-text", Title: l.T("contract.none"), Text: l.T("contract.none_text")}
		if page.CanEdit {
			page.Empty.Href, page.Empty.Link, page.Empty.Button = "/settings/contract", l.T("contract.enter"), true
		}
		frame.Title = l.T("contract.none")
		return s.render.Page(c, http.StatusOK, "contract", frame, page)
	}
	stands, err := s.App.Contingents(ctx)
	if err != nil {
		return err
	}
	for _, st := range stands {
		m := view.ContractMinutes{Booked: min(max(0, st.Booked), st.Minutes), Minutes: st.Minutes, State: "ok", Word: l.T("contract.left", "time", l.minutes(max(0, st.Left)))}
		m.Title = l.T("contract.contingent_whole", "from", l.Date(st.Start), "until", l.Date(st.End.Add(-time.Hour)))
		if st.Monthly {
			m.Title = l.T("contract.contingent_month", "from", l.Date(st.Start), "until", l.Date(st.End.Add(-time.Hour)))
		}
		m.Text = l.T("contract.booked", "booked", l.minutes(st.Booked), "of", l.minutes(st.Minutes))
		switch {
		case !st.Running:
			m.State, m.Word = "paused", l.T("contract.not_running")
		case st.Left <= 0:
			m.State, m.Word = "critical", l.T("contract.used_up", "time", l.minutes(-st.Left))
		case st.Left*5 < st.Minutes:
			m.State = "warning"
		}
		if st.Running && st.Left > 0 && frame.Title == l.T("contract.title") { // work is booked on the first
			frame.Title = l.T("contract.title_left", "time", l.minutes(st.Left))
		}
		page.Contingents = append(page.Contingents, m)
	}
	page.Facts = l.contractFacts(k, site)
	l.contractTables(&page, k)
	for _, w := range k.Recurring {
		page.Recurring = append(page.Recurring, l.T("contract.recurs", "what", l.T("ticket.recurs_"+w.Key), "n", w.Months))
	}
	return s.render.Page(c, http.StatusOK, "contract", frame, page)
}

func (l *Lang) contractFacts(k appliance.Contract, site appliance.Site) (facts []view.Fact) {
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, view.Fact{Name: l.T("contract." + key), Value: text})
		}
	}
	add("name", strings.TrimSpace(k.Name+" "+k.Number))
	add("hours", l.hoursText(k.Hours, site))
	zone := k.Hours.TimeZone
	if zone == "" {
		zone = site.TimeZone
	}
	add("zone", zone)
	if k.Availability > 0 {
		add("availability", l.hundredths(k.Availability))
	}
	hotline := k.Hotline
	if hotline == "" {
		hotline = site.Hotline
	}
	add("hotline", hotline)
	return facts
}

func (l *Lang) contractTables(page *view.Contract, k appliance.Contract) {
	for _, kind := range appliance.ClockKinds {
		page.Heads = append(page.Heads, l.T("contract.clock_"+string(kind)))
	}
	for _, p := range appliance.TicketPriorities {
		row := view.ContractRow{Label: l.priority(p)}
		for _, kind := range appliance.ClockKinds {
			cell := "–"
			if n := k.Targets[p-1].Of(kind); n > 0 {
				cell = l.minutes(n)
			}
			row.Cells = append(row.Cells, cell)
		}
		page.Targets = append(page.Targets, row)
	}
	for _, i := range appliance.TicketImpacts {
		page.TableHeads = append(page.TableHeads, l.T("ticket.impact_"+string(i)))
	}
	for x, category := range appliance.TicketCategories {
		row := view.ContractRow{Label: l.T("ticket.category_" + string(category))}
		for y := range appliance.TicketImpacts {
			row.Cells = append(row.Cells, l.priority(k.Table[x][y]))
		}
		page.Table = append(page.Table, row)
	}
}

// minutesOrNone is what a field of a target says.
func minutesOrNone(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
