package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	Self         string // this page's own address
}

type fleetRow struct {
	Href, Name, Group string
	State, Word       string
	Why               string
	Since             time.Time
	Cells             []cell
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

// counts are what the chips say, kept for a moment: they need a walk over all sites, and one walk serves everybody who sees the same.
type counts struct {
	mu sync.Mutex
	by map[string]counted
}

type counted struct {
	at    time.Time
	fleet central.Fleet
	// calm are the sites that speak and are well; they need a walk of their own, which is never made for the same page as the other.
	calmAt time.Time
	calm   int
}

const countFor = 10 * time.Second

func (s *Server) count(ctx context.Context, groups []appliance.ID) (all central.Fleet, calm int, err error) {
	k := "all"
	if groups != nil {
		slices.Sort(groups)
		k = ""
		for _, g := range groups {
			k += g.String() + ","
		}
	}
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	c, known := s.counts.by[k]
	stale, now := !known || s.Now().Sub(c.at) >= countFor, s.Now()
	if stale {
		if c.fleet, err = s.Store.Fleet(ctx, central.FleetFilter{Groups: groups, Limit: 1, Total: true}); err != nil {
			return c.fleet, 0, err
		}
		c.at = now
	}
	if !known || !stale && now.Sub(c.calmAt) >= countFor {
		well := asks["ok"]
		well.Groups, well.Limit, well.Total = groups, 1, true
		good, err := s.Store.Fleet(ctx, well)
		if err != nil {
			return c.fleet, 0, err
		}
		c.calm, c.calmAt = good.Total, now
	}
	if s.counts.by == nil || len(s.counts.by) > 200 {
		s.counts.by = map[string]counted{}
	}
	s.counts.by[k] = c
	return c.fleet, c.calm, nil
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
	page := fleetPage{List: view.NewList("/", c.QueryParams(), ""), AsOf: s.Now()}
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

// laterColumns are the names of nouns that came later and that some of these sites report, ten at most.
func laterColumns(rows []central.Row) []string {
	names := map[string]bool{}
	for i := range rows {
		for k := range rows[i].Status.Facts.More {
			names[k] = true
		}
	}
	var out []string
	for k := range names {
		if tame(k, 24) == k && k != "" {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 10)]
}

func (s *Server) fleetRow(l *ui.Lang, r *central.Row, groups map[appliance.ID]string, extra []string) fleetRow {
	row := fleetRow{Href: "/sites/" + string(r.Site.ID), Name: tame(r.Site.Name, 80), Group: groups[r.Site.Group]}
	row.State, row.Word = standing(l, r)
	row.Why, row.Since = s.why(l, r)
	for _, col := range columns {
		v := col.cell(l, r)
		v.Label = l.T(col.word)
		if r.Status.Silent != central.Speaking && v.State != "" {
			v.State, v.Muted = "nodata", true // as it was when the site was last heard: no verdict of now
		}
		row.Cells = append(row.Cells, v)
	}
	for _, k := range extra {
		row.Cells = append(row.Cells, cell{Label: k, Text: l.Int(int64(r.Status.Facts.More[k]))})
	}
	return row
}

// rowHTML is a row as it was rendered last time, as long as the site tells nothing new: a template costs more than the row's data.
func (s *Server) rowHTML(l *ui.Lang, r *central.Row, groups map[appliance.ID]string, extra []string) (template.HTML, error) {
	stamp := fmt.Sprintf("%v|%s|%d|%d|%s|%s", extra, groups[r.Site.Group], r.Status.Seen.UnixNano(), r.Site.Version, r.Status.Silent, s.Now().Format("15:04"))
	return s.render.Fragment(l.Tag, "fleet", "row", string(r.Site.ID), stamp, s.fleetRow(l, r, groups, extra))
}

// why says in a sentence what makes a site stand where it does, and since when.
func (s *Server) why(l *ui.Lang, r *central.Row) (string, time.Time) {
	st := &r.Status
	switch st.Silent {
	case central.Lost:
		return l.T("central.why_lost"), st.Since
	case central.Overdue:
		return l.T("central.why_overdue"), st.Since
	case central.Ours:
		return l.T("central.why_ours"), st.Since
	case central.Never:
		return l.T("central.why_never"), st.Since
	case central.Stopped:
		if st.Until.IsZero() {
			return l.T("central.why_stopped"), st.Since
		}
		return l.T("central.why_stopped_until", "time", st.Until), st.Since
	case central.Speaking:
	}
	if st.Logbook != "" {
		return tame(st.Logbook, 160), time.Time{}
	}
	if st.Facts.State == appliance.StateOK {
		return "", time.Time{}
	}
	return tame(st.Facts.Worst, 160), st.Facts.Since
}

// fleetCSV sends all rows that the address asks for, a thousand at a time.
func (s *Server) fleetCSV(c echo.Context) error {
	list := view.NewList("/", c.QueryParams(), "")
	f, err := s.asked(c, list)
	if err != nil {
		return err
	}
	groups, err := s.groups(c.Request().Context())
	if err != nil {
		return err
	}
	heads := []string{"site", "name", "group", "state", "silence", "since"}
	for _, col := range columns {
		heads = append(heads, col.name)
	}
	var rows [][]string
	f.Limit = 10_000
	for {
		fleet, err := s.Store.Fleet(c.Request().Context(), f)
		if err != nil {
			return err
		}
		for i := range fleet.Rows {
			r := &fleet.Rows[i]
			line := []string{string(r.Site.ID), csvText(r.Site.Name), groups[r.Site.Group], r.Status.Facts.State.String(), string(r.Status.Silent), stamp(r.Status.Since)}
			for _, col := range columns {
				line = append(line, col.file(r))
			}
			rows = append(rows, line)
		}
		if len(fleet.Rows) < f.Limit || len(rows) >= 100_000 {
			break
		}
		f.Offset += f.Limit
	}
	return ui.WriteCSV(c, "fleet", heads, rows)
}

func (s *Server) search(c echo.Context) error {
	frame := s.Frame(c, "")
	l := s.Lang(frame)
	groups, err := s.Scope(c)
	if err != nil {
		return err
	}
	page := view.Search{Query: c.QueryParam("q"), Found: []view.Found{}}
	fleet, err := s.Store.Fleet(c.Request().Context(), central.FleetFilter{Groups: groups, Text: tame(page.Query, 100), Limit: 20})
	if err != nil {
		return err
	}
	for i := range fleet.Rows {
		r := &fleet.Rows[i]
		state, word := standing(l, r)
		page.Found = append(page.Found, view.Found{Title: tame(r.Site.Name, 80), Hint: word, Href: "/sites/" + string(r.Site.ID), State: state})
	}
	if c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON {
		return c.JSON(http.StatusOK, page.Found)
	}
	frame.Title = l.T("search.results")
	return s.Render(c, http.StatusOK, "search", frame, page)
}

// groups gives the names of all groups.
func (s *Server) groups(ctx context.Context) (map[appliance.ID]string, error) {
	list, err := central.Groups.List(ctx, s.Store, central.RecordRange{Limit: 10_000})
	out := make(map[appliance.ID]string, len(list))
	for _, g := range list {
		out[g.ID] = tame(g.Name, 80)
	}
	return out, err
}

func groupOptions(l *ui.Lang, groups map[appliance.ID]string, scope []appliance.ID) []view.Option {
	var out []view.Option
	see := central.FleetFilter{Groups: scope}
	for id, name := range groups {
		if see.Sees(id) {
			out = append(out, view.Option{Value: id.String(), Label: name})
		}
	}
	slices.SortFunc(out, func(a, b view.Option) int {
		switch {
		case a.Label < b.Label:
			return -1
		case a.Label > b.Label:
			return 1
		}
		return 0
	})
	return append([]view.Option{{Label: l.T("central.every_group")}}, out...)
}
