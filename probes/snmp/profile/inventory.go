package profile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// What an inventory table can list beside the kinds of parts.
const (
	listSoftware = "software"
	listPort     = "port"
)

type inventorySpec struct {
	part                           string
	partBy                         string
	parts                          map[string]string
	slot                           *template
	model, serial, firmware, alias string
	off, when, unless              []condition
	names                          []string
	columns                        []mib.OID // in the order of names
}

func (c *compiler) inventoryTable(t inventoryTable) *inventorySpec {
	s := &inventorySpec{part: t.Part, partBy: t.PartBy, parts: t.Parts, slot: c.template(t.Slot), model: t.Model, serial: t.Serial,
		firmware: t.Firmware, alias: t.Alias, off: c.conditions(t.Off), when: c.conditions(t.When), unless: c.conditions(t.Unless),
		names: slices.Sorted(maps.Keys(t.Columns))}
	for _, name := range s.names {
		oid := t.Columns[name]
		if !oidForm.MatchString(oid) {
			c.fail("inventory: %s: %q is not an OID in dotted decimal without a leading dot", name, oid)
		}
		s.columns = append(s.columns, mib.OID(oid))
	}
	used := append(s.slot.names(), t.Model, t.Serial, t.Firmware, t.Alias, t.PartBy)
	for _, conds := range [][]condition{s.off, s.when, s.unless} {
		for _, cond := range conds {
			used = append(used, cond.column)
		}
	}
	for _, name := range used {
		if name != "" && t.Columns[name] == "" {
			c.fail("inventory: %q is not one of its columns", name)
		}
	}
	kinds := slices.Collect(maps.Values(t.Parts))
	if t.PartBy == "" {
		kinds = []string{t.Part}
	}
	for _, kind := range kinds {
		if kind != listSoftware && kind != listPort && !slices.Contains(appliance.PartKinds, appliance.PartKind(kind)) {
			c.fail("inventory: part %q is not one of %v, software or port", kind, appliance.PartKinds)
		}
	}
	return s
}

// Inventory is what a device told it is made of. A list that is not OK was not read to its end.
type Inventory struct {
	Parts                        []appliance.Part
	Software                     []string // as the device writes it, with the version
	Ports                        []appliance.InventedPort
	PartsOK, SoftwareOK, PortsOK bool
	PartsCut, SoftwareCut        bool
}

// Inventory walks the inventory tables of the matched profiles. An error says what could not be read; what was read is given
// all the same.
func (m *Match) Inventory(ctx context.Context, ask mib.Asker) (Inventory, error) {
	inv := Inventory{PartsOK: true, SoftwareOK: true, PortsOK: true}
	var errs []error
	for _, p := range m.Profiles {
		for _, t := range p.inventory {
			vars, err := ask.Walk(ctx, t.columns)
			if err != nil {
				errs = append(errs, fmt.Errorf("inventory of %s: %w", p.Name, err))
				inv.incomplete(t)
			}
			inv.take(t, vars)
		}
	}
	inv.bound()
	return inv, errors.Join(errs...)
}

func (inv *Inventory) incomplete(t *inventorySpec) {
	switch t.part {
	case listSoftware:
		inv.SoftwareOK = false
	case listPort:
		inv.PortsOK = false
	default:
		inv.PartsOK = false
	}
}

func (inv *Inventory) bound() {
	if inv.PartsCut = len(inv.Parts) > appliance.MaxParts; inv.PartsCut {
		inv.Parts, inv.PartsOK = inv.Parts[:appliance.MaxParts], false
	}
	if inv.SoftwareCut = len(inv.Software) > appliance.MaxSoftware; inv.SoftwareCut {
		inv.Software, inv.SoftwareOK = inv.Software[:appliance.MaxSoftware], false
	}
	if len(inv.Ports) > appliance.MaxPorts {
		inv.Ports, inv.PortsOK = inv.Ports[:appliance.MaxPorts], false
	}
}

// take adds the rows of one table, in the agent's order.
func (inv *Inventory) take(t *inventorySpec, vars []mib.Varbind) {
	var order []string
	rows := map[string]map[string]string{}
	var plain spec
	for _, v := range vars {
		for i, column := range t.columns {
			if !v.OID.Under(column) || !v.Exists() {
				continue
			}
			index := v.OID.Suffix(column)
			if rows[index] == nil {
				if len(rows) >= maxRows {
					break
				}
				rows[index] = map[string]string{}
				order = append(order, index)
			}
			rows[index][t.names[i]] = plain.text(v)
			break
		}
	}
	for _, index := range order {
		inv.row(t, index, rows[index])
	}
}

func (inv *Inventory) row(t *inventorySpec, index string, row map[string]string) {
	if !meetsRow(row, t.when, t.unless) {
		return
	}
	kind := t.part
	if t.partBy != "" {
		if kind = t.parts[row[t.partBy]]; kind == "" {
			return
		}
	}
	slot := t.slot.render(func(name string) string { return row[name] })
	switch kind {
	case listSoftware:
		if slot != "" {
			inv.Software = append(inv.Software, slot)
		}
		return
	case listPort:
		if slot != "" {
			inv.Ports = append(inv.Ports, appliance.InventedPort{Name: slot, Alias: row[t.alias], Off: len(t.off) > 0 && meetsRow(row, t.off, nil)})
		}
		return
	}
	p := appliance.Part{Kind: appliance.PartKind(kind), Slot: slot, Model: row[t.model], Serial: real(row[t.serial]), Firmware: row[t.firmware]}
	if p.Model == "" && p.Serial == "" {
		return // an empty slot, or a thing that nobody could order anew
	}
	if p.Slot == "" {
		p.Slot = index
	}
	inv.Parts = append(inv.Parts, p)
}

// real leaves out what agents write where there is no serial number.
func real(serial string) string {
	switch serial {
	case "N/A", "n/a", "None", "NONE", "none", "Unknown", "0", "-", "--", "Not Available", "Not Specified":
		return ""
	}
	return serial
}

func meetsRow(row map[string]string, when, unless []condition) bool {
	for _, c := range when {
		if !c.holds(row[c.column]) {
			return false
		}
	}
	return !slices.ContainsFunc(unless, func(c condition) bool { return c.holds(row[c.column]) })
}
