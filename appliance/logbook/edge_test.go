package logbook

import (
	"testing"
)

func TestACheckerGoesOnWhereAnotherWas(t *testing.T) {
	b := bookOf(t, 23)
	for cut := range 23 {
		first, err := NewChecker(b.Keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range b.Lines[:cut] {
			if err := first.Add(l.Record, l.Signature); err != nil {
				t.Fatal(err)
			}
		}
		second, _ := NewChecker(b.Keys)
		if err := second.Resume(first.Size(), first.Edge()); err != nil {
			t.Fatal(err)
		}
		for i, l := range b.Lines[cut:] {
			if err := second.Add(l.Record, l.Signature); err != nil {
				t.Fatalf("cut at %d, entry %d: %v", cut, cut+i+1, err)
			}
		}
		if err := second.Resume(first.Size()+1, first.Edge()); err == nil && cut%2 == 0 && cut > 0 {
			t.Errorf("an edge of %d entries is taken for %d", cut, cut+1)
		}
	}
}
