package profile

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"siteward/internal/peer"
)

// TestFactsOfTheCorpus holds what the profiles make of each recording against its checked facts, by the rules of the
// corpus' own score program. SCORE_OUT=<folder> keeps what was said, for that program; SCORE_TIER=full adds the rest.
func TestFactsOfTheCorpus(t *testing.T) {
	set := mustLoad(t)
	files, err := filepath.Glob(filepath.Join(peer.Corpus(t, "snmp"), "*.expect.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	full := os.Getenv("SCORE_TIER") == "full"
	var right, total int
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".expect.json")
		want := readJSON(t, path)
		got := said(t, set, name)
		s := score{full: full}
		s.facts(want, got)
		right, total = right+s.right, total+s.total
		t.Logf("%-28s %3d of %3d", name, s.right, s.total)
		for _, wrong := range s.wrong {
			t.Logf("    %s", wrong)
		}
		if !full && s.right*100 < s.total*80 {
			t.Errorf("%s: only %d of %d facts are right", name, s.right, s.total)
		}
	}
	t.Logf("facts right: %d of %d = %.2f %%", right, total, 100*float64(right)/float64(total))
	if !full && right*100 < total*99 {
		t.Errorf("%d of %d facts are right, fewer than 99 %%", right, total)
	}
}

// recordings lists the names of the corpus.
func recordings(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(peer.Corpus(tb, "snmp"), "*.snmprec"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no recordings: %v", err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".snmprec")
	}
	return files
}

func said(t *testing.T, set *Set, name string) map[string]any {
	t.Helper()
	r := readRecording(t, corpus(t, name))
	p := mustPlan(t, set, r)
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	b, err := json.MarshalIndent(p.Facts(hot, cold), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if out := os.Getenv("SCORE_OUT"); out != "" {
		if err := os.WriteFile(filepath.Join(out, name+".json"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func readJSON(t *testing.T, path string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// score counts facts. A fact is one value of the expectation that is not null.
type score struct {
	full         bool
	right, total int
	wrong        []string
}

func (s *score) one(name string, want, got any, loose bool) {
	if want != nil {
		s.count(name, want, got, same(want, got, loose))
	}
}

func (s *score) count(name string, want, got any, ok bool) {
	s.total++
	if ok {
		s.right++
		return
	}
	s.wrong = append(s.wrong, fmt.Sprintf("%s: want %v, got %v", name, want, got))
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

func (s *score) facts(e, a map[string]any) {
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
	if _, standard := obj(eu["by_mib"])["UPS-MIB"]; s.full || standard {
		for _, k := range []string{"battery_status", "charge_percent", "runtime_minutes", "input_voltage", "output_load_percent", "output_source", "on_battery"} {
			s.one("ups "+k, eu[k], au[k], false)
		}
	}
	if s.full {
		s.vendorFacts(e, a)
	}
}

func (s *score) vendorFacts(e, a map[string]any) {
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
