package store

import (
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"siteward/appliance"
)

// noon is when most tests begin: in the middle of a window of a summer day.
var noon = time.Date(2026, 6, 15, 12, 30, 0, 0, time.UTC)

func mustOpen(tb testing.TB, dir string, o Options) *Store {
	tb.Helper()
	o.SkipVerify = true
	s, err := Open(tb.Context(), dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// at makes a store believe that it is t.
func at(t time.Time) Options { return Options{Now: func() time.Time { return t }} }

// clock is a time that tests move on; the keeper looks at it too.
type clock struct{ unix atomic.Int64 }

func newClock(t time.Time) *clock {
	c := &clock{}
	c.set(t)
	return c
}

func (c *clock) now() time.Time      { return time.Unix(c.unix.Load(), 0).UTC() }
func (c *clock) set(t time.Time)     { c.unix.Store(t.Unix()) }
func (c *clock) add(d time.Duration) { c.unix.Add(int64(d / time.Second)) }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestDevicesAreNumberedVersionedAndNamedOnce(t *testing.T) {
	s := mustOpen(t, t.TempDir(), Options{})
	a := appliance.Device{Name: "sw-core", Kind: appliance.KindSwitch, Address: "192.0.2.7"}
	must(t, s.PutDevice(&a))
	if a.ID != 1 || a.Version != 1 {
		t.Fatalf("got number %d version %d, want 1 and 1", a.ID, a.Version)
	}
	stale := a
	a.Place = "rack A"
	must(t, s.PutDevice(&a))
	stale.Place = "rack B"
	if err := s.PutDevice(&stale); appliance.CodeOf(err) != appliance.CodeConflict {
		t.Errorf("a change of an old version: got %v, want a conflict", err)
	}
	twin := appliance.Device{Name: "SW-Core"}
	if err := s.PutDevice(&twin); appliance.CodeOf(err) != appliance.CodeConflict || twin.ID != 0 {
		t.Errorf("a second device of that name: got %v and number %d, want a conflict and none", err, twin.ID)
	}
	a.Name = "sw-edge"
	must(t, s.PutDevice(&a))
	must(t, s.PutDevice(&twin)) // the name is free now
	got, err := s.Device(1)
	must(t, err)
	if d := cmp.Diff(a, got); d != "" {
		t.Error(d)
	}
	if _, err := s.Device(99); !errors.Is(err, appliance.ErrNotFound) {
		t.Errorf("a device that is not there: %v", err)
	}
}

func TestSamplesRoundTripThroughHeadsChunksAndDays(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir, at(noon.AddDate(0, 0, -2)))
	in := []appliance.SeriesInfo{{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "ping.rtt"}, Unit: "s", Step: time.Minute},
		{SeriesKey: appliance.SeriesKey{Check: 1, Metric: "if.in", Instance: "3"}, Unit: "bit/s", Step: time.Minute}}
	must(t, s.SeriesFor(in))
	from := noon.AddDate(0, 0, -2)
	number := func(id uint32, i int) float64 { return float64(i%97)*1.25 + float64(id) }
	n := 3 * 1440
	for i := range n {
		b := Batch{At: from.Add(time.Duration(i)*time.Minute + 20*time.Second)}
		for _, info := range in {
			if i%10 != 3 || info.ID == 1 {
				b.Samples = append(b.Samples, appliance.Sample{Series: info.ID, Number: number(info.ID, i)})
			}
		}
		must(t, s.Record(b))
	}
	check := func(stage string) {
		t.Helper()
		for _, info := range in {
			c, err := s.Read(info.ID, from, from.Add(time.Duration(n)*time.Minute))
			must(t, err)
			if len(c.Number) != n {
				t.Fatalf("%s: %d numbers, want %d", stage, len(c.Number), n)
			}
			for i, x := range c.Number {
				want := number(info.ID, i)
				if i%10 == 3 && info.ID == 2 {
					want = math.NaN()
				}
				if x != want && !(math.IsNaN(x) && math.IsNaN(want)) {
					t.Fatalf("%s: series %d slot %d is %v, want %v", stage, info.ID, i, x, want)
				}
			}
		}
	}
	check("heads")
	must(t, s.cutDue())
	check("chunks")
	must(t, s.mergeDays())
	check("days")
	must(t, s.Close())
	s = mustOpen(t, dir, at(noon.AddDate(0, 0, 1)))
	check("opened again")
	must(t, s.cutDue())
	must(t, s.mergeDays())
	check("opened again, cut")
	got, err := s.Series(1)
	must(t, err)
	if len(got) != 2 || got[1].Instance != "3" || got[1].Step != time.Minute {
		t.Errorf("series: %+v", got)
	}
}
