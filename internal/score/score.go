// Package score holds what a program says of a device against the checked facts of a recording (NAME.expect.json), by the
// rules of the corpus' own score program. Tests of the profiles and of the command line share it. It keeps nothing.
package score

import (
	"fmt"
	"math"
	"strings"
)

// Score counts facts. A fact is one value of the expectation that is not null.
type Score struct {
	Full         bool // also kind, vendor, model, serial, all of the UPS, sensors and the vendor's states
	Right, Total int
	Wrong        []string // what was expected and what was said, a line each
}

// Add counts the facts of a recording: e is its expectation, a what was said, both as encoding/json decodes them.
func (s *Score) Add(e, a map[string]any) {
	s.facts(e, a)
	if s.Full {
		s.vendorFacts(e, a)
	}
}

// Percent of the facts that are right, rounded down to hundredths; 100 when nothing was expected.
func (s *Score) Percent() float64 {
	if s.Total == 0 {
		return 100
	}
	return math.Floor(1e4*float64(s.Right)/float64(s.Total)) / 100
}

func (s *Score) one(name string, want, got any, loose bool) {
	if want != nil {
		s.count(name, want, got, same(want, got, loose))
	}
}

func (s *Score) count(name string, want, got any, ok bool) {
	s.Total++
	if ok {
		s.Right++
		return
	}
	s.Wrong = append(s.Wrong, fmt.Sprintf("%s: want %v, got %v", name, want, got))
}

func same(want, got any, loose bool) bool {
	if got == nil {
		return false
	}
	switch w := want.(type) {
	case bool:
		return w == got
	case float64:
		g, ok := got.(float64)
		return ok && math.Abs(w-g) <= max(0.11, math.Abs(w)*0.01)
	}
	a, b := norm(want), norm(got)
	return a == b || loose && a != "" && b != "" && (strings.Contains(a, b) || strings.Contains(b, a))
}

func norm(v any) string { return strings.ToLower(strings.Join(strings.Fields(fmt.Sprint(v)), " ")) }

func obj(v any) map[string]any { m, _ := v.(map[string]any); return m }

func list(v any) []map[string]any {
	all, _ := v.([]any)
	var out []map[string]any
	for _, x := range all {
		out = append(out, obj(x))
	}
	return out
}

// find gives the object of rows that agrees with x in the first of keys that both have.
func find(rows []map[string]any, x map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		if x[k] == nil {
			continue
		}
		for _, r := range rows {
			if r[k] != nil && norm(r[k]) == norm(x[k]) {
				return r
			}
		}
	}
	return nil
}

func (s *Score) facts(e, a map[string]any) {
	for _, k := range []string{"sysObjectID", "sysName", "sysDescr", "interfaces", "interfaces_oper_up", "interfaces_admin_up", "cpu_count"} {
		s.one(k, e[k], a[k], false)
	}
	for _, row := range list(e["storage"]) {
		got := find(list(a["storage"]), row, "index", "descr")
		for _, k := range []string{"size_bytes", "used_bytes"} {
			s.one(fmt.Sprint("storage ", row["descr"], " ", k), row[k], got[k], false)
		}
	}
	em, am := obj(e["memory"]), obj(a["memory"])
	s.one("hr_memory_size_bytes", em["hr_memory_size_bytes"], am["hr_memory_size_bytes"], false)
	for _, part := range []string{"hr_ram", "ucd"} {
		for k, v := range obj(em[part]) {
			if _, number := v.(float64); number {
				s.one(part+" "+k, v, obj(am[part])[k], false)
			}
		}
	}
	for _, row := range list(obj(e["printer"])["supplies"]) {
		got := find(list(obj(a["printer"])["supplies"]), row, "index", "descr")
		s.one(fmt.Sprint("supply ", row["descr"]), row["level_percent"], got["level_percent"], false)
	}
	eu, au := obj(e["ups"]), obj(a["ups"])
	if _, standard := obj(eu["by_mib"])["UPS-MIB"]; s.Full || standard {
		for _, k := range []string{"battery_status", "charge_percent", "runtime_minutes", "input_voltage", "output_load_percent", "output_source", "on_battery"} {
			s.one("ups "+k, eu[k], au[k], false)
		}
	}
}

func (s *Score) vendorFacts(e, a map[string]any) {
	s.one("kind", e["kind"], a["kind"], false)
	s.one("vendor", e["vendor"], a["vendor"], true)
	s.one("model", e["model"], a["model"], true)
	s.one("serial", e["serial"], a["serial"], false)
	eu, au := obj(e["ups"]), obj(a["ups"])
	s.one("battery_needs_replacement", eu["battery_needs_replacement"], au["battery_needs_replacement"], false)
	if want, _ := eu["alarms"].([]any); len(want) > 0 {
		got, _ := au["alarms"].([]any)
		s.count("ups alarms", want, got, len(want) == len(got))
	}
	for _, kind := range []string{"temperature_c", "fan_rpm"} {
		rows := list(obj(a["sensors"])[kind])
		for _, row := range list(obj(e["sensors"])[kind]) {
			s.one(fmt.Sprint(kind, " ", row["descr"], " ", row["oid"]), row["value"], find(rows, row, "oid", "descr")["value"], false)
		}
	}
	for _, row := range list(e["vendor_status"]) {
		got := find(list(a["vendor_status"]), row, "oid", "column", "name")
		if row["text"] != nil {
			s.one(fmt.Sprint("status ", row["name"]), row["ok"], got["ok"], false)
			continue
		}
		want, _ := row["not_ok"].([]any)
		bad, _ := got["not_ok"].([]any)
		s.count(fmt.Sprint("status ", row["name"]), want, bad, got != nil && len(want) == len(bad))
	}
}
