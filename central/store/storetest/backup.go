package storetest

import (
	"bytes"
	"encoding/json"
	"testing"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store"
)

func backup(t *testing.T, s central.Store, clock *Clock, again func() central.Store) {
	a := add(t, s, "a")
	must(t, s.Take(t.Context(), a.ID, func(k *central.Taking) error {
		k.Status.Acknowledged = 7
		k.Events = []central.Event{event(clock, 7, "type", "x/1")}
		return central.Keep(k, central.Reports, string(a.ID), central.Report{Site: a.ID, Data: json.RawMessage(`{"a":1}`)})
	}))
	var file bytes.Buffer
	must(t, store.Backup(t.Context(), s, &file, clock.Now()))
	if made, lines, err := store.VerifyBackup(bytes.NewReader(file.Bytes())); err != nil || lines != 4 || !made.Equal(clock.Now()) {
		t.Errorf("made %s, %d lines, %v", made, lines, err)
	}
	for cut := 1; cut < file.Len(); cut += 97 {
		if _, _, err := store.VerifyBackup(bytes.NewReader(file.Bytes()[:cut])); err == nil {
			t.Errorf("a backup cut at %d of %d is taken", cut, file.Len())
		}
	}
	if err := store.Restore(t.Context(), s, bytes.NewReader(file.Bytes())); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("over what is there: %v", err)
	}
	must(t, s.DeleteSite(t.Context(), a.ID))
	must(t, store.Restore(t.Context(), s, bytes.NewReader(file.Bytes())))
	for i := range 2 {
		if i == 1 {
			s = again()
		}
		r, err := s.Site(t.Context(), a.ID)
		must(t, err)
		list, err := s.Events(t.Context(), central.EventFilter{Site: a.ID, Subject: "x/1"})
		must(t, err)
		report, _, err := central.Reports.Find(t.Context(), s, string(a.ID))
		if r.Status.Acknowledged != 7 || r.Site.Version != 1 || len(list) != 1 || string(list[0].Data) != string(event(clock, 7, "", "").Data) || string(report.Data) != `{"a":1}` || err != nil {
			t.Errorf("%+v, %+v, %s, %v", r, list, report.Data, err)
		}
	}
}

func reopened(t *testing.T, s central.Store, clock *Clock, again func() central.Store) {
	a := add(t, s, "a")
	must(t, s.Take(t.Context(), a.ID, func(k *central.Taking) error {
		k.Status.Due, k.Status.Silent = clock.Now(), central.Speaking
		k.Status.Facts.State = appliance.StateCritical
		return nil
	}))
	s = again()
	f, err := s.Fleet(t.Context(), central.FleetFilter{Silent: []central.Silence{central.Speaking}, Total: true})
	if err != nil || f.Total != 1 || f.Rows[0].Status.Facts.State != appliance.StateCritical || f.Rows[0].Site.Name != "a" {
		t.Errorf("%+v, %v", f, err)
	}
	if rows, err := s.Due(t.Context(), clock.Now(), 10); err != nil || len(rows) != 1 {
		t.Errorf("due %v, %v", rows, err)
	}
	if err := s.Healthy(t.Context()); err != nil {
		t.Error(err)
	}
}
