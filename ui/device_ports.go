package ui

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"

	"siteward/appliance"
	"siteward/ui/view"
)

// netif is one interface as it was told.
type netif struct {
	check     appliance.ID
	instance  string
	name      string
	alias     string
	kind      string
	connector string // "true", "false" or "" when the device does not say
	role      appliance.PortRole
	oper      string
	admin     string
	value     toldStatus // the operational status, for evidence
	speed     float64
	in, out   float64
	errors    float64
	state     appliance.StateRecord
	judged    bool
	vlan      string // its number
	feeds     feed   // power over Ethernet
}

func (d *subject) isSwitch() bool { return d.Device.Kind == appliance.KindSwitch }

// netifs gathers the interfaces from all that was told of them, in the order of their index.
func (d *subject) netifs() []netif {
	type key struct {
		check    appliance.ID
		instance string
	}
	found := map[key]*netif{}
	note := func(check appliance.ID, instance, label string) *netif {
		k := key{check, instance}
		if found[k] == nil {
			nan := math.NaN()
			found[k] = &netif{check: check, instance: instance, name: label, speed: nan, in: nan, out: nan, errors: nan}
		}
		return found[k]
	}
	for _, v := range d.told.statuses["if.oper_status"] {
		n := note(v.Check, v.Instance, v.Label)
		n.oper, n.value = v.Word, v
	}
	for _, v := range d.told.statuses["if.admin_status"] {
		note(v.Check, v.Instance, v.Label).admin = v.Word
	}
	for metric, place := range map[string]func(*netif) *float64{
		"if.speed": func(n *netif) *float64 { return &n.speed }, "if.in": func(n *netif) *float64 { return &n.in }, "if.out": func(n *netif) *float64 { return &n.out },
	} {
		for _, v := range d.told.values[metric] {
			*place(note(v.Check, v.Instance, v.Label)) = v.Number
		}
	}
	out := make([]netif, 0, len(found))
	for _, n := range found {
		d.describe(n)
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b netif) int {
		return cmp.Or(cmp.Compare(a.check, b.check), cmp.Compare(len(a.instance), len(b.instance)), cmp.Compare(a.instance, b.instance))
	})
	d.feedPorts(out)
	return out
}

func (d *subject) describe(n *netif) {
	n.alias, n.kind = d.told.text("if.alias", n.instance), d.told.text("if.type", n.instance)
	n.connector, n.vlan = d.told.text("if.connector_present", n.instance), d.told.text("if.vlan", n.instance)
	descr, name := d.told.text("if.descr", n.instance), d.told.text("if.name", n.instance)
	n.name = cmp.Or(n.name, name, descr, n.instance)
	n.role = cmp.Or(d.Device.Ports[n.name], d.Device.Ports[name], d.Device.Ports[descr])
	for _, metric := range []string{"if.in_errors", "if.out_errors"} {
		if x := d.told.of(n.check, metric, n.instance); known(x) {
			if !known(n.errors) {
				n.errors = 0
			}
			n.errors += x
		}
	}
	n.state, n.judged = d.states[appliance.StateKey{Check: n.check, Item: appliance.Item("if.in", n.instance)}]
}

// plugs are the types of interfaces that somebody can put a cable into (IANAifType-MIB). Devices that say whether there is a
// connector are believed.
var plugs = map[string]bool{"ethernetCsmacd": true, "gigabitEthernet": true, "fastEther": true, "": true}

func (n netif) isPlug() bool { return n.connector != "false" && plugs[n.kind] }

// ports is the table of interfaces, with the front panel for a switch; nil when none were told.
func (d *subject) ports(mayEdit bool) *view.Ports {
	all := d.netifs()
	if len(all) == 0 {
		return nil
	}
	p := &view.Ports{All: len(all), Owner: d.Owner, CSV: d.path + "/interfaces.csv", MarkPost: d.path + "/ports", Title: d.l.T("device.interfaces")}
	if d.isSwitch() {
		p.Title, p.Panel = d.l.T("device.ports"), d.panel(all)
		p.Chips = d.panelChips(all)
	}
	p.Legend = p.Panel != nil
	p.Only, p.Each = d.with("ports", "attention"), d.with("ports", "all")
	if mayEdit {
		p.Mark = d.with("ports", "mark")
	}
	for _, n := range all {
		if n.attention() {
			p.Attention++
		}
	}
	p.View = d.portView(p)
	for _, n := range all {
		if p.View == "all" || p.View == "mark" && n.isPlug() || n.attention() && p.View == "attention" {
			p.Rows = append(p.Rows, d.portRow(n))
		}
	}
	return p
}

func (d *subject) portView(p *view.Ports) string {
	if v := d.query.Get("ports"); v == "attention" || v == "all" || v == "mark" && p.Mark != "" {
		return v
	}
	if d.isSwitch() && p.Attention > 0 {
		return "attention"
	}
	return "all"
}

func (n netif) attention() bool { return n.judged && n.state.State.Problem() }

// anchor is the id of the port's row. Indexes are numbers of the device, but a device can say anything.
func (n netif) anchor() string { return BadgeID("port-"+n.check.String(), n.instance)[3:] }

// mark is the sign of the port in the drawing.
func (n netif) mark() string {
	switch {
	case n.admin == "down":
		return "off"
	case n.attention() && n.oper != "up" && n.state.State == appliance.StateNoData, n.oper == "unknown":
		return "nodata"
	case n.attention() && n.oper != "up":
		return "down"
	case n.attention() && n.state.Evidence.Metric == "if.speed":
		return "slow"
	case n.attention():
		return "errors"
	case n.oper == "up":
		return "link"
	}
	return "none"
}

func (d *subject) portWord(n netif) string { return d.l.T("device.port_" + n.mark()) }

// portBadge is the short word beside the row's shape.
func (d *subject) portBadge(n netif) string {
	mark := n.mark()
	if metric := n.state.Evidence.Metric; mark == "errors" && (metric == "if.in" || metric == "if.out") {
		mark = "busy"
	}
	return d.l.T("device.badge_" + mark)
}

func (d *subject) portRow(n netif) view.PortRow {
	r := view.PortRow{Anchor: n.anchor(), Check: n.check.String(), Item: appliance.Item("if.in", n.instance), Name: n.name, Alias: n.alias, Type: n.kind,
		Role: string(n.role), Word: d.portBadge(n), Speed: n.speed, In: n.in, Out: n.out, Errors: n.errors, Field: portField(n.name), Facts: d.portFacts(n)}
	if n.mark() == "slow" {
		r.SpeedWas = d.l.T("device.speed_was", "speed", d.l.Bits(n.state.Speed))
	}
	if n.oper != "up" {
		r.Speed, r.In, r.Out, r.Errors = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	}
	switch {
	case n.judged:
		r.State, r.Handled, r.Href = n.state.State.String(), n.state.Ack != nil, d.evidenceOf(n.state)
		r.Fact = d.l.Say(n.state.Evidence.Why)
		if n.attention() {
			r.SinceText = d.l.T("device.since", "time", d.l.When(n.state.Since))
		}
	case n.oper != "":
		r.Href, r.Fact = d.evidenceRead(n.check, n.value.Name, n.instance), d.readAt(n.check)
		if d.technical {
			r.Fact = statusText(n.value.Status)
		}
	}
	if g, ok := d.behind(n); ok {
		r.Guests, r.GuestsMore = g.known, g.more
	}
	if known(n.in) {
		r.Chart = d.chartHref("traffic", n.instance)
	}
	return r
}

// portField is the name of the form field that marks a port.
func portField(name string) string { return "port:" + url.QueryEscape(name) }

// linkSentence says how many ports of a switch carry a link.
func (d *subject) linkSentence() string {
	if !d.isSwitch() {
		return ""
	}
	up, all := 0, 0
	for _, n := range d.netifs() {
		if n.isPlug() {
			all++
			if n.oper == "up" {
				up++
			}
		}
	}
	if all == 0 {
		return ""
	}
	return d.l.T("device.links", "n", all, "up", strconv.Itoa(up))
}
