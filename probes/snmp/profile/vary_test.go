package profile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"siteward/probes/snmp/mib"
)

// A recording is one device of its family. These variations are devices that were never recorded: other models below the same number,
// other firmware, rows that are numbered otherwise or left out, an old protocol. What is known of them may become less, never wrong.

// variation changes a recording into one of a sister device. It says what of the identity must stay.
type variation struct {
	name  string
	keeps string // "kind vendor model serial", or parts of it
	of    func([]mib.Varbind) []mib.Varbind
}

var variations = []variation{
	{"another model below the same number", "kind vendor serial", func(vars []mib.Varbind) []mib.Varbind {
		return change(vars, func(v *mib.Varbind) {
			if id := string(v.Bytes); v.OID == sysObjectID && strings.Count(id, ".") > 8 && !strings.HasPrefix(id, "1.3.6.1.4.1.8072.") {
				v.Bytes = []byte(id[:strings.LastIndex(id, ".")] + ".9871")
			}
		})
	}},
	{"rows with other numbers", "kind vendor", renumber},
	{"SNMPv1: no 64-bit counters", "kind vendor model serial", func(vars []mib.Varbind) []mib.Varbind {
		return slices.DeleteFunc(vars, func(v mib.Varbind) bool { return v.Type == mib.Counter64 })
	}},
	{"a view without the interfaces and host resources", "vendor", func(vars []mib.Varbind) []mib.Varbind {
		return slices.DeleteFunc(vars, func(v mib.Varbind) bool {
			return strings.HasPrefix(string(v.OID), "1.3.6.1.2.1.2.") || strings.HasPrefix(string(v.OID), "1.3.6.1.2.1.31.") || strings.HasPrefix(string(v.OID), "1.3.6.1.2.1.25.")
		})
	}},
	{"every third object is missing", "", func(vars []mib.Varbind) []mib.Varbind {
		i := 0
		return slices.DeleteFunc(vars, func(v mib.Varbind) bool {
			i++
			return i%3 == 0 && !strings.HasPrefix(string(v.OID), "1.3.6.1.2.1.1.")
		})
	}},
	{"numbers as Gauge32", "kind vendor model serial", func(vars []mib.Varbind) []mib.Varbind {
		return change(vars, func(v *mib.Varbind) {
			if v.Type == mib.Integer && v.Num < 1<<31 {
				v.Type = mib.Gauge32
			}
		})
	}},
	{"texts that end in NUL and blanks", "kind vendor", func(vars []mib.Varbind) []mib.Varbind {
		return change(vars, func(v *mib.Varbind) {
			if v.Type == mib.OctetString && len(v.Bytes) > 3 && isText(v.Bytes) {
				v.Bytes = append(slices.Clone(v.Bytes), ' ', 0)
			}
		})
	}},
}

func isText(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < 0x20 || c > 0x7e })
}

func change(vars []mib.Varbind, of func(*mib.Varbind)) []mib.Varbind {
	for i := range vars {
		of(&vars[i])
	}
	return vars
}

// renumber moves the rows of ENTITY-MIB and of the interfaces to other numbers, as the next firmware may.
func renumber(vars []mib.Varbind) []mib.Varbind {
	return change(vars, func(v *mib.Varbind) {
		for _, table := range []string{"1.3.6.1.2.1.47.1.1.1.1.", "1.3.6.1.2.1.99.1.1.1.", "1.3.6.1.2.1.2.2.1.", "1.3.6.1.2.1.31.1.1.1."} {
			column, row, ok := strings.Cut(strings.TrimPrefix(string(v.OID), table), ".")
			n, err := strconv.Atoi(row)
			if ok && err == nil && strings.HasPrefix(string(v.OID), table) {
				v.OID = mib.OID(fmt.Sprintf("%s%s.%d", table, column, n+4096))
				if table == "1.3.6.1.2.1.47.1.1.1.1." && column == "4" && v.Num > 0 { // entPhysicalContainedIn
					v.Num += 4096
				}
			}
		}
	})
}

// TestSisterDevicesAreNotTakenForSomethingElse plays the variations of each family of our own and of the corpus.
func TestSisterDevicesAreNotTakenForSomethingElse(t *testing.T) {
	set := mustLoad(t)
	for _, h := range houses {
		whole := readRecordingOf(t, h.device).vars
		before := factsOf(t, set, whole)
		for _, v := range variations {
			vars := v.of(copied(whole))
			after := factsOf(t, set, vars)
			for what, pair := range map[string][2]string{"kind": {string(before.Kind), string(after.Kind)}, "vendor": {before.Vendor, after.Vendor},
				"model": {before.Model, after.Model}, "serial": {before.Serial, after.Serial}} {
				if strings.Contains(v.keeps, what) && pair[0] != pair[1] {
					t.Errorf("%s, %s: %s was %q and is %q (profiles %v)", h.who, v.name, what, pair[0], pair[1], after.Profiles)
				}
			}
			if rankOf(after.State) > rankOf(before.State) {
				t.Errorf("%s, %s: a false alarm, %s because of %v", h.who, v.name, after.State, after.Why)
			}
		}
	}
}

// TestWhatOfADeviceIsMissingRaisesNoAlarm takes any half of the objects away, as agents, views and lost packets do.
func TestWhatOfADeviceIsMissingRaisesNoAlarm(t *testing.T) {
	set := mustLoad(t)
	random := rand.New(rand.NewPCG(3, 14))
	for _, h := range houses {
		whole := readRecordingOf(t, h.device).vars
		before := factsOf(t, set, whole)
		for range 2 {
			vars := slices.DeleteFunc(copied(whole), func(v mib.Varbind) bool { return v.OID != sysObjectID && random.IntN(2) == 0 })
			if after := factsOf(t, set, vars); rankOf(after.State) > rankOf(before.State) {
				t.Errorf("%s with half of its objects: %s because of %v", h.who, after.State, after.Why)
			}
		}
	}
}

func copied(vars []mib.Varbind) []mib.Varbind {
	out := slices.Clone(vars)
	for i := range out {
		out[i].Bytes = slices.Clone(out[i].Bytes)
	}
	return out
}

func rankOf(state string) int { return rank[severities[state]] }
