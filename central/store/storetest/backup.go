package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
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
	if made, lines, err := store.VerifyBackup(t.Context(), bytes.NewReader(file.Bytes())); err != nil || lines != 4 || !made.Equal(clock.Now()) {
		t.Errorf("made %s, %d lines, %v", made, lines, err)
	}
	for cut := 1; cut < file.Len(); cut += 97 {
		if _, _, err := store.VerifyBackup(t.Context(), bytes.NewReader(file.Bytes()[:cut])); err == nil {
			t.Errorf("a backup cut at %d of %d is taken", cut, file.Len())
		}
	}
	if err := store.Restore(t.Context(), s, bytes.NewReader(file.Bytes())); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("over what is there: %v", err)
	}
	must(t, s.DeleteSite(t.Context(), a.ID))
	must(t, s.Write(t.Context(), central.Record{Family: "user", Key: "1", Value: []byte("anna")}))
	if err := store.Restore(t.Context(), s, bytes.NewReader(file.Bytes())); !errors.Is(err, central.ErrNotEmpty) {
		t.Errorf("over an account: %v", err)
	}
	if r, err := s.Record(t.Context(), "user", "1"); err != nil || string(r.Value) != "anna" {
		t.Errorf("the account is %q now, %v", r.Value, err)
	}
	must(t, s.Write(t.Context(), central.Record{Family: "user", Key: "1", Remove: true, Any: true}))
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

// cutRestore breaks off a restore after some of it was loaded: nothing of it stays, and it can be done again.
func cutRestore(t *testing.T, s central.Store, clock *Clock, again func() central.Store) {
	a := add(t, s, "a")
	for i := range 5 {
		must(t, s.Take(t.Context(), a.ID, func(k *central.Taking) error {
			e := event(clock, uint64(i)+1, "type", "x/1")
			e.Data = json.RawMessage(`"` + rand.Text() + strings.Repeat("x", 500_000) + `"`)
			k.Events = []central.Event{e}
			return nil
		}))
	}
	must(t, s.Write(t.Context(), central.Record{Family: "session", Key: "old", Value: []byte("x")}, central.Record{Family: "user", Key: "1", Value: []byte("anna")}))
	var file bytes.Buffer
	must(t, store.Backup(t.Context(), s, &file, clock.Now()))
	must(t, s.DeleteSite(t.Context(), a.ID))
	must(t, s.Write(t.Context(), central.Record{Family: "session", Key: "old", Remove: true, Any: true}, central.Record{Family: "user", Key: "1", Remove: true, Any: true}))
	parts := 0
	broken := errors.New("broken")
	if err := s.Load(t.Context(), func(put central.Put) error {
		r := central.Row{Site: a}
		r.Site.Version = 1
		e := event(clock, 1, "type", "x/1")
		e.Site, e.N = a.ID, 1
		if err := put([]central.Row{r}, []central.Event{e}, []central.Record{{Family: "user", Key: "1", Value: []byte("x"), Version: 1}}); err != nil {
			return err
		}
		parts++
		return broken
	}); !errors.Is(err, broken) || parts != 1 {
		t.Fatalf("%d parts, %v", parts, err)
	}
	// The end is missing: it is found only after most of it was loaded.
	if err := store.Restore(t.Context(), s, bytes.NewReader(file.Bytes()[:file.Len()-20])); appliance.CodeOf(err) != appliance.CodeInvalid {
		t.Errorf("a backup that was cut: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Load(ctx, func(put central.Put) error {
		cancel() // the operator has pressed Ctrl-C
		return put(nil, nil, []central.Record{{Family: "user", Key: "1", Value: []byte("x"), Version: 1}})
	}); err == nil {
		t.Error("a restore that was stopped says that it is done")
	}
	for i := range 2 {
		if i == 1 {
			s = again()
		}
		f, err := s.Fleet(t.Context(), central.FleetFilter{})
		list, err2 := s.Events(t.Context(), central.EventFilter{Site: a.ID})
		users, err3 := s.Records(t.Context(), central.RecordRange{Family: "user"})
		if len(f.Rows)+len(list)+len(users) > 0 || errors.Join(err, err2, err3) != nil {
			t.Fatalf("left of half a restore: %d sites, %d events, %d accounts, %v", len(f.Rows), len(list), len(users), errors.Join(err, err2, err3))
		}
	}
	must(t, store.Restore(t.Context(), s, bytes.NewReader(file.Bytes())))
	list, err := s.Events(t.Context(), central.EventFilter{Site: a.ID})
	if len(list) != 5 || err != nil {
		t.Errorf("%d events, %v", len(list), err)
	}
	if _, err := s.Record(t.Context(), "session", "old"); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("a session came back: %v", err)
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
