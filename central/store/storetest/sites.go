package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/central"
)

func add(t *testing.T, s central.Store, name string) central.Site {
	t.Helper()
	v := central.Site{ID: central.NewSiteID(), Name: name, Added: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	if err := s.PutSite(t.Context(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func sites(t *testing.T, s central.Store, _ *Clock, _ func() central.Store) {
	a := add(t, s, "Praxis Dr. Müller")
	b := central.Site{ID: central.NewSiteID(), Name: "PRAXIS dr. müller"}
	if err := s.PutSite(t.Context(), &b); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a name twice: %v", err)
	}
	r, err := s.Site(t.Context(), a.ID)
	if err != nil || r.Site.Name != a.Name || r.Status.Silent != central.Never || a.Version != 1 {
		t.Errorf("found %+v, %v", r, err)
	}
	old := a
	a.Name, a.Group = "Praxis", 7
	if err := s.PutSite(t.Context(), &a); err != nil {
		t.Fatal(err)
	}
	old.Note = "late"
	if err := s.PutSite(t.Context(), &old); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("an old version: %v", err)
	}
	if err := s.PutSite(t.Context(), &b); err != nil {
		t.Errorf("the name is free again: %v", err)
	}
	if _, err := s.Site(t.Context(), "s-none"); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("no site: %v", err)
	}
}

func fleet(t *testing.T, s central.Store, _ *Clock, _ func() central.Store) {
	for i := range 30 {
		site := add(t, s, fmt.Sprintf("site %02d", i))
		site.Group = appliance.ID(i % 3)
		if err := s.PutSite(t.Context(), &site); err != nil {
			t.Fatal(err)
		}
		state := []appliance.State{appliance.StateOK, appliance.StateWarning, appliance.StateCritical}[i%3]
		must(t, s.Take(t.Context(), site.ID, func(k *central.Taking) error {
			k.Status.Silent, k.Status.Facts.State = central.Speaking, state
			return nil
		}))
	}
	f, err := s.Fleet(t.Context(), central.FleetFilter{Limit: 12, Total: true})
	must(t, err)
	if f.Total != 30 || len(f.Rows) != 12 || f.States[appliance.StateCritical] != 10 || f.Silent[central.Speaking] != 30 {
		t.Errorf("total %d, rows %d, states %v, silent %v", f.Total, len(f.Rows), f.States, f.Silent)
	}
	names := func(f central.Fleet) (out []string) {
		for _, r := range f.Rows {
			out = append(out, r.Site.Name)
		}
		return out
	}
	if got := names(f); got[0] != "site 02" || got[9] != "site 29" || got[10] != "site 01" {
		t.Errorf("order %v", got)
	}
	f, err = s.Fleet(t.Context(), central.FleetFilter{Offset: 28})
	must(t, err)
	if got := names(f); !slices.Equal(got, []string{"site 24", "site 27"}) {
		t.Errorf("last page %v", got)
	}
	f, err = s.Fleet(t.Context(), central.FleetFilter{Groups: []appliance.ID{1}, Text: "SITE 1", States: []appliance.State{appliance.StateWarning}})
	must(t, err)
	if got := names(f); !slices.Equal(got, []string{"site 10", "site 13", "site 16", "site 19"}) {
		t.Errorf("chosen %v", got)
	}
	for _, none := range []central.FleetFilter{{Groups: []appliance.ID{}}, {Text: "%"}, {Text: "site_01"}, {Silent: []central.Silence{central.Lost}}} {
		if f, err = s.Fleet(t.Context(), none); err != nil || len(f.Rows) != 0 {
			t.Errorf("%+v chose %v, %v", none, names(f), err)
		}
	}
}

func remove(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	a, b := add(t, s, "a"), add(t, s, "b")
	for _, site := range []central.Site{a, b} {
		must(t, s.Take(t.Context(), site.ID, func(k *central.Taking) error {
			k.Events = []central.Event{event(clock, 1, "type", "x/1")}
			return errors.Join(central.Keep(k, central.Reports, string(site.ID), central.Report{Site: site.ID}),
				central.Keep(k, central.LogbookLines, central.LogbookKey(site.ID, 0, 1), central.LogbookLine{Record: []byte("r")}))
		}))
	}
	must(t, s.DeleteSite(t.Context(), a.ID))
	if err := s.DeleteSite(t.Context(), a.ID); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	for site, want := range map[central.SiteID]int{a.ID: 0, b.ID: 1} {
		list, err := s.Events(t.Context(), central.EventFilter{Site: site})
		must(t, err)
		lines, err := s.Records(t.Context(), central.RecordRange{Family: "logbook-line", Prefix: string(site) + "/"})
		must(t, err)
		_, _, err = central.Reports.Find(t.Context(), s, string(site))
		if len(list) != want || len(lines) != want || (err == nil) != (want == 1) {
			t.Errorf("%s has %d events and %d lines, report %v", site, len(list), len(lines), err)
		}
	}
	add(t, s, "a")
}
