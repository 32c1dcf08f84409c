package profile

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/probes/snmp/mib"
)

// family is a device of our own making, from the values that its MIBs name: healthy, and with faults. The head of the
// file says what is to be found: "# model: X", "# fault: OID|TAG|VALUE => severity word".
type family struct {
	want   map[string]string
	told   map[string]float64 // "# number: METRIC VALUE"
	faults []fault
	vars   []mib.Varbind
}

type fault struct {
	v              mib.Varbind
	severity, word string
}

// TestFamilies holds that each family is known by its own objects, that a healthy device raises no alarm, and that a
// fault is told in the maker's word.
func TestFamilies(t *testing.T) {
	set := mustLoad(t)
	paths, err := filepath.Glob("testdata/families/*.rec")
	if err != nil || len(paths) == 0 {
		t.Fatal("no families")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".rec"), func(t *testing.T) {
			f := readFamily(t, path)
			healthy := factsOf(t, set, f.vars)
			got := map[string]string{
				"kind": string(healthy.Kind), "vendor": healthy.Vendor, "model": healthy.Model,
				"serial": healthy.Serial, "firmware": healthy.Firmware,
			}
			for key, want := range f.want {
				if got[key] != want {
					t.Errorf("%s is %q, want %q (profiles %v)", key, got[key], want, healthy.Profiles)
				}
			}
			if healthy.State != "ok" {
				t.Errorf("healthy, but %s because of %v", healthy.State, healthy.Why)
			}
			f.expectNumbers(t, set)
			for _, fault := range f.faults {
				f.expect(t, set, fault)
			}
		})
	}
}

func (f family) expect(t *testing.T, set *Set, fault fault) {
	t.Helper()
	vars := append(slices.DeleteFunc(slices.Clone(f.vars), func(v mib.Varbind) bool { return v.OID == fault.v.OID }), fault.v)
	broken := factsOf(t, set, vars)
	said := slices.ContainsFunc(broken.Why, func(why string) bool { return strings.Contains(why, " is "+fault.word+" (") })
	if broken.State != fault.severity || !said {
		t.Errorf("%s: %s because of %v, want %s and the word %s", fault.v.OID, broken.State, broken.Why, fault.severity, fault.word)
	}
}

// expectNumbers holds that a metric has the value in one of its instances.
func (f family) expectNumbers(t *testing.T, set *Set) {
	t.Helper()
	r := readingOf(t, set, f.vars)
	for name, want := range f.told {
		if !slices.ContainsFunc(r.Values, func(v appliance.Value) bool { return v.Metric == name && math.Abs(v.Number-want) < 1e-6 }) {
			t.Errorf("%s is nowhere %v", name, want)
		}
	}
}

func readingOf(t *testing.T, set *Set, vars []mib.Varbind) appliance.Reading {
	t.Helper()
	r := newRecording(slices.Clone(vars))
	p := mustPlan(t, set, r)
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	return p.Interpret(hot, cold)
}

func factsOf(t *testing.T, set *Set, vars []mib.Varbind) *Facts {
	t.Helper()
	r := newRecording(slices.Clone(vars))
	p := mustPlan(t, set, r)
	hot, _ := r.Get(context.Background(), p.Hot())
	cold, _ := r.Get(context.Background(), p.Cold())
	return p.Facts(hot, cold)
}

func readFamily(t *testing.T, path string) family {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := family{want: map[string]string{}, told: map[string]float64{}}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		head, isHead := strings.CutPrefix(line, "# ")
		if !isHead {
			f.vars = append(f.vars, mustLine(t, path, line))
			continue
		}
		key, value, _ := strings.Cut(head, ": ")
		if name, number, ok := strings.Cut(value, " "); ok && key == "number" {
			if f.told[name], err = strconv.ParseFloat(number, 64); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			continue
		}
		if key != "fault" {
			f.want[key] = value
			continue
		}
		object, told, _ := strings.Cut(value, " => ")
		severity, word, ok := strings.Cut(told, " ")
		if !ok {
			t.Fatalf("%s: %q", path, line)
		}
		f.faults = append(f.faults, fault{mustLine(t, path, object), severity, word})
	}
	return f
}

func mustLine(t *testing.T, path, line string) mib.Varbind {
	t.Helper()
	v, err := recordLine(line)
	if err != nil {
		t.Fatalf("%s: %q: %v", path, line, err)
	}
	return v
}
