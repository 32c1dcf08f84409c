// Package storetest is the contract of central.Store, which every store of central has to keep.
package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store"
)

// Clock is what the store under test has to take the time from.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock gives a clock that stands still.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC)} }

// Now is the time of the clock.
func (c *Clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

// Add moves the clock.
func (c *Clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// Opener gives an empty store, and one that is opened anew on the same data.
type Opener func(t *testing.T, clock *Clock) (s central.Store, again func() central.Store)

// Run holds a store against the contract.
func Run(t *testing.T, open Opener) {
	for name, test := range map[string]func(*testing.T, central.Store, *Clock, func() central.Store){
		"sites": sites, "fleet": fleet, "take": take, "events": events, "records": records, "race": race, "due": due,
		"prune": prune, "remove": remove, "backup": backup, "again": reopened,
	} {
		t.Run(name, func(t *testing.T) {
			clock := NewClock()
			s, again := open(t, clock)
			test(t, s, clock, again)
		})
	}
}

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

func records(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	ctx := t.Context()
	if _, err := s.Record(ctx, "f", "k"); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	must(t, s.Write(ctx, central.Record{Family: "f", Key: "k", Value: []byte{0, 1, 0xff}}))
	if err := s.Write(ctx, central.Record{Family: "f", Key: "k"}); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("made twice: %v", err)
	}
	r, err := s.Record(ctx, "f", "k")
	must(t, err)
	if !bytes.Equal(r.Value, []byte{0, 1, 0xff}) || r.Version == 0 || r.Family != "f" || r.Key != "k" {
		t.Errorf("got %+v", r)
	}
	r2 := r
	r.Value = []byte("new")
	must(t, s.Write(ctx, r))
	other := central.Record{Family: "f", Key: "other"}
	if err := s.Write(ctx, other, r2); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("an old version: %v", err)
	}
	if _, err := s.Record(ctx, "f", "other"); err == nil {
		t.Error("half of a refused change was kept")
	}
	if err := s.Write(ctx, central.Record{Family: "f", Key: "k", Version: r2.Version, Remove: true}); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("an old version removed: %v", err)
	}
	must(t, s.Write(ctx, central.Record{Family: "f", Key: "k", Any: true, Value: []byte("any")}))
	must(t, s.Write(ctx, central.Record{Family: "f", Key: "k", Any: true, Remove: true}))
	must(t, s.Write(ctx, central.Record{Family: "f", Key: "k", Value: []byte("again")}))
	if err := s.Write(ctx, central.Record{Family: "f", Key: "k", Value: []byte("x"), Version: r2.Version}); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Error("a version of before it was removed is good again")
	}
	ranges(t, s)
	must(t, s.Write(ctx, central.Record{Family: "session", Key: "s", Value: []byte("x"), Expires: clock.Now().Add(time.Hour)}))
	if r, err := s.Record(ctx, "session", "s"); err != nil || !r.Expires.Equal(clock.Now().Add(time.Hour)) {
		t.Errorf("%+v, %v", r, err)
	}
	clock.Add(time.Hour)
	if _, err := s.Record(ctx, "session", "s"); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("expired: %v", err)
	}
	if list, err := s.Records(ctx, central.RecordRange{Family: "session"}); err != nil || len(list) != 0 {
		t.Errorf("expired ones are listed: %v %v", list, err)
	}
	must(t, s.Write(ctx, central.Record{Family: "session", Key: "s", Value: []byte("y")})) // in its place
	for range 3 {
		if _, err := central.NextID(ctx, s, "thing"); err != nil {
			t.Fatal(err)
		}
	}
	if id, err := central.NextID(ctx, s, "thing"); id != 4 || err != nil {
		t.Errorf("number %d, %v", id, err)
	}
}

func ranges(t *testing.T, s central.Store) {
	ctx := t.Context()
	var all []central.Record
	for _, k := range []string{"a", "a/1", "a/2", "a/3", "b", "B", "ä", "a%", "a_"} {
		all = append(all, central.Record{Family: "range", Key: k, Value: []byte(k)})
	}
	all = append(all, central.Record{Family: "rang", Key: "e/1"}, central.Record{Family: "ranges", Key: "a/4"})
	must(t, s.Write(ctx, all...))
	for _, c := range []struct {
		name string
		r    central.RecordRange
		want []string
	}{
		{"all", central.RecordRange{}, []string{"B", "a", "a%", "a/1", "a/2", "a/3", "a_", "b", "ä"}},
		{"prefix", central.RecordRange{Prefix: "a/"}, []string{"a/1", "a/2", "a/3"}},
		{"prefix back", central.RecordRange{Prefix: "a/", Reverse: true, Limit: 2}, []string{"a/3", "a/2"}},
		{"from", central.RecordRange{From: "a/2"}, []string{"a/2", "a/3", "a_", "b", "ä"}},
		{"from within a prefix", central.RecordRange{Prefix: "a/", From: "a/2"}, []string{"a/2", "a/3"}},
		{"to", central.RecordRange{To: "a/2"}, []string{"B", "a", "a%", "a/1"}},
		{"to, back", central.RecordRange{To: "a/2", Reverse: true, Limit: 2}, []string{"a/1", "a%"}},
		{"prefix that is a pattern", central.RecordRange{Prefix: "a%"}, []string{"a%"}},
		{"back from and to", central.RecordRange{From: "a/1", To: "b", Reverse: true}, []string{"a_", "a/3", "a/2", "a/1"}},
	} {
		c.r.Family = "range"
		list, err := s.Records(ctx, c.r)
		must(t, err)
		var got []string
		for _, r := range list {
			got = append(got, r.Key)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// race lets many count at once: none may be lost.
func race(t *testing.T, s central.Store, _ *Clock, _ func() central.Store) {
	a := add(t, s, "a")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				err := s.Take(t.Context(), a.ID, func(k *central.Taking) error {
					k.Status.Acknowledged++
					r, err := k.Find("count", "n")
					n := 0
					if err == nil {
						_ = json.Unmarshal(r.Value, &n)
					}
					b, _ := json.Marshal(n + 1)
					k.Write = append(k.Write, central.Record{Family: "count", Key: "n", Value: b, Version: r.Version})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	r, err := s.Site(t.Context(), a.ID)
	must(t, err)
	n, _, err := central.Noun[int]{Family: "count"}.Find(t.Context(), s, "n")
	if r.Status.Acknowledged != 80 || n != 80 || err != nil {
		t.Errorf("%d and %d of 80, %v", r.Status.Acknowledged, n, err)
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

func remove(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	a, b := add(t, s, "a"), add(t, s, "b")
	for _, site := range []central.Site{a, b} {
		must(t, s.Take(t.Context(), site.ID, func(k *central.Taking) error {
			k.Events = []central.Event{event(clock, 1, "type", "x/1")}
			return errors.Join(central.Keep(k, central.Reports, string(site.ID), central.Report{Site: site.ID}),
				central.Keep(k, central.LogbookLines, central.LogbookKey(site.ID, 1), central.LogbookLine{Record: []byte("r")}))
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Fill adds sites that report, for measurements. It gives their ids.
func Fill(ctx context.Context, s central.Store, n int, now time.Time) (ids []central.SiteID, err error) {
	for i := range n {
		v := central.Site{ID: central.NewSiteID(), Name: fmt.Sprintf("site %05d", i), Group: appliance.ID(i % 50), Added: now}
		if err := s.PutSite(ctx, &v); err != nil {
			return nil, err
		}
		ids = append(ids, v.ID)
	}
	return ids, nil
}
