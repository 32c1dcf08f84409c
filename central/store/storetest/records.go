package storetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/central"
)

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

// lease lets many processes want the same: one has it until it no longer renews it, and then one other.
func lease(t *testing.T, s central.Store, clock *Clock, _ func() central.Store) {
	const term = time.Minute
	all := func(holders ...string) (has []string) {
		t.Helper()
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, h := range holders {
			wg.Go(func() {
				mine, err := central.Hold(t.Context(), s, "tell", h, clock.Now(), term)
				if err != nil {
					t.Error(err)
				}
				if mine {
					mu.Lock()
					defer mu.Unlock()
					has = append(has, h)
				}
			})
		}
		wg.Wait()
		return has
	}
	first := all("a", "b", "c", "d", "e", "f")
	if len(first) != 1 {
		t.Fatalf("%v have it at once", first)
	}
	others := slices.DeleteFunc([]string{"a", "b", "c", "d", "e", "f"}, func(h string) bool { return h == first[0] })
	for range 3 {
		clock.Add(term / 2)
		if got := all(first...); len(got) != 1 {
			t.Error("who renews it has lost it")
		}
		if got := all(others...); len(got) != 0 {
			t.Errorf("%v have it besides %v", got, first)
		}
	}
	clock.Add(term) // it was killed
	if got := all(others...); len(got) != 1 {
		t.Errorf("%v took over", got)
	}
}
