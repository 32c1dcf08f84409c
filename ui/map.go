package ui

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/ui/view"
)

func (s *Server) mapRoutes() { s.echo.GET("/map", s.siteMap) }

// Measures of the drawing.
const (
	mapBoxW, mapBoxH = 186, 46
	mapStepX         = 232
	mapStepY         = 56
	mapMargin        = 8
	maxMapName       = 22 // letters that fit into a box
	maxMapDepth      = 12
)

// plant is a device of the map with those behind it.
type plant struct {
	listed
	how    string
	behind []*plant
}

// siteMap draws the site, its router, switches and devices, each with its state.
func (s *Server) siteMap(c echo.Context) error {
	frame := s.frame(c, "devices")
	frame.Live = true
	l := s.render.Lang(frame.Lang)
	all, err := s.allListed(c.Request().Context())
	if err != nil {
		return err
	}
	t, err := s.App.Topology(c.Request().Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(d listed) bool { return d.Device.Kind == appliance.KindService })
	page := view.Map{Label: l.T("map.label"), Text: l.T("map.text_none")}
	if !t.Read.IsZero() {
		page.Text = l.T("map.text", "n", len(t.Links), "time", l.When(t.Read))
	}
	frame.Title = l.T("map.title", "n", len(all))
	if len(all) == 0 {
		page.Empty = &view.Empty{Icon: "network", Title: l.T("devices.nothing"), Text: l.T("map.nothing"), Href: "/devices", Link: l.T("nav.devices")}
		return s.render.Page(c, http.StatusOK, "map", frame, page)
	}
	roots := l.grow(all, t)
	site := frame.Site
	if site == "" {
		site = l.T("map.site")
	}
	drawing{l: l, page: &page}.draw(site, roots)
	for _, r := range roots {
		page.Tree = append(page.Tree, l.mapItem(r, 0))
	}
	return s.render.Page(c, http.StatusOK, "map", frame, page)
}

// grow makes trees: as the cables go, seen from the router; where nobody knows, as people declared it; the rest stands at the site.
func (l *Lang) grow(all []listed, t appliance.Topology) []*plant {
	byID := map[appliance.ID]*plant{}
	var order []*plant
	for _, d := range all {
		p := &plant{listed: d}
		byID[d.ID], order = p, append(order, p)
	}
	slices.SortStableFunc(order, func(a, b *plant) int {
		return cmp.Or(cmp.Compare(mapRank(a.Device.Kind), mapRank(b.Device.Kind)), cmp.Compare(a.Name, b.Name))
	})
	type cable struct {
		to  *plant
		how string
	}
	cables := map[appliance.ID][]cable{}
	join := func(a, b appliance.ID, how string) {
		if byID[a] != nil && byID[b] != nil && a != b {
			cables[a] = append(cables[a], cable{byID[b], how})
			cables[b] = append(cables[b], cable{byID[a], how})
		}
	}
	linked := map[appliance.ID]bool{}
	for _, k := range t.Links {
		join(k.Parent, k.Device, l.linkWords(k))
		linked[k.Device] = true
	}
	for _, p := range order {
		for _, parent := range p.Parents {
			if !linked[p.ID] {
				join(parent, p.ID, l.T("map.declared"))
			}
		}
	}
	var roots []*plant
	done := map[appliance.ID]bool{}
	for _, first := range order {
		if done[first.ID] {
			continue
		}
		done[first.ID] = true
		roots = append(roots, first)
		for queue := []*plant{first}; len(queue) > 0; queue = queue[1:] {
			for _, next := range cables[queue[0].ID] {
				if !done[next.to.ID] {
					done[next.to.ID] = true
					next.to.how = next.how
					queue[0].behind = append(queue[0].behind, next.to)
					queue = append(queue, next.to)
				}
			}
		}
	}
	return roots
}

// mapRank puts those first that others stand behind.
func mapRank(k appliance.Kind) int {
	switch k {
	case appliance.KindRouter, appliance.KindFirewall:
		return 0
	case appliance.KindSwitch:
		return 1
	case appliance.KindAccessPoint:
		return 2
	}
	return 3
}

func (l *Lang) linkWords(k appliance.Link) string {
	if k.PortThere == "" {
		return l.T("map.by_" + k.By)
	}
	return l.T("map.port", "port", k.PortThere, "by", l.T("map.by_"+k.By))
}

func (l *Lang) mapItem(p *plant, depth int) view.MapItem {
	item := view.MapItem{Name: p.Name, Href: "/devices/" + p.ID.String(), State: p.sum.State.String(), Kind: l.Kind(p.Device.Kind), Icon: kindIcon(p.Device.Kind), How: p.how}
	if depth < maxMapDepth {
		for _, b := range p.behind {
			item.Behind = append(item.Behind, l.mapItem(b, depth+1))
		}
	}
	return item
}

// drawing places boxes: a column for each step away from the site, a row for each device that nobody stands behind.
type drawing struct {
	l    *Lang
	page *view.Map
}

func (d drawing) draw(site string, roots []*plant) {
	row := 0
	var rows []int
	for _, r := range roots {
		rows = append(rows, d.place(r, 1, &row))
	}
	mid := (rows[0] + rows[len(rows)-1]) / 2
	d.box(view.MapNode{Name: clipName(site), Title: clipName(site), Href: "/"}, 0, mid)
	for _, y := range rows {
		d.line(0, mid, y)
	}
	d.page.Height = row*mapStepY + 2*mapMargin
	for _, n := range d.page.Nodes {
		d.page.Width = max(d.page.Width, n.X+n.W+mapMargin)
	}
}

// place draws a device and those behind it and gives its height, in pixels of its middle.
func (d drawing) place(p *plant, column int, row *int) int {
	var rows []int
	if column < maxMapDepth {
		for _, b := range p.behind {
			rows = append(rows, d.place(b, column+1, row))
		}
	}
	y := mapMargin + *row*mapStepY + mapBoxH/2
	if len(rows) == 0 {
		*row++
	} else {
		y = (rows[0] + rows[len(rows)-1]) / 2
	}
	for _, to := range rows {
		d.line(column, y, to)
	}
	state, name, kind := p.sum.State.String(), clipName(p.Name), d.l.Kind(p.Device.Kind)
	title := name + " " + kind + ", " + d.l.T("state."+state) // it begins with what is seen, as who speaks to his computer needs it
	if name != p.Name {
		title += ", " + p.Name
	}
	d.box(view.MapNode{Name: name, Sub: kind, Title: title, Href: "/devices/" + p.ID.String(), State: state}, column, y)
	return y
}

func (d drawing) box(n view.MapNode, column, middle int) {
	n.X, n.Y, n.W, n.H = mapMargin+column*mapStepX, middle-mapBoxH/2, mapBoxW, mapBoxH
	d.page.Nodes = append(d.page.Nodes, n)
}

func (d drawing) line(column, from, to int) {
	x := mapMargin + column*mapStepX + mapBoxW
	d.page.Edges = append(d.page.Edges, view.MapEdge{X1: x, Y1: from, X2: x + mapStepX - mapBoxW, Y2: to, Mid: x + (mapStepX-mapBoxW)/2})
}

func clipName(s string) string {
	if r := []rune(s); len(r) > maxMapName {
		return string(r[:maxMapName-1]) + "…"
	}
	return s
}
