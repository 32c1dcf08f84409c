package store

import (
	"math"
	"testing"
	"time"

	"siteward/appliance"
)

func day(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// history imports days of samples before a time: 0 to 59 within each hour.
func history(tb testing.TB, s *Store, check appliance.ID, end time.Time, days int) uint32 {
	tb.Helper()
	c := appliance.Column{Start: end.Add(-day(days)), Step: time.Minute, Number: make([]float64, days*1440)}
	for i := range c.Number {
		c.Number[i] = float64(i % 60)
	}
	info := appliance.SeriesInfo{SeriesKey: appliance.SeriesKey{Check: check, Metric: "m"}, Step: time.Minute}
	must(tb, s.Import(info, c))
	one := []appliance.SeriesInfo{info}
	must(tb, s.SeriesFor(one))
	return one[0].ID
}

func TestRetentionKeepsHoursOfOldSamplesAndDropsOldHours(t *testing.T) {
	midnight := noon.Truncate(24 * time.Hour)
	now := newClock(midnight)
	s := mustOpen(t, t.TempDir(), Options{Now: now.now, RawDays: 60, Hourly: 90, EventDays: 30})
	d := appliance.Device{Name: "d"}
	must(t, s.PutDevice(&d))
	k := appliance.Check{Device: d.ID, Name: "c"}
	must(t, s.PutCheck(&k))
	id := history(t, s, k.ID, midnight, 130)
	got, err := s.Retain(t.Context(), now.now())
	must(t, err)
	if got.Days == 0 {
		t.Fatalf("nothing was rolled up: %+v", got)
	}
	limit := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC) // 60 days before mid-June lie in April
	old, err := s.Read(id, limit.Add(-day(2)), limit)
	must(t, err)
	for i, x := range old.Number {
		if want := 29.5; i%60 == 0 && x != want || i%60 != 0 && !math.IsNaN(x) {
			t.Fatalf("minute %d of rolled up days is %v", i, x)
		}
	}
	thin, err := s.ReadThinned(id, limit.Add(-day(2)), limit.Add(day(2)), 96)
	must(t, err)
	for i := range thin.Number {
		if thin.Number[i] != 29.5 || thin.Min[i] != 0 || thin.Max[i] != 59 {
			t.Fatalf("hour %d: %v, %v to %v", i, thin.Number[i], thin.Min[i], thin.Max[i])
		}
	}
	raw, err := s.Read(id, limit, midnight)
	must(t, err)
	for i, x := range raw.Number {
		if x != float64(i%60) {
			t.Fatalf("raw minute %d is %v", i, x)
		}
	}
	for range 20 { // the clock goes on, week by week
		now.add(day(7))
		must(t, s.cutDue())
		must(t, s.mergeDays())
		_, err = s.Retain(t.Context(), now.now())
		must(t, err)
	}
	if c, err := s.Read(id, midnight.Add(-day(130)), midnight.Add(-day(110))); err != nil || !empty(c) {
		t.Errorf("hours of the first month are still there (%v)", err)
	}
	if r, err := s.Verify(t.Context()); err != nil || len(r.Damage) > 0 {
		t.Errorf("verification: %v %v", err, r.Damage)
	}
}

func empty(c appliance.Column) bool {
	for _, x := range c.Number {
		if !math.IsNaN(x) {
			return false
		}
	}
	return true
}

func TestRetentionForgetsSeriesOfRemovedChecksAtLast(t *testing.T) {
	now := newClock(noon)
	s := mustOpen(t, t.TempDir(), Options{Now: now.now, RawDays: 10, Hourly: 20})
	id := history(t, s, 7, noon.Truncate(24*time.Hour), 3) // there is no check 7
	got, err := s.Retain(t.Context(), now.now())
	must(t, err)
	if c, err := s.Read(id, noon.Add(-day(3)), noon); got.Series != 0 || err != nil || empty(c) {
		t.Fatalf("samples of a removed check are gone at once: %+v %v", got, err)
	}
	series := 0
	for range 20 {
		now.add(day(7))
		must(t, s.cutDue())
		must(t, s.mergeDays())
		got, err = s.Retain(t.Context(), now.now())
		must(t, err)
		series += got.Series
	}
	if _, err := s.SeriesInfo(id); series != 1 || appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("%d series were removed, %v", series, err)
	}
	if fresh := history(t, s, 8, noon.Add(day(139)).Truncate(24*time.Hour), 1); fresh == id {
		t.Error("the number of a series was used again")
	}
}

func TestRetentionOfEventsLeavesNoGap(t *testing.T) {
	s := mustOpen(t, t.TempDir(), Options{Now: func() time.Time { return noon }, EventDays: 30})
	for i := range 50 {
		must(t, s.Append([]appliance.Event{{At: noon.Add(-day(50 - i)), Kind: appliance.EventState, Device: 3}}))
	}
	got, err := s.Retain(t.Context(), noon)
	must(t, err)
	if got.Events != 20 {
		t.Errorf("%d events were removed, want 20", got.Events)
	}
	left, err := s.Events(EventFilter{Device: 3, Limit: 100})
	must(t, err)
	if len(left) != 30 || left[29].Seq != 21 {
		t.Errorf("%d events are left", len(left))
	}
	if r, err := s.Verify(t.Context()); err != nil || len(r.Damage) > 0 {
		t.Errorf("verification: %v %v", err, r.Damage)
	}
}

func TestRetentionDistrustsTheClock(t *testing.T) {
	s := mustOpen(t, t.TempDir(), Options{Now: func() time.Time { return noon }, RawDays: 30})
	id := history(t, s, 1, noon.Truncate(24*time.Hour), 10)
	refused := func(name string, now time.Time) {
		t.Helper()
		got, err := s.Retain(t.Context(), now)
		if appliance.CodeOf(err) != appliance.CodeUnavailable || got != (Retained{}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	trusted := func(name string, now time.Time) {
		t.Helper()
		if _, err := s.Retain(t.Context(), now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	trusted("the first night", noon)
	refused("1970", time.Unix(60, 0))
	refused("a day back", noon.Add(-day(1)))
	trusted("the next night", noon.Add(day(1)))
	refused("ten years ahead", noon.AddDate(10, 0, 0))
	trusted("set right again", noon.Add(day(2)))
	refused("ten years ahead again", noon.AddDate(10, 0, 0))
	refused("a night later", noon.AddDate(10, 0, 1))
	refused("two nights later", noon.AddDate(10, 0, 2))
	if c, err := s.Read(id, noon.Add(-day(10)), noon); err != nil || empty(c) {
		t.Fatalf("samples are gone: %v", err)
	}
	trusted("it has been so for three nights", noon.AddDate(10, 0, 3))
}

// TestSamplesOfAClockThatJumpsAreKept records while the clock is set back by a day, and ahead by one.
func TestSamplesOfAClockThatJumpsAreKept(t *testing.T) {
	now := newClock(noon)
	dir := t.TempDir()
	s := mustOpen(t, dir, Options{Now: now.now})
	infos := []appliance.SeriesInfo{{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "m"}, Step: time.Minute}}
	must(t, s.SeriesFor(infos))
	want := map[int64]float64{}
	n := 0.0
	poll := func(minutes int) {
		for range minutes {
			n++
			must(t, s.Record(Batch{At: now.now(), Samples: []appliance.Sample{{Series: 1, Number: n}}}))
			if _, known := want[now.now().Unix()/60]; !known {
				want[now.now().Unix()/60] = n
			}
			now.add(time.Minute)
		}
		must(t, s.cutDue())
	}
	poll(200)
	now.add(-day(1))
	poll(200)
	now.add(day(2))
	poll(200)
	now.add(-day(1) - 30*time.Minute) // over what is there already: the first numbers stay
	poll(100)
	check := func(stage string) {
		t.Helper()
		c, err := s.Read(1, noon.Add(-day(2)), noon.Add(day(3)))
		must(t, err)
		for i, x := range c.Number {
			w, known := want[c.Start.Unix()/60+int64(i)]
			if known && x != w || !known && !math.IsNaN(x) {
				t.Fatalf("%s: minute %d is %v, want %v (%v)", stage, i, x, w, known)
			}
		}
	}
	check("at once")
	must(t, s.Close())
	s = mustOpen(t, dir, Options{Now: now.now})
	check("opened again")
	now.set(noon.Add(day(5)))
	must(t, s.cutDue())
	must(t, s.mergeDays())
	check("days")
}
