package ui

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/ui/view"
)

// calm is how many items are shown without being asked for while others need attention.
const calm = 12

// stateTable is everything that was judged, problems first. Ports of a switch stand in their own table.
func (d *subject) stateTable() view.States {
	var rows []appliance.StateRecord
	for _, r := range d.States {
		if !strings.HasPrefix(r.Item, "if/") || r.State.Problem() && !d.isSwitch() {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, compareStates)
	t := view.States{All: len(rows), AllHref: d.with("states", "all"), OnlyHref: d.with("states", "attention"), CSV: d.path + "/states.csv"}
	for _, r := range rows {
		if r.State.Problem() {
			t.Attention++
		}
	}
	t.Only = d.query.Get("states") == "attention" || d.query.Get("states") == "" && t.All > calm && t.Attention > 0
	for _, r := range rows {
		if !t.Only || r.State.Problem() {
			t.Rows = append(t.Rows, d.stateRow(r))
		}
	}
	return t
}

// compareStates puts problems that nobody takes care of first, then the worst, and whether it answers before what it says.
func compareStates(a, b appliance.StateRecord) int {
	return cmp.Or(cmp.Compare(b.State, a.State), rank(a.Ack != nil)-rank(b.Ack != nil),
		rank(a.Item != appliance.ItemAnswer)-rank(b.Item != appliance.ItemAnswer), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Check, b.Check))
}

func rank(later bool) int {
	if later {
		return 1
	}
	return 0
}

func (d *subject) stateRow(r appliance.StateRecord) view.StateRow {
	row := view.StateRow{Check: r.Check.String(), Item: r.Item, Label: d.itemLabel(r), State: r.State.String(), Handled: r.Ack != nil,
		Why: d.l.Say(r.Evidence.Why), Since: r.Since, Seen: r.Seen, Stale: r.Stale, Href: d.evidenceOf(r)}
	if r.Ack != nil {
		row.Taken = r.Ack.By
	}
	if r.UnreachableBy != 0 && r.UnreachableBy != d.ID {
		row.Cause, row.CauseHref = d.name(r.UnreachableBy), "/devices/"+r.UnreachableBy.String()
	}
	return row
}

// itemLabel names an item. A device that is asked in several ways has several answers: a technician knows the checks by their
// names, everybody else by what an answer means.
func (d *subject) itemLabel(r appliance.StateRecord) string {
	if r.Item != appliance.ItemAnswer || len(d.DeviceView.Checks) < 2 {
		return d.l.StateItem(r)
	}
	for _, c := range d.DeviceView.Checks {
		if c.ID == r.Check && d.technical {
			return d.l.T("device.answer_to", "check", c.Name)
		}
		if c.ID == r.Check {
			return d.l.T("device.way_" + string(c.Probe))
		}
	}
	return d.l.StateItem(r)
}

// checkRows are the checks themselves, for those who mend them.
func (d *subject) checkRows() []view.CheckRow {
	var out []view.CheckRow
	for _, c := range d.DeviceView.Checks {
		row := view.CheckRow{ID: c.ID.String(), Name: c.Name, Probe: d.how(c), Every: time.Duration(c.Interval), State: appliance.StateNoData.String(), Why: d.l.T("device.not_yet")}
		if r, ok := d.states[appliance.StateKey{Check: c.ID, Item: appliance.ItemAnswer}]; ok {
			row.State, row.Handled, row.Why = r.State.String(), r.Ack != nil, d.l.Say(r.Evidence.Why)
		}
		if r, ok := d.told.readings[c.ID]; ok {
			row.At, row.Took = r.At, r.Took.Seconds()
		}
		out = append(out, row)
	}
	return out
}

// details are what the device says of itself and how it is reached.
func (d *subject) details() []view.Fact {
	var out []view.Fact
	add := func(key, value string, mono bool) {
		if value != "" {
			out = append(out, view.Fact{Name: d.l.T("device.fact_" + key), Value: value, Mono: mono})
		}
	}
	add("address", d.Address, true)
	add("vendor", d.Identity.Vendor, false)
	add("model", d.Identity.Model, false)
	add("serial", d.Identity.Serial, true)
	add("firmware", d.Identity.Firmware, true)
	add("sysname", d.Identity.SysName, true)
	add("sysdescr", d.Identity.SysDescr, true)
	add("sysobjectid", d.Identity.SysObjectID, true)
	add("location", d.Identity.SysLocation, false)
	add("contact", d.Identity.SysContact, false)
	add("profiles", strings.Join(d.Identity.Profiles, ", "), true)
	for _, p := range d.Parents {
		add("parent", d.name(p), false)
	}
	if !d.Identity.Seen.IsZero() {
		add("seen", d.l.When(d.Identity.Seen), false)
	}
	return out
}
