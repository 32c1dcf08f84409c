package ui

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"siteward/appliance"
	"siteward/ui/view"
)

// maxPanel is how many ports a drawing can hold and still be read; stacks of switches have the table only.
const maxPanel = 60

// What the front of a switch can show of its ports; "" is their link.
const (
	panelTraffic = "traffic"
	panelPoE     = "poe"
	panelVLAN    = "vlan"
)

// panelViews are the views that there is something to show in.
func panelViews(all []netif) []string {
	views := []string{"", panelTraffic}
	if slices.ContainsFunc(all, func(n netif) bool { return n.feeds.word != "" }) {
		views = append(views, panelPoE)
	}
	if slices.ContainsFunc(all, func(n netif) bool { return n.vlan != "" && n.isPlug() }) {
		views = append(views, panelVLAN)
	}
	return views
}

func (d *subject) panelView(all []netif) string {
	if v := d.query.Get("panel"); slices.Contains(panelViews(all), v) {
		return v
	}
	return ""
}

// panelChips choose between the views.
func (d *subject) panelChips(all []netif) []view.Chip {
	var chips []view.Chip
	for _, v := range panelViews(all) {
		name := v
		if name == "" {
			name = "link"
		}
		chips = append(chips, view.Chip{Label: d.l.T("device.panel_" + name), Href: d.with("panel", v) + "#front", Current: v == d.panelView(all)})
	}
	return chips
}

// panel draws the ports that have a plug. Uplinks stand at the right when they are the last ones, as on the device itself.
func (d *subject) panel(all []netif) *view.PortPanel {
	var plugged []netif
	for _, n := range all {
		if n.isPlug() {
			plugged = append(plugged, n)
		}
	}
	if len(plugged) == 0 || len(plugged) > maxPanel {
		return nil
	}
	p := &view.PortPanel{Label: d.l.T("device.panel", "n", len(plugged)), Uplinks: d.l.T("device.uplinks"), View: d.panelView(all)}
	first := len(plugged)
	for first > 0 && plugged[first-1].role == appliance.PortUplink {
		first--
	}
	for i, n := range plugged {
		port := d.panelPort(n, p.View)
		if i < first {
			p.Ports = append(p.Ports, port)
		} else {
			p.Links = append(p.Links, port)
		}
	}
	return p
}

func (d *subject) panelPort(n netif, shown string) view.Port {
	port := view.Port{Name: shortPort(n.name), Title: d.l.T("item_named.if", "name", n.name, "item", ""), State: n.mark(), Word: d.portWord(n),
		Href: "#" + n.anchor(), PoE: n.feeds.gives()}
	if !n.attention() {
		port.Href = d.with("ports", "all") + "#" + n.anchor()
	}
	switch shown {
	case panelTraffic:
		port.State, port.Text, port.PoE = "none", n.busy(), false
		if port.Text != "" {
			port.Word = d.l.T("device.busy", "share", port.Text)
		}
	case panelPoE:
		port.State, port.PoE = "none", false
		if n.feeds.gives() {
			port.State = "feeds"
		}
		port.Word = d.feedWord(n.feeds)
	case panelVLAN:
		port.State, port.Text, port.PoE = "none", n.vlan, false
		if n.vlan != "" {
			port.Word = d.vlanWord(n.vlan)
		}
	}
	return port
}

// busy is how much of the line is used, the busier direction: "12 %". A line that carries nothing is not drawn.
func (n netif) busy() string {
	most := math.Max(n.in, n.out)
	if n.oper != "up" || !known(most) || !known(n.speed) || n.speed <= 0 {
		return ""
	}
	if share := 100 * most / n.speed; share >= 1 {
		return strconv.Itoa(int(math.Round(math.Min(share, 100)))) + " %"
	}
	return "<1 %"
}

// vlanWord names a VLAN as the switch does.
func (d *subject) vlanWord(number string) string {
	return strings.TrimSpace(d.l.T("device.vlan", "number", number) + " " + d.told.text("vlan.name", number))
}

// portFacts is what else the switch says of a port: its VLAN, and the power that it gives.
func (d *subject) portFacts(n netif) []string {
	var facts []string
	if n.vlan != "" {
		facts = append(facts, d.vlanWord(n.vlan))
	}
	if n.feeds.word != "" && n.feeds.word != "searching" {
		facts = append(facts, d.feedWord(n.feeds))
	}
	return facts
}

// shortPort is what fits into the drawing of a port: "GigabitEthernet1/0/12" is 12 there.
func shortPort(name string) string {
	if len(name) <= 4 {
		return name
	}
	digits := strings.TrimLeft(name[strings.LastIndexFunc(name, func(r rune) bool { return r < '0' || r > '9' })+1:], "0")
	if digits != "" && len(digits) <= 4 {
		return digits
	}
	return string([]rune(name)[:min(4, len([]rune(name)))])
}
