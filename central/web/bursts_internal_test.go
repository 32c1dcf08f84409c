package web

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/central"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// aDay is what ten thousand sites of three hundred customers tell in a day in which nothing happens to many of them at once: each gets
// worse once, for one of sixty reasons of which some are common.
func aDay(r *rand.Rand) (out []central.Turn) {
	for i := range 10_000 {
		why := fmt.Sprint("reason ", min(r.IntN(60), r.IntN(60)))
		out = append(out, central.Turn{Site: central.SiteID(fmt.Sprint("s-", i)), Group: appliance.ID(r.IntN(300)), At: noon.Add(-time.Duration(r.Int64N(int64(24 * time.Hour)))),
			From: appliance.StateOK, To: appliance.StateWarning, Why: why})
	}
	return out
}

func found(list []central.Turn) [][]central.Turn {
	slices.SortStableFunc(list, func(a, b central.Turn) int { return b.At.Compare(a.At) })
	return bursts(updated(list), 24*time.Hour)
}

func TestChanceIsNotToldAsOneCause(t *testing.T) {
	told := 0
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 1))
		told += len(found(aDay(r)))
	}
	if told > 0 {
		t.Errorf("%d times in 2 days of ten thousand sites chance is told as a cause", told)
	}
	two := []central.Turn{{Site: "s-a", At: noon, To: appliance.StateCritical, Why: "x"}, {Site: "s-b", At: noon, To: appliance.StateCritical, Why: "x"}}
	if got := found(two); len(got) != 0 {
		t.Errorf("two sites: %v", got)
	}
	var flapping []central.Turn
	for i := range 60 {
		flapping = append(flapping, central.Turn{Site: "s-a", At: noon.Add(-time.Duration(i) * time.Minute), To: appliance.StateCritical, Why: "x"})
	}
	if got := found(flapping); len(got) != 0 {
		t.Errorf("one site that turns again and again: %d", len(got))
	}
}

// TestABadUpdateIsFound: thirty of ten thousand sites get worse within an hour, each some minutes after it was updated and for a reason
// of its own.
func TestABadUpdateIsFound(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 2))
		list := aDay(r)
		for i := range 300 { // most sites take the update well
			at := noon.Add(-5*time.Hour + time.Duration(r.Int64N(int64(time.Hour))))
			id := central.SiteID(fmt.Sprint("s-", 100+i))
			list = append(list, central.Turn{Site: id, At: at, Version: "2.0.1"})
			if i < 30 {
				list = append(list, central.Turn{Site: id, At: at.Add(time.Duration(1+r.IntN(10)) * time.Minute), From: appliance.StateOK, To: appliance.StateCritical, Why: fmt.Sprint("own reason ", i)})
			}
		}
		got := found(list)
		if len(got) == 0 || len(got) > 2 {
			t.Fatalf("seed %d: %d bursts", seed, len(got))
		}
		with := 0
		for _, v := range got[0] {
			if v.Version == "2.0.1" {
				with++
			}
		}
		if with < 25 || len(got[0])-with > 8 {
			t.Errorf("seed %d: %d of %d sites of the burst were updated, of 30", seed, with, len(got[0]))
		}
	}
}

func TestACustomersLineIsFound(t *testing.T) {
	list := aDay(rand.New(rand.NewPCG(1, 3)))
	for i := range 6 {
		list = append(list, central.Turn{Site: central.SiteID(fmt.Sprint("s-line-", i)), Group: 999, At: noon.Add(-3*time.Hour - time.Duration(i)*time.Minute), Silent: central.Lost})
	}
	got := found(list)
	if len(got) != 1 || len(got[0]) != 6 || got[0][0].Group != 999 {
		t.Errorf("%d bursts", len(got))
	}
}
