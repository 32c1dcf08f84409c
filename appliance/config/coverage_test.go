package config

import (
	"strings"
	"testing"
)

const covered = `siteward: 1
devices:
  - name: gate
    kind: firewall
    address: 192.0.2.1
    checks: []
`

func TestEndDatesOfASiteFile(t *testing.T) {
	s := &shelf{}
	apply(t, s, covered+"    coverage:\n      - {kind: subscription, until: \"2027-03-31\", name: UTM}\n      - {kind: warranty, until: \"2026-12-31\"}\n")
	id := s.inv.Devices[0].ID
	was := s.inv.Coverage[id]
	if len(was) != 2 || was[0].Until != "2026-12-31" || was[1].Name != "UTM" || was[0].ID == 0 || was[0].ID == was[1].ID {
		t.Fatalf("%+v", was)
	}
	if changes := apply(t, s, string(Format(s.inv.Export()))); len(changes) != 0 {
		t.Errorf("the export changes: %s", changes)
	}
	if changes := apply(t, s, covered); len(changes) != 0 || len(s.inv.Coverage[id]) != 2 {
		t.Errorf("a file that does not speak of it changes: %s", changes)
	}
	changes := apply(t, s, covered+"    coverage: [{kind: subscription, until: \"2028-03-31\", name: UTM}]\n")
	now := s.inv.Coverage[id]
	if len(now) != 1 || now[0].Until != "2028-03-31" || now[0].ID != was[1].ID || !strings.Contains(changes.String(), "2028-03-31") {
		t.Errorf("extended: %+v, said as %s", now, changes)
	}
	if apply(t, s, covered+"    coverage: []\n"); len(s.inv.Coverage[id]) != 0 {
		t.Errorf("nothing is to be left: %+v", s.inv.Coverage[id])
	}
}

func TestWrongEndDatesAreNamed(t *testing.T) {
	for wrong, want := range map[string]string{"{kind: warranty, until: soon}": "year-month-day", "{kind: hope, until: \"2027-01-01\"}": "choose what ends", "{kind: warranty, until: \"2027-01-01\", unitl: x}": "not known"} {
		_, err := Parse(strings.NewReader(covered+"    coverage: ["+wrong+"]\n"), "site.yaml")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ":7:") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
