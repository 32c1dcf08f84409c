package ui

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/monitor"
	"siteward/ui/view"
)

func (s *Server) devicesRoutes() {
	s.echo.GET("/devices", s.devices)
	s.echo.GET("/devices.csv", s.devicesCSV)
}

// pageRows is how many rows a list shows at first, and how many more at each request for more.
const pageRows = 100

// listed is a device as the list sees it.
type listed struct {
	appliance.DeviceView
	sum monitor.DeviceSum
}

// kindIcons are the signs beside the words.
var kindIcons = map[appliance.Kind]string{
	appliance.KindServer: "server", appliance.KindNAS: "hard-drive", appliance.KindSwitch: "network", appliance.KindRouter: "router",
	appliance.KindFirewall: "shield-check", appliance.KindAccessPoint: "wifi", appliance.KindUPS: "battery-charging", appliance.KindPDU: "plug-zap",
	appliance.KindPrinter: "printer", appliance.KindSensor: "thermometer", appliance.KindService: "globe",
}

func kindIcon(k appliance.Kind) string { return cmp.Or(kindIcons[k], "box") }

// devices is the list. It is made anew when something has changed, and each minute because it tells ages.
func (s *Server) devices(c echo.Context) error {
	frame := s.frame(c, "devices")
	frame.Live = true
	technical, edit := frame.Technical(), can(c, access.EditDevices)
	key := fmt.Sprint(frame.Lang, technical, edit, c.QueryString())
	stamp := fmt.Sprint(s.App.Generation(), s.App.Now().Unix()/60)
	page, ok := s.lists.get(key, stamp)
	if !ok {
		list := view.NewList("/devices", c.QueryParams(), "-state")
		var err error
		if page, err = s.deviceList(c.Request().Context(), s.render.Lang(frame.Lang), list, technical, edit); err != nil {
			return err
		}
		s.lists.put(key, stamp, page)
	}
	frame.Title = page.Title
	return s.render.Page(c, http.StatusOK, "devices", frame, page)
}

func (s *Server) deviceList(ctx context.Context, l *Lang, list view.List, technical, edit bool) (view.Devices, error) {
	all, err := s.allListed(ctx)
	if err != nil {
		return view.Devices{}, err
	}
	page := view.Devices{List: list, Title: l.devicesTitle(all), Total: len(all), Technical: technical, CanEdit: edit}
	found := pickListed(all, list, l)
	page.Found = len(found)
	page.States, page.Kinds, page.GroupBy = l.stateChips(all, list), l.kindChips(all, list), l.groupChips(list)
	if len(found) == 0 {
		page.Empty = l.noDevices(len(all), list, edit)
		return page, nil
	}
	pages, _ := strconv.Atoi(list.Get("page"))
	page.Shown = min(len(found), pageRows*max(pages, 1))
	if rest := len(found) - page.Shown; rest > 0 {
		page.MoreCount = min(rest, pageRows)
		page.More = list.With("page", strconv.Itoa(max(pages, 1)+1))
	}
	page.Groups, err = s.deviceGroups(l, found, page.Shown, groupOf[list.Get("group")], technical)
	return page, err
}

func (s *Server) allListed(ctx context.Context) ([]listed, error) {
	views, err := s.App.Devices(ctx)
	if err != nil {
		return nil, err
	}
	sums := map[appliance.ID]monitor.DeviceSum{}
	for _, sum := range s.overview().Devices {
		sums[sum.Device] = sum
	}
	all := make([]listed, len(views))
	for i, v := range views {
		sum, ok := sums[v.ID]
		if !ok { // came in this moment
			sum = monitor.DeviceSum{Device: v.ID, State: appliance.StateNoData, Since: v.Created}
		}
		all[i] = listed{v, sum}
	}
	return all, nil
}

// devicesTitle is the verdict over all devices, whatever the filter shows.
func (l *Lang) devicesTitle(all []listed) string {
	bad := 0
	for _, d := range all {
		if d.sum.State.Problem() {
			bad++
		}
	}
	switch {
	case len(all) == 0:
		return l.T("devices.title_none")
	case bad == 0:
		return l.T("devices.title_ok", "n", len(all))
	}
	return l.T("devices.title_problems", "n", bad, "all", len(all))
}

// noDevices says why there is no row: nothing is there yet, or nothing fits.
func (l *Lang) noDevices(total int, list view.List, edit bool) *view.Empty {
	if total > 0 {
		return &view.Empty{Icon: "filter", Title: l.T("devices.nomatch"), Text: l.T("devices.nomatchtext", "filter", l.filterWords(list)), Href: list.Path, Link: l.T("devices.showall")}
	}
	e := &view.Empty{Icon: "server", Title: l.T("devices.nothing"), Text: l.T("devices.nothingtext")}
	if edit {
		e.Href, e.Link, e.Button = "/discover", l.T("devices.find"), true
	}
	return e
}

func (l *Lang) filterWords(list view.List) string {
	var words []string
	if q := list.Get("q"); q != "" {
		words = append(words, q)
	}
	if state, err := appliance.ParseState(list.Get("state")); err == nil {
		words = append(words, l.T("state."+state.String()))
	}
	if kind := appliance.Kind(list.Get("kind")); slices.Contains(appliance.Kinds, kind) {
		words = append(words, l.kindChoice(kind))
	}
	return strings.Join(words, ", ")
}

// deviceGroups renders the first rows in their groups.
func (s *Server) deviceGroups(l *Lang, found []listed, shown int, by *grouping, technical bool) ([]view.DeviceGroup, error) {
	counts := map[string]int{}
	if by != nil {
		for _, d := range found {
			counts[by.key(d)]++
		}
	}
	var groups []view.DeviceGroup
	last := ""
	for i, d := range found[:shown] {
		key := ""
		if by != nil {
			key = by.key(d)
		}
		if i == 0 || key != last {
			g := view.DeviceGroup{Count: counts[key]}
			if by != nil {
				g.Title, g.Icon = by.title(l, d), by.icon(d)
			}
			groups, last = append(groups, g), key
		}
		row, err := s.deviceRow(l, d, technical)
		if err != nil {
			return nil, err
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, row)
	}
	return groups, nil
}

// deviceRow is one row as HTML. Its stamp is everything it shows, ages as they are said.
func (s *Server) deviceRow(l *Lang, d listed, technical bool) (template.HTML, error) {
	row := view.DeviceRow{
		ID: d.ID.String(), Name: d.Name, Place: d.Place, Purpose: d.Purpose, Kind: l.Kind(d.Kind), Icon: kindIcon(d.Kind),
		State: d.sum.State.String(), Handled: d.sum.Taken, Since: d.sum.Since, Seen: d.Seen, Problems: d.sum.Problems, Technical: technical,
	}
	if technical {
		row.Address, row.Model = d.Address, d.Identity.Product()
	}
	stamp := fmt.Sprint(row, l.Ago(row.Since), l.When(row.Seen))
	return s.render.Fragment(l.Tag, "devices", "device-row", row.ID+"-"+strconv.FormatBool(technical), stamp, row)
}

// devicesCSV is exactly the rows that the filters let through, in their order.
func (s *Server) devicesCSV(c echo.Context) error {
	all, err := s.allListed(c.Request().Context())
	if err != nil {
		return err
	}
	frame := s.frame(c, "devices")
	l := s.render.Lang(frame.Lang)
	heads := []string{"id", "name", "kind", "place", "purpose", "state", "since", "problems", "last_answer"}
	if frame.Technical() {
		heads = append(heads, "address", "vendor", "model", "serial", "firmware")
	}
	var rows [][]string
	for _, d := range pickListed(all, view.NewList("/devices", c.QueryParams(), "-state"), l) {
		row := []string{d.ID.String(), d.Name, string(d.Kind), d.Place, d.Purpose, d.sum.State.String(), l.csvTime(d.sum.Since), strconv.Itoa(d.sum.Problems), l.csvTime(d.Seen)}
		if frame.Technical() {
			row = append(row, d.Address, d.Identity.Vendor, d.Identity.Model, d.Identity.Serial, d.Identity.Firmware)
		}
		rows = append(rows, row)
	}
	return WriteCSV(c, "devices", heads, rows)
}

func (l *Lang) csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.iso(t)
}
