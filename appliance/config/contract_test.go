package config

import (
	"strings"
	"testing"

	"siteward/appliance"
)

const contractFile = `siteward: 1
contract:
  hours: own
  week: {mon: "08:00-12:00 13:00-17:00"}
  availability: 99.5
  targets:
    - {priority: 1, confirm: 60, respond: 240}
  contingents:
    - {from: "2026-01-01", until: "2026-12-31", minutes: 120, monthly: true}
  recurring:
    - {work: restore, months: 12, first: "2026-06-01"}
devices: []
`

func TestContractOfAFile(t *testing.T) {
	s := &shelf{}
	if changes := apply(t, s, contractFile); len(changes) != 1 || changes[0].Verb != Create {
		t.Fatalf("%s", changes)
	}
	c := s.inv.Contract
	if c.Hours.Week[1][1].To != 17*60 || c.Targets[0].Respond != 240 || c.Availability != 99.5 || !c.Contingents[0].Monthly || c.Recurring[0].Key != appliance.RecurRestore || c.Owner == "" {
		t.Errorf("%+v", c)
	}
	if changes := apply(t, s, contractFile); len(changes) != 0 {
		t.Errorf("a second time: %s", changes)
	}
	if changes := apply(t, s, string(Format(s.inv.Export()))); len(changes) != 0 {
		t.Errorf("the export: %s", changes)
	}
	if apply(t, s, "siteward: 1\ndevices: []\n"); s.inv.Contract.Owner != "" {
		t.Error("the file declares it no longer and owns it")
	}
	for name, text := range map[string]string{
		"no hours":      "contract: {name: x}",
		"unknown hours": "contract: {hours: 8x5}",
		"bad day":       `contract: {hours: own, week: {mon: "8-17"}}`,
		"bad priority":  "contract: {hours: 5x8, targets: [{priority: 5}]}",
		"bad table":     "contract: {hours: 5x8, table: {error: {one: 9}}}",
		"bad span":      `contract: {hours: 5x8, contingents: [{from: "2026-12-31", until: "2026-01-01", minutes: 5}]}`,
		"unknown key":   "contract: {hours: 5x8, hour: 1}",
	} {
		if _, err := Parse(strings.NewReader("siteward: 1\n"+text+"\ndevices: []\n"), "a.yaml"); err == nil || !strings.Contains(err.Error(), "2:") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
