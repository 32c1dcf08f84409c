package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/central"
)

func take(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	a := add(t, s, "a")
	note := central.Noun[string]{Family: "note"}
	put := func(seq uint64) error {
		return s.Take(t.Context(), a.ID, func(k *central.Taking) error {
			if seq != k.Status.Acknowledged+1 {
				return fmt.Errorf("not the next")
			}
			k.Status.Acknowledged = seq
			k.Events = append(k.Events, event(clock, seq, "siteward.note.v1", "note/1"))
			return central.Keep(k, note, "last", fmt.Sprint(seq))
		})
	}
	must(t, put(1))
	must(t, put(2))
	if err := put(2); err == nil || err.Error() != "not the next" {
		t.Errorf("the same again: %v", err)
	}
	r, err := s.Site(t.Context(), a.ID)
	must(t, err)
	got, _, err := note.Find(t.Context(), s, "last")
	if r.Status.Acknowledged != 2 || r.Status.Stored != 2 || got != "2" || err != nil {
		t.Errorf("status %+v, note %q, %v", r.Status, got, err)
	}
	err = s.Take(t.Context(), a.ID, func(k *central.Taking) error {
		k.Status.Acknowledged = 99
		k.Events = append(k.Events, event(clock, 99, "x", ""))
		k.Write = append(k.Write, central.Record{Family: "note", Key: "last", Value: []byte("{}"), Version: 4711})
		return nil
	})
	if appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a record of another version: %v", err)
	}
	if r, _ := s.Site(t.Context(), a.ID); r.Status.Acknowledged != 2 {
		t.Error("half a change was kept")
	}
	if list, _ := s.Events(t.Context(), central.EventFilter{Site: a.ID}); len(list) != 2 {
		t.Errorf("%d events", len(list))
	}
	if err := s.Take(t.Context(), "s-none", func(*central.Taking) error { return nil }); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("no site: %v", err)
	}
}

func event(clock *Clock, seq uint64, kind, subject string) central.Event {
	return central.Event{Seq: seq, ID: fmt.Sprint("id-", seq), Type: kind, Subject: subject, Time: clock.Now().Add(-time.Minute), Received: clock.Now(),
		Data: json.RawMessage(`{"text" : "<b>\u0000 & ü"}`)}
}

func events(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	a, b := add(t, s, "a"), add(t, s, "b")
	for _, site := range []central.Site{a, b} {
		for i := range uint64(20) {
			clock.Add(time.Minute)
			must(t, s.Take(t.Context(), site.ID, func(k *central.Taking) error {
				k.Events = []central.Event{event(clock, 2*i+1, fmt.Sprintf("type%d", i%4), fmt.Sprintf("x/%d", i%5)), event(clock, 2*i+2, "type", "")}
				return nil
			}))
		}
	}
	seqs := func(f central.EventFilter) (out []uint64) {
		list, err := s.Events(t.Context(), f)
		must(t, err)
		for _, e := range list {
			out = append(out, e.N)
		}
		return out
	}
	for _, c := range []struct {
		name string
		f    central.EventFilter
		want []uint64
	}{
		{"newest", central.EventFilter{Site: a.ID, Limit: 3}, []uint64{40, 39, 38}},
		{"next page", central.EventFilter{Site: a.ID, Limit: 3, Before: 38}, []uint64{37, 36, 35}},
		{"types", central.EventFilter{Site: b.ID, Types: []string{"type1", "type2"}, Limit: 3}, []uint64{37, 35, 29}},
		{"subject", central.EventFilter{Site: b.ID, Subject: "x/0"}, []uint64{31, 21, 11, 1}},
		{"subject and type", central.EventFilter{Site: b.ID, Subject: "x/0", Types: []string{"type1"}}, []uint64{11}},
		{"since", central.EventFilter{Site: b.ID, Since: clock.Now()}, []uint64{40, 39}},
		{"prefix of a type", central.EventFilter{Site: b.ID, Types: []string{"typ"}}, nil},
	} {
		if got := seqs(c.f); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	list, err := s.Events(t.Context(), central.EventFilter{Site: a.ID, Limit: 1})
	must(t, err)
	want := event(clock, 40, "type", "")
	if got := list[0]; got.Site != a.ID || got.ID != want.ID || string(got.Data) != string(want.Data) || !got.Time.Equal(want.Time.Add(-20*time.Minute)) {
		t.Errorf("got %+v", got)
	}
}

func due(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	for i, at := range []time.Duration{3, 1, 2, 9} {
		site := add(t, s, fmt.Sprint("site ", i))
		must(t, s.Take(t.Context(), site.ID, func(k *central.Taking) error {
			k.Status.Due = clock.Now().Add(at * time.Minute)
			return nil
		}))
	}
	add(t, s, "never heard of")
	rows, err := s.Due(t.Context(), clock.Now().Add(3*time.Minute), 2)
	must(t, err)
	if len(rows) != 2 || rows[0].Site.Name != "site 1" || rows[1].Site.Name != "site 2" {
		t.Errorf("due %+v", rows)
	}
	if rows, err = s.Due(t.Context(), clock.Now().Add(3*time.Minute), 100); err != nil || len(rows) != 3 {
		t.Errorf("%d due, %v", len(rows), err)
	}
}

func prune(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	a := add(t, s, "a")
	begin := clock.Now()
	for i := range uint64(10) {
		must(t, s.Take(t.Context(), a.ID, func(k *central.Taking) error {
			k.Events = []central.Event{event(clock, i+1, "type", "x/1")}
			return nil
		}))
		clock.Add(24 * time.Hour)
	}
	must(t, s.Write(t.Context(), central.Record{Family: "f", Key: "k", Expires: clock.Now().Add(-time.Second)}, central.Record{Family: "f", Key: "stays"}))
	n, err := s.Prune(t.Context(), begin.Add(4*24*time.Hour), clock.Now())
	if n != 5 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	for _, f := range []central.EventFilter{{Site: a.ID}, {Site: a.ID, Types: []string{"type"}}, {Site: a.ID, Subject: "x/1"}} {
		if list, err := s.Events(t.Context(), f); len(list) != 6 || err != nil {
			t.Errorf("%d events left, %v", len(list), err)
		}
	}
	if _, err := s.Record(t.Context(), "f", "stays"); err != nil {
		t.Error(err)
	}
}
