package store

import (
	"testing"

	"siteward/appliance"
)

func TestSpotChecksStay(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, at(noon))
	for _, day := range []string{"2026-11-18", "2026-11-19"} {
		v := appliance.SpotCheck{Day: day, Messages: []appliance.SpotMessage{{LogMessage: appliance.LogMessage{ID: 7, Text: "<b>"}, Judgement: appliance.SpotNote, Note: "known"}}}
		must(t, s.Update(func(tx *Tx) error { return tx.PutSpotCheck(&v) }))
	}
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon))
	all, err := s.SpotChecks(10)
	must(t, err)
	if len(all) != 2 || all[0].Day != "2026-11-19" || all[1].Messages[0].Note != "known" || all[1].Messages[0].ID != 7 {
		t.Fatalf("%+v", all)
	}
	if one, err := s.SpotCheck(all[1].ID); err != nil || one.Day != "2026-11-18" {
		t.Errorf("%+v %v", one, err)
	}
	if _, err := s.SpotCheck(9); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("one that is not there: %v", err)
	}
	if name := describeKey(keyNoun(nounSpot, 2)); name != "spot check 2" {
		t.Errorf("it is called %q", name)
	}
}
