package ui

import (
	"slices"
	"strings"

	"siteward/appliance"
	"siteward/ui/view"
)

// storages are the file systems with their sizes, in the order of their names.
func (d *subject) storages() []view.Storage {
	var out []view.Storage
	for _, v := range d.told.values["storage.used_percent"] {
		s := view.Storage{Name: nameOf(v), Percent: v.Number, Used: d.told.of(v.Check, "storage.used", v.Instance), Size: d.told.of(v.Check, "storage.size", v.Instance),
			Chart: d.chartHref("storage", v.Instance)}
		s.State, s.Handled, s.Href = d.judgedOr(v)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b view.Storage) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func nameOf(v toldValue) string {
	if v.Label != "" {
		return v.Label
	}
	return v.Instance
}

// judgedOr is the state of the item that a value belongs to, and its evidence; a value that nobody judges has its reading as evidence.
func (d *subject) judgedOr(v toldValue) (state string, handled bool, href string) {
	r, ok := d.states[appliance.StateKey{Check: v.Check, Item: appliance.Item(v.Metric, v.Instance)}]
	if !ok {
		return "", false, d.evidenceRead(v.Check, v.Metric, v.Instance)
	}
	return r.State.String(), r.Ack != nil, d.evidenceOf(r)
}

// supplies are what a printer uses up. Some say only that something is left.
func (d *subject) supplies() []view.Supply {
	var out []view.Supply
	seen := map[string]bool{}
	for _, v := range d.told.values["supply.level_percent"] {
		s := view.Supply{Name: nameOf(v), Percent: v.Number, Kind: d.supplyKind(v.Instance)}
		s.State, s.Handled, s.Href = d.judgedOr(v)
		out, seen[v.Instance] = append(out, s), true
	}
	for _, w := range d.told.statuses["supply.level_state"] {
		if seen[w.Instance] || w.Word == "measured" {
			continue
		}
		s := view.Supply{Name: w.Label, Percent: nan, Kind: d.supplyKind(w.Instance), Word: d.supplyWord(w.Word), Href: d.evidenceRead(w.Check, w.Name, w.Instance)}
		if r, ok := d.states[appliance.StateKey{Check: w.Check, Item: appliance.Item(w.Name, w.Instance)}]; ok {
			s.State, s.Handled, s.Href = r.State.String(), r.Ack != nil, d.evidenceOf(r)
		}
		out = append(out, s)
	}
	return out
}

func (d *subject) supplyKind(instance string) string {
	key := "device.supply_" + strings.ToLower(d.told.text("supply.type", instance))
	if d.l.Has(key) {
		return d.l.T(key)
	}
	return ""
}

func (d *subject) supplyWord(word string) string {
	if word == "someRemaining" {
		return d.l.T("device.some_left")
	}
	return d.l.T("device.level_unknown")
}

// measured are the numbers that stand for themselves, in the order they are shown. Those of a UPS come with its other figures.
var measured = []string{"temperature.celsius", "disk.temperature", "humidity.percent", "fan.rpm", "voltage.volts", "current.amperes", "power.watts",
	"ups.temperature", "ups.battery_voltage", "ups.battery_current", "ups.input_voltage", "ups.input_current", "ups.input_frequency", "ups.input_power",
	"ups.output_voltage", "ups.output_current", "ups.output_frequency", "ups.output_power", "ups.load_percent", "ups.phase_load_percent", "ups.nominal_power",
	"swap.used_percent", "load.1min", "load.5min", "load.15min", "printer.pages"}

// maxSensors bounds the table: a chassis may have hundreds, and those that need attention stand among the states.
const maxSensors = 40

func (d *subject) sensors() []view.Measure {
	var out []view.Measure
	for _, metric := range measured {
		for _, v := range d.told.values[metric] {
			if !known(v.Number) || len(out) >= maxSensors {
				continue
			}
			m := view.Measure{Name: d.l.Metric(metric), Label: v.Label, Value: v.Number, Unit: v.Unit, Chart: d.lineHref(metric, v.Instance), Href: d.evidenceRead(v.Check, metric, v.Instance)}
			if r, ok := d.states[appliance.StateKey{Check: v.Check, Item: appliance.Item(metric, v.Instance)}]; ok && r.Evidence.Metric == metric {
				m.State, m.Handled, m.Href = r.State.String(), r.Ack != nil, d.evidenceOf(r)
			}
			out = append(out, m)
		}
	}
	return out
}

// machinePanels are processor, memory, fullest storage and temperature of a computer.
func (d *subject) machinePanels() []view.Panel {
	if !d.told.has("memory") && !d.told.has("cpu") && !d.told.has("storage") || d.told.has("ups") {
		return nil
	}
	var out []view.Panel
	if v, ok := d.told.number("cpu.load_percent"); ok {
		p := d.percentPanel("cpu", v)
		if n, ok := d.told.number("cpu.count"); ok {
			p.Lines = append(p.Lines, d.l.T("device.cores", "n", int(n.Number)))
		}
		out = append(out, p)
	}
	if v, ok := d.told.number("memory.used_percent"); ok {
		p := d.percentPanel("memory-stick", v)
		if n, ok := d.told.number("memory.size"); ok {
			p.Lines = append(p.Lines, d.l.T("device.of_size", "size", d.l.Bytes(n.Number)))
		}
		out = append(out, p)
	}
	if v, ok := d.most("storage.used_percent"); ok {
		p := d.percentPanel("hard-drive", v)
		p.Lines = append(p.Lines, d.l.T("device.fullest_one", "name", nameOf(v)))
		out = append(out, p)
	}
	if v, ok := d.most("temperature.celsius"); ok {
		p := d.panelOf("thermometer", v)
		p.Lines = append(p.Lines, d.l.T("device.warmest_one", "name", nameOf(v)))
		out = append(out, p)
	}
	return out
}

// most is the highest value of a metric.
func (d *subject) most(metric string) (toldValue, bool) {
	best, ok := d.told.number(metric)
	for _, v := range d.told.values[metric] {
		if known(v.Number) && v.Number > best.Number {
			best = v
		}
	}
	return best, ok
}

func (d *subject) readAt(check appliance.ID) string {
	return d.l.T("device.read_at", "time", d.l.HMS(d.told.readings[check].At))
}

// panelOf shows one value: its state where this very value decided it, and its receipt.
func (d *subject) panelOf(icon string, v toldValue) view.Panel {
	p := view.Panel{Icon: icon, Title: d.l.Metric(v.Metric), Value: d.l.Value(v.Number, v.Unit), Href: d.evidenceRead(v.Check, v.Metric, v.Instance), Fact: d.readAt(v.Check)}
	if r, ok := d.states[appliance.StateKey{Check: v.Check, Item: appliance.Item(v.Metric, v.Instance)}]; ok && r.Evidence.Metric == v.Metric {
		p.State, p.Handled, p.Href, p.Fact = r.State.String(), r.Ack != nil, d.evidenceOf(r), d.l.Say(r.Evidence.Why)
	}
	return p
}

func (d *subject) percentPanel(icon string, v toldValue) view.Panel {
	p := d.panelOf(icon, v)
	p.Meter = &v.Number
	return p
}
