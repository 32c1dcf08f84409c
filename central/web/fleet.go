package web

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/people"
	"siteward/ui"
	"siteward/ui/view"
)

// fleetPage is the fleet, one row a site, the worst first.
type fleetPage struct {
	List         view.List
	Chips        []view.Chip
	Heads        []string
	Rows         []template.HTML
	CSV          string
	From, To, Of int
	Prev, Next   string
	Alarms       []alarmRow
	Groups       []view.Option
	Empty        view.Empty
	AsOf         time.Time
	CanEdit      bool
	Self         string // this page's own address
}

type alarmRow struct {
	State, Word, Title, Why, Href string
	Since                         time.Time
	Acked, Post                   string
}

const pageRows = 100

func (s *Server) fleetRoutes() {
	s.echo.GET("/", s.fleet)
	s.echo.GET("/fleet.csv", s.fleetCSV)
	s.echo.GET("/search", s.search)
	s.echo.GET("/together", s.together)
	s.echo.POST("/alarms/:kind/:site/acknowledge", s.acknowledge)
}

// asks are the filters of a chip: what stands in the address and what it means.
var asks = map[string]central.FleetFilter{
	"silent":   {Silent: []central.Silence{central.Lost, central.Overdue}},
	"critical": {States: []appliance.State{appliance.StateCritical}},
	"warning":  {States: []appliance.State{appliance.StateWarning}},
	"nodata":   {States: []appliance.State{appliance.StateNoData}},
	"ok":       {States: []appliance.State{appliance.StateOK}, Silent: []central.Silence{central.Speaking}},
}

// asked is the filter that the address asks for, within what the person may see.
func (s *Server) asked(c echo.Context, list view.List) (central.FleetFilter, error) {
	f := asks[list.Get("state")]
	groups, err := s.Scope(c)
	if err != nil {
		return f, err
	}
	f.Groups, f.Text = groups, tame(list.Get("q"), 100)
	if id, err := appliance.ParseID(list.Get("group")); err == nil && list.Get("group") != "" {
		if !f.Sees(id) {
			return f, appliance.ErrNotFound
		}
		f.Groups = []appliance.ID{id}
	}
	return f, nil
}

func (s *Server) fleet(c echo.Context) error {
	ctx := c.Request().Context()
	frame := s.Frame(c, "fleet")
	l := s.Lang(frame)
	page := fleetPage{List: view.NewList("/", c.QueryParams(), ""), AsOf: s.Now(), CanEdit: ui.Can(c, people.EditSites)}
	f, err := s.asked(c, page.List)
	if err != nil {
		return err
	}
	scope, err := s.Scope(c)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(page.List.Get("page")) //nolint:errcheck // none is the first
	n = min(max(n, 1), 1000)
	f.Offset, f.Limit = (n-1)*pageRows, pageRows+1
	fleet, err := s.Store.Fleet(ctx, f)
	if err != nil {
		return err
	}
	all, calm, err := s.count(ctx, scope)
	if err != nil {
		return err
	}
	groups, err := s.groups(ctx)
	if err != nil {
		return err
	}
	silent := all.Silent[central.Lost] + all.Silent[central.Overdue]
	bad := all.States[appliance.StateCritical]
	frame.Title = l.T("central.fleet_title", "n", all.Total, "silent", silent, "critical", bad)
	if silent+bad == 0 {
		frame.Title = l.T("central.fleet_calm", "n", all.Total)
	}
	page.Chips = []view.Chip{
		page.List.Chip("state", "", l.T("central.all"), "", all.Total),
		page.List.Chip("state", "silent", l.T("central.silent"), "critical", silent),
		page.List.Chip("state", "critical", l.T("state.critical"), "critical", bad),
		page.List.Chip("state", "warning", l.T("state.warning"), "warning", all.States[appliance.StateWarning]),
		page.List.Chip("state", "nodata", l.T("state.nodata"), "nodata", all.States[appliance.StateNoData]),
		page.List.Chip("state", "ok", l.T("state.ok"), "ok", calm),
	}
	more := len(fleet.Rows) > pageRows
	rows := fleet.Rows[:min(len(fleet.Rows), pageRows)]
	extra := laterColumns(rows)
	for _, col := range columns {
		page.Heads = append(page.Heads, l.T(col.word))
	}
	page.Heads = append(page.Heads, extra...)
	for i := range rows {
		html, err := s.rowHTML(l, &rows[i], groups, extra)
		if err != nil {
			return err
		}
		page.Rows = append(page.Rows, html)
	}
	page.From, page.To, page.Of = f.Offset+1, f.Offset+len(rows), all.Total
	if n > 1 {
		page.Prev = paged(page.List, n-1)
	}
	if more {
		page.Next = paged(page.List, n+1)
	}
	page.Self = paged(page.List, n)
	page.CSV = strings.Replace(page.List.CSV(), "/.csv", "/fleet.csv", 1)
	page.Groups = groupOptions(l, groups, scope)
	page.Empty = view.Empty{Icon: "filter", Title: l.T("central.none_found"), Text: l.T("central.none_found_text"), Href: "/", Link: l.T("central.show_all")}
	if all.Total == 0 {
		page.Empty = view.Empty{Icon: "network", Title: l.T("central.no_sites"), Text: l.T("central.no_sites_text")}
	}
	if page.Alarms, err = s.alarms(ctx, l, scope, ui.Can(c, people.Acknowledge)); err != nil {
		return err
	}
	return s.Render(c, http.StatusOK, "fleet", frame, page)
}

func paged(l view.List, n int) string {
	q := l.With("page", "")
	if n <= 1 {
		return q
	}
	sep := "?"
	if len(l.Query) > 1 || len(l.Query) == 1 && !l.Query.Has("page") {
		sep = "&"
	}
	return q + sep + "page=" + strconv.Itoa(n)
}
