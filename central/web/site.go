package web

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/central"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

// sitePage is one site as it reports.
type sitePage struct {
	ID, Name, Group   string
	State, Word, Why  string
	Since, Seen       time.Time
	Silence           *view.Note
	Alarms            []alarmRow
	Lines             []view.Line
	Wrong             []wrongRow
	Devices           string
	Backups           []siteRow
	UPS               []siteRow
	Clocks            []siteRow
	News              []siteRow
	Offers            []siteRow
	Logbook           logbookState
	Months            []view.Option
	CanEdit, Reported bool
}

func (s *Server) siteRoutes() {
	s.echo.GET("/sites/:site", s.site)
	s.echo.GET("/sites/:site/logbook", s.logbook)
	s.echo.POST("/sites/:site/logbook/copy", s.beginCopy)
	s.echo.GET("/sites/:site/edit", s.siteForm)
	s.echo.POST("/sites/:site/edit", s.saveSite)
	s.echo.GET("/sites/:site/month/:month", s.month)
	s.echo.GET("/sites/:site/month/:month/package.zip", s.monthPackage)
}

func (s *Server) site(c echo.Context) error {
	ctx := c.Request().Context()
	row, err := s.Site(c)
	if err != nil {
		return err
	}
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	st := &row.Status
	page := sitePage{ID: string(row.Site.ID), Name: tame(row.Site.Name, 80), Group: groups[row.Site.Group], Seen: st.Seen, CanEdit: ui.Can(c, people.EditSites)}
	page.State, page.Word = standing(l, &row)
	page.Why, page.Since = s.why(l, &row)
	page.Silence = silence(l, &row)
	word := page.Word
	if word == "" {
		word = l.T("state." + page.State)
	}
	frame.Title = l.T("central.site_title", "name", page.Name, "state", word)
	scope := []appliance.ID{row.Site.Group}
	alarms, err := s.alarms(ctx, l, scope, ui.Can(c, people.Acknowledge))
	if err != nil {
		return err
	}
	for _, a := range alarms {
		if a.Href == "/sites/"+page.ID {
			a.Href = ""
			page.Alarms = append(page.Alarms, a)
		}
	}
	report, _, err := central.Reports.Find(ctx, s.Store, page.ID)
	if err != nil && appliance.CodeOf(err) != appliance.CodeNotFound {
		return err
	}
	var sum message.Summary
	if err == nil && json.Unmarshal(report.Data, &sum) == nil {
		page.Reported = true
		fillReport(l, &page, &sum, s.Now())
	}
	page.Lines = siteLines(l, &row, &sum)
	if page.News, err = s.news(ctx, l, row.Site.ID); err != nil {
		return err
	}
	if page.Logbook, err = s.copyOf(ctx, l, row.Site.ID); err != nil {
		return err
	}
	now := s.Now().In(s.Zone)
	for i := range 6 {
		m := time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, s.Zone)
		page.Months = append(page.Months, view.Option{Value: m.Format("2006-01"), Label: monthWord(l, m)})
	}
	return s.Render(c, http.StatusOK, "central-site", frame, page)
}
