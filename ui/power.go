package ui

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) powerRoutes() {
	s.echo.GET("/power", s.power)
	s.echo.GET("/power.csv", s.powerCSV)
	s.echo.GET("/power/outages.csv", s.outagesCSV)
	s.echo.POST("/devices/:id/battery", s.saveBattery)
}

// outagesShown is how many times on battery a page shows; the file has them all.
const outagesShown = 60

// power is the page of all UPSes.
func (s *Server) power(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.frame(c, "power")
	l := s.render.Lang(frame.Lang)
	all, err := s.App.UPSes(ctx)
	if err != nil {
		return err
	}
	outages, err := s.App.UPSOutages(ctx, appliance.UPSFilter{})
	if err != nil {
		return err
	}
	now := s.App.Now()
	page := view.Power{Outages: s.outages(c, l, "/power", outages, names(all))}
	for _, u := range all {
		page.Rows = append(page.Rows, l.upsRow(u, now))
	}
	if len(all) == 0 {
		page.Empty = &view.Empty{Icon: "plug-zap", Title: l.T("power.empty_title"), Text: l.T("power.empty_text")}
		if frame.User.Role != appliance.RoleViewer {
			page.Empty.Href, page.Empty.Link = "/devices", l.T("power.empty_link")
		}
	}
	frame.Title = l.powerVerdict(all, now)
	frame.Live = true
	return s.render.Page(c, http.StatusOK, "power", frame, page)
}

func names(all []appliance.UPSView) map[appliance.ID]string {
	out := map[appliance.ID]string{}
	for _, u := range all {
		out[u.Device] = u.Name
	}
	return out
}

// powerVerdict is the page in a sentence: the worst first.
func (l *Lang) powerVerdict(all []appliance.UPSView, now time.Time) string {
	battery, lost, trouble := 0, 0, 0
	var last *appliance.UPSOutage
	for _, u := range all {
		switch {
		case u.Told && u.Truth.Power == appliance.UPSPowerBattery:
			battery++
		case !u.Told:
			lost++
		case u.State.Problem():
			trouble++
		}
		if o := u.LastOutage; o != nil && (last == nil || o.Start.After(last.Start)) {
			last = o
		}
	}
	n := len(all)
	switch {
	case n == 0:
		return l.T("power.title_none")
	case n == 1 && battery > 0:
		return l.T("power.only_battery")
	case n == 1 && lost > 0:
		return l.T("power.only_lost")
	case n == 1 && trouble > 0:
		return l.T("power.only_trouble")
	case battery > 0:
		return l.T("power.title_battery", "n", battery, "total", n)
	case lost > 0:
		return l.T("power.title_lost", "n", lost, "total", n)
	case trouble > 0:
		return l.T("power.title_trouble", "n", trouble, "total", n)
	case last != nil && !last.End.IsZero():
		return l.T("power.title_ok_outage", "n", n, "date", l.Date(last.Start), "for", l.span(last.Length(now)))
	}
	return l.T("power.title_ok", "n", n)
}

// outages are rows of history, of one device's page or of all. The filter stands in the address as "outages".
func (s *Server) outages(c echo.Context, l *Lang, path string, all []appliance.UPSOutage, named map[appliance.ID]string) view.Outages {
	list := view.NewList(path, c.QueryParams(), "-at")
	out := view.Outages{List: list, Named: len(named) > 0, Empty: l.T("power.none_ever"), CSV: "/power/outages.csv"}
	count := map[string]int{}
	for _, o := range all {
		count[outageGroup(o)]++
	}
	chosen := list.Get("outages")
	out.Chips = []view.Chip{list.Chip("outages", "", l.T("power.all"), "", len(all))}
	for _, g := range []string{"outage", "test"} {
		if count[g] > 0 || chosen == g {
			out.Chips = append(out.Chips, list.Chip("outages", g, l.T("power.chip_"+g), "", count[g]))
		}
	}
	now := s.App.Now()
	incidents, _ := s.App.Incidents(c.Request().Context(), appliance.IncidentFilter{Limit: lookedAt}) // without them the rows only lack a link
	for _, o := range all {
		if chosen != "" && outageGroup(o) != chosen {
			continue
		}
		if len(out.Rows) == outagesShown {
			break
		}
		row := l.outageRow(o, now)
		row.Incident = incidentOfOutage(incidents, o, now)
		row.Device = named[o.Device]
		if row.Device == "" {
			row.Device, row.ID = o.UPS, ""
		}
		out.Rows = append(out.Rows, row)
	}
	if len(all) > 0 {
		out.Empty = l.T("power.none_chosen")
	}
	out.Sum = l.outageSum(all, now)
	return out
}

// outageGroup sorts power cuts from what the UPS did by itself.
func outageGroup(o appliance.UPSOutage) string {
	if o.Kind == appliance.UPSOutageReal || o.Kind == appliance.UPSOutageBlip {
		return "outage"
	}
	return "test"
}

// outageSum counts the power cuts of the last year.
func (l *Lang) outageSum(all []appliance.UPSOutage, now time.Time) string {
	n, longest := 0, time.Duration(0)
	for _, o := range all {
		if o.Kind == appliance.UPSOutageReal && o.Start.After(now.AddDate(-1, 0, 0)) {
			n++
			longest = max(longest, o.Length(now))
		}
	}
	if n == 0 {
		return l.T("power.sum_none")
	}
	return l.T("power.sum", "n", n, "longest", l.span(longest))
}

// upsOf finds what is known of a device as a UPS; nil when it is none.
func (s *Server) upsOf(ctx context.Context, device appliance.ID) (*appliance.UPSView, error) {
	all, err := s.App.UPSes(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(u appliance.UPSView) bool { return u.Device == device })
	if i < 0 {
		return nil, nil
	}
	return &all[i], nil
}
