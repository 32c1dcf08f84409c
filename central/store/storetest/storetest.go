// Package storetest is the contract of central.Store, which every store of central has to keep.
package storetest

import (
	"testing"

	"siteward/central"
)

// Opener gives an empty store, and one that is opened anew on the same data.
type Opener func(t *testing.T, clock *Clock) (s central.Store, again func() central.Store)

// Run holds a store against the contract.
func Run(t *testing.T, open Opener) {
	for name, test := range map[string]func(*testing.T, central.Store, *Clock, func() central.Store){
		"sites": sites, "fleet": fleet, "take": take, "events": events, "records": records, "race": race, "due": due,
		"prune": prune, "remove": remove, "backup": backup, "cut restore": cutRestore, "lease": lease, "again": reopened,
	} {
		t.Run(name, func(t *testing.T) {
			clock := NewClock()
			s, again := open(t, clock)
			test(t, s, clock, again)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
