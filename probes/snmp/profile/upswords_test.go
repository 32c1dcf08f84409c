package profile

import (
	"maps"
	"slices"
	"testing"

	"siteward/appliance"
	"siteward/appliance/ups"
)

// TestEveryWordForAUPSIsUnderstood walks the words that shipped profiles know for where the power comes from, and for a self-test: what
// is an alarm in a profile must mean something to the panel of the UPS, and what is in order must not look like an outage.
func TestEveryWordForAUPSIsUnderstood(t *testing.T) {
	set := mustLoad(t)
	seen := map[string]bool{}
	for _, p := range set.profiles {
		for _, o := range statusOutputs(p) {
			if o.name != "ups.output_source" && o.name != "ups.test_result" || o.enum == nil {
				continue
			}
			for _, m := range meanings(o.enum) {
				r := appliance.Reading{Statuses: []appliance.Status{{Name: o.name, Word: m.word, Severity: m.severity}}}
				truth := ups.Read(r)
				seen[o.name] = true
				switch {
				case o.name == "ups.test_result" && m.severity == appliance.SeverityOK && truth.Test != appliance.UPSTestPassed,
					o.name == "ups.test_result" && m.severity == appliance.SeverityCritical && truth.Test != appliance.UPSTestFailed:
					t.Errorf("%s: self-test %s (%v) is %q", p.Name, m.word, m.severity, truth.Test)
				case o.name == "ups.output_source" && m.severity == appliance.SeverityOK && (truth.Power == appliance.UPSPowerBattery || truth.Power == appliance.UPSPowerUnknown):
					t.Errorf("%s: %s is in order and means %q", p.Name, m.word, truth.Power)
				}
			}
		}
	}
	if len(seen) != 2 {
		t.Errorf("looked at %v only", seen)
	}
}

// statusOutputs are all states that a profile can tell.
func statusOutputs(p *Profile) []*out {
	all := slices.Clone(p.outs)
	for _, table := range p.tables {
		for _, rows := range table.rows {
			all = append(all, rows.outs...)
		}
	}
	return all
}

// meanings are all words of an enum, with how bad each is.
func meanings(e *enum) []meaning {
	all := slices.Collect(maps.Values(e.numbers))
	all = append(all, slices.Collect(maps.Values(e.texts))...)
	for _, m := range e.match {
		all = append(all, m.meaning)
	}
	return slices.DeleteFunc(all, func(m meaning) bool { return m.word == "" })
}
