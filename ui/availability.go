package ui

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

// shownMonths is how many months are offered.
const shownMonths = 6

func (s *Server) availabilityRoutes() {
	s.echo.GET("/availability", s.availability)
	s.echo.GET("/availability.csv", s.availabilityCSV)
}

// month is the month that the address asks for, "2026-11", or the present one.
func (s *Server) month(c echo.Context) (from, to time.Time) {
	now := s.App.Now().In(s.zone())
	from = time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	if t, err := time.ParseInLocation("2006-01", c.QueryParam("month"), now.Location()); err == nil && t.Before(now) && now.Sub(t) < 400*24*time.Hour {
		from = t
	}
	return from, from.AddDate(0, 1, 0)
}

func (s *Server) availability(c echo.Context) error {
	frame := s.frame(c, "maintenance")
	l := s.render.Lang(frame.Lang)
	from, to := s.month(c)
	r, err := s.App.Availability(c.Request().Context(), from, to)
	if err != nil {
		return err
	}
	name := l.monthName(from)
	page := view.Availability{CSV: "/availability.csv?month=" + from.Format("2006-01"), Span: l.T("availability.span", "from", l.Date(r.From), "to", l.When(r.To), "hours", l.T("availability.hours_"+r.Hours))}
	now := s.App.Now().In(s.zone())
	for i := range shownMonths {
		m := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location()).AddDate(0, -i, 0)
		page.Months = append(page.Months, view.Chip{Label: l.monthName(m), Href: "/availability?month=" + m.Format("2006-01"), Current: m.Equal(from)})
	}
	down := 0
	for _, a := range r.Devices {
		row := l.availabilityRow(a, r.Guarantee)
		if a.Down > 0 {
			down++
		}
		if a.Kind == appliance.KindService {
			page.Services = append(page.Services, row)
		} else {
			page.Devices = append(page.Devices, row)
		}
	}
	names := map[appliance.ID]string{}
	for _, a := range r.Devices {
		names[a.Device] = a.Name
	}
	for _, o := range r.Site.Outages {
		row := view.CostRow{Device: names[o.Device], Href: "/devices/" + o.Device.String(), From: o.From, Until: o.Until, Counts: l.Duration(o.Counts)}
		if o.Incident != 0 {
			row.Incident = "/incidents/" + o.Incident.String()
		}
		page.Outages = append(page.Outages, row)
	}
	l.guarantee(&page, r)
	page.Formula = l.formula(r.Site)
	if r.Cut {
		page.Cut = l.T("availability.cut", "from", l.When(r.From))
	}
	frame.Title = l.T("availability.title_fine", "month", name)
	switch {
	case len(r.Devices) == 0 || math.IsNaN(r.Site.Percent()):
		frame.Title = l.T("availability.title_nothing", "month", name)
		page.Empty = &view.Empty{Icon: "chart-column", Title: frame.Title, Text: l.T("availability.nothing_text")}
	case down > 0:
		frame.Title = l.T("availability.title", "month", name, "n", down, "time", l.Duration(r.Site.Down))
	}
	return s.render.Page(c, http.StatusOK, "availability", frame, page)
}

// monthName is a month as people write it: its number of the year follows.
func (l *Lang) monthName(t time.Time) string {
	return l.T("availability.month_"+strconv.Itoa(int(t.Month()))) + " " + strconv.Itoa(t.Year())
}

// reached is the share of time in operation, cut after two decimals: no outage is rounded away.
func (l *Lang) reached(a appliance.Availability) string {
	p := a.Percent()
	if math.IsNaN(p) {
		return "–"
	}
	return l.hundredths(p)
}

// hundredths is a percentage of two decimals, of none where they are zero.
func (l *Lang) hundredths(p float64) string {
	s := l.Num(math.Floor(p*100+1e-6)/100, 2)
	return strings.TrimSuffix(s, l.format.decimal+"00") + l.format.percentGap + "%"
}

func (l *Lang) availabilityRow(a appliance.Availability, guarantee float64) view.AvailabilityRow {
	row := view.AvailabilityRow{Name: a.Name, Href: "/devices/" + a.Device.String(), Percent: l.reached(a), Outages: len(a.Outages), Down: l.Duration(a.Down), NoData: l.Duration(a.NoData), Excluded: l.Duration(a.Window + a.Paused)}
	switch p := a.Percent(); {
	case math.IsNaN(p):
		row.State = "nodata"
	case guarantee > 0 && p < guarantee:
		row.State = "critical"
	default:
		row.State = "ok"
	}
	return row
}

func (l *Lang) guarantee(page *view.Availability, r appliance.AvailabilityReport) {
	p := r.Site.Percent()
	switch {
	case r.Guarantee == 0 || math.IsNaN(p):
		page.State, page.Guarantee = "", l.T("availability.no_guarantee")
	case p < r.Guarantee:
		page.State, page.Guarantee = "critical", l.T("availability.missed", "reached", l.reached(r.Site), "guarantee", l.hundredths(r.Guarantee))
	default:
		page.State, page.Guarantee = "ok", l.T("availability.kept", "reached", l.reached(r.Site), "guarantee", l.hundredths(r.Guarantee))
	}
}

// formula is the working of the site's figure, line by line.
func (l *Lang) formula(a appliance.Availability) []view.Fact {
	fact := func(key string, d time.Duration) view.Fact {
		return view.Fact{Name: l.T("availability.part_" + key), Value: l.hoursOf(d)}
	}
	return []view.Fact{fact("service", a.Service), fact("window", a.Window), fact("paused", a.Paused), fact("no_data", a.NoData), fact("up", a.Up), fact("down", a.Down),
		{Name: l.T("availability.part_reached"), Value: l.T("availability.working", "up", l.hoursOf(a.Up), "down", l.hoursOf(a.Down), "reached", l.reached(a))}}
}

func (l *Lang) hoursOf(d time.Duration) string { return l.Num(d.Hours(), 2) + "\u00a0h" }

var availabilityHeads = []string{"device", "kind", "from", "to", "reached_percent", "guaranteed_percent", "service_seconds", "up_seconds", "down_seconds", "no_data_seconds", "maintenance_seconds", "paused_seconds", "outages"}

func (s *Server) availabilityCSV(c echo.Context) error {
	l := s.render.Lang(s.frame(c, "").Lang)
	from, to := s.month(c)
	r, err := s.App.Availability(c.Request().Context(), from, to)
	if err != nil {
		return err
	}
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }
	percent := func(v float64) string {
		if math.IsNaN(v) || v == 0 {
			return ""
		}
		return strconv.FormatFloat(v, 'f', 4, 64)
	}
	rows := make([][]string, 0, len(r.Devices)+1)
	for _, a := range append(r.Devices, r.Site) {
		rows = append(rows, []string{a.Name, string(a.Kind), l.iso(a.From), l.iso(a.To), percent(a.Percent()), percent(r.Guarantee), seconds(a.Service), seconds(a.Up), seconds(a.Down), seconds(a.NoData), seconds(a.Window), seconds(a.Paused), strconv.Itoa(len(a.Outages))})
	}
	return WriteCSV(c, "availability-"+from.Format("2006-01"), availabilityHeads, rows)
}
